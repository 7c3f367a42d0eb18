// CLs without uncertainties: closed forms, chi-square quantiles and extreme inputs.
#include <doctest/doctest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>

#include "core/base/error.hpp"
#include "core/random/incomplete_gamma.hpp"
#include "core/stats/upper_limit.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using namespace anyslice::stats;

namespace {

// References in double precision, as WebAssembly emulates anything wider.
using ChiSquared = boost::math::chi_squared_distribution<double, DoublePrecision>;
using Poisson = boost::math::poisson_distribution<double, DoublePrecision>;

LimitOptions exact(double level = 0.95) {
  LimitOptions options;
  options.method = "cls-exact";
  options.level = level;
  return options;
}
}  // namespace

TEST_CASE("cls-exact: no events seen excludes -ln(1 - level) signal events whatever the background") {
  for (const double background : {0.0, 1e-6, 1.9, 50.0, 1e5}) {
    for (const double level : {0.5, 0.9, 0.95, 0.999}) {
      const UpperLimits limits = upper_limits(simple_model(0, background), exact(level));
      CHECK(*limits.observed.value == doctest::Approx(-std::log(1 - level)).epsilon(1e-10));
    }
  }
}

TEST_CASE("cls-exact: without background the limit is half a chi-square quantile") {
  for (int observed = 0; observed <= 20; ++observed) {
    for (const double level : {0.68, 0.9, 0.95}) {
      const double expected = 0.5 * boost::math::quantile(ChiSquared(2.0 * observed + 2), level);
      CHECK(*upper_limits(simple_model(observed, 0), exact(level)).observed.value ==
            doctest::Approx(expected).epsilon(1e-10));
    }
  }
}

TEST_CASE("cls-exact: the limit solves the definition of CLs, summed term by term") {
  for (const double background : {0.4, 1.9, 12.0}) {
    for (const int observed : {1, 3, 9, 30}) {
      const double limit = *upper_limits(simple_model(observed, background), exact()).observed.value;
      const double cls =
          boost::math::cdf(Poisson(background + limit), observed) / boost::math::cdf(Poisson(background), observed);
      CHECK(cls == doctest::Approx(0.05).epsilon(1e-9));
    }
  }
}

TEST_CASE("cls-exact: the MicroBooNE count without systematics, and the band of counts behind it") {
  CountingModel model = simple_model(1, 1.9);
  const UpperLimits limits = upper_limits(model, exact());
  const double reference[] = {3.00, 3.84, 4.87, 6.05, 8.64};
  CHECK(*limits.observed.value == doctest::Approx(3.84).epsilon(0.002));
  for (std::size_t i = 0; i < 5; ++i) CHECK(*limits.expected[i].value == doctest::Approx(reference[i]).epsilon(0.002));
  model.signal = 0.25;  // the limit is on mu
  CHECK(*upper_limits(model, exact()).observed.value == doctest::Approx(4 * *limits.observed.value));
  CHECK(*cls_values(model, 4 * *limits.observed.value, exact()).observed == doctest::Approx(0.05));
  CHECK(*cls_values(model, 0, exact()).observed == 1);
}

TEST_CASE("cls-exact: a projection has expected limits and says why there is no observed one") {
  CountingModel model = simple_model(0, 3.2);
  model.observed.reset();
  const UpperLimits limits = upper_limits(model, exact());
  CHECK_FALSE(limits.observed.value);
  CHECK_FALSE(limits.observed.reason.empty());
  CHECK(limits.expected[2].value);
  CHECK_FALSE(cls_values(model, 1, exact()).observed);
}

