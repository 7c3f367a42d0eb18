// Reads and checks a card: every field is known, typed and consistent with the others, or there is one clear error.
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/card/card.hpp"
#include "core/card/card_documents.hpp"

namespace anyslice {
namespace {

const std::vector<std::string> kLimitQuantities = {"observed", "-2", "-1", "0", "+1", "+2"};

Scale read_scale(const JsonReader& reader) {
  static const std::vector<std::string> names = {"lin", "log"};
  return reader.one_of(names) == "log" ? Scale::log : Scale::linear;
}

std::pair<double, double> read_range(const JsonReader& reader) {
  const auto ends = reader.numbers();
  if (ends.size() != 2 || !(ends[0] < ends[1])) reader.fail("expected [low, high] with low < high");
  return {ends[0], ends[1]};
}

class CardReader {
 public:
  CardReader(Card& card, const JsonReader& root) : card_(card), root_(root) {}

  void run() {
    root_.allow_only({"anyslice", "name", "about", "constants", "switches", "parameters", "benchmarks", "functions",
                      "derived", "tables", "weight", "channels", "systematics", "limits", "variants", "projections",
                      "presets", "overlays"});
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
    read_tables();
    read_weight();
    read_channels();
    read_systematics();
    read_limits();
    read_variants();
    read_projections();
    read_overlays();
    check_presets();
  }

