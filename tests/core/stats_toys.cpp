// CLs by toys: reference limits of the MicroBooNE bin, limits it must tend to, reproducibility and error estimates.
#include <doctest/doctest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "core/random/incomplete_gamma.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/cls_toys.hpp"
#include "near.hpp"
#include "stats_models.hpp"

using namespace anyslice;
using anyslice::testing::near;
using namespace anyslice::stats;

namespace {
LimitOptions toys(std::uint64_t count, std::uint64_t seed = 1) {
  LimitOptions options;
  options.method = "cls-toys";
  options.toys = count;
  options.seed = seed;
  return options;
}
}  // namespace

TEST_CASE("cls-toys: the MicroBooNE bin agrees with independent toys and with the published limits") {
  const UpperLimits limits = upper_limits(microboone_model(Constraint::gaussian), toys(30000));
  // Independent toys with one pull per component, and their Monte Carlo errors.
  const std::array<double, 5> reference = {2.56, 3.32, 4.89, 9.24, 59}, relative = {0.05, 0.02, 0.015, 0.02, 0.10};
  const auto agrees = [](const Limit& limit, double value, double relative_error) {
    REQUIRE(limit.value);
    CHECK(limit.error > 0);
    CHECK(std::fabs(*limit.value - value) < 3 * std::hypot(relative_error * value, limit.error));
  };
  agrees(limits.observed, 3.96, 0.015);
  for (std::size_t i = 0; i < 5; ++i) agrees(limits.expected[i], reference[i], relative[i]);
  // The limits on theta^4 in arXiv:2106.00568, Table III, divided by the expected events of its Table II; theta agrees
  // to 3 %, at -2 standard deviations to 6 %.
  const auto ratio_in_theta = [](const Limit& limit, double published) {
    return std::pow(*limit.value / published, 0.25);
  };
  CHECK(ratio_in_theta(limits.observed, 4.00) == near(1, 0.03));
  CHECK(ratio_in_theta(limits.expected[0], 2.97) == near(1, 0.06));
  CHECK(ratio_in_theta(limits.expected[1], 3.59) == near(1, 0.03));
  CHECK(ratio_in_theta(limits.expected[2], 4.94) == near(1, 0.03));
  CHECK(ratio_in_theta(limits.expected[3], 9.02) == near(1, 0.03));
}

TEST_CASE("cls-toys: without systematics the limits are those of the Poisson distribution") {
  const CountingModel model = simple_model(3, 2.5);
  const UpperLimits limits = upper_limits(model, toys(20000));
  const UpperLimits exact = exact_limits(model, 0.95);
  CHECK(std::fabs(*limits.observed.value - *exact.observed.value) < 3.5 * limits.observed.error);
  for (const std::size_t i : {1, 2, 3}) {
    CHECK(std::fabs(*limits.expected[i].value - *exact.expected[i].value) < 3.5 * limits.expected[i].error);
  }
  // All toys with the observed count tie with the data and count as "at least as extreme".
  const double mu = 5;
  const ClsValues values = toy_cls(model, mu, toys(200000));
  const double expected = gamma_q(4, 2.5 + mu) / gamma_q(4, 2.5);
  CHECK(std::fabs(*values.observed - expected) < 3.5 * values.observed_error);
}

TEST_CASE("cls-toys: no counts and no uncertainties give the closed form") {
  const UpperLimits limits = upper_limits(simple_model(0, 0), toys(20000));
  CHECK(std::fabs(*limits.observed.value + std::log(0.05)) < 3.5 * limits.observed.error);
  CHECK(limits.observed.error < 0.05);
}

TEST_CASE("cls-toys: the result depends on the seed, not on the order or the company of the tested mu") {
  const CountingModel model = microboone_model(Constraint::gaussian);
  const std::vector<double> scan = toy_scan(model, toys(500));
  CHECK(std::is_sorted(scan.begin(), scan.end()));
  const UpperLimits whole = upper_limits(model, toys(500));
  std::vector<ClsValues> pieces(scan.size());
  for (std::size_t i = scan.size(); i-- > 0;) pieces[i] = toy_cls(model, scan[i], toys(500));
  const UpperLimits joined = toy_limits(scan, pieces, toys(500));
  CHECK(*whole.observed.value == *joined.observed.value);
  for (std::size_t i = 0; i < 5; ++i) CHECK(whole.expected[i].value == joined.expected[i].value);
  CHECK(*toy_cls(model, 4, toys(500, 2)).observed != *toy_cls(model, 4, toys(500, 3)).observed);
}

TEST_CASE("cls-toys: the stated errors are the spread over seeds") {
  const CountingModel model = microboone_model(Constraint::gaussian);
  double sum = 0, square = 0, stated = 0, sum_median = 0, square_median = 0, stated_median = 0;
  const int seeds = 40;
  for (int seed = 1; seed <= seeds; ++seed) {
    const ClsValues values = toy_cls(model, 4, toys(2000, static_cast<std::uint64_t>(seed)));
    sum += *values.observed;
    square += *values.observed * *values.observed;
    stated += values.observed_error / seeds;
    sum_median += values.expected[2];
    square_median += values.expected[2] * values.expected[2];
    stated_median += values.expected_error[2] / seeds;
  }
  const auto spread = [&](double total, double squares) {
    return std::sqrt((squares - total * total / seeds) / (seeds - 1));
  };
  // A spread from 40 seeds is known to 11 %.
  CHECK(stated / spread(sum, square) > 0.65);
  CHECK(stated / spread(sum, square) < 1.5);
  CHECK(stated_median / spread(sum_median, square_median) > 0.6);
  CHECK(stated_median / spread(sum_median, square_median) < 1.6);
}

