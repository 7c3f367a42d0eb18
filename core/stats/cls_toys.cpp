// Frequentist toys of a counting model: generation, CLs with ties and errors, and the crossing of a noisy scan.
#include "core/stats/cls_toys.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.hpp"
#include "core/stats/cls_asymptotic.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/limit_search.hpp"
#include "core/stats/profile_toys.hpp"

namespace anyslice::stats {
namespace {

ClsValues checked_toy_cls(const CountingModel& given, double mu, const LimitOptions& options,
                          const ProgressCallback& progress) {
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  const auto likelihood = make_profile_likelihood(model);
  return profile_toy_cls(*likelihood, own_data(model), model.observed.has_value(), mu, options, progress);
}

}  // namespace

ClsValues toy_cls(const CountingModel& given, double mu, const LimitOptions& options,
                  const ProgressCallback& progress) {
  check_input(given, options, "cls-toys");
  if (!(mu >= 0 && mu * given.signal <= largest_events)) {
    throw InputError("toys", "mu", "expected a signal strength of 0 to 1e10 signal events");
  }
  try {
    return checked_toy_cls(given, mu, options, progress);
  } catch (const std::bad_alloc&) {
    throw InputError("limit options", "toys", "too many toys for the memory");
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError("cls-toys", "model", std::string("the toys cannot be fitted: ") + error.what());
  }
}

std::vector<double> toy_scan(const CountingModel& given, double level, bool combine_systematics,
                             const ProgressCallback& progress) {
  LimitOptions options;
  options.level = level;
  check_input(given, options, "cls-toys");
  const CountingModel model = combine_systematics ? given.combined() : given;
  double low = std::numeric_limits<double>::infinity(), high = 0, median = 0;
  bool open_ended = false;
  const auto include = [&](const UpperLimits& limits) {
    for (const Limit* limit : {&limits.observed, &limits.expected[0], &limits.expected[2], &limits.expected[4]}) {
      if (limit->value) {
        low = std::min(low, *limit->value);
        high = std::max(high, *limit->value);
      } else if (limit != &limits.observed) {
        open_ended = true;
      }
    }
    median = std::max(median, limits.expected[2].value.value_or(0));
  };
  include(asymptotic_limits(model, level));
  report_progress(progress, 0);
  try {
    include(hybrid_limits(model, level, progress));
  } catch (const InputError&) {
    // Too many shared systematics for the quadrature: the asymptotic limits have to do.
  }
  if (!(high > 0)) throw InputError("cls-toys", "model", "no expected limit exists from which to choose a scan");
  low *= 0.6;
  high *= 1.6;
  if (open_ended) high = std::max(high, 20 * median);
  high = std::min(high, largest_events / model.signal);
  low = std::min(low, 0.5 * high);
  // Far above the median only the tail of the signal's own systematics is left, and CLs changes slowly.
  std::vector<double> scan;
  for (double mu = low; mu < high; mu *= mu < 3 * median ? 1.1 : 1.2) scan.push_back(mu);
  scan.push_back(high);
  return scan;
}

namespace {

// The last crossing of ln CLs with its target, near which the curve is locally fitted.
Limit last_crossing(const std::vector<double>& scan, const std::vector<double>& cls, const std::vector<double>& errors,
                    double target, double resolution) {
  const std::size_t size = scan.size();
  std::size_t last_above = size;
  for (std::size_t i = 0; i < size; ++i) {
    if (cls[i] > target) last_above = i;
  }
  if (last_above == size) return {std::nullopt, 0, "CLs is below 1 - level at every scanned signal strength"};
  if (last_above + 1 == size) {
    return {std::nullopt, 0, "CLs stays above 1 - level up to a signal strength of " + std::to_string(scan.back())};
  }
  const auto log_cls = [&](std::size_t i) { return std::log(std::max(cls[i], 0.5 * resolution)); };
  const auto log_error = [&](std::size_t i) {
    return std::max(errors[i], 0.5 * resolution) / std::max(cls[i], 0.5 * resolution);
  };
  const double left = std::log(scan[last_above]), right = std::log(scan[last_above + 1]);
  const double log_target = std::log(target);
  const double steepness = (log_cls(last_above + 1) - log_cls(last_above)) / (right - left);
  double crossing = left + (log_target - log_cls(last_above)) / steepness;
  double slope = steepness;

  // A parabola through the points near it, weighted by their errors and by how near they are.
  const std::size_t first = last_above >= 1 ? last_above - 1 : 0, end = std::min(last_above + 3, size);
  if (end - first >= 3) {
    Eigen::Matrix3d moments = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right_side = Eigen::Vector3d::Zero();
    for (std::size_t i = first; i < end; ++i) {
      const double x = (std::log(scan[i]) - left) / (right - left), y = log_cls(i) - log_target;
      const double weight = 1 / (log_error(i) * log_error(i) + 1e-3 * y * y * y * y);
      const Eigen::Vector3d powers(1, x, x * x);
      moments += weight * powers * powers.transpose();
      right_side += weight * y * powers;
    }
    const Eigen::Vector3d parabola = moments.ldlt().solve(right_side);
    const double c0 = parabola[0], c1 = parabola[1], c2 = parabola[2];
    double x = (crossing - left) / (right - left);
    for (int step = 0; step < 20; ++step) x -= (c0 + x * (c1 + x * c2)) / (c1 + 2 * c2 * x);
    const double fitted_slope = (c1 + 2 * c2 * x) / (right - left);
    if (x > -1 && x < 2 && fitted_slope < 0 && std::fabs(c0 + x * (c1 + x * c2)) < 1e-9) {
      crossing = left + x * (right - left);
      slope = fitted_slope;
    }
  }
  const double fraction = std::clamp((crossing - left) / (right - left), 0.0, 1.0);
  const double error = (1 - fraction) * log_error(last_above) + fraction * log_error(last_above + 1);
  const double value = std::exp(crossing);
  if (!(std::isfinite(value) && value > 0 && std::isfinite(error / slope))) {
    return {std::nullopt, 0, "CLs of the scan is too flat or too noisy where it crosses 1 - level"};
  }
  return {value, value * error / std::fabs(slope), ""};
}

}  // namespace

UpperLimits toy_limits(const std::vector<double>& scan, const std::vector<ClsValues>& cls,
                       const LimitOptions& options) {
  if (scan.size() < 2 || scan.size() != cls.size()) {
    throw InputError("toy scan", "", "expected one result for each of at least two signal strengths");
  }
  options.validate("limit options");
  const auto probability = [](double value) { return value >= 0 && value <= 1; };
  const auto error = [](double value) { return value >= 0 && std::isfinite(value); };
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (!(scan[i] > 0 && std::isfinite(scan[i]) && (i == 0 || scan[i] > scan[i - 1]))) {
      throw InputError("toy scan", "mu", "expected finite signal strengths above 0 in increasing order");
    }
    bool good = probability(cls[i].observed.value_or(0)) && error(cls[i].observed_error);
    for (std::size_t k = 0; k < band.size(); ++k) {
      good = good && probability(cls[i].expected[k]) && error(cls[i].expected_error[k]);
    }
    if (!good) throw InputError("toy scan", "CLs", "expected values from 0 to 1 with finite errors >= 0");
    if (cls[i].observed.has_value() != cls[0].observed.has_value()) {
      throw InputError("toy scan", "CLs", "expected an observed value at every signal strength or at none");
    }
  }
  UpperLimits limits;
  limits.method = "cls-toys";
  limits.level = options.level;
  const double resolution = 1 / static_cast<double>(options.toys);
  const auto crossing = [&](auto&& value_of, auto&& error_of) {
    std::vector<double> values, errors;
    for (const ClsValues& point : cls) {
      values.push_back(value_of(point));
      errors.push_back(error_of(point));
    }
    return last_crossing(scan, values, errors, 1 - options.level, resolution);
  };
  if (cls.front().observed) {
    limits.observed = crossing([](const ClsValues& point) { return point.observed.value_or(1); },
                               [](const ClsValues& point) { return point.observed_error; });
  } else {
    limits.observed.reason = "a projection has no observed count";
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    limits.expected[i] = crossing([i](const ClsValues& point) { return point.expected[i]; },
                                  [i](const ClsValues& point) { return point.expected_error[i]; });
  }
  return limits;
}

}  // namespace anyslice::stats
