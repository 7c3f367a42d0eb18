// Reads and checks a card: every field is known, typed and consistent with the others, or there is one clear error.
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/card/card.hpp"
#include "core/card/card_documents.hpp"
#include "core/card/card_scope.hpp"

namespace anyslice {
namespace {

const std::vector<std::string> kLimitQuantities = {"observed", "-2", "-1", "0", "+1", "+2"};

class CardReader {
 public:
  CardReader(Card& card, const JsonReader& root) : card_(card), root_(root), scope_(card) {}

  void run() {
    root_.allow_only({"anyslice",    "name",        "about",    "constants", "switches", "parameters",  "benchmarks",
                      "functions",   "derived",     "tables",   "weight",    "channels", "systematics", "limits",
                      "variants",    "projections", "presets",  "overlays",  "rates",    "totals",      "parts",
                      "observables", "display",     "exposure", "tour",      "chain"});
    if (const auto version = root_.at("anyslice").text(); version != "1") {
      root_.at("anyslice").fail("expected card version \"1\", found \"" + version + "\"");
    }
    card_.name = root_.at("name").text();
    read_about();
    read_numbers();
    read_parameters();
    read_functions();
    read_derived();
    read_benchmarks();
    read_bounds();
    read_weight_of_card(scope_, root_);
    read_data_of_card(scope_, root_);
    read_display_of_card(scope_, root_);
    read_limits();
    read_variants();
    read_projections();
    read_exposure();
    read_overlays();
    check_presets();
    check_tour_of_card(scope_, root_);
  }

 private:
  void read_about() {
    const JsonReader about = root_.at("about");
    about.allow_only(
        {"title", "short_title", "summary", "papers", "keywords", "card_authors", "table_licence", "notes"});
    card_.title = about.at("title").text();
    for (const char* field : {"short_title", "summary", "table_licence"}) {
      if (const auto text = about.find(field)) text->text();
    }
    if (const auto authors = about.find("card_authors")) authors->texts();
    if (const auto papers = about.find("papers")) {
      for (const auto& paper : papers->items()) {
        paper.allow_only(
            {"arxiv", "doi", "inspire", "title", "authors", "collaboration", "journal", "volume", "pages", "year"});
        for (const auto& [name, value] : paper.fields()) {
          if (name == "authors")
            value.texts();
          else if (name == "year")
            value.whole_number();
          else
            value.text();
        }
      }
    }
    if (const auto keywords = about.find("keywords")) {
      keywords->allow_only({"reactions", "observables", "cmenergies", "phrases"});
      for (const auto& [name, values] : keywords->fields()) values.texts();
    }
    if (const auto notes = about.find("notes")) {
      static const std::vector<std::string> kinds = {"assumption", "calibration", "quirk", "uncertainty"};
      for (const auto& note : notes->items()) {
        note.allow_only({"name", "kind", "text"});
        note.at("name").text();
        note.at("kind").one_of(kinds);
        note.at("text").text();
      }
    }
  }

  void read_numbers() {
    if (const auto constants = root_.find("constants")) {
      for (const auto& [name, entry] : constants->fields()) {
        scope_.claim_name(name, entry);
        entry.allow_only({"value", "unit", "source"});
        entry.at("source").text();
        card_.constants.push_back({name, entry.at("unit").text(), entry.at("value").number()});
      }
    }
    if (const auto switches = root_.find("switches")) {
      for (const auto& [name, entry] : switches->fields()) {
        scope_.claim_name(name, entry);
        entry.allow_only({"value", "unit", "label", "kind", "size", "reason", "choices"});
        for (const char* field : {"label", "kind", "size", "reason"}) entry.at(field).text();
        if (const auto choices = entry.find("choices")) {
          for (const auto& choice : choices->items()) {
            choice.allow_only({"value", "label"});
            choice.at("value").number();
            choice.at("label").text();
          }
        }
        card_.switches.push_back({name, entry.at("unit").text(), entry.at("value").number()});
      }
    }
  }

