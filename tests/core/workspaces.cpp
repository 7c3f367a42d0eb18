// Workspaces of pyhf: what is read, what is refused, and a card's point written and read back.
#include <cmath>

#include "binned_models.hpp"
#include "core/api/workspace_limits.hpp"
#include "core/api/workspace_reader.hpp"
#include "core/api/workspace_writer.hpp"
#include "core/stats/binned_limits.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::modifier;
using testing::near;

namespace {

/// Two channels, two samples with correlated and uncorrelated modifiers of every kind.
Json rich_workspace() {
  Json workspace = testing::simple_workspace(
      {3, 5}, {20, 10}, {25, 12},
      Json::array({modifier("lumi", "lumi", nullptr), modifier("energy", "normsys", {{"hi", 1.1}, {"lo", 0.92}})}),
      Json::array({modifier("energy", "histosys", {{"hi_data", {22, 10}}, {"lo_data", {19, 9}}}),
                   modifier("statistics", "staterror", {2.0, 1.0}), modifier("norm", "normfactor", nullptr)}));
  workspace["channels"].push_back(
      {{"name", "control"},
       {"samples",
        {{{"name", "background"},
          {"data", {100.0}},
          {"modifiers", {modifier("norm", "normfactor", nullptr), modifier("shape", "shapesys", {5.0})}}}}}});
  workspace["observations"].push_back({{"name", "control"}, {"data", {104.0}}});
  workspace["measurements"][0]["config"]["parameters"] = Json::array(
      {{{"name", "lumi"}, {"auxdata", {1.0}}, {"sigmas", {0.02}}, {"inits", {1.0}}, {"bounds", {{0.5, 1.5}}}},
       {{"name", "mu"}, {"bounds", {{0, 10}}}}});
  return workspace;
}

}  // namespace

TEST_CASE("a workspace has the parameters, bins and constraints of HistFactory") {
  const api::Workspace workspace = api::read_workspace(rich_workspace(), "workspace.json");
  const stats::BinnedModel& model = workspace.model;
  CHECK(workspace.poi == "mu");
  CHECK(workspace.measurement == "measurement");
  CHECK(workspace.warnings.empty());
  CHECK(model.bins == std::vector<std::string>{"channel[0]", "channel[1]", "control"});
  CHECK(model.observed == std::vector<double>{25, 12, 104});
  std::map<std::string, stats::BinnedParameter> parameters;
  for (const auto& parameter : model.parameters) parameters[parameter.name] = parameter;
  CHECK(parameters.size() == 6);
  CHECK(parameters.at("lumi").width == 0.02);
  CHECK(parameters.at("lumi").upper == 1.5);
  CHECK(parameters.at("energy").lower == -5);
  CHECK(parameters.at("norm").measurement == stats::Measurement::none);
  CHECK(parameters.at("statistics[0]").width == near(0.1, 1e-15));
  CHECK(parameters.at("statistics[1]").measurement == stats::Measurement::gaussian);
  CHECK(parameters.at("shape[0]").measurement == stats::Measurement::poisson);
  CHECK(parameters.at("shape[0]").measured == near(400, 1e-15));
  CHECK(model.nominal_total(true) == near(8, 1e-15));
  CHECK(model.nominal_total(false) == near(130, 1e-15));

  const Json result = api::workspace_limits(rich_workspace(), "workspace.json", Json::object());
  CHECK(result["method"] == "cls-asymptotic");
  CHECK(result["bins"] == 3);
  CHECK(result["CLs"].get<double>() > 0);
  CHECK(result["upper_limit"].get<double>() > 0);
  CHECK(result["reasons"].empty());
}

TEST_CASE("staterror is shared by the samples of a channel in quadrature, and bins without one have no parameter") {
  Json workspace = testing::simple_workspace({2, 0}, {10, 10}, {10, 10},
                                             Json::array({modifier("statistics", "staterror", {1.0, 5.0})}),
                                             Json::array({modifier("statistics", "staterror", {2.0, 0.0})}));
  const stats::BinnedModel model = api::read_workspace(workspace, "w").model;
  REQUIRE(model.parameters.size() == 1);
  CHECK(model.parameters[0].width == near(std::sqrt(5.0) / 12, 1e-14));
  for (const auto& term : model.terms) CHECK(term.factors.size() == (term.bin == 0 ? 1 : 0));
}

