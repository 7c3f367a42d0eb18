// Requests about planes, spectra and lifetimes.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/base/joined.hpp"
#include "core/slice/lifetime_limits.hpp"
#include "core/slice/masks.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

Json lines_json(const Plane& plane, const std::vector<std::vector<UnitPoint>>& lines) {
  Json result = Json::array();
  for (const auto& line : lines) {
    Json points = Json::array();
    for (const auto& point : line) points.push_back(Json::array({plane.x_at(point.u), plane.y_at(point.v)}));
    result.push_back(std::move(points));
  }
  return result;
}

Json rectangle_json(const Plane& plane, const std::array<double, 4>& rectangle) {
  return Json::array(
      {plane.x_at(rectangle[0]), plane.y_at(rectangle[1]), plane.x_at(rectangle[2]), plane.y_at(rectangle[3])});
}

PlaneAxis read_plane_axis(const JsonReader& reader) {
  reader.allow_only({"parameter", "range"});
  PlaneAxis axis;
  axis.parameter = reader.at("parameter").text();
  if (const auto range = reader.find("range")) {
    const auto ends = range->numbers();
    if (ends.size() != 2) range->fail("expected [low, high]");
    axis.range = {ends[0], ends[1]};
  }
  return axis;
}

/// A lifetime in the unit of the card. Far beyond these it could not be multiplied by anything.
double read_lifetime(const JsonReader& reader) {
  constexpr double kShortest = 1e-100, kLongest = 1e100;
  return reader.number_in(kShortest, kLongest, "a number > 0, from 1e-100 to 1e100");
}

}  // namespace

std::size_t read_count(const JsonReader& reader, double lowest, double highest) {
  const std::string meaning = "a whole number from " + std::to_string(static_cast<int>(lowest)) + " to " +
                              std::to_string(static_cast<int>(highest));
  const double count = reader.number_in(lowest, highest, meaning);
  if (count != std::floor(count)) reader.fail("expected " + meaning + ", found " + reader.json().dump());
  return static_cast<std::size_t>(count);
}

PlaneRequest Analysis::plane_request(const Setting& setting, const JsonReader& request) const {
  PlaneRequest plane;
  plane.x = read_plane_axis(request.at("x"));
  plane.y = read_plane_axis(request.at("y"));
  plane.fixed = setting.point;
  if (const auto profile = request.find("profile")) plane.profile = profile->text();
  plane.selection = setting.selection;
  plane.likelihood = setting.likelihood();
  if (setting.likelihood_parameters == 1) plane.base_offset = setting.defaults.base_offset;
  return plane;
}

Json Analysis::plane_json(const PlaneRequest& plane, const Setting& setting) const {
  const std::vector<double> slots = [&] {
    std::vector<double> result = model_->initial_slots(setting.setup, kRequest);
    for (const auto& [name, value] : setting.point) model_->set_parameter(result, name, value, kRequest);
    model_->evaluate_derived(result);
    return result;
  }();
  Json result = Json::object();
  for (const auto& parameter : model_->card().parameters) {
    // What follows an axis has no one value.
    const bool moves = parameter.name == plane.x.parameter || parameter.name == plane.y.parameter ||
                       parameter.name == plane.profile ||
                       (!setting.point.contains(parameter.name) &&
                        (parameter.follows == plane.x.parameter || parameter.follows == plane.y.parameter) &&
                        !parameter.follows.empty());
    if (!moves) result[parameter.name] = slots[model_->slot(parameter.name)];
  }
  return result;
}

