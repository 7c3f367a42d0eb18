// A coordinate frame placed in another one by a rotation and an origin.
#pragma once

#include <Eigen/Core>

namespace anyslice::geometry {

/// detector = rotation * beam + origin.
struct Frame {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d origin = Eigen::Vector3d::Zero();

  Eigen::Vector3d to_detector(const Eigen::Vector3d& beam) const { return rotation * beam + origin; }
};

}  // namespace anyslice::geometry
