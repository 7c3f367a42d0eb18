// Bayesian limits with a flat prior: closed forms, plain integrals, and intervals that keep their definition.
#include <doctest/doctest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

#include "core/base/error.hpp"
#include "core/random/incomplete_gamma.hpp"
#include "core/stats/upper_limit.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

namespace {

LimitOptions bayes(double level = 0.95) {
  LimitOptions options;
  options.method = "bayes-flat";
  options.level = level;
  return options;
}

/// The posterior probability above mu for one pull on the background and one on the signal, by Simpson's rule over both
/// pulls within +-reach.
double plain_posterior(const CountingModel& model, double mu, double reach) {
  const double on_background = model.systematics[0].on_background[0], on_signal = model.systematics[1].on_signal;
  const bool logarithmic = model.constraint == Constraint::lognormal;
  const int points = 120;
  const auto simpson = [&](int i) { return i % points == 0 ? 1.0 : i % 2 ? 4.0 : 2.0; };
  const auto factor = [&](double size, double pull) {
    return logarithmic ? std::pow(1 + size, pull) : 1 + size * pull;
  };
  double above = 0, all = 0;
  for (int i = 0; i <= points; ++i) {
    const double d = reach * (2.0 * i / points - 1);
    for (int j = 0; j <= points; ++j) {
      const double e = reach * (2.0 * j / points - 1);
      const double weight = simpson(i) * simpson(j) * std::exp(-0.5 * (d * d + e * e)) / factor(on_signal, e);
      const double b = model.backgrounds[0].expected * factor(on_background, d);
      above += weight * gamma_q(*model.observed + 1, b + mu * model.signal * factor(on_signal, e));
      all += weight * gamma_q(*model.observed + 1, b);
    }
  }
  return above / all;
}

}  // namespace

TEST_CASE("bayes-flat: without background the limit is half a chi-square quantile, without events -ln(1 - level)") {
  using ChiSquared = boost::math::chi_squared_distribution<double, DoublePrecision>;
  for (const double level : {0.68, 0.9, 0.95}) {
    for (int observed = 0; observed <= 20; ++observed) {
      const double expected = 0.5 * boost::math::quantile(ChiSquared(2.0 * observed + 2), level);
      CHECK(*upper_limits(simple_model(observed, 0), bayes(level)).observed.value == near(expected, 1e-10));
    }
    for (const double background : {0.0, 1.9, 1e5}) {
      CHECK(*upper_limits(simple_model(0, background), bayes(level)).observed.value ==
            near(-std::log(1 - level), 1e-10));
    }
  }
}

TEST_CASE("bayes-flat: nuisances are integrated, as in a plain double integral") {
  for (const Constraint constraint : {Constraint::lognormal, Constraint::gaussian}) {
    for (const double observed : {0.0, 1.0, 6.0, 40.0}) {
      for (const double on_signal : {0.1, 0.25}) {
        CountingModel model = simple_model(observed, 3.5);
        model.constraint = constraint;
        model.systematics = {{"b", {0.25}, 0}, {"s", {0}, on_signal}};
        model.signal = 2;
        const double reach = constraint == Constraint::gaussian ? model.pull_limit : 8;
        CAPTURE(observed);
        CAPTURE(to_string(constraint));
        for (const double mu : {0.5, 3.0, 12.0}) {
          CHECK(*cls_values(model, mu, bayes()).observed == near(plain_posterior(model, mu, reach), 3e-5));
        }
        const UpperLimits limits = upper_limits(model, bayes());
        CHECK(plain_posterior(model, *limits.observed.value, reach) == near(0.05, 3e-5));
      }
    }
  }
}

