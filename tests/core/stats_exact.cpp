// CLs without uncertainties: closed forms, chi-square quantiles and extreme inputs.
#include <doctest/doctest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/poisson.hpp>
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
      CHECK(*limits.observed.value == near(-std::log(1 - level), 1e-10));
    }
  }
}

TEST_CASE("cls-exact: without background the limit is half a chi-square quantile") {
  for (int observed = 0; observed <= 20; ++observed) {
    for (const double level : {0.68, 0.9, 0.95}) {
      const double expected = 0.5 * boost::math::quantile(ChiSquared(2.0 * observed + 2), level);
      CHECK(*upper_limits(simple_model(observed, 0), exact(level)).observed.value == near(expected, 1e-10));
    }
  }
}

TEST_CASE("cls-exact: the limit solves the definition of CLs, summed term by term") {
  for (const double background : {0.4, 1.9, 12.0}) {
    for (const int observed : {1, 3, 9, 30}) {
      const double limit = *upper_limits(simple_model(observed, background), exact()).observed.value;
      const double cls =
          boost::math::cdf(Poisson(background + limit), observed) / boost::math::cdf(Poisson(background), observed);
      CHECK(cls == near(0.05, 1e-9));
    }
  }
}

TEST_CASE("cls-exact: the MicroBooNE count without systematics, and the band of counts behind it") {
  CountingModel model = simple_model(1, 1.9);
  const UpperLimits limits = upper_limits(model, exact());
  const double reference[] = {3.00, 3.84, 4.87, 6.05, 8.64};
  CHECK(*limits.observed.value == near(3.84, 0.002));
  for (std::size_t i = 0; i < 5; ++i) CHECK(*limits.expected[i].value == near(reference[i], 0.002));
  model.signal = 0.25;  // the limit is on mu
  CHECK(*upper_limits(model, exact()).observed.value == near(4 * *limits.observed.value, 1e-5));
  CHECK(*cls_values(model, 4 * *limits.observed.value, exact()).observed == near(0.05, 1e-5));
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
  CHECK(*upper_limits(simple_model(1, 1e5), exact()).observed.value == near(2.99576, 1e-5));
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
    options.toys = 100;
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

TEST_CASE("the ranges of a model and of the options end with an error that names the field") {
  const auto message = [](const CountingModel& model, const LimitOptions& options) -> std::string {
    try {
      cls_values(model, 1, options);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const auto names = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  for (const std::string& method : method_names()) {
    CAPTURE(method);
    LimitOptions options;
    options.method = method;
    options.toys = 100;
    CHECK(names(message(simple_model(2e10, 1), options), "observed"));
    CHECK(names(message(simple_model(1, 2e10), options), "backgrounds[0].expected"));
    CountingModel model = simple_model(1, 6e9);
    model.backgrounds.push_back({"second", 6e9});
    CHECK(names(message(model, options), "backgrounds"));
    for (const double signal : {1e-201, 1e201, std::nan(""), -1.0}) {
      model = simple_model(1, 2);
      model.signal = signal;
      CHECK(names(message(model, options), "signal"));
    }
    for (const double size : {1e6, 1e300}) {
      model = simple_model(1, 2);
      model.systematics = {{"b", {size}, 0}};
      CHECK(names(message(model, options), "systematics[0].on_background"));
      model.systematics = {{"s", {0}, size}};
      CHECK(names(message(model, options), "systematics[0].on_signal"));
    }
    for (const std::uint64_t toys :
         {std::uint64_t{0}, std::uint64_t{99}, std::uint64_t{100000001}, ~std::uint64_t{0}}) {
      LimitOptions bad = options;
      bad.toys = toys;
      CHECK(names(message(simple_model(1, 2), bad), "toys"));
    }
    if (method == "cls-hybrid" || method == "cls-toys") {
      model = simple_model(2e7, 1);
      model.systematics = {{"b", {0.1}, 0}};
      CHECK(names(message(model, options), "observed"));
      model = simple_model(1, 2e7);
      model.systematics = {{"b", {0.1}, 0}};
      CHECK(names(message(model, options), "backgrounds[0].expected"));
    }
  }
}

TEST_CASE("every limit is a number or has a reason, and nothing but an InputError escapes") {
  int trial = 0;
  for (const std::string& method : method_names()) {
    for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
      for (const double size : {0.1, 100.0}) {
        for (const double count : {0.0, 5.0}) {
          for (const double background : {0.0, 1e-300, 1.0, 300.0}) {
            if ((method == "cls-toys" || method == "feldman-cousins") && (background > 1 || size > 1)) continue;
            CountingModel model = simple_model(count, background);
            model.signal = ++trial % 2 ? 1e-200 : 1e200;
            model.constraint = constraint;
            model.systematics = {{"b", {size}, 0}, {"s", {0}, 0.3 * size}};
            if (trial % 5 == 0) model.observed.reset();
            LimitOptions options;
            options.method = method;
            options.toys = 100;
            CAPTURE(method);
            CAPTURE(to_string(constraint));
            CAPTURE(count);
            CAPTURE(background);
            CAPTURE(size);
            try {
              const UpperLimits limits = upper_limits(model, options);
              const auto sane = [](const Limit& limit) {
                return limit.value ? std::isfinite(*limit.value) && *limit.value > 0 : !limit.reason.empty();
              };
              CHECK(sane(limits.observed));
              for (const Limit& limit : limits.expected) CHECK(sane(limit));
            } catch (const InputError& error) {
              CHECK(std::string(error.what()).size() > 10);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("cls-exact: counts up to the largest allowed keep their digits") {
  for (const double background : {1e8, 1e10}) {
    // For large counts the limit on n = b is 1.95996 sqrt(b) up to terms of relative size 1 / sqrt(b).
    const UpperLimits limits = upper_limits(simple_model(background, background), exact());
    CHECK(*limits.observed.value == near(1.959964 * std::sqrt(background), 3 / std::sqrt(background)));
    LimitOptions asymptotic;
    asymptotic.method = "cls-asymptotic";
    CHECK(*upper_limits(simple_model(background, background), asymptotic).observed.value ==
          near(1.959964 * std::sqrt(background), 3 / std::sqrt(background)));
    CHECK(*upper_limits(simple_model(0, background), exact()).observed.value == near(-std::log(0.05), 1e-10));
  }
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
  CHECK(neutrino == near(std::sqrt(0.266 * 0.266 + 0.334 * 0.334 + 0.49 + 0.282 * 0.282), 1e-5));
  CHECK(signal == near(std::sqrt(0.09 + 0.0025 + 0.0004), 1e-5));
  CHECK(microboone_model(Constraint::lognormal).combined().systematics.size() == 3);
}
