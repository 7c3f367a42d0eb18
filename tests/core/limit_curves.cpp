// From limits in events to limits on parameters: intervals, both edges, and the MicroBooNE closure.
#include <cmath>
#include <limits>

#include "core/slice/interval_search.hpp"
#include "core/slice/limit_curve.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

TEST_CASE("intervals above a threshold are all found, with the ends of the range left open") {
  const auto wave = [](double x) { return std::sin(x); };
  const IntervalSearch search(wave, spaced_values(0, 20, 41, Scale::linear));
  const auto above = search.at_or_above(0.5);
  REQUIRE(above.size() == 4);
  const double pi = 3.14159265358979323846;
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(*above[i].low == near(pi / 6 + 2 * pi * static_cast<double>(i), 1e-9));
    CHECK(*above[i].high == near(5 * pi / 6 + 2 * pi * static_cast<double>(i), 1e-9));
  }
  CHECK(!above[3].high);
  CHECK(search.at_or_above(1.5).empty());
  const auto all = search.at_or_above(-1.5);
  REQUIRE(all.size() == 1);
  CHECK((!all[0].low && !all[0].high));
}

TEST_CASE("a peak narrower than the sampling is found") {
  const auto peak = [](double x) { return -(x - 3.3) * (x - 3.3); };
  const IntervalSearch search(peak, spaced_values(0, 10, 11, Scale::linear));
  const auto above = search.at_or_above(-1e-4);
  REQUIRE(above.size() == 1);
  CHECK(*above[0].low == near(3.29, 1e-6));
  CHECK(*above[0].high == near(3.31, 1e-6));
  const IntervalSearch dip([&](double x) { return -peak(x); }, spaced_values(0, 10, 11, Scale::linear));
  CHECK(dip.at_or_above(1e-4).size() == 2);
}

TEST_CASE("a function that is minus infinity in places has edges there") {
  const auto step = [](double x) { return x < 2.5 ? -std::numeric_limits<double>::infinity() : x; };
  const auto above = IntervalSearch(step, spaced_values(0, 10, 11, Scale::linear)).at_or_above(1);
  REQUIRE(above.size() == 1);
  CHECK(*above[0].low == near(2.5, 1e-6));
}

TEST_CASE("expected signal of the MicroBooNE search closes with the independent simulation") {
  const Json reference = testing::repository_json("tests/validation/microboone/reference.json")["closure"];
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  for (const auto& point : reference["points"]) {
    const Json request = {{"set", {{"mS", point["mS"]}, {"theta", point["theta"]}}}};
    const Json rate = analysis->rate(request);
    CHECK(rate["mu"].get<double>() == near(point["signal"].get<double>(), reference["tolerance"].get<double>()));
    CHECK(rate["mu_mc_error"].get<double>() < 0.0015 * rate["mu"].get<double>());
    Json published = request;
    published["variant"] = "published";
    CHECK(analysis->rate(published)["mu"].get<double>() == near(1.0875 * rate["mu"].get<double>(), 1e-12));
  }
}

TEST_CASE("a limit predicts exactly the excluded number of events at both of its edges") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Json limit = analysis->limit({{"versus", {{"parameter", "mS"}, {"values", {20, 100, 150, 210}}}}});
  const double excluded_events = limit["signal_limits"]["observed"]["value"];
  for (const auto& point : limit["points"]) {
    REQUIRE(point["excluded"].size() == 1);
    CHECK(point["observed"] == point["excluded"][0][0]);
    for (const auto& edge : point["excluded"][0]) {
      const Json rate = analysis->rate({{"set", {{"mS", point["mS"]}, {"theta", edge}}}});
      // A limit comes from a curve, a rate from single sums: both in single precision, with exponents of ten or more at
      // the upper edge.
      CHECK(rate["mu"].get<double>() == near(excluded_events, 5e-6));
    }
    const Json& expected = point["expected"];
    CHECK(expected["-2"] < expected["0"]);
    CHECK(expected["0"] < expected["+2"]);
    // One event in 60000 is not what limits this search.
    CHECK(point["mc_error"].get<double>() < 0.0015 * point["observed"].get<double>());
  }
}

