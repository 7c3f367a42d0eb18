// Draws toys and fits them.
#include "core/stats/toy_statistics.hpp"

#include <algorithm>

#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"

namespace anyslice::stats {

double test_statistic(const ProfileLikelihood& likelihood, ToyStatistic statistic, const ProfileData& data, double mu,
                      std::vector<double>& pulls) {
  return statistic == ToyStatistic::one_sided ? one_sided_test_statistic(likelihood, data, mu, pulls)
                                              : two_sided_test_statistic(likelihood, data, mu, pulls);
}

std::size_t count_at_least(const std::vector<double>& statistics, double q) {
  const double threshold = q - 1e-10 * (1 + q);
  return static_cast<std::size_t>(
      std::count_if(statistics.begin(), statistics.end(), [&](double s) { return s >= threshold; }));
}

std::vector<double> toy_statistics(const ProfileLikelihood& likelihood, ToyStatistic statistic, double mu,
                                   const ToyRun& run, const ProgressCallback& progress) {
  std::vector<double> expected;
  likelihood.expected(run.true_mu, run.true_pulls, expected);
  std::vector<PoissonQuantile> counts;
  for (const double mean : expected) counts.emplace_back(mean);
  ProfileData toy{std::vector<double>(expected.size()), std::vector<double>(run.true_pulls.size())};
  std::vector<double> pulls, statistics(static_cast<std::size_t>(run.count));
  for (std::uint64_t index = 0; index < run.count; ++index) {
    if (index % 1024 == 0) report_progress(progress, static_cast<double>(index) / static_cast<double>(run.count));
    CounterRandom random(run.seed, run.first + index, static_cast<std::uint32_t>(run.stream));
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
      toy.counts[bin] = static_cast<double>(counts[bin](random.uniform()));
    }
    likelihood.draw_auxiliary(run.true_pulls, random, toy.auxiliary);
    statistics[index] = test_statistic(likelihood, statistic, toy, mu, pulls);
  }
  return statistics;
}

}  // namespace anyslice::stats