  void read_parameters() {
    for (const auto& [name, entry] : root_.at("parameters").fields()) {
      scope_.claim_name(name, entry);
      entry.allow_only({"symbol", "label", "unit", "range", "scale", "default", "follows", "bounds"});
      const JsonReader symbol = entry.at("symbol");
      symbol.allow_only({"text", "latex"});
      for (const auto& [form, value] : symbol.fields()) value.text();
      symbol.at("text");
      entry.at("label").text();
      Parameter parameter;
      parameter.name = name;
      parameter.unit = entry.at("unit").text();
      std::tie(parameter.low, parameter.high) = read_range(entry.at("range"));
      parameter.scale = read_scale(entry.at("scale"));
      if (parameter.scale == Scale::log && !(parameter.low > 0)) {
        entry.at("range").fail("expected a range above 0 for a parameter on a log scale");
      }
      parameter.default_value =
          entry.at("default").number_in(parameter.low, parameter.high, "a number inside the parameter's range");
      card_.parameters.push_back(std::move(parameter));
    }
    if (card_.parameters.empty()) root_.at("parameters").fail("expected at least one parameter");
    for (const auto& [name, entry] : root_.at("parameters").fields()) {
      const auto follows = entry.find("follows");
      if (!follows) continue;
      const Parameter& leader = scope_.known_parameter(follows->text(), *follows);
      if (leader.name == name || root_.at("parameters").at(leader.name).has("follows")) {
        follows->fail("expected a parameter that follows no other");
      }
      find_parameter(name).follows = leader.name;
    }
  }

  Parameter& find_parameter(const std::string& name) { return const_cast<Parameter&>(*card_.find_parameter(name)); }

  /// Bounds may use anything that a card defines before its tables.
  void read_bounds() {
    for (const auto& [name, entry] : root_.at("parameters").fields()) {
      const auto bounds = entry.find("bounds");
      if (!bounds) continue;
      bounds->allow_only({"low", "high"});
      Parameter& parameter = find_parameter(name);
      parameter.lower_bound = scope_.optional_expression(*bounds, "low", ExpressionScope::parameters);
      parameter.upper_bound = scope_.optional_expression(*bounds, "high", ExpressionScope::parameters);
      for (const auto& bound : {parameter.lower_bound, parameter.upper_bound}) {
        if (bound && bound->names().contains(name)) bounds->fail("expected bounds that do not depend on " + name);
      }
    }
  }

  void read_point(const JsonReader& reader, std::map<std::string, double>& point) const {
    for (const auto& [name, value] : reader.fields()) {
      const Parameter& parameter = scope_.known_parameter(name, value);
      point[name] = value.number_in(parameter.low, parameter.high, "a number inside the range of " + name);
    }
  }

  void read_benchmarks() {
    const auto benchmarks = root_.find("benchmarks");
    if (!benchmarks) return;
    for (const auto& [name, entry] : benchmarks->fields()) {
      entry.allow_only({"label", "point"});
      entry.at("label").text();
      read_point(entry.at("point"), card_.benchmarks[name]);
    }
  }

  void read_functions() {
    const auto functions = root_.find("functions");
    if (!functions) return;
    for (const auto& [name, entry] : functions->fields()) {
      scope_.claim_name(name, entry);
      entry.allow_only({"type", "argument_unit", "unit", "bounds", "interpolation", "source", "points", "left_out"});
      static const std::vector<std::string> types = {"table1d"};
      static const std::vector<std::string> interpolations = {"linear", "log"};
      entry.at("type").one_of(types);
      for (const char* field : {"argument_unit", "unit", "source"}) entry.at(field).text();
      Table1d table;
      const bool is_log = entry.at("interpolation").one_of(interpolations) == "log";
      table.interpolation = is_log ? Table1d::Interpolation::log : Table1d::Interpolation::linear;
      std::pair<double, double> bounds = {-HUGE_VAL, HUGE_VAL};
      if (const auto given = entry.find("bounds")) bounds = read_range(*given);
      const auto points = entry.at("points").items();
      if (points.size() < 2) entry.at("points").fail("expected at least two points");
      for (const auto& point : points) {
        const auto numbers = point.numbers();
        if (numbers.size() != 2 && numbers.size() != 3) point.fail("expected [x, y] or [x, y, error of y]");
        if (!table.x.empty() && !(numbers[0] > table.x.back()))
          point.fail("expected x to increase from point to point");
        if (is_log && !(numbers[0] > 0 && numbers[1] > 0)) point.fail("expected x and y > 0 for log interpolation");
        if (!(numbers[1] >= bounds.first && numbers[1] <= bounds.second)) point.fail("expected y within the bounds");
        table.x.push_back(numbers[0]);
        table.y.push_back(numbers[1]);
      }
      if (const auto left_out = entry.find("left_out")) {
        for (const auto& item : left_out->items()) {
          item.allow_only({"point", "reason"});
          item.at("point").numbers();
          item.at("reason").text();
        }
      }
      card_.functions[name] = std::move(table);
    }
  }

