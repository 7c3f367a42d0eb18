// Evaluates points: which predictions are needed, and what they say.
#include "core/slice/slice_likelihood.hpp"

#include <algorithm>

#include "core/slice/limit_curve.hpp"
#include "core/slice/masks.hpp"

namespace anyslice {
namespace {

/// Values of a profiled parameter that are tried, evenly on its scale.
constexpr std::size_t kProfilePoints = 25;

}  // namespace

SliceLikelihood::SliceLikelihood(const Model& model, const Reweighter& reweighter, const Point& fixed,
                                 const std::vector<std::string>& moving, const std::string& profile,
                                 Selection selection, LikelihoodRequest likelihood)
    : model_(model), reweighter_(reweighter), selection_(std::move(selection)), likelihood_(model, likelihood) {
  const std::string& source = likelihood.source;
  slots_ = model_.initial_slots(likelihood.setup, source);
  for (const auto& [name, value] : fixed) model_.set_parameter(slots_, name, value, source);
  for (const auto& name : moving) moving_.push_back(model_.slot(name));
  if (profile.empty()) return;
  profiled_ = model_.card().find_parameter(profile);
  if (profiled_ == nullptr) {
    throw InputError(source, "profile", "\"" + profile + "\" is not a parameter of " + model_.card().name);
  }
  if (std::find(moving.begin(), moving.end(), profile) != moving.end()) {
    throw InputError(source, "profile", "expected a parameter that is not on an axis");
  }
}

void SliceLikelihood::add_slots(const std::vector<double>& values, std::vector<std::vector<double>>& slots) const {
  std::vector<double> point = slots_;
  for (std::size_t i = 0; i < moving_.size(); ++i) point[moving_[i]] = values[i];
  if (profiled_ == nullptr) {
    model_.evaluate_derived(point);
    slots.push_back(std::move(point));
    return;
  }
  std::vector<double> with_followers = point;
  model_.evaluate_derived(with_followers);
  auto [low, high] = model_.bounds(*profiled_, with_followers);
  if (!(low <= high)) low = high;
  for (const double value : low < high ? spaced_values(low, high, kProfilePoints, profiled_->scale)
                                       : std::vector<double>(kProfilePoints, low)) {
    point[model_.slot(profiled_->name)] = value;
    std::vector<double> complete = point;
    model_.evaluate_derived(complete);
    slots.push_back(std::move(complete));
  }
}

std::vector<SlicePoint> SliceLikelihood::at(std::span<const std::vector<double>> values, double shift,
                                            const ProgressCallback& progress) const {
  std::vector<std::vector<double>> slots;
  for (const auto& point : values) add_slots(point, slots);
  const std::vector<Prediction> predictions = reweighter_.predict_many(slots, selection_, progress);
  const std::size_t each = profiled_ == nullptr ? 1 : kProfilePoints;
  std::vector<SlicePoint> results(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    SlicePoint& result = results[i];
    for (std::size_t k = i * each; k < (i + 1) * each; ++k) {
      if (!predictions[k].exists || model_.out_of_bounds(slots[k]) != nullptr) continue;
      SlicePoint one;
      one.signal = likelihood_.total(predictions[k]);
      one.minus_log_likelihood = likelihood_.minus_log_likelihood(predictions[k], shift);
      if (one.signal.sum > kNegligibleSignal) {
        one.reason = why_unsupported(reweighter_, slots[k], selection_, one.signal);
      }
      one.status = one.reason.empty() ? SlicePoint::Status::known : SlicePoint::Status::thin;
      if (profiled_ != nullptr) one.profiled = slots[k][model_.slot(profiled_->name)];
      if (result.status == SlicePoint::Status::outside || one.minus_log_likelihood < result.minus_log_likelihood) {
        result = std::move(one);
      }
    }
  }
  return results;
}

std::string SliceLikelihood::why_outside(const std::vector<double>& values) const {
  std::vector<std::vector<double>> slots;
  add_slots(values, slots);
  std::string reason;
  for (const auto& one : slots) {
    if (const Parameter* parameter = model_.out_of_bounds(one)) {
      reason = parameter->name + " lies outside its bounds";
      continue;
    }
    try {
      reweighter_.predict(one, selection_);
      return {};
    } catch (const InputError& error) {
      reason = error.field() + (error.field().empty() ? "" : ": ") + error.expected();
    }
  }
  return reason;
}

}  // namespace anyslice
