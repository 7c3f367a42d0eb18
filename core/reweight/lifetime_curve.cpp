// Interpolation in the logarithm of the lifetime.
#include "core/reweight/lifetime_curve.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

/// Largest doubt with which a cell is used.
constexpr double tolerance_of(Accuracy accuracy) { return accuracy == Accuracy::full ? 1e-4 : 2e-3; }

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

LifetimeCurve::LifetimeCurve(int first, std::vector<LogSums> values, Accuracy accuracy)
    : first_(first), values_(std::move(values)) {
  const double tolerance = tolerance_of(accuracy);
  const std::size_t cells = values_.empty() ? 0 : values_.size() - 1;
  std::vector<char> alone(cells, 0);
  for (std::size_t cell = kMargin; cell + 1 + kMargin < values_.size(); ++cell)
    alone[cell] = is_smooth(cell, tolerance);
  // A difference may vanish by chance in the middle of one cell; beside a kink it does not in the next.
  smooth_.resize(cells);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const bool before = cell < kMargin + 1 || alone[cell - 1] != 0;
    const bool after = cell + kMargin + 1 >= cells || alone[cell + 1] != 0;
    smooth_[cell] = alone[cell] != 0 && before && after;
  }
}

bool LifetimeCurve::is_empty(std::size_t cell) const {
  const LogSums* node = &values_[cell - kMargin];
  return std::all_of(node, node + kPoints,
                     [](const LogSums& one) { return one.sum == -std::numeric_limits<double>::infinity(); });
}

bool LifetimeCurve::is_smooth(std::size_t cell, double tolerance) const {
  // Of eight-point less six-point interpolation, see doubt(). What is not finite makes it NaN.
  constexpr double at_end = -5.0 / 2048, beside = 49.0 / 2048 - 3.0 / 256, next = -245.0 / 2048 + 25.0 / 256,
                   around = 1225.0 / 2048 - 150.0 / 256;
  const LogSums* v = &values_[cell - kMargin];
  const double sums = at_end * (v[0].sum + v[7].sum) + beside * (v[1].sum + v[6].sum) + next * (v[2].sum + v[5].sum) +
                      around * (v[3].sum + v[4].sum);
  const double squares = at_end * (v[0].squares + v[7].squares) + beside * (v[1].squares + v[6].squares) +
                         next * (v[2].squares + v[5].squares) + around * (v[3].squares + v[4].squares);
  return (std::abs(sums) <= tolerance && std::abs(squares) <= tolerance) || is_empty(cell);
}

int LifetimeCurve::cell_of(double log_lifetime) { return static_cast<int>(std::floor(log_lifetime / kStep)); }

LifetimeCurve::Place::Place(double log_lifetime)
    : cell(cell_of(log_lifetime)), weights(interpolation_weights(log_lifetime / kStep - cell)) {}

LogSums LifetimeCurve::at(const Place& place) const {
  const LogSums* node = &values_[static_cast<std::size_t>(place.cell - first_ - kMargin)];
  if (node[kMargin].sum == -std::numeric_limits<double>::infinity()) return node[kMargin];
  LogSums result;
  for (std::size_t i = 0; i < kPoints; ++i) {
    result.sum += place.weights[i] * node[i].sum;
    result.squares += place.weights[i] * node[i].squares;
  }
  return result;
}

std::optional<LogSums> LifetimeCurve::at(double log_lifetime) const {
  if (!has(cell_of(log_lifetime))) return std::nullopt;
  return at(Place(log_lifetime));
}

}  // namespace anyslice
