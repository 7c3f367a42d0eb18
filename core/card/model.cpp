// Evaluation of a card's expressions.
#include "core/card/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/joined.hpp"

namespace anyslice {

Model::Model(Card card) : card_(std::move(card)) {
  const auto add = [&](const std::string& name) { slot_of_.emplace(name, slot_of_.size()); };
  for (const auto& constant : card_.constants) add(constant.name);
  for (const auto& number : card_.switches) add(number.name);
  for (const auto& parameter : card_.parameters) add(parameter.name);
  first_derived_ = slot_of_.size();
  for (const auto& derived : card_.derived) add(derived.name);

  for (const auto& parameter : card_.parameters) {
    if (!parameter.follows.empty()) followers_.emplace_back(slot(parameter.name), slot(parameter.follows));
  }

  for (auto& derived : card_.derived) bind(derived.expression);
  for (auto& parameter : card_.parameters) bind(parameter.lower_bound), bind(parameter.upper_bound);
  for (auto& factor : card_.weight) {
    for (auto* expression : {&factor.expression, &factor.when, &factor.ctau0, &factor.beta_gamma,
                             &factor.sampling_density, &factor.inside, &factor.trusted}) {
      bind(*expression);
    }
    for (auto& flatten : factor.flatten) bind(flatten.when);
  }
  for (auto& total : card_.totals) {
    bind(total.when), bind(total.scale);
    for (auto& [label, expression] : total.per) bind(expression);
  }
  for (auto& observable : card_.observables) bind(observable.expression);
  for (auto& channel : card_.channels) bind(channel.histogram);
  for (auto& bin : card_.bins) {
    bind(bin.scale);
    for (auto& background : bin.backgrounds) bind(background.expected);
  }
  if (card_.exposure) bind(card_.exposure->amount);
  if (card_.display) {
    for (auto& observable : card_.display->observables) bind(observable.expression);
    for (auto& ratio : card_.display->ratios) bind(ratio.scale);
    if (auto& interactions = card_.display->interactions) {
      bind(interactions->scale);
      for (auto& [name, expression] : interactions->parameters) bind(expression);
    }
  }
  drop_unused_decay();
}

void Model::drop_unused_decay() {
  std::vector<double> slots(slot_of_.size(), std::numeric_limits<double>::quiet_NaN());
  for (const auto& constant : card_.constants) slots[slot(constant.name)] = constant.value;
  std::erase_if(card_.weight, [&](const FactorSpecification& factor) {
    return factor.kind == FactorSpecification::Kind::decay && factor.when && factor.when->evaluate(slots) == 0;
  });
}

void Model::bind(std::optional<Expression>& expression) {
  if (expression) bind(*expression);
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

const Projection* Model::projection(const std::string& name, const std::string& source) const {
  if (name.empty()) return nullptr;
  const auto found = card_.projections.find(name);
  if (found != card_.projections.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [known, projection] : card_.projections) names.push_back(known);
  throw InputError(source, "projection",
                   names.empty() ? card_.name + " has no projections"
                                 : "expected " + join_choices(names) + ", found \"" + name + "\"");
}

std::vector<double> Model::initial_slots(const Setup& setup, const std::string& source) const {
  std::vector<double> slots(slot_of_.size());
  std::size_t next = 0;
  for (const auto& constant : card_.constants) slots[next++] = constant.value;
  for (const auto& number : card_.switches) slots[next++] = number.value;
  const auto change = [&](const std::map<std::string, double>& values) {
    for (const auto& [name, value] : values) slots[slot_of_.at(name)] = value;
  };
  change(variant(setup.variant, source).switches);
  if (const Projection* projected = projection(setup.projection, source)) change(projected->switches);
  for (const auto& [name, value] : setup.switches) {
    const bool known = std::any_of(card_.switches.begin(), card_.switches.end(),
                                   [&, wanted = name](const NamedNumber& number) { return number.name == wanted; });
    if (!known) {
      std::vector<std::string> names;
      for (const auto& number : card_.switches) names.push_back(number.name);
      throw InputError(source, "switches." + name,
                       "is not a switch of " + card_.name + (names.empty() ? "" : "; expected " + join_choices(names)));
    }
  }
  change(setup.switches);
  for (const auto& parameter : card_.parameters) slots[next++] = parameter.default_value;
  for (const auto& [follower, leader] : followers_) slots[follower] = std::numeric_limits<double>::quiet_NaN();
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
    const std::string unit = parameter->unit == "1" ? "" : " " + parameter->unit;
    throw InputError(
        source, name,
        joined("expected a value from ", parameter->low, " to ", parameter->high, unit, ", found ", value));
  }
  slots[slot_of_.at(name)] = value;
}

void Model::evaluate_derived(std::vector<double>& slots) const {
  for (const auto& [follower, leader] : followers_) {
    if (std::isnan(slots[follower])) slots[follower] = slots[leader];
  }
  std::size_t next = first_derived_;
  for (const auto& derived : card_.derived) slots[next++] = derived.expression.evaluate(slots);
}

void Model::evaluate_derived(PointSlots& points) const {
  for (const auto& [follower, leader] : followers_) {
    if (!points.varies(follower) && !std::isnan(points.at(follower, 0))) continue;
    std::vector<double> values(points.size());
    bool varies = points.varies(follower) || points.varies(leader);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double own = points.at(follower, i);
      values[i] = std::isnan(own) ? points.at(leader, i) : own;
    }
    points.set(follower, varies ? PointValues(std::move(values)) : PointValues(values.front()));
  }
  std::size_t next = first_derived_;
  for (const auto& derived : card_.derived) points.set(next++, points.evaluate(derived.expression));
}

