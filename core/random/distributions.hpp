// Inverse distribution functions: one uniform in, one variate out, increasing in the uniform.
#pragma once

#include <cstdint>
#include <vector>

namespace anyslice {

/// The standard normal quantile of `probability` in (0, 1), relative accuracy about 1e-15
/// (M. J. Wichura, algorithm AS 241, Appl. Statist. 37 (1988) 477).
double normal_quantile(double probability);

/// The smallest count k with P(N <= k) >= probability for N ~ Poisson(mean), 0 < probability < 1, 0 <= mean < 1e15.
/// It does not decrease with `mean` at fixed `probability`: the same uniform gives ordered counts at ordered means.
std::uint64_t poisson_quantile(double probability, double mean);

/// The same quantile for many probabilities at one mean, by a table of the cumulative distribution.
class PoissonQuantile {
 public:
  explicit PoissonQuantile(double mean);
  std::uint64_t operator()(double probability) const;

 private:
  double mean_;
  std::uint64_t first_ = 0;         ///< count of the first entry
  std::vector<double> cumulative_;  ///< P(N <= first_ + i); the tails outside are left to poisson_quantile
  std::vector<std::uint32_t> guide_;
};

}  // namespace anyslice
