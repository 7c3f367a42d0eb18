// Where a function of one variable lies at or above a threshold: all intervals, not only the first.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace anyslice {

/// An interval of x; an end that is the end of the searched range is empty.
struct Interval {
  std::optional<double> low, high;
};

/// A function sampled once and searched for several thresholds. A coupling that also shortens the lifetime gives a
/// prediction that rises and falls again, so an exclusion has a lower *and* an upper edge.
class IntervalSearch {
 public:
  /// `coordinates` is increasing, at least two values; `function` may return -infinity but not NaN.
  IntervalSearch(std::function<double(double)> function, std::vector<double> coordinates);

  /// The intervals where function >= threshold, in order. Edges by TOMS 748 (Alefeld, Potra, Shi 1995) to 1e-10 of
  /// the coordinate; a maximum that passes the threshold between two samples is found by Brent's method.
  std::vector<Interval> at_or_above(double threshold) const;

 private:
  double edge(double low, double high, double threshold) const;

  std::function<double(double)> function_;
  std::vector<double> coordinates_, values_;
};

}  // namespace anyslice
