// The lower tail of the Poisson distribution, in the logarithm, however small it is.
#pragma once

namespace anyslice::stats {

/// ln P(N <= count) for N ~ Poisson(mean): ln Q(count + 1, mean), the regularised incomplete gamma function.
/// `count` is a whole number >= 0 and mean >= 0.
double log_poisson_tail(double count, double mean);

}  // namespace anyslice::stats