TEST_CASE("the limit in events carries over to any model of the same signal") {
  const auto scalar = testing::open_built_in("microboone-kdar-scalar"),
             any = testing::open_built_in("microboone-kdar-x");
  const Json limit = scalar->limit({{"versus", {{"parameter", "mS"}, {"values", {150}}}}});
  const double theta = limit["points"][0]["observed"];
  const Json rate = scalar->rate({{"set", {{"mS", 150}, {"theta", theta}}}});
  const double lifetime = rate["derived"]["ctau0"]["value"].get<double>() / 299792458;
  const Json independent =
      any->limit({{"versus", {{"parameter", "tau_X"}, {"values", {lifetime}}}}, {"set", {{"mX", 150}}}});
  CHECK(independent["points"][0]["observed"].get<double>() ==
        near(rate["derived"]["BR_K_piS"]["value"].get<double>(), 1e-6));
  CHECK(independent["points"][0]["excluded"][0][1].is_null());
}

TEST_CASE("the KOTO central value is excluded where the limit lies below it") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  Json request = {{"method", "cls-exact"}};
  request["signal_limits"] = analysis->signal_limits(request);
  request["curve"] = "KOTO-KCV";
  const Json answer = analysis->excluded_along(request);
  REQUIRE(answer["intervals"].size() == 1);
  const double low = answer["intervals"][0][0];
  CHECK(answer["intervals"][0][1].is_null());
  CHECK(answer["range"][1] == 200);
  const Table1d& curve = analysis->model().card().functions.at("theta_KCV");
  const Json limit = analysis->limit({{"method", "cls-exact"}, {"versus", {{"parameter", "mS"}, {"values", {low}}}}});
  CHECK(limit["points"][0]["observed"].get<double>() == near(curve(low), 1e-6));
}

TEST_CASE("what has no limit says why") {
  const auto any = testing::open_built_in("microboone-kdar-x");
  const Json limit = any->limit({{"versus", {{"parameter", "tau_X"}, {"values", {1e-10}}}}});
  CHECK(limit["points"][0]["observed"].is_null());
  CHECK(limit["points"][0]["reason"].get<std::string>().find("nothing is excluded") != std::string::npos);

  const auto scalar = testing::open_built_in("microboone-kdar-scalar");
  const Json projected = scalar->limit({{"exposure_scale", 10}, {"versus", {{"parameter", "mS"}, {"values", {150}}}}});
  CHECK(projected["points"][0]["observed"].is_null());
  CHECK(!projected["points"][0]["reason"].get<std::string>().empty());
  CHECK(projected["points"][0]["expected"]["0"] < 3.9e-4);
}

TEST_CASE("a prediction that does not exist everywhere still has a limit where it does") {
  // The efficiency starts at 1.023 MeV, and a limit on the mass scans below it when the parameter's range does.
  auto documents = testing::built_in_documents();
  Json card = Json::parse(documents["/cards/microboone-kdar-scalar.json"]);
  card["functions"]["efficiency"]["points"] = {{100, 0.112}, {210, 0.112}};
  documents["/cards/cut.json"] = card.dump();
  api::Analysis cut(documents, "/cards/cut.json");
  cut.attach_table("events", testing::microboone_table(), "t");
  const Json limit = cut.limit({{"on", "mS"}, {"versus", {{"parameter", "theta"}, {"values", {4e-4, 1e-6}}}}});
  const Json& point = limit["points"][0];
  const double mass = point["observed"];
  CHECK((mass > 100 && mass < 210));
  CHECK(cut.rate({{"set", {{"mS", mass}, {"theta", 4e-4}}}})["mu"].get<double>() ==
        near(limit["signal_limits"]["observed"]["value"].get<double>(), 1e-6));
  CHECK(limit["points"][1]["reason"].get<std::string>().find("nothing is excluded") != std::string::npos);
  const Json below = cut.limit({{"versus", {{"parameter", "mS"}, {"values", {50}}}}});
  CHECK(below["points"][0]["reason"].get<std::string>().find("no non-negative finite value") != std::string::npos);
}

