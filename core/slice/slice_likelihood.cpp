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
                                 Selection selection, LikelihoodRequest likelihood, Accuracy accuracy)
    : model_(model),
      reweighter_(reweighter),
      selection_(std::move(selection)),
      likelihood_(model, likelihood),
      accuracy_(accuracy) {
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

PointSlots SliceLikelihood::slots_of(const std::vector<std::vector<double>>& columns) const {
  const std::size_t count = columns.front().size();
  PointSlots points(slots_, count);
  for (std::size_t i = 0; i < moving_.size(); ++i) points.set(moving_[i], columns[i]);
  if (profiled_ == nullptr) {
    model_.evaluate_derived(points);
    return points;
  }
  PointSlots with_followers = points;
  model_.evaluate_derived(with_followers);
  const auto bound = [&](const std::optional<Expression>& expression, double end) -> PointValues {
    return expression ? with_followers.evaluate(*expression) : PointValues(end);
  };
  const PointValues lower = bound(profiled_->lower_bound, profiled_->low);
  const PointValues upper = bound(profiled_->upper_bound, profiled_->high);
  std::vector<double> tried;
  tried.reserve(count * kProfilePoints);
  for (std::size_t i = 0; i < count; ++i) {
    const double high = std::min(profiled_->high, upper[i]);
    const double from = std::max(profiled_->low, lower[i]), low = from <= high ? from : high;
    const std::vector<double> values = low < high ? spaced_values(low, high, kProfilePoints, profiled_->scale)
                                                  : std::vector<double>(kProfilePoints, low);
    tried.insert(tried.end(), values.begin(), values.end());
  }
  PointSlots result(slots_, tried.size());
  for (std::size_t i = 0; i < moving_.size(); ++i) {
    std::vector<double> repeated;
    repeated.reserve(tried.size());
    for (const double value : columns[i]) repeated.insert(repeated.end(), kProfilePoints, value);
    result.set(moving_[i], std::move(repeated));
  }
  result.set(model_.slot(profiled_->name), std::move(tried));
  model_.evaluate_derived(result);
  return result;
}

std::vector<SlicePoint> SliceLikelihood::at(const std::vector<std::vector<double>>& columns, double shift,
                                            const ProgressCallback& progress, bool with_likelihood) const {
  std::vector<SlicePoint> results(columns.front().size());
  if (results.empty()) return results;
  const PointSlots slots = slots_of(columns);
  const Predictions predictions = reweighter_.predict_many(slots, selection_, progress, accuracy_);
  const std::vector<char> is_inside = model_.are_within_bounds(slots);
  const auto exists = [&](std::size_t k) { return predictions.exists(k) && is_inside[k] != 0; };
  std::vector<WeightedSum> signals(slots.size());
  for (std::size_t k = 0; k < signals.size(); ++k) {
    if (exists(k)) signals[k] = likelihood_.total(predictions.bins(k));
  }
  const std::vector<Support> support = support_of(reweighter_, slots, selection_, signals);
  const std::size_t each = profiled_ == nullptr ? 1 : kProfilePoints;
  for (std::size_t i = 0; i < results.size(); ++i) {
    SlicePoint& result = results[i];
    std::size_t best = slots.size();
    for (std::size_t k = i * each; k < (i + 1) * each; ++k) {
      if (!exists(k)) continue;
      const double value =
          with_likelihood || profiled_ != nullptr ? likelihood_.minus_log_likelihood(predictions.bins(k), shift) : 0;
      if (best < slots.size() && !(value < result.minus_log_likelihood)) continue;
      best = k;
      result.minus_log_likelihood = value;
    }
    if (best == slots.size()) continue;
    result.signal = signals[best];
    result.status = support[best] == Support::full ? SlicePoint::Status::known : SlicePoint::Status::thin;
    result.reason = to_string(support[best]);
    if (profiled_ != nullptr) result.profiled = slots.at(model_.slot(profiled_->name), best);
  }
  return results;
}

std::string SliceLikelihood::why_outside(const std::vector<double>& values) const {
  std::vector<std::vector<double>> columns;
  for (const double value : values) columns.push_back({value});
  const PointSlots slots = slots_of(columns);
  std::string reason;
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const std::vector<double> one = slots.point(k);
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
