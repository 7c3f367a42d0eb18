// Models of bins: responses, derivatives, fits against closed forms and other solvers, CLs and limits against pyhf.
#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <limits>

#include "binned_models.hpp"
#include "core/api/workspace_reader.hpp"
#include "core/random/counter_random.hpp"
#include "core/stats/binned_limits.hpp"
#include "core/stats/binned_profile.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "core/stats/poisson_nll.hpp"
#include "stats_models.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::stats;
using testing::kInfinity;
using testing::model_of;
using testing::near;
using testing::options_for;

namespace {

/// The zero of an increasing function by plain bisection, independent of the solver.
template <class Function>
double bisect(Function&& function, double low, double high) {
  for (int step = 0; step < 200; ++step) {
    const double middle = 0.5 * (low + high);
    (function(middle) < 0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// A model with every kind of parameter and response, its numbers drawn at random.
BinnedModel random_model(CounterRandom& random, std::size_t bins) {
  BinnedModel model;
  const auto between = [&](double low, double high) { return low + (high - low) * random.uniform(); };
  const auto add = [&](const BinnedParameter& parameter, ResponseShape shape, double up, double down) {
    model.responses.push_back({shape, model.parameter(parameter), up, down});
    return model.responses.size() - 1;
  };
  const std::size_t smooth = add({"smooth", 0, -5, 5, Measurement::gaussian, 0, 1}, ResponseShape::smooth_exponential,
                                 between(1.05, 1.6), between(0.6, 0.95));
  const std::size_t lognormal = add({"lognormal", 0, -kInfinity, kInfinity, Measurement::gaussian, 0, 1},
                                    ResponseShape::exponential, 1.3, 1 / 1.3);
  const std::size_t luminosity =
      add({"luminosity", 1, 0, 10, Measurement::gaussian, 1, between(0.01, 0.1)}, ResponseShape::factor, 0, 0);
  const std::size_t norm = add({"norm", 1, 0, 10, Measurement::none, 0, 1}, ResponseShape::factor, 0, 0);
  for (std::size_t i = 0; i < bins; ++i) {
    model.bins.push_back("bin " + std::to_string(i));
    const double background = std::exp(between(-1, 6)), signal = std::exp(between(-2, 3));
    const double count = std::pow(between(1, 20), 2);
    const std::string number = std::to_string(i);
    const std::size_t gamma =
        add({"gamma " + number, 1, 1e-10, 10, Measurement::poisson, count, count}, ResponseShape::factor, 0, 0);
    const std::size_t shift = add({"shape", 0, -5, 5, Measurement::gaussian, 0, 1}, ResponseShape::smooth_linear,
                                  between(-0.3, 0.5) * background, between(-0.5, 0.3) * background);
    const std::size_t linear =
        add({"linear", 0, -3, 3, Measurement::gaussian, 0, 1}, ResponseShape::linear, between(0, 0.4) * signal, 0);
    model.terms.push_back({i, "background", background, false, {smooth, gamma}, {shift}});
    model.terms.push_back({i, "floating", 0.3 * background, false, {norm}, {}});
    model.terms.push_back({i, "signal", signal, true, {smooth, lognormal, luminosity}, {linear}});
    model.observed.push_back(static_cast<double>(random.poisson(1.3 * background + between(0, 2) * signal)));
  }
  return model;
}

}  // namespace

TEST_CASE("the smooth interpolations solve the equations that define them") {
  // Code 4: six linear equations for the polynomial's coefficients, solved here by elimination.
  for (const auto& [up, down] : {std::pair{1.3, 0.8}, {1.5, 1 / 1.5}, {0.7, 1.2}, {4.0, 0.1}}) {
    Eigen::Matrix<double, 6, 6> equations;
    Eigen::Matrix<double, 6, 1> values;
    for (int power = 1; power <= 6; ++power) {
      const int row = power - 1;
      const double sign = power % 2 == 0 ? 1 : -1;
      equations(0, row) = 1;
      equations(1, row) = sign;
      equations(2, row) = power;
      equations(3, row) = -sign * power;
      equations(4, row) = power * (power - 1);
      equations(5, row) = sign * power * (power - 1);
    }
    values << up - 1, down - 1, up * std::log(up), -down * std::log(down), up * std::pow(std::log(up), 2),
        down * std::pow(std::log(down), 2);
    const Eigen::Matrix<double, 6, 1> coefficients = equations.fullPivLu().solve(values);
    const YieldResponse response(ResponseShape::smooth_exponential, 0, up, down);
    for (const double x : {-0.999, -0.5, 0.0, 0.1, 0.8}) {
      double expected = 1;
      for (int power = 1; power <= 6; ++power) expected += coefficients[power - 1] * std::pow(x, power);
      CHECK(response.at(x).value == near(expected, 1e-12));
    }
    CHECK(response.at(2).value == near(up * up, 1e-14));
    CHECK(response.at(-2).value == near(down * down, 1e-14));
  }
  // Codes 4 and 4p continue smoothly at +-1, and what they give there is what was asked for.
  for (const ResponseShape shape : {ResponseShape::smooth_exponential, ResponseShape::smooth_linear}) {
    const YieldResponse response(shape, 0, 1.4, 0.75);
    for (const double x : {-1.0, 1.0}) {
      const ResponseValue inside = response.at(x * (1 - 1e-12)), outside = response.at(x * (1 + 1e-12));
      CHECK(inside.value == near(outside.value, 1e-10));
      CHECK(inside.first == near(outside.first, 1e-9));
      CHECK(std::fabs(inside.second - outside.second) < 1e-9);
    }
    CHECK(response.at(1).value == near(1.4, 1e-14));
    CHECK(response.at(-1).value == near(0.75, 1e-14));
  }
  // With hi = 1 / lo code 4 is close to a lognormal, which is how lognormal constraints are written to workspaces.
  for (const double relative : {0.1, 0.3, 0.5}) {
    const YieldResponse smooth(ResponseShape::smooth_exponential, 0, 1 + relative, 1 / (1 + relative));
    for (double x = -3; x <= 3; x += 0.1) CHECK(smooth.at(x).value == near(std::pow(1 + relative, x), 1e-4));
  }
}

TEST_CASE("gradient and Hessian of a binned model are those of finite differences") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CounterRandom random(seed, 1);
    const BinnedModel model = random_model(random, 3);
    const BinnedProfile profile(model);
    const ProfileData data = profile.own_data();
    std::vector<double> pulls;
    for (const BinnedParameter& parameter : model.parameters) {
      pulls.push_back(parameter.nominal + 0.3 * (random.uniform() - 0.5));
    }
    const double mu = 0.5 + random.uniform();
    Eigen::VectorXd gradient, ignored;
    Eigen::MatrixXd hessian, unused;
    profile.derivatives(data, mu, pulls, gradient, hessian);
    const Eigen::Index size = gradient.size();
    REQUIRE(size == static_cast<Eigen::Index>(pulls.size()) + 1);
    const auto moved = [&](Eigen::Index k, double step, Eigen::VectorXd& slope) {
      std::vector<double> there = pulls;
      double strength = mu;
      (k + 1 == size ? strength : there[static_cast<std::size_t>(k)]) += step;
      profile.derivatives(data, strength, there, slope, unused);
      return profile.nll(data, strength, there);
    };
    const double step = 1e-5;
    for (Eigen::Index k = 0; k < size; ++k) {
      Eigen::VectorXd up, down;
      const double rise = moved(k, step, up) - moved(k, -step, down);
      CHECK(gradient[k] == doctest::Approx(rise / (2 * step)).epsilon(1e-6).scale(1 + std::fabs(gradient[k])));
      for (Eigen::Index l = 0; l < size; ++l) {
        CHECK(hessian(k, l) == doctest::Approx((up[l] - down[l]) / (2 * step)).epsilon(1e-6).scale(10));
      }
    }
  }
}

TEST_CASE("fits of random models converge to the lowest point, whatever was counted") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CounterRandom random(seed, 2);
    const BinnedModel model = random_model(random, 1 + seed % 6);
    const BinnedProfile profile(model);
    ProfileData data = profile.own_data();
    if (seed % 5 == 1) std::fill(data.counts.begin(), data.counts.end(), 0.0);
    if (seed % 5 == 2) data.counts.front() *= 30;
    if (seed % 5 == 3) {
      std::vector<double> pulls;
      for (const BinnedParameter& parameter : model.parameters) pulls.push_back(parameter.nominal);
      profile.draw_auxiliary(pulls, random, data.auxiliary);
    }
    std::vector<double> free_pulls, pulls;
    const FreeFit free = profile.fit_free(data, free_pulls);
    CHECK(free.nll == doctest::Approx(profile.nll(data, free.signal_strength, free_pulls)).epsilon(1e-9).scale(1));
    for (const double mu : {0.0, 1.0, 50.0}) {
      const double nll = profile.fit(data, mu, pulls);
      CHECK(nll >= free.nll - 1e-9);
      // No neighbour, near or far, is lower.
      for (int trial = 0; trial < 200; ++trial) {
        std::vector<double> other = pulls;
        const double size = std::pow(10, -5 * random.uniform());
        for (std::size_t k = 0; k < other.size(); ++k) {
          const BinnedParameter& parameter = model.parameters[k];
          other[k] = std::clamp(other[k] + size * random.normal(), parameter.lower, parameter.upper);
        }
        CHECK(profile.nll(data, mu, other) >= nll - 1e-9);
      }
    }
  }
}

