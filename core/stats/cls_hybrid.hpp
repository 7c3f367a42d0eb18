// CLs with the Poisson probabilities averaged over the constrained pulls ("hybrid"), by quadrature.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// CLs(mu) = <P(N <= n | mu s + b)> / <P(N <= n | b)>, the averages being over the constraint densities restricted to
/// yields >= 0 and renormalised (R. D. Cousins and V. L. Highland, Nucl. Instrum. Meth. A 320 (1992) 331, as a CLs).
/// Expected limits are those of the counts at the quantiles of the averaged background-only distribution.
/// CLs is right however small; what cannot be computed is a limit with a reason, or an InputError of hybrid_cls.
/// Throws InputError if more than three systematics act on several components at once.
UpperLimits hybrid_limits(const CountingModel& model, double level, const ProgressCallback& progress = {});
ClsValues hybrid_cls(const CountingModel& model, double mu, const ProgressCallback& progress = {});

}  // namespace anyslice::stats
