// A kernel flattened by a rate that depends on the target through its mass over a row's: events re-weight a propagator
// exactly, but keep the efficiency of the mass they were made with.
#include <cmath>

#include "core/reweight/reweighter.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// Events that re-weight a propagator to a mass and are smoothed in the mass they were made with.
struct SmoothedMass {
  static constexpr double kLow = 0.1, kHigh = 10;  // of the masses
  static constexpr std::size_t kRows = 40000;
  static constexpr double kMomenta[] = {0.3, 2};  // squared, of the events in turn

  static double propagator(double q, double m) { return 1 / std::pow(q + m * m, 2); }

  /// The share of events made with mass a and momentum q that is selected.
  static double selected(double a, double q) { return 0.5 * std::pow(a, q > 1 ? 0.9 : -0.7); }

  /// The share of the events made with mass a, with this mass in the propagator.
  static double efficiency(double a, double mass) {
    double made = 0, kept = 0;
    for (const double q : kMomenta) made += propagator(q, mass), kept += propagator(q, mass) * selected(a, q);
    return kept / made;
  }

  /// Events evenly in ln a, and the rate that flattens them.
  static EventTable table() {
    EventTable result;
    for (const char* name : {"a", "q", "weight"}) {
      Column column;
      column.name = name;
      column.unit = "1";
      result.columns.push_back(column);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const double a = kLow * std::pow(kHigh / kLow, (static_cast<double>(i / 2) + 0.5) / (kRows / 2.0));
      const double q = kMomenta[i % 2];
      const double values[] = {a, q, selected(a, q)};
      for (std::size_t k = 0; k < 3; ++k) result.columns[k].values.push_back(values[k]);
    }
    result.rows = result.events_thrown = kRows;
    // Rates of the second kind, which depend on the strength in the same way everywhere, cancel.
    const std::vector<double> strengths = {1e-3, 1e3};
    std::vector<double> masses;
    for (int i = 0; i <= 60; ++i) masses.push_back(kLow * std::pow(kHigh / kLow, i / 60.0));
    const std::vector<double> ratios = {0.5, 0.8, 1.25, 2};
    Json own = Json::array(), relative = Json::array(), both = Json::array();
    for (const double a : masses) {
      own.push_back(efficiency(a, a));
      Json row = Json::array();
      for (const double ratio : ratios) row.push_back(efficiency(a, ratio * a));
      Json by_strength = Json::array();
      for (const double strength : strengths) {
        Json times = Json::array();
        for (const double value : row) times.push_back(strength * value);
        by_strength.push_back(std::move(times));
      }
      relative.push_back(std::move(row));
      both.push_back(std::move(by_strength));
    }
    result.metadata["maps"] = Json{{"masses", masses}, {"ratios", ratios},     {"strengths", strengths},
                                   {"own", own},       {"relative", relative}, {"both", both}}
                                  .dump();
    return result;
  }

  static Json card(const char* rate) {
    Json result = {{"anyslice", "1"}, {"name", "flat"}, {"about", {{"title", "Flat"}}}};
    const auto parameter = [](double low, double high) {
      return Json{{"symbol", {{"text", "x"}}}, {"label", "x"},   {"unit", "1"},
                  {"range", {low, high}},      {"scale", "log"}, {"default", 1}};
    };
    result["parameters"] = {{"m", parameter(0.3, 3)}, {"strength", parameter(1e-3, 1e3)}};
    result["tables"]["events"] = {
        {"url", "t.safetensors"}, {"sha256", std::string(64, '0')}, {"columns", {"a", "q", "weight"}}};
    const auto rate_of = [](Json axes, const char* array) {
      return Json{{"table", "events"}, {"groups", Json::object()}, {"axes", std::move(axes)}, {"product", {array}}};
    };
    result["rates"] = {
        {"own", rate_of({{"m", "masses"}}, "/own")},
        {"both", rate_of({{"m", "masses"},
                          {"strength", "strengths"},
                          {"propagator", {{"target_over_row", "m"}, {"values", "ratios"}}}},
                         "/both")},
        {"relative",
         rate_of({{"m", "masses"}, {"propagator", {{"target_over_row", "m"}, {"values", "ratios"}}}}, "/relative")}};
    result["weight"] = {{{"factor", "column"}, {"column", "weight"}},
                        {{"factor", "scale"}, {"expression", "strength"}},
                        {{"factor", "ratio"}, {"expression", "1/(event.q + m^2)^2"}},
                        {{"factor", "kernel"},
                         {"shape", "epanechnikov"},
                         {"axes", {{{"column", "a"}, {"parameter", "m"}, {"distance", "ln"}, {"bandwidth", 0.65}}}},
                         {"flatten", {{{"rate", rate}, {"vary", {"m"}}}}}}};
    result["channels"]["counts"] = {
        {"bins", {{{"name", "all"}, {"observed", 0}, {"backgrounds", {{"noise", {{"expected", 1}}}}}}}}};
    result["systematics"] = {{{"name", "noise"}, {"on", {"noise"}}, {"relative", 0.1}}};
    result["limits"] = {{"on", "strength"}, {"versus", "m"}, {"level", 0.9}, {"method", "delta-lnl-2"}};
    result["variants"]["physics"] = {{"label", "physics"}, {"description", "all there is"}};
    return result;
  }

