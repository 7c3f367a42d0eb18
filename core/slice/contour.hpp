// Contours of an expensive field over the unit square, on a grid that is fine only near the level.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/base/progress.hpp"

namespace anyslice {

struct UnitPoint {
  double u, v;
};

/// Values of the field at many points at once. NaN: not known there (masked). +-infinity is a value.
using FieldEvaluator = std::function<void(std::span<const UnitPoint> points, std::span<double> values)>;

struct ContourOptions {
  std::size_t cells = 32;  ///< of the coarse grid, per axis; at least 1
  int halvings = 2;        ///< how often cells that the level crosses, and their neighbours, are halved; not negative
  /// Move crossings on edges along u (along v) to where the field has the level, by evaluating there. Without, they are
  /// interpolated linearly; only where an end of the edge is infinite is the edge still bisected by evaluating.
  bool polish_u = true, polish_v = true;
  /// Whether an unknown point is outside what the field is defined on, asked once after its evaluation; empty: none is.
  std::function<bool(UnitPoint)> is_outside;
};

struct Contours {
  /// Closed (first point = last) with field >= level inside: outer boundaries run counter-clockwise, holes clockwise.
  /// Where such a region meets the frame or a masked cell the ring runs along it.
  std::vector<std::vector<UnitPoint>> rings;
  /// The parts of the rings that are the level itself: open polylines, or closed ones (first point = last). The region
  /// is to their left.
  std::vector<std::vector<UnitPoint>> edges;
  /// Rectangles u0, v0, u1, v1 that cover the cells with an unknown corner, apart from those of which all unknown
  /// corners are outside; none of them overlap.
  std::vector<std::array<double, 4>> masked, outside;
};

/// Traces field >= level. Anything smaller than a coarse cell is found only near something that is larger; it is then
/// followed as long as the finest cells resolve it. No point is evaluated twice. `level` is finite.
Contours trace_contours(const FieldEvaluator& field, double level, const ContourOptions& options,
                        const ProgressCallback& progress = {});

}  // namespace anyslice
