// Decays of a Dirac dark neutrino N through a dark photon: N -> nu e- e+ off shell, N -> nu Z', Z' -> e- e+ on shell.
//
// Source: arXiv:2205.12273, Eqs. 9-12; the polarised matrix element follows from the Lagrangian of upscattering.hpp. N
// from a neutrino has helicity -1, from an antineutrino +1, and the mirrored decay: the lab distributions are the same,
// so the formulas are for neutrinos. |V_N|^2 is the sum over daughter neutrinos. Masses and widths in GeV, lengths in
// cm.
#pragma once

#include <array>

namespace anyslice::physics {

/// L(x) of Eq. 9, x = mN^2 / mZ^2 in [0, 1): 1 + 0.6 x + 0.4 x^2 + ...; by its series for small x.
double propagator_enhancement(double x);

/// Gamma(N -> nu e- e+), Eq. 9 (massless electrons). Needs mZ > mN.
double off_shell_width(double mN, double mZ, double alphaD, double epsilon, double VN2);
/// The same by quadrature of the decay density below, with this electron mass; zero below threshold.
double off_shell_width_massive(double mN, double mZ, double alphaD, double epsilon, double VN2, double electron_mass);

/// Gamma(N -> nu Z'), Eq. 10; zero for mZ >= mN.
double on_shell_width(double mN, double mZ, double alphaD, double VN2);
/// Gamma(Z' -> e- e+) = alpha epsilon^2 mZ / 3 sqrt(1 - 4 r) (1 + 2 r), r = (me/mZ)^2; zero below threshold.
double mediator_width(double mZ, double epsilon);

/// Proper decay length c tau in cm of this width; infinite for none.
double ctau0_cm(double width);
/// The smallest and largest width of N that |V_muN|^2 <= |V_N|^2 <= 1 allows, Eq. 11, from the width at |V_N|^2 = 1.
struct WidthBounds {
  double smallest, largest;
};
WidthBounds width_bounds(double width_at_unit_VN2, double UmuN2);

/// A configuration of N -> nu e- e+ in the rest frame of N, the z axis along its flight.
struct ThreeBodyPoint {
  double y;             ///< m_ee^2 / mN^2, from 4 (me/mN)^2 to 1
  double cos_neutrino;  ///< polar angle of the neutrino in the frame of N
  double cos_electron;  ///< polar angle of the e- in the frame of the pair, from the direction opposite to the neutrino
  double phi_electron;  ///< its azimuth about that direction, zero in the plane of the flight, on the side of z
};

/// Four-momentum (E, px, py, pz).
using FourMomentum = std::array<double, 4>;

struct ThreeBodyMomenta {
  FourMomentum electron, positron;
};
/// Momenta in units of mN in the rest frame of N; the neutrino lies in the half-plane of positive x. `electron_mass` in
/// units of mN.
ThreeBodyMomenta three_body_momenta(const ThreeBodyPoint& point, double electron_mass);

/// The decay density of a contact interaction (mZ -> infinity) over (y, cos_neutrino / 2, cos_electron / 2,
/// phi_electron / 2pi), the last three of unit range, times three_body_norm(electron_mass); helicity is that of N.
/// |M|^2 is proportional to (n.p-)(Pt.p+) + (n.p+)(Pt.p-) + me^2 (n.Pt), Pt = P - mN S, with n, p-, p+ the momenta of
/// neutrino, e-, e+. A finite mZ multiplies it by (1 - x y)^-2 / L(x), up to the electron mass in L.
double three_body_shape(const ThreeBodyPoint& point, const ThreeBodyMomenta& momenta, int helicity,
                        double electron_mass);
/// The same with the angles integrated out: (1-y)^2 (1+2y) (1 + 2r/y) sqrt(1 - 4r/y), r = (me/mN)^2.
double pair_mass_shape(double y, double electron_mass);
/// The integral over y; 1/2 for massless electrons. `electron_mass` in units of mN, below 1/2.
double three_body_norm(double electron_mass);

/// The density of cos_neutrino / 2 in N -> nu Z': 1 - h k cos, k = (mN^2 - 2 mZ^2) / (mN^2 + 2 mZ^2). For h = -1 the
/// neutrino goes forward. The Z' is taken to decay isotropically.
double two_body_density(double cos_neutrino, double mN, double mZ, int helicity);

}  // namespace anyslice::physics
