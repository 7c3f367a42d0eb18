// The unified intervals of Feldman and Cousins for one bin without uncertainties, exactly.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// G. J. Feldman and R. D. Cousins, Phys. Rev. D 57 (1998) 3873 (physics/9711021): at each signal s counts enter the
/// acceptance region in the order of R = P(n | s + b) / P(n | max(n, b)) until their probability is at least the
/// level. The p-value of s is the probability of the counts whose R is not larger than that of the observed one, so
/// that s is in the interval where the p-value is above 1 - level.
///
/// Without uncertainties the p-value is a smooth function of s between strengths at which two counts change their
/// order, which are known in closed form: the ends of the interval are exact, no grid of signals is used. The interval
/// is the hull of what is accepted. The paper's lengthening of intervals that would shrink with less background is not
/// applied.
///
/// With uncertainties the ordering is that of the profile likelihood ratio for mu >= 0, its distribution from toys (see
/// cls_toys.hpp), which these two do not do.
UpperLimits feldman_cousins_limits(const CountingModel& model, double level, const ProgressCallback& progress = {});
ClsValues feldman_cousins_values(const CountingModel& model, double mu);

/// The interval in signal events on `observed` counts (whole, up to 1e10) over `background` expected.
SignalInterval feldman_cousins_interval(double observed, double background, double level);
/// The p-value of `signal` events.
double feldman_cousins_p_value(double observed, double background, double signal);

}  // namespace anyslice::stats
