// ln L_eff in forms that keep their digits from sigma2 = 0 (Poisson) to sigma2 far above mu^2.
//
// Eq. 3.16 of arXiv:1901.04645 as it stands is a difference of terms of the size of alpha ln alpha, which has no digits
// left where alpha = mu^2 / sigma2 + 1 is large. Here everything is written in s = sigma2 / mu = 1 / beta, which is
// harmless at 0, and in m = mu + s = alpha s, the mean of the count.
#include "core/stats/effective_likelihood.hpp"

#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.hpp"
#include "core/random/incomplete_gamma.hpp"

namespace anyslice::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLogTwoPi = 1.8378770664093453;

/// From this count on the saddle-point form is the faster one; it needs at least 10, where stirling_error() has no
/// logarithms to cancel.
constexpr int kManyCounts = 40;

constexpr std::array<double, kManyCounts> kFactorials = [] {
  std::array<double, kManyCounts> result{1};
  for (int i = 1; i < kManyCounts; ++i) result[i] = i * result[i - 1];
  return result;
}();

/// ln Gamma(x + 1) - (x + 1/2) ln x + x - ln(2 pi) / 2 for x >= 1, which is 0 at infinity: the asymptotic series NIST
/// DLMF 5.11.1, whose first term left out is below 3e-17 from 10 on.
double stirling_error(double x) {
  if (x < 10) return std::lgamma(x) - (x - 0.5) * std::log(x) + x - 0.5 * kLogTwoPi;
  const double inverse = 1 / x, square = inverse * inverse;
  return inverse *
         (1.0 / 12 -
          square * (1.0 / 360 -
                    square * (1.0 / 1260 -
                              square * (1.0 / 1680 -
                                        square * (1.0 / 1188 - square * (691.0 / 360360 - square * (1.0 / 156)))))));
}

/// count ln(count / expected) + expected - count, where excess = expected - count is known better than as a difference.
double half_deviance(double count, double expected, double excess) {
  const double relative = excess / count;
  // Beyond this the series of log1pmx takes longer than a logarithm, which loses about one digit there.
  if (std::fabs(relative) < 0.1) return -count * boost::math::log1pmx(relative, DoublePrecision());
  if (relative > -0.9) return excess - count * std::log1p(relative);
  return excess - count * (std::log(expected) - std::log(count));
}

/// ln of Gamma(alpha + count) / (Gamma(alpha) alpha^count), zero at alpha = infinity: the difference of two Stirling
/// formulas (NIST DLMF 5.11.1), for small counts that are not whole.
double log_rising_ratio(double alpha, double count) {
  if (alpha == kInfinity) return 0;
  const double step = count / alpha;
  const double curvature = step < 0.1 ? boost::math::log1pmx(step, DoublePrecision()) : std::log1p(step) - step;
  return alpha * curvature + (count - 0.5) * std::log1p(step) + stirling_error(alpha + count) - stirling_error(alpha);
}

/// Below kManyCounts, with a = s / m = 1 / alpha and, by the recurrence of the gamma function (NIST DLMF 5.5.1),
///   L_eff = L_eff(0) (m / (1 + s))^count Gamma(alpha + count) / (Gamma(alpha) alpha^count Gamma(count + 1)),
/// where for whole counts the ratio of gamma functions is the product of (mu + j s) / m over j = 1 ... count.
double few_counts(double count, double mu, double s, double log_none) {
  const double mean = mu + s;
  const double log_power = count * std::log(mean / (1 + s));
  const int whole = static_cast<int>(count);
  if (whole != count) return log_none + log_power + (log_rising_ratio(mu / s + 1, count) - std::lgamma(count + 1));
  if (whole == 1) return log_none + log_power;
  const double a = s / mean, b = mu / mean;
  double product = 1;
  for (int j = 2; j <= whole; ++j) product *= b + a * j;
  return log_none + log_power + std::log(product / kFactorials[whole]);
}

/// The saddle-point form of C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000): L_eff is the
/// negative binomial distribution with alpha successes of probability 1 / (1 + s), that is alpha / (alpha + count)
/// times the binomial probability of alpha successes in alpha + count trials. No term is larger than the result, save
/// by the small Stirling errors.
double many_counts(double count, double mu, double s) {
  const double failure = s / (1 + s), alpha = mu / s + 1;
  // The failures expected beyond the count, and the successes that are missing.
  const double excess = ((mu - count) + s) / (1 + s);
  const double failures = half_deviance(count, (mu + s) / (1 + s) + count * failure, excess);
  const double successes = alpha < kInfinity ? half_deviance(alpha, (alpha + count) / (1 + s), -excess) : 0;
  return stirling_error(alpha + count) - stirling_error(alpha) - stirling_error(count) - failures - successes -
         0.5 * (kLogTwoPi + std::log(count) + std::log1p(count / alpha));
}

}  // namespace

double poisson_log_likelihood(double count, double mu) { return effective_log_likelihood(count, mu, 0); }

double effective_log_likelihood(double count, double mu, double sigma2) {
  if (count < 0 || count == kInfinity) return -kInfinity;
  if (mu <= 0 || sigma2 < 0) return count == 0 ? 0 : -kInfinity;
  const double s = sigma2 / mu;
  // alpha is then 1 and L_eff(n) = (1 + s)^-1 (1 + 1 / s)^-n, in which the second factor is 1.
  if (s == kInfinity) return std::log(mu) - std::log(sigma2);
  if (!(count < kManyCounts)) return many_counts(count, mu, s);
  // -alpha ln(1 + s), where alpha s = mu + s
  const double log_ratio = std::log1p(s);
  const double log_none = -(s > 0 ? mu * (log_ratio / s) : mu) - log_ratio;
  return count == 0 ? log_none : few_counts(count, mu, s, log_none);
}

double delta_log_likelihood(double level, int parameters) {
  if (!(level > 0 && level < 1)) throw InputError("", "level", "expected a confidence level between 0 and 1");
  if (parameters == 2) return -std::log1p(-level);
  if (parameters != 1) throw InputError("", "parameters", "expected 1 or 2, found " + std::to_string(parameters));
  const double deviations = boost::math::erf_inv(level, DoublePrecision());  // over sqrt(2)
  return deviations * deviations;
}

}  // namespace anyslice::stats
