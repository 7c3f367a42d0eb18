// A line through parameter space: -2 Delta ln L along one parameter, the others fixed or one of them profiled.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/slice/slice_likelihood.hpp"

namespace anyslice {

struct ScanRequest {
  std::string on;                                  ///< the parameter along the line
  std::optional<std::pair<double, double>> range;  ///< empty: the card's
  std::size_t count = 101;                         ///< points, at least 2
  std::optional<Scale> scale;                      ///< on which they are evenly spaced; empty: the card's
  Point fixed;                                     ///< values of other parameters (defaults otherwise)
  std::string profile;                             ///< as for planes; may be empty
  Selection selection;
  LikelihoodRequest likelihood;
};

struct ScanPoint {
  double value = 0;  ///< of the parameter
  SlicePoint found;
};

/// A stretch of the line on one side of a threshold, with what is at its ends: the threshold is crossed, the scanned
/// range ends, or what is beyond is not known.
struct ScanInterval {
  enum class End { crossing, range, unknown };
  double low = 0, high = 0;
  End low_end = End::range, high_end = End::range;
};

/// A stretch of which nothing is said.
struct ScanGap {
  double low = 0, high = 0;
  SlicePoint::Status status = SlicePoint::Status::outside;
  std::string reason;
};

struct ScanBest {
  double value = 0;  ///< of the parameter, meaningless without signal
  double minus_log_likelihood = 0;
  bool without_signal = false;  ///< no signal at all is best
};

class Scan {
 public:
  /// Computes the line. Throws InputError for an unknown parameter, a range that is reversed or leaves the parameter's,
  /// a logarithmic scale that begins at 0 or below, and what the likelihood's request may have wrong.
  Scan(const Model& model, const Reweighter& reweighter, const ScanRequest& request,
       const ProgressCallback& progress = {});

  const CardLikelihood& likelihood() const { return line_.likelihood(); }
  Scale scale() const { return scale_; }
  std::pair<double, double> range() const { return {low_, high_}; }
  const std::vector<ScanPoint>& points() const { return points_; }
  /// In the order of the line; a gap goes halfway to its last neighbour that is known, or as far as bisection tells.
  const std::vector<ScanGap>& gaps() const { return gaps_; }

  /// The best point of the line within the parameter's whole range, whatever part of it is scanned, and no signal.
  const ScanBest& best() const { return best_; }
  /// -2 ln L above that of the best point.
  double rise(const SlicePoint& point) const;

  /// The point at one value of the parameter.
  ScanPoint at(double value) const;

  /// Where the rise is at or above `threshold` (`above`) or below it.
  std::vector<ScanInterval> intervals(double threshold, bool above) const;

 private:
  /// A stretch of the line that is known: its samples and its ends.
  struct Stretch {
    std::vector<double> coordinates;
    ScanInterval::End low_end = ScanInterval::End::range, high_end = ScanInterval::End::range;
  };

  double to_coordinate(double value) const;
  double from_coordinate(double coordinate) const;
  std::vector<ScanPoint> sample(const std::vector<double>& values, const ProgressCallback& progress) const;
  void find_stretches();
  void find_best(const std::vector<ScanPoint>& samples);
  /// The value, of two neighbours of which one is known, up to which it is known.
  double last_known(double known, double unknown) const;

  SliceLikelihood line_;
  const Parameter* parameter_;
  Scale scale_;
  double low_ = 0, high_ = 0;
  std::vector<ScanPoint> points_;
  std::vector<Stretch> stretches_;
  std::vector<ScanGap> gaps_;
  ScanBest best_;
};

}  // namespace anyslice
