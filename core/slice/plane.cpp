// Evaluates planes: which predictions are needed, what they say, and where the contour runs.
#include "core/slice/plane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <tuple>

#include "core/base/joined.hpp"

namespace anyslice {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// The grid over the full ranges on which the best point is sought, and the zooms that follow.
constexpr std::size_t kBestGrid = 17, kBestZoomGrid = 5;
constexpr int kBestZooms = 3;
/// An improvement of -ln L by less than this is rounding: no signal at all is as good.
constexpr double kNoImprovement = 1e-6;

}  // namespace

double Plane::Axis::at(double unit) const {
  if (parameter->scale == Scale::log) {
    // The ends are exact: rounding must not leave the range.
    return unit <= 0 ? low : unit >= 1 ? high : low * std::pow(high / low, unit);
  }
  return unit <= 0 ? low : unit >= 1 ? high : low + (high - low) * unit;
}

Plane::Plane(const Model& model, const Reweighter& reweighter, PlaneRequest request)
    : model_(model),
      reweighter_(reweighter),
      request_(std::move(request)),
      axes_(find_axes()),
      likelihood_(model, reweighter, request_.fixed, {request_.x.parameter, request_.y.parameter}, request_.profile,
                  request_.selection, request_.likelihood, request_.accuracy) {}

std::array<Plane::Axis, 2> Plane::find_axes() const {
  const std::array<Axis, 2> axes = {find_axis(request_.x, "x"), find_axis(request_.y, "y")};
  if (axes[0].parameter == axes[1].parameter) {
    throw InputError(request_.likelihood.source, "y", "expected another parameter than the x axis has");
  }
  return axes;
}

Plane::Axis Plane::find_axis(const PlaneAxis& axis, const char* field) const {
  const std::string& source = request_.likelihood.source;
  Axis result;
  result.parameter = model_.card().find_parameter(axis.parameter);
  if (result.parameter == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : model_.card().parameters) names.push_back(known.name);
    throw InputError(source, field,
                     "expected a parameter of " + model_.card().name + " (" + join_choices(names) + "), found \"" +
                         axis.parameter + "\"");
  }
  std::tie(result.low, result.high) = axis.range.value_or(std::pair(result.parameter->low, result.parameter->high));
  const std::string found = joined(", found ", result.low, " to ", result.high);
  if (!(result.low < result.high)) {
    throw InputError(source, std::string(field) + ".range", "expected a lower end below the upper end" + found);
  }
  if (!(result.low >= result.parameter->low && result.high <= result.parameter->high)) {
    throw InputError(source, std::string(field) + ".range",
                     joined("expected a range within ", result.parameter->low, " to ", result.parameter->high, found));
  }
  return result;
}

bool Plane::is_cheap_along(std::size_t axis) const {
  const RowPreparation& preparation = reweighter_.preparation();
  for (const auto& parameter : preparation.row_parameters()) {
    if (parameter == axes_[axis].parameter->name && !preparation.acts_through_ratios_only(parameter)) return false;
  }
  return true;
}

std::vector<SlicePoint> Plane::at(std::span<const UnitPoint> points, double shift, const ProgressCallback& progress,
                                  bool with_likelihood) const {
  std::vector<std::vector<double>> columns(2);
  // Points follow each other along lines of a grid.
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool same_u = i > 0 && points[i].u == points[i - 1].u, same_v = i > 0 && points[i].v == points[i - 1].v;
    columns[0].push_back(same_u ? columns[0].back() : axes_[0].at(points[i].u));
    columns[1].push_back(same_v ? columns[1].back() : axes_[1].at(points[i].v));
  }
  return likelihood_.at(columns, shift, progress, with_likelihood);
}

std::vector<double> Plane::lines_of(const Axis& axis, std::size_t cells) const {
  std::vector<double> values;
  for (std::size_t i = 0; i <= cells; i += 2) {
    values.push_back(axis.at(static_cast<double>(i) / static_cast<double>(cells)));
  }
  Axis full = axis;
  full.low = axis.parameter->low, full.high = axis.parameter->high;
  const auto place = [&](double value) {
    return full.parameter->scale == Scale::log ? std::log(value / full.low) / std::log(full.high / full.low)
                                               : (value - full.low) / (full.high - full.low);
  };
  const double begin = place(axis.low), end = place(axis.high);
  const double step = std::max(2 * (end - begin) / static_cast<double>(cells), 1 / static_cast<double>(kBestGrid - 1));
  for (double at = begin; at > 0;) values.push_back(full.at(at -= step));
  for (double at = end; at < 1;) values.push_back(full.at(at += step));
  return values;
}

