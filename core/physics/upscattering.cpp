// Coherent upscattering.
#include "core/physics/upscattering.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "core/physics/constants.hpp"

namespace anyslice::physics {

double upscattering_coupling(double UmuN2, double alphaD, double epsilon) {
  return UmuN2 * alphaD * 4 * kPi * kFineStructure * epsilon * epsilon;
}

double upscattering_threshold(double mN, double target_mass) { return mN + mN * mN / (2 * target_mass); }

TransferRange transfer_range(double energy, double mN, double target_mass) {
  if (energy <= upscattering_threshold(mN, target_mass)) return {};
  const double M2 = target_mass * target_mass, m2 = mN * mN;
  const double s = M2 + 2 * target_mass * energy;
  const double root_s = std::sqrt(s);
  const double k = target_mass * energy / root_s;  // (s - M^2) / (2 sqrt s)
  const double energy_N = (2 * target_mass * energy + m2) / (2 * root_s);
  const double momentum_N = std::sqrt(std::max(0.0, (energy_N - mN) * (energy_N + mN)));
  const double high = 2 * k * (energy_N + momentum_N) - m2;
  return {M2 * m2 * m2 / (s * high), high};
}

double convective_contraction(double energy, double Q2, double mN, double target_mass) {
  // (s-u)^2 - (4M^2+Q2)(mN^2+Q2) with s = M^2 + 2ME: the terms in M^4 and M^3 cancel by hand.
  const double sum = mN * mN + Q2, ME = target_mass * energy;
  return 16 * ME * ME - (8 * ME + 4 * target_mass * target_mass - mN * mN) * sum;
}

double transverse_contraction(double Q2, double mN) { return (mN * mN + Q2) * (2 * Q2 - mN * mN); }

double reduced_cross_section(double energy, double Q2, double mN, double coupling, const Target& target) {
  const HadronTensor hadron = target.tensor(Q2);
  const double squared = hadron.convective * convective_contraction(energy, Q2, mN, target.mass) +
                         hadron.transverse * transverse_contraction(Q2, mN);
  // |M|^2 / (16 pi (s - M^2)^2) with |M|^2 = 4 pi C (...)
  const double flux = 2 * target.mass * energy;
  return kHbarCSquaredGeV2Cm2 * coupling * squared / (4 * flux * flux);
}

double differential_cross_section(double energy, double Q2, double mN, double mZ, double coupling,
                                  const Target& target) {
  const auto range = transfer_range(energy, mN, target.mass);
  if (!(Q2 >= range.low && Q2 <= range.high) || range.high == 0) return 0;
  const double propagator = 1 / (Q2 + mZ * mZ);
  return reduced_cross_section(energy, Q2, mN, coupling, target) * propagator * propagator;
}

double total_cross_section(double energy, double mN, double mZ, double coupling, const Target& target,
                           double largest_Q) {
  const auto range = transfer_range(energy, mN, target.mass);
  const double high = std::min(range.high, largest_Q * largest_Q), mZ2 = mZ * mZ;
  if (!(high > range.low)) return 0;
  // dQ2 / (Q2 + mZ^2)^2 = e^-v dv with v = ln(Q2 + mZ^2): smooth for every mZ. A heavy mediator would squeeze the form
  // factor into a sliver of v, so the variable saturates at a scale below which no form factor varies.
  constexpr double kFormFactorScale2 = 1e-3;  // GeV^2
  const double shift = std::min(mZ2, kFormFactorScale2);
  const auto integrand = [&](double v) {
    const double Q2 = std::exp(v) - shift;
    const double propagator = 1 / (Q2 + mZ2);
    return reduced_cross_section(energy, std::max(Q2, 0.0), mN, coupling, target) * propagator * propagator *
           (Q2 + shift);
  };
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(integrand, std::log(range.low + shift),
                                                                       std::log(high + shift), 8, 1e-8);
}

double rough_cross_section(double energy, double mZ, double coupling, int charge, double target_mass,
                           double mass_number, double lambda_qcd) {
  const double x = 2 * lambda_qcd / std::cbrt(mass_number) / target_mass;
  const double M2 = target_mass * target_mass, s = M2 + 2 * target_mass * energy;
  const double bracket = 2 * (M2 * M2 + s * s) - s * M2 * (x * x + 4);
  return kHbarCSquaredGeV2Cm2 * coupling * charge * charge * x * x / (8 * energy * energy * std::pow(mZ, 4)) * bracket;
}

}  // namespace anyslice::physics
