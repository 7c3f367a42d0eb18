// Decays of the dark neutrino.
#include "core/physics/dark_neutrino.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>

#include "core/physics/constants.hpp"

namespace anyslice::physics {
namespace {

double integral_over_y(double electron_mass, double x) {
  // y = 4r + (1-4r) v^2 takes the square root out of the lower end.
  const double low = 4 * electron_mass * electron_mass;
  const auto integrand = [&](double v) {
    const double y = low + (1 - low) * v * v;
    const double propagator = 1 / (1 - x * y);
    return pair_mass_shape(y, electron_mass) * propagator * propagator * 2 * v * (1 - low);
  };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, 0.0, 1.0, 12, 1e-11);
}

double contact_width(double mN, double mZ, double alphaD, double epsilon, double VN2) {
  return kFineStructure * alphaD * epsilon * epsilon * VN2 * std::pow(mN, 5) / (48 * kPi * std::pow(mZ, 4));
}

double dot(const FourMomentum& a, const FourMomentum& b) {
  return a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
}

}  // namespace

double propagator_enhancement(double x) {
  if (x < 0.2) {
    double sum = 0, power = 1;
    for (int k = 0; k < 30; ++k, power *= x) sum += 12 * power / ((k + 3.0) * (k + 4.0));
    return sum;
  }
  const double remaining = 1 - x;
  const double logarithm = remaining > 0 ? remaining * -std::log(remaining) : 0;
  return 12 / (x * x * x * x) * (x - x * x / 2 - x * x * x / 6 - logarithm);
}

double off_shell_width(double mN, double mZ, double alphaD, double epsilon, double VN2) {
  return contact_width(mN, mZ, alphaD, epsilon, VN2) * propagator_enhancement(mN * mN / (mZ * mZ));
}

double off_shell_width_massive(double mN, double mZ, double alphaD, double epsilon, double VN2, double electron_mass) {
  if (2 * electron_mass >= mN) return 0;
  return contact_width(mN, mZ, alphaD, epsilon, VN2) * 2 * integral_over_y(electron_mass / mN, mN * mN / (mZ * mZ));
}

double on_shell_width(double mN, double mZ, double alphaD, double VN2) {
  const double r = mZ * mZ / (mN * mN);
  if (r >= 1) return 0;
  return alphaD * VN2 * mN * mN * mN / (4 * mZ * mZ) * (1 - r) * (1 - r) * (0.5 + r);
}

double mediator_width(double mZ, double epsilon) {
  const double r = kElectronMassGeV * kElectronMassGeV / (mZ * mZ);
  if (4 * r >= 1) return 0;
  return kFineStructure * epsilon * epsilon * mZ / 3 * std::sqrt(1 - 4 * r) * (1 + 2 * r);
}

double ctau0_cm(double width) {
  constexpr double kCmPerFermi = 1e-13;
  return width > 0 ? kHbarCGeVFermi * kCmPerFermi / width : std::numeric_limits<double>::infinity();
}

WidthBounds width_bounds(double width_at_unit_VN2, double UmuN2) {
  return {width_at_unit_VN2 * UmuN2, width_at_unit_VN2};
}

ThreeBodyMomenta three_body_momenta(const ThreeBodyPoint& point, double electron_mass) {
  // The pair: energy (1+y)/2, momentum (1-y)/2 opposite to the neutrino, mass sqrt(y).
  const double pair_mass = std::sqrt(point.y);
  const double gamma = (1 + point.y) / (2 * pair_mass), boost = (1 - point.y) / (2 * pair_mass);
  const double energy = pair_mass / 2;
  const double momentum = std::sqrt(std::max(0.0, energy * energy - electron_mass * electron_mass));
  const double along = momentum * point.cos_electron;
  const double across = momentum * std::sqrt(std::max(0.0, 1 - point.cos_electron * point.cos_electron));
  const double in_plane = across * std::cos(point.phi_electron), out_of_plane = across * std::sin(point.phi_electron);
  // Unit vectors: d = -neutrino = (-sin, 0, -cos); e = (-cos, 0, sin) lies in the plane, towards +z.
  const double cosine = point.cos_neutrino, sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
  const auto lab = [&](double sign) {
    const double boosted = gamma * sign * along + boost * energy;
    return FourMomentum{gamma * energy + boost * sign * along, -boosted * sine - sign * in_plane * cosine,
                        sign * out_of_plane, -boosted * cosine + sign * in_plane * sine};
  };
  return {lab(1), lab(-1)};
}

double pair_mass_shape(double y, double electron_mass) {
  const double ratio = electron_mass * electron_mass / y;
  return (1 - y) * (1 - y) * (1 + 2 * y) * (1 + 2 * ratio) * std::sqrt(std::max(0.0, 1 - 4 * ratio));
}

double three_body_norm(double electron_mass) { return integral_over_y(electron_mass, 0); }

double three_body_shape(const ThreeBodyPoint& point, const ThreeBodyMomenta& momenta, int helicity,
                        double electron_mass) {
  // In units of mN; P = (1, 0, 0, 0), S = h (0, 0, 0, 1), so Pt.p = E + h p_z.
  const FourMomentum& e = momenta.electron;
  const FourMomentum& p = momenta.positron;
  const FourMomentum neutrino{1 - e[0] - p[0], -e[1] - p[1], -e[2] - p[2], -e[3] - p[3]};
  const double mass_squared = electron_mass * electron_mass;
  const auto polarised = [&](const FourMomentum& momentum) { return momentum[0] + helicity * momentum[3]; };
  const double bracket =
      dot(neutrino, e) * polarised(p) + dot(neutrino, p) * polarised(e) + mass_squared * polarised(neutrino);
  // Averaged over the angles the bracket is (1-y)(1+2y)(1+2r/y)/12.
  return 12 * bracket * (1 - point.y) * std::sqrt(std::max(0.0, 1 - 4 * mass_squared / point.y));
}

double two_body_density(double cos_neutrino, double mN, double mZ, int helicity) {
  const double k = (mN * mN - 2 * mZ * mZ) / (mN * mN + 2 * mZ * mZ);
  return 1 - helicity * k * cos_neutrino;
}

}  // namespace anyslice::physics
