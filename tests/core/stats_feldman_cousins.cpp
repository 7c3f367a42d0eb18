// Unified intervals: the published tables, acceptance regions built by hand, and toys with uncertainties.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "core/stats/feldman_cousins.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

namespace {

LimitOptions unified(double level = 0.9, std::uint64_t toys = 5000) {
  LimitOptions options;
  options.method = "feldman-cousins";
  options.level = level;
  options.toys = toys;
  return options;
}

/// The counts that enter the acceptance region before `observed`, as the definition has it: all counts are sorted.
double p_value_by_sorting(double observed, double background, double signal) {
  const double x = background + signal;
  struct Entry {
    double ratio, probability;
  };
  std::vector<Entry> entries;
  double own = 0;
  for (int n = 0; n < 400; ++n) {
    const double probability = poisson_log_likelihood(n, x);
    const double ratio = probability - poisson_log_likelihood(n, std::max<double>(n, background));
    entries.push_back({ratio, std::exp(probability)});
    if (n == observed) own = ratio;
  }
  double before = 0;
  for (const Entry& entry : entries) {
    if (entry.ratio > own + 1e-12) before += entry.probability;
  }
  return 1 - before;
}

}  // namespace

TEST_CASE("feldman-cousins: the 90 % intervals of Phys. Rev. D 57, 3873, Table IV, to their two digits") {
  const double no_background[][2] = {{0, 2.44},     {0.11, 4.36},  {0.53, 5.91},  {1.10, 7.42},
                                     {1.47, 8.60},  {1.84, 9.99},  {2.21, 11.47}, {3.56, 12.53},
                                     {3.96, 13.99}, {4.36, 15.30}, {5.50, 16.50}};
  const double background_3[][2] = {{0, 0},       {0, 1.88},    {0, 3.04},     {0, 4.42},     {0, 5.60},    {0, 6.99},
                                    {0.15, 8.47}, {0.89, 9.53}, {1.51, 10.99}, {1.88, 12.30}, {2.63, 13.50}};
  for (int n = 0; n <= 10; ++n) {
    CAPTURE(n);
    const SignalInterval without = feldman_cousins_interval(n, 0, 0.9);
    CHECK(std::fabs(without.low - no_background[n][0]) < 0.0101);
    CHECK(std::fabs(without.high - no_background[n][1]) < 0.0101);
    if (n == 0) continue;
    const SignalInterval with = feldman_cousins_interval(n, 3, 0.9);
    CHECK(std::fabs(with.low - background_3[n][0]) < 0.0101);
    CHECK(std::fabs(with.high - background_3[n][1]) < 0.0101);
  }
  // No events over 3 expected: the paper's 1.08 is the longest interval of any larger background.
  double longest = 0;
  for (double background = 3; background < 8; background += 0.002) {
    longest = std::max(longest, feldman_cousins_interval(0, background, 0.9).high);
  }
  CHECK(std::fabs(longest - 1.08) < 0.0101);
}

TEST_CASE("feldman-cousins: p-values and interval ends are those of acceptance regions sorted by hand") {
  CounterRandom random(17, 0);
  for (int trial = 0; trial < 200; ++trial) {
    const double background = trial % 4 == 0 ? std::floor(6 * random.uniform()) : 12 * random.uniform();
    const double observed = static_cast<double>(random.poisson(background + 4 * random.uniform()));
    const double signal = 15 * random.uniform() * random.uniform();
    CAPTURE(background);
    CAPTURE(observed);
    CAPTURE(signal);
    const double p = p_value_by_sorting(observed, background, signal);
    CHECK(std::fabs(feldman_cousins_p_value(observed, background, signal) - p) < 1e-10);
    const double level = trial % 2 ? 0.9 : 0.95;
    const SignalInterval interval = feldman_cousins_interval(observed, background, level);
    // Accepted at the very end, rejected everywhere beyond it.
    CHECK(p_value_by_sorting(observed, background, interval.high - 1e-7) > 1 - level);
    for (const double beyond : {1e-7, 1e-3, 0.1, 0.3, 1.0, 3.0}) {
      CHECK(p_value_by_sorting(observed, background, interval.high + beyond) <= 1 - level + 1e-12);
    }
    if (interval.low == 0) continue;
    CHECK(p_value_by_sorting(observed, background, interval.low + 1e-7) > 1 - level);
    for (double signal_below = interval.low - 1e-7; signal_below >= 0; signal_below -= 0.04) {
      CHECK(p_value_by_sorting(observed, background, signal_below) <= 1 - level + 1e-12);
    }
  }
}