TEST_CASE("cls-toys: a noiseless scan gives the limit it was made from") {
  const CountingModel model = simple_model(2, 1.9);
  const std::vector<double> scan = toy_scan(model, toys(500));
  std::vector<ClsValues> values;
  for (const double mu : scan) values.push_back(exact_cls(model, mu));
  const UpperLimits limits = toy_limits(scan, values, toys(100000));
  const UpperLimits exact = exact_limits(model, 0.95);
  CHECK(*limits.observed.value == near(*exact.observed.value, 0.002));
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(*limits.expected[i].value == near(*exact.expected[i].value, 0.002));
  }
}

TEST_CASE("cls-toys: lognormal responses agree with the asymptotic formula where that holds") {
  CountingModel model = simple_model(400, 400);
  model.systematics = {{"b", {0.03}, 0}, {"s", {0}, 0.05}};
  model.constraint = Constraint::lognormal;
  LimitOptions options = toys(4000);
  const UpperLimits limits = upper_limits(model, options);
  options.method = "cls-asymptotic";
  const UpperLimits asymptotic = upper_limits(model, options);
  CHECK(std::fabs(*limits.observed.value - *asymptotic.observed.value) < 0.03 * 50 + 3 * limits.observed.error);
  CHECK(std::fabs(*limits.expected[2].value - *asymptotic.expected[2].value) <
        0.03 * 50 + 3 * limits.expected[2].error);
}

TEST_CASE("cls-toys: a projection, missing crossings and bad scans say what is missing") {
  CountingModel model = microboone_model(Constraint::gaussian);
  model.observed.reset();
  const UpperLimits limits = upper_limits(model, toys(300));
  CHECK_FALSE(limits.observed.value);
  CHECK_FALSE(limits.observed.reason.empty());
  CHECK(limits.expected[2].value);

  ClsValues flat;
  flat.observed = 0.5;
  flat.expected = {0.5, 0.5, 0.5, 0.01, 0.01};
  const UpperLimits none = toy_limits({1, 2, 3}, {flat, flat, flat}, toys(300));
  CHECK_FALSE(none.observed.value);
  CHECK(none.observed.reason.find("above") != std::string::npos);
  CHECK(none.expected[4].reason.find("below") != std::string::npos);
  CHECK_THROWS_AS(toy_limits({1}, {flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({2, 1}, {flat, flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({1, 1}, {flat, flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({0, 1}, {flat, flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({1, std::nan("")}, {flat, flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({1, 2}, {flat, flat}, toys(0)), InputError);
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    ClsValues wrong = flat;
    wrong.expected[3] = bad;
    CHECK_THROWS_AS(toy_limits({1, 2}, {flat, wrong}, toys(300)), InputError);
    wrong = flat;
    wrong.observed = bad;
    CHECK_THROWS_AS(toy_limits({1, 2}, {wrong, flat}, toys(300)), InputError);
  }
  ClsValues unobserved = flat;
  unobserved.observed.reset();
  CHECK_THROWS_AS(toy_limits({1, 2}, {flat, unobserved}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_cls(model, 1, toys(0)), InputError);
  CHECK_THROWS_AS(toy_cls(model, 1e11, toys(300)), InputError);
  CHECK_THROWS_AS(toy_limits({1, 2}, {flat}, toys(300)), InputError);
  CHECK_THROWS_AS(toy_cls(model, std::nan(""), toys(300)), InputError);
}

TEST_CASE("cls-toys: the scan is that of the toys, with combined and with separate systematics") {
  const CountingModel model = microboone_model(Constraint::gaussian);
  LimitOptions separate = toys(500);
  separate.combine_systematics = false;
  CHECK(toy_scan(model, toys(500)) == toy_scan(model.combined(), separate));
  CHECK(toy_scan(model, toys(500)) != toy_scan(model, separate));
  LimitOptions options = toys(300);
  options.combine_systematics = false;
  CHECK(toy_cls(model.combined(), 4, options).observed == toy_cls(model, 4, toys(300)).observed);
}

TEST_CASE("cls-toys: progress goes from 0 to 1 within and over the tested mu, and can cancel") {
  double last = 0;
  int calls = 0;
  upper_limits(microboone_model(Constraint::gaussian), toys(3000), [&](double fraction) {
    CHECK(fraction >= last);
    last = fraction;
    ++calls;
    return true;
  });
  CHECK(last == 1);
  CHECK(calls > 100);
  CHECK_THROWS_AS(toy_cls(microboone_model(Constraint::gaussian), 4, toys(3000), [](double) { return false; }),
                  Cancelled);
}

TEST_CASE("cls-toys: extreme counts give a number or a reason") {
  for (const double observed : {0.0, 20.0, 1e5}) {
    for (const double background : {0.0, 1.9, 1e5}) {
      CountingModel model = simple_model(observed, background);
      model.systematics = {{"b", {0.3}, 0}, {"s", {0}, 0.1}};
      model.constraint = Constraint::gaussian;
      const UpperLimits limits = upper_limits(model, toys(200));
      const auto sane = [](const Limit& limit) {
        return limit.value ? std::isfinite(*limit.value) && *limit.value > 0 && std::isfinite(limit.error)
                           : !limit.reason.empty();
      };
      CAPTURE(observed);
      CAPTURE(background);
      CHECK(sane(limits.observed));
      for (const Limit& limit : limits.expected) CHECK(sane(limit));
    }
  }
}
