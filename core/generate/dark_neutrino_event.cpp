// Kinematics of dark neutrino events.
#include "core/generate/dark_neutrino_event.hpp"

#include <cmath>

#include "core/physics/constants.hpp"

namespace anyslice::generate {

namespace {

/// From the frame of N (units of mN) into the laboratory: turn about the flight, boost, tilt by the angle of N to the
/// beam.
struct Boost {
  double mN, turn_x, turn_y;
  const LabEvent& event;

  Boost(const DarkNeutrinoDraw& draw, const LabEvent& lab)
      : mN(draw.mN), turn_x(std::cos(draw.azimuth_decay)), turn_y(std::sin(draw.azimuth_decay)), event(lab) {}

  physics::FourMomentum operator()(const physics::FourMomentum& p) const {
    const double x = mN * (p[1] * turn_x - p[2] * turn_y), y = mN * (p[1] * turn_y + p[2] * turn_x);
    const double z = event.energy_N * p[3] + event.momentum_N * p[0];
    return {event.energy_N * p[0] + event.momentum_N * p[3], x * event.cos_N + z * event.sin_N, y,
            z * event.cos_N - x * event.sin_N};
  }
};

}  // namespace

LabEvent pair_in_laboratory(const DarkNeutrinoDraw& draw, double target_mass) {
  LabEvent event;
  const double mN = draw.mN, E = draw.energy;
  event.energy_N = E - draw.Q2 / (2 * target_mass);
  event.momentum_N = std::sqrt(std::max(0.0, (event.energy_N - mN) * (event.energy_N + mN)));
  event.cos_N = std::min(1.0, (2 * E * event.energy_N - mN * mN - draw.Q2) / (2 * E * event.momentum_N));
  event.sin_N = std::sqrt(std::max(0.0, 1 - event.cos_N * event.cos_N));

  // The pair recoils against the neutrino, which lies in the half-plane of positive x.
  const double y = draw.decay.y, cosine = draw.decay.cos_neutrino, momentum = (1 - y) / 2;
  const auto p = Boost(
      draw, event)({(1 + y) / 2, -momentum * std::sqrt(std::max(0.0, 1 - cosine * cosine)), 0, -momentum * cosine});
  auto& pair = event.pair;
  pair.energy = p[0];
  pair.mass = mN * std::sqrt(y);
  const double transverse2 = p[1] * p[1] + p[2] * p[2], missing = p[0] - p[3];
  pair.momentum = std::sqrt(transverse2 + p[3] * p[3]);
  pair.cos_beam = p[3] / pair.momentum;
  pair.t_pair = missing * missing + transverse2;
  return event;
}

void add_leptons(const DarkNeutrinoDraw& draw, const physics::ThreeBodyMomenta& momenta, LabEvent& event) {
  const Boost boost(draw, event);
  const auto e = boost(momenta.electron), p = boost(momenta.positron);
  event.electron = {e[1], e[2], e[3]};
  event.positron = {p[1], p[2], p[3]};
  const double missing = e[0] + p[0] - e[3] - p[3];
  const double electron_transverse2 = e[1] * e[1] + e[2] * e[2], positron_transverse2 = p[1] * p[1] + p[2] * p[2];
  event.pair.t_each = missing * missing + electron_transverse2 + positron_transverse2;
  event.pair.cos_opening = (e[1] * p[1] + e[2] * p[2] + e[3] * p[3]) /
                           std::sqrt((electron_transverse2 + e[3] * e[3]) * (positron_transverse2 + p[3] * p[3]));
}

bool pair_passes(const PairCuts& cuts, const PairObservables& pair) {
  return !(cuts.energy_above_GeV && !(pair.energy > *cuts.energy_above_GeV)) &&
         !(cuts.momentum_above_GeV && !(pair.momentum > *cuts.momentum_above_GeV)) &&
         !(cuts.cos_beam_above && !(pair.cos_beam > *cuts.cos_beam_above)) &&
         !(cuts.t_below_GeV2 && !cuts.t_of_each_lepton && !(pair.t_pair < *cuts.t_below_GeV2)) &&
         !(cuts.pair_mass_below_GeV && !(pair.mass < *cuts.pair_mass_below_GeV));
}

bool leptons_pass(const PairCuts& cuts, const PairObservables& pair) {
  return !(cuts.t_below_GeV2 && cuts.t_of_each_lepton && !(pair.t_each < *cuts.t_below_GeV2)) &&
         !(cuts.cos_opening_above && !(pair.cos_opening > *cuts.cos_opening_above));
}

double pair_mass(const std::array<double, 3>& electron, const std::array<double, 3>& positron) {
  constexpr double m2 = physics::kElectronMassGeV * physics::kElectronMassGeV;
  const double x = electron[0], y = electron[1], z = electron[2], u = positron[0], v = positron[1], w = positron[2];
  const double energies = std::sqrt((x * x + y * y + z * z + m2) * (u * u + v * v + w * w + m2));
  const double square = 2 * (m2 + energies - (x * u + y * v + z * w));
  return square > 0 ? std::sqrt(square) : 0;
}

}  // namespace anyslice::generate
