// Axis-aligned boxes and the path of a straight line through them. Lengths in one unit of the caller's choice.
#pragma once

#include <Eigen/Core>

namespace anyslice::geometry {

/// A closed box; `low` is below `high` in every coordinate.
struct Box {
  Eigen::Vector3d low, high;

  double volume() const { return (high - low).prod(); }
  bool contains(const Eigen::Vector3d& point) const {
    return (point.array() >= low.array()).all() && (point.array() <= high.array()).all();
  }
};

/// The part of a half-line inside a box: distance to the entry and length inside. A miss, or a line that only
/// touches a face, edge or corner, has length 0. Entry and length are kept instead of two ends because a short
/// crossing far away would be lost in the difference.
struct PathSegment {
  double entry = 0, length = 0;
  int entry_face = -1;  ///< 0..5 = -x, +x, -y, +y, -z, +z; -1: no crossing, or the start lies inside
};

/// Segment of the half-line start + t direction, t >= 0, inside the box; `direction` must have unit length. Exact for
/// directions parallel to a face: a line that runs within a face of the closed box counts as inside.
PathSegment path_segment(const Box& box, const Eigen::Vector3d& start, const Eigen::Vector3d& direction);

}  // namespace anyslice::geometry