TEST_CASE("cls-exact: counts far from the expectation give finite limits") {
  for (const double observed : {0.0, 1.0, 1000.0, 1e5}) {
    for (const double background : {0.0, 1e-9, 1.0, 1000.0, 1e5}) {
      for (const double level : {0.5, 0.95, 0.999}) {
        const UpperLimits limits = upper_limits(simple_model(observed, background), exact(level));
        CAPTURE(observed);
        CAPTURE(background);
        REQUIRE(limits.observed.value);
        CHECK(*limits.observed.value > 0);
        CHECK(std::isfinite(*limits.observed.value));
        CHECK(*limits.expected[4].value >= *limits.expected[0].value);
      }
    }
  }
  // One event over 1e5 expected: P(N <= 1) / P(N <= 1 | b) = e^-s (1 + b + s) / (1 + b), so s is 2.99576 again.
  CHECK(*upper_limits(simple_model(1, 1e5), exact()).observed.value == doctest::Approx(2.99576).epsilon(1e-5));
}

TEST_CASE("a bad model or bad options are named") {
  const auto message = [](const CountingModel& model, const LimitOptions& options) -> std::string {
    try {
      upper_limits(model, options);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const auto names = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  const CountingModel good = simple_model(1, 2);
  LimitOptions options;
  options.method = "cls-magic";
  CHECK(names(message(good, options), "cls-hybrid"));
  options = {};
  for (const double level : {0.0, 1.0, -0.1, 95.0, std::nan("")}) {
    options.level = level;
    CHECK(names(message(good, options), "level"));
  }
  options = {};
  options.method = "cls-toys";
  options.toys = 99;
  CHECK(names(message(good, options), "toys"));
  for (const std::string& method : method_names()) {
    options = {};
    options.method = method;
    const auto broken = [&](auto&& change) {
      CountingModel model = good;
      model.systematics = {{"size", {0.1}, 0.1}};
      change(model);
      return message(model, options);
    };
    CHECK(names(broken([](CountingModel& m) { m.observed = -1; }), "observed"));
    CHECK(names(broken([](CountingModel& m) { m.observed = 1.5; }), "observed"));
    CHECK(names(broken([](CountingModel& m) { m.observed = std::nan(""); }), "observed"));
    CHECK(names(broken([](CountingModel& m) { m.backgrounds[0].expected = -1; }), "backgrounds[0].expected"));
    CHECK(names(broken([](CountingModel& m) { m.backgrounds[0].expected = INFINITY; }), "backgrounds[0].expected"));
    CHECK(names(broken([](CountingModel& m) { m.signal = 0; }), "signal"));
    CHECK(names(broken([](CountingModel& m) { m.systematics[0].on_signal = -0.1; }), "systematics[0].on_signal"));
    CHECK(names(broken([](CountingModel& m) { m.systematics[0].on_background = {}; }), "systematics[0].on_background"));
    CHECK(names(broken([](CountingModel& m) { m.systematics[0].on_background = {NAN}; }), "on_background"));
    CHECK(names(broken([](CountingModel& m) {
                  m.constraint = Constraint::gaussian;
                  m.pull_limit = 0;
                }),
                "pull_limit"));
    CHECK(broken([](CountingModel&) {}).empty());
  }
  CHECK_THROWS_AS(cls_values(good, -1, LimitOptions{}), InputError);
  CHECK_THROWS_AS(parse_constraint("normal", "card.json", "constraint"), InputError);
  CHECK(parse_constraint("truncated", "", "") == Constraint::truncated);
}

TEST_CASE("systematics on one component add in quadrature, those on several stay") {
  CountingModel model = microboone_model(Constraint::gaussian);
  model.systematics.push_back({"luminosity", {0.02, 0.02}, 0.02});
  const CountingModel combined = model.combined();
  REQUIRE(combined.systematics.size() == 4);
  double neutrino = 0, signal = 0;
  for (const Systematic& systematic : combined.systematics) {
    if (systematic.name == "luminosity") continue;
    neutrino += systematic.on_background[1];
    signal += systematic.on_signal;
  }
  CHECK(neutrino == doctest::Approx(std::sqrt(0.266 * 0.266 + 0.334 * 0.334 + 0.49 + 0.282 * 0.282)));
  CHECK(signal == doctest::Approx(std::sqrt(0.09 + 0.0025 + 0.0004)));
  CHECK(microboone_model(Constraint::lognormal).combined().systematics.size() == 3);
}
