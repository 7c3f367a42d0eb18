// From limits in events to limits on a parameter.
#include "core/slice/limit_curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/slice/masks.hpp"

namespace anyslice {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();
constexpr std::size_t kSamplesPerDecade = 8, kSamplesOfLinearAxis = 100, kSamplesAlongCurve = 201;

double to_coordinate(double value, Scale scale) { return scale == Scale::log ? std::log(value) : value; }
double from_coordinate(double coordinate, Scale scale) {
  return scale == Scale::log ? std::exp(coordinate) : coordinate;
}

std::vector<Interval> from_coordinates(std::vector<Interval> intervals, Scale scale) {
  for (auto& interval : intervals) {
    if (interval.low) interval.low = from_coordinate(*interval.low, scale);
    if (interval.high) interval.high = from_coordinate(*interval.high, scale);
  }
  return intervals;
}

std::string why_no_lower_edge(const std::vector<Interval>& intervals) {
  if (intervals.empty()) return "nothing is excluded in the parameter's range";
  return "the exclusion reaches the lower end of the parameter's range";
}

}  // namespace

std::vector<double> spaced_values(double low, double high, std::size_t count, Scale scale) {
  std::vector<double> values(count);
  const double from = to_coordinate(low, scale), to = to_coordinate(high, scale);
  for (std::size_t i = 0; i < count; ++i) {
    const double share = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0;
    values[i] = from_coordinate(from + share * (to - from), scale);
  }
  // The ends must not leave the range by rounding.
  if (count > 0) values.front() = low;
  if (count > 1) values.back() = high;
  return values;
}

LimitCurve::LimitCurve(const Model& model, const Reweighter& reweighter, LimitCurveRequest request,
                       stats::UpperLimits limits_in_events)
    : model_(model),
      reweighter_(reweighter),
      request_(std::move(request)),
      limits_(std::move(limits_in_events)),
      likelihood_(model, request_.likelihood) {
  find_parameters();
}

LimitCurve::LimitCurve(const Model& model, const Reweighter& reweighter, LimitCurveRequest request,
                       LikelihoodLimit limit)
    : model_(model),
      reweighter_(reweighter),
      request_(std::move(request)),
      likelihood_limit_(limit),
      likelihood_(model, request_.likelihood) {
  find_parameters();
}

void LimitCurve::find_parameters() {
  const std::string& source = request_.likelihood.source;
  slots_ = model_.initial_slots(request_.likelihood.setup, source);
  for (const auto& [name, value] : request_.fixed) model_.set_parameter(slots_, name, value, source);
  const auto find = [&](const std::string& name, const char* field) {
    const Parameter* parameter = model_.card().find_parameter(name);
    if (parameter == nullptr) {
      std::vector<std::string> names;
      for (const auto& known : model_.card().parameters) names.push_back(known.name);
      throw InputError(
          source, field,
          "expected a parameter of " + model_.card().name + " (" + join_choices(names) + "), found \"" + name + "\"");
    }
    return parameter;
  };
  on_ = find(request_.on, "on");
  if (!request_.versus.empty()) versus_ = find(request_.versus, "versus");
  if (on_ == versus_) throw InputError(source, "versus", "expected another parameter than the limited one");
  if (!(request_.likelihood.exposure_scale > 0 && std::isfinite(request_.likelihood.exposure_scale))) {
    throw InputError(source, "exposure_scale", "expected a number > 0");
  }
}

std::vector<double> LimitCurve::slots_at(double versus, double on) const {
  std::vector<double> slots = slots_;
  // Rounding in the logarithm must not push an end of the range out of it.
  slots[model_.slot(on_->name)] = std::clamp(on, on_->low, on_->high);
  if (versus_ != nullptr) slots[model_.slot(versus_->name)] = versus;
  model_.evaluate_derived(slots);
  return slots;
}

Prediction LimitCurve::predict(double versus, double on) const {
  const std::vector<double> slots = slots_at(versus, on);
  if (const Parameter* parameter = model_.out_of_bounds(slots)) {
    throw InputError(model_.card().source, parameter->name, "lies outside its bounds");
  }
  return reweighter_.predict(slots, request_.selection);
}

LimitCurve::Sample LimitCurve::sample(double versus, double on) const {
  try {
    const Prediction prediction = predict(versus, on);
    if (likelihood_limit_) return {likelihood_.minus_log_likelihood(prediction), {}};
    const double sum = likelihood_.total(prediction).sum;
    return {sum > 0 ? std::log(sum) : kNothing, {}};
  } catch (const InputError& error) {
    return {kNothing, error.expected()};
  }
}

double LimitCurve::mc_error(double versus, double on) const {
  // d ln(mu) / d ln(parameter) by a difference within the range, wide enough to be smooth, small enough to be local.
  constexpr double kStep = 1e-3;
  const double low = std::max(on * (1 - kStep), on_->low), high = std::min(on * (1 + kStep), on_->high);
  const double slope = std::log(total(versus, high).sum / total(versus, low).sum) / std::log(high / low);
  const WeightedSum prediction = total(versus, on);
  return on * prediction.error() / prediction.sum / std::abs(slope);
}

