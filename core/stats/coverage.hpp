// How often a construction covers a true signal, from simulated experiments.
#pragma once

#include <cstdint>

#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// What is true in the experiments, besides the model's expectations.
enum class TrueNuisances {
  /// In each experiment the pulls are drawn from their constraint densities and the auxiliary measurements are nominal:
  /// the coverage averaged over the uncertainties.
  drawn,
  /// The pulls are zero and the auxiliary measurements fluctuate: frequentist coverage at the nominal yields. For
  /// lognormal constraints only, where a moved measurement is another nominal yield for every construction.
  nominal,
};

struct CoverageRequest {
  double mu = 1;                  ///< the true signal strength, >= 0
  std::uint64_t first = 0;        ///< index of the first experiment: runs can be shared out and added up
  std::uint64_t experiments = 1;  ///< 1 to 1e8
  TrueNuisances nuisances = TrueNuisances::drawn;
};

struct Coverage {
  std::uint64_t experiments = 0, covered = 0;
  double value() const { return static_cast<double>(covered) / static_cast<double>(experiments); }
  /// Binomial standard error, that of one experiment where all agree.
  double error() const;
};

/// The seed of the toys that a construction throws for one experiment of a run with `seed`.
std::uint64_t seed_of_inner_toys(std::uint64_t seed, std::uint64_t experiment);

/// The experiments in which the construction does not exclude the true signal (its CLs, or p-value, is above
/// 1 - level). The observed count of the model does not matter. Where the construction throws toys itself they are
/// `options.toys`: of `options.seed` where there is one answer per count, otherwise of a seed that is drawn for each
/// experiment. The experiments are another stream of `options.seed`.
/// Throws InputError on bad input and where the construction has no answer for an experiment; Cancelled.
Coverage coverage(const CountingModel& model, const LimitOptions& options, const CoverageRequest& request,
                  const ProgressCallback& progress = {});

}  // namespace anyslice::stats
