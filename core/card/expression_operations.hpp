// What the operations of expressions do, for the evaluators of single points and of many. Local to the files that
// include it.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/card/expression.hpp"

namespace anyslice {
namespace {

using Operation = Expression::Operation;

/// What an operation adds to the stack.
inline int stack_change(Operation operation) {
  switch (operation) {
    case Operation::number:
    case Operation::name:
    case Operation::column:
      return 1;
    case Operation::table:
    case Operation::negate:
    case Operation::logical_not:
    case Operation::exp:
    case Operation::log:
    case Operation::sqrt:
    case Operation::abs:
    case Operation::expm1:
    case Operation::log1p:
      return 0;
    case Operation::select:
      return -2;
    default:
      return -1;
  }
}

/// Powers with small whole exponents are products.
inline double power_of(double a, double b) {
  if (b == 2) return a * a;
  if (b == -2) return 1 / (a * a);
  if (b == 3) return a * a * a;
  if (b == 4) return (a * a) * (a * a);
  if (b == 5) return (a * a) * (a * a) * a;
  return std::pow(a, b);
}

/// The operations of one value, as functions for `visit`.
template <typename Visit>
void with_unary(Operation operation, Visit&& visit) {
  switch (operation) {
    case Operation::negate:
      return visit([](double a) { return -a; });
    case Operation::logical_not:
      return visit([](double a) { return std::isnan(a) ? a : static_cast<double>(a == 0); });
    case Operation::exp:
      return visit([](double a) { return std::exp(a); });
    case Operation::log:
      return visit([](double a) { return std::log(a); });
    case Operation::sqrt:
      return visit([](double a) { return std::sqrt(a); });
    case Operation::abs:
      return visit([](double a) { return std::abs(a); });
    case Operation::expm1:
      return visit([](double a) { return std::expm1(a); });
    default:
      return visit([](double a) { return std::log1p(a); });
  }
}

/// What has no value must not get one by being compared: max(0, table(out of range)) has no value either.
template <typename Compare>
auto known(Compare compare) {
  return [compare](double a, double b) {
    return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN()
                                          : static_cast<double>(compare(a, b));
  };
}

/// The operations of two values, as functions for `visit`.
template <typename Visit>
void with_binary(Operation operation, Visit&& visit) {
  switch (operation) {
    case Operation::add:
      return visit([](double a, double b) { return a + b; });
    case Operation::subtract:
      return visit([](double a, double b) { return a - b; });
    case Operation::multiply:
      return visit([](double a, double b) { return a * b; });
    case Operation::divide:
      return visit([](double a, double b) { return a / b; });
    case Operation::power:
      return visit(power_of);
    case Operation::less:
      return visit(known([](double a, double b) { return a < b; }));
    case Operation::less_equal:
      return visit(known([](double a, double b) { return a <= b; }));
    case Operation::greater:
      return visit(known([](double a, double b) { return a > b; }));
    case Operation::greater_equal:
      return visit(known([](double a, double b) { return a >= b; }));
    case Operation::equal:
      return visit(known([](double a, double b) { return a == b; }));
    case Operation::not_equal:
      return visit(known([](double a, double b) { return a != b; }));
    case Operation::logical_and:
      return visit(known([](double a, double b) { return a != 0 && b != 0; }));
    case Operation::logical_or:
      return visit(known([](double a, double b) { return a != 0 || b != 0; }));
    case Operation::min:
      return visit(known([](double a, double b) { return std::min(a, b); }));
    default:
      return visit(known([](double a, double b) { return std::max(a, b); }));
  }
}

}  // namespace
}  // namespace anyslice
