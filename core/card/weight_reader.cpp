// Reads what makes the weight of an event: tables, factors, tabulated rates and totals.
#include <algorithm>

#include "core/card/card_scope.hpp"
#include "core/card/kernel_names.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

class WeightReader {
 public:
  WeightReader(const CardScope& scope, const JsonReader& root) : scope_(scope), card_(scope.card()), root_(root) {}

  void run() {
    read_tables();
    read_rates();
    read_factors();
    read_totals();
  }

 private:
  void read_tables() {
    for (const auto& [name, entry] : root_.at("tables").fields())
      card_.tables.push_back(read_table_reference(name, entry));
    if (card_.tables.size() != 1) root_.at("tables").fail("expected exactly one table");
  }

  void read_rates() {
    const auto rates = root_.find("rates");
    if (!rates) return;
    for (const auto& [name, entry] : rates->fields()) {
      entry.allow_only({"label", "source", "table", "groups", "axes", "product"});
      for (const char* field : {"label", "source"}) {
        if (const auto text = entry.find(field)) text->text();
      }
      RateSpecification rate;
      rate.name = name;
      const std::vector<std::string> tables = {card_.tables.front().name};
      if (const auto table = entry.find("table")) table->one_of(tables);
      for (const auto& [column, list] : entry.at("groups").fields()) {
        const JsonReader column_reader = list;
        if (const auto& known = card_.tables.front().columns;
            std::find(known.begin(), known.end(), column) == known.end()) {
          column_reader.fail("is not among the columns of the card's table");
        }
        rate.groups.emplace_back(column, list.text());
      }
      for (const auto& [axis, values] : entry.at("axes").fields()) rate.axes.push_back(rate_axis(axis, values));
      if (rate.axes.empty() || rate.axes.front().is_target_over_row) {
        entry.at("axes").fail("expected a parameter first");
      }
      if (std::count_if(rate.axes.begin(), rate.axes.end(),
                        [](const RateAxis& one) { return one.is_target_over_row; }) > 1) {
        entry.at("axes").fail("expected one axis of the target over a row at most");
      }
      for (const auto& pointer : entry.at("product").items()) {
        if (!pointer.text().starts_with("/")) pointer.fail("expected a JSON pointer, which begins with \"/\"");
        rate.product.push_back(pointer.text());
      }
      if (rate.product.empty()) entry.at("product").fail("expected at least one array");
      card_.rates.push_back(std::move(rate));
    }
  }

  RateAxis rate_axis(const std::string& name, const JsonReader& values) const {
    if (!values.json().is_object()) return {scope_.known_parameter(name, values).name, values.text(), false};
    values.allow_only({"target_over_row", "values"});
    if (card_.find_parameter(name) != nullptr) values.fail("has the name of a parameter: expected another");
    const JsonReader parameter = values.at("target_over_row");
    return {scope_.known_parameter(parameter.text(), parameter).name, values.at("values").text(), true};
  }

  std::string rate_name(const JsonReader& reader) const {
    std::vector<std::string> names;
    for (const auto& rate : card_.rates) names.push_back(rate.name);
    if (names.empty()) reader.fail("names a rate, but the card has no field \"rates\"");
    return reader.one_of(names);
  }

  void read_factors() {
    static const std::vector<std::string> kinds = {"column", "scale", "ratio", "select", "kernel", "decay"};
    int decays = 0, kernels = 0;
    for (const auto& entry : root_.at("weight").items()) {
      const std::string kind = entry.at("factor").one_of(kinds);
      FactorSpecification factor;
      if (kind == "column") {
        entry.allow_only({"factor", "column", "comment"});
        factor.column = scope_.column_name(entry.at("column"));
      } else if (kind == "scale") {
        entry.allow_only({"factor", "expression", "comment"});
        factor.kind = Kind::scale;
        factor.expression = scope_.expression(entry.at("expression"));
      } else if (kind == "ratio") {
        entry.allow_only({"factor", "expression", "when", "comment"});
        factor.kind = Kind::ratio;
        factor.expression = scope_.expression(entry.at("expression"), ExpressionScope::row);
        factor.when = scope_.optional_expression(entry, "when", ExpressionScope::fixed);
      } else if (kind == "select") {
        read_select(entry, factor);
      } else if (kind == "kernel") {
        if (++kernels > 1) entry.fail("expected at most one kernel factor");
        read_kernel(entry, factor);
      } else {
        if (++decays > 1) entry.fail("expected at most one decay factor");
        read_decay(entry, factor);
      }
      if (const auto comment = entry.find("comment")) comment->text();
      card_.weight.push_back(std::move(factor));
    }
    if (card_.weight.empty()) root_.at("weight").fail("expected at least one factor");
  }

