// One dark neutrino event: what is drawn, and what follows from it in the laboratory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/physics/dark_neutrino.hpp"

namespace anyslice::generate {

/// The variables of an event and the weight of having drawn them. Masses and energies in GeV, lengths in cm.
struct DarkNeutrinoDraw {
  std::size_t stratum = 0;
  double mN = 0, mZ = 0;  ///< mZ is 0 where it is not sampled
  double energy = 0, Q2 = 0;
  physics::ThreeBodyPoint decay{};          ///< light mediator: y = (mZ/mN)^2, the electron in the frame of the Z'
  double azimuth_N = 0, azimuth_decay = 0;  ///< of N about the beam, of the neutrino about the flight of N
  Eigen::Vector3d vertex = Eigen::Vector3d::Zero();
  /// Nuclei x flux / density of the draw, per 1e21 POT, without cross section and decay. Where masses are sampled, per
  /// unit of log10 mN (and log10 mZ). Not yet divided by the number of events. Zero: the event cannot happen.
  double weight = 0;
};

/// Observables of the pair that cuts and histograms use.
struct PairObservables {
  double energy = 0, momentum = 0, mass = 0;  ///< GeV
  double t_pair = 0, t_each = 0;              ///< GeV^2, see PairCuts
  double cos_opening = 0, cos_beam = 0;
};

struct LabEvent {
  double energy_N = 0, momentum_N = 0, cos_N = 1, sin_N = 0;  ///< of N; angle to the beam
  /// Momenta in GeV with the beam along z and N in the half-plane of positive x.
  std::array<double, 3> electron{}, positron{};
  PairObservables pair;
};

/// Kinematics of N and of the pair as a whole, on a target of this mass; exact. Leaves out the leptons, t_each and
/// cos_opening: most events fail a cut without them.
LabEvent pair_in_laboratory(const DarkNeutrinoDraw& draw, double target_mass);
/// Fills in the rest. `momenta` are those of the decay in the frame of N, in units of mN, before the rotation by
/// azimuth_decay.
void add_leptons(const DarkNeutrinoDraw& draw, const physics::ThreeBodyMomenta& momenta, LabEvent& event);

/// Whether the pair as a whole passes; then, whether the leptons do too.
bool pair_passes(const PairCuts& cuts, const PairObservables& pair);
bool leptons_pass(const PairCuts& cuts, const PairObservables& pair);

/// The invariant mass in GeV of two electrons with these momenta. Not inlined: Emscripten 3.1.6 gets it wrong where it
/// joins it with the smearing.
[[gnu::noinline]] double pair_mass(const std::array<double, 3>& electron, const std::array<double, 3>& positron);

}  // namespace anyslice::generate
