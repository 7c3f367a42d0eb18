// Error-controlled interpolation in the lifetime.
#include "core/reweight/lifetime_grid.hpp"

#include <cmath>
#include <limits>

namespace anyslice {
namespace {

/// Width of the coarsest cells, and how often they may be halved.
constexpr double kWidestCell = 2;
constexpr int kMostHalvings = 9;
/// A sum this small is no event whatever it is multiplied by: it counts as zero and is not resolved further.
constexpr double kNegligibleLogSum = -150;
/// Each half of a cell is interpolated on its own. The error of cubic interpolation falls with the fourth power of the
/// width, so that of the halves is 1/16 of what the whole cell shows in its middle; half of this gain is kept in hand.
constexpr double kGainOfHalves = 8;

LifetimeNode interpolate(const LifetimeNode& a, const LifetimeNode& b, double width, double share) {
  const double t = share, t2 = t * t, t3 = t2 * t;
  const double h00 = 2 * t3 - 3 * t2 + 1, h10 = (t3 - 2 * t2 + t) * width;
  const double h01 = 3 * t2 - 2 * t3, h11 = (t3 - t2) * width;
  LifetimeNode result;
  result.log_sum = h00 * a.log_sum + h10 * a.log_sum_slope + h01 * b.log_sum + h11 * b.log_sum_slope;
  result.log_squares =
      h00 * a.log_squares + h10 * a.log_squares_slope + h01 * b.log_squares + h11 * b.log_squares_slope;
  return result;
}

bool is_finite(const LifetimeNode& node) {
  return std::isfinite(node.log_sum) && std::isfinite(node.log_sum_slope) && std::isfinite(node.log_squares) &&
         std::isfinite(node.log_squares_slope);
}

}  // namespace

const LifetimeNode& LifetimeGrid::node(double log_lifetime) {
  const auto found = nodes_.find(log_lifetime);
  if (found != nodes_.end()) return found->second;
  return nodes_.emplace(log_lifetime, exact_(log_lifetime)).first->second;
}

bool LifetimeGrid::is_negligible(const Cell& cell) {
  // The probability to survive the way to the volume falls with a shorter lifetime: the long end bounds the cell.
  const LifetimeNode& high = node(cell.low + cell.width);
  return high.log_sum < kNegligibleLogSum && !(high.log_sum_slope < 0);
}

LifetimeGrid::Cell LifetimeGrid::accepted_cell(double log_lifetime) {
  Cell cell{std::floor(log_lifetime / kWidestCell) * kWidestCell, kWidestCell};
  for (int halvings = 0; halvings <= kMostHalvings; ++halvings) {
    const auto key = std::make_pair(cell.low, cell.width);
    auto known = accepted_.find(key);
    if (known == accepted_.end() && is_negligible(cell)) known = accepted_.emplace(key, true).first;
    if (known == accepted_.end()) {
      const LifetimeNode low = node(cell.low), high = node(cell.low + cell.width);
      const LifetimeNode middle = node(cell.low + cell.width / 2);
      bool good = is_finite(low) && is_finite(high) && is_finite(middle);
      if (good) {
        const LifetimeNode guess = interpolate(low, high, cell.width, 0.5);
        good = std::abs(guess.log_sum - middle.log_sum) <= kGainOfHalves * tolerance_ &&
               std::abs(guess.log_squares - middle.log_squares) <= kGainOfHalves * 2 * tolerance_;
      }
      known = accepted_.emplace(key, good).first;
    }
    if (known->second) return cell;
    cell.width /= 2;
    if (log_lifetime >= cell.low + cell.width) cell.low += cell.width;
  }
  return {log_lifetime, 0};
}

LifetimeNode LifetimeGrid::at(double log_lifetime) {
  const Cell cell = accepted_cell(log_lifetime);
  if (cell.width == 0) return exact_(log_lifetime);
  if (is_negligible(cell)) {
    const double none = -std::numeric_limits<double>::infinity();
    return {none, 0, none, 0};
  }
  const double half = cell.width / 2;
  const double low = log_lifetime < cell.low + half ? cell.low : cell.low + half;
  return interpolate(node(low), node(low + half), half, (log_lifetime - low) / half);
}

}  // namespace anyslice
