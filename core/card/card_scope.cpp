// Names, columns and expressions of a card while it is read.
#include "core/card/card_scope.hpp"

#include <algorithm>

namespace anyslice {

std::pair<double, double> read_range(const JsonReader& reader) {
  const auto ends = reader.numbers();
  if (ends.size() != 2 || !(ends[0] < ends[1])) reader.fail("expected [low, high] with low < high");
  return {ends[0], ends[1]};
}

Scale read_scale(const JsonReader& reader) {
  static const std::vector<std::string> names = {"lin", "log"};
  return reader.one_of(names) == "log" ? Scale::log : Scale::linear;
}

void CardScope::claim_name(const std::string& name, const JsonReader& where) {
  if (!is_valid_name(name)) where.fail("expected a name of letters, digits and underscores");
  if (is_reserved_name(name)) where.fail("expected another name: this one belongs to the expression language");
  if (const auto [taken, is_new] = names_.insert({name, where.path()}); !is_new) {
    where.fail("expected a name that is not taken: " + taken->second + " has it");
  }
}

const Parameter& CardScope::known_parameter(const std::string& name, const JsonReader& where) const {
  if (const Parameter* parameter = card_.find_parameter(name)) return *parameter;
  std::vector<std::string> names;
  for (const auto& parameter : card_.parameters) names.push_back(parameter.name);
  where.fail("expected a parameter of this card (" + join_choices(names) + "), found \"" + name + "\"");
}

bool CardScope::is_fixed(const std::string& name) const {
  const auto has = [&](const std::vector<NamedNumber>& numbers) {
    return std::any_of(numbers.begin(), numbers.end(), [&](const NamedNumber& number) { return number.name == name; });
  };
  return has(card_.constants) || has(card_.switches);
}

void CardScope::check_names(const Expression& expression, const JsonReader& where, ExpressionScope scope) const {
  for (const auto& name : expression.names()) {
    if (!names_.contains(name)) where.fail("uses \"" + name + "\", which this card does not define");
    if (card_.functions.contains(name)) where.fail("uses the function \"" + name + "\" without an argument");
    const bool is_parameter = card_.find_parameter(name) != nullptr;
    if (scope == ExpressionScope::fixed && !is_fixed(name)) {
      where.fail("uses \"" + name + "\": expected constants and switches only");
    }
    if (scope == ExpressionScope::parameters && !is_fixed(name) && !is_parameter) {
      where.fail("uses \"" + name + "\": expected constants, switches and parameters only");
    }
  }
  for (const auto& name : expression.functions()) {
    if (!card_.functions.contains(name)) where.fail("calls \"" + name + "\", which is not a function of this card");
  }
  if (!expression.columns().empty() && scope != ExpressionScope::row) {
    where.fail("uses event." + *expression.columns().begin() + ", but it is not evaluated event by event");
  }
  for (const auto& column : expression.columns()) {
    const auto& known = card_.tables.front().columns;
    if (std::find(known.begin(), known.end(), column) == known.end()) {
      where.fail("uses event." + column + ", which is not among the columns of the card's table");
    }
  }
}

Expression CardScope::expression(const JsonReader& reader, ExpressionScope scope) const {
  Expression result = Expression::parse(reader.text(), reader.source(), reader.path());
  check_names(result, reader, scope);
  return result;
}

std::optional<Expression> CardScope::optional_expression(const JsonReader& parent, const std::string& field,
                                                         ExpressionScope scope) const {
  const auto found = parent.find(field);
  if (!found) return std::nullopt;
  return expression(*found, scope);
}

std::string CardScope::column_name(const JsonReader& reader) const {
  return reader.one_of(card_.tables.front().columns);
}

RowCondition CardScope::condition(const std::string& column, const JsonReader& list) const {
  RowCondition result;
  result.column = column;
  for (const auto& item : list.items()) {
    if (item.json().is_string())
      result.labels.push_back(item.text());
    else
      result.values.push_back(item.number());
  }
  if (result.labels.empty() && result.values.empty()) list.fail("expected at least one label or number");
  return result;
}

std::vector<RowCondition> CardScope::conditions(const JsonReader& reader) const {
  std::vector<RowCondition> result;
  for (const auto& [column, list] : reader.fields()) {
    const auto& known = card_.tables.front().columns;
    if (std::find(known.begin(), known.end(), column) == known.end()) {
      list.fail("is not among the columns of the card's table");
    }
    result.push_back(condition(column, list));
  }
  return result;
}

std::string CardScope::unit_of(const JsonReader& reader) const {
  const std::string name = reader.text();
  if (const Parameter* parameter = card_.find_parameter(name)) return parameter->unit;
  for (const auto& derived : card_.derived) {
    if (derived.name == name) return derived.unit;
  }
  reader.fail("expected the name of a derived quantity or of a parameter, whose unit is known");
}

}  // namespace anyslice
