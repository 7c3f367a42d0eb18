// Quantiles of the background-only count, and limits that are functions of the count.
#include "core/stats/background_counts.hpp"

#include <map>

#include "core/random/distributions.hpp"
#include "core/stats/averaged_poisson.hpp"

namespace anyslice::stats {

std::array<double, 5> background_counts(const CountingModel& model, const ProgressCallback& progress) {
  std::array<double, 5> counts{};
  if (model.systematics.empty()) {
    for (std::size_t i = 0; i < band.size(); ++i) {
      counts[i] = static_cast<double>(poisson_quantile(normal_probability(band[i]), model.total_background()));
    }
    return counts;
  }
  model.validate_averaged("counting model");
  const AveragedPoisson averaged(model, progress);
  for (std::size_t i = 0; i < band.size(); ++i) counts[i] = averaged.background_quantile(normal_probability(band[i]));
  return counts;
}

void fill_by_count(const CountingModel& model, const std::array<double, 5>& counts,
                   const std::function<Limit(double count)>& limit_of, UpperLimits& limits,
                   const ProgressCallback& progress) {
  std::map<double, Limit> by_count;  // neighbouring quantiles are often one and the same count
  const auto limit = [&](double count) {
    const auto known = by_count.find(count);
    if (known != by_count.end()) return known->second;
    Limit found = limit_of(count);
    if (!found.value) found.reason += " (count of " + std::to_string(static_cast<long long>(count)) + ")";
    by_count.emplace(count, found);
    return found;
  };
  if (model.observed) {
    limits.observed = limit(*model.observed);
  } else {
    limits.observed.reason = "a projection has no observed count";
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    report_progress(progress, (1.0 + static_cast<double>(i)) / (1.0 + band.size()));
    limits.expected[i] = limit(counts[i]);
  }
}

}  // namespace anyslice::stats