TEST_CASE("profiles of single modifiers are those of closed forms") {
  const double s = 4, b = 9, n = 17;
  const auto penalty = [](double x) { return 0.5 * x * x; };
  // What each modifier of the background makes of it at parameter x, its derivative, and what x costs.
  struct Case {
    const char* name;
    Json modifier, parameters;
    std::function<double(double)> yield, slope, cost, cost_slope;
    double low, high;
  };
  const double width = 0.2, lumi_width = 0.05, tau = 20;
  const std::vector<Case> cases = {
      {"lumi", testing::modifier("lumi", "lumi", nullptr),
       Json::array({{{"name", "lumi"},
                     {"auxdata", {1.0}},
                     {"sigmas", {lumi_width}},
                     {"bounds", {{0.5, 1.5}}},
                     {"inits", {1.0}}}}),
       [&](double x) { return b * x; }, [&](double) { return b; },
       [&](double x) { return penalty((x - 1) / lumi_width); },
       [&](double x) { return (x - 1) / lumi_width / lumi_width; }, 0.5, 1.5},
      {"staterror", testing::modifier("statistics", "staterror", {width * b}), Json::array(),
       [&](double x) { return b * x; }, [&](double) { return b; }, [&](double x) { return penalty((x - 1) / width); },
       [&](double x) { return (x - 1) / width / width; }, 0, 10},
      {"shapesys", testing::modifier("shape", "shapesys", {b / std::sqrt(tau)}), Json::array(),
       [&](double x) { return b * x; }, [&](double) { return b; }, [&](double x) { return poisson_nll(tau, tau * x); },
       [&](double x) { return tau - tau / x; }, 0, 10},
      {"normsys", testing::modifier("norm", "normsys", {{"hi", 1.25}, {"lo", 0.8}}), Json::array(),
       [&](double x) { return b * YieldResponse(ResponseShape::smooth_exponential, 0, 1.25, 0.8).at(x).value; },
       [&](double x) { return b * YieldResponse(ResponseShape::smooth_exponential, 0, 1.25, 0.8).at(x).first; },
       penalty, [](double x) { return x; }, -5, 5},
      {"histosys", testing::modifier("shape", "histosys", {{"hi_data", {b + 2}}, {"lo_data", {b - 1}}}), Json::array(),
       [&](double x) { return b + YieldResponse(ResponseShape::smooth_linear, 0, 2, -1).at(x).value; },
       [&](double x) { return YieldResponse(ResponseShape::smooth_linear, 0, 2, -1).at(x).first; }, penalty,
       [](double x) { return x; }, -5, 5},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Json workspace = testing::simple_workspace({s}, {b}, {n}, Json::array(), Json::array({one.modifier}));
    workspace["measurements"][0]["config"]["parameters"] = one.parameters;
    const BinnedProfile profile(model_of(workspace));
    REQUIRE(profile.pull_count() == 1);
    std::vector<double> pulls;
    for (const double mu : {0.0, 0.5, 1.0, 3.0, 7.0}) {
      // d(-ln L)/dx = 0 in one variable.
      const double x =
          bisect([&](double at) { return one.slope(at) * (1 - n / (mu * s + one.yield(at))) + one.cost_slope(at); },
                 one.low, one.high);
      CHECK(profile.fit(profile.own_data(), mu, pulls) ==
            doctest::Approx(poisson_nll(n, mu * s + one.yield(x)) + one.cost(x)).epsilon(1e-11).scale(1));
      CHECK(std::fabs(pulls[0] - x) < 1e-6);
    }
    // The signal fills what is left above the background that the measurement prefers.
    const FreeFit free = profile.fit_free(profile.own_data(), pulls);
    CHECK(free.signal_strength == near((n - b) / s, 1e-6));
    CHECK(std::fabs(free.nll) < 1e-11);
  }
}

