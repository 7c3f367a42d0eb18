// CLs by frequentist toys, in pieces that can run anywhere: a scan of mu, one result per tested mu, and their limit.
//
// The construction is the one that reproduces the MicroBooNE search (arXiv:2106.00568, made with the RooStats
// FrequentistCalculator): one-sided profile likelihood ratio qtilde_mu (Cowan et al., arXiv:1007.1727, Eq. 16) with
// mu >= 0; the nuisances of the toys set to their conditional best fit on the data, at the tested mu for the
// signal-plus-background toys and at mu = 0 for the background-only toys; auxiliary measurements randomised; expected
// limits from the quantiles of CLs over background-only toys at each tested mu.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The signal strengths to test, increasing: a logarithmic grid wide enough for all six limits.
std::vector<double> toy_scan(const CountingModel& model, double level);

/// CLs at one tested mu. Toys depend on (options.seed, toy index) only, the same random numbers at every mu, so the
/// scan is smooth and does not depend on how it is distributed.
ClsValues toy_cls(const CountingModel& model, double mu, const LimitOptions& options);

/// The limits: where each curve of the scan last crosses 1 - level, with the error that the toys leave.
UpperLimits toy_limits(const std::vector<double>& scan, const std::vector<ClsValues>& cls, const LimitOptions& options);

}  // namespace anyslice::stats