TEST_CASE("bayes-flat: a wide lognormal signal uncertainty shifts the weight far out") {
  // n = 0: <exp(-s f) / f> / <1 / f>; with f = e^(sigma d), 1 / f moves d by -sigma.
  for (const double size : {1.0, 10.0, 100.0}) {
    CountingModel model = simple_model(0, 4);
    model.systematics = {{"b", {0.1}, 0}, {"s", {0}, size}};
    const double sigma = std::log1p(size);
    for (const double s : {0.3, 3.0}) {
      double sum = 0, all = 0;
      for (double d = -9; d <= 9; d += 0.01) {
        const double weight = std::exp(-0.5 * d * d);
        all += weight;
        sum += weight * std::exp(-s * std::exp(sigma * (d - sigma)));
      }
      CHECK(*cls_values(model, s, bayes()).observed == near(sum / all, 1e-7));
    }
  }
}

TEST_CASE("bayes-flat: large counts and an uncertain signal agree with the direct sums below them") {
  // 1500 is summed directly, 1501 interpolated.
  CountingModel model = simple_model(1500, 1450);
  model.systematics = {{"b", {0.03}, 0}, {"s", {0}, 0.2}};
  const auto limit = [&](double count) {
    model.observed = count;
    return *upper_limits(model, bayes()).observed.value;
  };
  // A third difference over the seam is as small as one over counts that are all summed directly.
  const auto third_difference = [&](double first) {
    return limit(first) - 3 * limit(first + 1) + 3 * limit(first + 2) - limit(first + 3);
  };
  CHECK(std::fabs(third_difference(1497)) < 1e-4);
  CHECK(std::fabs(third_difference(1499)) < 1e-4);
}

TEST_CASE("bayes-flat: the intervals hold the level, those of highest density have equal densities at their ends") {
  for (const bool uncertain : {false, true}) {
    CountingModel model = simple_model(9, 2.5);
    if (uncertain) model.systematics = {{"b", {0.3}, 0}, {"s", {0}, 0.2}};
    const UpperLimits limits = upper_limits(model, bayes(0.9));
    REQUIRE(limits.intervals.size() == 2);
    const auto above = [&](double mu) { return *cls_values(model, mu, bayes()).observed; };
    CHECK(limits.intervals[0].kind == "central");
    CHECK(above(limits.intervals[0].low) == near(0.95, 1e-9));
    CHECK(above(limits.intervals[0].high) == near(0.05, 1e-9));
    const SignalInterval& interval = limits.intervals[1];
    CHECK(interval.kind == "highest-density");
    CHECK(above(interval.low) - above(interval.high) == near(0.9, 1e-7));
    const auto density = [&](double mu) { return above(mu - 1e-4) - above(mu + 1e-4); };
    CHECK(density(interval.low) == near(density(interval.high), 1e-4));
    CHECK(interval.high - interval.low < limits.intervals[0].high - limits.intervals[0].low);
  }
  // Without background the density is that of a gamma distribution, zero at no signal.
  const UpperLimits free = upper_limits(simple_model(3, 0), bayes(0.9));
  const auto gamma_density = [](double mu) { return mu * mu * mu * std::exp(-mu); };
  CHECK(gamma_density(free.intervals[1].low) == near(gamma_density(free.intervals[1].high), 1e-6));
  CHECK(gamma_p(4, free.intervals[1].high) - gamma_p(4, free.intervals[1].low) == near(0.9, 1e-9));
  // Where the density falls from the start, the interval is that of the upper limit.
  const UpperLimits limits = upper_limits(simple_model(1, 5), bayes());
  CHECK(limits.intervals[1].low == 0);
  CHECK(limits.intervals[1].high == *limits.observed.value);
}

TEST_CASE(
    "bayes-flat: a signal that can be scaled down to nothing has no normalised posterior, and the limit says so") {
  CountingModel model = simple_model(2, 3);
  model.systematics = {{"s", {0}, 0.4}};
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated}) {
    model.constraint = constraint;
    const UpperLimits limits = upper_limits(model, bayes());
    CHECK_FALSE(limits.observed.value);
    CHECK(limits.observed.reason.find("cannot be normalised") != std::string::npos);
    CHECK_FALSE(limits.expected[2].value);
    CHECK_THROWS_AS(cls_values(model, 1, bayes()), InputError);
  }
  model.constraint = Constraint::gaussian;
  model.pull_limit = 2;  // keeps a fifth of the signal
  CHECK(upper_limits(model, bayes()).observed.value);
}
