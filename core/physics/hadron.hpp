// What a hadronic target at rest looks like to a photon or a dark photon: nuclei without spin, and the free proton.
//
// The current of a spin-0 nucleus of charge Z is e Z F(Q2) (p + p')^mu. Averaged over spins, any target is described by
// two functions of Q2 = -q^2: H^{mu nu} = convective (p+p')^mu (p+p')^nu + transverse Q2 (-g^{mu nu} + q^mu q^nu /
// q^2). A nucleus has convective = Z^2 F^2 and transverse = 0.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace anyslice::physics {

/// The elastic form factor of a charge density rho(r) = sum_n a_n j0(n pi r / R) for r < R, normalised to F(0) = 1.
/// H. de Vries, C. W. de Jager, C. de Vries, At. Data Nucl. Data Tables 36 (1987) 495. The coefficients are fitted to
/// scattering data up to about Q = 0.4-0.8 GeV (the first n-1 zeros of sin(QR)); beyond, the truncated series is an
/// extrapolation that falls as Q^-3 and is used as it stands.
class FourierBessel {
 public:
  /// R in fm; the coefficients in any common unit.
  FourierBessel(double radius_fm, std::vector<double> coefficients);
  double operator()(double Q2) const;

  double radius_fm() const { return radius_fm_; }
  /// The charge 4 pi int rho r^2 dr (coefficients in e/fm^3), and the root of the mean squared radius in fm.
  double charge() const;
  double rms_radius_fm() const;

 private:
  double radius_fm_, normalisation_ = 0;
  std::vector<double> coefficients_;
};

/// The symmetrised Fermi distribution of the published analysis of arXiv:2205.12273, as its code has it: a = 0.523 fm,
/// r0 = 1.03 fm * M^(1/3) with M = 0.9385 A in GeV where the parametrisation wants the mass number A, and 0.197 for
/// hbar c. Kept to reproduce the published numbers.
class LegacyFermi {
 public:
  explicit LegacyFermi(double mass_number);
  double operator()(double Q2) const;

 private:
  double radius_;  ///< GeV^-1
};

struct HadronTensor {
  double convective = 0, transverse = 0;
};

/// The free proton: dipole with M_V = 0.843 GeV and mu_p = 2.792 (the values of DarkNews, arXiv:2207.04137), written
/// with the Sachs form factors G_E = G_D, G_M = mu_p G_D: convective = (G_E^2 + tau G_M^2) / (1 + tau), transverse =
/// G_M^2, tau = Q2 / 4M^2.
struct ProtonDipole {
  HadronTensor operator()(double Q2) const;
};

struct Target {
  std::string name;
  int charge = 0;
  double mass = 0;  ///< GeV, of the bare nucleus
  std::variant<FourierBessel, LegacyFermi, ProtonDipole> shape;

  HadronTensor tensor(double Q2) const;
};

}  // namespace anyslice::physics