LimitPoint LimitCurve::at(double versus) const {
  std::vector<double> checked = slots_;
  try {
    if (versus_ != nullptr) model_.set_parameter(checked, versus_->name, versus, request_.likelihood.source);
  } catch (const InputError& error) {
    throw InputError(request_.likelihood.source, "versus", error.field() + ": " + error.expected());
  }

  LimitPoint point;
  point.versus = versus;
  const Scale scale = on_->scale;
  const double low = to_coordinate(on_->low, scale), high = to_coordinate(on_->high, scale);
  const std::size_t samples =
      scale == Scale::log ? 1 + static_cast<std::size_t>(std::ceil((high - low) / std::log(10.0) * kSamplesPerDecade))
                          : kSamplesOfLinearAxis;
  // The prediction need not exist everywhere (a threshold, a table that ends): nothing is excluded where it does not.
  bool exists_somewhere = false;
  std::string why_not;
  double lowest = likelihood_.without_signal();
  const IntervalSearch search(
      [&](double coordinate) {
        const Sample found = sample(versus, from_coordinate(coordinate, scale));
        exists_somewhere = exists_somewhere || found.problem.empty();
        if (found.problem.empty())
          lowest = std::min(lowest, found.value);
        else
          why_not = found.problem;
        return found.value;
      },
      spaced_values(low, high, std::max<std::size_t>(samples, 3), Scale::linear));
  if (!exists_somewhere) {
    point.reason = point.expected_reason = why_not;
    return point;
  }
  point = likelihood_limit_ ? by_likelihood(std::move(point), search, lowest) : by_events(std::move(point), search);

  if (const auto& reference = point.observed ? point.observed : point.expected[2]) {
    point.effective_events = total(versus, *reference).effective_events();
    if (const double error = mc_error(versus, *reference); std::isfinite(error)) point.mc_error = error;
  }
  return point;
}

std::vector<Interval> LimitCurve::supported(double versus, std::vector<Interval> intervals, std::string& reason,
                                            bool& known) const {
  known = false;
  for (const auto& interval : intervals) {
    for (const auto& end : {interval.low, interval.high}) {
      if (!end) continue;
      reason = why_unsupported(reweighter_, slots_at(versus, *end), request_.selection, total(versus, *end));
      if (!reason.empty()) return {};
    }
  }
  known = true;
  if (intervals.empty() || !intervals.front().low) reason = why_no_lower_edge(intervals);
  return intervals;
}

LimitPoint LimitCurve::by_events(LimitPoint point, const IntervalSearch& search) const {
  const auto solve = [&](const stats::Limit& limit, std::vector<Interval>& intervals, std::optional<double>& edge,
                         std::string& reason, bool& known) {
    if (!limit.value) {
      reason = limit.reason;
      return;
    }
    intervals = supported(point.versus, from_coordinates(search.at_or_above(std::log(*limit.value)), on_->scale),
                          reason, known);
    if (!intervals.empty()) edge = intervals.front().low;
  };
  solve(limits_.observed, point.excluded, point.observed, point.reason, point.known);
  for (std::size_t band = 0; band < 5; ++band) {
    std::string reason;
    bool known = false;
    solve(limits_.expected[band], point.expected_excluded[band], point.expected[band], reason, known);
    if (band == 2) point.expected_reason = reason, point.expected_known = known;
  }
  return point;
}

LimitPoint LimitCurve::by_likelihood(LimitPoint point, const IntervalSearch& search, double lowest) const {
  const double threshold = lowest + likelihood_limit_->base_offset + likelihood_limit_->rise;
  point.excluded =
      supported(point.versus, from_coordinates(search.at_or_above(threshold), on_->scale), point.reason, point.known);
  if (!point.excluded.empty()) point.observed = point.excluded.front().low;
  point.expected_reason = "limits from the likelihood itself come without expected bands";
  return point;
}

std::vector<Interval> LimitCurve::excluded_along(const Table1d& curve, double low, double high) const {
  if (likelihood_limit_) {
    throw InputError(request_.likelihood.source, "method", "expected a limit in events: -ln L tells no curve apart");
  }
  low = std::max({low, versus_->low, curve.x.front()});
  high = std::min({high, versus_->high, curve.x.back()});
  if (!limits_.observed.value || !(low < high)) return {};
  const double threshold = std::log(*limits_.observed.value);
  const IntervalSearch search(
      [&](double versus) {
        const double on = curve(versus);
        return on >= on_->low && on <= on_->high ? sample(versus, on).value : kNothing;
      },
      spaced_values(low, high, kSamplesAlongCurve, versus_->scale));
  return search.at_or_above(threshold);
}

}  // namespace anyslice
