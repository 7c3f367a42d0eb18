// Limits on one parameter along another, from limits in signal events: at each point of the axis, which values of the
// parameter predict at least as many events as are excluded.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/interval_search.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice {

/// Fewer effective events than this cannot support a limit: the point is masked.
inline constexpr double kFewestEffectiveEvents = 20;

struct LimitCurveRequest {
  std::string on, versus;  ///< parameter names: limited, and along the axis
  Point fixed;             ///< values of other parameters (defaults otherwise)
  std::string variant = "physics";
  double exposure_scale = 1;       ///< multiplies the prediction
  std::string source = "request";  ///< for messages
};

struct LimitPoint {
  double versus = 0;
  std::optional<double> observed;  ///< lower edge of the first excluded interval
  std::vector<Interval> excluded;  ///< all of them
  std::array<std::optional<double>, 5> expected;
  std::array<std::vector<Interval>, 5> expected_excluded;
  /// Of `observed` (of the median without data), from the finite number of events; none where it cannot be told.
  std::optional<double> mc_error;
  double effective_events = 0;  ///< at that edge
  std::string reason;           ///< why there is no observed limit; empty where there is one
  std::string expected_reason;  ///< the same for the expected median
};

/// Converts limits in signal events to limits on a parameter.
class LimitCurve {
 public:
  /// Throws InputError for unknown or equal parameters, an unknown variant or an exposure that is not positive.
  LimitCurve(const Model& model, const Reweighter& reweighter, LimitCurveRequest request,
             stats::UpperLimits limits_in_events);

  /// Throws InputError when the axis value is out of range; a prediction that does not exist there (a threshold, a
  /// table that ends) gives a point without limit and a reason.
  LimitPoint at(double versus) const;

  /// What there is to say about the construction of the limits in events.
  const std::vector<std::string>& warnings() const { return limits_.warnings; }

  /// The intervals of the axis, within [low, high], where `curve` lies inside the observed exclusion.
  std::vector<Interval> excluded_along(const Table1d& curve, double low, double high) const;

 private:
  struct Sample {
    double log_prediction;  ///< -infinity where nothing is predicted
    std::string problem;    ///< why there is no prediction; empty where there is one
  };
  WeightedSum predict(double versus, double on) const;
  Sample sample(double versus, double on) const;
  double mc_error(double versus, double on) const;

  const Model& model_;
  const Reweighter& reweighter_;
  LimitCurveRequest request_;
  stats::UpperLimits limits_;
  const Parameter *on_ = nullptr, *versus_ = nullptr;
  std::vector<double> slots_;  ///< constants, switches and fixed parameters
};

/// `count` values over [low, high], evenly spaced on the scale.
std::vector<double> spaced_values(double low, double high, std::size_t count, Scale scale);

}  // namespace anyslice
