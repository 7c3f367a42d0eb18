// The counts at the quantiles of the background-only distribution, which the expected limits are those of.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "core/stats/limit_search.hpp"

namespace anyslice::stats {

/// The smallest n with P(N <= n) >= Phi(k) at k = -2, -1, 0, 1, 2 without signal: N is Poissonian, averaged over the
/// constrained pulls where there are any. Throws InputError where that average cannot be made (too many systematics on
/// several components, too many events), Cancelled if `progress` says so.
std::array<double, 5> background_counts(const CountingModel& model, const ProgressCallback& progress = {});

/// Fills a result count by count: `limit_of` is asked once for each different count.
void fill_by_count(const CountingModel& model, const std::array<double, 5>& counts,
                   const std::function<Limit(double count)>& limit_of, UpperLimits& limits,
                   const ProgressCallback& progress = {});

}  // namespace anyslice::stats
