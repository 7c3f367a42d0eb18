// Asymptotic limits of a counting model; the formulas are in profile_asymptotics.hpp.
#include "core/stats/cls_asymptotic.hpp"

#include <cmath>

#include "core/stats/limit_search.hpp"
#include "core/stats/profile_asymptotics.hpp"

namespace anyslice::stats {

UpperLimits asymptotic_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "cls-asymptotic";
  limits.level = level;
  const auto likelihood = make_profile_likelihood(model);
  const ProfileAsymptotics asymptotics(*likelihood, own_data(model));
  const double background = model.total_background();
  const double guess = (2 * std::sqrt(background + 1) + 1) / model.signal;
  const std::string explanation =
      ": a downward fluctuation of the signal's own constrained systematics explains any signal away";
  const auto explain = [&](Limit& limit) {
    if (!limit.value && limit.reason.find("any signal strength") != std::string::npos) limit.reason += explanation;
  };
  if (model.observed) {
    const double excess = std::max(*model.observed - background, 0.0) / model.signal;
    limits.observed = find_limit([&](double mu) { return asymptotics.log_observed(mu); }, level, guess + excess);
    explain(limits.observed);
  } else {
    limits.observed.reason = "a projection has no observed count";
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    report_progress(progress, (1.0 + static_cast<double>(i)) / (1.0 + band.size()));
    limits.expected[i] = find_limit([&](double mu) { return asymptotics.log_expected(mu, band[i]); }, level, guess);
    explain(limits.expected[i]);
  }
  report_progress(progress, 1);
  return limits;
}

ClsValues asymptotic_cls(const CountingModel& model, double mu) {
  ClsValues values;
  const auto likelihood = make_profile_likelihood(model);
  const ProfileAsymptotics asymptotics(*likelihood, own_data(model));
  if (model.observed) values.observed = std::exp(asymptotics.log_observed(mu));
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = std::exp(asymptotics.log_expected(mu, band[i]));
  return values;
}

}  // namespace anyslice::stats
