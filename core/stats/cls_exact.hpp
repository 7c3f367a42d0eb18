// CLs of a count without uncertainties, in closed form.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The systematics of the model are ignored; a warning says so.
UpperLimits exact_limits(const CountingModel& model, double level);
ClsValues exact_cls(const CountingModel& model, double mu);

/// The limit in signal events on `observed` counts over `background` expected, without uncertainties.
Limit exact_event_limit(double observed, double background, double level);

}  // namespace anyslice::stats
