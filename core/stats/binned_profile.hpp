// Profile fits of a binned model.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <vector>

#include "core/stats/binned_model.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

struct BinnedLayout;  // see binned_problem.hpp

/// -ln L = sum_bins (nu - n + n ln n / nu) + sum of the same over Poisson auxiliary counts + 1/2 sum ((a - theta) /
/// width)^2. The pulls of the interface are the model's parameters, its auxiliary data their measured values.
///
/// Fits are interior-point Newton with exact derivatives (see interior_newton.hpp) within the bounds of the parameters
/// and where no yield is negative. Where -ln L may have several minima, fits also start from where one parameter alone
/// explains an excess, and free ones from no signal and from the signal that single bins ask for.
class BinnedProfile : public ProfileLikelihood {
 public:
  /// Throws InputError for a model that does not validate, or without signal.
  explicit BinnedProfile(const BinnedModel& model, const std::string& source = "binned model");

  std::size_t pull_count() const override { return model_.parameters.size(); }
  void expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const override;
  double fit(const ProfileData& data, double mu, std::vector<double>& pulls) const override;
  FreeFit fit_free(const ProfileData& data, std::vector<double>& pulls) const override;
  void auxiliary_means(const std::vector<double>& pulls, std::vector<double>& means) const override;
  void draw_auxiliary(const std::vector<double>& pulls, CounterRandom& random,
                      std::vector<double>& auxiliary) const override;

  /// The signal events of strength 1 in each bin, not as a difference to a background that may be far larger.
  void expected_signal(const std::vector<double>& pulls, std::vector<double>& counts) const;
  const BinnedModel& model() const { return model_; }
  /// The model's own counts and measurements.
  ProfileData own_data() const;
  /// -ln L at one point. Infinite where a yield would be negative.
  double nll(const ProfileData& data, double mu, const std::vector<double>& pulls) const;
  /// Its gradient by the parameters and mu (last), and its Hessian (whole).
  void derivatives(const ProfileData& data, double mu, const std::vector<double>& pulls, Eigen::VectorXd& gradient,
                   Eigen::MatrixXd& hessian) const;

 private:
  void order_variables();
  double yield(const BinnedTerm& term, const std::vector<double>& pulls) const;
  double minimise_from(const ProfileData& data, double& mu, bool free, std::vector<double>& pulls) const;
  double minimise_from_all(const ProfileData& data, double& mu, bool free, std::vector<double>& pulls) const;

  BinnedModel model_;
  double unit_;                      // of mu inside fits: the strength of one signal event
  std::vector<std::size_t> moving_;  // parameters that fits move
  std::shared_ptr<const BinnedLayout> layout_;
  bool is_convex_ = true;  // one minimum only
};

}  // namespace anyslice::stats
