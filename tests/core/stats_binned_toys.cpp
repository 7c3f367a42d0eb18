// Toys of binned models against an exact sum over all outcomes and against pyhf; input that has no limit.
#include <cmath>

#include "binned_models.hpp"
#include "core/api/workspace_limits.hpp"
#include "core/api/workspace_reader.hpp"
#include "core/stats/binned_limits.hpp"
#include "core/stats/poisson_nll.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::stats;
using testing::model_of;
using testing::near;

namespace {

LimitOptions toy_options(std::uint64_t toys, std::uint64_t seed = 1) {
  LimitOptions options;
  options.method = "cls-toys";
  options.toys = toys;
  options.seed = seed;
  return options;
}

Json one_bin(double signal, double background, double error, double observed) {
  return testing::simple_workspace({signal}, {background}, {observed}, Json::array(),
                                   Json::array({testing::modifier("uncorrelated", "shapesys", {error})}));
}

/// One bin with a Poisson auxiliary count, in closed form.
struct OneBin {
  double s, b, tau;
  double gamma(double n, double a, double mu) const {
    const double signal = mu * s, square = b * (b + tau), linear = signal * (b + tau) - b * (n + a);
    return std::max((-linear + std::sqrt(linear * linear + 4 * square * a * signal)) / (2 * square), 1e-10);
  }
  double nll(double n, double a, double mu) const {
    const double g = gamma(n, a, mu);
    return poisson_nll(n, mu * s + b * g) + poisson_nll(a, tau * g);
  }
  double statistic(double n, double a, double mu) const {
    const double best = (n - b * a / tau) / s;
    if (best >= mu) return 0;
    return std::max(2 * (nll(n, a, mu) - (best > 0 ? nll(n, a, best) : nll(n, a, 0))), 0.0);
  }
};

double poisson(double n, double mean) { return std::exp(n * std::log(mean) - mean - std::lgamma(n + 1)); }

}  // namespace

TEST_CASE("toys of one bin with an auxiliary count are the sum over all outcomes") {
  for (const auto& numbers :
       {std::array{4.9, 1.9, 0.8, 1.0}, std::array{3.0, 5.0, 1.5, 4.0}, std::array{6.0, 2.0, 0.5, 0.0}}) {
    const double signal = numbers[0], background = numbers[1], error = numbers[2], observed = numbers[3];
    const double tau = std::pow(background / error, 2);
    const OneBin bin{signal, background, tau};
    const double data = bin.statistic(observed, tau, 1) - 1e-9;
    double tail[2] = {0, 0};
    for (const int with_signal : {0, 1}) {
      const double gamma = bin.gamma(observed, tau, with_signal);
      for (double n = 0; n < 60; ++n) {
        for (double a = 0; a < 100; ++a) {
          if (bin.statistic(n, a, 1) < data) continue;
          tail[with_signal] += poisson(n, with_signal * signal + background * gamma) * poisson(a, tau * gamma);
        }
      }
    }
    const ClsValues toys = binned_cls(model_of(one_bin(signal, background, error, observed)), 1, toy_options(20000));
    CHECK(std::fabs(*toys.observed - tail[1] / tail[0]) < 3 * toys.observed_error);
    CHECK(toys.observed_error < 0.01);
  }
}

TEST_CASE("toys agree with those of pyhf") {
  const Json reference = testing::repository_json("tests/validation/pyhf/reference.json");
  for (const Json& entry : reference["toys"]) {
    for (const Json& model : reference["models"]) {
      if (model["name"] != entry["name"]) continue;
      const ClsValues ours = binned_cls(model_of(one_bin(model["signal"][0], model["background"][0],
                                                         model["background_error"][0], model["observed"][0])),
                                        1, toy_options(20000));
      // As many toys as pyhf threw tell how far its numbers scatter.
      const ClsValues few = binned_cls(model_of(one_bin(model["signal"][0], model["background"][0],
                                                        model["background_error"][0], model["observed"][0])),
                                       1, toy_options(entry["toys"]));
      CHECK(std::fabs(*ours.observed - entry["CLs"][0].get<double>()) <
            3 * std::hypot(ours.observed_error, few.observed_error));
      for (int i = 0; i < 5; ++i) {
        CHECK(std::fabs(ours.expected[i] - entry["CLs"][i + 1].get<double>()) <
              3 * std::hypot(ours.expected_error[i], few.expected_error[i]));
      }
    }
  }
}

