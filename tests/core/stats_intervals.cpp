// Limits by the rise of -ln L, the judgement of asymptotic limits, and what all constructions owe at the edges.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/stats/poisson_nll.hpp"
#include "core/stats/upper_limit.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

TEST_CASE("delta-lnl: without uncertainties the ends are those of the Poisson likelihood") {
  const double rise[] = {0.5 * 1.959963984540054 * 1.959963984540054, -std::log(0.05)};
  for (const int parameters : {1, 2}) {
    const LimitOptions options = by(parameters == 1 ? "delta-lnl-1" : "delta-lnl-2");
    for (const double background : {0.0, 2.5}) {
      // No events: -ln L is the expectation.
      CHECK(*upper_limits(simple_model(0, background), options).observed.value == near(rise[parameters - 1], 1e-10));
      for (const double count : {1.0, 7.0, 60.0}) {
        const UpperLimits limits = upper_limits(simple_model(count, background), options);
        const double lowest = poisson_nll(count, std::max(count, background));
        const auto above = [&](double mu) { return poisson_nll(count, background + mu) - lowest; };
        CHECK(above(*limits.observed.value) == near(rise[parameters - 1], 1e-10));
        REQUIRE(limits.intervals.size() == 1);
        if (limits.intervals[0].low > 0) {
          CHECK(above(limits.intervals[0].low) == near(rise[parameters - 1], 1e-10));
        } else {
          CHECK(above(0) <= rise[parameters - 1]);
        }
        CHECK(*cls_values(simple_model(count, background), *limits.observed.value, options).observed ==
              near(0.05, 1e-8));
      }
    }
  }
}

TEST_CASE("delta-lnl: uncertainties are profiled, and what can be explained away has no limit") {
  const UpperLimits limits = upper_limits(microboone_model(Constraint::lognormal), by("delta-lnl-1", 0.9));
  CHECK(*limits.observed.value > *upper_limits(simple_model(1, 1.9), by("delta-lnl-1", 0.9)).observed.value);
  for (std::size_t i = 1; i < 5; ++i) CHECK(*limits.expected[i].value >= *limits.expected[i - 1].value);
  CountingModel model = simple_model(2, 1);
  model.constraint = Constraint::truncated;
  model.systematics = {{"s", {0}, 1.0}};
  const UpperLimits unlimited = upper_limits(model, by("delta-lnl-1"));
  CHECK_FALSE(unlimited.observed.value);
  CHECK(unlimited.observed.reason.find("explains any signal away") != std::string::npos);
  // Four shared pulls: the observed limit stands without the counts to expect.
  model = simple_model(2, 1);
  for (const char* name : {"a", "b", "c", "d"}) model.systematics.push_back({name, {0.1}, 0.1});
  const UpperLimits shared = upper_limits(model, by("delta-lnl-1"));
  CHECK(shared.observed.value);
  CHECK_FALSE(shared.expected[2].value);
  CHECK(shared.expected[2].reason.find("cannot be averaged") != std::string::npos);
}

TEST_CASE("asymptotic limits that differ from the exact ones carry a warning with both numbers") {
  const CountingModel model = microboone_model(Constraint::lognormal);
  const UpperLimits few = upper_limits(model, by("cls-asymptotic"));
  REQUIRE(few.warnings.size() == 1);
  const auto digits = [](const Limit& limit) {
    char text[40];
    std::snprintf(text, sizeof text, "%.4g", *limit.value);
    return std::string(text);
  };
  const UpperLimits hybrid = upper_limits(model, by("cls-hybrid"));
  CHECK(*few.observed.value == near(3.57, 0.01));
  CHECK(*hybrid.observed.value == near(4.19, 0.01));
  for (const std::string& part : {digits(few.observed), digits(hybrid.observed), digits(few.expected[2]),
                                  digits(hybrid.expected[2]), std::string("ten expected events")}) {
    CAPTURE(part);
    CHECK(few.warnings[0].find(part) != std::string::npos);
  }
  CHECK(upper_limits(simple_model(1, 1.9), by("cls-asymptotic")).warnings[0].find("cls-exact") != std::string::npos);
  // Twenty events without uncertainty and 2 sigma below: not few, but more than 5 % off.
  const UpperLimits low = upper_limits(simple_model(11, 20), by("cls-asymptotic"));
  REQUIRE(low.warnings.size() == 1);
  CHECK(low.warnings[0].find("more than 5 %") != std::string::npos);
  CHECK(upper_limits(simple_model(1000, 1000), by("cls-asymptotic")).warnings.empty());
  // Where the exact construction is out of reach the number of events still tells.
  CountingModel shared = simple_model(1, 1);
  for (const char* name : {"a", "b", "c", "d"}) shared.systematics.push_back({name, {0.1}, 0.1});
  CHECK(upper_limits(shared, by("cls-asymptotic")).warnings.size() == 1);
}