TEST_CASE("staterror of one name in two channels has factors for the bins of both") {
  Json workspace = rich_workspace();
  workspace["channels"][1]["samples"][0]["modifiers"].push_back(modifier("statistics", "staterror", {20.0}));
  const stats::BinnedModel model = api::read_workspace(workspace, "w").model;
  REQUIRE(model.parameters.size() == 7);
  CHECK(model.parameters.back().name == "statistics[2]");
  CHECK(model.parameters.back().width == near(0.2, 1e-14));
}

TEST_CASE("fixed parameters, other measurements and unused settings") {
  Json workspace = rich_workspace();
  workspace["measurements"].push_back(workspace["measurements"][0]);
  Json& other = workspace["measurements"][1];
  other["name"] = "fixed";
  other["config"]["parameters"].push_back({{"name", "norm"}, {"inits", {1.2}}, {"fixed", true}});
  other["config"]["parameters"].push_back({{"name", "nobody"}});
  other["config"]["parameters"][1]["bounds"] = {{-5, 10}};
  const api::Workspace fixed = api::read_workspace(workspace, "workspace.json", "fixed");
  CHECK(fixed.warnings.size() == 2);
  CHECK(fixed.model.nominal_total(false) == near(1.2 * 130, 1e-14));
  const Json free = api::workspace_limits(workspace, "w", Json::object());
  const Json bound = api::workspace_limits(workspace, "w", {{"measurement", "fixed"}});
  CHECK(bound["warnings"].size() == 2);
  CHECK(bound["upper_limit"].get<double>() < free["upper_limit"].get<double>());
}

