// Where the fits of a binned model start, and what else its likelihood gives.
#include "core/stats/binned_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"
#include "core/stats/binned_problem.hpp"

namespace anyslice::stats {
namespace {

// The parameter that its auxiliary measurement alone would give.
double preferred(const BinnedParameter& parameter, double measured) {
  if (!moves(parameter) || parameter.measurement == Measurement::none) return parameter.nominal;
  return parameter.measurement == Measurement::poisson ? measured / parameter.width : measured;
}

}  // namespace

BinnedProfile::BinnedProfile(const BinnedModel& model, const std::string& source) : model_(model) {
  model_.validate(source);
  const double signal = model_.nominal_total(true);
  if (!(signal >= 1e-200 && signal <= 1e200)) {
    throw InputError(source, "signal", "expected signal events at signal strength 1 (1e-200 to 1e200)");
  }
  unit_ = 1 / signal;
  for (std::size_t p = 0; p < model_.parameters.size(); ++p) {
    if (moves(model_.parameters[p])) moving_.push_back(p);
  }
  order_variables();
  layout_ = std::make_shared<const BinnedLayout>(model_, moving_);
  // -ln nu of what is linear in all parameters together is convex, and so are the measurements.
  for (const BinnedTerm& term : model_.terms) {
    const std::size_t degree = term.factors.size() + (term.is_signal ? 1 : 0) + (term.shifts.empty() ? 0 : 1);
    is_convex_ = is_convex_ && degree <= 1;
    for (const auto* list : {&term.factors, &term.shifts}) {
      for (const std::size_t index : *list) {
        const ResponseShape shape = model_.responses[index].shape();
        is_convex_ = is_convex_ && (shape == ResponseShape::factor || shape == ResponseShape::linear);
      }
    }
  }
}

// Parameters of one bin first, bin by bin: their part of the Hessian is then narrow (see Curvature).
void BinnedProfile::order_variables() {
  const std::size_t several = model_.bins.size();
  std::vector<std::size_t> bin_of(model_.parameters.size(), no_variable);
  for (const BinnedTerm& term : model_.terms) {
    for (const auto* list : {&term.factors, &term.shifts}) {
      for (const std::size_t index : *list) {
        std::size_t& bin = bin_of[model_.responses[index].parameter()];
        bin = bin == no_variable || bin == term.bin ? term.bin : several;
      }
    }
  }
  std::stable_sort(moving_.begin(), moving_.end(), [&](std::size_t a, std::size_t b) { return bin_of[a] < bin_of[b]; });
}

ProfileData BinnedProfile::own_data() const {
  ProfileData data{model_.observed, {}};
  for (const BinnedParameter& parameter : model_.parameters) data.auxiliary.push_back(parameter.measured);
  return data;
}

// Of signal at strength 1.
double BinnedProfile::yield(const BinnedTerm& term, const std::vector<double>& pulls) const {
  const auto at = [&](std::size_t index) {
    return model_.responses[index].at(pulls[model_.responses[index].parameter()]).value;
  };
  double result = term.nominal;
  for (const std::size_t index : term.shifts) result += at(index);
  result = std::max(result, 0.0);
  for (const std::size_t index : term.factors) result *= at(index);
  return result;
}

void BinnedProfile::expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const {
  counts.assign(model_.bins.size(), 0.0);
  for (const BinnedTerm& term : model_.terms) {
    if (term.is_signal && mu == 0) continue;
    counts[term.bin] += yield(term, pulls) * (term.is_signal ? mu : 1);
  }
}

void BinnedProfile::expected_signal(const std::vector<double>& pulls, std::vector<double>& counts) const {
  counts.assign(model_.bins.size(), 0.0);
  for (const BinnedTerm& term : model_.terms) {
    if (term.is_signal) counts[term.bin] += yield(term, pulls);
  }
}

double BinnedProfile::nll(const ProfileData& data, double mu, const std::vector<double>& pulls) const {
  for (const BinnedTerm& term : model_.terms) {
    double yield = term.nominal, size = term.nominal;
    for (const std::size_t index : term.shifts) {
      const YieldResponse& response = model_.responses[index];
      yield += response.at(pulls[response.parameter()]).value;
      size += std::fabs(response.up()) + std::fabs(response.down());
    }
    if (yield < -2e-9 * size) return infinity;
  }
  std::vector<double> counts;
  expected(mu, pulls, counts);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) sum += poisson_nll(data.counts[i], counts[i]);
  for (std::size_t p = 0; p < pulls.size(); ++p) sum += penalty(model_.parameters[p], data.auxiliary[p], pulls[p]);
  return sum;
}