TEST_CASE("the hybrid CLs is that of brute-force toys at 20 random settings") {
  CounterRandom setting(2026, 0);
  constexpr int toys = 60000;
  for (int trial = 0; trial < 20; ++trial) {
    CountingModel model = simple_model(0, 0.2 + 8 * setting.uniform());
    model.constraint = trial % 3 == 0   ? Constraint::gaussian
                       : trial % 3 == 1 ? Constraint::truncated
                                        : Constraint::lognormal;
    const double on_background = setting.uniform(), on_signal = 0.5 * setting.uniform(), both = 0.3 * setting.uniform();
    model.systematics = {{"b", {on_background}, 0}, {"s", {0}, on_signal}, {"both", {both}, both}};
    const double mu = 0.5 + 6 * setting.uniform();
    model.observed = static_cast<double>(setting.poisson(model.total_background() + 0.3 * mu));
    const auto below = [&](double strength, std::uint32_t stream) {
      int count = 0;
      for (int i = 0; i < toys; ++i) {
        CounterRandom random(static_cast<std::uint64_t>(trial), static_cast<std::uint64_t>(i), stream);
        double b = -1, s = -1;
        while (b < 0 || s < 0) {
          const double d = random.normal(), e = random.normal(), f = random.normal();
          if (model.constraint == Constraint::lognormal) {
            b = std::pow(1 + on_background, d) * std::pow(1 + both, f);
            s = std::pow(1 + on_signal, e) * std::pow(1 + both, f);
          } else {
            b = 1 + on_background * d + both * f;
            s = 1 + on_signal * e + both * f;
            const double limit = model.constraint == Constraint::gaussian ? model.pull_limit : 100;
            if (std::max({std::fabs(d), std::fabs(e), std::fabs(f)}) > limit) b = -1;
          }
        }
        const double mean = b * model.total_background() + s * strength;
        count += static_cast<double>(random.poisson(mean)) <= *model.observed ? 1 : 0;
      }
      return static_cast<double>(count) / toys;
    };
    const double with_signal = below(mu, 0), without = below(0, 1), cls = with_signal / without;
    const auto variance = [&](double p) { return (1 - p) / (p * toys); };
    const double error = cls * std::sqrt(variance(with_signal) + variance(without));
    CAPTURE(trial);
    CHECK(std::fabs(*cls_values(model, mu, by("cls-hybrid")).observed - cls) < 3 * error);
  }
}

TEST_CASE("every construction: no background, no backgrounds at all, wide uncertainties, many counts, both levels") {
  const auto sane = [](const Limit& limit) {
    return limit.value ? std::isfinite(*limit.value) && *limit.value > 0 : !limit.reason.empty();
  };
  const auto check = [&](const CountingModel& model, const std::string& method) {
    for (const double level : {0.9, 0.95}) {
      CAPTURE(level);
      const LimitOptions options = by(method, level);
      const UpperLimits limits = upper_limits(model, options);
      CHECK(sane(limits.observed));
      CHECK(limits.observed.value);
      for (const Limit& limit : limits.expected) CHECK(sane(limit));
      for (const SignalInterval& interval : limits.intervals) {
        CHECK(interval.low >= 0);
        CHECK(interval.high > interval.low);
      }
      const ClsValues values = cls_values(model, *limits.observed.value, options);
      CHECK(*values.observed >= 0);
      CHECK(*values.observed <= 1);
      // Counts are discrete: at the end of a unified interval the p-value may jump past 1 - level.
      if (!needs_toys(model, method) && method != "feldman-cousins") CHECK(*values.observed == near(1 - level, 1e-6));
    }
  };
  for (const std::string& method : method_names()) {
    CAPTURE(method);
    CountingModel empty;
    for (const double count : {0.0, 1.0, 3.0}) {
      empty.observed = count;
      check(empty, method);
      check(simple_model(count, 0), method);
    }
    CountingModel wide = simple_model(1, 0.5);
    wide.systematics = {{"b", {20.0}, 0}};
    check(wide, method);
    CountingModel many = simple_model(1e5, 1e5);
    check(many, method);
    if (method == "cls-toys" || method == "feldman-cousins") continue;  // 1e5 counts with pulls take long by toys
    many.systematics = {{"b", {0.01}, 0}, {"s", {0}, 0.1}};
    check(many, method);
  }
}
