// Toy experiments of a profile likelihood: test statistics of drawn counts and auxiliary measurements.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/progress.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

/// Independent streams of random numbers for what is drawn with the same seed and index.
enum class ToyStream : std::uint32_t { signal = 0, background = 1, coverage = 2, seeds = 3 };

enum class ToyStatistic {
  one_sided,  ///< qtilde_mu (arXiv:1007.1727, Eq. 16)
  two_sided,  ///< ttilde_mu (Eq. 11), which orders the unified intervals
};

/// What is drawn: toys first, first + 1, ... of a seed and stream at true values of strength and pulls.
struct ToyRun {
  std::uint64_t first = 0, count = 0, seed = 1;
  ToyStream stream = ToyStream::signal;
  double true_mu = 0;
  std::vector<double> true_pulls;
};

/// The statistic of each toy with respect to the tested mu. A toy depends on its seed, stream and index only.
std::vector<double> toy_statistics(const ProfileLikelihood& likelihood, ToyStatistic statistic, double mu,
                                   const ToyRun& run, const ProgressCallback& progress = {});

/// How many of the statistics are at least q; those that equal it up to rounding count.
std::size_t count_at_least(const std::vector<double>& statistics, double q);

/// The statistic of data.
double test_statistic(const ProfileLikelihood& likelihood, ToyStatistic statistic, const ProfileData& data, double mu,
                      std::vector<double>& pulls);

}  // namespace anyslice::stats
