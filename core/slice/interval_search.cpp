// Scan for sign changes, then TOMS 748 in each.
#include "core/slice/interval_search.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

namespace anyslice {

IntervalSearch::IntervalSearch(std::function<double(double)> function, std::vector<double> coordinates)
    : function_(std::move(function)), coordinates_(std::move(coordinates)) {
  values_.reserve(coordinates_.size());
  for (const double x : coordinates_) values_.push_back(function_(x));
}

double IntervalSearch::edge(double low, double high, double threshold) const {
  // The search needs finite numbers; far below the threshold their size does not matter.
  const auto difference = [&](double x) { return std::clamp(function_(x) - threshold, -1e3, 1e3); };
  const double at_low = difference(low), at_high = difference(high);
  if (at_low == 0) return low;
  if (at_high == 0) return high;
  const double scale = std::max({std::abs(low), std::abs(high), 1.0});
  const auto close = [&](double a, double b) { return std::abs(a - b) <= 1e-11 * scale; };
  std::uintmax_t iterations = 100;
  const auto bracket = boost::math::tools::toms748_solve(difference, low, high, at_low, at_high, close, iterations);
  return 0.5 * (bracket.first + bracket.second);
}

std::vector<Interval> IntervalSearch::at_or_above(double threshold) const {
  // The samples, with an extremum added where the function may touch the threshold between two of them.
  std::vector<double> x, y;
  for (std::size_t i = 0; i < coordinates_.size(); ++i) {
    const bool inner = i > 0 && i + 1 < coordinates_.size();
    const bool low_peak =
        inner && values_[i] < threshold && values_[i] >= values_[i - 1] && values_[i] >= values_[i + 1];
    const bool high_dip =
        inner && values_[i] >= threshold && values_[i] <= values_[i - 1] && values_[i] <= values_[i + 1];
    if ((low_peak || high_dip) && std::isfinite(values_[i])) {
      const double sign = low_peak ? -1 : 1;
      const auto extremum = boost::math::tools::brent_find_minima(
          [&](double at) { return sign * std::max(function_(at), threshold - 1e3); }, coordinates_[i - 1],
          coordinates_[i + 1], 26);
      const double value = sign * extremum.second;
      if ((value >= threshold) != (values_[i] >= threshold)) {
        if (extremum.first < coordinates_[i]) x.push_back(extremum.first), y.push_back(value);
        x.push_back(coordinates_[i]), y.push_back(values_[i]);
        if (extremum.first > coordinates_[i]) x.push_back(extremum.first), y.push_back(value);
        continue;
      }
    }
    x.push_back(coordinates_[i]), y.push_back(values_[i]);
  }

  std::vector<Interval> intervals;
  bool inside = y.front() >= threshold;
  if (inside) intervals.push_back({});
  for (std::size_t i = 1; i < x.size(); ++i) {
    const bool now = y[i] >= threshold;
    if (now == inside) continue;
    const double at = edge(x[i - 1], x[i], threshold);
    if (now)
      intervals.push_back({at, std::nullopt});
    else
      intervals.back().high = at;
    inside = now;
  }
  return intervals;
}

}  // namespace anyslice
