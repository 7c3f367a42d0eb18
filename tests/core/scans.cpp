// Scans along one parameter and limits against the exposure: closed forms of one bin, and the likelihood of contours.
#include <algorithm>
#include <cmath>

#include "core/api/counting_limits.hpp"
#include "core/random/counter_random.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// The MicroBooNE search for any X without uncertainties, with so many events counted: a Poisson likelihood with
/// background 1.9, in which the signal is proportional to BR_product.
std::unique_ptr<api::Analysis> poissonian(int observed) {
  CardDocuments documents = testing::built_in_documents();
  Json card = {{"anyslice", "1"},
               {"name", "poissonian"},
               {"extends", "microboone-kdar-x.json"},
               {"systematics", nullptr},
               {"limits", {{"poisson_below_variance", 1e300}}}};
  card["channels"]["signal-region"]["bins"] = Json::array(
      {{{"name", "signal-region"}, {"observed", observed}, {"backgrounds", {{"all", {{"expected", 1.9}}}}}}});
  documents["/cards/poissonian.json"] = card.dump();
  auto analysis = std::make_unique<api::Analysis>(documents, "/cards/poissonian.json");
  analysis->attach_table("events", testing::microboone_table(), "microboone-kdar");
  return analysis;
}

/// -2 ln L of a Poisson count above its value at `best`, in expected events.
double rise(double count, double expected, double best) {
  return 2 * (expected - best - (count > 0 ? count * std::log(expected / best) : 0));
}

const Json kFixed = {{"mX", 150}, {"tau_X", 1e-6}};
constexpr double kBackground = 1.9;

double events_per_unit(const api::Analysis& analysis) {
  Json set = kFixed;
  set["BR_product"] = 1e-12;
  return analysis.rate({{"set", set}})["mu"].get<double>() / 1e-12;
}

}  // namespace

TEST_CASE("a scan of one bin is the Poisson likelihood in closed form") {
  const auto analysis = poissonian(6);
  const double per_unit = events_per_unit(*analysis);
  const Json scan = analysis->scan({{"on", "BR_product"}, {"set", kFixed}, {"cl", 0.8}});
  CHECK(scan["scale"] == "log");
  REQUIRE(scan["values"].size() == 101);
  CHECK(scan["gaps"].empty());
  // The best signal is what was counted above the background.
  CHECK(scan["minimum"]["value"].get<double>() * per_unit == near(6 - kBackground, 1e-3));
  CHECK(!scan["minimum"]["without_signal"].get<bool>());
  for (std::size_t i = 0; i < scan["values"].size(); ++i) {
    const double expected = kBackground + per_unit * scan["values"][i].get<double>();
    // The prediction itself is good to 1e-4.
    const double difference = scan["minus_two_delta_lnl"][i].get<double>() - rise(6, expected, 6);
    CHECK(std::abs(difference) < 1e-5 + 3e-5 * expected);
  }
  REQUIRE(scan["levels"].size() == 4);
  const double thresholds[] = {1, 2.705543454095404, 3.841458820694124, 1.642374415149814};
  for (std::size_t k = 0; k < 4; ++k) {
    const Json& level = scan["levels"][k];
    CHECK(level["threshold"].get<double>() == near(thresholds[k], 1e-12));
    REQUIRE(level["allowed"].size() == 1);
    const Json& allowed = level["allowed"][0];
    CHECK(allowed["high_end"] == "crossing");
    CHECK(rise(6, kBackground + per_unit * allowed["high"].get<double>(), 6) == near(thresholds[k], 1e-3));
    // No signal at all is 5.6 above the best point, beyond every one of the thresholds.
    CHECK(allowed["low_end"] == "crossing");
    CHECK(rise(6, kBackground + per_unit * allowed["low"].get<double>(), 6) == near(thresholds[k], 1e-3));
    REQUIRE(level["excluded"].size() == 2);
    CHECK(level["excluded"][0]["low_end"] == "range");
    CHECK(level["excluded"][0]["high"] == allowed["low"]);
    CHECK(level["excluded"][1]["low"] == allowed["high"]);
  }
}

