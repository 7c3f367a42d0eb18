// The card as a function: values of all its quantities at a point of parameter space.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/card/card.hpp"
#include "core/card/point_slots.hpp"

namespace anyslice {

/// Values of some parameters by name.
using Point = std::map<std::string, double>;

/// Which version of a card's model is meant: later entries win over earlier ones, and all over the card's values.
struct Setup {
  std::string variant = "physics";
  std::string projection;                  ///< empty: the data as they are
  std::map<std::string, double> switches;  ///< set by the user
};

/// Evaluates a card's expressions. Slots hold constants, switches, parameters and derived quantities, in this order.
class Model {
 public:
  explicit Model(Card card);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const Card& card() const { return card_; }

  /// Slots with the constants, the switches of `setup` and the parameters' defaults; derived quantities not yet, and
  /// NaN for parameters that follow others. Throws InputError(source, ...) for unknown names.
  std::vector<double> initial_slots(const Setup& setup, const std::string& source) const;
  /// Checks name and range and stores the value. Throws InputError(request, name, ...).
  void set_parameter(std::vector<double>& slots, const std::string& name, double value,
                     const std::string& source) const;
  /// Computes the parameters that follow others and the derived quantities from the rest.
  void evaluate_derived(std::vector<double>& slots) const;
  void evaluate_derived(PointSlots& points) const;
  /// All of the above, with the physical bounds checked.
  std::vector<double> slots_at(const Point& point, const Setup& setup, const std::string& source) const;

  std::size_t slot(const std::string& name) const { return slot_of_.at(name); }
  const std::vector<FactorSpecification>& weight() const { return card_.weight; }
  /// Why the expression has no value at these slots: where a derived quantity that it uses has none, `field` is that
  /// of the quantity and `reason` says so, with the parameters it depends on and what the card says of it. Otherwise
  /// `field` is empty, and `reason` may be.
  struct Undefined {
    std::string field, reason;
  };
  Undefined why_undefined(const Expression& expression, std::span<const double> slots) const;
  /// The parameters on which the expression depends, directly or through derived quantities.
  std::set<std::string> parameters_of(const Expression& expression) const;
  const Variant& variant(const std::string& name, const std::string& source) const;
  /// Null for an empty name. Throws InputError that lists the names there are.
  const Projection* projection(const std::string& name, const std::string& source) const;
  /// The first parameter that lies outside its physical bounds, or null. Rounding is forgiven.
  const Parameter* out_of_bounds(std::span<const double> slots) const;
  /// For each point, whether no parameter lies outside its bounds.
  std::vector<char> are_within_bounds(const PointSlots& points) const;
  /// The range within which a parameter may be varied where the others are as in `slots`.
  std::pair<double, double> bounds(const Parameter& parameter, std::span<const double> slots) const;

 private:
  /// All names that the expression uses, directly or through derived quantities, and theirs.
  std::set<std::string> names_behind(const Expression& expression) const;
  void bind(Expression& expression);
  /// Takes a decay factor out whose condition, of constants, is zero.
  void drop_unused_decay();
  void bind(std::optional<Expression>& expression);

  Card card_;
  std::map<std::string, std::size_t> slot_of_;
  std::size_t first_derived_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> followers_;  ///< slot, and the slot it follows
};

}  // namespace anyslice
