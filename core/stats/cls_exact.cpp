// CLs(s) = P(N <= n | s + b) / P(N <= n | b) = Q(n + 1, s + b) / Q(n + 1, b) (A. L. Read, J. Phys. G 28 (2002) 2693).
// Expected limits are those of the counts at the quantiles of Poisson(b): the smallest n with P(N <= n) >= Phi(k).
#include "core/stats/cls_exact.hpp"

#include <cmath>

#include "core/random/distributions.hpp"
#include "core/stats/limit_search.hpp"
#include "core/stats/poisson_tail.hpp"

namespace anyslice::stats {
namespace {

double log_exact_cls(double observed, double background, double signal) {
  return log_poisson_tail(observed, background + signal) - log_poisson_tail(observed, background);
}

double band_count(double sigma, double background) {
  return static_cast<double>(poisson_quantile(normal_probability(sigma), background));
}

}  // namespace

Limit exact_event_limit(double observed, double background, double level) {
  if (observed == 0) return {-std::log1p(-level), 0, ""};  // CLs = exp(-s), whatever the background
  const double guess = std::max(observed - background, 0.0) + 2 * std::sqrt(observed + 1);
  return find_limit([&](double signal) { return log_exact_cls(observed, background, signal); }, level, guess);
}

UpperLimits exact_limits(const CountingModel& model, double level) {
  UpperLimits limits;
  limits.method = "cls-exact";
  limits.level = level;
  const double background = model.total_background();
  const auto limit = [&](double count) {
    Limit result = exact_event_limit(count, background, level);
    if (result.value) *result.value /= model.signal;
    return result;
  };
  if (model.observed) {
    limits.observed = limit(*model.observed);
  } else {
    limits.observed.reason = "a projection has no observed count";
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    limits.expected[i] = limit(band_count(band[i], background));
  }
  if (!model.systematics.empty()) limits.warnings.push_back("cls-exact ignores the systematic uncertainties");
  return limits;
}

ClsValues exact_cls(const CountingModel& model, double mu) {
  ClsValues values;
  const double background = model.total_background();
  const auto cls = [&](double count) { return std::exp(log_exact_cls(count, background, mu * model.signal)); };
  if (model.observed) values.observed = cls(*model.observed);
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = cls(band_count(band[i], background));
  return values;
}

}  // namespace anyslice::stats
