// Kinematics of the decay of a particle at rest into two.
#pragma once

namespace anyslice::physics {

/// The Kallen function lambda(a, b, c) = a^2 + b^2 + c^2 - 2ab - 2ac - 2bc (PDG review "Kinematics", Eq. 49.17 f.).
double kallen(double a, double b, double c);

/// Momentum of either product of M -> m1 m2 in the rest frame of M, in the unit of the masses (PDG review
/// "Kinematics", two-body decays). Zero at threshold, NaN below it: callers check that the decay is open.
double two_body_momentum(double parent_mass, double first_mass, double second_mass);

}  // namespace anyslice::physics