void BinnedProfile::derivatives(const ProfileData& data, double mu, const std::vector<double>& pulls,
                                Eigen::VectorXd& gradient, Eigen::MatrixXd& hessian) const {
  const BinnedProblem problem(model_, *layout_, data, moving_, 1, true, mu, pulls);
  Curvature lower;
  Eigen::VectorXd slope;
  problem.derivatives(problem.pack(pulls, mu), slope, lower);
  // From the order of the fits to that of the parameters; those that do not move have no derivatives.
  const auto size = static_cast<Eigen::Index>(pulls.size()) + 1;
  gradient.setZero(size);
  hessian.setZero(size, size);
  const auto place = [&](Eigen::Index k) {
    return k + 1 == slope.size() ? size - 1 : static_cast<Eigen::Index>(moving_[static_cast<std::size_t>(k)]);
  };
  for (Eigen::Index k = 0; k < slope.size(); ++k) {
    gradient[place(k)] = slope[k];
    for (Eigen::Index l = 0; l <= k; ++l) hessian(place(k), place(l)) = hessian(place(l), place(k)) = lower(k, l);
  }
}

double BinnedProfile::minimise_from(const ProfileData& data, double& mu, bool free, std::vector<double>& pulls) const {
  // Strictly inside all bounds, and on the way to the nominal parameters until no yield is negative.
  for (const std::size_t p : moving_) {
    const BinnedParameter& parameter = model_.parameters[p];
    const double lower = parameter.lower, upper = parameter.upper, width = upper - lower;
    const double margin = std::min(1e-2 * width, 1e-2 * std::max(1.0, std::fabs(parameter.nominal)));
    pulls[p] = std::clamp(pulls[p], lower + margin, upper - margin);
  }
  if (free && !(mu > 0)) mu = unit_;
  const BinnedProblem problem(model_, *layout_, data, moving_, unit_, free, mu, pulls);
  Eigen::VectorXd x = problem.pack(pulls, mu), inside = x;
  for (std::size_t k = 0; k < moving_.size(); ++k) {
    const BinnedParameter& parameter = model_.parameters[moving_[k]];
    const double width = parameter.upper - parameter.lower, margin = std::min(1e-2 * width, 1e-2);
    inside[static_cast<Eigen::Index>(k)] =
        std::clamp(parameter.nominal, parameter.lower + margin, parameter.upper - margin);
  }
  std::vector<PositiveQuantity> quantities;
  for (int attempt = 0;; ++attempt) {
    problem.positive(x, quantities, false);
    const bool is_inside = std::all_of(quantities.begin(), quantities.end(), [](const auto& q) { return q.value > 0; });
    if (is_inside && std::isfinite(problem.value(x))) break;
    if (attempt > 60) {
      problem.unpack(x, pulls, mu);
      return infinity;
    }
    x = attempt == 60 ? inside : (0.5 * (x + inside)).eval();
  }
  // Where far more signal is asked for than there are events, the uncertainties have to take it away. Which of them do
  // so shows at smaller strengths; from the middle of nowhere, a fit may end up with any.
  if (!free && !(is_convex_ && layout_->shifted.empty())) {
    const double events = 10 + std::accumulate(data.counts.begin(), data.counts.end(), 0.0);
    for (double strength = events * unit_; 10 * strength < mu; strength *= 10) {
      const BinnedProblem step(model_, *layout_, data, moving_, unit_, false, strength, pulls);
      minimise(step, x, 1e-2);
    }
  }
  const Minimum minimum = minimise(problem, x);
  if (!minimum.converged) {
    throw std::runtime_error("profile fit did not converge in " + std::to_string(minimum.iterations) +
                             " steps: -ln L is still about " + std::to_string(minimum.distance) + " above its minimum");
  }
  problem.unpack(x, pulls, mu);
  return problem.value(x);
}

