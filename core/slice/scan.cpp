// Samples the line, finds its best point, and where it crosses a threshold.
#include "core/slice/scan.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/joined.hpp"
#include "core/slice/interval_search.hpp"
#include "core/slice/limit_curve.hpp"

namespace anyslice {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// Samples of the whole range among which the best point is sought, before it is found by Brent's method.
constexpr std::size_t kSamplesPerDecade = 16, kSamplesOfLinearAxis = 101;
/// Precision of Brent's method, in bits of the coordinate; -ln L is flat there.
constexpr int kBrentBits = 22;
/// A smooth minimum takes a dozen; a likelihood of many events with steps of rounding must not take forever.
constexpr std::uintmax_t kMostEvaluations = 100;
/// How often a gap of the samples is halved to find where what is known ends.
constexpr int kBisections = 12;

const Parameter& find_parameter(const Card& card, const std::string& name, const std::string& source) {
  if (const Parameter* parameter = card.find_parameter(name)) return *parameter;
  std::vector<std::string> names;
  for (const auto& known : card.parameters) names.push_back(known.name);
  throw InputError(source, "on",
                   "expected a parameter of " + card.name + " (" + join_choices(names) + "), found \"" + name + "\"");
}

}  // namespace

Scan::Scan(const Model& model, const Reweighter& reweighter, const ScanRequest& request,
           const ProgressCallback& progress)
    : line_(model, reweighter, request.fixed,
            {find_parameter(model.card(), request.on, request.likelihood.source).name}, request.profile,
            request.selection, request.likelihood),
      parameter_(model.card().find_parameter(request.on)),
      scale_(request.scale.value_or(parameter_->scale)) {
  const std::string& source = request.likelihood.source;
  std::tie(low_, high_) = request.range.value_or(std::pair(parameter_->low, parameter_->high));
  const std::string found = joined(", found ", low_, " to ", high_);
  if (!(low_ < high_)) throw InputError(source, "range", "expected a lower end below the upper end" + found);
  if (!(low_ >= parameter_->low && high_ <= parameter_->high)) {
    throw InputError(source, "range",
                     joined("expected a range within that of ", parameter_->name, ", ", parameter_->low, " to ",
                            parameter_->high, found));
  }
  if (scale_ == Scale::log && !(low_ > 0)) {
    throw InputError(source, "range", "expected values above 0 on a logarithmic scale" + found);
  }
  points_ = sample(spaced_values(low_, high_, request.count, scale_), progress);
  find_best(points_);
  find_stretches();
}

double Scan::to_coordinate(double value) const { return scale_ == Scale::log ? std::log(value) : value; }

double Scan::from_coordinate(double coordinate) const {
  // Rounding in the logarithm must not leave the range.
  return std::clamp(scale_ == Scale::log ? std::exp(coordinate) : coordinate, parameter_->low, parameter_->high);
}

std::vector<ScanPoint> Scan::sample(const std::vector<double>& values, const ProgressCallback& progress) const {
  std::vector<SlicePoint> found = line_.at({values}, 0, progress);
  std::vector<ScanPoint> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) result[i] = {values[i], std::move(found[i])};
  return result;
}

ScanPoint Scan::at(double value) const { return sample({value}, {}).front(); }

double Scan::rise(const SlicePoint& point) const {
  return 2 * (point.minus_log_likelihood - best_.minus_log_likelihood);
}

void Scan::find_best(const std::vector<ScanPoint>& samples) {
  best_.minus_log_likelihood = line_.likelihood().without_signal();
  best_.without_signal = true;
  // Where nothing was counted, every signal makes it worse.
  if (line_.likelihood().best_without_signal()) return;
  const double whole_low = parameter_->low, whole_high = parameter_->high;
  // The range of a parameter may begin at 0, where there is no logarithm: then the scan's own scale decides.
  const Scale scale = whole_low > 0 ? parameter_->scale : Scale::linear;
  const std::size_t count =
      scale == Scale::log
          ? 2 + static_cast<std::size_t>(std::log10(whole_high / whole_low) * static_cast<double>(kSamplesPerDecade))
          : kSamplesOfLinearAxis;
  std::vector<ScanPoint> all = samples;
  const bool is_whole = low_ == whole_low && high_ == whole_high && scale == scale_ && samples.size() >= count;
  if (!is_whole) {
    const std::vector<ScanPoint> more = sample(spaced_values(whole_low, whole_high, count, scale), {});
    all.insert(all.end(), more.begin(), more.end());
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    // Values in both lists would be their own neighbours.
    all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.value == b.value; }),
              all.end());
  }
  const auto is_known = [](const ScanPoint& point) { return point.found.status == SlicePoint::Status::known; };
  std::size_t lowest = all.size();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_known(all[i])) continue;
    if (lowest == all.size() || all[i].found.minus_log_likelihood < all[lowest].found.minus_log_likelihood) lowest = i;
  }
  if (lowest == all.size()) return;
  const auto take = [&](double value, double minus_log_likelihood) {
    if (!(minus_log_likelihood < best_.minus_log_likelihood)) return;
    best_ = {value, minus_log_likelihood, false};
  };
  take(all[lowest].value, all[lowest].found.minus_log_likelihood);
  const double below = all[lowest > 0 ? lowest - 1 : 0].value, above = all[std::min(lowest + 1, all.size() - 1)].value;
  // Next to 0 the logarithm has no end.
  const bool by_logarithm = scale_ == Scale::log && below > 0;
  const double from = by_logarithm ? std::log(below) : below, to = by_logarithm ? std::log(above) : above;
  if (!(from < to)) return;
  const auto value_of = [&](double coordinate) {
    return std::clamp(by_logarithm ? std::exp(coordinate) : coordinate, below, above);
  };
  std::uintmax_t evaluations = kMostEvaluations;
  const auto [coordinate, value] = boost::math::tools::brent_find_minima(
      [&](double x) {
        const ScanPoint point = at(value_of(x));
        return is_known(point) ? std::min(point.found.minus_log_likelihood, 1e300) : 1e300;
      },
      from, to, kBrentBits, evaluations);
  if (value < 1e300) take(value_of(coordinate), value);
}

