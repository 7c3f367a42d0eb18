// Fits where additive uncertainties can take the whole signal away: -ln L then stops to rise with the signal strength.
#include <algorithm>
#include <cmath>
#include <limits>

#include "binned_models.hpp"
#include "core/api/workspace_reader.hpp"
#include "core/stats/binned_limits.hpp"
#include "core/stats/binned_profile.hpp"
#include "core/stats/normal.hpp"
#include "stats_models.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::stats;
using testing::kInfinity;
using testing::near;
using testing::options_for;

namespace {

/// One bin whose components have additive uncertainties, each pull on one component.
BinnedModel additive_model(const CountingModel& counting) {
  BinnedModel model;
  model.bins = {"bin"};
  model.observed = {*counting.observed};
  const double limit = counting.constraint == Constraint::gaussian ? counting.pull_limit : kInfinity;
  for (std::size_t j = 0; j <= counting.backgrounds.size(); ++j) {
    const bool is_signal = j == counting.backgrounds.size();
    const double events = is_signal ? counting.signal : counting.backgrounds[j].expected;
    BinnedTerm term{0, is_signal ? "signal" : counting.backgrounds[j].name, events, is_signal, {}, {}};
    for (const Systematic& systematic : counting.systematics) {
      const double size = is_signal ? systematic.on_signal : systematic.on_background[j];
      const std::size_t pull = model.parameter({systematic.name, 0, -limit, limit, Measurement::gaussian, 0, 1});
      if (size == 0) continue;
      model.responses.push_back({ResponseShape::linear, pull, size * events, -size * events});
      term.shifts.push_back(model.responses.size() - 1);
    }
    model.terms.push_back(term);
  }
  return model;
}

}  // namespace

TEST_CASE("nothing counted and a signal that two shapes can remove: CLs stays where the cheapest removal leaves it") {
  const double signal = 0.773, first_up = -0.052, first_down = -0.876, second_up = 0.45, second_down = -1.038;
  const Json on_signal = {
      testing::modifier("first", "histosys", {{"hi_data", {signal + first_up}}, {"lo_data", {signal + first_down}}}),
      testing::modifier("second", "histosys",
                        {{"hi_data", {signal + second_up}}, {"lo_data", {signal + second_down}}})};
  const BinnedModel model =
      api::read_workspace(testing::simple_workspace({signal}, {0}, {0}, on_signal), "workspace").model;
  // The shortest way from the nominal pulls to where nothing is left, by trying directions.
  const YieldResponse first(ResponseShape::smooth_linear, 0, first_up, first_down);
  const YieldResponse second(ResponseShape::smooth_linear, 1, second_up, second_down);
  double shortest = kInfinity;
  for (int i = 0; i < 20000; ++i) {
    const double angle = 2 * std::acos(-1.0) * i / 20000;
    const auto left = [&](double r) {
      return signal + first.at(r * std::cos(angle)).value + second.at(r * std::sin(angle)).value;
    };
    double near_end = 0, far_end = std::min(shortest, 5.0);
    if (left(far_end) > 0) continue;
    for (int step = 0; step < 60; ++step) {
      const double middle = 0.5 * (near_end + far_end);
      (left(middle) > 0 ? near_end : far_end) = middle;
    }
    shortest = far_end;
  }
  const double median = 2 * normal_probability(-shortest);
  REQUIRE(median > 0.05);
  for (const double mu : {1e3, 1e5, 1e7}) {
    const ClsValues cls = binned_cls(model, mu, options_for("cls-asymptotic"));
    CHECK(cls.expected[2] == near(median, 3 / mu + 1e-6));
    CHECK(*cls.observed == near(median, 3 / mu + 1e-6));
  }
  const UpperLimits limits = binned_limits(model, options_for("cls-asymptotic"));
  CHECK(limits.observed.reason.find("any signal strength") != std::string::npos);
  CHECK(limits.expected[2].reason.find("any signal strength") != std::string::npos);
  CHECK(limits.expected[4].reason.find("any signal strength") != std::string::npos);
}

TEST_CASE("fits of additive uncertainties agree with the closed solution of one bin far out, too") {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated}) {
    CountingModel counting = microboone_model(constraint);
    const auto solved = make_profile_likelihood(counting);
    const BinnedModel model = additive_model(counting);
    const BinnedProfile profile(model);
    std::vector<double> pulls;
    for (const double count : {0.0, 1.0, 3.0, 9.0}) {
      for (const double shift : {-6.0, -4.0, -3.2, -1.0, 0.0, 2.0}) {
        // The systematic called "kaon flux" acts on the signal by 30 %: measured beyond -3.3 it asks for less than
        // none.
        ProfileData ours{{count}, std::vector<double>(model.parameters.size(), 0.0)}, theirs{{count}, {}};
        theirs.auxiliary.assign(counting.systematics.size(), 0.0);
        theirs.auxiliary[5] = shift;
        for (std::size_t p = 0; p < model.parameters.size(); ++p)
          if (model.parameters[p].name == counting.systematics[5].name) ours.auxiliary[p] = shift;
        CAPTURE(to_string(constraint));
        CAPTURE(count);
        CAPTURE(shift);
        for (const double mu : {0.3, 4.0, 50.0, 3e3, 1e6}) {
          CAPTURE(mu);
          CHECK(std::fabs(profile.fit(ours, mu, pulls) - solved->fit(theirs, mu, pulls)) < 2e-5);
        }
        // Beyond, the closed solution is rounding, and there is nothing more to pay.
        CHECK(std::fabs(profile.fit(ours, 1e8, pulls) - profile.fit(ours, 1e6, pulls)) < 1e-3);
        CHECK(std::fabs(profile.fit_free(ours, pulls).nll - solved->fit_free(theirs, pulls).nll) < 1e-5);
      }
    }
  }
}

TEST_CASE("toys of a signal that uncertainties can remove all have a fit, with a factor of its own simulation, too") {
  BinnedModel model = additive_model(microboone_model(Constraint::truncated));
  const std::size_t parameter = model.parameter({"simulated", 1, 1e-10, 10, Measurement::gaussian, 1, 1e-3});
  model.responses.push_back({ResponseShape::factor, parameter});
  model.terms.back().factors.push_back(model.responses.size() - 1);
  LimitOptions options = options_for("cls-toys");
  options.toys = 500;
  for (const double mu : {2.0, 10.0, 300.0}) {
    const ClsValues toys = binned_cls(model, mu, options);
    CHECK(*toys.observed >= 0);
    CHECK(*toys.observed <= 1);
  }
  // Not the simulation, which is known to a per mille, but the flux takes a large signal away.
  const BinnedProfile profile(model);
  std::vector<double> pulls;
  profile.fit(profile.own_data(), 1e9, pulls);
  CHECK(pulls[parameter] == near(1, 1e-3));
}