TEST_CASE("a point is excluded above the limit and not below, whatever the construction") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  for (const char* method : {"cls-hybrid", "cls-toys"}) {
    Json request = {{"method", method}, {"constraint", "gaussian"}, {"toys", 2000}};
    request["signal_limits"] = analysis->signal_limits(request);
    request["set"] = {{"mS", 150}, {"theta", 3e-4}};
    CHECK(analysis->rate(request)["excluded"] == false);
    request["set"]["theta"] = 4.5e-4;
    CHECK(analysis->rate(request)["excluded"] == true);
    CHECK(analysis->rate(request)["expected_excluded"] == true);
  }
  const Json by_cls = analysis->rate({{"method", "cls-hybrid"}, {"set", {{"mS", 150}, {"theta", 4.5e-4}}}});
  CHECK(by_cls["excluded"] == true);
  CHECK(by_cls["expected_excluded"].is_null());
}

TEST_CASE("limits in events are refused for another setting than their own") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  Json request = {{"versus", {{"parameter", "mS"}, {"values", {150}}}}};
  request["signal_limits"] = analysis->signal_limits(Json::object());
  CHECK(analysis->limit_points(request)["points"].size() == 1);
  for (const auto& [field, value] : {std::pair<const char*, Json>{"cl", 0.9},
                                     {"exposure_scale", 10},
                                     {"constraint", "gaussian"},
                                     {"method", "cls-exact"}}) {
    Json other = request;
    other[field] = value;
    CHECK_THROWS_AS(analysis->limit_points(other), InputError);
  }
  Json weaker = {{"cl", 0.5}};
  weaker["signal_limits"] = analysis->signal_limits(weaker);
  CHECK(analysis->compare_published(weaker).is_null());
}

TEST_CASE("calls from outside cannot crash the core") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Json good = analysis->limit({{"versus", {{"parameter", "mS"}, {"values", {150}}}}});
  CHECK(!api::limit_csv(good, analysis->model().card()).empty());
  for (const char* broken : {"{}", "[]", "3", R"({"limit": {}})", R"({"limit": {"points": [1]}})", R"({"limit": 7})"}) {
    CHECK_THROWS_AS(analysis->call("limit_csv", Json::parse(broken)), InputError);
  }
  for (const char* points :
       {"[{}]", "[1]", R"([{"mS": 1, "excluded": [[1]], "expected": {}, "effective_events": 1}])"}) {
    Json limit = good;
    limit["points"] = Json::parse(points);
    CHECK_THROWS_AS(analysis->call("limit_csv", {{"limit", limit}}), InputError);
  }
  CHECK_THROWS_AS(analysis->call("toy_cls", {{"mu", 5}, {"toys", 0}}), InputError);
  CHECK_THROWS_AS(analysis->call("nothing", Json::object()), InputError);
  const std::string deep = std::string(200000, '[') + std::string(200000, ']');
  CHECK(testing::error_of([&] { parse_json(deep, "card.json"); }) == "card.json: is nested more than 100 levels deep");
  CHECK(testing::error_of([] { parse_json(R"({"a": {"b": 1, "b": 2}})", "card.json"); }) ==
        "card.json: b: is given twice in one object");
}

TEST_CASE("bad requests name the field") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const auto message = [&](const Json& request) { return testing::error_of([&] { analysis->limit(request); }); };
  const Json axis = {{"parameter", "mS"}, {"values", {150}}};
  CHECK(message({{"versus", axis}, {"cl", 1}}).find("cl") != std::string::npos);
  CHECK(message({{"versus", axis}, {"method", "cls"}}).find("method") != std::string::npos);
  CHECK(message({{"versus", axis}, {"variant", "other"}}).find("variant: expected physics or published") !=
        std::string::npos);
  CHECK(message({{"versus", axis}, {"on", "mS"}}).find("versus") != std::string::npos);
  CHECK(message({{"versus", axis}, {"on", "x"}}).find("on: expected a parameter") != std::string::npos);
  CHECK(message({{"versus", {{"parameter", "mS"}, {"values", {300}}}}})
            .find("mS: expected a value from 1.1 to 210 MeV") != std::string::npos);
  CHECK(message({{"versus", axis}, {"set", {{"theta", 2}}}}).find("theta") != std::string::npos);
  CHECK(message({{"versus", axis}, {"exposure_scale", 0}}).find("exposure_scale") != std::string::npos);
  CHECK(message({{"versus", axis}, {"speed", 1}}).find("speed: is not a known field") != std::string::npos);
}
