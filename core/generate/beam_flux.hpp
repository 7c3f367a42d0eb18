// The neutrino flux of a beam, and energies drawn from it above a threshold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"

namespace anyslice::generate {

/// A histogram: constant within each bin, as it was published.
struct BeamFlux {
  std::vector<double> edges;    ///< GeV, rising
  std::vector<double> density;  ///< per cm^2 per 1e21 POT per GeV, one a bin

  double highest_energy() const { return edges.back(); }
  /// Zero outside the bins.
  double at(double energy) const;
  /// Per cm^2 per 1e21 POT.
  double integral() const;
};

/// Flux files (data/fluxes) hold one histogram for each beam ("FHC", "RHC") and neutrino ("numu", ...).
BeamFlux read_beam_flux(const JsonReader& file, const std::string& beam, const std::string& neutrino);

/// Draws energies with a density proportional to flux x E^power.
class EnergySampler {
 public:
  /// `power` 0, 1 or 3, for which the integral over a bin can be inverted.
  EnergySampler(const BeamFlux& flux, int power);

  struct Draw {
    double energy;  ///< GeV
    double
        weight;  ///< flux(energy) / density of the draw, per cm^2 per 1e21 POT; zero where no flux is above threshold
  };
  Draw draw(double uniform, double threshold) const;

 private:
  double primitive(double energy) const;  // E^(power+1) / (power+1)
  double inverse_primitive(double value) const;

  int power_;
  std::vector<double> edges_, density_, cumulative_, edge_primitives_;
  // The first bin that can hold an energy, or a value of the cumulative density, from equal steps in them.
  std::vector<std::uint32_t> energy_guide_, cumulative_guide_;
};

}  // namespace anyslice::generate