double BinnedProfile::minimise_from_all(const ProfileData& data, double& mu, bool free,
                                        std::vector<double>& pulls) const {
  const std::vector<double> preferred_pulls = pulls;
  const double first_mu = mu;
  double best = minimise_from(data, mu, free, pulls);
  if (is_convex_ || !std::isfinite(best)) return best;

  // The concave part -n ln nu has at most n d^2 / 4 of curvature along a parameter, where d is how far the logarithmic
  // responses of the terms of a bin differ, against that of its measurement.
  std::vector<double> counts;
  expected(first_mu, preferred_pulls, counts);
  std::map<std::size_t, double> starts;
  for (const BinnedLayout::Escape& escape : layout_->escapes) {
    const BinnedTerm& term = model_.terms[escape.term];
    const double width = model_.parameters[escape.parameter].width, count = data.counts[term.bin];
    const double excess = count - counts[term.bin], own = term.nominal * (term.is_signal ? first_mu : 1);
    if (!(excess > 0 && own > 0) || count * std::pow(escape.difference * width, 2) <= 4) continue;
    const double pull = std::log1p(excess / own) / escape.slope;
    double& start = starts[escape.parameter];
    if (std::fabs(pull) > std::fabs(start)) start = pull;
  }
  for (const auto& [p, start] : starts) {
    std::vector<double> other = preferred_pulls;
    double other_mu = first_mu;
    other[p] += start;
    const double value = minimise_from(data, other_mu, free, other);
    if (value < best) {
      best = value;
      pulls = other;
      mu = other_mu;
    }
  }
  return best;
}

double BinnedProfile::fit(const ProfileData& data, double mu, std::vector<double>& pulls) const {
  pulls.resize(pull_count());
  for (std::size_t p = 0; p < pulls.size(); ++p) pulls[p] = preferred(model_.parameters[p], data.auxiliary[p]);
  return minimise_from_all(data, mu, false, pulls);
}

FreeFit BinnedProfile::fit_free(const ProfileData& data, std::vector<double>& pulls) const {
  pulls.resize(pull_count());
  for (std::size_t p = 0; p < pulls.size(); ++p) pulls[p] = preferred(model_.parameters[p], data.auxiliary[p]);
  // As many signal events as there are more than expected where signal is.
  std::vector<double> counts;
  expected(0, pulls, counts);
  std::vector<bool> has_signal(counts.size(), false);
  for (const BinnedTerm& term : model_.terms) has_signal[term.bin] = has_signal[term.bin] || term.is_signal;
  double excess = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) excess += has_signal[i] ? data.counts[i] - counts[i] : 0;
  double mu = unit_ * std::max(excess, 0.5);
  double best = minimise_from_all(data, mu, true, pulls);
  if (!is_convex_ && std::isfinite(best)) {
    // Signal and uncertainties can explain an excess in turns. Other minima are looked for from no signal and, where
    // counts are far from what is expected, from the signal that each bin asks for.
    std::vector<double> strengths = {0}, signal, pulls_there;
    for (std::size_t p = 0; p < pull_count(); ++p)
      pulls_there.push_back(preferred(model_.parameters[p], data.auxiliary[p]));
    expected(unit_, pulls_there, signal);
    for (std::size_t i = 0; i < counts.size() && strengths.size() < 10; ++i) {
      const double more = data.counts[i] - counts[i], per_unit = signal[i] - counts[i];
      if (more > 3 * std::sqrt(counts[i] + 1) && per_unit > 1e-3 * more) strengths.push_back(unit_ * more / per_unit);
    }
    for (const double strength : strengths) {
      const double there = fit(data, strength, pulls_there);
      if (strength == 0 && there >= best) continue;
      double other_mu = std::max(strength, 1e-3 * unit_);
      const double value = minimise_from(data, other_mu, true, pulls_there);
      if (value < best) {
        best = value;
        mu = other_mu;
        pulls = pulls_there;
      }
    }
  }
  // The interior-point method only comes close to no signal at all.
  return {mu < 1e-9 * unit_ ? 0.0 : mu, best};
}

void BinnedProfile::auxiliary_means(const std::vector<double>& pulls, std::vector<double>& means) const {
  means.resize(pulls.size());
  for (std::size_t p = 0; p < pulls.size(); ++p) {
    const BinnedParameter& parameter = model_.parameters[p];
    means[p] = parameter.measurement == Measurement::poisson ? parameter.width * pulls[p] : pulls[p];
    if (parameter.measurement == Measurement::none) means[p] = 0;
  }
}

void BinnedProfile::draw_auxiliary(const std::vector<double>& pulls, CounterRandom& random,
                                   std::vector<double>& auxiliary) const {
  auxiliary.resize(pulls.size());
  for (std::size_t p = 0; p < pulls.size(); ++p) {
    const BinnedParameter& parameter = model_.parameters[p];
    const double uniform = random.uniform();
    auxiliary[p] = 0;
    if (parameter.measurement == Measurement::gaussian)
      auxiliary[p] = pulls[p] + parameter.width * normal_quantile(uniform);
    if (parameter.measurement == Measurement::poisson)
      auxiliary[p] = static_cast<double>(poisson_quantile(uniform, parameter.width * pulls[p]));
  }
}

}  // namespace anyslice::stats
