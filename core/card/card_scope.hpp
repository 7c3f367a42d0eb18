// What the parts of a card may refer to: names that are taken, parameters, columns; and reading with it.
#pragma once

#include <map>
#include <string>

#include "core/card/card.hpp"

namespace anyslice {

/// What an expression in a card may use.
enum class ExpressionScope {
  model,       ///< constants, switches, parameters, derived quantities
  row,         ///< these and the columns of the event table
  fixed,       ///< constants and switches only
  parameters,  ///< constants, switches and parameters
};

class CardScope {
 public:
  explicit CardScope(Card& card) : card_(card) {}

  Card& card() const { return card_; }

  /// A name that nothing else in the card has, since all share the expressions' one name space.
  void claim_name(const std::string& name, const JsonReader& where);

  const Parameter& known_parameter(const std::string& name, const JsonReader& where) const;

  /// Parses the text and checks every name in it.
  Expression expression(const JsonReader& reader, ExpressionScope scope = ExpressionScope::model) const;
  std::optional<Expression> optional_expression(const JsonReader& parent, const std::string& field,
                                                ExpressionScope scope) const;

  /// Throws where `expression` uses what is unknown or outside the scope.
  void check_names(const Expression& expression, const JsonReader& where, ExpressionScope scope) const;

  std::string column_name(const JsonReader& reader) const;

  /// {column: [labels or numbers]}, one condition per column.
  std::vector<RowCondition> conditions(const JsonReader& reader) const;
  /// [labels or numbers] of one column.
  RowCondition condition(const std::string& column, const JsonReader& list) const;

  /// The unit of a quantity named alone: that is what makes it comparable with the unit of a column.
  std::string unit_of(const JsonReader& reader) const;

 private:
  bool is_fixed(const std::string& name) const;

  Card& card_;
  std::map<std::string, std::string> names_;  // name -> where it is defined
};

/// [low, high] with low < high.
std::pair<double, double> read_range(const JsonReader& reader);
/// "lin" or "log".
Scale read_scale(const JsonReader& reader);

/// The fields tables, weight, rates and totals.
void read_weight_of_card(const CardScope& scope, const JsonReader& root);

/// The fields channels, systematics, parts and observables.
void read_data_of_card(const CardScope& scope, const JsonReader& root);

/// The field display, after the others.
void read_display_of_card(const CardScope& scope, const JsonReader& root);

/// The field tour, after the others.
void check_tour_of_card(const CardScope& scope, const JsonReader& root);

/// One entry of "tables".
TableReference read_table_reference(const std::string& name, const JsonReader& entry);
/// A whole number from 1 to 200.
std::size_t number_of_bins(const JsonReader& reader);
/// One entry of "observables"; its columns are those of the card's first table.
ObservableSpecification read_observable(const CardScope& scope, const std::string& name, const JsonReader& entry);

}  // namespace anyslice
