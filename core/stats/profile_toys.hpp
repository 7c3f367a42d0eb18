// CLs by toys of any profile likelihood, at one signal strength. The construction is described in cls_toys.hpp.
#pragma once

#include "core/stats/profile_likelihood.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// CLs at mu; with options.method "feldman-cousins" the p-value of the two-sided ratio instead. Toys depend on
/// (options.seed, toy index) only. Without `is_observed` the data only set the nuisances of the toys.
/// Throws Cancelled if `progress` says so, std::runtime_error for a fit that does not converge.
ClsValues profile_toy_cls(const ProfileLikelihood& likelihood, const ProfileData& data, bool is_observed, double mu,
                          const LimitOptions& options, const ProgressCallback& progress = {});

}  // namespace anyslice::stats
