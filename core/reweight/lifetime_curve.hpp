// A sum over events as a smooth function of the lifetime: tabulated on an even grid of its logarithm, interpolated.
#pragma once

#include <array>
#include <optional>
#include <vector>

namespace anyslice {

/// Logarithms of a sum of weights and of the sum of their squares; -infinity where nothing contributes.
struct LogSums {
  double sum = 0, squares = 0;
};

/// How closely sums are interpolated: `full` to about 1e-5, or to 1e-3 for a `preview`.
enum class Accuracy { full, preview };

class LifetimeCurve {
 public:
  /// Distance of the nodes in ln(lifetime): an eighth of an octave, since sums at half the lifetime are cheap to get.
  static constexpr double kStep = 0.69314718055994531 / 8;
  /// How many nodes on either side of a cell its interpolation needs.
  static constexpr int kMargin = 3;
  static constexpr std::size_t kPoints = 2 * kMargin + 2;

  /// Weights of the polynomial through nodes -3 ... 4 at 0 <= t <= 1.
  static std::array<double, kPoints> interpolation_weights(double t);
  /// The difference between eight-point and six-point interpolation in the middle: the error of six points, which that
  /// of eight is far below where the function is smooth enough for either.
  static double doubt(const std::array<double, kPoints>& values);

  /// `values` at the nodes first * kStep, (first + 1) * kStep, ...
  LifetimeCurve(int first, std::vector<LogSums> values, Accuracy accuracy = Accuracy::full);
  LifetimeCurve() = default;

  int first() const { return first_; }
  int size() const { return static_cast<int>(values_.size()); }
  const std::vector<LogSums>& values() const { return values_; }

  /// Where a lifetime lies between nodes, the same for all curves.
  struct Place {
    int cell = 0;  ///< above node `cell`, counted from a lifetime of 1
    std::array<double, kPoints> weights;

    explicit Place(double log_lifetime);
  };
  /// Whether the eight nodes around reach, and the error of a polynomial through them, estimated from the difference to
  /// six nodes, stays below 1e-4 (for a preview 2e-3).
  bool has(int cell) const {
    const int inside = cell - first_;
    return inside >= 0 && inside + 1 < size() && smooth_[static_cast<std::size_t>(inside)] != 0;
  }
  static int cell_of(double log_lifetime);
  /// Interpolated with that polynomial; only where has(place.cell).
  LogSums at(const Place& place) const;
  std::optional<LogSums> at(double log_lifetime) const;

 private:
  bool is_smooth(std::size_t cell, double tolerance) const;
  bool is_empty(std::size_t cell) const;  ///< all nodes of its stencil are -infinity

  int first_ = 0;
  std::vector<LogSums> values_;
  std::vector<char> smooth_;  // per cell between nodes i and i + 1
};

}  // namespace anyslice
