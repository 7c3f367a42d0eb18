// Boxes, frames and detectors as they are written in JSON.
#pragma once

#include "core/base/json_reader.hpp"
#include "core/geometry/box.hpp"
#include "core/geometry/detector.hpp"
#include "core/geometry/frame.hpp"

namespace anyslice::geometry {

/// Three numbers.
Eigen::Vector3d read_vector(const JsonReader& reader);
/// {origin_m, rotation, reference}; the rotation must be orthogonal with determinant 1.
Frame read_frame(const JsonReader& reader);
/// {low, high} with low < high in every coordinate.
Box read_box(const JsonReader& reader);
/// A detector file, data/detectors.
Detector read_detector(const JsonReader& reader);

}  // namespace anyslice::geometry
