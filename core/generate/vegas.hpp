// VEGAS: adaptive Monte Carlo integration over the unit hypercube.
//
// G. P. Lepage, J. Comput. Phys. 27 (1978) 192 and, for the adaptive stratification, J. Comput. Phys. 439 (2021) 110386
// (arXiv:2009.05112): every axis is cut into increments that hold equal shares of the squared integrand; the hypercube
// is cut into equal cells, which get calls in proportion to (their standard deviation)^0.75.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"

namespace anyslice::generate {

/// The importance map from uniforms to points of the unit hypercube.
class VegasMap {
 public:
  VegasMap(std::size_t dimensions, std::size_t increments);

  std::size_t dimensions() const { return dimensions_; }
  std::size_t increments() const { return increments_; }
  /// Writes the point and returns the jacobian dx/du, one over the density of the points. Both spans have dimensions()
  /// entries; `uniforms` in (0, 1).
  double operator()(std::span<const double> uniforms, std::span<double> point) const;

  /// Moves the edges towards equal shares of `squares` (dimensions x increments, the sums of (jacobian f)^2 by
  /// increment), by Lepage's smoothing and damping; 0 leaves the map as it is.
  void refine(const std::vector<double>& squares, double damping);

  /// {"edges": [[...], ...]}; read() throws InputError unless the edges rise from 0 to 1.
  Json document() const;
  static VegasMap read(const JsonReader& reader);

 private:
  std::size_t dimensions_, increments_;
  std::vector<double> edges_;  ///< dimensions x (increments + 1)
};

struct VegasSettings {
  std::uint64_t warmup_iterations = 10, warmup_calls = 1000;  ///< adapt the map; their results are not used
  std::uint64_t iterations = 20, calls = 10000;               ///< iterations and calls an iteration of the estimate
  std::size_t increments = 100;
  double map_damping = 1, stratification_damping = 0.75;
};

struct VegasEstimate {
  double integral = 0, error = 0;
};

struct VegasResult {
  double integral = 0, error = 0;  ///< of all iterations, weighted with their inverse variances
  double chi2_per_dof = 0;         ///< of the iterations about their mean; near 1 where the errors can be trusted
  std::vector<VegasEstimate> iterations;
  std::uint64_t calls = 0;  ///< including those of the warm-up
};

/// Must return a finite number; the point lies inside the unit hypercube.
using VegasIntegrand = std::function<double(std::span<const double> point)>;

/// Adapts `map` and integrates. The result is a function of map, integrand, settings, seed and stream.
VegasResult vegas_integrate(VegasMap& map, const VegasIntegrand& integrand, const VegasSettings& settings,
                            std::uint64_t seed, std::uint32_t stream = 0, const ProgressCallback& progress = {});

}  // namespace anyslice::generate
