// Lagrange interpolation turned around: each node's mass is shared out over the points around it.
#include "core/stats/event_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anyslice::stats {
namespace {

constexpr double negligible_log_mass = -80;

}  // namespace

std::array<double, grid_stencil> lagrange_weights(double position) {
  static const std::array<double, grid_stencil> binomial = [] {
    std::array<double, grid_stencil> result;
    double value = 1;
    for (std::size_t i = 0; i < grid_stencil; ++i) {
      result[i] = i % 2 ? -value : value;
      value *= static_cast<double>(grid_stencil - 1 - i) / static_cast<double>(i + 1);
    }
    return result;
  }();
  std::array<double, grid_stencil> weights{};
  double sum = 0;
  for (std::size_t i = 0; i < grid_stencil; ++i) {
    const double distance = position + (grid_stencil / 2 - 1) - static_cast<double>(i);
    if (distance == 0) {
      weights.fill(0);
      weights[i] = 1;
      return weights;
    }
    weights[i] = binomial[i] / distance;
    sum += weights[i];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

GridMasses on_grid(const std::vector<YieldNode>& nodes, double step, double tilt, double log_scale) {
  GridMasses grid;
  const auto log_mass = [&](const YieldNode& node) { return node.log_weight - tilt * node.events - log_scale; };
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const YieldNode& node : nodes) {
    if (log_mass(node) < negligible_log_mass) continue;
    low = std::min(low, node.events);
    high = std::max(high, node.events);
  }
  if (high < low) return grid;
  grid.first = static_cast<long long>(std::floor(low / step)) - static_cast<long long>(grid_stencil / 2 - 1);
  const double length = (high - low) / step + 2 * grid_stencil;
  grid.weights.assign(static_cast<std::size_t>(std::min(length, static_cast<double>(longest_grid))), 0.0);
  for (const YieldNode& node : nodes) {
    if (log_mass(node) < negligible_log_mass) continue;
    const double cell = std::floor(node.events / step);
    const double index = cell - (grid_stencil / 2 - 1) - static_cast<double>(grid.first);
    if (index + grid_stencil > static_cast<double>(grid.weights.size())) continue;
    const auto weights = lagrange_weights(node.events / step - cell);
    const double mass = std::exp(log_mass(node));
    for (std::size_t i = 0; i < grid_stencil; ++i)
      grid.weights[static_cast<std::size_t>(index) + i] += mass * weights[i];
  }
  return grid;
}

std::vector<double> convolve(const std::vector<double>& left, const std::vector<double>& right, std::size_t size) {
  std::vector<double> result(size, 0.0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == 0) continue;
    const std::size_t end = std::min(right.size(), size > i ? size - i : 0);
    for (std::size_t j = 0; j < end; ++j) result[i + j] += left[i] * right[j];
  }
  return result;
}

}  // namespace anyslice::stats
