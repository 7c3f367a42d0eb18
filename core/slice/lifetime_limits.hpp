// What the data say about the lifetime alone: with the rest of a point fixed, or with the number of events free.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/card_likelihood.hpp"
#include "core/slice/interval_search.hpp"

namespace anyslice {

struct LifetimeRequest {
  std::vector<double> slots;  ///< the point, derived quantities evaluated
  Selection selection;
  double low = 0, high = 0;  ///< of ctau0, in the unit of the card
  std::size_t count = 0;     ///< points of curve()
  double rise = 0;           ///< of -ln L over that without signal, from which on a lifetime is excluded
};

struct LifetimePoint {
  double ctau0 = 0;
  WeightedSum signal;               ///< over the bins that count
  double uncertainty = 0;           ///< events: square root of the variances of Eq. 30 of arXiv:2205.12273, summed
  double delta_log_likelihood = 0;  ///< -ln L minus that without signal
};

/// ctau0_min = a / (log10(events) - b), Eq. E1 of arXiv:2205.12273: b by Brent's method on the sum of squared
/// deviations of ctau0, a in closed form. The form is meant for few events, which weigh most; for many it is far too
/// long.
struct LifetimeFit {
  double a = 0, b = 0;
  double worst = 0;  ///< largest relative deviation
};

struct LifetimeEvents {
  double total = 0;                               ///< events before the decay that the card predicts at the point
  std::vector<std::optional<Interval>> excluded;  ///< per number of events; none where nothing is excluded
  std::optional<LifetimeFit> fit;                 ///< of the lower ends
};

class LifetimeLimits {
 public:
  /// Throws InputError when the card has no decay factor.
  LifetimeLimits(const Model& model, const Reweighter& reweighter, const CardLikelihood& likelihood);

  std::vector<LifetimePoint> curve(const LifetimeRequest& request) const;
  std::vector<Interval> excluded(const LifetimeRequest& request) const;

  /// For each number of events before the decay (the total of this name): the lifetimes that are excluded if signal
  /// scales with it. Throws InputError for an unknown total.
  LifetimeEvents versus_events(const LifetimeRequest& request, const std::string& total,
                               const std::vector<double>& events) const;

 private:
  std::vector<Prediction> predict(const LifetimeRequest& request, std::size_t count) const;
  double delta(Prediction prediction, double scale) const;
  /// Intervals in which the prediction times `scale` is excluded.
  std::vector<Interval> excluded_at(const LifetimeRequest& request, double scale) const;

  const Model& model_;
  const Reweighter& reweighter_;
  const CardLikelihood& likelihood_;
};

/// The fit to points (events, ctau0_min); none for fewer than three points.
std::optional<LifetimeFit> fit_lifetimes(const std::vector<std::pair<double, double>>& points);

}  // namespace anyslice
