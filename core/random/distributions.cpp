// Inverse distribution functions; the Poisson ones rest on P(N <= k) = Q(k + 1, mean), the incomplete gamma function.
#include "core/random/distributions.hpp"

#include <algorithm>
#include <cmath>

#include "core/random/incomplete_gamma.hpp"

namespace anyslice {
namespace {

// A table longer than this costs more to fill than it saves.
constexpr double largest_tabulated_mean = 1e6;
constexpr std::size_t guide_size = 256;

template <std::size_t N>
double polynomial(const double (&coefficients)[N], double x) {
  double sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

double cumulative(std::uint64_t count, double mean) {
  return mean > 0 ? gamma_q(static_cast<double>(count) + 1, mean) : 1.0;
}

// The quantile by steps of growing size away from the normal approximation, then bisection: safe in the far tails.
std::uint64_t search_quantile(double probability, double mean) {
  const double z = normal_quantile(probability);
  const double guess = mean + z * std::sqrt(mean) + (z * z - 1) / 6;
  std::uint64_t high = guess > 0 ? static_cast<std::uint64_t>(guess) : 0;
  std::uint64_t step = 1;
  while (cumulative(high, mean) < probability) {
    high += step;
    step *= 2;
  }
  std::uint64_t low = high;  // in the end: high is enough, low (if below high) is not
  step = 1;
  while (low > 0 && cumulative(low, mean) >= probability) {
    high = low;
    low = low > step ? low - step : 0;
    step *= 2;
  }
  if (cumulative(low, mean) >= probability) return low;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (cumulative(middle, mean) >= probability ? high : low) = middle;
  }
  return high;
}

}  // namespace

double normal_quantile(double probability) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                 3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  const double q = probability - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double tail = std::sqrt(-std::log(q < 0 ? probability : 1 - probability));
  const double x = tail <= 5 ? polynomial(c, tail - 1.6) / polynomial(d, tail - 1.6)
                             : polynomial(e, tail - 5) / polynomial(f, tail - 5);
  return q < 0 ? -x : x;
}

std::uint64_t poisson_quantile(double probability, double mean) {
  if (mean <= 0) return 0;
  if (mean > 30) return search_quantile(probability, mean);
  double term = std::exp(-mean), sum = term;
  std::uint64_t count = 0;
  // The sum saturates just below 1, where the tail needs the complement's accuracy.
  while (sum < probability) {
    ++count;
    term *= mean / static_cast<double>(count);
    if (sum + term == sum) return search_quantile(probability, mean);
    sum += term;
  }
  return count;
}

PoissonQuantile::PoissonQuantile(double mean) : mean_(mean) {
  if (mean <= 0 || mean > largest_tabulated_mean) return;
  const double reach = 8 * std::sqrt(mean) + 10;
  first_ = mean > reach ? static_cast<std::uint64_t>(mean - reach) : 0;
  const auto last = static_cast<std::uint64_t>(mean + reach);
  double sum = cumulative(first_, mean);
  double term =
      std::exp(static_cast<double>(first_) * std::log(mean) - mean - std::lgamma(static_cast<double>(first_) + 1));
  for (std::uint64_t count = first_;; ++count) {
    cumulative_.push_back(sum);
    if (count == last) break;
    term *= mean / static_cast<double>(count + 1);
    sum += term;
  }
  guide_.resize(guide_size);
  std::size_t entry = 0;
  for (std::size_t i = 0; i < guide_size; ++i) {
    while (entry + 1 < cumulative_.size() && cumulative_[entry] < static_cast<double>(i) / guide_size) ++entry;
    guide_[i] = static_cast<std::uint32_t>(entry);
  }
}

std::uint64_t PoissonQuantile::operator()(double probability) const {
  if (mean_ <= 0) return 0;
  if (cumulative_.empty() || (first_ > 0 && probability <= cumulative_.front()) || probability > 1 - 1e-13 ||
      probability > cumulative_.back()) {
    return poisson_quantile(probability, mean_);
  }
  std::size_t entry = guide_[static_cast<std::size_t>(probability * guide_size)];
  while (cumulative_[entry] < probability) ++entry;
  return first_ + entry;
}

}  // namespace anyslice
