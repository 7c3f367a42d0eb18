// The share of interactions that pass the cuts, over the masses: what rejected events leave behind.
#pragma once

#include <vector>

#include "core/base/progress.hpp"
#include "core/generate/dark_neutrino_thrower.hpp"

namespace anyslice::generate {

/// At each of a grid of masses, for each beam and element. Efficiencies are means over the same low-discrepancy points
/// at every pair of masses, so that they are smooth along the masses: what flattens a kernel are their ratios.
class EfficiencyMap {
 public:
  /// Integrates interactions and throws the points, which takes some seconds for a large map. `seed` shifts the points.
  EfficiencyMap(const DarkNeutrinoRecipe& recipe, std::uint64_t seed, const ProgressCallback& progress = {});
  /// {"mN_GeV", "mZ_GeV", "beams", "elements", "interactions" (per nucleus per 1e21 POT at C = 1, by quadrature),
  /// "efficiency": {CUTS: ...}}; arrays [beam][element][mN][mZ], null where masses are impossible, and efficiencies
  /// also for elements of which no region is cut. Interactions of a light mediator go on to mZ = 2 mN: it is exchanged
  /// whether N can decay to it or not, and rows that a kernel reaches may be lighter than the target's mZ. Where the
  /// recipe has "propagator_over_mZ" there is "kinematic_efficiency" too, [beam][element][mN][propagator_over_mZ][mZ]:
  /// with the mZ of the axis in kinematics, and so many times that in the propagator.
  /// "relative_error": {CUTS: [beam][element][mN]} of the efficiencies, the root mean square over mZ, from points
  /// shifted at random.
  Json document() const;

 private:
  struct Sums {
    double thrown = 0;
    std::vector<double> passed;  // by cuts
  };
  /// What is known of one pair of masses: sums by shift of the points.
  struct Efficiency {
    std::vector<double> mean, error;  // by cuts
  };
  std::size_t cell(std::size_t beam, std::size_t element, std::size_t mass, std::size_t mediator) const;
  bool possible(std::size_t mass, std::size_t mediator) const;
  void integrate_interactions(const ProgressCallback& progress);
  void throw_points(std::uint64_t seed, const ProgressCallback& progress);
  Efficiency efficiency_of(const std::vector<Sums>& by_shift) const;
  /// The root mean square over `count` cells from `first`; infinite where nothing is known.
  double relative_error(std::size_t first, std::size_t count, std::size_t cuts) const;

  const DarkNeutrinoRecipe& recipe_;
  std::vector<double> masses_;                      // of N, GeV
  std::vector<double> interactions_;                // per nucleus
  std::vector<Efficiency> efficiencies_;            // empty where nothing is known
  std::vector<std::vector<Efficiency>> kinematic_;  // by mZ of the propagator over that of the kinematics
};

}  // namespace anyslice::generate
