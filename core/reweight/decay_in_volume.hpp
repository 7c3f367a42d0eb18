// The probability that a particle of decay length lambda decays between entry and exit of a volume.
#pragma once

#include <cmath>

namespace anyslice {

/// exp(-entry/lambda) (1 - exp(-length/lambda)): Eq. 27 of arXiv:2205.12273, stable for lambda >> length through
/// expm1. All in one length unit; lambda > 0.
inline double decay_probability(double entry, double length, double lambda) {
  return std::exp(-entry / lambda) * -std::expm1(-length / lambda);
}

/// The probability and its derivative with respect to ln(lambda), for the price of one.
struct DecayProbability {
  double value = 0, slope = 0;
};

inline DecayProbability decay_probability_and_slope(double entry, double length, double lambda) {
  const double reaches = std::exp(-entry / lambda);
  const double decays = -std::expm1(-length / lambda);
  return {reaches * decays, reaches * (entry / lambda * decays - length / lambda * (1 - decays))};
}

}  // namespace anyslice
