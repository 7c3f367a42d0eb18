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
#include "core/slice/card_likelihood.hpp"
#include "core/slice/interval_search.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice {

struct LimitCurveRequest {
  std::string on;      ///< name of the limited parameter
  std::string versus;  ///< that along the axis; empty for the point itself, at() being given any number
  Point fixed;         ///< values of other parameters (defaults otherwise)
  Selection selection;
  LikelihoodRequest likelihood;
};

/// A limit by -ln L: a value is excluded where -ln L is more than `rise` above its lowest value over the parameter's
/// range and no signal.
struct LikelihoodLimit {
  double rise = 0;
  double base_offset = 0;  ///< added to the lowest -ln L
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
  /// Whether it is known what is excluded by the data (by the expected median), be it nothing.
  bool known = false, expected_known = false;
};

/// Limits on a parameter: converted from limits in signal events, or from the likelihood at each point.
class LimitCurve {
 public:
  /// Throws InputError for unknown or equal parameters, an unknown variant or an exposure that is not positive.
  LimitCurve(const Model& model, const Reweighter& reweighter, LimitCurveRequest request,
             stats::UpperLimits limits_in_events);
  LimitCurve(const Model& model, const Reweighter& reweighter, LimitCurveRequest request, LikelihoodLimit limit);

  /// Throws InputError when the axis value is out of range; a prediction that does not exist there (a threshold, a
  /// table that ends) gives a point without limit and a reason.
  LimitPoint at(double versus) const;

  /// What there is to say about the construction of the limits in events.
  const std::vector<std::string>& warnings() const { return limits_.warnings; }

  /// The intervals of the axis, within [low, high], where `curve` lies inside the observed exclusion.
  std::vector<Interval> excluded_along(const Table1d& curve, double low, double high) const;

 private:
  struct Sample {
    double value;         ///< of what is compared with the threshold: ln mu or -ln L; -infinity where there is none
    std::string problem;  ///< why there is no prediction; empty where there is one
  };
  void find_parameters();
  std::vector<double> slots_at(double versus, double on) const;
  Prediction predict(double versus, double on) const;
  WeightedSum total(double versus, double on) const { return likelihood_.total(predict(versus, on)); }
  Sample sample(double versus, double on) const;
  double mc_error(double versus, double on) const;
  LimitPoint by_events(LimitPoint point, const IntervalSearch& search) const;
  LimitPoint by_likelihood(LimitPoint point, const IntervalSearch& search, double lowest) const;
  /// Empty with a reason where an edge rests on too few events: what is excluded is not `known` then.
  std::vector<Interval> supported(double versus, std::vector<Interval> intervals, std::string& reason,
                                  bool& known) const;

  const Model& model_;
  const Reweighter& reweighter_;
  LimitCurveRequest request_;
  stats::UpperLimits limits_;
  std::optional<LikelihoodLimit> likelihood_limit_;
  CardLikelihood likelihood_;
  const Parameter *on_ = nullptr, *versus_ = nullptr;
  std::vector<double> slots_;  ///< constants, switches and fixed parameters
};

/// `count` values over [low, high], evenly spaced on the scale.
std::vector<double> spaced_values(double low, double high, std::size_t count, Scale scale);

}  // namespace anyslice