  void read_select(const JsonReader& entry, FactorSpecification& factor) const {
    entry.allow_only({"factor", "expression", "column", "in", "not_in", "range", "when", "comment"});
    factor.kind = Kind::select;
    factor.when = scope_.optional_expression(entry, "when", ExpressionScope::fixed);
    const int ways = entry.has("expression") + entry.has("in") + entry.has("not_in") + entry.has("range");
    if (ways != 1) entry.fail("expected one of \"expression\", \"in\", \"not_in\" and \"range\"");
    if (entry.has("expression")) {
      if (entry.has("column")) entry.at("column").fail("belongs to \"in\", \"not_in\" or \"range\"");
      factor.expression = scope_.expression(entry.at("expression"), ExpressionScope::row);
      return;
    }
    factor.column = scope_.column_name(entry.at("column"));
    if (const auto range = entry.find("range")) {
      factor.range = read_range(*range);
      return;
    }
    factor.invert = entry.has("not_in");
    factor.condition = scope_.condition(factor.column, entry.at(factor.invert ? "not_in" : "in"));
  }

  void read_kernel(const JsonReader& entry, FactorSpecification& factor) const {
    entry.allow_only({"factor", "shape", "axes", "sampling_density", "inside", "trusted", "flatten", "comment"});
    factor.kind = Kind::kernel;
    factor.shape = read_kernel_shape(entry.at("shape"));
    for (const auto& item : entry.at("axes").items()) {
      item.allow_only({"column", "parameter", "distance", "bandwidth"});
      KernelAxis axis;
      axis.column = scope_.column_name(item.at("column"));
      const Parameter& parameter = scope_.known_parameter(item.at("parameter").text(), item.at("parameter"));
      axis.parameter = parameter.name;
      axis.distance = read_kernel_distance(item.at("distance"));
      if (axis.distance != KernelDistance::linear && !(parameter.low > 0)) {
        item.at("distance").fail("is a logarithm, but the range of " + parameter.name + " is not above 0");
      }
      axis.bandwidth = item.at("bandwidth").positive_number();
      for (const auto& other : factor.axes) {
        if (other.parameter == axis.parameter) item.at("parameter").fail("expected another parameter in each axis");
      }
      factor.axes.push_back(std::move(axis));
    }
    if (factor.axes.empty() || factor.axes.size() > 3) entry.at("axes").fail("expected one to three axes");
    factor.sampling_density = scope_.optional_expression(entry, "sampling_density", ExpressionScope::row);
    factor.inside = scope_.optional_expression(entry, "inside", ExpressionScope::parameters);
    factor.trusted = scope_.optional_expression(entry, "trusted", ExpressionScope::parameters);
    if (const auto flatten = entry.find("flatten")) {
      for (const auto& item : flatten->items()) read_flatten(item, factor);
    }
  }

  void read_flatten(const JsonReader& item, FactorSpecification& factor) const {
    item.allow_only({"rate", "vary", "at", "where", "when"});
    FlattenSpecification flatten;
    flatten.rate = rate_name(item.at("rate"));
    for (const auto& name : item.at("vary").items()) {
      bool is_axis = false;
      for (const auto& axis : factor.axes) is_axis = is_axis || axis.parameter == name.text();
      if (!is_axis) name.fail("expected a parameter of the kernel's axes");
      flatten.vary.push_back(name.text());
    }
    if (flatten.vary.empty()) item.at("vary").fail("expected at least one parameter");
    if (const auto at = item.find("at")) {
      for (const auto& [name, value] : at->fields()) {
        flatten.at[scope_.known_parameter(name, value).name] = value.number();
      }
    }
    for (const auto& rate : card_.rates) {
      if (rate.name != flatten.rate) continue;
      for (const auto& axis : rate.axes) {
        if (!axis.is_target_over_row) continue;
        const bool varies = std::find(flatten.vary.begin(), flatten.vary.end(), axis.parameter) != flatten.vary.end();
        if (!varies || flatten.at.contains(axis.parameter)) {
          item.at("rate").fail("has an axis of the target's " + axis.parameter + " over a row's: expected " +
                               axis.parameter + " in \"vary\" and not in \"at\"");
        }
      }
    }
    if (const auto where = item.find("where")) flatten.where = scope_.conditions(*where);
    flatten.when = scope_.optional_expression(item, "when", ExpressionScope::fixed);
    factor.flatten.push_back(std::move(flatten));
  }

