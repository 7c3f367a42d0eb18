// ln Q(n + 1, x): Boost where it does not underflow, else the continued fraction (NIST DLMF 8.9.2).
#include "core/stats/poisson_tail.hpp"

#include <cmath>

#include "core/random/incomplete_gamma.hpp"

namespace anyslice::stats {
namespace {

// Modified Lentz evaluation of Gamma(a, x) e^x x^-a; converges for x > a, and fast where this is used (x far above a).
double continued_fraction(double a, double x) {
  double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
  for (int i = 1; i < 100000; ++i) {
    const double numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    fraction *= factor;
    if (std::fabs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

}  // namespace

double log_poisson_tail(double count, double mean) {
  if (mean <= 0) return 0;
  if (count == 0) return -mean;
  const double a = count + 1;
  const double tail = gamma_q(a, mean);
  if (tail > 1e-280) return tail > 0.5 ? std::log1p(-gamma_p(a, mean)) : std::log(tail);
  return a * std::log(mean) - mean - std::lgamma(a) + std::log(continued_fraction(a, mean));
}

}  // namespace anyslice::stats
