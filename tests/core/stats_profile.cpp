// Profile fits against a slow minimiser that knows nothing of the solvers, and the asymptotic limits built on them.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/random/counter_random.hpp"
#include "core/stats/poisson_nll.hpp"
#include "core/stats/profile_likelihood.hpp"
#include "core/stats/upper_limit.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::kInfinity;
using anyslice::testing::near;
using namespace anyslice::stats;

namespace {

/// -ln L straight from its definition; infinite outside the allowed region.
double negative_log_likelihood(const CountingModel& model, const ProfileData& data, double mu,
                               const std::vector<double>& pulls) {
  double nu = 0, penalty = 0;
  for (std::size_t j = 0; j <= model.backgrounds.size(); ++j) {
    const bool is_signal = j == model.backgrounds.size();
    double factor = 1;
    for (std::size_t k = 0; k < pulls.size(); ++k) {
      const Systematic& systematic = model.systematics[k];
      const double size = is_signal ? systematic.on_signal : systematic.on_background[j];
      factor =
          model.constraint == Constraint::lognormal ? factor * std::pow(1 + size, pulls[k]) : factor + size * pulls[k];
    }
    if (factor < 0) return kInfinity;
    nu += factor * (is_signal ? mu * model.signal : model.backgrounds[j].expected);
  }
  for (std::size_t k = 0; k < pulls.size(); ++k) {
    if (model.constraint == Constraint::gaussian && std::fabs(pulls[k]) > model.pull_limit) return kInfinity;
    penalty += 0.5 * (pulls[k] - data.auxiliary[k]) * (pulls[k] - data.auxiliary[k]);
  }
  const double n = data.counts[0];
  if (n > 0 && nu <= 0) return kInfinity;
  return nu - n + (n > 0 ? n * std::log(n / nu) : 0) + penalty;
}

/// A grid over two or three pulls that closes in on its best point: slow, but free of derivatives and brackets.
double brute_force_minimum(const CountingModel& model, const ProfileData& data, double mu) {
  const std::size_t count = data.auxiliary.size();
  std::vector<double> best_pulls(count, 0.0), pulls(count);
  double best = kInfinity, half_width = 9;
  const int points = count == 2 ? 61 : 25;
  for (int level = 0; level < 24; ++level) {
    const std::vector<double> centre = best_pulls;
    int total = 1;
    for (std::size_t k = 0; k < count; ++k) total *= points;
    for (int cell = 0; cell < total; ++cell) {
      int rest = cell;
      for (std::size_t k = 0; k < count; ++k) {
        pulls[k] = centre[k] + half_width * (2.0 * (rest % points) / (points - 1) - 1);
        rest /= points;
      }
      const double value = negative_log_likelihood(model, data, mu, pulls);
      if (value < best) {
        best = value;
        best_pulls = pulls;
      }
    }
    half_width *= 0.5;
  }
  return best;
}

}  // namespace

TEST_CASE("profile fits reach the minimum a blind search finds, and the pulls they return give it") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (int trial = 0; trial < 30; ++trial) {
      CounterRandom random(77, static_cast<std::uint64_t>(trial));
      CountingModel model;
      model.constraint = constraint;
      model.pull_limit = trial % 3 == 0 ? 1.2 : 3;
      model.signal = 1;
      model.backgrounds = {{"a", 4 * random.uniform()}, {"b", 3 * random.uniform()}};
      if (trial % 5 == 0) {
        model.systematics = {{"shared", {0.8 * random.uniform(), 0.5}, 0.7 * random.uniform()}, {"b", {0, 0.9}, 0.3}};
      } else {
        model.systematics = {{"a", {1.2 * random.uniform(), 0}, 0},
                             {"b", {0, 0.9 * random.uniform()}, 0},
                             {"s", {0, 0}, 0.8 * random.uniform()}};
      }
      const double mu = trial % 7 == 0 ? 0 : 8 * random.uniform();
      ProfileData data{{static_cast<double>(random.poisson(trial % 4 == 0 ? 12 : 3))}, {}};
      for (std::size_t k = 0; k < model.systematics.size(); ++k) data.auxiliary.push_back(1.4 * random.normal());
      const auto likelihood = make_profile_likelihood(model);
      std::vector<double> pulls;
      const double value = likelihood->fit(data, mu, pulls);
      const double reference = brute_force_minimum(model, data, mu);
      CAPTURE(to_string(constraint));
      CAPTURE(trial);
      CHECK(value <= reference + 1e-9 * (1 + std::fabs(reference)));
      CHECK(value > reference - 1e-5);
      // Rounding may leave the pulls a hair outside a limit.
      for (double& pull : pulls) pull *= 1 - 1e-12;
      CHECK(value == near(negative_log_likelihood(model, data, mu, pulls), 1e-9));

      const FreeFit free = likelihood->fit_free(data, pulls);
      double lowest = kInfinity;
      for (double strength = 0; strength < 40; strength += 0.02) {
        std::vector<double> ignored;
        lowest = std::min(lowest, likelihood->fit(data, strength, ignored));
      }
      CHECK(free.nll <= lowest + 1e-9);
      if (free.signal_strength < 39) {
        CHECK(free.nll > lowest - 1e-2);
        std::vector<double> ignored;
        CHECK(std::fabs(likelihood->fit(data, free.signal_strength, ignored) - free.nll) < 1e-8 * (1 + free.nll));
      }
    }
  }
}

