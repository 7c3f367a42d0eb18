// Distribution functions of the asymptotic formulas, and histograms of toys.
#include "core/stats/statistic_distribution.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/stats/normal.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {
namespace {

void check(const CountingModel& model, double mu, const std::vector<double>& edges, const LimitOptions& options) {
  check_input(model, options, "cls-toys");
  if (!(mu > 0 && mu * model.signal <= largest_events)) {
    throw InputError("test statistic", "mu", "expected a signal strength above 0, with at most 1e10 signal events");
  }
  bool good = edges.size() >= 2 && edges.front() == 0 && std::isfinite(edges.back());
  for (std::size_t i = 1; good && i < edges.size(); ++i) good = edges[i] > edges[i - 1];
  if (!good) throw InputError("test statistic", "edges", "expected at least two edges that increase from 0");
}

CountingModel used_model(const CountingModel& model, const LimitOptions& options) {
  return options.combine_systematics ? model.combined() : model;
}

template <class Cumulative>
StatisticHistogram binned(const std::vector<double>& edges, double zero, Cumulative&& cumulative) {
  StatisticHistogram result{zero, {}, 0};
  double last = zero;
  for (std::size_t i = 1; i < edges.size(); ++i) {
    const double next = std::max(cumulative(edges[i]), last);
    result.bins.push_back(next - last);
    last = next;
  }
  result.above = std::max(1 - last, 0.0);
  return result;
}

StatisticHistogram counted(const std::vector<double>& edges, const std::vector<double>& statistics) {
  StatisticHistogram result{0, std::vector<double>(edges.size() - 1, 0.0), 0};
  for (const double q : statistics) {
    if (q <= 0) {
      ++result.zero;
    } else if (q >= edges.back()) {
      ++result.above;
    } else {
      const auto next = std::upper_bound(edges.begin(), edges.end(), q);
      ++result.bins[static_cast<std::size_t>(next - edges.begin()) - 1];
    }
  }
  return result;
}

}  // namespace

AsymptoticDistribution asymptotic_distribution(const CountingModel& given, ToyStatistic statistic, double mu,
                                               const std::vector<double>& edges, const LimitOptions& options) {
  check(given, mu, edges, options);
  const CountingModel model = used_model(given, options);
  const auto likelihood = make_profile_likelihood(model);
  const ProfileData data = own_data(model);
  const ProfileData asimov = asimov_data(*likelihood, data);
  std::vector<double> pulls;
  AsymptoticDistribution result;
  if (model.observed) result.observed = test_statistic(*likelihood, statistic, data, mu, pulls);
  const double a = result.asimov = one_sided_test_statistic(*likelihood, asimov, mu, pulls), root_a = std::sqrt(a);
  // `distance` is (mu - mu') / sigma, with mu' the true strength.
  const auto distribution = [&](double distance) {
    const bool one_sided = statistic == ToyStatistic::one_sided;
    // Where mu' = 0 the second branch is centred at a, where mu' = mu at -a.
    const double centre = distance > 0 ? a : -a;
    return binned(edges, one_sided ? normal_probability(-distance) : 0.0, [&](double q) {
      const double root = std::sqrt(q);
      const double from_below =
          q <= a || a == 0 ? normal_probability(root - distance) : normal_probability((q - centre) / (2 * root_a));
      return one_sided ? from_below : from_below + normal_probability(root + distance) - 1;
    });
  };
  result.signal = distribution(0);
  result.background = distribution(root_a);
  return result;
}

ToyDistribution toy_distribution(const CountingModel& given, ToyStatistic statistic, double mu,
                                 const std::vector<double>& edges, const LimitOptions& options, std::uint64_t first,
                                 const ProgressCallback& progress) {
  check(given, mu, edges, options);
  const CountingModel model = used_model(given, options);
  const auto likelihood = make_profile_likelihood(model);
  const ProfileData data = own_data(model);
  ToyRun with_signal{first, options.toys, options.seed, ToyStream::signal, mu, {}};
  ToyRun background{first, options.toys, options.seed, ToyStream::background, 0, {}};
  likelihood->fit(data, mu, with_signal.true_pulls);
  likelihood->fit(data, 0, background.true_pulls);
  const auto half = [&](double offset) {
    return [&progress, offset](double fraction) {
      report_progress(progress, offset + 0.5 * fraction);
      return true;
    };
  };
  const auto signal_values = toy_statistics(*likelihood, statistic, mu, with_signal, half(0));
  const auto background_values = toy_statistics(*likelihood, statistic, mu, background, half(0.5));
  ToyDistribution result{counted(edges, signal_values), counted(edges, background_values), {}, {}};
  if (model.observed) {
    std::vector<double> pulls;
    const double q = test_statistic(*likelihood, statistic, data, mu, pulls);
    result.signal_beyond = static_cast<double>(count_at_least(signal_values, q));
    result.background_beyond = static_cast<double>(count_at_least(background_values, q));
  }
  return result;
}

}  // namespace anyslice::stats