TEST_CASE("a background from a control region is that of the on-off problem") {
  // normfactor on the background of two channels; profile of T.-P. Li and Y.-Q. Ma, ApJ 272 (1983) 317.
  const double on = 12, off = 30, alpha = 0.25, s = 2;
  Json workspace = testing::simple_workspace({s}, {10}, {on}, Json::array(),
                                             Json::array({testing::modifier("norm", "normfactor", nullptr)}));
  workspace["channels"].push_back({{"name", "control"},
                                   {"samples",
                                    {{{"name", "background"},
                                      {"data", {10 / alpha}},
                                      {"modifiers", {testing::modifier("norm", "normfactor", nullptr)}}}}}});
  workspace["observations"].push_back({{"name", "control"}, {"data", {off}}});
  const BinnedModel model = model_of(workspace);
  const BinnedProfile profile(model);
  std::vector<double> pulls;
  for (const double mu : {0.0, 1.0, 4.0, 10.0}) {
    // Background x in the on region: x solves (1 + 1/alpha) x^2 + ... = 0.
    const double c = 1 + 1 / alpha, linear = c * mu * s - on - off, signal = mu * s;
    const double x = (-linear + std::sqrt(linear * linear + 4 * c * off * signal)) / (2 * c);
    const double expected = poisson_nll(on, signal + x) + poisson_nll(off, x / alpha);
    CHECK(profile.fit(profile.own_data(), mu, pulls) == doctest::Approx(expected).epsilon(1e-11).scale(1));
  }
  // Li and Ma's significance is the root of twice the rise of -ln L without signal (their Eq. 17).
  const double significance = std::sqrt(2) * std::sqrt(on * std::log((1 + alpha) / alpha * on / (on + off)) +
                                                       off * std::log((1 + alpha) * off / (on + off)));
  const ProfileInterval interval = binned_interval(model, 0.6827);
  CHECK(std::sqrt(2 * interval.rise_without_signal) == near(significance, 1e-9));
  CHECK(interval.best == near((on - alpha * off) / s, 1e-6));
  // At both ends -ln L is 1/2 above its lowest value, as it is for one standard deviation of one parameter.
  const FreeFit free = profile.fit_free(profile.own_data(), pulls);
  REQUIRE(interval.high.value);
  for (const double end : {interval.low, *interval.high.value}) {
    CHECK(profile.fit(profile.own_data(), end, pulls) - free.nll == near(delta_log_likelihood(0.6827, 1), 1e-8));
  }
  CHECK(interval.low > 0);
  CHECK(interval.low < interval.best);
  CHECK(interval.best < *interval.high.value);
  CHECK(binned_interval(model, 0.99999).low == 0);
}

