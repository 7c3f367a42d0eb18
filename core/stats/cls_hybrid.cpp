// The hybrid CLs: which count is tested, at which mu; the averaging itself is in averaged_poisson.
#include "core/stats/cls_hybrid.hpp"

#include <cmath>
#include <map>

#include "core/stats/averaged_poisson.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/limit_search.hpp"

namespace anyslice::stats {

UpperLimits hybrid_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "cls-hybrid";
  limits.level = level;
  const AveragedPoisson averaged(model);
  const double background = model.total_background();
  std::map<double, Limit> by_count;  // neighbouring quantiles are often one and the same count
  const auto limit_of = [&](double count) {
    const auto known = by_count.find(count);
    if (known != by_count.end()) return known->second;
    AveragedTail tail = averaged.tail(count);
    Limit limit = find_limit([&](double mu) { return tail.log_cls(mu); }, level,
                             exact_event_limit(count, background, level) / model.signal);
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
    report_progress(progress, (1.0 + static_cast<double>(i)) / (1.0 + band.size()));
    limits.expected[i] = limit_of(averaged.background_quantile(normal_probability(band[i])));
  }
  report_progress(progress, 1);
  return limits;
}

ClsValues hybrid_cls(const CountingModel& model, double mu) {
  ClsValues values;
  const AveragedPoisson averaged(model);
  const auto cls = [&](double count) { return mu > 0 ? std::exp(averaged.tail(count).log_cls(mu)) : 1.0; };
  if (model.observed) values.observed = cls(*model.observed);
  for (std::size_t i = 0; i < band.size(); ++i) {
    values.expected[i] = cls(averaged.background_quantile(normal_probability(band[i])));
  }
  return values;
}

}  // namespace anyslice::stats
