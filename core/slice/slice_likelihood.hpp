// The likelihood at values of a few parameters, the others fixed and one of them profiled if wanted: what planes and
// lines through parameter space are made of.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/progress.hpp"
#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/card_likelihood.hpp"

namespace anyslice {

/// What is known of one point.
struct SlicePoint {
  enum class Status { known, thin, outside };  ///< thin: too few effective events, or a kernel that is not trusted
  Status status = Status::outside;
  WeightedSum signal;  ///< over the bins that count
  double minus_log_likelihood = 0;
  double profiled = 0;  ///< where -ln L is least, the value of the profiled parameter
  std::string reason;   ///< why nothing is said of a thin point
};

class SliceLikelihood {
 public:
  /// `moving`: the parameters whose values at() is given. `profile`: a parameter over which -ln L is minimised within
  /// its bounds, or empty. Throws InputError for values of `fixed` out of range, for a `profile` that is no parameter
  /// or moves, and for what the likelihood's request may have wrong.
  SliceLikelihood(const Model& model, const Reweighter& reweighter, const Point& fixed,
                  const std::vector<std::string>& moving, const std::string& profile, Selection selection,
                  LikelihoodRequest likelihood, Accuracy accuracy = Accuracy::full);

  const CardLikelihood& likelihood() const { return likelihood_; }

  /// Points with these values of the moving parameters, a list for each of them; everything that is asked of the points
  /// is computed together. `shift` moves the prediction by so many Monte Carlo errors; without `with_likelihood` -ln L
  /// stays 0 where no parameter is profiled.
  std::vector<SlicePoint> at(const std::vector<std::vector<double>>& columns, double shift = 0,
                             const ProgressCallback& progress = {}, bool with_likelihood = true) const;

  /// Why there is no prediction at these values; empty where there is one.
  std::string why_outside(const std::vector<double>& values) const;

 private:
  /// Each point once, or as often as values of the profiled parameter are tried.
  PointSlots slots_of(const std::vector<std::vector<double>>& columns) const;

  const Model& model_;
  const Reweighter& reweighter_;
  Selection selection_;
  CardLikelihood likelihood_;
  Accuracy accuracy_;
  std::vector<std::size_t> moving_;  ///< slots
  const Parameter* profiled_ = nullptr;
  std::vector<double> slots_;  ///< constants, switches and fixed parameters
};

}  // namespace anyslice
