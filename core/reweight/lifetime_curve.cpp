// Interpolation in the logarithm of the lifetime.
#include "core/reweight/lifetime_curve.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

/// Largest doubt with which a cell is used.
constexpr double kTolerance = 1e-4;

}  // namespace

std::array<double, LifetimeCurve::kPoints> LifetimeCurve::interpolation_weights(double t) {
  // 1 / product over j != i of (i - j)
  constexpr double scale[kPoints] = {-1.0 / 5040, 1.0 / 720, -1.0 / 240, 1.0 / 144,
                                     -1.0 / 144,  1.0 / 240, -1.0 / 720, 1.0 / 5040};
  std::array<double, kPoints> before{}, after{}, weights{};
  before[0] = after[kPoints - 1] = 1;
  for (std::size_t i = 1; i < kPoints; ++i) {
    const auto place = static_cast<double>(i);
    before[i] = before[i - 1] * (t - (place - 1 - kMargin));
    after[kPoints - 1 - i] = after[kPoints - i] * (t - (static_cast<double>(kPoints) - place - kMargin));
  }
  for (std::size_t i = 0; i < kPoints; ++i) weights[i] = scale[i] * before[i] * after[i];
  return weights;
}

double LifetimeCurve::doubt(const std::array<double, kPoints>& v) {
  const double eight = (-5 * (v[0] + v[7]) + 49 * (v[1] + v[6]) - 245 * (v[2] + v[5]) + 1225 * (v[3] + v[4])) / 2048;
  const double six = (3 * (v[1] + v[6]) - 25 * (v[2] + v[5]) + 150 * (v[3] + v[4])) / 256;
  return std::abs(eight - six);
}

LifetimeCurve::LifetimeCurve(int first, std::vector<LogSums> values) : first_(first), values_(std::move(values)) {
  std::vector<char> alone;
  for (int cell = 0; cell + 1 < size(); ++cell) alone.push_back(is_smooth(cell));
  // A difference may vanish by chance in the middle of one cell; beside a kink it does not in the next.
  for (std::size_t cell = 0; cell < alone.size(); ++cell) {
    const bool before = cell < kMargin + 1 || alone[cell - 1] != 0;
    const bool after = cell + kMargin + 1 >= alone.size() || alone[cell + 1] != 0;
    smooth_.push_back(alone[cell] != 0 && before && after);
  }
}

bool LifetimeCurve::is_empty(int cell) const {
  const auto first = values_.begin() + (cell - kMargin);
  return std::all_of(first, first + kPoints,
                     [](const LogSums& node) { return node.sum == -std::numeric_limits<double>::infinity(); });
}

bool LifetimeCurve::is_smooth(int cell) const {
  if (cell < kMargin || cell + 1 + kMargin >= size()) return false;
  std::array<double, kPoints> sums, squares;
  if (is_empty(cell)) return true;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const LogSums& node = values_[static_cast<std::size_t>(cell - kMargin) + i];
    if (!std::isfinite(node.sum) || !std::isfinite(node.squares)) return false;
    sums[i] = node.sum;
    squares[i] = node.squares;
  }
  return doubt(sums) <= kTolerance && doubt(squares) <= kTolerance;
}

std::optional<LogSums> LifetimeCurve::at(double log_lifetime) const {
  const double place = log_lifetime / kStep - first_;
  const int cell = static_cast<int>(std::floor(place));
  if (cell < 0 || cell + 1 >= size() || !smooth_[static_cast<std::size_t>(cell)]) return std::nullopt;
  if (is_empty(cell)) return LogSums{values_[static_cast<std::size_t>(cell)]};
  const auto weights = interpolation_weights(place - cell);
  LogSums result;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const LogSums& node = values_[static_cast<std::size_t>(cell - kMargin) + i];
    result.sum += weights[i] * node.sum;
    result.squares += weights[i] * node.squares;
  }
  return result;
}

}  // namespace anyslice
