// The hybrid CLs: against published-style reference limits, brute-force averages, and its own limits of validity.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/random/incomplete_gamma.hpp"
#include "core/stats/averaged_poisson.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/limit_search.hpp"
#include "core/stats/poisson_tail.hpp"
#include "core/stats/upper_limit.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

namespace {

void check_limits(const UpperLimits& limits, double observed, const std::array<double, 5>& expected, double tolerance) {
  REQUIRE(limits.observed.value);
  CHECK(*limits.observed.value == near(observed, tolerance));
  for (std::size_t i = 0; i < 5; ++i) {
    REQUIRE(limits.expected[i].value);
    CHECK(*limits.expected[i].value == near(expected[i], tolerance));
  }
}

/// CLs by drawing the pulls, and its standard error. Pulls outside the allowed region are drawn again.
struct Sampled {
  double cls, error;
};
Sampled sampled_cls(const CountingModel& model, double mu, int samples, std::uint64_t seed) {
  const std::size_t count = model.backgrounds.size();
  double sum_s = 0, sum_b = 0, square_s = 0, square_b = 0, cross = 0;
  CounterRandom random(seed, 0);
  std::vector<double> pulls(model.systematics.size());
  for (int accepted = 0; accepted < samples;) {
    bool allowed = true;
    for (double& pull : pulls) {
      pull = random.normal();
      if (model.constraint == Constraint::gaussian && std::fabs(pull) > model.pull_limit) allowed = false;
    }
    double background = 0, signal = 0;
    for (std::size_t j = 0; j <= count; ++j) {
      double factor = 1;
      for (std::size_t k = 0; k < pulls.size(); ++k) {
        const Systematic& systematic = model.systematics[k];
        const double size = j < count ? systematic.on_background[j] : systematic.on_signal;
        if (model.constraint == Constraint::lognormal) {
          factor *= std::pow(1 + size, pulls[k]);
        } else {
          factor += size * pulls[k];
        }
      }
      if (factor < 0) allowed = false;
      (j < count ? background : signal) += factor * (j < count ? model.backgrounds[j].expected : mu * model.signal);
    }
    if (!allowed) continue;
    ++accepted;
    const double b = gamma_q(*model.observed + 1, background);
    const double s = gamma_q(*model.observed + 1, background + signal);
    sum_s += s;
    sum_b += b;
    square_s += s * s;
    square_b += b * b;
    cross += s * b;
  }
  const double mean_s = sum_s / samples, mean_b = sum_b / samples, ratio = mean_s / mean_b;
  const double variance = (square_s / samples - mean_s * mean_s) - 2 * ratio * (cross / samples - mean_s * mean_b) +
                          ratio * ratio * (square_b / samples - mean_b * mean_b);
  return {ratio, std::sqrt(std::max(variance, 0.0) / samples) / mean_b};
}

}  // namespace

TEST_CASE("cls-hybrid: the MicroBooNE bin against independent limits by sampling") {
  check_limits(upper_limits(three_pull_model(Constraint::truncated), {}), 4.71, {3.58, 3.58, 6.06, 9.31, 13.0}, 0.003);
  check_limits(upper_limits(three_pull_model(Constraint::lognormal), {}), 4.18, {3.21, 4.18, 5.34, 8.09, 11.1}, 0.006);
}

TEST_CASE("cls-hybrid: agrees with drawing the pulls, for every constraint, with and without shared pulls") {
  std::uint64_t seed = 1;
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const int variant : {0, 1, 2, 3, 4, 5, 6}) {
      CountingModel model = microboone_model(constraint);
      double mu = 5;
      if (variant == 1) {  // many limited pulls on one component, tight limits
        model.pull_limit = 1.5;
        model.observed = 4;
      } else if (variant == 2) {  // one pull on everything
        model.systematics.push_back({"luminosity", {0.3, 0.3}, 0.3});
        model.observed = 3;
      } else if (variant == 3) {  // two shared pulls and no others, wide enough to reach zero yield
        model.systematics = {{"first", {0.6, 0.4}, 0}, {"second", {0.0, 0.3}, 0.5}};
        model.observed = 2;
      } else if (variant == 4) {  // large counts, summed directly
        model.backgrounds = {{"first", 300}, {"second", 150}};
        model.observed = 430;
        mu = 150;
      } else if (variant == 5) {  // large counts, smooth table
        model.backgrounds = {{"first", 3000}, {"second", 1500}};
        model.observed = 4400;
        mu = 1500;
      } else if (variant == 6) {  // three shared pulls
        model.systematics = {{"first", {0.2, 0.1}, 0}, {"second", {0, 0.2}, 0.1}, {"third", {0.1, 0.1}, 0.2}};
      }
      CAPTURE(to_string(constraint));
      CAPTURE(variant);
      LimitOptions options;
      options.combine_systematics = false;
      const Sampled sampled = sampled_cls(model, mu, 100000, seed++);
      CHECK(std::fabs(*cls_values(model, mu, options).observed - sampled.cls) < 3.7 * sampled.error);
      CHECK(sampled.error < 0.01 * (sampled.cls + 0.05));
    }
  }
}

