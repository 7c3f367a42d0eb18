// Comparisons of numbers in tests.
#pragma once

#include <doctest/doctest.h>

#include <limits>

namespace anyslice::testing {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Equal within a relative tolerance. doctest's own Approx adds 1 to the scale, which would pass any small number.
inline doctest::Approx near(double value, double relative) { return doctest::Approx(value).epsilon(relative).scale(0); }

}  // namespace anyslice::testing
