// Bayesian limits with a prior that is flat in the signal strength.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The posterior of mu >= 0 is proportional to the Poisson probability of the count averaged over the constraint
/// densities of the pulls, restricted to yields >= 0 and renormalised as for the hybrid CLs, with a prior that is
/// constant in mu (O. Helene, Nucl. Instrum. Meth. 212 (1983) 319). The limit is the mu below which a share `level` of
/// it lies. Without an uncertainty of the signal that is the limit of the hybrid CLs, with none at all that of the
/// exact CLs. On the observed count also the central interval and that of the highest density. Expected limits are
/// those of the counts at the quantiles of the averaged background-only distribution.
///
/// Where linear pulls can scale the signal down to nothing the posterior falls like 1 / mu and cannot be normalised:
/// the limits then have no value, for that reason.
/// Throws InputError if more than three systematics act on several components at once.
UpperLimits bayes_limits(const CountingModel& model, double level, const ProgressCallback& progress = {});
/// The posterior probability above mu. Throws InputError where the posterior cannot be normalised.
ClsValues bayes_values(const CountingModel& model, double mu, const ProgressCallback& progress = {});

}  // namespace anyslice::stats
