// The lower tail of the Poisson distribution, in the logarithm, also where the tail itself underflows.
#pragma once

namespace anyslice::stats {

/// ln P(N <= count) for N ~ Poisson(mean): ln Q(count + 1, mean), the regularised incomplete gamma function.
/// `count` is a whole number from 0 to 1e10 and mean from 0 to 1e12; relative accuracy of the tail about 1e-12, in its
/// far parts that of the terms of the logarithm (1e-16 of count ln mean).
double log_poisson_tail(double count, double mean);

}  // namespace anyslice::stats
