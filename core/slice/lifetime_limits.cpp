// Excluded lifetimes.
#include "core/slice/lifetime_limits.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "core/reweight/totals.hpp"
#include "core/slice/limit_curve.hpp"

namespace anyslice {
namespace {

constexpr std::size_t kSamplesPerDecade = 12;

}  // namespace

LifetimeLimits::LifetimeLimits(const Model& model, const Reweighter& reweighter, const CardLikelihood& likelihood)
    : model_(model), reweighter_(reweighter), likelihood_(likelihood) {
  if (reweighter.preparation().decay() == nullptr) {
    throw InputError(model.card().source, "weight", "has no decay factor: there is no lifetime");
  }
}

std::vector<Prediction> LifetimeLimits::predict(const LifetimeRequest& request, std::size_t count) const {
  if (!reweighter_.is_kernel_trusted(request.slots)) {
    throw InputError("request", "", "expected a point where the bias of the card's kernel is known to be small");
  }
  const std::vector<double> ctau0 = spaced_values(request.low, request.high, count, Scale::log);
  return reweighter_.predict_lifetimes(request.slots, ctau0, request.selection);
}

double LifetimeLimits::delta(Prediction prediction, double scale) const {
  if (!prediction.exists) return -std::numeric_limits<double>::infinity();
  for (auto& bin : prediction.bins) bin.multiply(scale);
  return likelihood_.minus_log_likelihood(prediction) - likelihood_.without_signal();
}

std::vector<LifetimePoint> LifetimeLimits::curve(const LifetimeRequest& request) const {
  const std::vector<double> ctau0 = spaced_values(request.low, request.high, request.count, Scale::log);
  const std::vector<Prediction> predictions = predict(request, request.count);
  std::vector<LifetimePoint> result;
  for (std::size_t i = 0; i < ctau0.size(); ++i) {
    LifetimePoint point;
    point.ctau0 = ctau0[i];
    if (!predictions[i].exists) throw InputError("request", "low", "expected lifetimes at which there is a prediction");
    point.signal = likelihood_.total(predictions[i]);
    point.uncertainty = std::sqrt(likelihood_.variance(predictions[i]));
    point.delta_log_likelihood = delta(predictions[i], 1);
    result.push_back(point);
  }
  return result;
}

std::vector<Interval> LifetimeLimits::excluded_at(const LifetimeRequest& request, double scale) const {
  const double low = std::log(request.low), high = std::log(request.high);
  const auto samples = std::max<std::size_t>(
      3, 1 + static_cast<std::size_t>(std::ceil((high - low) / std::log(10.0) * kSamplesPerDecade)));
  // All of them at once first: what follows then only reads the curve.
  predict(request, samples);
  const IntervalSearch search(
      [&](double log_ctau0) {
        const double ctau0 = std::exp(log_ctau0);
        return delta(reweighter_.predict_lifetimes(request.slots, {&ctau0, 1}, request.selection).front(), scale);
      },
      spaced_values(low, high, samples, Scale::linear));
  std::vector<Interval> intervals = search.at_or_above(request.rise);
  for (auto& interval : intervals) {
    if (interval.low) interval.low = std::exp(*interval.low);
    if (interval.high) interval.high = std::exp(*interval.high);
  }
  return intervals;
}

std::vector<Interval> LifetimeLimits::excluded(const LifetimeRequest& request) const { return excluded_at(request, 1); }

LifetimeEvents LifetimeLimits::versus_events(const LifetimeRequest& request, const std::string& total,
                                             const std::vector<double>& events) const {
  LifetimeEvents result;
  std::vector<std::string> names;
  bool found = false;
  for (const Total& known : totals_at(model_, reweighter_.preparation(), request.slots)) {
    names.push_back(known.name);
    if (known.name != total) continue;
    result.total = known.value * likelihood_.exposure_scale();
    found = true;
  }
  if (!found || !(result.total > 0)) {
    throw InputError("request", "total",
                     names.empty() ? model_.card().name + " has no totals at this point"
                                   : "expected " + join_choices(names) + ", found \"" + total + "\"");
  }
  std::vector<std::pair<double, double>> lower_ends;
  for (const double count : events) {
    const std::vector<Interval> intervals = excluded_at(request, count / result.total);
    result.excluded.push_back(intervals.empty() ? std::nullopt : std::optional<Interval>(intervals.front()));
    if (!intervals.empty() && intervals.front().low) lower_ends.emplace_back(count, *intervals.front().low);
  }
  result.fit = fit_lifetimes(lower_ends);
  return result;
}

std::optional<LifetimeFit> fit_lifetimes(const std::vector<std::pair<double, double>>& points) {
  if (points.size() < 3) return std::nullopt;
  double fewest = std::numeric_limits<double>::infinity();
  for (const auto& [events, ctau0] : points) fewest = std::min(fewest, std::log10(events));
  // Deviations a f_i - y_i with f = 1 / (log10 n - b): their squares are least at a = sum f y / sum f^2.
  const auto best_a = [&](double b) {
    double sum = 0, squares = 0;
    for (const auto& [events, ctau0] : points) {
      const double shape = 1 / (std::log10(events) - b);
      sum += shape * ctau0, squares += shape * shape;
    }
    return sum / squares;
  };
  const auto deviations = [&](double b) {
    const double a = best_a(b);
    double sum = 0;
    for (const auto& [events, ctau0] : points) sum += std::pow(a / (std::log10(events) - b) - ctau0, 2);
    return sum;
  };
  const double b = boost::math::tools::brent_find_minima(deviations, fewest - 3, fewest - 1e-3, 40).first;
  LifetimeFit fit{best_a(b), b, 0};
  for (const auto& [events, ctau0] : points) {
    fit.worst = std::max(fit.worst, std::abs(fit.a / (std::log10(events) - b) / ctau0 - 1));
  }
  return fit;
}

}  // namespace anyslice