TEST_CASE("one bin gives what the counting model gives") {
  for (const Constraint constraint : {Constraint::lognormal, Constraint::truncated, Constraint::gaussian}) {
    for (const double observed : {0.0, 1.0, 4.0, 11.0}) {
      CountingModel counting = microboone_model(constraint);
      counting.observed = observed;
      CAPTURE(to_string(constraint));
      CAPTURE(observed);
      BinnedModel binned;
      binned.bins = {"bin"};
      binned.observed = {observed};
      const double limit = constraint == Constraint::gaussian ? counting.pull_limit : kInfinity;
      const auto term = [&](const std::string& name, double events, bool is_signal, auto&& size_of) {
        BinnedTerm result{0, name, events, is_signal, {}, {}};
        for (const Systematic& systematic : counting.systematics) {
          const double size = size_of(systematic);
          if (size == 0) continue;
          const std::size_t pull = binned.parameter({systematic.name, 0, -limit, limit, Measurement::gaussian, 0, 1});
          const bool lognormal = constraint == Constraint::lognormal;
          binned.responses.push_back(lognormal
                                         ? YieldResponse(ResponseShape::exponential, pull, 1 + size, 1 / (1 + size))
                                         : YieldResponse(ResponseShape::linear, pull, size * events, -size * events));
          (lognormal ? result.factors : result.shifts).push_back(binned.responses.size() - 1);
        }
        binned.terms.push_back(result);
      };
      for (std::size_t j = 0; j < counting.backgrounds.size(); ++j) {
        term(counting.backgrounds[j].name, counting.backgrounds[j].expected, false,
             [&](const Systematic& systematic) { return systematic.on_background[j]; });
      }
      term("signal", counting.signal, true, [](const Systematic& systematic) { return systematic.on_signal; });
      LimitOptions options = options_for("cls-asymptotic");
      options.combine_systematics = false;
      for (const double mu : {0.5, 2.0, 4.0, 9.0}) {
        const ClsValues ours = binned_cls(binned, mu, options), single = cls_values(counting, mu, options);
        CHECK(*ours.observed == near(*single.observed, 1e-7));
        for (int i = 0; i < 5; ++i) CHECK(ours.expected[i] == near(single.expected[i], 1e-7));
      }
      const UpperLimits ours = binned_limits(binned, options), single = upper_limits(counting, options);
      REQUIRE(ours.observed.value.has_value() == single.observed.value.has_value());
      if (ours.observed.value) CHECK(*ours.observed.value == near(*single.observed.value, 1e-6));
      for (int i = 0; i < 5; ++i) {
        REQUIRE(ours.expected[i].value.has_value() == single.expected[i].value.has_value());
        if (ours.expected[i].value) CHECK(*ours.expected[i].value == near(*single.expected[i].value, 1e-6));
      }
    }
  }
}

