// Whether the asymptotic limits of a counting experiment can be trusted.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// Compares asymptotic limits with those of the exact construction (cls-hybrid; cls-exact without uncertainties). Adds
/// a warning with both where the observed or the median expected limit differs by more than 5 % of the exact one, or
/// where fewer than ten events are expected at the limit. Where the exact construction is out of reach (more events or
/// more shared systematics than the quadrature takes in moments) only the number of events is judged.
void judge_asymptotic_limits(const CountingModel& model, UpperLimits& limits);

}  // namespace anyslice::stats