  Model model;
  Reweighter reweighter;
  explicit SmoothedMass(const char* rate)
      : model(read_card({{"/card.json", card(rate).dump()}}, "/card.json")),
        reweighter(model, std::make_shared<const EventTable>(table()), "t") {}
};

}  // namespace

TEST_CASE("a kernel flattened with the target's propagator has no bias, with the rows' own it has one") {
  using Smoothed = SmoothedMass;
  const Smoothed relative("relative"), own("own"), both("both");
  const double density =
      Smoothed::kRows / 2.0 / std::log(Smoothed::kHigh / Smoothed::kLow);  // events of each momentum per unit of ln a
  double largest_bias = 0;
  for (const double m : {0.3, 0.5, 0.9, 1.4, 2.2, 3.0}) {
    CAPTURE(m);
    double expected = 0;
    for (const double q : Smoothed::kMomenta)
      expected += density * Smoothed::propagator(q, m) * Smoothed::selected(m, q);
    const auto slots = relative.model.slots_at({{"m", m}, {"strength", 1}}, {}, "t");
    const double plain = relative.reweighter.plain_sum(slots).total().sum;
    CHECK(plain == near(expected, 2e-3));
    CHECK(relative.reweighter.predict(slots).total().sum == near(plain, 1e-6));
    // A kernel so wide that rows lie beyond the ratios, and one with the rate's other axis at the target.
    const Selection wide = {.bandwidth = {{"m", 1.2}}, .part = {}};
    CHECK(relative.reweighter.predict(slots, wide).total().sum ==
          near(relative.reweighter.plain_sum(slots, wide).total().sum, 1e-6));
    CHECK(both.reweighter.plain_sum(slots).total().sum == near(plain, 1e-6));
    CHECK(both.reweighter.predict(slots).total().sum == near(plain, 1e-6));
    largest_bias = std::max(largest_bias, std::abs(own.reweighter.plain_sum(slots).total().sum / expected - 1));
  }
  CHECK(largest_bias > 0.03);
}

TEST_CASE("a rate over the target's mass and a row's says what is wrong with it") {
  const auto refusal = [](const auto& change, const auto& change_table) {
    return testing::error_of([&] {
      Json document = SmoothedMass::card("relative");
      change(document["rates"]["relative"]["axes"]);
      EventTable events = SmoothedMass::table();
      Json maps = Json::parse(events.metadata["maps"].get<std::string>());
      change_table(maps);
      events.metadata["maps"] = maps.dump();
      const Model model(read_card({{"/card.json", document.dump()}}, "/card.json"));
      const Reweighter reweighter(model, std::make_shared<const EventTable>(std::move(events)), "t");
    });
  };
  const auto as_it_is = [](Json&) {};
  const auto error_with = [&](const auto& change) { return refusal(change, as_it_is); };
  const auto says = [](const std::string& error, const char* words) { return error.find(words) != std::string::npos; };
  const Json propagator = {{"target_over_row", "m"}, {"values", "ratios"}};
  CHECK(says(error_with([&](Json& axes) {
               axes = {{"propagator", propagator}, {"m", "masses"}};
             }),
             "rates.relative.axes: expected a parameter first"));
  CHECK(says(error_with([&](Json& axes) { axes["another"] = propagator; }), "one axis of the target over a row"));
  CHECK(says(error_with([&](Json& axes) { axes["propagator"]["target_over_row"] = "mass"; }), "target_over_row"));
  CHECK(says(error_with([&](Json& axes) { axes["propagator"]["target_over_row"] = "strength"; }),
             "flatten[0].rate: has an axis of the target's strength over a row's"));
  CHECK(says(error_with([&](Json& axes) {
               axes.erase("propagator");
               axes["strength"] = propagator;
             }),
             "has the name of a parameter"));
  CHECK(says(error_with([&](Json& axes) { axes["propagator"].erase("values"); }), "propagator.values"));
  CHECK(says(refusal(as_it_is, [](Json& maps) { maps["ratios"] = {0.5, 0.8, 1, 1.25, 2}; }), "two to four values"));
  CHECK(says(refusal(as_it_is, [](Json& maps) { maps["ratios"] = {1.1, 1.3, 1.6, 2}; }), "from 1 or less"));
}
