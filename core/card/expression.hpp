// The expression language of cards: numbers, names, + - * / ^, comparisons, && || !, condition ? a : b, the functions
// exp log sqrt pow min max abs expm1 log1p, the constant pi, and the card's own tabulated functions of one argument.
// Expressions have no side effects. Precedence from loosest: ?: || && == != < <= > >= + - * / unary - ^ (right).
// A row expression may also use event.NAME, the value of a column of the event table.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace anyslice {

/// A function of one variable given by points, interpolated.
struct Table1d {
  enum class Interpolation { linear, log };  ///< log: linear in ln y against ln x; x and y must be > 0
  std::vector<double> x, y;                  ///< x strictly increasing, at least two points
  Interpolation interpolation = Interpolation::linear;

  /// NaN outside [x.front(), x.back()]: a card never extrapolates silently.
  double operator()(double argument) const;
};

class Expression {
 public:
  /// Parses `text`. Throws InputError(source, field, ...) that names the position of a syntax error.
  static Expression parse(const std::string& text, const std::string& source, const std::string& field);

  const std::string& text() const { return text_; }
  /// The names it uses, and the one-argument functions that are not built in.
  const std::set<std::string>& names() const { return names_; }
  const std::set<std::string>& functions() const { return functions_; }
  /// The columns of the event table it uses; only evaluate_rows() can evaluate it if there are any.
  const std::set<std::string>& columns() const { return columns_; }

  /// Says where each name's value will be found (an index into the slots of evaluate()) and which table each function
  /// is. Must be called once, with every name and function known, before evaluate().
  void bind(const std::function<std::size_t(const std::string&)>& slot_of,
            const std::function<const Table1d*(const std::string&)>& table_of);

  double evaluate(std::span<const double> slots) const { return run(slots, nullptr); }
  /// Its values for many rows. `column_values` holds one pointer per name of columns(), in their order, each to at
  /// least `values.size()` values. What no column enters is computed once, not row by row.
  void evaluate_rows(std::span<const double> slots, std::span<const double* const> column_values,
                     std::span<double> values) const;
  /// Its values for many points. `slot_columns`: by slot, its values point by point, or null where that in `slots`
  /// holds everywhere. Exactly what evaluate() gives for each.
  void evaluate_points(std::span<const double> slots, std::span<const double* const> slot_columns,
                       std::span<double> values) const;
  /// Whether any of its names has a column there.
  bool varies(std::span<const double* const> slot_columns) const;
  /// Why evaluate() gives NaN at these slots, as far as a table is to blame ("efficiency(300) lies outside its table,
  /// 1.023 to 210"); empty otherwise.
  std::string why_undefined(std::span<const double> slots) const;

  enum class Operation : unsigned char {
    number,
    name,
    column,
    table,
    negate,
    logical_not,
    add,
    subtract,
    multiply,
    divide,
    power,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or,
    select,
    exp,
    log,
    sqrt,
    min,
    max,
    abs,
    expm1,
    log1p
  };

 private:
  struct Instruction {
    Operation operation;
    double number = 0;               // Operation::number
    std::size_t slot = 0;            // Operation::name; Operation::column: its place in columns()
    const Table1d* table = nullptr;  // Operation::table
    std::string text = {};           // the name, until bound
  };
  friend class ExpressionParser;
  double run(std::span<const double> slots, std::string* problem) const;
  double run_on(double* stack, std::span<const double> slots, std::string* problem) const;
  static void note_outside(const Instruction& instruction, double argument, std::string& problem);
  void run_blocks(std::span<const double> slots, std::span<const double* const> slot_columns,
                  std::span<const double* const> column_values, std::span<double> values) const;
  class RowEvaluator;

  std::string text_;
  std::vector<Instruction> instructions_;  // postfix order
  std::size_t depth_ = 0;                  // stack needed
  std::set<std::string> names_, functions_, columns_;
};

/// Names that an expression's author may not give to anything else.
bool is_reserved_name(const std::string& name);
/// A letter or underscore followed by letters, digits and underscores.
bool is_valid_name(const std::string& name);

}  // namespace anyslice