TEST_CASE("CLs and limits are those of pyhf, and of the closed-form profile that it approaches") {
  const Json reference = testing::repository_json("tests/validation/pyhf/reference.json");
  const LimitOptions options = options_for("cls-asymptotic", reference["level"]);
  for (const Json& entry : reference["models"]) {
    CAPTURE(entry["name"].get<std::string>());
    const BinnedModel model = model_of(testing::simple_workspace(
        entry["signal"], entry["background"], entry["observed"], Json::array(),
        Json::array({testing::modifier("uncorrelated", "shapesys", entry["background_error"])})));
    const ClsValues cls = binned_cls(model, 1, options);
    const UpperLimits limits = binned_limits(model, options);
    for (int i = 0; i < 6; ++i) {
      const double ours = i == 0 ? *cls.observed : cls.expected[i - 1];
      const Limit& limit = i == 0 ? limits.observed : limits.expected[i - 1];
      REQUIRE(limit.value);
      CHECK(std::fabs(ours - entry["exact"]["CLs"][i].get<double>()) < 1e-11);
      CHECK(*limit.value == near(entry["exact"]["limits"][i], 1e-7));
      CHECK(std::fabs(ours - entry["pyhf"]["CLs"][i].get<double>()) < 1e-4);
      if (!entry["pyhf"]["limits"].is_null()) CHECK(*limit.value == near(entry["pyhf"]["limits"][i], 1e-3));
    }
  }
}