Json Analysis::contour(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"x", "y", "profile", "resolution", "band", "signal_limits"});
  static const std::vector<std::string> resolutions = {"coarse", "fine"};
  const auto resolution = request.find("resolution");
  const bool coarse = resolution && resolution->one_of(resolutions) == "coarse";
  const auto band = request.find("band");
  PlaneRequest plane_of = plane_request(setting, request);
  std::vector<std::string> warnings;
  double level = 0;
  if (setting.likelihood_parameters == 0) {
    const auto given = request.find("signal_limits");
    const stats::UpperLimits limits = given ? read_signal_limits(setting, *given)
                                            : stats::upper_limits(counting_model(*model_, setting), setting.options);
    const bool has_counts = CardLikelihood(*model_, setting.likelihood()).bins().front().counts.has_value();
    const stats::Limit& limit = has_counts ? limits.observed : limits.expected[2];
    if (!limit.value) throw InputError(kRequest, "method", "gives no limit here: " + limit.reason);
    plane_of.limit_in_events = level = *limit.value;
    warnings = limits.warnings;
  } else {
    level = stats::delta_log_likelihood(setting.level, setting.likelihood_parameters);
  }
  if (coarse) plane_of.accuracy = Accuracy::preview;
  const Plane plane(*model_, reweighter(), plane_of);
  ContourOptions options;
  // A preview keeps up with a slider: fewer lines where each needs other rows.
  const bool is_cheap = plane.is_cheap_along(0) && plane.is_cheap_along(1);
  options.cells = !coarse ? 40 : is_cheap ? 24 : 16;
  options.halvings = coarse ? 0 : 2;
  const BestPoint best =
      setting.likelihood_parameters == 0 ? BestPoint{} : plane.best(progress, coarse ? options.cells : 0);
  const Contours found = plane.contour(best, level, options, 0, progress);

  Json masked = Json::array(), outside = Json::array();
  for (const auto& rectangle : found.masked) masked.push_back(rectangle_json(plane, rectangle));
  for (const auto& rectangle : found.outside) outside.push_back(rectangle_json(plane, rectangle));
  if (found.outside == std::vector<std::array<double, 4>>{{0, 0, 1, 1}}) {
    // The middle stands for all of it.
    Point middle = setting.point;
    middle[plane_of.x.parameter] = plane.x_at(0.5);
    middle[plane_of.y.parameter] = plane.y_at(0.5);
    try {
      reweighter().predict(model_->slots_at(middle, setting.setup, kRequest), setting.selection);
    } catch (const InputError& error) {
      warnings.push_back("there is no prediction anywhere in this plane; in its middle " +
                         (error.source() == kRequest ? error.field() + ": " : std::string()) + error.expected());
    }
  }
  if (!masked.empty()) {
    warnings.push_back(joined("parts of the plane are masked, where more than ", kNegligibleSignal,
                              " signal events are expected but events are too few or the bias of the kernel may be "
                              "large: contours end there"));
  }
  for (auto& warning : plane.likelihood().warnings()) warnings.push_back(std::move(warning));
  Json result = {{"card", model_->card().name},
                 {"x", plane_of.x.parameter},
                 {"y", plane_of.y.parameter},
                 {"range",
                  {{"x", Json::array({plane.x_range().first, plane.x_range().second})},
                   {"y", Json::array({plane.y_range().first, plane.y_range().second})}}},
                 {"cl", setting.level},
                 {"method", setting.method},
                 {"variant", setting.setup.variant},
                 {"projection", setting.setup.projection.empty() ? Json(nullptr) : Json(setting.setup.projection)},
                 {"channels", setting.channels},
                 {"part", setting.selection.part.empty() ? Json(nullptr) : Json(setting.selection.part)},
                 {"exposure_scale", setting.exposure_scale},
                 {"set", setting.point},
                 {"profile", plane_of.profile.empty() ? Json(nullptr) : Json(plane_of.profile)},
                 {"resolution", coarse ? "coarse" : "fine"},
                 {"point", plane_json(plane_of, setting)},
                 {"level", level},
                 {"rings", lines_json(plane, found.rings)},
                 {"edges", lines_json(plane, found.edges)},
                 {"masked", std::move(masked)},
                 {"outside", std::move(outside)}};
  result["minimum"] = nullptr;
  if (setting.likelihood_parameters != 0) {
    result["minimum"] = {{"x", best.without_signal ? Json(nullptr) : Json(best.x)},
                         {"y", best.without_signal ? Json(nullptr) : Json(best.y)},
                         {"value", best.minus_log_likelihood},
                         {"without_signal", best.without_signal}};
  }
  result["band"] = nullptr;
  if (band && band->boolean()) {
    Json shifted = Json::object();
    for (const int shift : {-1, 1}) {
      const Contours moved = plane.contour(best, level, options, shift, progress);
      shifted[shift < 0 ? "-1" : "+1"] = {{"rings", lines_json(plane, moved.rings)},
                                          {"edges", lines_json(plane, moved.edges)}};
    }
    result["band"] = std::move(shifted);
  }
  result["warnings"] = warnings;
  return result;
}

