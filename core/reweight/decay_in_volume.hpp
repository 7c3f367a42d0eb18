// The probability that a particle of decay length lambda decays between entry and exit of a volume.
#pragma once

#include <cmath>

namespace anyslice {

/// exp(-entry/lambda) (1 - exp(-length/lambda)): Eq. 27 of arXiv:2205.12273, stable for lambda >> length through
/// expm1. All in one length unit; lambda > 0.
inline double decay_probability(double entry, double length, double lambda) {
  return std::exp(-entry / lambda) * -std::expm1(-length / lambda);
}

}  // namespace anyslice