TEST_CASE("CLs are those of pyhf's documentation") {
  // README of pyhf and docstring of pyhf.infer.hypotest: two bins with uncorrelated background uncertainties.
  const BinnedModel model =
      model_of(testing::simple_workspace({12, 11}, {50, 52}, {51, 48}, Json::array(),
                                         Json::array({testing::modifier("uncorrelated", "shapesys", {3.0, 7.0})})));
  const ClsValues cls = binned_cls(model, 1, options_for("cls-asymptotic"));
  CHECK(std::fabs(*cls.observed - 0.05251497) < 1e-5);
  const double expected[] = {0.00260626, 0.01382005, 0.06445321, 0.23525644, 0.57303621};
  for (int i = 0; i < 5; ++i) CHECK(std::fabs(cls.expected[i] - expected[i]) < 1e-5);
}

TEST_CASE("a systematic of one name moves all bins, and one per bin does not") {
  // Two equal bins with one pull are one bin with twice of everything; with two pulls the limit is lower.
  const Json together = Json::array({testing::modifier("norm", "normsys", {{"hi", 1.3}, {"lo", 0.75}})});
  const LimitOptions options = options_for("cls-asymptotic");
  const BinnedModel two = model_of(testing::simple_workspace({3, 3}, {20, 20}, {22, 22}, Json::array(), together));
  const BinnedModel one = model_of(testing::simple_workspace({6}, {40}, {44}, Json::array(), together));
  CHECK(*binned_cls(two, 1, options).observed == near(*binned_cls(one, 1, options).observed, 1e-9));
  BinnedModel apart = two;
  apart.parameters.push_back(apart.parameters[0]);
  apart.parameters[1].name = "norm of the second bin";
  apart.responses.push_back({ResponseShape::smooth_exponential, 1, 1.3, 0.75});
  for (BinnedTerm& term : apart.terms) {
    if (term.bin == 1 && !term.factors.empty()) term.factors = {1};
  }
  CHECK(*binned_limits(apart, options).observed.value < 0.95 * *binned_limits(two, options).observed.value);
}

TEST_CASE("counts enough for asymptotic formulas are those of the bins with signal") {
  CHECK(effective_count({2}, {7}) == near(7, 1e-12));
  CHECK(effective_count({2, 2, 2}, {7, 7, 7}) == near(21, 1e-12));
  CHECK(effective_count({2, 0}, {7, 1000}) == near(7, 1e-12));
  CHECK(effective_count({5, 5}, {6, 1005}) == near(6.1, 0.01));
  const LimitOptions options = options_for("cls-asymptotic");
  CHECK(binned_limits(model_of(testing::simple_workspace({1, 0}, {1, 500}, {1, 480})), options).warnings.size() == 1);
  CHECK(binned_limits(model_of(testing::simple_workspace({10}, {100}, {100})), options).warnings.empty());
  // Far more counted than expected: the observed limit has enough events, the median has not.
  CHECK(binned_limits(model_of(testing::simple_workspace({5, 2}, {0, 0}, {12, 19})), options).warnings.size() == 1);
  // However few signal events strength 1 means.
  CHECK(binned_limits(model_of(testing::simple_workspace({1e-30}, {100}, {100})), options).warnings.empty());
  CHECK(binned_limits(model_of(testing::simple_workspace({1e-30}, {1}, {1})), options).warnings.size() == 1);
}