Json Analysis::field(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"x", "y", "profile", "columns", "rows", "quantity"});
  static const std::vector<std::string> quantities = {"mu", "delta_lnl", "effective_events", "relative_mc_error"};
  const std::string quantity = request.has("quantity") ? request.at("quantity").one_of(quantities) : "mu";
  const std::size_t columns = read_count(request.at("columns"), 2, 200), rows = read_count(request.at("rows"), 2, 200);
  const Plane plane(*model_, reweighter(), plane_request(setting, request));
  std::vector<UnitPoint> places;
  for (std::size_t j = 0; j < rows; ++j) {
    for (std::size_t i = 0; i < columns; ++i) {
      places.push_back({static_cast<double>(i) / static_cast<double>(columns - 1),
                        static_cast<double>(j) / static_cast<double>(rows - 1)});
    }
  }
  const std::vector<SlicePoint> points = plane.at(places, 0, progress, quantity == "delta_lnl");
  const double base = quantity == "delta_lnl" ? plane.best(progress).minus_log_likelihood : 0;
  Json x = Json::array(), y = Json::array(), values = Json::array();
  for (std::size_t i = 0; i < columns; ++i) x.push_back(plane.x_at(places[i].u));
  for (std::size_t j = 0; j < rows; ++j) {
    y.push_back(plane.y_at(places[j * columns].v));
    Json row = Json::array();
    for (std::size_t i = 0; i < columns; ++i) {
      const SlicePoint& point = points[j * columns + i];
      const double value = quantity == "mu"                 ? point.signal.sum
                           : quantity == "delta_lnl"        ? point.minus_log_likelihood - base
                           : quantity == "effective_events" ? point.signal.effective_events()
                                                            : point.signal.error() / point.signal.sum;
      row.push_back(point.status == SlicePoint::Status::outside ? Json(nullptr) : finite_json(value));
    }
    values.push_back(std::move(row));
  }
  return {{"quantity", quantity},
          {"unit", quantity == "mu" || quantity == "effective_events" ? "events" : "1"},
          {"x", std::move(x)},
          {"y", std::move(y)},
          {"values", std::move(values)}};
}

Json Analysis::spectrum(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"channel"});
  const Card& card = model_->card();
  std::vector<std::string> names;
  for (const auto& channel : card.channels) {
    if (channel.histogram) names.push_back(channel.name);
  }
  if (names.empty()) throw InputError(kRequest, "channel", card.name + " has no channel with a histogram");
  const std::string name = request.at("channel").one_of(names);
  Setting whole = setting;
  whole.channels = {name};
  const CardLikelihood likelihood(*model_, whole.likelihood());
  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  const Prediction prediction = reweighter().predict(slots, setting.selection);
  Json groups = Json::array();
  std::vector<std::string> group_names;
  for (const auto& data : likelihood.bins()) {
    const BinSpecification& bin = card.bins[data.bin];
    std::string group;
    for (const auto& condition : bin.events) {
      // Where all bins of the channel ask for the same, it tells no bin from another.
      bool tells = false;
      for (const auto& other : likelihood.bins()) {
        for (const auto& theirs : card.bins[other.bin].events) {
          tells = tells || (theirs.column == condition.column && theirs.labels != condition.labels);
        }
      }
      for (const auto& label : condition.labels) {
        if (tells) group += (group.empty() ? "" : " ") + label;
      }
    }
    auto place = std::find(group_names.begin(), group_names.end(), group);
    if (place == group_names.end()) {
      place = group_names.insert(group_names.end(), group);
      Json empty = {{"name", group}};
      for (const char* field :
           {"low", "high", "observed", "background", "background_error", "mu", "mu_mc_error", "effective_events"}) {
        empty[field] = Json::array();
      }
      groups.push_back(std::move(empty));
    }
    Json& into = groups[static_cast<std::size_t>(place - group_names.begin())];
    const Json values = bin_json(data, prediction, setting.exposure_scale);
    into["low"].push_back(bin.range->first);
    into["high"].push_back(bin.range->second);
    for (const char* field : {"observed", "background", "background_error", "mu", "mu_mc_error", "effective_events"}) {
      into[field].push_back(values[field]);
    }
  }
  for (const auto& channel : card.channels) {
    if (channel.name != name) continue;
    return {{"channel", name},
            {"label", channel.label},
            {"histogram", {{"label", channel.histogram_label}, {"unit", channel.histogram_unit}}},
            {"groups", std::move(groups)},
            {"warnings", likelihood.warnings()}};
  }
  return nullptr;
}

