// How large excluded regions of a plane are, and how much of it only one of two regions covers.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "core/card/card.hpp"

namespace anyslice {

/// Closed rings of (x, y), inside by the even-odd rule; a last point equal to the first may be left out. Between their
/// points they are straight in the coordinates of the axes, as they are drawn.
using Region = std::vector<std::vector<std::pair<double, double>>>;

struct AreaAxis {
  double low = 0, high = 0;  ///< of the window, low < high
  Scale scale = Scale::linear;
};

/// Areas within the window. The coordinate of a logarithmic axis is the decimal logarithm: decades squared on two of
/// them.
struct RegionAreas {
  double window = 0;
  double left_out = 0;  ///< the part of the window that all others do not count
  double first = 0, second = 0;
  double only_first = 0, only_second = 0;
};

/// The areas of two regions and of what is in one of them alone. Exact for polygons: between neighbouring abscissae of
/// points and crossings every area is a sum of trapezoids. Rings may leave the window; values that are not positive on
/// a logarithmic axis count as its lowest end or below. `left_out`: boxes x0, y0, x1, y1 where nothing is known; they
/// may overlap. Throws InputError("request", ...) for an empty window.
RegionAreas region_areas(const Region& first, const Region& second, const AreaAxis& x, const AreaAxis& y,
                         const std::vector<std::array<double, 4>>& left_out = {});

}  // namespace anyslice