std::vector<double> Plane::lines_around(const Axis& axis, std::size_t cells, double value, std::size_t index) const {
  std::vector<double> values = {value};
  for (const std::size_t i : {2 * index - 1, 2 * index + 1}) {
    if (i <= cells) values.push_back(axis.at(static_cast<double>(i) / static_cast<double>(cells)));
  }
  return values;
}

BestPoint Plane::best(const ProgressCallback& progress, std::size_t coarse_cells) const {
  BestPoint best;
  best.minus_log_likelihood = likelihood().without_signal();
  best.without_signal = true;
  // Where nothing was counted, every signal makes it worse.
  if (likelihood().best_without_signal()) return best;
  Axis full[2] = {axes_[0], axes_[1]};
  for (Axis& axis : full) axis.low = axis.parameter->low, axis.high = axis.parameter->high;
  double low[2] = {0, 0}, high[2] = {1, 1};
  double lowest = kInfinite, step = 1 / static_cast<double>(kBestGrid - 1);
  // Of axes that are tried at lines only: after the first round at the best one and beside it, then at the best.
  std::optional<std::vector<double>> lines[2];
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (coarse_cells > 0 && !is_cheap_along(axis)) lines[axis] = lines_of(axes_[axis], coarse_cells);
  }
  for (int zoom = 0; zoom <= kBestZooms; ++zoom) {
    const std::size_t grid = zoom == 0 ? kBestGrid : kBestZoomGrid;
    std::vector<double> units[2], along[2];
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double share = 1 / static_cast<double>(grid - 1);
      for (std::size_t i = 0; i < (lines[axis] ? lines[axis]->size() : grid); ++i) {
        units[axis].push_back(low[axis] + (high[axis] - low[axis]) * static_cast<double>(i) * share);
        along[axis].push_back(lines[axis] ? (*lines[axis])[i] : full[axis].at(units[axis].back()));
      }
    }
    std::vector<UnitPoint> places;
    std::vector<std::vector<double>> values(2);
    for (std::size_t i = 0; i < along[0].size(); ++i) {
      for (std::size_t j = 0; j < along[1].size(); ++j) {
        places.push_back({units[0][i], units[1][j]});
        values[0].push_back(along[0][i]);
        values[1].push_back(along[1][j]);
      }
    }
    const std::vector<SlicePoint> points = likelihood_.at(values, 0, progress);
    std::size_t here = points.size();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i].status != SlicePoint::Status::known) continue;
      if (here == points.size() || points[i].minus_log_likelihood < points[here].minus_log_likelihood) here = i;
    }
    if (here == points.size() || !std::isfinite(points[here].minus_log_likelihood)) break;
    const UnitPoint at = places[here];
    if (points[here].minus_log_likelihood < lowest) {
      lowest = points[here].minus_log_likelihood;
      best.x = values[0][here], best.y = values[1][here];
    }
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::size_t index = axis == 0 ? here / along[1].size() : here % along[1].size();
      if (lines[axis]) {
        lines[axis] = zoom == 0 ? lines_around(axes_[axis], coarse_cells, values[axis][here], index)
                                : std::vector<double>{values[axis][here]};
      }
    }
    low[0] = std::max(at.u - step, 0.0), high[0] = std::min(at.u + step, 1.0);
    low[1] = std::max(at.v - step, 0.0), high[1] = std::min(at.v + step, 1.0);
    step /= 2;
  }
  if (lowest < best.minus_log_likelihood - kNoImprovement) {
    best.minus_log_likelihood = lowest;
    best.without_signal = false;
  }
  return best;
}

Contours Plane::contour(const BestPoint& best, double level, const ContourOptions& options, double shift,
                        const ProgressCallback& progress) const {
  const double base = best.minus_log_likelihood + request_.base_offset;
  std::set<std::pair<double, double>> without_prediction;
  const auto field = [&](std::span<const UnitPoint> points, std::span<double> values) {
    const std::vector<SlicePoint> results = at(points, shift, progress);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].status == SlicePoint::Status::outside) without_prediction.emplace(points[i].u, points[i].v);
      if (results[i].status != SlicePoint::Status::known) {
        values[i] = kUnknown;
      } else if (request_.limit_in_events) {
        const double mu = std::max(results[i].signal.sum + shift * results[i].signal.error(), 0.0);
        values[i] = mu > 0 ? std::log(mu / *request_.limit_in_events) : -kInfinite;
      } else {
        values[i] = results[i].minus_log_likelihood - base;
      }
    }
  };
  ContourOptions chosen = options;
  chosen.polish_u = options.polish_u && is_cheap_along(0);
  chosen.polish_v = options.polish_v && is_cheap_along(1);
  chosen.is_outside = [&](UnitPoint point) { return without_prediction.contains({point.u, point.v}); };
  return trace_contours(field, request_.limit_in_events ? 0 : level, chosen, progress);
}

}  // namespace anyslice
