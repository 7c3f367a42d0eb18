// Exact fits for linear responses: closed form where no limit is touched, otherwise a bracketed root in one variable.
#include "core/stats/linear_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/stats/poisson_nll.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double penalty(const std::vector<double>& pulls, const std::vector<double>& auxiliary) {
  double sum = 0;
  for (std::size_t k = 0; k < pulls.size(); ++k) sum += (pulls[k] - auxiliary[k]) * (pulls[k] - auxiliary[k]);
  return 0.5 * sum;
}

}  // namespace

LinearProfile::LinearProfile(const CountingModel& model)
    : pull_count_(model.systematics.size()),
      limit_(model.constraint == Constraint::gaussian ? model.pull_limit : infinity),
      nominal_background_(model.total_background()),
      background_slope_(pull_count_, 0.0),
      signal_slope_(pull_count_, 0.0) {
  const auto finish = [&](Component& component) {
    for (std::size_t k = 0; k < pull_count_; ++k) {
      if (component.sizes[k] > 0) component.acts.emplace_back(k, component.sizes[k]);
    }
  };
  for (std::size_t j = 0; j < model.backgrounds.size(); ++j) {
    if (model.backgrounds[j].expected <= 0) continue;  // a yield of zero needs no factor
    Component component{model.backgrounds[j].expected, {}, {}};
    for (const Systematic& systematic : model.systematics) component.sizes.push_back(systematic.on_background[j]);
    finish(component);
    for (const auto& [k, size] : component.acts) background_slope_[k] += component.expected * size;
    backgrounds_.push_back(std::move(component));
  }
  signal_.expected = model.signal;
  for (const Systematic& systematic : model.systematics) signal_.sizes.push_back(systematic.on_signal);
  finish(signal_);
  for (const auto& [k, size] : signal_.acts) signal_slope_[k] = signal_.expected * size;
}

double LinearProfile::factor(const Component& component, const std::vector<double>& pulls) const {
  double sum = 1;
  for (const auto& [k, size] : component.acts) sum += size * pulls[k];
  return sum;
}

double LinearProfile::background(const std::vector<double>& pulls) const {
  double sum = 0;
  for (const Component& component : backgrounds_) sum += component.expected * std::max(factor(component, pulls), 0.0);
  return sum;
}

double LinearProfile::total(double mu, const std::vector<double>& pulls) const {
  const double signal = mu > 0 ? mu * signal_.expected * std::max(factor(signal_, pulls), 0.0) : 0.0;
  return background(pulls) + signal;
}

void LinearProfile::expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const {
  counts.assign(1, total(mu, pulls));
}

bool LinearProfile::allowed(const std::vector<double>& pulls) const {
  for (const double pull : pulls) {
    if (std::fabs(pull) > limit_) return false;
  }
  for (const Component& component : backgrounds_) {
    if (factor(component, pulls) < 0) return false;
  }
  return factor(signal_, pulls) >= 0;
}

// The nearest allowed pulls, by coordinate ascent in the multipliers of the factors (Hildreth's method with the limits
// of the pulls applied inside): exact after one sweep where no pull acts on two components.
void LinearProfile::project(std::vector<double>& pulls) const {
  if (allowed(pulls)) return;
  const std::size_t count = backgrounds_.size() + 1;
  const auto component = [&](std::size_t j) -> const Component& {
    return j < backgrounds_.size() ? backgrounds_[j] : signal_;
  };
  // Buffers that live on avoid an allocation per fit, which would cost more than the fit.
  thread_local std::vector<double> target, multiplier, free;
  target = pulls;
  multiplier.assign(count, 0.0);
  const auto clip = [&](double pull) { return std::clamp(pull, -limit_, limit_); };
  for (double& pull : pulls) pull = clip(pull);
  for (int sweep = 0; sweep < 2000; ++sweep) {
    double change = 0;
    for (std::size_t j = 0; j < count; ++j) {
      const Component& current = component(j);
      if (current.acts.empty()) continue;
      const double before = factor(current, pulls);
      if (before >= 0 && multiplier[j] == 0) continue;
      // Without the multiplier of this factor; then find the one that makes the factor zero, or none.
      free.clear();
      for (const auto& [k, size] : current.acts) {
        double value = target[k];
        for (std::size_t other = 0; other < count; ++other) {
          if (other != j && multiplier[other] > 0) value += multiplier[other] * component(other).sizes[k];
        }
        free.push_back(value);
      }
      // Newton on a non-decreasing piecewise linear function of the multiplier, kept inside a bracket.
      double low = 0, high = infinity, value = 0;
      for (int step = 0; step < 200; ++step) {
        double sum = 1, slope = 0;
        for (std::size_t i = 0; i < free.size(); ++i) {
          const double size = current.acts[i].second, pull = free[i] + value * size;
          sum += size * clip(pull);
          if (std::fabs(pull) < limit_) slope += size * size;
        }
        if (value == 0 && sum >= 0) break;
        if (std::fabs(sum) < 1e-15) break;
        (sum < 0 ? low : high) = value;
        double next = slope > 0 ? value - sum / slope : infinity;
        if (!(next > low && next < high)) {
          if (std::isfinite(high)) {
            next = 0.5 * (low + high);
          } else if (slope == 0) {
            // Every pull sits at a limit: move to where the first of them comes loose.
            next = infinity;
            for (std::size_t i = 0; i < free.size(); ++i) {
              const double size = current.acts[i].second;
              if (free[i] + value * size <= -limit_) next = std::min(next, (-limit_ - free[i]) / size);
            }
            next = std::isfinite(next) ? std::max(next, value) * (1 + 1e-15) + 1e-15 : value;
          }
        }
        if (next == value) break;
        value = next;
      }
      change = std::max(change, std::fabs(value - multiplier[j]));
      multiplier[j] = value;
      for (std::size_t i = 0; i < free.size(); ++i) {
        pulls[current.acts[i].first] = clip(free[i] + value * current.acts[i].second);
      }
    }
    if (change < 1e-13) return;
  }
  throw std::runtime_error("profile fit: the limits of pulls and yields could not be satisfied");
}

