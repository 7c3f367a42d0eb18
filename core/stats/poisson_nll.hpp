// The Poisson term of -ln L, without the constant ln n!.
#pragma once

#include <cmath>
#include <limits>

namespace anyslice::stats {

/// expected - count ln(expected); 0 events at expectation 0 are certain, any other count there is impossible.
inline double poisson_nll(double count, double expected) {
  if (count == 0) return expected;
  if (expected <= 0) return std::numeric_limits<double>::infinity();
  return expected - count * std::log(expected);
}

}  // namespace anyslice::stats
