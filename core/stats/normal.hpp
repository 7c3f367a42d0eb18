// The standard normal density and probability.
#pragma once

#include <cmath>
#include <numbers>

namespace anyslice::stats {

inline double log_normal_density(double x) { return -0.5 * x * x - 0.5 * std::log(2 * std::numbers::pi); }

/// Phi(z), the probability below z standard deviations.
inline double normal_probability(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace anyslice::stats
