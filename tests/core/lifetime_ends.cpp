// Sums as functions of the lifetime beyond both ends of what is tabulated: far below the shortest lifetime at which
// anything changes and far above the longest, against the plain sum; and between the ends, for few rows.
#include <algorithm>
#include <cmath>
#include <string>

#include "core/random/counter_random.hpp"
#include "core/reweight/node_refinement.hpp"
#include "core/reweight/reweighter.hpp"
#include "support.hpp"

using namespace anyslice;

namespace {

/// A line of flight.
struct Line {
  /// Where it enters a volume and how long it stays, in m.
  std::vector<std::pair<double, double>> crossings;
  double place = 0.5;  ///< where in the histogram of the bins
};

/// Powers of ten between 10^low and 10^high.
double between(CounterRandom& random, double low, double high) {
  return std::pow(10, low + (high - low) * random.uniform());
}

/// A card whose only parameter is the decay length and a table of these lines, in `bins` bins of one histogram.
struct Lines {
  static constexpr std::size_t kMostCrossings = 3;

  Model model;
  Reweighter reweighter;

  explicit Lines(const std::vector<Line>& lines, int bins = 1)
      : model(read_card({{"/card.json", card(bins).dump()}}, "/card.json")),
        reweighter(model, std::make_shared<const EventTable>(table(lines)), "t") {}

  static EventTable table(const std::vector<Line>& lines) {
    EventTable result;
    const auto add = [&](const std::string& name, const char* unit) -> std::vector<double>& {
      Column column;
      column.name = name;
      column.unit = unit;
      result.columns.push_back(column);
      return result.columns.back().values;
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
      CounterRandom random(8, i);
      if (i == 0) add("weight", "1"), add("place", "1");
      result.columns[0].values.push_back(0.5 + random.uniform());
      result.columns[1].values.push_back(lines[i].place);
    }
    for (std::size_t j = 0; j < kMostCrossings; ++j) {
      for (const bool is_entry : {true, false}) {
        auto& values = add((is_entry ? "entry_" : "length_") + std::to_string(j), "m");
        for (const auto& line : lines) {
          const auto& [entry, length] = j < line.crossings.size() ? line.crossings[j] : std::pair{0.0, 0.0};
          values.push_back(is_entry ? entry : length);
        }
      }
    }
    result.rows = lines.size();
    result.events_thrown = lines.size();
    return result;
  }

  static Json card(int bins) {
    Json result = {{"anyslice", "1"}, {"name", "lines"}, {"about", {{"title", "Lines of flight"}}}};
    const auto parameter = [](const char* unit, double low, double high) {
      return Json{{"symbol", {{"text", "x"}}}, {"label", "x"},   {"unit", unit},
                  {"range", {low, high}},      {"scale", "log"}, {"default", 1}};
    };
    result["parameters"] = {{"ctau0", parameter("m", 1e-30, 1e30)}, {"strength", parameter("1", 1e-3, 1e3)}};
    result["derived"] = {{"length", {{"expression", "ctau0"}, {"unit", "m"}, {"source", "a test"}}},
                         {"boost", {{"expression", "1"}, {"unit", "1"}, {"source", "a test"}}}};
    Json columns = {"weight", "place"}, segments = Json::array();
    for (std::size_t j = 0; j < kMostCrossings; ++j) {
      const std::string entry = "entry_" + std::to_string(j), length = "length_" + std::to_string(j);
      columns.push_back(entry), columns.push_back(length);
      segments.push_back({{"entry", entry}, {"length", length}});
    }
    result["tables"]["events"] = {{"url", "t.safetensors"}, {"sha256", std::string(64, '0')}, {"columns", columns}};
    result["weight"] = {{{"factor", "column"}, {"column", "weight"}},
                        {{"factor", "scale"}, {"expression", "strength"}},
                        {{"factor", "decay"}, {"ctau0", "length"}, {"beta_gamma", "boost"}, {"segments", segments}}};
    Json list = Json::array();
    for (int i = 0; i < bins; ++i) {
      list.push_back({{"name", std::to_string(i)},
                      {"observed", 0},
                      {"backgrounds", {{"noise", {{"expected", 1}}}}},
                      {"range", {i, i + 1}}});
    }
    result["channels"]["counts"] = {{"histogram", {{"expression", "event.place"}, {"unit", "1"}, {"label", "place"}}},
                                    {"bins", list}};
    result["systematics"] = {{{"name", "noise"}, {"on", {"noise"}}, {"relative", 0.1}}};
    result["limits"] = {{"on", "strength"}, {"versus", "ctau0"}, {"level", 0.9}, {"method", "delta-lnl-2"}};
    result["variants"]["physics"] = {{"label", "physics"}, {"description", "all there is"}};
    return result;
  }

  std::vector<double> slots(double ctau0) const { return model.slots_at({{"ctau0", ctau0}}, {}, "t"); }

  /// ln of the lifetimes beyond which the sums are not tabulated.
  double log_shortest() const { return reweighter.preparation().decay_bounds().log_shortest; }
  double log_longest() const { return reweighter.preparation().decay_bounds().log_longest; }
};

/// All sums at lifetimes from 7 octaves below the shortest at which anything changes to 7 above the longest, three an
/// octave, which are so many that they are read from curves. Sums of less than `lost` need only be as small as that.
void check_ends(const Lines& lines, double lost = 1e-60) {
  constexpr int per_octave = 3;
  const double octave = std::log(2.0), low = lines.log_shortest() - 7 * octave, high = lines.log_longest() + 7 * octave;
  std::vector<double> lifetimes;
  for (int i = 0; low + i * octave / per_octave <= high; ++i)
    lifetimes.push_back(std::exp(low + i * octave / per_octave));
  REQUIRE(lifetimes.size() > 24);
  const auto slots = lines.slots(1);
  const auto together = lines.reweighter.predict_lifetimes(slots, lifetimes);
  int compared = 0;
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    CAPTURE(lifetimes[i]);
    const auto plain = lines.reweighter.plain_sum(lines.slots(lifetimes[i]));
    for (std::size_t bin = 0; bin < plain.bins.size(); ++bin) {
      CAPTURE(bin);
      const auto& [sum, squares, thrown] = plain.bins[bin];
      const WeightedSum& found = together[i].bins[bin];
      if (!(sum > lost)) {
        CHECK(found.sum <= lost);
        continue;
      }
      ++compared;
      CHECK(found.sum == testing::near(sum, 5e-5));
      CHECK(found.sum_of_squares == testing::near(squares, 1e-4));
    }
  }
  CHECK(compared > 24);
}

