// CLs from the asymptotic distributions of the profile likelihood ratio.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// qtilde_mu and the background-only Asimov data set, its nuisances profiled on the data at mu = 0 (Cowan et al.,
/// arXiv:1007.1727). For a projection the data are the expected background.
/// asymptotic_check.hpp says where counts are too small for it.
UpperLimits asymptotic_limits(const CountingModel& model, double level, const ProgressCallback& progress = {});
ClsValues asymptotic_cls(const CountingModel& model, double mu);

}  // namespace anyslice::stats
