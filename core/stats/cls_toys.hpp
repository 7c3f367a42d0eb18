// CLs by frequentist toys, in pieces that can run anywhere: a scan of mu, one result per tested mu, and their limit.
//
// The construction is the one that reproduces the MicroBooNE search (arXiv:2106.00568, made with the RooStats
// FrequentistCalculator): one-sided profile likelihood ratio qtilde_mu (Cowan et al., arXiv:1007.1727, Eq. 16) with
// mu >= 0; the nuisances of the toys set to their conditional best fit on the data, at the tested mu for the
// signal-plus-background toys and at mu = 0 for the background-only toys; auxiliary measurements randomised; expected
// limits from the quantiles of CLs over background-only toys at each tested mu.
//
// The method "feldman-cousins" uses the same toys for unified intervals with uncertainties (the profiled construction,
// e.g. arXiv:2207.14353): the two-sided ratio ttilde_mu (Eq. 11) orders them, and the p-value of mu is the share of the
// signal-plus-background toys that are at least as far out as the data.
#pragma once

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The signal strengths to test, increasing: a logarithmic grid wide enough for all six limits.
/// Throws InputError for a bad model or level, or if not even one expected limit exists.
std::vector<double> toy_scan(const CountingModel& model, const LimitOptions& options,
                             const ProgressCallback& progress = {});

/// CLs (or p-values) at one tested mu. Toys depend on (options.seed, toy index) only, the same random numbers at every
/// mu, so the scan is smooth and does not depend on how it is distributed. A ratio of toys above one is given as one.
/// Throws InputError for a bad model, bad options, a mu outside 0..1e10 signal events, more toys than the memory holds
/// or data that cannot be fitted; Cancelled if `progress` says so.
ClsValues toy_cls(const CountingModel& model, double mu, const LimitOptions& options,
                  const ProgressCallback& progress = {});

/// The limits: where each curve of the scan last crosses 1 - level, with the error that the toys leave. A limit without
/// a value has a reason.
/// Throws InputError for bad options, fewer than two strengths, a scan that does not increase, another number of
/// results, CLs outside [0, 1], errors that are not finite or an observed CLs at only some of the strengths.
UpperLimits toy_limits(const std::vector<double>& scan, const std::vector<ClsValues>& cls, const LimitOptions& options);

}  // namespace anyslice::stats
