// Reads the field "display" of a card: the small table of events before cuts and acceptance, and what is shown of it.
#include <algorithm>
#include <set>

#include "core/card/card_scope.hpp"

namespace anyslice {
namespace {

class DisplayReader {
 public:
  DisplayReader(const CardScope& scope, const JsonReader& root) : scope_(scope), card_(scope.card()), root_(root) {}

  Display run() {
    root_.allow_only(
        {"table", "channels", "wider", "stages", "observables", "maps", "ratios", "interactions", "comment"});
    if (const auto comment = root_.find("comment")) comment->text();
    read_table();
    read_channels();
    read_wider();
    read_stages();
    read_observables();
    read_maps();
    read_ratios();
    read_interactions();
    return std::move(display_);
  }

 private:
  void read_table() {
    const JsonReader entry = root_.at("table");
    display_.table = read_table_reference("display", entry);
    const auto& columns = display_.table.columns;
    const auto require = [&](const std::string& column) {
      if (!column.empty() && std::find(columns.begin(), columns.end(), column) == columns.end()) {
        entry.at("columns").fail("lacks \"" + column + "\", which the weight uses");
      }
    };
    for (const auto& factor : card_.weight) {
      require(factor.column);
      require(factor.beta_gamma_column);
      for (const auto& axis : factor.axes) require(axis.column);
      for (const auto* expression : {&factor.expression, &factor.sampling_density}) {
        if (!*expression) continue;
        for (const auto& column : (*expression)->columns()) require(column);
      }
      for (const auto& segment : factor.segments) require(segment.entry), require(segment.length);
    }
  }

  void read_channels() {
    const auto channels = root_.find("channels");
    if (!channels) return;
    std::vector<std::string> names;
    for (const auto& channel : card_.channels) names.push_back(channel.name);
    for (const auto& item : channels->items()) display_.channels.push_back(item.one_of(names));
    if (display_.channels.empty()) channels->fail("expected at least one channel");
  }

  void read_wider() {
    const auto wider = root_.find("wider");
    if (!wider) return;
    for (const auto& [name, value] : wider->fields()) {
      bool is_axis = false;
      for (const auto& factor : card_.weight) {
        for (const auto& axis : factor.axes) is_axis = is_axis || axis.parameter == name;
      }
      if (!is_axis) value.fail("is not a parameter that the card's kernel smooths");
      display_.wider[name] = value.positive_number();
    }
  }

  void read_stages() {
    for (const auto& [name, entry] : root_.at("stages").fields()) {
      entry.allow_only({"label", "constants"});
      DisplayStage stage{name, entry.at("label").text(), {}};
      if (const auto constants = entry.find("constants")) {
        for (const auto& [constant, value] : constants->fields()) {
          bool is_known = false;
          for (const auto& known : card_.constants) is_known = is_known || known.name == constant;
          if (!is_known) value.fail("is not a constant of this card");
          stage.constants[constant] = value.number();
        }
      }
      display_.stages.push_back(std::move(stage));
    }
    if (display_.stages.empty()) root_.at("stages").fail("expected at least one stage");
  }

  void read_observables() {
    // Their columns are those of the display's own table.
    std::swap(card_.tables.front(), display_.table);
    try {
      for (const auto& [name, entry] : root_.at("observables").fields()) {
        display_.observables.push_back(read_observable(scope_, name, entry));
      }
    } catch (...) {
      std::swap(card_.tables.front(), display_.table);
      throw;
    }
    std::swap(card_.tables.front(), display_.table);
    if (display_.observables.empty()) root_.at("observables").fail("expected at least one observable");
  }

  void read_maps() {
    const auto maps = root_.find("maps");
    if (!maps) return;
    std::vector<std::string> names;
    for (const auto& observable : display_.observables) names.push_back(observable.name);
    for (const auto& [name, entry] : maps->fields()) {
      entry.allow_only({"label", "x", "y", "bins"});
      DisplayMap map{name, entry.at("label").text(), entry.at("x").one_of(names), entry.at("y").one_of(names), 0, 0};
      const auto bins = entry.at("bins").items();
      if (bins.size() != 2) entry.at("bins").fail("expected two numbers, of bins in x and in y");
      map.x_bins = number_of_bins(bins[0]), map.y_bins = number_of_bins(bins[1]);
      if (map.x == map.y) entry.at("y").fail("expected another observable than \"x\"");
      display_.maps.push_back(std::move(map));
    }
  }

  void read_ratios() {
    const auto ratios = root_.find("ratios");
    if (!ratios) return;
    std::vector<std::string> names;
    for (const auto& total : card_.totals) {
      if (std::find(names.begin(), names.end(), total.name) == names.end()) names.push_back(total.name);
    }
    for (const auto& [name, entry] : ratios->fields()) {
      entry.allow_only({"label", "unit", "numerator", "denominator", "scale", "x", "y", "largest", "source"});
      if (const auto source = entry.find("source")) source->text();
      if (const auto largest = entry.find("largest")) largest->positive_number();
      if (names.empty()) entry.at("numerator").fail("names a total, but the card has no field \"totals\"");
      DisplayRatio ratio;
      ratio.name = name;
      ratio.label = entry.at("label").text();
      ratio.unit = entry.at("unit").text();
      ratio.numerator = entry.at("numerator").one_of(names);
      ratio.denominator = entry.at("denominator").one_of(names);
      ratio.scale = scope_.optional_expression(entry, "scale", ExpressionScope::model);
      ratio.x = scope_.known_parameter(entry.at("x").text(), entry.at("x")).name;
      ratio.y = scope_.known_parameter(entry.at("y").text(), entry.at("y")).name;
      if (ratio.x == ratio.y) entry.at("y").fail("expected another parameter than \"x\"");
      display_.ratios.push_back(std::move(ratio));
    }
  }

  void read_interactions() {
    const auto entry = root_.find("interactions");
    if (!entry) return;
    entry->allow_only({"label", "parameters", "scale", "left_out"});
    DisplayInteractions interactions;
    interactions.label = entry->at("label").text();
    for (const auto& [name, expression] : entry->at("parameters").fields()) {
      interactions.parameters.emplace(name, scope_.expression(expression));
    }
    interactions.scale = scope_.optional_expression(*entry, "scale", ExpressionScope::model);
    if (const auto left_out = entry->find("left_out")) left_out->texts();
    display_.interactions = std::move(interactions);
  }

  const CardScope& scope_;
  Card& card_;
  const JsonReader root_;
  Display display_;
};

}  // namespace

void read_display_of_card(const CardScope& scope, const JsonReader& root) {
  if (const auto display = root.find("display")) scope.card().display = DisplayReader(scope, *display).run();
}

}  // namespace anyslice