  void read_derived() {
    const auto derived = root_.find("derived");
    if (!derived) return;
    constexpr std::size_t kMostDerived = 1000;
    if (derived->fields().size() > kMostDerived) derived->fail("expected at most 1000 derived quantities");
    std::map<std::string, Derived> entries;
    std::vector<std::pair<std::string, JsonReader>> order;
    for (const auto& [name, entry] : derived->fields()) {
      scope_.claim_name(name, entry);
      entry.allow_only({"expression", "unit", "label", "source"});
      const JsonReader text = entry.at("expression");
      Derived result{name, entry.at("unit").text(), "", entry.at("source").text(),
                     Expression::parse(text.text(), text.source(), text.path())};
      if (const auto label = entry.find("label")) result.label = label->text();
      entries.emplace(name, std::move(result));
      order.emplace_back(name, entry.at("expression"));
    }
    for (const auto& [name, where] : order) {
      scope_.check_names(entries.at(name).expression, where, ExpressionScope::model);
    }

    // Depth-first, so that each quantity comes after those it uses.
    std::map<std::string, int> visited;  // 1: on the way, 2: done
    std::function<void(const std::string&, const JsonReader&)> visit = [&](const std::string& name,
                                                                           const JsonReader& where) {
      const auto entry = entries.find(name);
      if (entry == entries.end() || visited[name] == 2) return;
      if (visited[name] == 1) where.fail("goes in a circle: \"" + name + "\" depends on itself");
      visited[name] = 1;
      for (const auto& used : entry->second.expression.names()) visit(used, where);
      visited[name] = 2;
      card_.derived.push_back(entry->second);
    };
    for (const auto& [name, where] : order) visit(name, where);
  }

  void read_limit_settings(const JsonReader& reader, LimitSettings& settings) {
    if (const auto on = reader.find("on")) settings.on = scope_.known_parameter(on->text(), *on).name;
    if (const auto versus = reader.find("versus")) {
      settings.versus = scope_.known_parameter(versus->text(), *versus).name;
      if (settings.versus == settings.on) versus->fail("expected another parameter than \"on\"");
    }
    if (const auto level = reader.find("level")) settings.level = read_level(*level);
    if (const auto method = reader.find("method")) settings.method = method->text();
    if (const auto constraint = reader.find("constraint")) {
      static const std::vector<std::string> constraints = {"gaussian", "truncated", "lognormal"};
      settings.constraint = constraint->one_of(constraints);
    }
    if (const auto below = reader.find("poisson_below_variance")) {
      settings.poisson_below_variance = below->non_negative_number();
    }
    if (const auto offset = reader.find("base_offset")) settings.base_offset = offset->number();
  }

  double read_level(const JsonReader& reader) const {
    const double level = reader.number();
    if (!(level > 0 && level < 1)) reader.fail("expected a number between 0 and 1, found " + reader.json().dump());
    return level;
  }

  void read_limits() {
    const JsonReader limits = root_.at("limits");
    limits.allow_only(
        {"on", "versus", "level", "method", "constraint", "poisson_below_variance", "base_offset", "why", "published"});
    for (const char* field : {"on", "versus", "level", "method"}) limits.at(field);
    read_limit_settings(limits, card_.limits);
    if (const auto why = limits.find("why")) why->text();
    if (const auto published = limits.find("published")) read_published(*published);
  }

