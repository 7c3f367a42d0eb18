// Coverage against sums over counts, the distribution of the test statistic, and how both are shared out.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "core/base/error.hpp"
#include "core/stats/coverage.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "core/stats/statistic_distribution.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

TEST_CASE("coverage: without uncertainties it is the probability of the counts whose limit is above the signal") {
  for (const char* method : {"cls-exact", "cls-hybrid", "bayes-flat", "feldman-cousins", "delta-lnl-1"}) {
    for (const double mu : {0.7, 4.0}) {
      const CountingModel model = simple_model(0, 2.2);
      double expected = 0;
      for (int n = 0; n < 60; ++n) {
        CountingModel counted = model;
        counted.observed = n;
        const UpperLimits limits = upper_limits(counted, by(method, 0.9));
        const double low =
            limits.intervals.empty() || std::string(method) == "bayes-flat" ? 0 : limits.intervals[0].low;
        if (mu >= low && mu <= *limits.observed.value) expected += std::exp(poisson_log_likelihood(n, 2.2 + mu));
      }
      const Coverage found = coverage(model, by(method, 0.9), {mu, 0, 20000, TrueNuisances::drawn});
      CAPTURE(method);
      CAPTURE(mu);
      CHECK(std::fabs(found.value() - expected) < 3.5 * found.error());
    }
  }
}

TEST_CASE("coverage: pieces of a run add up to the whole, whatever the kind of nuisances") {
  CountingModel model = three_pull_model(Constraint::lognormal);
  for (const TrueNuisances nuisances : {TrueNuisances::drawn, TrueNuisances::nominal}) {
    const auto covered = [&](std::uint64_t first, std::uint64_t count) {
      return coverage(model, by("cls-hybrid"), {4, first, count, nuisances}).covered;
    };
    CHECK(covered(0, 100) == covered(0, 30) + covered(30, 70));
    // CLs covers at least as often as it says.
    const Coverage found = coverage(model, by("cls-hybrid"), {4, 0, 300, nuisances});
    CHECK(found.value() > 0.95 - 3 * found.error());
  }
  model.constraint = Constraint::gaussian;
  CHECK(coverage(model, by("cls-toys"), {4, 0, 500, TrueNuisances::drawn}).value() > 0.92);
}

TEST_CASE("coverage: no two seeds or experiments share the toys of a construction") {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (std::uint64_t experiment = 0; experiment < 200; ++experiment) {
      seeds.insert(seed_of_inner_toys(seed, experiment));
    }
  }
  CHECK(seeds.size() == 20 * 200);
}

TEST_CASE("coverage: bad requests are refused") {
  const CountingModel gaussian = three_pull_model(Constraint::gaussian);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {4, 0, 10, TrueNuisances::nominal}), InputError);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {-1, 0, 10, TrueNuisances::drawn}), InputError);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {1e9, 0, 10, TrueNuisances::drawn}), InputError);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {std::nan(""), 0, 10, TrueNuisances::drawn}), InputError);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {4, 0, 0, TrueNuisances::drawn}), InputError);
  CHECK_THROWS_AS(coverage(gaussian, by("cls-hybrid"), {4, 0, 10, TrueNuisances::drawn}, [](double) { return false; }),
                  Cancelled);
}

TEST_CASE("test statistic: toys of many counts follow the asymptotic formula, and their pieces add up") {
  CountingModel model = simple_model(1020, 1000);
  model.systematics = {{"b", {0.02}, 0}};
  const double mu = 60;
  const std::vector<double> edges = {0, 0.5, 1, 2, 3, 4.5, 6, 9};
  for (const ToyStatistic statistic : {ToyStatistic::one_sided, ToyStatistic::two_sided}) {
    // The formula profiles on the data, as the toys do, so the observed count must be near what both expect.
    model.observed = 1000;
    LimitOptions options = by("cls-toys");
    options.toys = 4000;
    const auto formula = asymptotic_distribution(model, statistic, mu, edges, options);
    const auto toys = toy_distribution(model, statistic, mu, edges, options, 0);
    const auto compare = [&](const StatisticHistogram& probability, const StatisticHistogram& count) {
      const auto close = [&](double p, double n) {
        return std::fabs(n - 4000 * p) < 4 * std::sqrt(4000 * p * (1 - p)) + 0.02 * 4000 * p + 2;
      };
      CHECK(probability.zero + std::accumulate(probability.bins.begin(), probability.bins.end(), 0.0) +
                probability.above ==
            near(1, 1e-12));
      CHECK(count.zero + std::accumulate(count.bins.begin(), count.bins.end(), 0.0) + count.above == 4000);
      CHECK(close(probability.above, count.above));
      // The few counts that are possible near zero make steps there, which the formula smooths.
      CHECK(close(probability.zero + probability.bins[0], count.zero + count.bins[0]));
      for (std::size_t i = 2; i < count.bins.size(); ++i) CHECK(close(probability.bins[i], count.bins[i]));
    };
    compare(formula.signal, toys.signal);
    compare(formula.background, toys.background);
    options.toys = 1500;
    const auto first = toy_distribution(model, statistic, mu, edges, options, 0);
    options.toys = 2500;
    const auto rest = toy_distribution(model, statistic, mu, edges, options, 1500);
    for (std::size_t i = 0; i < toys.signal.bins.size(); ++i) {
      CHECK(first.signal.bins[i] + rest.signal.bins[i] == toys.signal.bins[i]);
      CHECK(first.background.bins[i] + rest.background.bins[i] == toys.background.bins[i]);
    }
    CHECK(*first.signal_beyond + *rest.signal_beyond == *toys.signal_beyond);
  }
  CHECK_THROWS_AS(asymptotic_distribution(model, ToyStatistic::one_sided, mu, {0, 0}, by("cls-toys")), InputError);
  CHECK_THROWS_AS(asymptotic_distribution(model, ToyStatistic::one_sided, 0, edges, by("cls-toys")), InputError);
}
