// What tests of dark neutrinos share: published numbers, four-momenta, and integrals by Gauss's rule.
#pragma once

#include <boost/math/quadrature/gauss.hpp>

#include "core/physics/dark_neutrino.hpp"
#include "support.hpp"

namespace anyslice::testing {

/// tests/validation/nd280/reference.json.
inline const Json& nd280_reference() {
  static const Json document = repository_json("tests/validation/nd280/reference.json");
  return document;
}

/// Gauss's rule of 20 points on equal pieces.
template <typename Function>
double integral(const Function& function, double low, double high, int pieces = 1) {
  double sum = 0;
  const double width = (high - low) / pieces;
  for (int i = 0; i < pieces; ++i) {
    sum += boost::math::quadrature::gauss<double, 20>::integrate(function, low + i * width, low + (i + 1) * width);
  }
  return sum;
}

inline double square(double value) { return value * value; }

/// The product of four-momenta, (energy, x, y, z).
inline double dot(const physics::FourMomentum& a, const physics::FourMomentum& b) {
  return a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
}

/// a + factor b.
inline physics::FourMomentum sum(const physics::FourMomentum& a, const physics::FourMomentum& b, double factor = 1) {
  return {a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2], a[3] + factor * b[3]};
}

}  // namespace anyslice::testing
