// Form factors.
#include "core/physics/hadron.hpp"

#include <cmath>

#include "core/physics/constants.hpp"

namespace anyslice::physics {

FourierBessel::FourierBessel(double radius_fm, std::vector<double> coefficients)
    : radius_fm_(radius_fm), coefficients_(std::move(coefficients)) {
  double sign = 1;
  for (std::size_t i = 0; i < coefficients_.size(); ++i, sign = -sign) {
    const double zero = kPi * static_cast<double>(i + 1);
    normalisation_ += sign * coefficients_[i] / (zero * zero);
  }
}

double FourierBessel::operator()(double Q2) const {
  const double x = std::sqrt(Q2) / kHbarCGeVFermi * radius_fm_;
  // Term n is a_n (-1)^(n+1) sin(x) / (x ((n pi)^2 - x^2)). Near x = n pi numerator and denominator vanish together:
  // with d = x - n pi, (-1)^n sin x = sin d, and the term is a_n (sin d / d) / (x (n pi + x)).
  const double sine = std::sin(x);
  double sum = 0, sign = 1;
  for (std::size_t i = 0; i < coefficients_.size(); ++i, sign = -sign) {
    const double zero = kPi * static_cast<double>(i + 1);
    const double distance = x - zero;
    if (std::abs(distance) < 0.1) {
      const double ratio = distance == 0 ? 1 : std::sin(distance) / distance;
      sum += coefficients_[i] * ratio / (x * (zero + x));
    } else {
      const double ratio = x == 0 ? 1 : sine / x;
      sum += sign * coefficients_[i] * ratio / ((zero - x) * (zero + x));
    }
  }
  return sum / normalisation_;
}

double FourierBessel::charge() const { return 4 * kPi * std::pow(radius_fm_, 3) * normalisation_; }

double FourierBessel::rms_radius_fm() const {
  // int_0^R j0(n pi r/R) r^4 dr = R^5 (-1)^(n+1) (1/(n pi)^2 - 6/(n pi)^4).
  double sum = 0, sign = 1;
  for (std::size_t i = 0; i < coefficients_.size(); ++i, sign = -sign) {
    const double square = std::pow(kPi * static_cast<double>(i + 1), 2);
    sum += sign * coefficients_[i] * (1 / square - 6 / (square * square));
  }
  return radius_fm_ * std::sqrt(sum / normalisation_);
}

namespace {
constexpr double kLegacyHbarC = 0.197;                     // GeV fm
constexpr double kLegacyThickness = 0.523 / kLegacyHbarC;  // GeV^-1
}  // namespace

LegacyFermi::LegacyFermi(double mass_number) : radius_(1.03 * std::cbrt(0.9385 * mass_number) / kLegacyHbarC) {}

double LegacyFermi::operator()(double Q2) const {
  const double a = kLegacyThickness, r = radius_, q = std::sqrt(Q2);
  if (q * r < 1e-3) return 1;  // 1 - O(1e-7)
  const double x = kPi * a * q;
  return 3 * kPi * a / (q * r * (r * r + kPi * kPi * a * a)) *
         (kPi * a / std::tanh(x) * std::sin(q * r) - r * std::cos(q * r)) / std::sinh(x);
}

HadronTensor ProtonDipole::operator()(double Q2) const {
  constexpr double kVectorMass = 0.843, kMagneticMoment = 2.792;
  const double dipole = std::pow(1 + Q2 / (kVectorMass * kVectorMass), -2);
  const double tau = Q2 / (4 * kProtonMassGeV * kProtonMassGeV);
  const double electric = dipole * dipole, magnetic = kMagneticMoment * kMagneticMoment * dipole * dipole;
  return {(electric + tau * magnetic) / (1 + tau), magnetic};
}

HadronTensor Target::tensor(double Q2) const {
  if (const auto* proton = std::get_if<ProtonDipole>(&shape)) return (*proton)(Q2);
  const auto* measured = std::get_if<FourierBessel>(&shape);
  const double factor = measured != nullptr ? (*measured)(Q2) : std::get<LegacyFermi>(shape)(Q2);
  return {charge * charge * factor * factor, 0};
}

}  // namespace anyslice::physics
