// Damped Newton minimisation for exponential responses.
#include "core/stats/lognormal_profile.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/stats/poisson_nll.hpp"

namespace anyslice::stats {
LognormalProfile::LognormalProfile(const CountingModel& model)
    : pull_count_(model.systematics.size()), component_count_(model.backgrounds.size() + 1) {
  for (std::size_t j = 0; j < component_count_; ++j) {
    const bool is_signal = j + 1 == component_count_;
    nominal_.push_back(is_signal ? model.signal : model.backgrounds[j].expected);
    std::vector<double> response;
    for (const Systematic& systematic : model.systematics) {
      response.push_back(std::log1p(is_signal ? systematic.on_signal : systematic.on_background[j]));
    }
    for (const std::vector<double>& other : responses_) {
      double square = 0;
      for (std::size_t k = 0; k < pull_count_; ++k) square += (response[k] - other[k]) * (response[k] - other[k]);
      widest_square_ = std::max(widest_square_, square);
    }
    responses_.push_back(std::move(response));
  }
}

double LognormalProfile::yield(std::size_t component, double mu, const std::vector<double>& pulls) const {
  double exponent = 0;
  for (std::size_t k = 0; k < pull_count_; ++k) exponent += responses_[component][k] * pulls[k];
  const double nominal = nominal_[component] * (component + 1 == component_count_ ? mu : 1.0);
  return nominal > 0 ? nominal * std::exp(exponent) : 0.0;
}

double LognormalProfile::background(const std::vector<double>& pulls) const {
  double sum = 0;
  for (std::size_t j = 0; j + 1 < component_count_; ++j) sum += yield(j, 0, pulls);
  return sum;
}

void LognormalProfile::expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const {
  counts.assign(1, background(pulls) + yield(component_count_ - 1, mu, pulls));
}

double LognormalProfile::nll(const ProfileData& data, double mu, const std::vector<double>& pulls) const {
  double sum = poisson_nll(data.counts[0], background(pulls) + yield(component_count_ - 1, mu, pulls));
  for (std::size_t k = 0; k < pull_count_; ++k) {
    sum += 0.5 * (pulls[k] - data.auxiliary[k]) * (pulls[k] - data.auxiliary[k]);
  }
  return sum;
}

double LognormalProfile::minimise(const ProfileData& data, double mu, std::vector<double>& pulls) const {
  const double observed = data.counts[0];
  const double start = nll(data, mu, pulls);
  if (pull_count_ == 0 || !std::isfinite(start)) return start;
  // Buffers that live on avoid allocations, which would cost more than the decomposition of a small matrix.
  thread_local std::vector<double> yields, mean;
  thread_local Eigen::VectorXd gradient, step;
  thread_local Eigen::MatrixXd hessian, matrix;
  const auto size = static_cast<Eigen::Index>(pull_count_);
  double damping = 0;
  for (int iteration = 0; iteration < 300; ++iteration) {
    double total = 0;
    yields.clear();
    mean.assign(pull_count_, 0.0);  // sum_j y_j l_j = d nu / d delta
    for (std::size_t j = 0; j < component_count_; ++j) {
      yields.push_back(yield(j, mu, pulls));
      total += yields[j];
      for (std::size_t k = 0; k < pull_count_; ++k) mean[k] += yields[j] * responses_[j][k];
    }
    const double t = observed > 0 ? observed / total - 1 : -1;
    double largest = 0;
    gradient.resize(size);
    for (std::size_t k = 0; k < pull_count_; ++k) {
      const double slope = -t * mean[k] + pulls[k] - data.auxiliary[k];
      gradient[static_cast<Eigen::Index>(k)] = slope;
      largest = std::max(largest, std::fabs(slope) / (1 + std::fabs(mean[k])));
    }
    if (largest < 1e-12) return nll(data, mu, pulls);
    hessian.resize(size, size);
    for (std::size_t k = 0; k < pull_count_; ++k) {
      for (std::size_t l = 0; l <= k; ++l) {
        double sum = k == l ? 1 : 0;
        for (std::size_t j = 0; j < component_count_; ++j) sum -= t * yields[j] * responses_[j][k] * responses_[j][l];
        if (observed > 0) sum += observed * (mean[k] / total) * (mean[l] / total);
        hessian(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(l)) = sum;
      }
    }
    // Differences of -ln L are summed from differences of its parts: for large counts -ln L itself is too coarse.
    const auto difference = [&](const Eigen::VectorXd& move) {
      double more = 0, sum = 0;
      for (std::size_t j = 0; j < component_count_; ++j) {
        double exponent = 0;
        for (std::size_t k = 0; k < pull_count_; ++k) exponent += responses_[j][k] * move[static_cast<Eigen::Index>(k)];
        more += yields[j] * std::expm1(exponent);
      }
      for (std::size_t k = 0; k < pull_count_; ++k) {
        const double part = move[static_cast<Eigen::Index>(k)];
        sum += part * (pulls[k] - data.auxiliary[k] + 0.5 * part);
      }
      return sum + more - (observed > 0 ? observed * std::log1p(more / total) : 0);
    };
    bool moved = false;
    double largest_step = 0;
    for (int attempt = 0; attempt < 60 && !moved; ++attempt) {
      matrix = hessian;
      matrix.diagonal().array() += damping;
      const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> decomposition(matrix);
      if (decomposition.info() == Eigen::Success) {
        step = -gradient;
        decomposition.solveInPlace(step);
        largest_step = step.lpNorm<Eigen::Infinity>();
        // Below this, differences are rounding, and the step is better than what they can tell.
        moved = largest_step < 1e-7 || (largest_step < 5 && difference(step) < 0);
      }
      if (!moved) damping = std::max(4 * damping, 1e-2 * (1 + std::fabs(t) * total));
    }
    if (!moved) break;
    for (std::size_t k = 0; k < pull_count_; ++k) pulls[k] += step[static_cast<Eigen::Index>(k)];
    if (largest_step < 1e-9 && damping == 0) return nll(data, mu, pulls);
    damping = damping < 1e-3 ? 0 : 0.1 * damping;
  }
  throw std::runtime_error("profile fit with lognormal constraints did not converge");
}

double LognormalProfile::fit(const ProfileData& data, double mu, std::vector<double>& pulls) const {
  const double observed = data.counts[0];
  pulls = data.auxiliary;
  const double signal = yield(component_count_ - 1, mu, pulls);
  const double total = background(pulls) + signal;
  // The concave part -n ln nu has at most n |l_i - l_j|^2 / 4 of curvature, against 1 from the constraints.
  const bool may_have_several_minima = observed > total && observed * widest_square_ > 4;
  double best = minimise(data, mu, pulls);
  if (!may_have_several_minima || !std::isfinite(best)) return best;
  thread_local std::vector<double> start;
  for (std::size_t j = 0; j < component_count_; ++j) {
    const double own = yield(j, mu, data.auxiliary);
    double square = 0;
    for (const double response : responses_[j]) square += response * response;
    if (own <= 0 || square == 0) continue;
    start = data.auxiliary;
    const double exponent = std::log1p((observed - total) / own);
    for (std::size_t k = 0; k < pull_count_; ++k) start[k] += exponent * responses_[j][k] / square;
    const double value = minimise(data, mu, start);
    if (value < best) {
      best = value;
      pulls = start;
    }
  }
  return best;
}

FreeFit LognormalProfile::fit_free(const ProfileData& data, std::vector<double>& pulls) const {
  // As for linear responses: the signal fills the room above the background of the preferred pulls, if there is any.
  const double observed = data.counts[0];
  pulls = data.auxiliary;
  const double room = observed - background(pulls);
  if (room <= 0) return {0, fit(data, 0, pulls)};
  return {room / yield(component_count_ - 1, 1, pulls), 0};
}

}  // namespace anyslice::stats