TEST_CASE("feldman-cousins: many counts give the symmetric Gaussian interval") {
  for (const double count : {1e5, 1e7}) {
    const SignalInterval interval = feldman_cousins_interval(count, 0, 0.95);
    CHECK(interval.high - count == near(1.959964 * std::sqrt(count), 3 / std::sqrt(count)));
    CHECK(count - interval.low == near(1.959964 * std::sqrt(count), 3 / std::sqrt(count)));
  }
  const UpperLimits limits = upper_limits(simple_model(1e5, 1e5), unified(0.95));
  CHECK(*limits.observed.value == near(1.959964 * std::sqrt(1e5), 0.01));
  CHECK(limits.intervals[0].low == 0);
}

TEST_CASE("feldman-cousins: toys give the exact p-values where the uncertainties vanish") {
  CountingModel model = simple_model(4, 3);
  model.systematics = {{"b", {1e-13}, 0}};
  REQUIRE(needs_toys(model, "feldman-cousins"));
  for (const double mu : {0.5, 3.0, 6.0, 9.0}) {
    const ClsValues values = toy_cls(model, mu, unified(0.9, 20000));
    CHECK(std::fabs(*values.observed - feldman_cousins_p_value(4, 3, mu)) < 3.5 * values.observed_error);
  }
  const UpperLimits limits = upper_limits(model, unified());
  CHECK(*limits.observed.value == near(feldman_cousins_interval(4, 3, 0.9).high, 0.05));
  CHECK_FALSE(needs_toys(simple_model(4, 3), "feldman-cousins"));
}

TEST_CASE("feldman-cousins: uncertainties widen the interval, whose pieces join to the whole") {
  CountingModel model = simple_model(9, 2);
  const UpperLimits exact = upper_limits(model, unified());
  model.systematics = {{"b", {0.4}, 0}, {"s", {0}, 0.3}};
  const LimitOptions options = unified(0.9, 2000);
  const UpperLimits limits = upper_limits(model, options);
  REQUIRE(limits.intervals.size() == 1);
  CHECK(limits.intervals[0].high == *limits.observed.value);
  CHECK(limits.intervals[0].low > 0);
  REQUIRE(limits.warnings.size() == 1);  // an upper limit alone would hide that
  CHECK(limits.warnings[0].find("begins at") != std::string::npos);
  CHECK(*limits.observed.value > *exact.observed.value);
  CHECK(limits.observed.error > 0);
  const std::vector<double> scan = toy_scan(model, options);
  std::vector<ClsValues> pieces(scan.size());
  for (std::size_t i = scan.size(); i-- > 0;) pieces[i] = toy_cls(model, scan[i], options);
  CHECK(*toy_limits(scan, pieces, options).observed.value == *limits.observed.value);
  for (std::size_t i = 1; i < 5; ++i) CHECK(*limits.expected[i].value >= *limits.expected[i - 1].value);
}

TEST_CASE("feldman-cousins: many counts have the ends at which the p-value passes the risk") {
  for (const double background : {3e3, 1e6, 1e9}) {
    for (const double excess : {-1.5, 0.0, 0.7, 4.0}) {
      const double observed = std::round(background + excess * std::sqrt(background));
      const SignalInterval interval = feldman_cousins_interval(observed, background, 0.95);
      const double hair = 1e-4 * interval.high;
      CAPTURE(background);
      CAPTURE(excess);
      CHECK(feldman_cousins_p_value(observed, background, interval.high - hair) > 0.05);
      CHECK(feldman_cousins_p_value(observed, background, interval.high + hair) < 0.05);
      CHECK((interval.low > 0) == (feldman_cousins_p_value(observed, background, 0) < 0.05));
      if (!(interval.low > 0)) continue;
      CHECK(feldman_cousins_p_value(observed, background, interval.low + hair) > 0.05);
      CHECK(feldman_cousins_p_value(observed, background, interval.low - hair) < 0.05);
    }
  }
}