double Scan::last_known(double known, double unknown) const {
  double near = to_coordinate(known), far = to_coordinate(unknown);
  for (int i = 0; i < kBisections; ++i) {
    const double middle = 0.5 * (near + far);
    (at(from_coordinate(middle)).found.status == SlicePoint::Status::known ? near : far) = middle;
  }
  return from_coordinate(near);
}

void Scan::find_stretches() {
  const auto is_known = [&](std::size_t i) { return points_[i].found.status == SlicePoint::Status::known; };
  // Why there is no prediction is said with the values of the point: a gap has the reason of its first one.
  const auto is_of_gap = [&](std::size_t i, const SlicePoint& first) {
    return points_[i].found.status == first.status && points_[i].found.reason == first.reason;
  };
  for (std::size_t i = 0; i < points_.size();) {
    std::size_t end = i + 1;
    if (is_known(i)) {
      while (end < points_.size() && is_known(end)) ++end;
      Stretch stretch;
      if (i > 0) {
        stretch.low_end = ScanInterval::End::unknown;
        gaps_.back().high = last_known(points_[i].value, points_[i - 1].value);
        if (gaps_.back().high < points_[i].value) stretch.coordinates.push_back(to_coordinate(gaps_.back().high));
      }
      for (std::size_t k = i; k < end; ++k) stretch.coordinates.push_back(to_coordinate(points_[k].value));
      if (end < points_.size()) {
        stretch.high_end = ScanInterval::End::unknown;
        const double last = last_known(points_[end - 1].value, points_[end].value);
        if (last > points_[end - 1].value) stretch.coordinates.push_back(to_coordinate(last));
      }
      stretches_.push_back(std::move(stretch));
    } else {
      const SlicePoint& first = points_[i].found;
      while (end < points_.size() && is_of_gap(end, first)) ++end;
      const bool is_thin = first.status == SlicePoint::Status::thin;
      ScanGap gap{low_, high_, first.status, is_thin ? first.reason : line_.why_outside({points_[i].value})};
      if (i > 0) {
        gap.low = is_known(i - 1)
                      ? from_coordinate(stretches_.back().coordinates.back())
                      : from_coordinate(0.5 * (to_coordinate(points_[i - 1].value) + to_coordinate(points_[i].value)));
        if (!is_known(i - 1)) gaps_.back().high = gap.low;
      }
      gaps_.push_back(std::move(gap));
    }
    i = end;
  }
}

std::vector<ScanInterval> Scan::intervals(double threshold, bool above) const {
  using End = ScanInterval::End;
  std::vector<ScanInterval> result;
  const double level = best_.minus_log_likelihood + 0.5 * threshold;
  for (const Stretch& stretch : stretches_) {
    const double first = stretch.coordinates.front(), last = stretch.coordinates.back();
    if (!(first < last)) continue;
    const auto value_at = [&](double coordinate) {
      const double value = from_coordinate(coordinate);
      // Most of what the search asks for has been sampled.
      const auto known = std::lower_bound(points_.begin(), points_.end(), value,
                                          [](const ScanPoint& point, double wanted) { return point.value < wanted; });
      for (const auto& near : {known, known == points_.begin() ? known : known - 1}) {
        if (near != points_.end() && to_coordinate(near->value) == coordinate) return near->found.minus_log_likelihood;
      }
      const SlicePoint found = at(value).found;
      return found.status == SlicePoint::Status::outside ? -kInfinite : found.minus_log_likelihood;
    };
    const std::vector<Interval> over = IntervalSearch(value_at, stretch.coordinates).at_or_above(level);
    const auto add = [&](std::optional<double> low, std::optional<double> high) {
      ScanInterval interval;
      interval.low = from_coordinate(low.value_or(first));
      interval.high = from_coordinate(high.value_or(last));
      interval.low_end = low ? End::crossing : stretch.low_end;
      interval.high_end = high ? End::crossing : stretch.high_end;
      result.push_back(interval);
    };
    if (above) {
      for (const auto& interval : over) add(interval.low, interval.high);
      continue;
    }
    // What lies between the intervals above.
    std::optional<double> begin;
    bool open = true;
    for (const auto& interval : over) {
      if (interval.low) add(begin, interval.low);
      begin = interval.high;
      open = interval.high.has_value();
    }
    if (open) add(begin, std::nullopt);
  }
  return result;
}

}  // namespace anyslice
