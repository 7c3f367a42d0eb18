// Limits, contours and maps of limits as tables of HEPData.
#include "core/api/hepdata_tables.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "core/api/statistics_json.hpp"

namespace anyslice::api {
namespace {

/// Rounds every number that is not whole to seven significant digits: more than any result here holds, and none of the
/// noise of binary fractions (20.000000000000004).
void round_numbers(Json& value) {
  if (value.is_structured()) {
    for (auto& item : value) round_numbers(item);
  } else if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.7g", value.get<double>());
    value = std::strtod(text, nullptr);
  }
}

/// A value of a table, "-" where there is none, as HEPData writes it.
Json value_json(const Json& value) { return {{"value", value.is_number() ? value : Json("-")}}; }

/// What the card says of a parameter. Results may name any parameter of their card.
class Axis {
 public:
  Axis(const Card& card, const JsonReader& name) : parameter_(card.find_parameter(name.text())) {
    if (parameter_ == nullptr) name.fail("expected a parameter of " + card.name);
    const Json& entry = card.document["parameters"][parameter_->name];
    label_ = entry["label"].get<std::string>();
    symbol_ = entry["symbol"]["text"].get<std::string>();
    if (const auto latex = entry["symbol"].find("latex"); latex != entry["symbol"].end())
      symbol_.assign(1, '$').append(latex->get<std::string>()).append(1, '$');
  }

  const std::string& name() const { return parameter_->name; }
  const std::string& symbol() const { return symbol_; }

  /// {name, units} of a column; `prefix` stands before the symbol, without one the parameter's label does.
  Json header(const std::string& prefix = {}) const {
    Json result = {{"name", prefix.empty() ? symbol_ + ", " + label_ : prefix + " " + symbol_}};
    if (parameter_->unit != "1") result["units"] = parameter_->unit;
    return result;
  }

  /// A value of it as a qualifier of a column.
  Json qualifier(const Json& value) const {
    Json result = {{"name", symbol_}, {"value", value}};
    if (parameter_->unit != "1") result["units"] = parameter_->unit;
    return result;
  }