Json Analysis::distribution(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"observable", "stages"});
  if (request.has("stages")) return stage_distributions(setting, request);
  const Card& card = model_->card();
  std::vector<std::string> names;
  for (const auto& observable : card.observables) names.push_back(observable.name);
  if (names.empty()) throw InputError(kRequest, "observable", card.name + " names no observables");
  const std::string name = request.at("observable").one_of(names);
  const auto& observable = *std::find_if(card.observables.begin(), card.observables.end(),
                                         [&](const auto& one) { return one.name == name; });
  const std::vector<double> edges =
      spaced_values(observable.low, observable.high, observable.bins + 1, observable.scale);
  const std::vector<bool> bins = CardLikelihood(*model_, setting.likelihood()).counted(card);
  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  std::vector<WeightedSum> sums =
      reweighter().distribution(slots, *observable.expression, edges, bins, setting.selection);
  for (auto& sum : sums) sum.multiply(setting.exposure_scale);
  Json mu = Json::array(), errors = Json::array();
  for (std::size_t i = 0; i < observable.bins; ++i) {
    mu.push_back(sums[i].sum);
    errors.push_back(sums[i].error());
  }
  return {{"observable", name},
          {"label", observable.label},
          {"unit", observable.unit},
          {"scale", observable.scale == Scale::log ? "log" : "lin"},
          {"edges", edges},
          {"mu", std::move(mu)},
          {"mu_mc_error", std::move(errors)},
          {"outside", {{"mu", sums.back().sum}, {"mu_mc_error", sums.back().error()}}}};
}

