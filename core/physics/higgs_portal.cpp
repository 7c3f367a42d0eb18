// Widths of the Higgs-portal scalar.
#include "core/physics/higgs_portal.hpp"

#include <cmath>

#include "core/physics/constants.hpp"
#include "core/physics/two_body.hpp"

namespace anyslice::physics {

double scalar_to_leptons_width(double scalar_mass, double lepton_mass, double theta,
                               const HiggsPortalConstants& constants) {
  const double mass_ratio = lepton_mass / scalar_mass;
  const double velocity_squared = 1 - 4 * mass_ratio * mass_ratio;
  if (velocity_squared <= 0) return 0;
  const double coupling = theta * lepton_mass / constants.higgs_vacuum_value;
  return coupling * coupling * scalar_mass / (8 * kPi) * std::pow(velocity_squared, 1.5);
}

double kaon_to_pion_scalar_width(double scalar_mass, double theta, const HiggsPortalConstants& constants) {
  if (scalar_mass >= constants.kaon_mass - constants.pion_mass) return 0;
  const double amplitude = 3 * constants.ckm_td * constants.ckm_ts * std::pow(constants.top_mass, 2) *
                           std::pow(constants.kaon_mass, 2) /
                           (32 * kPi * kPi * std::pow(constants.higgs_vacuum_value, 3));
  const double momentum = two_body_momentum(constants.kaon_mass, scalar_mass, constants.pion_mass);
  const double root_kallen = 2 * momentum / constants.kaon_mass;
  return theta * theta / (16 * kPi * constants.kaon_mass) * amplitude * amplitude * root_kallen;
}

double kaon_to_pion_scalar_branching(double scalar_mass, double theta, const HiggsPortalConstants& constants) {
  return kaon_to_pion_scalar_width(scalar_mass, theta, constants) * constants.kaon_lifetime / kHbarGeVSecond;
}

double scalar_ctau0(double scalar_mass, double theta, const HiggsPortalConstants& constants) {
  return kHbarCGeVMetre / scalar_to_leptons_width(scalar_mass, constants.electron_mass, theta, constants);
}

}  // namespace anyslice::physics
