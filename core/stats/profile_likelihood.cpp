// The choice of the solver and the test statistic.
#include "core/stats/profile_likelihood.hpp"

#include <algorithm>

#include "core/stats/linear_profile.hpp"
#include "core/stats/lognormal_profile.hpp"

namespace anyslice::stats {

std::unique_ptr<ProfileLikelihood> make_profile_likelihood(const CountingModel& model) {
  if (model.constraint == Constraint::lognormal) return std::make_unique<LognormalProfile>(model);
  return std::make_unique<LinearProfile>(model);
}

double one_sided_test_statistic(const ProfileLikelihood& likelihood, const ProfileData& data, double mu,
                                std::vector<double>& pulls) {
  const FreeFit free = likelihood.fit_free(data, pulls);
  if (free.signal_strength >= mu) return 0;
  return std::max(2 * (likelihood.fit(data, mu, pulls) - free.nll), 0.0);
}

double two_sided_test_statistic(const ProfileLikelihood& likelihood, const ProfileData& data, double mu,
                                std::vector<double>& pulls) {
  const double lowest = likelihood.fit_free(data, pulls).nll;
  return std::max(2 * (likelihood.fit(data, mu, pulls) - lowest), 0.0);
}

ProfileData asimov_data(const ProfileLikelihood& likelihood, const ProfileData& data) {
  ProfileData result;
  std::vector<double> pulls;
  likelihood.fit(data, 0, pulls);
  likelihood.expected(0, pulls, result.counts);
  likelihood.auxiliary_means(pulls, result.auxiliary);
  return result;
}

ProfileData own_data(const CountingModel& model) {
  return {{model.observed.value_or(model.total_background())}, std::vector<double>(model.systematics.size(), 0.0)};
}

}  // namespace anyslice::stats
