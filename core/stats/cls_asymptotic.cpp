// Asymptotic CLs (arXiv:1007.1727, Eqs. 62-66 and 89): with root_q = sqrt(qtilde_mu) on the data and root_a on the
// Asimov data, CLs = [1 - Phi(root_q)] / Phi(root_a - root_q) if root_q <= root_a, else
// [1 - Phi((q + a) / 2 root_a)] / [1 - Phi((q - a) / 2 root_a)]; expected at N: Phi(N - root_a) / Phi(N).
#include "core/stats/cls_asymptotic.hpp"

#include <cmath>
#include <numbers>

#include "core/stats/limit_search.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {
namespace {

// ln Phi(x), by the asymptotic series where Phi underflows.
double log_normal_probability(double x) {
  if (x > -25) return std::log(normal_probability(x));
  const double inverse = 1 / (x * x);
  return -0.5 * x * x - std::log(-x * std::sqrt(2 * std::numbers::pi)) +
         std::log1p(-inverse * (1 - inverse * (3 - 15 * inverse)));
}

class Asymptotics {
 public:
  explicit Asymptotics(const CountingModel& model)
      : likelihood_(make_profile_likelihood(model)), data_(own_data(model)) {
    likelihood_->fit(data_, 0, asimov_.auxiliary);
    likelihood_->expected(0, asimov_.auxiliary, asimov_.counts);
  }

  double log_observed(double mu) const {
    std::vector<double> pulls;
    const double q = one_sided_test_statistic(*likelihood_, data_, mu, pulls);
    const double a = one_sided_test_statistic(*likelihood_, asimov_, mu, pulls);
    const double root_q = std::sqrt(q), root_a = std::sqrt(a);
    if (q <= a || a == 0) return log_normal_probability(-root_q) - log_normal_probability(root_a - root_q);
    return log_normal_probability(-(q + a) / (2 * root_a)) - log_normal_probability(-(q - a) / (2 * root_a));
  }

  double log_expected(double mu, double sigma) const {
    std::vector<double> pulls;
    const double root_a = std::sqrt(one_sided_test_statistic(*likelihood_, asimov_, mu, pulls));
    return log_normal_probability(sigma - root_a) - log_normal_probability(sigma);
  }

 private:
  std::unique_ptr<ProfileLikelihood> likelihood_;
  ProfileData data_, asimov_;
};

}  // namespace

UpperLimits asymptotic_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "cls-asymptotic";
  limits.level = level;
  const Asymptotics asymptotics(model);
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
  const Asymptotics asymptotics(model);
  if (model.observed) values.observed = std::exp(asymptotics.log_observed(mu));
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = std::exp(asymptotics.log_expected(mu, band[i]));
  return values;
}

}  // namespace anyslice::stats
