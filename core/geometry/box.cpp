// The slab method for a line and a box.
#include "core/geometry/box.hpp"

#include <algorithm>
#include <limits>

namespace anyslice::geometry {

PathSegment path_segment(const Box& box, const Eigen::Vector3d& start, const Eigen::Vector3d& direction) {
  double nearest = 0, farthest = std::numeric_limits<double>::infinity();
  int entry_face = -1;
  for (int axis = 0; axis < 3; ++axis) {
    if (direction[axis] == 0) {
      if (start[axis] < box.low[axis] || start[axis] > box.high[axis]) return {};
      continue;
    }
    const bool forward = direction[axis] > 0;
    const double in = ((forward ? box.low : box.high)[axis] - start[axis]) / direction[axis];
    const double out = ((forward ? box.high : box.low)[axis] - start[axis]) / direction[axis];
    if (in > nearest) {
      nearest = in;
      entry_face = 2 * axis + (forward ? 0 : 1);
    }
    farthest = std::min(farthest, out);
  }
  if (!(farthest > nearest)) return {};
  return {nearest, farthest - nearest, entry_face};
}

}  // namespace anyslice::geometry