TEST_CASE("cls-hybrid: the direct sums and the smooth table are one function of the count") {
  // 1500 is summed directly, 1501 interpolated: CLs must go on smoothly from one to the other.
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    CountingModel model = simple_model(1500, 900);
    model.backgrounds.push_back({"second", 550});
    model.systematics = {{"a", {0.05, 0}, 0}, {"b", {0, 0.3}, 0}, {"c", {0, 0}, 0.2}};
    model.constraint = constraint;
    const auto log_cls = [&](double count) { return AveragedPoisson(model).tail(count).log_cls(400); };
    // A fourth difference over the seam, as large as over counts that are all summed directly.
    const auto fourth_difference = [&](double first) {
      return log_cls(first) - 4 * log_cls(first + 1) + 6 * log_cls(first + 2) - 4 * log_cls(first + 3) +
             log_cls(first + 4);
    };
    CHECK(std::fabs(fourth_difference(1496)) < 1e-8);
    CHECK(std::fabs(fourth_difference(1499)) < 1e-8);
    CHECK(std::fabs(fourth_difference(1501)) < 1e-8);
  }
}

TEST_CASE("cls-hybrid: becomes cls-exact as the systematics vanish") {
  LimitOptions exact;
  exact.method = "cls-exact";
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const double observed : {0.0, 1.0, 7.0, 120.0, 4000.0}) {
      CountingModel model = simple_model(observed, std::max(0.9 * observed, 1.9));
      const UpperLimits reference = upper_limits(model, exact);
      CHECK(*upper_limits(model, {}).observed.value == near(*reference.observed.value, 1e-8));
      model.constraint = constraint;
      model.systematics = {{"b", {1e-6}, 0}, {"s", {0}, 1e-6}, {"both", {1e-6}, 1e-6}};
      const UpperLimits limits = upper_limits(model, {});
      CHECK(*limits.observed.value == near(*reference.observed.value, 1e-6));
      for (std::size_t i = 0; i < 5; ++i) {
        CHECK(*limits.expected[i].value == near(*reference.expected[i].value, 1e-6));
      }
    }
  }
}

TEST_CASE("cls-hybrid: zero counts with a Gaussian signal uncertainty have a closed form") {
  // n = 0: CLs = <exp(-s f)>, f Gaussian above 0: exp(-s + s^2 r^2 / 2) Phi(1/r - s r) / Phi(1/r).
  CountingModel model = simple_model(0, 7.5);
  model.constraint = Constraint::truncated;
  for (const double r : {0.05, 0.3, 0.8, 3.0}) {
    model.systematics = {{"background", {0.4}, 0}, {"signal", {0}, r}};
    for (const double s : {0.1, 3.0, 20.0, 300.0}) {
      const double x = (s * r - 1 / r) / std::sqrt(2.0);
      const double log_tail = x < 20 ? std::log(0.5 * std::erfc(x))
                                     : -x * x - std::log(2 * x * std::sqrt(std::numbers::pi)) +
                                           std::log1p(-0.5 / (x * x) + 0.75 / (x * x * x * x));
      const double expected = std::exp(-s + 0.5 * s * s * r * r + log_tail) / normal_probability(1 / r);
      CAPTURE(r);
      CAPTURE(s);
      CHECK(*cls_values(model, s, {}).observed == near(expected, x < 20 ? 1e-9 : 1e-6));
    }
  }
}

TEST_CASE("cls-hybrid: no events seen gives exp(-s) however large the background and its uncertainty") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const double background : {1e3, 1e4, 1.2e4, 1.5e4, 1e5, 1e6}) {
      for (const double size : {0.01, 0.1, 1.0}) {
        CountingModel model = simple_model(0, 0.7 * background);
        model.backgrounds.push_back({"second", 0.3 * background});
        model.systematics = {{"b", {size, 0}, 0}, {"c", {0, 0.1}, 0}};
        model.constraint = constraint;
        CAPTURE(to_string(constraint));
        CAPTURE(background);
        CAPTURE(size);
        const AveragedPoisson averaged(model);
        AveragedTail tail = averaged.tail(0);
        CHECK(std::isfinite(tail.log_background()));
        for (const double s : {1e-3, 3.0, 50.0, 900.0}) {
          CHECK(tail.log_cls(s) == near(-s, s < 1 ? 1e-7 : 1e-9));
          CHECK(averaged.log_cls(0, s) == near(-s, s < 1 ? 1e-7 : 1e-9));
        }
        CHECK(*hybrid_cls(model, 3).observed == near(std::exp(-3), 1e-9));
      }
    }
    CountingModel model = simple_model(0, 1.5e4);
    model.systematics = {{"b", {0.1}, 0}};
    model.constraint = constraint;
    CHECK(*upper_limits(model, {}).observed.value == near(-std::log(0.05), 1e-9));
  }
}

