// The hybrid CLs: which count is tested, at which mu; the averaging itself is in averaged_poisson.
#include "core/stats/cls_hybrid.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.hpp"
#include "core/stats/averaged_poisson.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/limit_search.hpp"

namespace anyslice::stats {

UpperLimits hybrid_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "cls-hybrid";
  limits.level = level;
  double done = 0;
  const AveragedPoisson averaged(model, [&](double) {
    report_progress(progress, done);
    return true;
  });
  const double background = model.total_background();
  std::map<double, Limit> by_count;  // neighbouring quantiles are often one and the same count
  const auto limit_of = [&](double count) {
    const auto known = by_count.find(count);
    if (known != by_count.end()) return known->second;
    AveragedTail tail = averaged.tail(count);
    Limit limit;
    if (std::isfinite(tail.log_background())) {
      limit = find_limit([&](double mu) { return tail.log_cls(mu); }, level,
                         exact_event_limit(count, background, level).value.value_or(count + 3) / model.signal);
    } else {
      limit.reason = "the count is too improbable for a quadrature over the uncertainties";
    }
    if (!limit.value) limit.reason += " (count of " + std::to_string(static_cast<long long>(count)) + ")";
    by_count.emplace(count, limit);
    return limit;
  };
  if (model.observed) {
    limits.observed = limit_of(*model.observed);
  } else {
    limits.observed.reason = "a projection has no observed count";
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    done = (1.0 + static_cast<double>(i)) / (1.0 + band.size());
    report_progress(progress, done);
    limits.expected[i] = limit_of(averaged.background_quantile(normal_probability(band[i])));
  }
  report_progress(progress, 1);
  return limits;
}

ClsValues hybrid_cls(const CountingModel& model, double mu, const ProgressCallback& progress) {
  ClsValues values;
  double done = 0;
  const AveragedPoisson averaged(model, [&](double) {
    report_progress(progress, done);
    return true;
  });
  const auto cls = [&](double count) {
    const double value = averaged.log_cls(count, mu);
    if (std::isnan(value)) {
      throw InputError("cls-hybrid", "observed",
                       "the count is too improbable for a quadrature over the uncertainties: use cls-asymptotic");
    }
    return std::min(std::exp(value), 1.0);
  };
  if (model.observed) values.observed = cls(*model.observed);
  for (std::size_t i = 0; i < band.size(); ++i) {
    done = (1.0 + static_cast<double>(i)) / (1.0 + band.size());
    values.expected[i] = cls(averaged.background_quantile(normal_probability(band[i])));
  }
  return values;
}

}  // namespace anyslice::stats
