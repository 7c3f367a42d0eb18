// Fluxes and cross sections, by generator.
#include "core/generate/interaction_curves.hpp"

#include <cmath>

#include "core/generate/dark_neutrino.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/physics/upscattering.hpp"

namespace anyslice::generate {
namespace {

// Where the flux is worth a drawing, and as fine as a drawing needs.
constexpr double kLowestGeV = 0.05, kHighestGeV = 20;
constexpr std::size_t kEnergies = 121;

double parameter_of(const Recipe& recipe, const std::map<std::string, double>& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  if (parameters.size() != 2 || found == parameters.end()) {
    throw InputError(recipe.source, "parameters", "expected mN and mZ");
  }
  if (!(found->second > 0 && std::isfinite(found->second))) {
    throw InputError(recipe.source, "parameters." + name, "expected a mass above zero");
  }
  return found->second;
}

}  // namespace

InteractionCurves interaction_curves(const Recipe& document, const std::map<std::string, double>& parameters) {
  const std::string generator = JsonReader(document.document, document.source).at("generator").text();
  if (generator != kDarkNeutrinoName) {
    throw InputError(document.source, "generator", generator + " has no curves of flux and cross section");
  }
  const double mN = parameter_of(document, parameters, "mN"), mZ = parameter_of(document, parameters, "mZ");
  const DarkNeutrinoRecipe recipe = read_dark_neutrino_recipe(document);
  InteractionCurves result;
  for (const auto& beam : recipe.beams) {
    result.fluxes.push_back({beam.name, beam.neutrino, beam.flux.edges, beam.flux.density});
  }
  const double highest = std::min(kHighestGeV, recipe.highest_energy());
  for (std::size_t i = 0; i < kEnergies; ++i) {
    const double share = static_cast<double>(i) / (kEnergies - 1);
    result.energies.push_back(kLowestGeV * std::pow(highest / kLowestGeV, share));
  }
  for (std::size_t e = 0; e < recipe.elements.size(); ++e) {
    const Element& element = recipe.elements[e];
    InteractionCurves::CrossSection curve{element.symbol, 0, element.molar_mass_g, {}};
    for (const auto& stratum : recipe.strata) {
      // The nuclei of a region are the same for every beam.
      if (stratum.element == e && stratum.beam == 0) curve.nuclei += stratum.targets;
    }
    for (const double energy : result.energies) {
      curve.values.push_back(physics::total_cross_section(energy, mN, mZ, 1, element.target, recipe.largest_Q_GeV));
    }
    result.cross_sections.push_back(std::move(curve));
  }
  return result;
}

}  // namespace anyslice::generate