namespace {
/// ln of the average of P(N <= count | b + s) over one background pull, by a sum in steps as fine as it takes.
double log_average(const CountingModel& model, double signal) {
  const double size = model.systematics[0].on_background[0], expected = model.backgrounds[0].expected;
  const bool lognormal = model.constraint == Constraint::lognormal;
  double low = -60, high = 8;
  if (model.constraint == Constraint::gaussian) low = -model.pull_limit, high = model.pull_limit;
  if (!lognormal) low = std::max(low, -1 / size);
  const int steps = 100000;
  const double step = (high - low) / steps;
  std::vector<double> logs;
  double highest = -1e300;
  for (int i = 0; i < steps; ++i) {
    const double pull = low + (i + 0.5) * step;
    const double factor = lognormal ? std::pow(1 + size, pull) : 1 + size * pull;
    logs.push_back(log_poisson_tail(*model.observed, expected * factor + signal) - 0.5 * pull * pull);
    highest = std::max(highest, logs.back());
  }
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - highest);
  return highest + std::log(sum);
}
}  // namespace

TEST_CASE("cls-hybrid: large deficits agree with a plain sum over the pull") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const double count : {5.0, 100.0, 1400.0, 1600.0, 5000.0}) {
      for (const double excess : {1.5, 4.0, 100.0}) {
        for (const double size : {0.01, 0.1, 0.6}) {
          CountingModel model = simple_model(count, excess * count);
          model.systematics = {{"b", {size}, 0}};
          model.constraint = constraint;
          const AveragedPoisson averaged(model);
          AveragedTail tail = averaged.tail(count);
          const double background = log_average(model, 0);
          CAPTURE(to_string(constraint));
          CAPTURE(count);
          CAPTURE(excess);
          CAPTURE(size);
          if (background < -1500) continue;  // the sum has too few steps there
          for (const double s : {0.5, 3.0}) {
            const double reference = log_average(model, s * std::sqrt(count)) - background;
            CHECK(averaged.log_cls(count, s * std::sqrt(count)) == near(reference, 2e-4));
            if (reference > -20) CHECK(tail.log_cls(s * std::sqrt(count)) == near(reference, 2e-4));
          }
        }
      }
    }
  }
}

TEST_CASE("cls-hybrid: quadrature of one separate limited pull equals many of size zero beside it") {
  CountingModel model = three_pull_model(Constraint::gaussian);
  const UpperLimits reference = upper_limits(model, {});
  for (int i = 0; i < 6; ++i) model.systematics.push_back({"nothing", {0, 1e-9}, 0});
  LimitOptions separate;
  separate.combine_systematics = false;
  CHECK(*upper_limits(model, separate).observed.value == near(*reference.observed.value, 1e-8));
}

TEST_CASE("cls-hybrid: extreme counts, backgrounds, signals and levels give finite limits") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const double observed : {0.0, 1.0, 100.0, 1e5}) {
      for (const double background : {0.0, 1e-6, 1.9, 1e5}) {
        for (const double level : {0.5, 0.95, 0.999}) {
          CountingModel model = simple_model(observed, background);
          model.constraint = constraint;
          model.signal = 1e-7;
          model.systematics = {{"b", {0.3}, 0}, {"s", {0}, 0.1}};
          LimitOptions options;
          options.level = level;
          const UpperLimits limits = upper_limits(model, options);
          CAPTURE(to_string(constraint));
          CAPTURE(observed);
          CAPTURE(background);
          CAPTURE(level);
          const auto sane = [](const Limit& limit) {
            return limit.value ? std::isfinite(*limit.value) && *limit.value > 0 : !limit.reason.empty();
          };
          CHECK(sane(limits.observed));
          for (const Limit& limit : limits.expected) CHECK(sane(limit));
          for (std::size_t i = 0; i + 1 < 5; ++i) {
            CHECK(*limits.expected[i].value <= *limits.expected[i + 1].value * (1 + 1e-9));
          }
        }
      }
    }
  }
}

TEST_CASE("cls-hybrid: more shared systematics than the quadrature can take are refused by name") {
  CountingModel model = microboone_model(Constraint::lognormal);
  for (const char* name : {"one", "two", "three", "four"}) model.systematics.push_back({name, {0.1, 0.1}, 0.1});
  try {
    upper_limits(model, {});
    FAIL("no error");
  } catch (const InputError& error) {
    CHECK(std::string(error.what()).find("four") != std::string::npos);
  }
}

TEST_CASE("cls-hybrid: progress is reported and can cancel") {
  double last = 0;
  upper_limits(microboone_model(Constraint::lognormal), {}, [&](double fraction) {
    CHECK(fraction >= last);
    last = fraction;
    return true;
  });
  CHECK(last == 1);
  CHECK_THROWS_AS(upper_limits(microboone_model(Constraint::lognormal), {}, [](double) { return false; }), Cancelled);
}