TEST_CASE("the best point does not depend on how many values are scanned") {
  const auto analysis = poissonian(6);
  const double per_unit = events_per_unit(*analysis);
  for (const int count : {3, 7, 11, 31}) {
    const Json scan = analysis->scan({{"on", "BR_product"}, {"set", kFixed}, {"count", count}});
    CAPTURE(count);
    CHECK(scan["minimum"]["value"].get<double>() * per_unit == near(6 - kBackground, 1e-3));
  }
}

TEST_CASE("where no signal is best a scan is measured from there, whatever part of the range it shows") {
  for (const int observed : {0, 1}) {
    const auto analysis = poissonian(observed);
    const double per_unit = events_per_unit(*analysis);
    const Json whole = analysis->scan({{"on", "BR_product"}, {"set", kFixed}, {"count", 31}});
    CHECK(whole["minimum"]["value"].is_null());
    const Json part = analysis->scan(
        {{"on", "BR_product"}, {"set", kFixed}, {"range", {1e-12, 1e-11}}, {"scale", "lin"}, {"count", 5}});
    CHECK(part["minimum"]["minus_log_likelihood"] == whole["minimum"]["minus_log_likelihood"]);
    CHECK(part["values"][1].get<double>() == near(3.25e-12, 1e-12));
    for (std::size_t i = 0; i < 5; ++i) {
      const double expected = kBackground + per_unit * part["values"][i].get<double>();
      CHECK(part["minus_two_delta_lnl"][i].get<double>() == near(rise(observed, expected, kBackground), 1e-3));
    }
  }
}

TEST_CASE("a scan has the likelihood of single points and crosses where the contour does") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  CounterRandom random(11, 0);
  for (int i = 0; i < 3; ++i) {
    const double mass = 20 + 180 * random.uniform();
    const Json scan = analysis->scan({{"on", "theta"}, {"set", {{"mS", mass}}}, {"count", 9}});
    Json points = Json::array();
    for (const auto& theta : scan["values"]) points.push_back({{"mS", mass}, {"theta", theta}});
    const Json rows = analysis->evaluate({{"points", points}})["rows"];
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const double mu = rows[k]["mu"], difference = scan["mu"][k].get<double>() - mu;
      CHECK(std::abs(difference) <= 1e-5 * mu);  // the scan interpolates in the lifetime
      // -ln L changes by no more than one for each expected event that is added where few were counted.
      const double rise = scan["minus_log_likelihood"][k].get<double>() + rows[k]["log_likelihood"].get<double>();
      CHECK(std::abs(rise) <= std::abs(difference) + 1e-6);
    }
  }
  const Json contour = analysis->contour({{"x", {{"parameter", "mS"}, {"range", {80, 200}}}},
                                          {"y", {{"parameter", "theta"}, {"range", {1e-4, 1e-2}}}},
                                          {"method", "delta-lnl-2"}});
  REQUIRE(!contour["edges"].empty());
  const Json& edge = contour["edges"][0];
  const double base = contour["minimum"]["value"].get<double>() + contour["level"].get<double>();
  for (const std::size_t place : {edge.size() / 4, edge.size() / 2}) {
    const double mass = edge[place][0], theta = edge[place][1];
    const Json line = analysis->scan({{"on", "theta"}, {"set", {{"mS", mass}}}, {"count", 9}});
    // The level of the contour as one of the line: a probability of which the threshold is the quantile.
    const double threshold = 2 * (base - line["minimum"]["minus_log_likelihood"].get<double>());
    const Json scan =
        analysis->scan({{"on", "theta"}, {"set", {{"mS", mass}}}, {"cl", std::erf(std::sqrt(threshold / 2))}});
    CHECK(scan["levels"].back()["excluded"][0]["low"].get<double>() == near(theta, 2e-3));
  }
}

