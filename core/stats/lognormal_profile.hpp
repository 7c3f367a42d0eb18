// Profile fits of one bin whose yields are exponential in the pulls (constraint lognormal).
#pragma once

#include <vector>

#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

/// nu = sum_j c_j exp(l_j . delta) with l_jk = ln(1 + r_jk). Damped Newton steps with the exact Hessian. Where a large
/// count could make -ln L non-convex, the fit also starts from each component alone explaining the excess.
class LognormalProfile : public ProfileLikelihood {
 public:
  explicit LognormalProfile(const CountingModel& model);
  std::size_t pull_count() const override { return pull_count_; }
  void expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const override;
  double fit(const ProfileData& data, double mu, std::vector<double>& pulls) const override;
  FreeFit fit_free(const ProfileData& data, std::vector<double>& pulls) const override;

 private:
  double nll(const ProfileData& data, double mu, const std::vector<double>& pulls) const;
  double minimise(const ProfileData& data, double mu, std::vector<double>& pulls) const;
  double yield(std::size_t component, double mu, const std::vector<double>& pulls) const;
  double background(const std::vector<double>& pulls) const;

  std::size_t pull_count_, component_count_;  // the signal is the last component
  std::vector<double> nominal_;
  std::vector<std::vector<double>> responses_;  // [component][pull]
  double widest_square_ = 0;                    // largest |l_i - l_j|^2
};

}  // namespace anyslice::stats
