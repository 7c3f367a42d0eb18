// What generators work with, apart from what throws events: fluxes against energy, and cross sections of the target
// materials at given parameters.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/generate/recipe.hpp"

namespace anyslice::generate {

struct InteractionCurves {
  struct Flux {
    std::string beam, particle;
    std::vector<double> edges;    ///< GeV
    std::vector<double> density;  ///< per cm^2 per 1e21 POT per GeV, one a bin
  };
  struct CrossSection {
    std::string element;
    double nuclei = 0;  ///< in all regions of the recipe
    double molar_mass_g = 0;
    std::vector<double> values;  ///< cm^2 per nucleus, one an energy
  };
  std::vector<Flux> fluxes;
  std::vector<double> energies;  ///< GeV, evenly in the logarithm
  std::vector<CrossSection> cross_sections;
};

/// What the recipe's generator works with. Of dark neutrinos: coherent upscattering at `parameters` mN, mZ (GeV), with
/// a coupling C = |V_muN|^2 alpha_D (e epsilon)^2 of 1; zero below threshold. Throws InputError for a generator without
/// any and for other parameters.
InteractionCurves interaction_curves(const Recipe& recipe, const std::map<std::string, double>& parameters);

}  // namespace anyslice::generate