std::vector<Line> lines_of(std::size_t count, std::uint64_t seed,
                           const std::function<void(CounterRandom&, Line&)>& draw) {
  std::vector<Line> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    CounterRandom random(seed, i);
    draw(random, result[i]);
  }
  return result;
}

}  // namespace

TEST_CASE("ends of curves: rows that are made inside the volume") {
  check_ends(Lines(lines_of(500, 1, [](CounterRandom& random, Line& line) {
    line.crossings = {{0, between(random, -2, 1)}};
  })));
}

TEST_CASE("ends of curves: rows behind an entry distance") {
  check_ends(Lines(lines_of(500, 2, [](CounterRandom& random, Line& line) {
    line.crossings = {{5 + between(random, -2, 2), between(random, -1, 1)}};
  })));
}

TEST_CASE("ends of curves: rows inside, just in front and far away together") {
  // So many that the middle of the curve, which is not what is tested here, is smooth at an octave.
  check_ends(Lines(lines_of(5000, 3, [](CounterRandom& random, Line& line) {
    const double entry = random.uniform() < 0.3 ? 0 : between(random, -2, 2);
    line.crossings = {{entry, between(random, -2, 1)}};
  })));
}

TEST_CASE("ends of curves: several crossings of a line") {
  check_ends(Lines(lines_of(500, 4, [](CounterRandom& random, Line& line) {
    double at = random.uniform() < 0.2 ? 0 : between(random, -1, 2);
    for (int j = 0; j < 3; ++j) {
      const double length = between(random, -2, 1);
      line.crossings.push_back({at, length});
      at += length + between(random, -1, 1);
    }
  })));
}

TEST_CASE("ends of curves: bins of one group, of which one sees decays at once and one only from far away") {
  check_ends(Lines(lines_of(600, 5,
                            [](CounterRandom& random, Line& line) {
                              const bool is_near = random.uniform() < 0.5;
                              line.place = is_near ? 0.5 : 1.5;
                              line.crossings = {{is_near ? 0 : between(random, 0, 2), between(random, -1, 1)}};
                            }),
                   2));
}

TEST_CASE("ends of curves: a bin that is seen from far away only, beside one that is seen at once") {
  check_ends(Lines(lines_of(600, 7,
                            [](CounterRandom& random, Line& line) {
                              const bool is_near = random.uniform() < 0.5;
                              line.place = is_near ? 0.5 : 1.5;
                              line.crossings = {{is_near ? 0 : between(random, 0, 2), between(random, 1, 2)}};
                            }),
                   2),
             // exp(-40) of what the rows weigh is where they count as not seen, in whatever bin.
             600 * 1.5 * std::exp(-40));
}

TEST_CASE("ends of curves: bins without a row beside bins with some") {
  check_ends(Lines(lines_of(400, 6,
                            [](CounterRandom& random, Line& line) {
                              line.place = 1.5;
                              line.crossings = {{between(random, -1, 2), between(random, -1, 1)}};
                            }),
                   3));
}

TEST_CASE("ends of curves: a single row") {
  check_ends(Lines({{{{3, 0.4}}, 0.5}}));
  check_ends(Lines({{{{0, 0.4}}, 0.5}}));
}

TEST_CASE("curves of few rows over eight decades are finer where an octave does not resolve them") {
  constexpr int low = -112, high = 96;
  for (const std::uint64_t seed : {28, 116, 1, 2, 3, 4, 5, 6}) {
    CAPTURE(seed);
    struct Row {
      double entry, length, weight;
    };
    std::vector<Row> rows(200);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CounterRandom random(seed, i);
      rows[i].entry = random.uniform() < 0.3 ? 0 : between(random, -5, 3);
      rows[i].length = between(random, -4, 2);
      rows[i].weight = 0.5 + random.uniform();
    }
    const auto exact = [&](int node) {
      const double lifetime = std::exp(node * LifetimeCurve::kStep);
      double sum = 0, squares = 0;
      for (const auto& [entry, length, weight] : rows) {
        const double seen = weight * std::exp(-entry / lifetime) * -std::expm1(-length / lifetime);
        sum += seen, squares += seen * seen;
      }
      return LogSums{std::log(sum), std::log(squares)};
    };
    const NodeSeries series = refined_nodes(low, high, [&](const std::vector<int>& nodes) {
      NodeSeries values(1);
      for (const int node : nodes) values[0].push_back(exact(node));
      return values;
    });
    double worst = 0, worst_squares = 0;
    for (int node = low; node <= high; ++node) {
      const auto [sum, squares] = exact(node);
      const LogSums& found = series[0][static_cast<std::size_t>(node - low)];
      worst = std::max(worst, std::abs(found.sum - sum));
      worst_squares = std::max(worst_squares, std::abs(found.squares - squares));
    }
    CHECK(worst < 1e-4);
    CHECK(worst_squares < 2e-4);
  }
}
