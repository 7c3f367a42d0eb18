// The likelihood of a count whose expectation is a sum of Monte Carlo weights, and so itself uncertain.
#pragma once

namespace anyslice::stats {

/// ln L of Poisson(count | mu) for finite mu >= 0; -inf where such a count is impossible. `count` need not be whole
/// (Asimov data).
double poisson_log_likelihood(double count, double mu);

/// ln L_eff(count | mu, sigma2), arXiv:1901.04645, Eq. 3.16, for an expectation mu = sum of w that has the variance
/// sigma2 = sum of w^2: the Poisson likelihood averaged over a gamma distribution of the expectation with shape
/// alpha = mu^2 / sigma2 + 1 and rate beta = mu / sigma2,
///
///   L_eff = beta^alpha Gamma(count + alpha) / (Gamma(count + 1) (1 + beta)^(count + alpha) Gamma(alpha)).
///
/// sigma2 = 0 is Poisson, and small sigma2 approach it smoothly. For mu <= 0 or sigma2 < 0: 0 if nothing was counted,
/// else -inf. Mind that L_eff(0) falls to zero as mu does at fixed sigma2 > 0. Relative accuracy
/// 1e-13 (1e-9 for counts between 0 and 1 that are likely to 1 - 1e-8, where the absolute one is 1e-15).
double effective_log_likelihood(double count, double mu, double sigma2);

/// By how much -ln L may exceed its minimum within the region of this confidence level: half the chi-square quantile
/// for 1 or 2 parameters (S. S. Wilks, Ann. Math. Stat. 9 (1938) 60). Throws InputError for any other number and for
/// levels that are not between 0 and 1.
double delta_log_likelihood(double level, int parameters);

}  // namespace anyslice::stats