std::vector<double> Model::slots_at(const Point& point, const Setup& setup, const std::string& source) const {
  std::vector<double> slots = initial_slots(setup, source);
  for (const auto& [name, value] : point) set_parameter(slots, name, value, source);
  evaluate_derived(slots);
  if (const Parameter* parameter = out_of_bounds(slots)) {
    const auto [low, high] = bounds(*parameter, slots);
    throw InputError(source, parameter->name,
                     joined("expected a value within its bounds at this point, ", low, " to ", high, ", found ",
                            slots[slot(parameter->name)]));
  }
  return slots;
}

namespace {

/// Whether a value lies beyond a bound on the side of its sign. Rounding is forgiven.
bool is_beyond(double value, double bound, double side) {
  constexpr double kRounding = 1e-9;
  return side * (value - bound) > kRounding * std::abs(bound);
}

}  // namespace

const Parameter* Model::out_of_bounds(std::span<const double> slots) const {
  for (const auto& parameter : card_.parameters) {
    const double value = slots[slot_of_.at(parameter.name)];
    const auto beyond = [&](const std::optional<Expression>& bound, double side) {
      return bound && is_beyond(value, bound->evaluate(slots), side);
    };
    if (beyond(parameter.lower_bound, -1) || beyond(parameter.upper_bound, 1)) return &parameter;
  }
  return nullptr;
}

std::vector<char> Model::are_within_bounds(const PointSlots& points) const {
  std::vector<char> result(points.size(), 1);
  for (const auto& parameter : card_.parameters) {
    const std::size_t slot = slot_of_.at(parameter.name);
    for (const auto& [bound, side] :
         {std::pair(&parameter.lower_bound, -1.0), std::pair(&parameter.upper_bound, 1.0)}) {
      if (!*bound) continue;
      const PointValues at = points.evaluate(**bound);
      for (std::size_t i = 0; i < result.size(); ++i) {
        if (is_beyond(points.at(slot, i), at[i], side)) result[i] = 0;
      }
    }
  }
  return result;
}

std::pair<double, double> Model::bounds(const Parameter& parameter, std::span<const double> slots) const {
  std::pair<double, double> range = {parameter.low, parameter.high};
  if (parameter.lower_bound) range.first = std::max(range.first, parameter.lower_bound->evaluate(slots));
  if (parameter.upper_bound) range.second = std::min(range.second, parameter.upper_bound->evaluate(slots));
  return range;
}

Model::Undefined Model::why_undefined(const Expression& expression, std::span<const double> slots) const {
  const std::set<std::string> used = names_behind(expression);
  // Each comes after those it uses, so the first one without a value is where it begins.
  for (const auto& derived : card_.derived) {
    if (!used.contains(derived.name) || !std::isnan(slots[slot_of_.at(derived.name)])) continue;
    const std::set<std::string> moving = parameters_of(derived.expression);
    std::string at;
    for (const auto& parameter : card_.parameters) {
      if (!moving.contains(parameter.name)) continue;
      at += joined(at.empty() ? " at " : ", ", parameter.name, " = ", slots[slot_of_.at(parameter.name)],
                   parameter.unit == "1" ? "" : " ", parameter.unit == "1" ? "" : parameter.unit);
    }
    std::string problem = derived.expression.why_undefined(slots);
    if (!problem.empty()) problem = ", and " + problem;
    return {"derived." + derived.name,
            joined(derived.label.empty() ? derived.name : derived.label, " has no value", at,
                   ". The card says of it: ", derived.source, ". (It is ", derived.expression.text(), problem, ".)")};
  }
  return {"", expression.why_undefined(slots)};
}

std::set<std::string> Model::names_behind(const Expression& expression) const {
  std::set<std::string> names = expression.names();
  // Each derived quantity comes after those it uses, so one pass from the last to the first reaches everything.
  for (auto derived = card_.derived.rbegin(); derived != card_.derived.rend(); ++derived) {
    if (names.contains(derived->name))
      names.insert(derived->expression.names().begin(), derived->expression.names().end());
  }
  return names;
}

std::set<std::string> Model::parameters_of(const Expression& expression) const {
  const std::set<std::string> names = names_behind(expression);
  std::set<std::string> result;
  for (const auto& parameter : card_.parameters) {
    if (!names.contains(parameter.name)) continue;
    result.insert(parameter.name);
    if (!parameter.follows.empty()) result.insert(parameter.follows);
  }
  return result;
}

}  // namespace anyslice
