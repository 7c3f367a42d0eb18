// Asymptotic CLs of any profile likelihood (Cowan et al., arXiv:1007.1727, Eqs. 62-66 and 89).
#pragma once

#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

/// With root_q = sqrt(qtilde_mu) on the data and root_a on the Asimov data, CLs = [1 - Phi(root_q)] / Phi(root_a -
/// root_q) if root_q <= root_a, else [1 - Phi((q + a) / 2 root_a)] / [1 - Phi((q - a) / 2 root_a)]; expected at N:
/// Phi(N - root_a) / Phi(N). The Asimov data are those of mu = 0 with the nuisances profiled on the data.
class ProfileAsymptotics {
 public:
  /// Throws std::runtime_error if a fit does not converge, as the functions do. The likelihood must outlive this.
  ProfileAsymptotics(const ProfileLikelihood& likelihood, ProfileData data);
  double log_observed(double mu) const;
  double log_expected(double mu, double sigma) const;
  /// -ln L at mu above its lowest value, of the data and of the Asimov data; not one-sided.
  double rise(double mu) const;
  double asimov_rise(double mu) const;
  /// mu_hat of the data.
  double best() const { return free_.signal_strength; }
  const ProfileData& asimov() const { return asimov_; }

 private:
  double statistic(const ProfileData& data, const FreeFit& free, double mu) const;

  const ProfileLikelihood& likelihood_;
  ProfileData data_, asimov_;
  FreeFit free_, asimov_free_;
};

}  // namespace anyslice::stats
