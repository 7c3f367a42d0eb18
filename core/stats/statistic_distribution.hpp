// How the test statistic is distributed at one signal strength: by the asymptotic formulas and by toys.
#pragma once

#include <cstdint>
#include <vector>

#include "core/stats/toy_statistics.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// Contents of a histogram of a statistic that is never negative: exactly zero, in the bins, above the last edge.
struct StatisticHistogram {
  double zero = 0;
  std::vector<double> bins;
  double above = 0;
};

struct AsymptoticDistribution {
  std::optional<double> observed;         ///< the statistic of the data; none for a projection
  double asimov = 0;                      ///< that of the background-only Asimov data
  StatisticHistogram signal, background;  ///< probabilities if mu is true, and without signal
};

/// arXiv:1007.1727, Eqs. 43 and 64-66, with mu / sigma the root of the Asimov statistic. `edges` increase from 0.
/// Throws InputError for bad input.
AsymptoticDistribution asymptotic_distribution(const CountingModel& model, ToyStatistic statistic, double mu,
                                               const std::vector<double>& edges, const LimitOptions& options);

/// Numbers of toys, those of cls_toys.hpp: options.toys of them from index `first` on under each hypothesis. Histograms
/// of several runs add up.
struct ToyDistribution {
  StatisticHistogram signal, background;
  /// Toys at least as far out as the data; none for a projection.
  std::optional<double> signal_beyond, background_beyond;
};
ToyDistribution toy_distribution(const CountingModel& model, ToyStatistic statistic, double mu,
                                 const std::vector<double>& edges, const LimitOptions& options, std::uint64_t first,
                                 const ProgressCallback& progress = {});

}  // namespace anyslice::stats
