// Regularised incomplete gamma functions in double precision throughout.
//
// Boost by default computes in long double, which WebAssembly emulates in software with 128 bits: a hundred times
// slower, other results than native, and NaN for large arguments in Boost 1.74.
#pragma once

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace anyslice {

using DoublePrecision = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

/// True where x is so far from a (over about 38 standard deviations of a Poisson count) that one tail is below 1e-300;
/// Boost's intermediate results would overflow there.
inline bool beyond_tails(double a, double x) {
  return std::fabs(x - a) > 30 * std::sqrt(a) + 30 && a * std::log(x) - x - std::lgamma(a) < -700;
}

/// Q(a, x) = P(N <= a - 1) for N ~ Poisson(x), whole a >= 1 and x > 0. Zero where it is below about 1e-300.
inline double gamma_q(double a, double x) {
  if (beyond_tails(a, x)) return x > a ? 0 : 1;
  return boost::math::gamma_q(a, x, DoublePrecision());
}

/// P(a, x) = 1 - Q(a, x), accurate where it is small. Zero where it is below about 1e-300.
inline double gamma_p(double a, double x) {
  if (beyond_tails(a, x)) return x > a ? 1 : 0;
  return boost::math::gamma_p(a, x, DoublePrecision());
}

}  // namespace anyslice