 private:
  const Parameter* parameter_;
  std::string symbol_, label_;
};

/// What is the same for all columns of one result.
struct Common {
  const Card& card;
  JsonReader answer;
  std::optional<JsonReader> setting;  ///< the request, where it is given
  std::string label;                  ///< to be appended to the names of tables
};

/// A field that the request has and that answers do not all repeat.
std::optional<JsonReader> setting_field(const Common& common, const std::string& field) {
  if (common.setting) {
    if (auto found = common.setting->find(field)) return found;
  }
  return common.answer.find(field);
}

double exposure_scale(const Common& common) {
  const auto scale = common.answer.find("exposure_scale");
  return scale ? scale->number() : 1;
}

/// The value of every parameter but those in `moving`.
Json fixed_parameters(const Common& common, const std::vector<std::string>& moving) {
  Json qualifiers = Json::array();
  const JsonReader set = common.answer.at("set");
  const auto is_moving = [&](const std::string& name) {
    return std::find(moving.begin(), moving.end(), name) != moving.end();
  };
  const auto value_of = [&](const Parameter& parameter) -> Json {
    if (const auto given = set.find(parameter.name)) return given->number();
    return parameter.default_value;
  };
  for (const auto& parameter : common.card.parameters) {
    if (is_moving(parameter.name)) continue;
    const Json text = parameter.name;
    const Axis axis(common.card, JsonReader(text, set.source(), set.path()));
    if (parameter.follows.empty() || set.has(parameter.name)) {
      qualifiers.push_back(axis.qualifier(value_of(parameter)));
    } else if (is_moving(parameter.follows)) {
      const Json followed = parameter.follows;
      qualifiers.push_back(
          {{"name", axis.symbol()},
           {"value", "= " + Axis(common.card, JsonReader(followed, set.source(), set.path())).symbol()}});
    } else {
      qualifiers.push_back(axis.qualifier(value_of(*common.card.find_parameter(parameter.follows))));
    }
  }
  return qualifiers;
}

/// Whether the result is a preview on a coarse grid, as only contours are.
bool is_coarse(const Common& common) {
  const auto resolution = common.answer.find("resolution");
  return resolution && resolution->text() == "coarse";
}

/// What holds for all columns of a result: level, construction, choices and the parameters that are fixed.
Json shared_qualifiers(const Common& common, std::vector<std::string> moving) {
  const JsonReader& result = common.answer;
  Json qualifiers = Json::array();
  const auto add = [&](const std::string& name, const Json& value) {
    qualifiers.push_back({{"name", name}, {"value", value}});
  };
  add("Confidence level", result.at("cl").number());
  const std::string method = result.at("method").text();
  add("Method", method);
  if (const auto constraint = result.find("constraint")) {
    if (!constraint->text().empty() && method != "cls-exact" && !method.starts_with("delta-lnl"))
      add("Constraints", constraint->text());
  }
  add("Variant", result.at("variant").text());
  for (const auto& [field, name] : {std::pair("projection", "Projection"), std::pair("part", "Part of the events")}) {
    if (const auto text = setting_field(common, field)) add(name, text->text());
  }
  if (is_coarse(common)) add("Resolution", "coarse");
  if (const auto profile = result.find("profile")) {
    add("Profiled over", profile->text());
    moving.push_back(profile->text());
  }
  if (const auto channels = setting_field(common, "channels")) {
    for (const auto& channel : channels->texts()) add("Channel", channel);
  }
  if (exposure_scale(common) != 1) add("Exposure scale", exposure_scale(common));
  for (const auto& [field, name] : {std::pair("switches", "Switch "), std::pair("bandwidth", "Kernel bandwidth ")}) {
    if (const auto values = setting_field(common, field)) {
      for (const auto& [key, value] : values->fields()) add(name + key, value.number());
    }
  }
  for (auto& parameter : fixed_parameters(common, moving)) qualifiers.push_back(std::move(parameter));
  return qualifiers;
}

/// A column of dependent values; `first` stands before the qualifiers that all columns share.
Json column(Json header, const std::string& limit, const Json& shared, Json values) {
  Json qualifiers = Json::array();
  if (!limit.empty()) qualifiers.push_back({{"name", "Limit"}, {"value", limit}});
  for (const auto& qualifier : shared) qualifiers.push_back(qualifier);
  return {{"header", std::move(header)}, {"qualifiers", std::move(qualifiers)}, {"values", std::move(values)}};
}

std::string band_name(const std::string& band) {
  return band == "0" ? "Expected (median)" : "Expected (" + band + " s.d.)";
}

/// Whether the counts behind the edges are those of the data: not so at another exposure, and in a projection that
/// has counts of its own.
bool is_observed(const Common& common) {
  if (exposure_scale(common) != 1) return false;
  const auto name = common.setting ? common.setting->find("projection") : std::nullopt;
  if (!name || name->text().empty()) return true;
  const Json& document = common.card.document;
  return !document.contains("projections") || !document["projections"].contains(name->text()) ||
         !document["projections"][name->text()].contains("counts");
}

/// Where the construction has none (-ln L of the data), a column for each band would be empty.
bool has_bands(const JsonReader& result) { return result.has("signal_limits"); }

void append_limit(std::vector<HepdataTable>& tables, const Common& common) {
  const Card& card = common.card;
  const JsonReader& limit = common.answer;
  const std::string& label = common.label;
  const Axis on(card, limit.at("on")), versus(card, limit.at("versus"));
  const auto points = limit.at("points").items();
  const Json shared = shared_qualifiers(common, {on.name(), versus.name()});
  const std::string counts = is_observed(common) ? "Observed" : "Expected without signal";
  Json axis = Json::array();
  std::size_t intervals = 1;
  for (const auto& point : points) {
    axis.push_back({{"value", point.at(versus.name()).number()}});
    intervals = std::max(intervals, point.at("excluded").items().size());
  }
  Json columns = Json::array();
  if (is_observed(common) || !has_bands(limit)) {
    for (std::size_t i = 0; i < intervals; ++i) {
      Json lower = Json::array(), upper = Json::array();
      for (const auto& point : points) {
        const Json& excluded = point.at("excluded").json();
        const bool exists = i < excluded.size();
        if (exists && excluded[i].size() != 2) point.at("excluded").fail("expected pairs [low, high]");
        Json edge = value_json(i == 0 ? point.json().value("observed", Json()) : exists ? excluded[i][0] : Json());
        if (const auto error = point.find("mc_error"); i == 0 && error && error->number() > 0 && edge["value"] != "-") {
          edge["errors"] = Json::array({{{"symerror", error->number()}, {"label", "Monte Carlo statistics"}}});
        }
        lower.push_back(std::move(edge));
        upper.push_back(value_json(exists ? excluded[i][1] : Json()));
      }
      const std::string which = i == 0 ? "" : ", interval " + std::to_string(i + 1);
      columns.push_back(column(on.header(counts + (i == 0 ? " limit on" : " lower edge" + which + ", of")), counts,
                               shared, std::move(lower)));
      columns.push_back(column(on.header(counts + " upper edge of the exclusion" + which + ", of"),
                               counts + ", upper edge", shared, std::move(upper)));
    }
  }
  if (has_bands(limit)) {
    for (const auto& band : kBandNames) {
      Json values = Json::array();
      for (const auto& point : points) values.push_back(value_json(point.at("expected").json().value(band, Json())));
      columns.push_back(column(on.header(band_name(band) + " limit on"), band_name(band), shared, std::move(values)));
    }
  }
  tables.push_back(
      {"Limit on " + on.name() + " versus " + versus.name() + label,
       "Limit on " + on.symbol() + " at each value of " + versus.symbol() + ". " + on.symbol() +
           " is excluded from the limit up to the upper edge; \"-\" as an upper edge is the end of the range of the "
           "parameter, as a limit that there is none.",
       {{"independent_variables", Json::array({{{"header", versus.header()}, {"values", std::move(axis)}}})},
        {"dependent_variables", std::move(columns)}}});
}

/// Lines as points in order, with the number of the line each belongs to.
Json lines_data(const Axis& x, const Axis& y, const JsonReader& lines, const char* number_name, const Json& shared) {
  Json xs = Json::array(), ys = Json::array(), numbers = Json::array();
  int number = 0;
  for (const auto& line : lines.items()) {
    ++number;
    for (const auto& point : line.items()) {
      const auto place = point.numbers();
      if (place.size() != 2) point.fail("expected [x, y]");
      xs.push_back({{"value", place[0]}});
      ys.push_back({{"value", place[1]}});
      numbers.push_back({{"value", number}});
    }
  }
  return {{"independent_variables", Json::array({{{"header", x.header()}, {"values", std::move(xs)}}})},
          {"dependent_variables", Json::array({column(y.header(), "", shared, std::move(ys)),
                                               column({{"name", number_name}}, "", shared, std::move(numbers))})}};
}

void append_regions(Json& data, const JsonReader& regions, const char* status) {
  for (const auto& rectangle : regions.items()) {
    const auto ends = rectangle.numbers();
    if (ends.size() != 4) rectangle.fail("expected [x0, y0, x1, y1]");
    for (std::size_t axis = 0; axis < 2; ++axis) {
      data["independent_variables"][axis]["values"].push_back({{"low", ends[axis]}, {"high", ends[axis + 2]}});
    }
    data["dependent_variables"][0]["values"].push_back({{"value", status}});
  }
}

void append_contour(std::vector<HepdataTable>& tables, const Common& common) {
  const Card& card = common.card;
  const JsonReader& contour = common.answer;
  const std::string& label = common.label;
  const Axis x(card, contour.at("x")), y(card, contour.at("y"));
  const Json shared = shared_qualifiers(common, {x.name(), y.name()});
  const std::string plane = x.name() + " " + y.name() + label;
  const std::string preview = is_coarse(common) ? " This is a preview on a coarse grid, not computed to its end." : "";
  const auto rings = [&](const JsonReader& lines, const std::string& name, const std::string& what) {
    tables.push_back({name + " " + plane,
                      what + " in the plane of " + x.symbol() + " and " + y.symbol() +
                          (lines.items().empty() ? ": there is none."
                                                 : ": closed rings as points in order, excluded inside by the even-odd "
                                                   "rule. They end at the frame and where nothing is known.") +
                          preview,
                      lines_data(x, y, lines, "Ring", shared)});
  };
  rings(contour.at("rings"), "Exclusion", "Excluded region");
  if (const auto edges = contour.find("edges"); edges && !edges->items().empty()) {
    tables.push_back({"Limit " + plane,
                      "The lines of the excluded region that are the limit itself, without the parts along the frame "
                      "and along what is not known." +
                          preview,
                      lines_data(x, y, *edges, "Line", shared)});
  }
  if (const auto band = contour.find("band")) {
    for (const auto& [shift, lines] : band->fields()) {
      rings(lines.at("rings"), "Exclusion (" + shift + " MC error)",
            "Excluded region with the prediction moved by " + shift + " Monte Carlo error");
    }
  }
  Json regions = {{"independent_variables", Json::array({{{"header", x.header()}, {"values", Json::array()}},
                                                         {{"header", y.header()}, {"values", Json::array()}}})},
                  {"dependent_variables", Json::array({column({{"name", "Status"}}, "", shared, Json::array())})}};
  append_regions(regions, contour.at("masked"), "too few events, or a kernel whose bias may be large");
  append_regions(regions, contour.at("outside"), "no prediction");
  if (!regions["dependent_variables"][0]["values"].empty()) {
    tables.push_back({"Nothing said " + plane, "Rectangles of the plane about which nothing is said." + preview,
                      std::move(regions)});
  }
}

void append_map(std::vector<HepdataTable>& tables, const Common& common) {
  const Card& card = common.card;
  const JsonReader& map = common.answer;
  const std::string& label = common.label;
  const Axis on(card, map.at("on"));
  const Axis x(card, map.at("x").at("parameter")), y(card, map.at("y").at("parameter"));
  const auto xs = map.at("x").at("values").numbers(), ys = map.at("y").at("values").numbers();
  const Json shared = shared_qualifiers(common, {on.name(), x.name(), y.name()});
  Json x_values = Json::array(), y_values = Json::array();
  for (const double at_y : ys) {
    for (const double at_x : xs) {
      x_values.push_back({{"value", at_x}});
      y_values.push_back({{"value", at_y}});
    }
  }
  const auto flat = [&](const JsonReader& rows) {
    Json values = Json::array();
    const auto all = rows.items();
    if (all.size() != ys.size()) rows.fail("expected a row for each value of y");
    for (const auto& row : all) {
      if (row.json().size() != xs.size()) row.fail("expected a value for each value of x");
      for (const auto& value : row.json()) values.push_back(value_json(value));
    }
    return values;
  };
  Json columns = Json::array();
  if (is_observed(common) || !has_bands(map)) {
    const std::string counts = is_observed(common) ? "Observed" : "Expected without signal";
    columns.push_back(column(on.header(counts + " limit on"), counts, shared, flat(map.at("observed"))));
  }
  if (has_bands(map)) {
    for (const auto& band : kBandNames) {
      columns.push_back(
          column(on.header(band_name(band) + " limit on"), band_name(band), shared, flat(map.at("expected").at(band))));
    }
  }
  tables.push_back(
      {"Limit on " + on.name() + " over " + x.name() + " " + y.name() + label,
       "Limit on " + on.symbol() + " at each point of the plane of " + x.symbol() + " and " + y.symbol() +
           "; \"-\" where there is none.",
       {{"independent_variables", Json::array({{{"header", x.header()}, {"values", std::move(x_values)}},
                                               {{"header", y.header()}, {"values", std::move(y_values)}}})},
        {"dependent_variables", std::move(columns)}}});
}

}  // namespace

void append_hepdata_tables(std::vector<HepdataTable>& tables, const Card& card, const JsonReader& result) {
  result.allow_only({"limit", "contour", "map", "label", "setting"});
  const auto label_text = result.find("label");
  const std::string label = label_text && !label_text->text().empty() ? ", " + label_text->text() : "";
  int kinds = 0;
  for (const auto& [kind, append] :
       {std::pair("limit", &append_limit), std::pair("contour", &append_contour), std::pair("map", &append_map)}) {
    const auto answer = result.find(kind);
    if (!answer) continue;
    ++kinds;
    if (const std::string name = answer->at("card").text(); name != card.name) {
      answer->at("card").fail("expected a result of " + card.name + ", found one of " + name);
    }
    const std::size_t earlier = tables.size();
    append(tables, {card, *answer, result.find("setting"), label});
    for (std::size_t i = earlier; i < tables.size(); ++i) round_numbers(tables[i].data);
  }
  if (kinds != 1) result.fail("expected one of limit, contour and map");
}

}  // namespace anyslice::api
