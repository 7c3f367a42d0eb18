// A smooth function of the logarithm of the lifetime, tabulated as far as it is asked for.
#pragma once

#include <functional>
#include <map>

namespace anyslice {

/// Values at one lifetime: logarithms of a sum and of its sum of squares, and their derivatives.
struct LifetimeNode {
  double log_sum = 0, log_sum_slope = 0, log_squares = 0, log_squares_slope = 0;
};

/// Cubic Hermite interpolation in ln(lifetime) on cells that are halved until the interpolation agrees with the exact
/// function in their middle, which then serves as a node too. Nodes are computed when first needed and kept: a slider
/// that moves costs nothing twice.
class LifetimeGrid {
 public:
  using Exact = std::function<LifetimeNode(double log_lifetime)>;

  /// `tolerance` bounds the estimated error of the interpolation in the logarithm (relative error of the sum).
  LifetimeGrid(Exact exact, double tolerance) : exact_(std::move(exact)), tolerance_(tolerance) {}

  /// The interpolated node values (without slopes). Below e^-150 the sum counts as zero and its
  /// logarithm as -infinity; where no cell is good enough the answer is the exact one.
  LifetimeNode at(double log_lifetime);

 private:
  struct Cell {
    double low, width;
  };
  const LifetimeNode& node(double log_lifetime);
  bool is_negligible(const Cell& cell);
  /// The smallest accepted cell around the value; width 0 where no cell can be accepted.
  Cell accepted_cell(double log_lifetime);

  Exact exact_;
  double tolerance_;
  std::map<double, LifetimeNode> nodes_;
  std::map<std::pair<double, double>, bool> accepted_;  // (low, width) -> good enough
};

}  // namespace anyslice
