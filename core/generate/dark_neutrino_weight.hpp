// What an event of dark neutrinos weighs beside the density it was drawn with: cross section, decay, propagators.
#pragma once

#include <vector>

#include "core/generate/dark_neutrino_event.hpp"
#include "core/physics/hadron.hpp"

namespace anyslice::generate {

/// dsigma/dQ2 in cm^2 GeV^2 at C = 1 without its propagator, times the density of the decay without its own, normalised
/// to one over the variables of the draw. Both are restored by propagators().
double reduced_rate(const DarkNeutrinoDraw& draw, Mediator mediator, const physics::ThreeBodyMomenta& momenta,
                    const physics::Target& target);
/// The part of it that knows nothing of the target.
double decay_density(const DarkNeutrinoDraw& draw, Mediator mediator, const physics::ThreeBodyMomenta& momenta);

/// (Q2 + mZ^2)^-2 in GeV^-4 and, for a heavy mediator, (1 - x y)^-2 / L(x) with x = (mN/mZ)^2: exact at any mZ, and at
/// another mN too, since y and not the pair mass is kept.
double propagators(const DarkNeutrinoDraw& draw, Mediator mediator, double mN, double mZ);

/// The two functions of a target by interpolation, for decisions that need speed and not the last digit: relative error
/// below 1e-4 except where a form factor vanishes.
class TabulatedTensor {
 public:
  TabulatedTensor(const physics::Target& target, double largest_Q_GeV);
  physics::HadronTensor operator()(double Q2) const;

 private:
  double width_;
  std::vector<physics::HadronTensor> nodes_;
};

/// Interactions per nucleus per 1e21 POT at C = 1: the integral of flux times cross section, at each of the mediator
/// masses. By quadrature.
std::vector<double> interactions_per_nucleus(const BeamFlux& flux, const physics::Target& target, double largest_Q_GeV,
                                             double mN, const std::vector<double>& mZ);

}  // namespace anyslice::generate