TEST_CASE("a scan refuses what it cannot do") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const auto message = [&](const Json& request) { return testing::error_of([&] { analysis->scan(request); }); };
  CHECK(message({{"on", "mass"}}).find("request: on: expected a parameter of") == 0);
  CHECK(message({{"on", "theta"}, {"range", {1e-3, 1e-4}}}).find("request: range: expected a lower end") == 0);
  CHECK(message({{"on", "theta"}, {"range", {1e-8, 1e-4}}}).find("within that of theta") != std::string::npos);
  CHECK(message({{"on", "theta"}, {"count", 1}}).find("request: count") == 0);
  CHECK(message({{"on", "theta"}, {"profile", "theta"}}).find("request: profile") == 0);
  CHECK(message({{"on", "theta"}, {"levels", 3}}).find("levels") != std::string::npos);
}

TEST_CASE("limits against the exposure are those of counting experiments with more background") {
  const auto analysis = poissonian(1);
  const double per_unit = events_per_unit(*analysis);
  const Json request = {{"on", "BR_product"}, {"set", kFixed}, {"method", "cls-exact"}, {"exposures", {0.3, 1, 10}}};
  const Json limit = analysis->exposure_limit(request);
  REQUIRE(limit["points"].size() == 3);
  for (const auto& point : limit["points"]) {
    const double exposure = point["exposure"];
    const Json counting = api::counting_limits(
        {{"observed", 0}, {"background", kBackground * exposure}, {"signal", 1}, {"method", "cls-exact"}});
    for (const auto& [band, value] : point["expected"].items()) {
      CHECK(value.get<double>() * per_unit * exposure == near(counting["expected"][band].get<double>(), 2e-4));
    }
    CHECK(point["amount"].get<double>() == near(1.93e20 * exposure, 1e-12));
  }
  CHECK(limit["amount_unit"] == "POT");
  const Json now =
      api::counting_limits({{"observed", 1}, {"background", kBackground}, {"signal", 1}, {"method", "cls-exact"}});
  CHECK(limit["today"]["observed"].get<double>() * per_unit == near(now["upper_limit"].get<double>(), 2e-4));

  // By the likelihood it is the edge at the expected counts: 2 (s - b ln(1 + s / b)) = 2.71.
  Json by_likelihood = request;
  by_likelihood["method"] = "delta-lnl-1", by_likelihood["cl"] = 0.9;
  const Json edges = analysis->exposure_limit(by_likelihood);
  for (const auto& point : edges["points"]) {
    const double exposure = point["exposure"], background = kBackground * exposure;
    const double edge = point["expected"]["0"].get<double>() * per_unit * exposure;
    CHECK(rise(background, background + edge, background) == near(2.705543454095404, 1e-3));
    CHECK(point["expected"]["+1"].is_null());
  }
  const double observed = edges["today"]["observed"].get<double>() * per_unit;
  CHECK(rise(1, kBackground + observed, kBackground) == near(2.705543454095404, 1e-3));
}

TEST_CASE("a projection is the limit at its own exposure") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Json request = {{"on", "theta"}, {"set", {{"mS", 140}}}, {"exposures", {10.362694300518134}}};
  const Json limit = analysis->exposure_limit(request);
  REQUIRE(limit["projections"].size() == 1);
  const Json& projection = limit["projections"][0];
  CHECK(projection["name"] == "all-NuMI");
  CHECK(projection["amount"].get<double>() == near(2e21, 1e-12));
  CHECK(projection["expected"] == limit["points"][0]["expected"]);
  const Json versus = {{"parameter", "mS"}, {"values", {140}}};
  const Json projected = analysis->limit({{"on", "theta"}, {"projection", "all-NuMI"}, {"versus", versus}});
  CHECK(projected["points"][0]["expected"] == projection["expected"]);
  CHECK(analysis->limit({{"on", "theta"}, {"versus", versus}})["points"][0]["observed"] == limit["today"]["observed"]);
  Json short_answer = request;
  short_answer["projections"] = false;
  CHECK(analysis->exposure_limit(short_answer)["today"].is_null());
  Json refused = request;
  refused["projection"] = "all-NuMI";
  CHECK(testing::error_of([&] { analysis->exposure_limit(refused); }).find("request: projection: expected none") == 0);
}
