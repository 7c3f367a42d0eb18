// Interpolation in the logarithm of the lifetime.
#include "core/reweight/lifetime_curve.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

/// Largest difference between six-point and four-point interpolation in the middle of a cell. The error of six points
/// is smaller than that of four by about the square of the step times the ratio of derivatives.
constexpr double kTolerance = 3e-4;

/// Weights of the Lagrange polynomial through nodes -2 ... 3 at 0 <= t <= 1.
std::array<double, 6> six_point_weights(double t) {
  const double a = t + 2, b = t + 1, c = t, d = t - 1, e = t - 2, f = t - 3;
  return {-b * c * d * e * f / 120, a * c * d * e * f / 24, -a * b * d * e * f / 12,
          a * b * c * e * f / 12,   -a * b * c * d * f / 24, a * b * c * d * e / 120};
}

double six_in_middle(const double* v) {
  return (3 * (v[0] + v[5]) - 25 * (v[1] + v[4]) + 150 * (v[2] + v[3])) / 256;
}
double four_in_middle(const double* v) { return (-(v[1] + v[4]) + 9 * (v[2] + v[3])) / 16; }

}  // namespace

LifetimeCurve::LifetimeCurve(int first, std::vector<LogSums> values) : first_(first), values_(std::move(values)) {
  for (int cell = 0; cell + 1 < size(); ++cell) smooth_.push_back(is_smooth(cell));
}

bool LifetimeCurve::is_smooth(int cell) const {
  if (cell < kMargin || cell + 1 + kMargin >= size()) return false;
  double sums[6], squares[6];
  for (int i = 0; i < 6; ++i) {
    const LogSums& node = values_[static_cast<std::size_t>(cell - kMargin + i)];
    if (!std::isfinite(node.sum) || !std::isfinite(node.squares)) return false;
    sums[i] = node.sum;
    squares[i] = node.squares;
  }
  return std::abs(six_in_middle(sums) - four_in_middle(sums)) <= kTolerance &&
         std::abs(six_in_middle(squares) - four_in_middle(squares)) <= kTolerance;
}

std::optional<LogSums> LifetimeCurve::at(double log_lifetime) const {
  const double place = log_lifetime / kStep - first_;
  const int cell = static_cast<int>(std::floor(place));
  if (cell < 0 || cell + 1 >= size() || !smooth_[static_cast<std::size_t>(cell)]) return std::nullopt;
  const auto weights = six_point_weights(place - cell);
  LogSums result;
  for (int i = 0; i < 6; ++i) {
    const LogSums& node = values_[static_cast<std::size_t>(cell - kMargin + i)];
    result.sum += weights[static_cast<std::size_t>(i)] * node.sum;
    result.squares += weights[static_cast<std::size_t>(i)] * node.squares;
  }
  return result;
}

}  // namespace anyslice
