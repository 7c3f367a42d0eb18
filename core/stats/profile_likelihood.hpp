// The profile likelihood behind an interface that does not know how many bins there are.
//
// -ln L = sum_bins (nu - n + n ln n / nu) + 1/2 sum_k (delta_k - a_k)^2, with nu = expected(mu, delta), auxiliary
// measurements a_k and pulls delta_k inside the region where every pull is within its limit and every yield factor >=
// 0.
#pragma once

#include <memory>
#include <vector>

#include "core/random/counter_random.hpp"
#include "core/stats/counting_model.hpp"

namespace anyslice::stats {

/// What is measured: the counts of the bins and one auxiliary measurement per pull, in standard deviations unless the
/// likelihood says otherwise.
struct ProfileData {
  std::vector<double> counts;
  std::vector<double> auxiliary;
};

struct FreeFit {
  double signal_strength;  ///< mu_hat >= 0; infinite where a vanishing signal factor makes every mu fit as well
  double nll;              ///< -ln L at the best fit
};

class ProfileLikelihood {
 public:
  virtual ~ProfileLikelihood() = default;
  virtual std::size_t pull_count() const = 0;
  /// Expected counts of the bins.
  virtual void expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const = 0;
  /// The lowest -ln L at fixed mu >= 0, and the pulls there. Infinite if events were seen where none can be expected.
  /// Throws std::runtime_error if the minimum was not found.
  virtual double fit(const ProfileData& data, double mu, std::vector<double>& pulls) const = 0;
  /// The lowest -ln L over mu >= 0, and the pulls there.
  virtual FreeFit fit_free(const ProfileData& data, std::vector<double>& pulls) const = 0;
  /// What auxiliary measurements are expected to give at these pulls.
  virtual void auxiliary_means(const std::vector<double>& pulls, std::vector<double>& means) const { means = pulls; }
  /// Auxiliary measurements drawn at these pulls; takes one number of the sequence for each.
  virtual void draw_auxiliary(const std::vector<double>& pulls, CounterRandom& random,
                              std::vector<double>& auxiliary) const {
    auxiliary.resize(pulls.size());
    for (std::size_t k = 0; k < pulls.size(); ++k) auxiliary[k] = pulls[k] + random.normal();
  }
};

/// The likelihood of a counting model with the solver that suits its constraint.
std::unique_ptr<ProfileLikelihood> make_profile_likelihood(const CountingModel& model);

/// qtilde_mu (arXiv:1007.1727, Eq. 16): 2 [-ln L(mu) + ln L(mu_hat)], zero if mu_hat >= mu. `pulls` is overwritten.
double one_sided_test_statistic(const ProfileLikelihood& likelihood, const ProfileData& data, double mu,
                                std::vector<double>& pulls);

/// ttilde_mu (Eq. 11 there): the same above and below mu_hat, so also large where mu is too small.
double two_sided_test_statistic(const ProfileLikelihood& likelihood, const ProfileData& data, double mu,
                                std::vector<double>& pulls);

/// The data without signal that `data` lead one to expect: counts and auxiliary measurements at the pulls that fit best
/// at mu = 0 (the Asimov data).
ProfileData asimov_data(const ProfileLikelihood& likelihood, const ProfileData& data);

/// The model's own data: the observed count (for a projection the expected background) and auxiliary measurements 0.
ProfileData own_data(const CountingModel& model);

}  // namespace anyslice::stats