 private:
  void read_about() {
    const JsonReader about = root_.at("about");
    about.allow_only({"title", "short_title", "summary", "papers", "card_authors", "table_licence", "notes"});
    card_.title = about.at("title").text();
    for (const char* field : {"short_title", "summary", "table_licence"}) {
      if (const auto text = about.find(field)) text->text();
    }
    if (const auto authors = about.find("card_authors")) authors->texts();
    if (const auto papers = about.find("papers")) {
      for (const auto& paper : papers->items()) {
        paper.allow_only({"arxiv", "doi", "inspire", "title"});
        for (const auto& [name, value] : paper.fields()) value.text();
      }
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

  /// A name that nothing else in the card has, since all share the expressions' one name space.
  void claim_name(const std::string& name, const JsonReader& where) {
    if (!is_valid_name(name)) where.fail("expected a name of letters, digits and underscores");
    if (is_reserved_name(name)) where.fail("expected another name: this one belongs to the expression language");
    if (const auto [taken, is_new] = names_.insert({name, where.path()}); !is_new) {
      where.fail("expected a name that is not taken: " + taken->second + " has it");
    }
  }

  void read_numbers() {
    if (const auto constants = root_.find("constants")) {
      for (const auto& [name, entry] : constants->fields()) {
        claim_name(name, entry);
        entry.allow_only({"value", "unit", "source"});
        entry.at("source").text();
        card_.constants.push_back({name, entry.at("unit").text(), entry.at("value").number()});
      }
    }
    if (const auto switches = root_.find("switches")) {
      for (const auto& [name, entry] : switches->fields()) {
        claim_name(name, entry);
        entry.allow_only({"value", "unit", "label", "kind", "size", "reason"});
        for (const char* field : {"label", "kind", "size", "reason"}) entry.at(field).text();
        card_.switches.push_back({name, entry.at("unit").text(), entry.at("value").number()});
      }
    }
  }

  void read_parameters() {
    for (const auto& [name, entry] : root_.at("parameters").fields()) {
      claim_name(name, entry);
      entry.allow_only({"symbol", "label", "unit", "range", "scale", "default"});
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
  }

  void read_point(const JsonReader& reader, std::map<std::string, double>& point) {
    for (const auto& [name, value] : reader.fields()) {
      const Parameter& parameter = known_parameter(name, value);
      point[name] = value.number_in(parameter.low, parameter.high, "a number inside the range of " + name);
    }
  }

  const Parameter& known_parameter(const std::string& name, const JsonReader& where) const {
    if (const Parameter* parameter = card_.find_parameter(name)) return *parameter;
    std::vector<std::string> names;
    for (const auto& parameter : card_.parameters) names.push_back(parameter.name);
    where.fail("expected a parameter of this card (" + join_choices(names) + "), found \"" + name + "\"");
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
      claim_name(name, entry);
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

  Expression read_expression(const JsonReader& reader) const {
    return Expression::parse(reader.text(), reader.source(), reader.path());
  }

  void check_names(const Expression& expression, const JsonReader& where) const {
    for (const auto& name : expression.names()) {
      if (!names_.contains(name)) where.fail("uses \"" + name + "\", which this card does not define");
      if (card_.functions.contains(name)) where.fail("uses the function \"" + name + "\" without an argument");
    }
    for (const auto& name : expression.functions()) {
      if (!card_.functions.contains(name)) where.fail("calls \"" + name + "\", which is not a function of this card");
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
      claim_name(name, entry);
      entry.allow_only({"expression", "unit", "label", "source"});
      entry.at("source").text();
      Derived result{name, entry.at("unit").text(), "", read_expression(entry.at("expression"))};
      if (const auto label = entry.find("label")) result.label = label->text();
      entries.emplace(name, std::move(result));
      order.emplace_back(name, entry.at("expression"));
    }
    for (const auto& [name, where] : order) check_names(entries.at(name).expression, where);

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

  void read_tables() {
    for (const auto& [name, entry] : root_.at("tables").fields()) {
      entry.allow_only({"url", "sha256", "recipe", "columns"});
      TableReference table;
      table.name = name;
      table.url = entry.at("url").text();
      table.sha256 = entry.at("sha256").text();
      if (table.sha256.size() != 64 || table.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
        entry.at("sha256").fail("expected 64 lower-case hexadecimal digits");
      }
      if (const auto recipe = entry.find("recipe")) recipe->text();
      table.columns = entry.at("columns").texts();
      card_.tables.push_back(std::move(table));
    }
    if (card_.tables.size() != 1) root_.at("tables").fail("expected exactly one table");
  }

  std::string read_column_name(const JsonReader& reader) const { return reader.one_of(card_.tables.front().columns); }

  void read_weight() {
    static const std::vector<std::string> kinds = {"column", "scale", "decay"};
    int decays = 0;
    for (const auto& entry : root_.at("weight").items()) {
      const std::string kind = entry.at("factor").one_of(kinds);
      FactorSpecification factor;
      const auto checked = [&](const std::string& field) {
        Expression expression = read_expression(entry.at(field));
        check_names(expression, entry.at(field));
        return expression;
      };
      if (kind == "column") {
        entry.allow_only({"factor", "column", "comment"});
        factor.column = read_column_name(entry.at("column"));
      } else if (kind == "scale") {
        entry.allow_only({"factor", "expression", "comment"});
        factor.kind = FactorSpecification::Kind::scale;
        factor.expression = checked("expression");
      } else {
        entry.allow_only({"factor", "ctau0", "beta_gamma", "beta_gamma_column", "segments", "comment"});
        if (++decays > 1) entry.fail("expected at most one decay factor");
        factor.kind = FactorSpecification::Kind::decay;
        factor.ctau0 = checked("ctau0");
        factor.ctau0_unit = unit_of(entry.at("ctau0"));
        factor.beta_gamma = checked("beta_gamma");
        if (const auto column = entry.find("beta_gamma_column")) factor.beta_gamma_column = read_column_name(*column);
        for (const auto& segment : entry.at("segments").items()) {
          segment.allow_only({"entry", "length"});
          factor.segments.push_back({read_column_name(segment.at("entry")), read_column_name(segment.at("length"))});
        }
        if (factor.segments.empty()) entry.at("segments").fail("expected at least one segment");
      }
      card_.weight.push_back(std::move(factor));
    }
    if (card_.weight.empty()) root_.at("weight").fail("expected at least one factor");
  }

  /// The unit of a quantity named alone: that is what makes it comparable with the unit of a column.
  std::string unit_of(const JsonReader& reader) const {
    const std::string name = reader.text();
    if (const Parameter* parameter = card_.find_parameter(name)) return parameter->unit;
    for (const auto& derived : card_.derived) {
      if (derived.name == name) return derived.unit;
    }
    reader.fail("expected the name of a derived quantity or of a parameter, whose unit is known");
  }

  void read_channels() {
    std::set<std::string> bin_names;
    for (const auto& [channel, entry] : root_.at("channels").fields()) {
      entry.allow_only({"label", "bins"});
      if (const auto label = entry.find("label")) label->text();
      for (const auto& bin_entry : entry.at("bins").items()) {
        bin_entry.allow_only({"name", "observed", "source", "backgrounds"});
        BinSpecification bin;
        bin.channel = channel;
        bin.name = bin_entry.at("name").text();
        if (!bin_names.insert(bin.name).second) bin_entry.at("name").fail("expected a name no other bin has");
        bin.observed = static_cast<double>(bin_entry.at("observed").whole_number());
        for (const auto& [name, background] : bin_entry.at("backgrounds").fields()) {
          background.allow_only({"expected", "label"});
          if (name == "signal") background.fail("expected another name: \"signal\" stands for the signal");
          bin.backgrounds.push_back({name, background.at("expected").non_negative_number()});
        }
        card_.bins.push_back(std::move(bin));
      }
    }
    // All events enter the bin: what would tell bins apart is not part of the format yet.
    if (card_.bins.size() != 1) root_.at("channels").fail("expected exactly one bin");
  }

  void read_systematics() {
    std::vector<std::string> components = {"signal"};
    for (const auto& bin : card_.bins) {
      for (const auto& background : bin.backgrounds) components.push_back(background.name);
    }
    const auto systematics = root_.find("systematics");
    if (!systematics) return;
    std::set<std::string> taken;
    for (const auto& entry : systematics->items()) {
      entry.allow_only({"name", "label", "on", "relative", "statistical", "source"});
      SystematicSpecification systematic;
      systematic.name = entry.at("name").text();
      if (!taken.insert(systematic.name).second) entry.at("name").fail("expected a name no other systematic has");
      for (const auto& component : entry.at("on").items()) systematic.on.push_back(component.one_of(components));
      if (systematic.on.empty()) entry.at("on").fail("expected at least one component");
      // A number of percent would be a plausible mistake.
      systematic.relative = entry.at("relative").number_in(0, 10, "a fraction from 0 to 10 (0.3 is 30 %)");
      if (const auto statistical = entry.find("statistical")) systematic.statistical = statistical->boolean();
      card_.systematics.push_back(std::move(systematic));
    }
  }

  void read_limit_settings(const JsonReader& reader, LimitSettings& settings) {
    if (const auto on = reader.find("on")) settings.on = known_parameter(on->text(), *on).name;
    if (const auto versus = reader.find("versus")) {
      settings.versus = known_parameter(versus->text(), *versus).name;
      if (settings.versus == settings.on) versus->fail("expected another parameter than \"on\"");
    }
    if (const auto level = reader.find("level")) settings.level = read_level(*level);
    if (const auto method = reader.find("method")) settings.method = method->text();
    if (const auto constraint = reader.find("constraint")) {
      static const std::vector<std::string> constraints = {"gaussian", "truncated", "lognormal"};
      settings.constraint = constraint->one_of(constraints);
    }
  }

  double read_level(const JsonReader& reader) const {
    const double level = reader.number();
    if (!(level > 0 && level < 1)) reader.fail("expected a number between 0 and 1, found " + reader.json().dump());
    return level;
  }

  void read_limits() {
    const JsonReader limits = root_.at("limits");
    limits.allow_only({"on", "versus", "level", "method", "constraint", "why", "published"});
    for (const char* field : {"on", "versus", "level", "method", "constraint"}) limits.at(field);
    read_limit_settings(limits, card_.limits);
    if (const auto why = limits.find("why")) why->text();
    if (const auto published = limits.find("published")) read_published(*published);
  }

  void read_published(const JsonReader& reader) {
    reader.allow_only({"source", "on", "versus", "level", "points"});
    PublishedLimits published;
    published.source = reader.at("source").text();
    published.on = known_parameter(reader.at("on").text(), reader.at("on")).name;
    published.versus = known_parameter(reader.at("versus").text(), reader.at("versus")).name;
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
        for (const auto& [switch_name, value] : switches->fields()) {
          const auto known = std::any_of(card_.switches.begin(), card_.switches.end(),
                                         [&, wanted = switch_name](const NamedNumber& s) { return s.name == wanted; });
          if (!known) value.fail("is not a switch of this card");
          variant.switches[switch_name] = value.number();
        }
      }
      if (const auto limits = entry.find("limits")) {
        limits->allow_only({"level", "method", "constraint"});
        read_limit_settings(*limits, variant.limits);
      }
      card_.variants[name] = std::move(variant);
    }
    if (!card_.variants.contains("physics")) variants.fail("expected a variant named \"physics\", the default");
  }

  void read_projections() {
    const auto projections = root_.find("projections");
    if (!projections) return;
    for (const auto& [name, entry] : projections->fields()) {
      entry.allow_only({"label", "exposure_scale"});
      entry.at("label").text();
      card_.projections[name] = entry.at("exposure_scale").positive_number();
    }
  }

  void read_overlays() {
    const auto overlays = root_.find("overlays");
    if (!overlays) return;
    static const std::vector<std::string> kinds = {"published", "digitised", "recast"};
    static const std::vector<std::string> regions = {"line", "above", "inside", "points"};
    for (const auto& [name, entry] : overlays->fields()) {
      entry.allow_only(
          {"label", "x", "y", "function", "curves", "kind", "level", "level_source", "region", "citation", "how"});
      for (const char* field : {"label", "citation", "how"}) entry.at(field).text();
      entry.at("kind").one_of(kinds);
      entry.at("region").one_of(regions);
      if (const auto level = entry.find("level")) read_level(*level);
      Overlay overlay;
      overlay.name = name;
      overlay.x = known_parameter(entry.at("x").text(), entry.at("x")).name;
      overlay.y = known_parameter(entry.at("y").text(), entry.at("y")).name;
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

  void check_presets() const {
    const auto presets = root_.find("presets");
    if (!presets) return;
    for (const auto& [name, entry] : presets->fields()) {
      entry.allow_only({"label", "on", "versus", "series", "set", "axes", "bands", "overlays"});
      entry.at("label").text();
      known_parameter(entry.at("on").text(), entry.at("on"));
      known_parameter(entry.at("versus").text(), entry.at("versus"));
      if (const auto series = entry.find("series")) {
        series->allow_only({"parameter", "values"});
        const Parameter& parameter = known_parameter(series->at("parameter").text(), series->at("parameter"));
        for (const auto& value : series->at("values").items()) {
          value.number_in(parameter.low, parameter.high, "a value inside the range of " + parameter.name);
        }
      }
      const JsonReader axes = entry.at("axes");
      axes.allow_only({"x", "y"});
      check_axis(axes.at("x"));
      check_axis(axes.at("y"));
      if (const auto bands = entry.find("bands")) bands->boolean();
      if (const auto overlays = entry.find("overlays")) {
        for (const auto& overlay : overlays->items()) {
          if (!overlay_names_.contains(overlay.text())) overlay.fail("is not an overlay of this card");
        }
      }
    }
  }

  Card& card_;
  const JsonReader& root_;
  std::map<std::string, std::string> names_;  // name -> where it is defined
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