TEST_CASE("profile fits stay exact for large counts and far measurements") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    CountingModel model = simple_model(0, 1e5);
    model.constraint = constraint;
    model.systematics = {{"b", {0.3}, 0}, {"s", {0}, 0.3}};
    const auto likelihood = make_profile_likelihood(model);
    for (const double count : {0.0, 1.0, 5e4, 1e5, 2e5}) {
      for (const double measured : {-6.0, 0.0, 6.0}) {
        for (const double mu : {0.0, 1.0, 3e4}) {
          std::vector<double> pulls, moved;
          const ProfileData data{{count}, {measured, -measured}};
          const double value = likelihood->fit(data, mu, pulls);
          REQUIRE(std::isfinite(value));
          // No small move inside the allowed region goes lower.
          for (const double step : {-1e-4, 1e-4}) {
            for (std::size_t k = 0; k < 2; ++k) {
              moved = pulls;
              moved[k] += step;
              CHECK(negative_log_likelihood(model, data, mu, moved) >= value - 1e-9 * (1 + std::fabs(value)));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("the Poisson term keeps its digits where count and expectation are large and close") {
  CHECK(poisson_nll(1e10, 1e10) == 0);
  CHECK(poisson_nll(1e10, 1e10 + 1e5) == near(0.5 - 1e15 / 3e20 * 0.5 * 2, 1e-6));
  CHECK(poisson_nll(1e10, 1e10 - 1) == near(0.5e-10, 1e-6));
  CHECK(poisson_nll(3, 5) == near(2 + 3 * std::log(0.6), 1e-14));
  CHECK(poisson_nll(3, 4) == near(1 + 3 * std::log(0.75), 1e-14));
  CHECK(poisson_nll(0, 7) == 7);
  CHECK(std::isinf(poisson_nll(1, 0)));
}

TEST_CASE("cls-asymptotic: the MicroBooNE bin against independent limits") {
  LimitOptions options;
  options.method = "cls-asymptotic";
  const UpperLimits linear = upper_limits(three_pull_model(Constraint::truncated), options);
  const std::array<double, 5> linear_reference = {2.00, 2.96, 4.91, 9.89, 0};
  CHECK(*linear.observed.value == near(3.88, 0.003));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(*linear.expected[i].value == near(linear_reference[i], 0.004));
  }
  // A 30.5 % Gaussian signal uncertainty explains any signal away at 3.28 standard deviations; +2 needs 3.66.
  CHECK_FALSE(linear.expected[4].value);
  CHECK(linear.expected[4].reason.find("any signal") != std::string::npos);
  CHECK(linear.warnings.size() == 1);
  // Pulls that stop at -3 leave 8.5 % of the signal.
  const UpperLimits limited = upper_limits(three_pull_model(Constraint::gaussian), options);
  CHECK(*limited.expected[4].value == near(53.3, 0.01));

  const UpperLimits lognormal = upper_limits(three_pull_model(Constraint::lognormal), options);
  const std::array<double, 5> lognormal_reference = {1.92, 2.82, 4.52, 7.70, 13.3};
  CHECK(*lognormal.observed.value == near(3.57, 0.005));
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(*lognormal.expected[i].value == near(lognormal_reference[i], 0.005));
  }
}

TEST_CASE("cls-asymptotic: without systematics the median is the textbook root of q_A") {
  // q_A = 2 (s - b ln(1 + s / b)) and the median limit solves sqrt(q_A) = Phi^-1(1 - alpha / 2) = 1.95996.
  LimitOptions options;
  options.method = "cls-asymptotic";
  for (const double background : {2.0, 50.0, 1e5}) {
    const UpperLimits limits = upper_limits(simple_model(background, background), options);
    const double s = *limits.expected[2].value;
    CHECK(2 * (s - background * std::log1p(s / background)) == near(1.959964 * 1.959964, 1e-5));
    CHECK(*limits.observed.value == near(s, 1e-6));
    CHECK(limits.warnings.empty() == (background + s >= 10));
  }
}

TEST_CASE("cls-asymptotic: approaches cls-hybrid for large counts with small systematics") {
  CountingModel model = simple_model(10100, 10000);
  model.systematics = {{"b", {0.005}, 0}, {"s", {0}, 0.02}};
  LimitOptions options;
  const double hybrid = *upper_limits(model, options).observed.value;
  options.method = "cls-asymptotic";
  CHECK(*upper_limits(model, options).observed.value == near(hybrid, 0.01));
}

TEST_CASE("cls-asymptotic: extreme inputs give a number or a reason, never NaN") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    for (const double observed : {0.0, 1.0, 1e5}) {
      for (const double background : {0.0, 1e-6, 1.9, 1e5}) {
        for (const double level : {0.5, 0.95, 0.999}) {
          CountingModel model = simple_model(observed, background);
          model.constraint = constraint;
          model.signal = 1e-4;
          model.systematics = {{"b", {0.3}, 0}, {"s", {0}, 0.1}, {"both", {0.05}, 0.05}};
          LimitOptions options;
          options.method = "cls-asymptotic";
          options.level = level;
          const UpperLimits limits = upper_limits(model, options);
          const auto sane = [](const Limit& limit) {
            return limit.value ? std::isfinite(*limit.value) && *limit.value > 0 : !limit.reason.empty();
          };
          CAPTURE(to_string(constraint));
          CAPTURE(observed);
          CAPTURE(background);
          CAPTURE(level);
          CHECK(sane(limits.observed));
          for (const Limit& limit : limits.expected) CHECK(sane(limit));
        }
      }
    }
  }
}
