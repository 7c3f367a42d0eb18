// The Poisson term of -ln L, relative to its lowest value.
#pragma once

#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <limits>

#include "core/random/incomplete_gamma.hpp"

namespace anyslice::stats {

/// expected - count + count ln(count / expected): half the deviance, zero at expected = count. Unlike the terms it is a
/// sum of, it keeps all its digits where the two are large and close. 0 events at expectation 0 are certain, any other
/// count there is impossible.
inline double poisson_nll(double count, double expected) {
  if (count == 0) return expected;
  if (expected <= 0) return std::numeric_limits<double>::infinity();
  const double relative = (expected - count) / count;
  if (std::fabs(relative) < 0.5) return -count * boost::math::log1pmx(relative, DoublePrecision());
  return expected - count - count * (std::log(expected) - std::log(count));
}

}  // namespace anyslice::stats
