// Two-body decay kinematics.
#include "core/physics/two_body.hpp"

#include <cmath>

namespace anyslice::physics {

double kallen(double a, double b, double c) { return a * a + b * b + c * c - 2 * a * b - 2 * a * c - 2 * b * c; }

double two_body_momentum(double parent_mass, double first_mass, double second_mass) {
  const double parent_squared = parent_mass * parent_mass;
  return 0.5 / parent_mass * std::sqrt(kallen(parent_squared, first_mass * first_mass, second_mass * second_mass));
}

}  // namespace anyslice::physics
