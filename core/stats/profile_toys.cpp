// CLs (or the p-value of the unified intervals) by toys, with ties and errors.
#include "core/stats/profile_toys.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/stats/limit_search.hpp"
#include "core/stats/toy_statistics.hpp"

namespace anyslice::stats {
namespace {

double fraction_at_least(const std::vector<double>& statistics, double q) {
  return static_cast<double>(count_at_least(statistics, q)) / static_cast<double>(statistics.size());
}

}  // namespace

ClsValues profile_toy_cls(const ProfileLikelihood& likelihood, const ProfileData& data, bool is_observed, double mu,
                          const LimitOptions& options, const ProgressCallback& progress) {
  std::vector<double> background_pulls, signal_pulls, pulls;
  likelihood.fit(data, 0, background_pulls);
  likelihood.fit(data, mu, signal_pulls);

  // The unified intervals are ordered by the two-sided ratio, and a signal is too large for the background-only toys
  // that would rather have less of it.
  const bool unified = options.method == "feldman-cousins";
  const ToyStatistic statistic = unified ? ToyStatistic::two_sided : ToyStatistic::one_sided;
  const auto half = [&](double offset) {
    return [&progress, offset](double fraction) {
      report_progress(progress, offset + 0.5 * fraction);
      return true;
    };
  };
  const std::vector<double> with_signal = toy_statistics(
      likelihood, statistic, mu, {0, options.toys, options.seed, ToyStream::signal, mu, signal_pulls}, half(0));
  std::vector<double> background =
      toy_statistics(likelihood, ToyStatistic::one_sided, mu,
                     {0, options.toys, options.seed, ToyStream::background, 0, background_pulls}, half(0.5));
  const double toys = static_cast<double>(options.toys);
  const auto binomial_error = [&](double p) { return std::sqrt(std::max(p * (1 - p), 1 / toys) / toys); };
  const auto ratio = [&](double q) {
    if (unified) return fraction_at_least(with_signal, q);
    const double below = fraction_at_least(background, q);
    // Both fractions are noisy: at a vanishing signal their ratio may come out above one.
    return below > 0 ? std::min(fraction_at_least(with_signal, q) / below, 1.0) : 1.0;
  };

  ClsValues values;
  if (is_observed) {
    const double q = test_statistic(likelihood, statistic, data, mu, pulls);
    const double p_signal = fraction_at_least(with_signal, q), p_background = fraction_at_least(background, q);
    // No background-only toy this far out: the ratio is unknown, and 1 excludes nothing.
    values.observed = ratio(q);
    if (unified) {
      values.observed_error = binomial_error(p_signal);
    } else if (p_background > 0) {
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
    const double p_background = unified ? 1 : fraction_at_least(background, q);
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