TEST_CASE("toys depend on the seed alone, report progress and can be cancelled") {
  const BinnedModel model = model_of(testing::simple_workspace(
      {3, 5}, {4, 6}, {5, 6}, Json::array({testing::modifier("norm", "normsys", {{"hi", 1.2}, {"lo", 0.85}})}),
      Json::array({testing::modifier("statistics", "staterror", {1.0, 1.5})})));
  const ClsValues first = binned_cls(model, 1, toy_options(500)), again = binned_cls(model, 1, toy_options(500));
  CHECK(*first.observed == *again.observed);
  CHECK(first.expected == again.expected);
  CHECK(*first.observed != *binned_cls(model, 1, toy_options(500, 2)).observed);

  double last = 0;
  const UpperLimits limits = binned_limits(model, toy_options(500), [&](double fraction) {
    CHECK(fraction >= last);
    last = fraction;
    return true;
  });
  CHECK(last == 1);
  REQUIRE(limits.observed.value);
  CHECK(limits.observed.error > 0);
  LimitOptions asymptotic = toy_options(500);
  asymptotic.method = "cls-asymptotic";
  const double near_it = *binned_limits(model, asymptotic).observed.value;
  CHECK(std::fabs(*limits.observed.value - near_it) < 4 * limits.observed.error + 0.15 * near_it);
  CHECK_THROWS_AS(binned_limits(model, toy_options(100000), [](double fraction) { return fraction < 0.01; }),
                  Cancelled);
}

TEST_CASE("a model without signal has no limit and CLs of one, and bad input one error") {
  const Json no_signal = one_bin(0, 5, 1, 4);
  for (const char* method : {"cls-asymptotic", "cls-toys", "delta-lnl-1"}) {
    CAPTURE(method);
    const Json result = api::workspace_limits(no_signal, "workspace.json", {{"method", method}});
    CHECK(result["upper_limit"].is_null());
    CHECK(result["reasons"]["observed"].get<std::string>().find("no signal") != std::string::npos);
    if (std::string(method) != "delta-lnl-1") CHECK(result["CLs"] == 1.0);
  }
  const auto refuse = [&](const BinnedModel& model, LimitOptions options, const char* text) {
    const std::string message = testing::error_of([&] { binned_limits(model, options); });
    CHECK_MESSAGE(message.find(text) != std::string::npos, message);
  };
  const BinnedModel good = model_of(one_bin(3, 5, 1, 4));
  LimitOptions options = toy_options(1000);
  refuse({}, options, "at least one bin");
  for (const double level : {0.0, 1.0, -1.0, std::nan("")}) {
    options.level = level;
    refuse(good, options, "level");
  }
  options.level = 0.95;
  options.method = "cls-hybrid";
  refuse(good, options, "method");
  options.method = "cls-asymptotic";
  const auto edited = [&](auto&& edit) {
    BinnedModel model = good;
    edit(model);
    return model;
  };
  refuse(edited([](BinnedModel& m) { m.observed[0] = -1; }), options, "observed in channel");
  refuse(edited([](BinnedModel& m) { m.observed[0] = std::nan(""); }), options, "observed in channel");
  refuse(edited([](BinnedModel& m) { m.observed.clear(); }), options, "one count for each");
  refuse(edited([](BinnedModel& m) { m.terms[1].nominal = -2; }), options, "background in channel");
  refuse(edited([](BinnedModel& m) { m.terms[0].nominal = std::nan(""); }), options, "signal in channel");
  refuse(edited([](BinnedModel& m) { m.parameters[0].width = -1; }), options, "parameter uncorrelated");
  refuse(edited([](BinnedModel& m) { m.parameters[0].measured = std::nan(""); }), options, "auxiliary measurement");
  refuse(edited([](BinnedModel& m) { m.parameters[0].lower = 20; }), options, "lower bound");
  refuse(edited([](BinnedModel& m) { m.terms.clear(); }), options, "expected no events");
  refuse(edited([](BinnedModel& m) { m.terms[0].factors = {7}; }), options, "index of a response");
}

TEST_CASE("extreme models have limits or a reason, never NaN") {
  LimitOptions options = toy_options(1000);
  options.method = "cls-asymptotic";
  for (const auto& numbers :
       {std::array{1e-8, 5.0, 1.0, 4.0}, std::array{1.0, 0.0, 0.0, 0.0}, std::array{1.0, 0.0, 0.0, 3.0},
        std::array{1.0, 1e6, 1e3, 1e6}, std::array{100.0, 1.0, 100.0, 0.0}, std::array{1.0, 5.0, 1e-4, 200.0},
        std::array{1e5, 1.0, 0.5, 0.0}, std::array{3.0, 2.5, 1.0, 2.5}}) {
    const double signal = numbers[0], background = numbers[1], error = numbers[2], observed = numbers[3];
    CAPTURE(signal);
    CAPTURE(background);
    const BinnedModel model = model_of(one_bin(signal, background, error, observed));
    const UpperLimits limits = binned_limits(model, options);
    CHECK((limits.observed.value ? std::isfinite(*limits.observed.value) : !limits.observed.reason.empty()));
    for (const Limit& limit : limits.expected) {
      CHECK((limit.value ? std::isfinite(*limit.value) && *limit.value > 0 : !limit.reason.empty()));
    }
    const ProfileInterval interval = binned_interval(model, 0.9);
    CHECK(std::isfinite(interval.best));
    CHECK(interval.low >= 0);
  }
}
