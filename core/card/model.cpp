// Evaluation of a card's expressions.
#include "core/card/model.hpp"

#include <cmath>
#include <sstream>

namespace anyslice {

Model::Model(Card card) : card_(std::move(card)) {
  const auto add = [&](const std::string& name) { slot_of_.emplace(name, slot_of_.size()); };
  for (const auto& constant : card_.constants) add(constant.name);
  for (const auto& number : card_.switches) add(number.name);
  for (const auto& parameter : card_.parameters) add(parameter.name);
  first_derived_ = slot_of_.size();
  for (const auto& derived : card_.derived) add(derived.name);

  for (auto& derived : card_.derived) bind(derived.expression);
  for (auto& factor : card_.weight) {
    for (auto* expression : {&factor.expression, &factor.ctau0, &factor.beta_gamma}) {
      if (*expression) bind(**expression);
    }
  }
}

void Model::bind(Expression& expression) {
  expression.bind([&](const std::string& name) { return slot_of_.at(name); },
                  [&](const std::string& name) { return &card_.functions.at(name); });
}

const Variant& Model::variant(const std::string& name, const std::string& source) const {
  const auto found = card_.variants.find(name);
  if (found == card_.variants.end()) {
    std::vector<std::string> names;
    for (const auto& [known, variant] : card_.variants) names.push_back(known);
    throw InputError(source, "variant", "expected " + join_choices(names) + ", found \"" + name + "\"");
  }
  return found->second;
}

std::vector<double> Model::initial_slots(const std::string& variant_name) const {
  std::vector<double> slots(slot_of_.size());
  std::size_t next = 0;
  for (const auto& constant : card_.constants) slots[next++] = constant.value;
  const auto& changed = variant(variant_name, card_.source).switches;
  for (const auto& number : card_.switches) {
    const auto found = changed.find(number.name);
    slots[next++] = found == changed.end() ? number.value : found->second;
  }
  for (const auto& parameter : card_.parameters) slots[next++] = parameter.default_value;
  return slots;
}

void Model::set_parameter(std::vector<double>& slots, const std::string& name, double value,
                          const std::string& source) const {
  const Parameter* parameter = card_.find_parameter(name);
  if (parameter == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : card_.parameters) names.push_back(known.name);
    throw InputError(source, name, "is not a parameter of " + card_.name + "; expected " + join_choices(names));
  }
  if (!(value >= parameter->low && value <= parameter->high)) {
    std::ostringstream message;
    message << "expected a value from " << parameter->low << " to " << parameter->high
            << (parameter->unit == "1" ? "" : " " + parameter->unit) << ", found " << value;
    throw InputError(source, name, message.str());
  }
  slots[slot_of_.at(name)] = value;
}

void Model::evaluate_derived(std::vector<double>& slots) const {
  std::size_t next = first_derived_;
  for (const auto& derived : card_.derived) slots[next++] = derived.expression.evaluate(slots);
}

std::vector<double> Model::slots_at(const Point& point, const std::string& variant_name,
                                    const std::string& source) const {
  std::vector<double> slots = initial_slots(variant_name);
  for (const auto& [name, value] : point) set_parameter(slots, name, value, source);
  evaluate_derived(slots);
  return slots;
}

std::string Model::why_undefined(const Expression& expression, std::span<const double> slots) const {
  for (const auto& derived : card_.derived) {
    if (!std::isnan(slots[slot_of_.at(derived.name)])) continue;
    if (const std::string problem = derived.expression.why_undefined(slots); !problem.empty()) return problem;
  }
  return expression.why_undefined(slots);
}

std::set<std::string> Model::parameters_of(const Expression& expression) const {
  std::set<std::string> names = expression.names();
  // Each derived quantity comes after those it uses, so one pass from the last to the first reaches everything.
  for (auto derived = card_.derived.rbegin(); derived != card_.derived.rend(); ++derived) {
    if (names.contains(derived->name))
      names.insert(derived->expression.names().begin(), derived->expression.names().end());
  }
  std::set<std::string> result;
  for (const auto& parameter : card_.parameters) {
    if (names.contains(parameter.name)) result.insert(parameter.name);
  }
  return result;
}

}  // namespace anyslice
