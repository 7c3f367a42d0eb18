// The share of interactions that pass the cuts, over the masses: what rejected events leave behind.
#pragma once

#include <vector>

#include "core/base/progress.hpp"
#include "core/generate/dark_neutrino_event.hpp"

namespace anyslice::generate {

/// By beam, element, mN bin and mediator mass. A heavy mediator is re-weighted to every mass of the map, a light one
/// counts at the nearest.
class EfficiencyMap {
 public:
  /// Integrates the interactions, which takes some seconds for a large map.
  explicit EfficiencyMap(const DarkNeutrinoRecipe& recipe, const ProgressCallback& progress = {});
  /// `weight` without propagators; bit i of `passed` for the i-th set of cuts.
  void add(const DarkNeutrinoDraw& draw, double weight, std::uint32_t passed);
  /// {"mN_GeV" (bin centres), "mZ_GeV", "beams", "elements", "interactions" (per nucleus per 1e21 POT at C = 1, exact,
  /// at the bin centres), "efficiency": {CUTS: ...}, "effective_events"}; arrays [beam][element][mN][mZ], null where
  /// masses are impossible or no event was seen. The error of an efficiency e is sqrt(e (1 - e) / effective events),
  /// which are given for the middle mass of mZ_GeV: [beam][element][mN], light: the sum over mZ.
  Json document() const;

 private:
  std::size_t cell(std::size_t beam, std::size_t element, std::size_t mass, std::size_t mediator) const;

  const DarkNeutrinoRecipe& recipe_;
  double ln_low_, bins_per_unit_;
  std::size_t bins_;
  std::vector<double> centres_;
  std::vector<double> interactions_, slopes_;  // per nucleus; d ln(interactions) / d ln mN
  std::vector<double> thrown_, thrown_squares_;
  std::vector<std::vector<double>> passed_;  // by cuts
};

}  // namespace anyslice::generate