  void read_published(const JsonReader& reader) {
    reader.allow_only({"source", "on", "versus", "level", "points"});
    PublishedLimits published;
    published.source = reader.at("source").text();
    published.on = scope_.known_parameter(reader.at("on").text(), reader.at("on")).name;
    published.versus = scope_.known_parameter(reader.at("versus").text(), reader.at("versus")).name;
    published.level = read_level(reader.at("level"));
    for (const auto& entry : reader.at("points").items()) {
      entry.allow_only({"versus", "observed", "expected"});
      PublishedLimit point;
      const Parameter& axis = *card_.find_parameter(published.versus);
      point.versus = entry.at("versus").number_in(axis.low, axis.high, "a value inside the range of " + axis.name);
      if (const auto observed = entry.find("observed")) point.values["observed"] = observed->positive_number();
      if (const auto expected = entry.find("expected")) {
        expected->allow_only({kLimitQuantities.begin() + 1, kLimitQuantities.end()});
        for (const auto& [name, value] : expected->fields()) point.values[name] = value.positive_number();
      }
      published.points.push_back(std::move(point));
    }
    card_.published = std::move(published);
  }

  void read_variants() {
    const JsonReader variants = root_.at("variants");
    for (const auto& [name, entry] : variants.fields()) {
      entry.allow_only({"label", "description", "switches", "limits"});
      entry.at("label").text();
      entry.at("description").text();
      Variant variant;
      variant.name = name;
      variant.limits = card_.limits;
      if (const auto switches = entry.find("switches")) {
        variant.switches = read_switch_values(*switches);
      }
      if (const auto limits = entry.find("limits")) {
        limits->allow_only({"level", "method", "constraint", "poisson_below_variance", "base_offset"});
        read_limit_settings(*limits, variant.limits);
      }
      card_.variants[name] = std::move(variant);
    }
    if (!card_.variants.contains("physics")) variants.fail("expected a variant named \"physics\", the default");
  }

  std::map<std::string, double> read_switch_values(const JsonReader& reader) const {
    std::map<std::string, double> values;
    for (const auto& [name, value] : reader.fields()) {
      const auto known = std::any_of(card_.switches.begin(), card_.switches.end(),
                                     [&, wanted = name](const NamedNumber& s) { return s.name == wanted; });
      if (!known) value.fail("is not a switch of this card");
      values[name] = value.number();
    }
    return values;
  }

  void read_projections() {
    const auto projections = root_.find("projections");
    if (!projections) return;
    for (const auto& [name, entry] : projections->fields()) {
      entry.allow_only({"label", "exposure_scale", "switches", "counts", "source"});
      entry.at("label").text();
      if (const auto source = entry.find("source")) source->text();
      Projection projection;
      if (const auto scale = entry.find("exposure_scale")) projection.exposure_scale = scale->positive_number();
      if (const auto switches = entry.find("switches")) projection.switches = read_switch_values(*switches);
      if (const auto counts = entry.find("counts")) {
        static const std::vector<std::string> kinds = {"none", "expected", "whole"};
        const std::string kind = counts->one_of(kinds);
        projection.counts = kind == "expected" ? ProjectedCounts::expected
                            : kind == "whole"  ? ProjectedCounts::whole
                                               : ProjectedCounts::none;
      }
      card_.projections[name] = std::move(projection);
    }
  }

  void read_exposure() {
    const auto exposure = root_.find("exposure");
    if (!exposure) return;
    exposure->allow_only({"amount", "unit", "source"});
    if (const auto source = exposure->find("source")) source->text();
    card_.exposure = ExposureSpecification{scope_.expression(exposure->at("amount"), ExpressionScope::fixed),
                                           exposure->at("unit").text()};
  }

  void read_overlays() {
    const auto overlays = root_.find("overlays");
    if (!overlays) return;
    static const std::vector<std::string> kinds = {"published", "digitised", "recast", "drawn"};
    static const std::vector<std::string> regions = {"line", "above", "inside", "points"};
    for (const auto& [name, entry] : overlays->fields()) {
      entry.allow_only({"label", "x", "y", "at", "function", "curves", "kind", "level", "level_source", "region",
                        "citation", "how"});
      for (const char* field : {"label", "citation", "how"}) entry.at(field).text();
      entry.at("kind").one_of(kinds);
      entry.at("region").one_of(regions);
      if (const auto level = entry.find("level")) read_level(*level);
      Overlay overlay;
      overlay.name = name;
      overlay.x = scope_.known_parameter(entry.at("x").text(), entry.at("x")).name;
      overlay.y = scope_.known_parameter(entry.at("y").text(), entry.at("y")).name;
      if (const auto at = entry.find("at")) {
        std::map<std::string, double> point;
        read_point(*at, point);
        for (const auto& axis : {overlay.x, overlay.y}) {
          if (point.contains(axis)) at->at(axis).fail("expected a parameter that is on neither axis of the overlay");
        }
      }
      if (entry.has("function") == entry.has("curves")) entry.fail("expected either \"function\" or \"curves\"");
      if (const auto function = entry.find("function")) {
        overlay.function = function->text();
        if (!card_.functions.contains(overlay.function)) function->fail("is not a function of this card");
      } else {
        for (const auto& curve : entry.at("curves").items()) {
          for (const auto& point : curve.items()) {
            if (point.numbers().size() != 2) point.fail("expected [x, y]");
          }
        }
      }
      overlay_names_.insert(name);
      card_.overlays.push_back(std::move(overlay));
    }
  }

