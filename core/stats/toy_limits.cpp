// The limits of a noisy scan: where it crosses its level, with the error that the toys leave.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/stats/limit_search.hpp"

namespace anyslice::stats {
namespace {

// The last crossing of ln CLs with its target, near which the curve is locally fitted.
Limit last_crossing(const std::vector<double>& scan, const std::vector<double>& cls, const std::vector<double>& errors,
                    double target, double resolution, const std::string& quantity) {
  const std::size_t size = scan.size();
  std::size_t last_above = size;
  for (std::size_t i = 0; i < size; ++i) {
    if (cls[i] > target) last_above = i;
  }
  if (last_above == size) return {std::nullopt, 0, quantity + " is below 1 - level at every scanned signal strength"};
  if (last_above + 1 == size) {
    return {std::nullopt, 0,
            quantity + " stays above 1 - level up to a signal strength of " + std::to_string(scan.back())};
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
    return {std::nullopt, 0, quantity + " of the scan is too flat or too noisy where it crosses 1 - level"};
  }
  return {value, value * error / std::fabs(slope), ""};
}

// Where the p-value first rises above `target`: 0 where it is there from the start.
double first_crossing(const std::vector<double>& scan, const std::vector<ClsValues>& values, double target) {
  const auto p = [&](std::size_t i) { return values[i].observed.value_or(1); };
  std::size_t first = 0;
  while (first < scan.size() && p(first) <= target) ++first;
  if (first == 0 || first == scan.size()) return 0;
  const double share = (target - p(first - 1)) / (p(first) - p(first - 1));
  return std::exp(std::lerp(std::log(scan[first - 1]), std::log(scan[first]), share));
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
  limits.method = options.method;
  limits.level = options.level;
  const double resolution = 1 / static_cast<double>(options.toys);
  const auto crossing = [&](auto&& value_of, auto&& error_of) {
    std::vector<double> values, errors;
    for (const ClsValues& point : cls) {
      values.push_back(value_of(point));
      errors.push_back(error_of(point));
    }
    return last_crossing(scan, values, errors, 1 - options.level, resolution,
                         options.method == "feldman-cousins" ? "the p-value" : "CLs");
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
  if (options.method == "feldman-cousins" && limits.observed.value) {
    limits.intervals.push_back(
        {"feldman-cousins", first_crossing(scan, cls, 1 - options.level), *limits.observed.value});
  }
  return limits;
}

}  // namespace anyslice::stats
