// Generation of toys, and CLs with ties and errors.
#include "core/stats/profile_toys.hpp"

#include <algorithm>
#include <cmath>

#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"
#include "core/stats/limit_search.hpp"

namespace anyslice::stats {
namespace {

// Two hypotheses, two independent streams of random numbers for each toy.
enum Stream : std::uint32_t { signal_stream = 0, background_stream = 1 };

// Toys that equal the data up to rounding count as equal.
double just_below(double q) { return q - 1e-10 * (1 + q); }

std::vector<double> toy_statistics(const ProfileLikelihood& likelihood, double mu, double true_mu,
                                   const std::vector<double>& true_pulls, const LimitOptions& options, Stream stream,
                                   const ProgressCallback& progress) {
  std::vector<double> expected;
  likelihood.expected(true_mu, true_pulls, expected);
  std::vector<PoissonQuantile> counts;
  for (const double mean : expected) counts.emplace_back(mean);
  ProfileData toy{std::vector<double>(expected.size()), std::vector<double>(true_pulls.size())};
  std::vector<double> pulls, statistics(static_cast<std::size_t>(options.toys));
  for (std::uint64_t index = 0; index < options.toys; ++index) {
    if (index % 1024 == 0) {
      const double done = static_cast<double>(index) / static_cast<double>(options.toys);
      report_progress(progress, 0.5 * (done + (stream == signal_stream ? 0 : 1)));
    }
    CounterRandom random(options.seed, index, stream);
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
      toy.counts[bin] = static_cast<double>(counts[bin](random.uniform()));
    }
    likelihood.draw_auxiliary(true_pulls, random, toy.auxiliary);
    statistics[index] = one_sided_test_statistic(likelihood, toy, mu, pulls);
  }
  return statistics;
}

double fraction_at_least(const std::vector<double>& statistics, double q) {
  const double threshold = just_below(q);
  const auto count = std::count_if(statistics.begin(), statistics.end(), [&](double s) { return s >= threshold; });
  return static_cast<double>(count) / static_cast<double>(statistics.size());
}

}  // namespace

ClsValues profile_toy_cls(const ProfileLikelihood& likelihood, const ProfileData& data, bool is_observed, double mu,
                          const LimitOptions& options, const ProgressCallback& progress) {
  std::vector<double> background_pulls, signal_pulls, pulls;
  likelihood.fit(data, 0, background_pulls);
  likelihood.fit(data, mu, signal_pulls);

  const std::vector<double> with_signal =
      toy_statistics(likelihood, mu, mu, signal_pulls, options, signal_stream, progress);
  std::vector<double> background =
      toy_statistics(likelihood, mu, 0, background_pulls, options, background_stream, progress);
  const double toys = static_cast<double>(options.toys);
  const auto binomial_error = [&](double p) { return std::sqrt(std::max(p * (1 - p), 1 / toys) / toys); };
  const auto ratio = [&](double q) {
    const double below = fraction_at_least(background, q);
    // Both fractions are noisy: at a vanishing signal their ratio may come out above one.
    return below > 0 ? std::min(fraction_at_least(with_signal, q) / below, 1.0) : 1.0;
  };

  ClsValues values;
  if (is_observed) {
    const double q = one_sided_test_statistic(likelihood, data, mu, pulls);
    const double p_signal = fraction_at_least(with_signal, q), p_background = fraction_at_least(background, q);
    // No background-only toy this far out: the ratio is unknown, and 1 excludes nothing.
    values.observed = ratio(q);
    if (p_background > 0) {
      values.observed_error =
          std::hypot(binomial_error(p_signal), *values.observed * binomial_error(p_background)) / p_background;
    } else {
      values.observed_error = 1;
    }
  }
  // CLs falls with q: the quantile of CLs at probability p is CLs at the toy of rank p from the largest q.
  std::sort(background.begin(), background.end(), std::greater<>());
  const auto at_probability = [&](double probability) {
    const double rank = std::clamp(std::ceil(probability * toys) - 1, 0.0, toys - 1);
    return background[static_cast<std::size_t>(rank)];
  };
  for (std::size_t i = 0; i < band.size(); ++i) {
    const double probability = normal_probability(band[i]);
    const double q = at_probability(probability);
    const double p_background = fraction_at_least(background, q);
    values.expected[i] = ratio(q);
    // The toy at the quantile is itself uncertain by a binomial error of its rank.
    const double shift = binomial_error(probability);
    const double spread =
        0.5 * std::fabs(ratio(at_probability(probability + shift)) - ratio(at_probability(probability - shift)));
    values.expected_error[i] = std::hypot(binomial_error(fraction_at_least(with_signal, q)) / p_background, spread);
  }
  return values;
}

}  // namespace anyslice::stats