double LinearProfile::fit(const ProfileData& data, double mu, std::vector<double>& pulls) const {
  const double observed = data.counts[0];
  const std::vector<double>& measured = data.auxiliary;
  pulls.resize(pull_count_);
  const auto slope = [&](std::size_t k) { return background_slope_[k] + mu * signal_slope_[k]; };
  double at_measured = nominal_background_ + mu * signal_.expected, square = 0;
  for (std::size_t k = 0; k < pull_count_; ++k) {
    at_measured += slope(k) * measured[k];
    square += slope(k) * slope(k);
  }
  const auto set_pulls = [&](double t) {
    for (std::size_t k = 0; k < pull_count_; ++k) pulls[k] = measured[k] + t * slope(k);
  };
  if (observed == 0) {
    set_pulls(-1);
    project(pulls);
    return total(mu, pulls) + penalty(pulls, measured);
  }
  // Without limits: (at_measured + t square) (1 + t) = observed.
  const double difference = at_measured - square;
  const double root = std::sqrt(difference * difference + 4 * square * observed);
  const double nu = difference > 0 ? 0.5 * (difference + root) : 2 * square * observed / (root - difference);
  double t = nu > 0 ? observed / nu - 1 : 0;
  set_pulls(std::isfinite(t) ? t : 0);
  if (allowed(pulls)) {
    const double expectation = square > 0 ? nu : at_measured;
    return poisson_nll(observed, expectation) + penalty(pulls, measured);
  }

  // With limits: excess(t) = nu(t) - observed / (1 + t) increases; illinois steps inside a bracket.
  const auto excess = [&](double at) {
    set_pulls(at);
    project(pulls);
    return total(mu, pulls) - observed / (1 + at);
  };
  if (!std::isfinite(t)) t = 0;
  double low = t, high = t, at_low = excess(t), at_high = at_low;
  for (double step = 0.1; at_high < 0 && high < 1e12; step *= 4) {
    low = high;
    at_low = at_high;
    high += step * (1 + high);
    at_high = excess(high);
  }
  for (double step = 0.5; at_low > 0 && low > -1 + 1e-14; step *= 0.25) {
    high = low;
    at_high = at_low;
    low = -1 + step * (1 + low);
    at_low = excess(low);
  }
  int last_side = 0;
  for (int step = 0; step < 200 && at_low < 0 && at_high > 0; ++step) {
    double next = (low * at_high - high * at_low) / (at_high - at_low);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    const double value = excess(next);
    if (value == 0 || high - low < 1e-13 * (1 + std::fabs(next))) break;
    if (value < 0) {
      low = next;
      at_low = value;
      if (last_side == -1) at_high *= 0.5;
      last_side = -1;
    } else {
      high = next;
      at_high = value;
      if (last_side == 1) at_low *= 0.5;
      last_side = 1;
    }
    if (std::fabs(value) < 1e-12 * (1 + observed)) break;
  }
  return poisson_nll(observed, total(mu, pulls)) + penalty(pulls, measured);
}

FreeFit LinearProfile::fit_free(const ProfileData& data, std::vector<double>& pulls) const {
  // The signal yield is free wherever its factor is positive: if the background of the preferred pulls leaves room,
  // the signal fills it and nothing pulls. Otherwise the best signal is none.
  const double observed = data.counts[0];
  pulls = data.auxiliary;
  project(pulls);
  const double room = observed - background(pulls);
  if (room <= 0) return {0, fit(data, 0, pulls)};
  const double per_strength = signal_.expected * factor(signal_, pulls);
  // A factor that was projected to zero is zero up to rounding.
  const double strength = per_strength > 1e-13 * signal_.expected ? room / per_strength : infinity;
  return {strength, penalty(pulls, data.auxiliary)};
}

}  // namespace anyslice::stats