  void read_decay(const JsonReader& entry, FactorSpecification& factor) const {
    entry.allow_only({"factor", "ctau0", "beta_gamma", "beta_gamma_column", "segments", "when", "comment"});
    factor.kind = Kind::decay;
    // Without a lifetime the card is another one, so no user may switch it off.
    factor.when = scope_.optional_expression(entry, "when", ExpressionScope::fixed);
    if (factor.when) {
      for (const auto& name : factor.when->names()) {
        const bool is_switch = std::any_of(card_.switches.begin(), card_.switches.end(),
                                           [&](const NamedNumber& number) { return number.name == name; });
        if (is_switch) entry.at("when").fail("uses the switch \"" + name + "\": expected constants only");
      }
    }
    factor.ctau0 = scope_.expression(entry.at("ctau0"));
    factor.ctau0_unit = scope_.unit_of(entry.at("ctau0"));
    factor.beta_gamma = scope_.expression(entry.at("beta_gamma"));
    if (const auto column = entry.find("beta_gamma_column")) factor.beta_gamma_column = scope_.column_name(*column);
    for (const auto& segment : entry.at("segments").items()) {
      segment.allow_only({"entry", "length"});
      SegmentColumns columns;
      if (const auto start = segment.find("entry")) columns.entry = scope_.column_name(*start);
      columns.length = scope_.column_name(segment.at("length"));
      factor.segments.push_back(std::move(columns));
    }
    if (factor.segments.empty()) entry.at("segments").fail("expected at least one segment");
  }

  void read_totals() {
    const auto totals = root_.find("totals");
    if (!totals) return;
    for (const auto& [name, entry] : totals->fields()) {
      entry.allow_only({"name", "label", "unit", "source", "rate", "when", "nuclei", "per", "leave_out", "scale"});
      TotalSpecification total;
      const auto shared = entry.find("name");
      total.name = shared ? shared->text() : name;
      total.label = entry.at("label").text();
      total.unit = entry.at("unit").text();
      if (const auto source = entry.find("source")) source->text();
      total.rate = rate_name(entry.at("rate"));
      total.when = scope_.optional_expression(entry, "when", ExpressionScope::fixed);
      if (const auto nuclei = entry.find("nuclei")) total.nuclei = nuclei->boolean();
      if (const auto per = entry.find("per")) {
        const auto columns = per->fields();
        if (columns.size() != 1) per->fail("expected one column");
        total.per_column = columns.front().first;
        bool is_group = false;
        for (const auto& rate : card_.rates) {
          for (const auto& [column, list] : rate.groups) {
            is_group = is_group || (rate.name == total.rate && column == total.per_column);
          }
        }
        if (!is_group) per->fail("expected a column that groups the rate \"" + total.rate + "\"");
        for (const auto& [label, expression] : columns.front().second.fields()) {
          total.per.emplace_back(label, scope_.expression(expression));
        }
      }
      if (const auto leave_out = entry.find("leave_out")) total.leave_out = scope_.conditions(*leave_out);
      total.scale = scope_.optional_expression(entry, "scale", ExpressionScope::model);
      card_.totals.push_back(std::move(total));
    }
  }

  const CardScope& scope_;
  Card& card_;
  const JsonReader& root_;
};

}  // namespace

TableReference read_table_reference(const std::string& name, const JsonReader& entry) {
  entry.allow_only({"url", "sha256", "recipe", "columns"});
  TableReference table;
  table.name = name;
  table.url = entry.at("url").text();
  table.sha256 = entry.at("sha256").text();
  if (table.sha256.size() != 64 || table.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    entry.at("sha256").fail("expected 64 lower-case hexadecimal digits");
  }
  if (const auto recipe = entry.find("recipe")) table.recipe = recipe->text();
  table.columns = entry.at("columns").texts();
  return table;
}

void read_weight_of_card(const CardScope& scope, const JsonReader& root) { WeightReader(scope, root).run(); }

}  // namespace anyslice