  void check_axis(const JsonReader& axis) const {
    axis.allow_only({"range", "scale"});
    const auto range = read_range(axis.at("range"));
    if (read_scale(axis.at("scale")) == Scale::log && !(range.first > 0)) {
      axis.at("range").fail("expected a range above 0 on a log scale");
    }
  }

  void check_limit_preset(const JsonReader& entry) const {
    entry.allow_only({"kind", "label", "on", "versus", "series", "set", "axes", "bands", "overlays"});
    scope_.known_parameter(entry.at("on").text(), entry.at("on"));
    scope_.known_parameter(entry.at("versus").text(), entry.at("versus"));
    if (const auto bands = entry.find("bands")) bands->boolean();
    if (const auto series = entry.find("series")) {
      series->allow_only({"parameter", "values"});
      const Parameter& parameter = scope_.known_parameter(series->at("parameter").text(), series->at("parameter"));
      for (const auto& value : series->at("values").items()) {
        value.number_in(parameter.low, parameter.high, "a value inside the range of " + parameter.name);
      }
    }
  }

  void check_contour_preset(const JsonReader& entry) const {
    entry.allow_only({"kind", "label", "x", "y", "axes", "set", "overlays", "parts", "channels"});
    const Parameter& x = scope_.known_parameter(entry.at("x").text(), entry.at("x"));
    const Parameter& y = scope_.known_parameter(entry.at("y").text(), entry.at("y"));
    if (x.name == y.name) entry.at("y").fail("expected another parameter than \"x\"");
    if (const auto set = entry.find("set")) {
      std::map<std::string, double> point;
      read_point(*set, point);
    }
    const auto check_names = [&](const char* field, const auto& known) {
      const auto list = entry.find(field);
      if (!list) return;
      std::vector<std::string> names;
      for (const auto& item : known) names.push_back(item.name);
      for (const auto& item : list->items()) item.one_of(names);
    };
    check_names("parts", card_.parts);
    check_names("channels", card_.channels);
  }

  void check_presets() const {
    const auto presets = root_.find("presets");
    if (!presets) return;
    for (const auto& [name, entry] : presets->fields()) {
      static const std::vector<std::string> kinds = {"limit", "contour"};
      const auto kind = entry.find("kind");
      if (kind && kind->one_of(kinds) == "contour")
        check_contour_preset(entry);
      else
        check_limit_preset(entry);
      entry.at("label").text();
      const JsonReader axes = entry.at("axes");
      axes.allow_only({"x", "y"});
      check_axis(axes.at("x"));
      check_axis(axes.at("y"));
      if (const auto overlays = entry.find("overlays")) {
        for (const auto& overlay : overlays->items()) {
          if (!overlay_names_.contains(overlay.text())) overlay.fail("is not an overlay of this card");
        }
      }
    }
  }

  Card& card_;
  const JsonReader& root_;
  CardScope scope_;
  std::set<std::string> overlay_names_;
};

}  // namespace

const Parameter* Card::find_parameter(const std::string& wanted) const {
  for (const auto& parameter : parameters) {
    if (parameter.name == wanted) return &parameter;
  }
  return nullptr;
}

Card read_card(const CardDocuments& documents, const std::string& address) {
  Card card;
  card.source = address;
  card.document = merged_document(documents, address);
  const JsonReader root(card.document, address);
  CardReader(card, root).run();
  return card;
}

}  // namespace anyslice
