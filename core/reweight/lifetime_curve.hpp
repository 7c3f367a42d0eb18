// A sum over events as a smooth function of the lifetime: tabulated on an even grid of its logarithm, interpolated.
#pragma once

#include <optional>
#include <vector>

namespace anyslice {

/// Logarithms of a sum of weights and of the sum of their squares; -infinity where nothing contributes.
struct LogSums {
  double sum = 0, squares = 0;
};

class LifetimeCurve {
 public:
  /// Distance of the nodes in ln(lifetime).
  static constexpr double kStep = 1.0 / 3;
  /// How many nodes on either side of a cell its interpolation needs.
  static constexpr int kMargin = 2;

  /// `values` at the nodes first * kStep, (first + 1) * kStep, ...
  LifetimeCurve(int first, std::vector<LogSums> values);
  LifetimeCurve() = default;

  int first() const { return first_; }
  int size() const { return static_cast<int>(values_.size()); }
  const std::vector<LogSums>& values() const { return values_; }

  /// Interpolated with a polynomial through the six nodes around; none where these do not reach or where the error,
  /// estimated from the difference to four nodes, could exceed 5e-5.
  std::optional<LogSums> at(double log_lifetime) const;

 private:
  bool is_smooth(int cell) const;

  int first_ = 0;
  std::vector<LogSums> values_;
  std::vector<char> smooth_;  // per cell between nodes i and i + 1
};

}  // namespace anyslice
