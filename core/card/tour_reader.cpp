// Checks the field "tour" of a card: a question with steps that answer it on the page. Nothing is computed from it.

#include <algorithm>
#include <string>
#include <vector>

#include "core/card/card_scope.hpp"

namespace anyslice {

namespace {

/// What stands for a number of the point on display; the name of a parameter stands for its value there.
const std::vector<std::string> numbers_in_text = {"signal", "observed", "background",      "rise", "threshold", "CLs",
                                                  "level",  "verdict",  "effective_events"};

const std::vector<std::string> places = {"plot", "readout", "statements", "figure", "plane", "parameters", "limit"};

void check_text(const CardScope& scope, const JsonReader& text) {
  const std::string words = text.text();
  for (std::size_t begin = words.find('{'); begin != std::string::npos; begin = words.find('{', begin + 1)) {
    const std::size_t end = words.find('}', begin);
    if (end == std::string::npos) text.fail("expected \"}\" after \"" + words.substr(begin) + "\"");
    const std::string name = words.substr(begin + 1, end - begin - 1);
    const bool known = std::find(numbers_in_text.begin(), numbers_in_text.end(), name) != numbers_in_text.end();
    if (!known && !scope.card().find_parameter(name)) {
      text.fail("expected a parameter or a number of the point in braces, found \"" + name + "\"");
    }
  }
}

void check_step(const CardScope& scope, const JsonReader& root, const JsonReader& step) {
  step.allow_only({"text", "preset", "benchmark", "set", "variant", "projection", "highlight"});
  check_text(scope, step.at("text"));
  if (const auto highlight = step.find("highlight")) highlight->one_of(places);
  const Card& card = scope.card();
  if (const auto preset = step.find("preset")) {
    const auto presets = root.find("presets");
    if (!presets || !presets->has(preset->text())) preset->fail("is not a preset of this card");
  }
  if (const auto benchmark = step.find("benchmark")) {
    if (!card.benchmarks.contains(benchmark->text())) benchmark->fail("is not a benchmark of this card");
  }
  if (const auto variant = step.find("variant")) {
    if (!card.variants.contains(variant->text())) variant->fail("is not a variant of this card");
  }
  if (const auto projection = step.find("projection")) {
    if (!card.projections.contains(projection->text())) projection->fail("is not a projection of this card");
  }
  if (const auto set = step.find("set")) {
    for (const auto& [name, value] : set->fields()) {
      const Parameter& parameter = scope.known_parameter(name, value);
      value.number_in(parameter.low, parameter.high, "a number inside the range of " + name);
    }
  }
}

}  // namespace

void check_tour_of_card(const CardScope& scope, const JsonReader& root) {
  const auto tour = root.find("tour");
  if (!tour) return;
  tour->allow_only({"question", "steps"});
  tour->at("question").text();
  const auto steps = tour->at("steps").items();
  if (steps.empty()) tour->at("steps").fail("expected at least one step");
  for (const auto& step : steps) check_step(scope, root, step);
}

}  // namespace anyslice
