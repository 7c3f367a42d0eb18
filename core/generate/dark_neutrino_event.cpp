// Kinematics of dark neutrino events.
#include "core/generate/dark_neutrino_event.hpp"

#include <cmath>

#include "core/physics/constants.hpp"

namespace anyslice::generate {

LabEvent to_laboratory(const DarkNeutrinoDraw& draw, double target_mass, const physics::ThreeBodyMomenta& momenta) {
  LabEvent event;
  const double mN = draw.mN, E = draw.energy;
  const double energy_N = E - draw.Q2 / (2 * target_mass);
  const double momentum_N = std::sqrt(std::max(0.0, (energy_N - mN) * (energy_N + mN)));
  const double cosine = std::min(1.0, (2 * E * energy_N - mN * mN - draw.Q2) / (2 * E * momentum_N));
  const double sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
  event.momentum_N = momentum_N;
  event.cos_N = cosine;
  event.sin_N = sine;

  // Into the laboratory: turn about the flight, boost by mN (gamma, gamma beta), tilt by the angle of N to the beam.
  const double turn_x = std::cos(draw.azimuth_decay), turn_y = std::sin(draw.azimuth_decay);
  const auto boosted = [&](const physics::FourMomentum& p) {
    const double x = mN * p[1] * turn_x - mN * p[2] * turn_y, y = mN * p[1] * turn_y + mN * p[2] * turn_x;
    const double z = energy_N * p[3] + momentum_N * p[0];
    return physics::FourMomentum{energy_N * p[0] + momentum_N * p[3], x * cosine + z * sine, y, z * cosine - x * sine};
  };
  const auto e = boosted(momenta.electron), p = boosted(momenta.positron);
  event.electron = {e[1], e[2], e[3]};
  event.positron = {p[1], p[2], p[3]};

  auto& pair = event.pair;
  const double x = e[1] + p[1], y = e[2] + p[2], z = e[3] + p[3];
  pair.energy = e[0] + p[0];
  pair.mass = mN * std::sqrt(draw.decay.y);
  const double transverse2 = x * x + y * y;
  pair.momentum = std::sqrt(transverse2 + z * z);
  pair.cos_beam = z / pair.momentum;
  const double missing = pair.energy - z;
  pair.t_pair = missing * missing + transverse2;
  const double electron_transverse2 = e[1] * e[1] + e[2] * e[2], positron_transverse2 = p[1] * p[1] + p[2] * p[2];
  pair.t_each = missing * missing + electron_transverse2 + positron_transverse2;
  pair.cos_opening = (e[1] * p[1] + e[2] * p[2] + e[3] * p[3]) /
                     std::sqrt((electron_transverse2 + e[3] * e[3]) * (positron_transverse2 + p[3] * p[3]));
  return event;
}

bool passes(const PairCuts& cuts, const PairObservables& pair) {
  return !(cuts.energy_above_GeV && !(pair.energy > *cuts.energy_above_GeV)) &&
         !(cuts.momentum_above_GeV && !(pair.momentum > *cuts.momentum_above_GeV)) &&
         !(cuts.cos_beam_above && !(pair.cos_beam > *cuts.cos_beam_above)) &&
         !(cuts.t_below_GeV2 && !((cuts.t_of_each_lepton ? pair.t_each : pair.t_pair) < *cuts.t_below_GeV2)) &&
         !(cuts.cos_opening_above && !(pair.cos_opening > *cuts.cos_opening_above)) &&
         !(cuts.pair_mass_below_GeV && !(pair.mass < *cuts.pair_mass_below_GeV));
}

double pair_mass(const std::array<double, 3>& electron, const std::array<double, 3>& positron) {
  constexpr double m2 = physics::kElectronMassGeV * physics::kElectronMassGeV;
  const auto dot = [](const std::array<double, 3>& a, const std::array<double, 3>& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  };
  const double energies = std::sqrt((dot(electron, electron) + m2) * (dot(positron, positron) + m2));
  return std::sqrt(std::max(0.0, 2 * (m2 + energies - dot(electron, positron))));
}

}  // namespace anyslice::generate