Json Analysis::lifetime_curve(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"low", "high", "count", "profile"});
  LifetimeRequest wanted;
  wanted.slots = model_->slots_at(setting.point, setting.setup, kRequest);
  wanted.selection = setting.selection;
  wanted.low = read_lifetime(request.at("low"));
  wanted.high = read_lifetime(request.at("high"));
  if (!(wanted.low < wanted.high)) request.at("high").fail("expected more than low");
  wanted.count = read_count(request.at("count"), 2, 1000);
  wanted.rise = stats::delta_log_likelihood(setting.level, 1) + setting.defaults.base_offset;
  const CardLikelihood likelihood(*model_, setting.likelihood());
  const LifetimeLimits limits(*model_, reweighter(), likelihood);
  const auto points = limits.curve(wanted);
  Json ctau0 = Json::array(), mu = Json::array(), error = Json::array(), uncertainty = Json::array(),
       delta = Json::array();
  for (const auto& point : points) {
    ctau0.push_back(point.ctau0);
    mu.push_back(point.signal.sum);
    error.push_back(point.signal.error());
    uncertainty.push_back(point.uncertainty);
    delta.push_back(point.delta_log_likelihood);
  }
  Json excluded = Json::array();
  for (const auto& interval : limits.excluded(wanted)) {
    excluded.push_back(Json::array({optional_json(interval.low), optional_json(interval.high)}));
  }
  const FactorSpecification& decay = *reweighter().preparation().decay();
  Json physical = nullptr;
  if (const auto profile = request.find("profile")) {
    const Parameter* parameter = model_->card().find_parameter(profile->text());
    if (parameter == nullptr) profile->fail("expected a parameter of this card");
    const auto [low, high] = model_->bounds(*parameter, wanted.slots);
    std::vector<double> at_low = wanted.slots, at_high = wanted.slots;
    at_low[model_->slot(parameter->name)] = low, at_high[model_->slot(parameter->name)] = high;
    model_->evaluate_derived(at_low), model_->evaluate_derived(at_high);
    const double first = decay.ctau0->evaluate(at_low), last = decay.ctau0->evaluate(at_high);
    physical = Json::array({std::min(first, last), std::max(first, last)});
  }
  return {{"ctau0", std::move(ctau0)},
          {"unit", decay.ctau0_unit},
          {"mu", std::move(mu)},
          {"mu_mc_error", std::move(error)},
          {"uncertainty", std::move(uncertainty)},
          {"delta_lnl", std::move(delta)},
          {"threshold", wanted.rise},
          {"excluded", std::move(excluded)},
          {"at", decay.ctau0->evaluate(wanted.slots)},
          {"physical", std::move(physical)},
          {"warnings", likelihood.warnings()}};
}

Json Analysis::model_independent(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"total", "events", "versus", "low", "high"});
  const JsonReader events = request.at("events"), versus = request.at("versus");
  events.allow_only({"low", "high", "count"});
  versus.allow_only({"parameter", "values"});
  const double low = events.at("low").positive_number(), high = events.at("high").positive_number();
  if (!(low < high)) events.at("high").fail("expected more than low");
  const std::vector<double> counts = spaced_values(low, high, read_count(events.at("count"), 2, 1000), Scale::log);
  const std::string total = request.at("total").text(), parameter = versus.at("parameter").text();
  const CardLikelihood likelihood(*model_, setting.likelihood());
  const LifetimeLimits limits(*model_, reweighter(), likelihood);
  Json curves = Json::array();
  for (const double value : versus.at("values").numbers()) {
    Point point = setting.point;
    point[parameter] = value;
    LifetimeRequest wanted;
    try {
      wanted.slots = model_->slots_at(point, setting.setup, kRequest);
    } catch (const InputError& error) {
      if (error.field() != parameter) throw;
      versus.fail(parameter + ": " + error.expected());
    }
    wanted.selection = setting.selection;
    wanted.low = request.has("low") ? read_lifetime(request.at("low")) : 1e-3;
    wanted.high = request.has("high") ? read_lifetime(request.at("high")) : 1e7;
    if (!(wanted.low < wanted.high)) request.at("high").fail("expected more than low");
    wanted.rise = stats::delta_log_likelihood(setting.level, 1) + setting.defaults.base_offset;
    const LifetimeEvents found = limits.versus_events(wanted, total, counts);
    Json shortest = Json::array(), longest = Json::array(), fit = nullptr;
    for (const auto& interval : found.excluded) {
      shortest.push_back(interval ? optional_json(interval->low) : Json(nullptr));
      longest.push_back(interval ? optional_json(interval->high) : Json(nullptr));
    }
    if (found.fit) {
      fit = {{"a", found.fit->a}, {"b", found.fit->b}, {"worst", found.fit->worst}};
    }
    curves.push_back({{"set", {{parameter, value}}},
                      {"total", found.total},
                      {"ctau0_min", std::move(shortest)},
                      {"ctau0_max", std::move(longest)},
                      {"fit", std::move(fit)}});
  }
  return {{"unit", reweighter().preparation().decay()->ctau0_unit},
          {"events", counts},
          {"curves", std::move(curves)},
          {"warnings", likelihood.warnings()}};
}

}  // namespace anyslice::api
