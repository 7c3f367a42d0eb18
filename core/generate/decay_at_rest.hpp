// Isotropic products of particles that decay at rest in a source, aimed at a box: which lines cross it, and where.
//
// A decay at rest emits its products isotropically, so a line of flight towards the detector is a decay point and a
// direction; nothing depends on the mass or the coupling, which enter later, when the line is weighted by the
// probability to decay between entry and exit. Each line carries the share of the full solid angle it stands for,
// 1 / (4 pi p N), with p the density per solid angle at which its direction was proposed and N the lines thrown.
#pragma once

#include <array>

#include "core/base/progress.hpp"
#include "core/generate/recipe.hpp"
#include "core/geometry/box.hpp"
#include "core/geometry/frame.hpp"

namespace anyslice::generate {

inline constexpr const char* kDecayAtRestName = "decay-at-rest";
/// Changes whenever the same recipe would give other events.
inline constexpr const char* kDecayAtRestVersion = "1";

/// Where the parents stop: along the beam at front + Erlang(shape, scale), across it a Gaussian of width sigma.
struct StoppedSource {
  double front_m = 0, scale_m = 0, transverse_sigma_m = 0;
  std::uint64_t shape = 1;
  geometry::Frame beam_to_detector;
};

/// Proposes lines from a point outside a box into it: aimed at a uniform point of the faces visible from there (with
/// probability face_fraction) or at a uniform point of the volume. Every line that crosses can come from either, so
/// the weight uses the density of the mixture.
class LineProposal {
 public:
  LineProposal(const geometry::Box& box, double face_fraction) : box_(box), face_fraction_(face_fraction) {}

  /// Unit direction from `start`, from four uniforms in (0, 1).
  Eigen::Vector3d direction(const Eigen::Vector3d& start, const std::array<double, 4>& uniforms) const;
  /// Density per steradian with which direction() gives the direction of this crossing.
  double density(const Eigen::Vector3d& start, const Eigen::Vector3d& direction,
                 const geometry::PathSegment& segment) const;

 private:
  std::array<double, 6> visible_areas(const Eigen::Vector3d& start) const;

  geometry::Box box_;
  double face_fraction_;
};

/// Columns weight [1], entry [m], length [m], entry_face. A recipe may leave columns out.
EventTable generate_decay_at_rest(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress = {});

}  // namespace anyslice::generate
