// Profile fits of one bin whose expectation is linear in the pulls (constraints gaussian and truncated).
#pragma once

#include <vector>

#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

/// At fixed mu, nu = nu_0 + g . delta. The minimum is delta = P(a + t g), where P projects onto the allowed region
/// (|delta_k| <= limit, factors 1 + r_j . delta >= 0) and t = n / nu - 1: one increasing equation for t, quadratic
/// where P does nothing. The problem is convex, so its minimum is the only one.
class LinearProfile : public ProfileLikelihood {
 public:
  explicit LinearProfile(const CountingModel& model);
  std::size_t pull_count() const override { return pull_count_; }
  void expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const override;
  double fit(const ProfileData& data, double mu, std::vector<double>& pulls) const override;
  FreeFit fit_free(const ProfileData& data, std::vector<double>& pulls) const override;

 private:
  struct Component {
    double expected;
    std::vector<double> sizes;                         // relative, one per pull
    std::vector<std::pair<std::size_t, double>> acts;  // those that are not zero
  };
  bool allowed(const std::vector<double>& pulls) const;
  void project(std::vector<double>& pulls) const;
  double factor(const Component& component, const std::vector<double>& pulls) const;
  double background(const std::vector<double>& pulls) const;
  double total(double mu, const std::vector<double>& pulls) const;

  std::size_t pull_count_;
  double limit_;  // of the pulls; infinite if there is none
  std::vector<Component> backgrounds_;
  Component signal_;
  double nominal_background_;
  std::vector<double> background_slope_, signal_slope_;  // d nu / d delta_k, the latter per unit of mu
};

}  // namespace anyslice::stats
