// Distributions of expected events on an equidistant grid, exact for smooth functions of the events.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/stats/yield_factor.hpp"

namespace anyslice::stats {

/// Points of the Lagrange interpolation.
inline constexpr std::size_t grid_stencil = 12;
inline constexpr std::size_t longest_grid = 20000;

/// Lagrange weights of the points 0..grid_stencil-1 moved so that `position` 0 is the sixth and 1 the seventh.
std::array<double, grid_stencil> lagrange_weights(double position);

/// Masses on a grid, with the same average of every smooth function as the nodes they stand for.
struct GridMasses {
  long long first = 0;  ///< index of the first grid point
  std::vector<double> weights;
};

/// The nodes with weights exp(log_weight - tilt * events - log_scale). Nodes over longest_grid points above the lowest
/// are left out.
GridMasses on_grid(const std::vector<YieldNode>& nodes, double step, double tilt, double log_scale);

/// The first `size` entries of the convolution.
std::vector<double> convolve(const std::vector<double>& left, const std::vector<double>& right, std::size_t size);

}  // namespace anyslice::stats
