// Coherent upscattering nu A -> N A through a dark photon, N a Dirac fermion of mass mN.
//
// Lagrangian: g_D V_{mu N} N-bar gamma^mu P_L nu Z'_mu + e epsilon Z'_mu J^mu (arXiv:2205.12273, Eqs. 1, 4-6). The
// incoming neutrino is purely left-handed: no spin average; the sum runs over the helicities of N. Antineutrinos have
// the same rate. Energies, masses in GeV; Q2 = -q^2 in GeV^2, the same for the hadron.
#pragma once

#include "core/physics/hadron.hpp"

namespace anyslice::physics {

/// C = |V_muN|^2 alpha_D (e epsilon)^2: every rate is proportional to it.
double upscattering_coupling(double UmuN2, double alphaD, double epsilon);

/// The lowest neutrino energy that makes N: mN + mN^2 / 2M.
double upscattering_threshold(double mN, double target_mass);

struct TransferRange {
  double low = 0, high = 0;  ///< GeV^2; both zero at and below threshold
};
/// Exact limits of Q2; low = M^2 mN^4 / (s high) is free of cancellation.
TransferRange transfer_range(double energy, double mN, double target_mass);

/// L of |M|^2 = 4 pi C H L / (Q2 + mZ^2)^2 for the convective part of the hadron:
/// (s-u)^2 - (4M^2 + Q2)(mN^2 + Q2), in GeV^4.
double convective_contraction(double energy, double Q2, double mN, double target_mass);
/// The same for the transverse part: (mN^2 + Q2)(2 Q2 - mN^2).
double transverse_contraction(double Q2, double mN);

/// dsigma/dQ2 in cm^2/GeV^2 without the propagator: to be multiplied by 1 / (Q2 + mZ^2)^2, mZ in GeV. Does not check
/// that Q2 lies within its limits.
double reduced_cross_section(double energy, double Q2, double mN, double coupling, const Target& target);
/// dsigma/dQ2 in cm^2/GeV^2; zero outside the limits of Q2.
double differential_cross_section(double energy, double Q2, double mN, double mZ, double coupling,
                                  const Target& target);
/// sigma in cm^2, by adaptive quadrature in ln(Q2 + mZ^2); zero below threshold. `largest_Q` (GeV) cuts the integral,
/// since a form factor is not known beyond.
double total_cross_section(double energy, double mN, double mZ, double coupling, const Target& target,
                           double largest_Q = 2);

/// The rough closed form of arXiv:2205.12273, Eq. A1, in cm^2, for E > 1 GeV, mN << E and a heavy mediator: a box for
/// the form factor, F = 1 up to Q = 2 Lambda_QCD / A^(1/3), Lambda_QCD from 0.1 to 0.2 GeV. Integrating the formula
/// above gives the bracket of Eq. A1 with x_A = Q / M, and the prefactor x_A^2 / 8 where the text prints 1/4. For
/// estimates by hand: it is off by up to a factor of two, which the choice of Lambda_QCD spans.
double rough_cross_section(double energy, double mZ, double coupling, int charge, double target_mass,
                           double mass_number, double lambda_qcd = 0.15);

}  // namespace anyslice::physics
