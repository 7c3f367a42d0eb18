// The Hausdorff distance between sets of polylines in the unit square.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/slice/contour.hpp"

namespace anyslice::testing {

using Polyline = std::vector<UnitPoint>;

inline double distance_to_segment(UnitPoint p, UnitPoint a, UnitPoint b) {
  const double du = b.u - a.u, dv = b.v - a.v, length2 = du * du + dv * dv;
  const double t = length2 > 0 ? std::clamp(((p.u - a.u) * du + (p.v - a.v) * dv) / length2, 0.0, 1.0) : 0;
  return std::hypot(p.u - a.u - t * du, p.v - a.v - t * dv);
}

/// Infinite when there is no polyline.
inline double distance_to_polylines(UnitPoint p, const std::vector<Polyline>& lines) {
  double smallest = std::numeric_limits<double>::infinity();
  for (const Polyline& line : lines) {
    for (std::size_t i = 1; i < line.size(); ++i) {
      smallest = std::min(smallest, distance_to_segment(p, line[i - 1], line[i]));
    }
  }
  return smallest;
}

/// The largest distance of a point of `from` to `to`; the points lie at most `step` apart, so it can be too small by
/// half of that.
inline double directed_hausdorff(const std::vector<Polyline>& from, const std::vector<Polyline>& to,
                                 double step = 1e-3) {
  double largest = 0;
  for (const Polyline& line : from) {
    for (std::size_t i = 1; i < line.size(); ++i) {
      const UnitPoint a = line[i - 1], b = line[i];
      const int parts = std::max(1, static_cast<int>(std::ceil(std::hypot(b.u - a.u, b.v - a.v) / step)));
      for (int part = 0; part <= parts; ++part) {
        const double t = static_cast<double>(part) / parts;
        largest = std::max(largest, distance_to_polylines({a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)}, to));
      }
    }
  }
  return largest;
}

inline double hausdorff(const std::vector<Polyline>& a, const std::vector<Polyline>& b, double step = 1e-3) {
  return std::max(directed_hausdorff(a, b, step), directed_hausdorff(b, a, step));
}

}  // namespace anyslice::testing
