// Limits of a counting experiment by the rise of its profile likelihood.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The signal strengths at which -ln L, its pulls profiled, is less than delta_log_likelihood(level, parameters) above
/// its lowest value for mu >= 0: the upper end is the limit, and the interval is part of the result. Expected limits
/// are those of the counts at the quantiles of the averaged background-only distribution, the auxiliary measurements at
/// their nominal values. The coverage is right for many counts only.
UpperLimits likelihood_limits(const CountingModel& model, double level, int parameters,
                              const ProgressCallback& progress = {});
/// The probability of a chi-square with 1 or 2 degrees of freedom to exceed twice the rise at mu.
ClsValues likelihood_values(const CountingModel& model, double mu, int parameters,
                            const ProgressCallback& progress = {});

}  // namespace anyslice::stats
