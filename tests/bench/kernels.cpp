// Times what the page waits for, on one thread: prints one JSON object, seconds of processor time per
// call (the best of several).
//   anyslice_bench                     the kernels
//   anyslice_bench map TABLE OUTPUT    the map of numpy_map.py from an uncompressed table; its values go to OUTPUT
//   anyslice_bench moves CARD TABLE    coarse contours of a card's presets while its other parameters move
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "core/api/analysis.hpp"
#include "core/generate/generator.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/table/safetensors.hpp"

namespace {

using namespace anyslice;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// `path` is relative to the repository.
std::string read(const std::string& path) { return read_file(std::string(ANYSLICE_TEST_ROOT) + "/" + path); }

double seconds(int repetitions, const std::function<void()>& work) {
  double best = INFINITY;
  for (int i = 0; i < repetitions; ++i) {
    const std::clock_t start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

/// A recipe with its inputs, after `change`.
generate::Recipe nd280_recipe(const std::function<void(Json&)>& change) {
  const std::string path = "data/recipes/nd280-heavy.json";
  Json document = parse_json(read(path), path);
  change(document);
  std::map<std::string, std::string> texts;
  for (const auto& [name, address] : generate::Recipe::input_addresses(document, path)) texts[name] = read(address);
  return generate::Recipe::parse(std::move(document), path, texts);
}

/// Seconds a thrown event, from random numbers to rows; the adaptation is done before.
double time_generation(const generate::Recipe& recipe, std::uint64_t events) {
  const Json adaptation = generate::adapt(recipe);
  const JsonReader reader(adaptation, "adaptation");
  // The run is longer than what is timed, so that the share of rows is that of a real one.
  const double all = seconds(3, [&] { generate::generate(recipe, {0, events}, reader); });
  const double setup = seconds(3, [&] { generate::generate(recipe, {0, events / 20}, reader); });
  return (all - setup) / (0.95 * static_cast<double>(events));
}

/// The map of numpy_map.py as the page asks for it, in a new analysis each time: "map" with its table attached and
/// nothing computed, which is what NumPy has when its time starts, and "another" after one prediction far away from it,
/// which is what the page has when a slider moves.
void time_map(const std::string& table, const std::string& output) {
  const std::string card = "data/analyses/nd280-dark-neutrino-heavy.json";
  const CardDocuments documents = {{card, read(card)}};
  const std::string text = read_file(table);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const auto axis = [](const char* parameter, double low, double high) -> Json {
    return {{"parameter", parameter}, {"range", {low, high}}};
  };
  const Json request = {{"x", axis("mZ", 0.13, 10)},
                        {"y", axis("epsilon", 1e-5, 1e-1)},
                        {"columns", 100},
                        {"rows", 100},
                        {"quantity", "mu"},
                        {"set", {{"mN", 0.1}, {"UmuN2", 2.2e-7}, {"VN2", 1}, {"alphaD", 0.4}}}};
  const Json elsewhere = {{"set", {{"mN", 0.3}}}};
  double loading = INFINITY, map = INFINITY, another = INFINITY;
  Json field;
  for (int i = 0; i < 5; ++i) {
    std::unique_ptr<api::Analysis> analysis;
    const auto open = [&] {
      analysis = std::make_unique<api::Analysis>(documents, card);
      analysis->attach_table("events", bytes, table);
    };
    loading = std::min(loading, seconds(1, open));
    map = std::min(map, seconds(1, [&] { field = analysis->field(request); }));
    open();
    analysis->rate(elsewhere);
    another = std::min(another, seconds(1, [&] { analysis->field(request); }));
  }
  std::ofstream(output) << field.dump();
  std::printf("%s\n", Json({{"loading", loading}, {"map", map}, {"another", another}}).dump().c_str());
}

/// What a slider costs: for every contour that the card presets, each of its fixed parameters is moved in small steps
/// from half to twice its value, and the coarse contour computed anew. Median and 90th percentile of the times of all
/// moves, and the longest by parameter.
void time_moves(const std::string& card, const std::string& table) {
  constexpr int kSteps = 8;
  const Json document = parse_json(read(card), card);
  const std::string text = read_file(table);
  api::Analysis analysis({{card, read(card)}}, card);
  analysis.attach_table("events", std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), table);
  Json times = Json::object();
  for (const auto& [name, preset] : document["presets"].items()) {
    if (preset.value("kind", "") != "contour") continue;
    Json request = {{"resolution", "coarse"}, {"set", preset["set"]}};
    for (const char* axis : {"x", "y"}) {
      request[axis] = {{"parameter", preset[axis]}, {"range", preset["axes"][axis]["range"]}};
    }
    if (preset.contains("channels")) request["channels"] = preset["channels"];
    analysis.contour(request);
    std::vector<double> moves;
    Json slowest = Json::object();
    for (const auto& [parameter, value] : preset["set"].items()) {
      const double high = document["parameters"][parameter]["range"][1];
      double longest = 0;
      for (int step = 0; step <= kSteps; ++step) {
        Json moved = request;
        moved["set"][parameter] = std::min(value.get<double>() * std::pow(2, 2.0 * step / kSteps - 1), high);
        moves.push_back(seconds(1, [&] { analysis.contour(moved); }));
        longest = std::max(longest, moves.back());
      }
      slowest[parameter] = longest;
    }
    std::sort(moves.begin(), moves.end());
    times[name] = {
        {"median", moves[moves.size() / 2]}, {"90 %", moves[moves.size() * 9 / 10]}, {"slowest", std::move(slowest)}};
  }
  std::printf("%s\n", times.dump().c_str());
}

void time_kernels() {
  const std::string recipe_path = "data/recipes/microboone-kdar.json", card = "/card.json";
  const auto recipe = generate::Recipe::parse(parse_json(read(recipe_path), recipe_path), recipe_path);
  EventTable table;
  Json times = Json::object();
  times["generate, per event"] =
      seconds(3, [&] { table = generate::generate(recipe, generate::Shard::whole(recipe)); }) / recipe.events;
  const auto heavy = nd280_recipe([](Json& document) { document["maps"]["mN_bins_per_decade"] = 2; });
  times["ND280 heavy, per thrown event"] = time_generation(heavy, 2000000);
  const auto all = nd280_recipe([](Json& document) {
    document.erase("roulette");
    document.erase("maps");
    document.erase("sorted_by");
    document["columns"] = {{"weight", {{"unit", "GeV^4"}}}};
  });
  times["the same, all selected are rows"] = time_generation(all, 400000);
  const auto bytes = write_table(table, "table");
  const CardDocuments documents = {{card, read("data/analyses/microboone-kdar-scalar.json")}};
  const auto open = [&] {
    auto analysis = std::make_unique<api::Analysis>(documents, card);
    analysis->attach_table("events", bytes, "table");
    return analysis;
  };
  times["open card and table"] = seconds(3, [&] { open(); });

  const Model model(read_card(documents, card));
  const Reweighter reweighter(model, std::make_shared<const EventTable>(read_table(bytes, "table")), "table");
  const auto slots = model.slots_at({{"theta", 5e-3}}, {}, "bench");
  volatile double keep = 0;  // or the optimiser leaves out the sum
  times["plain sum, per event"] =
      seconds(20, [&] { keep = keep + reweighter.plain_sum(slots).total().sum; }) / static_cast<double>(table.rows);

  // One call is one observed and five expected upper limits of the MicroBooNE bin, from request to answer in JSON.
  const Json hybrid = {{"method", "cls-hybrid"}};
  const auto analysis = open();
  times["limit in events, cls-hybrid"] = seconds(20, [&] { analysis->signal_limits(hybrid); });
  Json curve = {{"versus", {{"parameter", "mS"}, {"values", spaced_values(1.1, 210, 121, Scale::linear)}}}};
  double first = INFINITY;
  for (int i = 0; i < 3; ++i) {
    const auto fresh = open();
    first = std::min(first, seconds(1, [&] { fresh->limit(curve); }));
  }
  times["curve of 121 points, first"] = first;
  analysis->limit(curve);
  times["curve of 121 points, again"] = seconds(5, [&] { analysis->limit(curve); });
  const Json toys = {{"method", "cls-toys"}, {"constraint", "gaussian"}, {"toys", 20000}, {"mu", 5}};
  times["toy, both hypotheses"] = seconds(3, [&] { analysis->toy_cls(toys); }) / 20000;
  std::printf("%s\n", times.dump().c_str());
}

}  // namespace

int main(int count, char** words) {
  if (count == 4 && std::string(words[1]) == "map") {
    time_map(words[2], words[3]);
  } else if (count == 4 && std::string(words[1]) == "moves") {
    time_moves(words[2], words[3]);
  } else {
    time_kernels();
  }
}