TEST_CASE("bad workspaces are refused with the place and what was expected") {
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> damages = {
      {[](Json& w) { w["version"] = "2.0.0"; }, "version"},
      {[](Json& w) { w.erase("measurements"); }, "measurements"},
      {[](Json& w) { w["measurements"] = Json::array(); }, "measurements: expected at least one"},
      {[](Json& w) { w["channels"] = Json::array(); }, "channels: expected at least one"},
      {[](Json& w) { w["channels"][0]["samples"] = Json::array(); }, "samples: expected at least one"},
      {[](Json& w) { w["channels"][0]["samples"][0]["data"] = Json::array(); }, "at least one bin"},
      {[](Json& w) { w["colour"] = "red"; }, "colour"},
      {[](Json& w) { w["measurements"][0]["config"]["poi"] = "nu"; }, "poi: expected the name of a normfactor"},
      {[](Json& w) { w["measurements"][0]["config"]["poi"] = "energy"; }, "poi: expected the name of a normfactor"},
      {[](Json& w) { w["measurements"][0]["config"].erase("poi"); }, "poi"},
      {[](Json& w) { w["observations"][0]["data"][1] = -1; }, "observations[0].data[1]: expected a number of events"},
      {[](Json& w) { w["observations"][0]["data"] = {1}; }, "expected 2 numbers"},
      {[](Json& w) { w["observations"].erase(1); }, "expected an observation of channel \"control\""},
      {[](Json& w) { w["observations"][1]["name"] = "nowhere"; }, "expected the name of a channel"},
      {[](Json& w) { w["channels"][1]["name"] = "channel"; }, "second channel"},
      {[](Json& w) { w["channels"][0]["samples"][1]["name"] = "signal"; }, "second sample"},
      {[](Json& w) { w["channels"][0]["samples"][0]["data"][0] = -3; },
       "samples[0].data[0]: expected a number of events"},
      {[](Json& w) { w["channels"][0]["samples"][0]["data"][0] = "many"; }, "samples[0].data[0]"},
      {[](Json& w) { w["channels"][0]["samples"][1]["data"].push_back(4); }, "expected 2 numbers"},
      {[](Json& w) { w["channels"][1]["samples"][0]["modifiers"][1]["data"] = {-1}; }, "uncertainty in events >= 0"},
      {[](Json& w) {
         w["channels"][0]["samples"][1]["modifiers"][1]["data"] = {-1, 1};
       },
       "uncertainty in events >= 0"},
      {[](Json& w) { w["channels"][0]["samples"][0]["modifiers"][2]["data"]["lo"] = 0; }, "modifiers[2].data.lo"},
      {[](Json& w) { w["channels"][0]["samples"][0]["modifiers"][2]["data"]["low"] = 0.9; }, "modifiers[2].data.low"},
      {[](Json& w) {
         w["channels"][0]["samples"][1]["modifiers"][0]["data"]["hi"] = {1, 1};
       },
       "modifiers[0].data.hi"},
      // The bins of shapesys and staterror have parameters whose names another modifier could have.
      {[](Json& w) {
         Json& modifiers = w["channels"][0]["samples"][1]["modifiers"];
         modifiers.push_back(modifier("own[0]", "normsys", {{"hi", 1.1}, {"lo", 0.9}}));
         modifiers.push_back(modifier("own", "shapesys", {1, 1}));
       },
       "is shapesys \"own[0]\", but there is a normsys or histosys of that name"},
      {[](Json& w) {
         Json& modifiers = w["channels"][0]["samples"][1]["modifiers"];
         modifiers.push_back(modifier("spread[0]", "normsys", {{"hi", 1.1}, {"lo", 0.9}}));
         modifiers.push_back(modifier("spread", "staterror", {1, 1}));
       },
       "is staterror \"spread[0]\", but there is a normsys or histosys of that name"},
      {[](Json& w) { w["channels"][0]["samples"][0]["modifiers"][2]["data"].erase("hi"); }, "modifiers[2].data.hi"},
      {[](Json& w) { w["channels"][0]["samples"][1]["modifiers"][0]["data"]["hi_data"] = {1}; }, "expected 2 numbers"},
      {[](Json& w) { w["channels"][0]["samples"][0]["modifiers"].push_back(modifier("free", "shapefactor", nullptr)); },
       "modifier \"free\" of type \"shapefactor\", which is not known here"},
      {[](Json& w) { w["channels"][0]["samples"][0]["modifiers"].push_back(modifier("mu", "normfactor", nullptr)); },
       "second normfactor \"mu\""},
      {[](Json& w) {
         w["channels"][0]["samples"][0]["modifiers"].push_back(modifier("norm", "normsys", {{"hi", 1.1}, {"lo", 0.9}}));
       },
       "of that name"},
      {[](Json& w) {
         w["channels"][0]["samples"][0]["modifiers"].push_back(modifier("shape", "shapesys", {1, 1}));
       },
       "shapesys \"shape\": expected a name"},
      {[](Json& w) { w["channels"][1]["samples"][0]["modifiers"].push_back(modifier("norm", "staterror", {1})); },
       "is staterror \"norm\", but there is a normfactor"},
      {[](Json& w) { w["measurements"][0]["config"]["parameters"].erase(0); }, "expected its auxdata and sigmas"},
      {[](Json& w) { w["measurements"][0]["config"]["parameters"][0]["sigmas"] = {-0.1}; },
       "sigmas: expected a standard deviation above 0"},
      {[](Json& w) {
         w["measurements"][0]["config"]["parameters"][0]["sigmas"] = {0.1, 0.2};
       },
       "expected 1 numbers"},
      {[](Json& w) {
         w["measurements"][0]["config"]["parameters"][0]["bounds"] = {{2, 1}};
       },
       "expected [lower, upper]"},
      {[](Json& w) { w["measurements"][0]["config"]["parameters"][0]["inits"] = {7}; }, "starting value within"},
      {[](Json& w) { w["measurements"][0]["config"]["parameters"][1]["fixed"] = true; }, "not fixed"},
      {[](Json& w) {
         w["measurements"][0]["config"]["parameters"].push_back({{"name", "mu"}});
       },
       "second entry"},
  };
  for (const auto& [damage, text] : damages) {
    Json workspace = rich_workspace();
    damage(workspace);
    const std::string message =
        testing::error_of([&] { api::workspace_limits(workspace, "workspace.json", Json::object()); });
    CHECK_MESSAGE(message.find(text) != std::string::npos, message);
    CHECK_MESSAGE(message.rfind("workspace.json", 0) == 0, message);
  }
  CHECK(testing::error_of([] {
          api::workspace_limits(rich_workspace(), "w", {{"measurement", "none"}});
        }).find("expected measurement") != std::string::npos);
  CHECK(testing::error_of([] {
          api::workspace_limits(rich_workspace(), "w", {{"method", "magic"}});
        }).find("cls-asymptotic") != std::string::npos);
  for (const double level : {0.0, 1.0}) {
    CHECK(testing::error_of([&] {
            api::workspace_limits(rich_workspace(), "w", {{"cl", level}});
          }).find("cl") != std::string::npos);
  }
}

