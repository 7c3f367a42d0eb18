// The asymptotic formulas.
#include "core/stats/profile_asymptotics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/stats/normal.hpp"

namespace anyslice::stats {
namespace {

// ln Phi(x), by the asymptotic series where Phi underflows.
double log_normal_probability(double x) {
  if (x > -25) return std::log(normal_probability(x));
  const double inverse = 1 / (x * x);
  return -0.5 * x * x - std::log(-x * std::sqrt(2 * std::numbers::pi)) +
         std::log1p(-inverse * (1 - inverse * (3 - 15 * inverse)));
}

}  // namespace

ProfileAsymptotics::ProfileAsymptotics(const ProfileLikelihood& likelihood, ProfileData data)
    : likelihood_(likelihood), data_(std::move(data)) {
  asimov_ = asimov_data(likelihood_, data_);
  std::vector<double> pulls;
  free_ = likelihood_.fit_free(data_, pulls);
  asimov_free_ = likelihood_.fit_free(asimov_, pulls);
}

double ProfileAsymptotics::rise(double mu) const {
  std::vector<double> pulls;
  return std::max(likelihood_.fit(data_, mu, pulls) - free_.nll, 0.0);
}

double ProfileAsymptotics::asimov_rise(double mu) const {
  std::vector<double> pulls;
  return std::max(likelihood_.fit(asimov_, mu, pulls) - asimov_free_.nll, 0.0);
}

double ProfileAsymptotics::statistic(const ProfileData& data, const FreeFit& free, double mu) const {
  if (free.signal_strength >= mu) return 0;
  std::vector<double> pulls;
  return std::max(2 * (likelihood_.fit(data, mu, pulls) - free.nll), 0.0);
}

double ProfileAsymptotics::log_observed(double mu) const {
  const double q = statistic(data_, free_, mu), a = statistic(asimov_, asimov_free_, mu);
  const double root_q = std::sqrt(q), root_a = std::sqrt(a);
  if (q <= a || a == 0) return log_normal_probability(-root_q) - log_normal_probability(root_a - root_q);
  return log_normal_probability(-(q + a) / (2 * root_a)) - log_normal_probability(-(q - a) / (2 * root_a));
}

double ProfileAsymptotics::log_expected(double mu, double sigma) const {
  const double root_a = std::sqrt(statistic(asimov_, asimov_free_, mu));
  return log_normal_probability(sigma - root_a) - log_normal_probability(sigma);
}

}  // namespace anyslice::stats