TEST_CASE("a point of a card written as a workspace and read again has the same CLs and limits") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Json point = {{"mS", 150}, {"theta", 4e-4}};
  for (const char* constraint : {"gaussian", "truncated", "lognormal"}) {
    CAPTURE(constraint);
    const Json request = {{"set", point}, {"constraint", constraint}, {"cl", 0.9}};
    const Json direct = analysis->point_limits(request);
    const Json read = api::workspace_limits(analysis->workspace(request), "workspace", {{"cl", 0.9}});
    // Code 4 of pyhf is not quite a lognormal; histosys is what Gaussian constraints are.
    const double tolerance = std::string(constraint) == "lognormal" ? 1e-4 : 1e-9;
    CHECK(read["CLs"].get<double>() == near(direct["CLs"], tolerance));
    CHECK(read["upper_limit"].get<double>() == near(direct["upper_limit"], 10 * tolerance));
    for (const auto& [band, value] : direct["expected_CLs"].items()) {
      CHECK(read["expected_CLs"][band].get<double>() == near(value, tolerance));
    }
  }
  // Without the statistical error of the simulation the one bin is the counting model of `rate`.
  for (const char* constraint : {"truncated", "lognormal"}) {
    Json request = {{"set", point}, {"constraint", constraint}, {"method", "cls-asymptotic"}};
    const double single = analysis->rate(request)["CLs"];
    request["mc_error"] = false;
    CHECK(analysis->point_limits(request)["CLs"].get<double>() == near(single, 1e-7));
  }
}

TEST_CASE("bins that a systematic treats differently become channels of their own, and projections have no data") {
  api::CardYields yields;
  yields.channels = {"one", "one", "two"};
  yields.bins = {"a", "b", "c"};
  yields.counts = {5, 6, 7};
  yields.samples = {{"signal", true, {1.0, 2.0, 0.5}}, {"background", false, {4.0, 5.0, std::nullopt}}};
  yields.signal_error = {0.1, 0, 0.05};
  yields.effects = {{"energy", 0, 0, 0.2}, {"energy", 0, 1, 0.2}, {"norm", 1, 0, 0.1}};
  Json workspace = api::write_workspace(yields, "test");
  CHECK(workspace["channels"].size() == 3);
  CHECK(workspace["channels"][0]["name"] == "one a");
  CHECK(workspace["channels"][2]["samples"].size() == 1);
  yields.effects.push_back({"norm", 1, 1, 0.1});
  workspace = api::write_workspace(yields, "test");
  REQUIRE(workspace["channels"].size() == 2);
  CHECK(workspace["channels"][0]["samples"][0]["data"] == Json({1.0, 2.0}));
  CHECK(workspace["channels"][0]["samples"][0]["modifiers"].back()["data"] == Json({0.1, 0.0}));
  stats::LimitOptions options;
  options.method = "cls-asymptotic";
  CHECK(*stats::binned_cls(api::read_workspace(workspace, "w").model, 1, options).observed ==
        near(*stats::binned_cls(yields.model(), 1, options).observed, 1e-4));

  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Json projected = analysis->point_limits({{"set", {{"theta", 5e-4}}}, {"exposure_scale", 10}});
  CHECK(projected["CLs"].is_null());
  CHECK(projected["upper_limit"].is_null());
  CHECK(projected["reasons"]["observed"].get<std::string>().find("projection") != std::string::npos);
  CHECK(projected["expected"]["0"].get<double>() > 0);
}
