// Requests about a line through parameter space: the likelihood along one parameter.
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/slice/scan.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

constexpr double kMostPoints = 2001;
/// The probability within one standard deviation of a Gaussian, for which the rise is 1.
const double kOneSigma = std::erf(1 / std::sqrt(2.0));

const char* name_of(SlicePoint::Status status) {
  if (status == SlicePoint::Status::known) return "known";
  return status == SlicePoint::Status::thin ? "thin" : "outside";
}

const char* name_of(ScanInterval::End end) {
  if (end == ScanInterval::End::crossing) return "crossing";
  return end == ScanInterval::End::range ? "range" : "unknown";
}

Json to_json(const std::vector<ScanInterval>& intervals) {
  Json result = Json::array();
  for (const auto& interval : intervals) {
    result.push_back({{"low", interval.low},
                      {"high", interval.high},
                      {"low_end", name_of(interval.low_end)},
                      {"high_end", name_of(interval.high_end)}});
  }
  return result;
}

Json level_json(const Scan& scan, const std::string& name, double level) {
  const double threshold = 2 * stats::delta_log_likelihood(level, 1);
  return {{"name", name},
          {"cl", level},
          {"threshold", threshold},
          {"allowed", to_json(scan.intervals(threshold, false))},
          {"excluded", to_json(scan.intervals(threshold, true))}};
}

}  // namespace

Json Analysis::scan(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "range", "count", "scale", "profile"});
  const Card& card = model_->card();
  ScanRequest wanted;
  wanted.on = request.has("on") ? request.at("on").text() : card.limits.on;
  if (const auto range = request.find("range")) {
    const auto ends = range->numbers();
    if (ends.size() != 2) range->fail("expected [low, high]");
    wanted.range = {ends[0], ends[1]};
  }
  if (const auto count = request.find("count")) wanted.count = read_count(*count, 2, kMostPoints);
  if (const auto scale = request.find("scale")) {
    static const std::vector<std::string> scales = {"lin", "log"};
    wanted.scale = scale->one_of(scales) == "log" ? Scale::log : Scale::linear;
  }
  if (const auto profile = request.find("profile")) wanted.profile = profile->text();
  wanted.fixed = setting.point;
  wanted.selection = setting.selection;
  wanted.likelihood = setting.likelihood();
  const Scan scan(*model_, reweighter(), wanted, progress);

  std::vector<double> slots = model_->initial_slots(setting.setup, kRequest);
  for (const auto& [name, value] : setting.point) model_->set_parameter(slots, name, value, kRequest);
  model_->evaluate_derived(slots);
  Json point = Json::object();
  for (const auto& parameter : card.parameters) {
    const bool follows = !setting.point.contains(parameter.name) && parameter.follows == wanted.on;
    if (parameter.name != wanted.on && parameter.name != wanted.profile && !follows) {
      point[parameter.name] = slots[model_->slot(parameter.name)];
    }
  }

  Json values = Json::array(), rise = Json::array(), minus_log = Json::array(), mu = Json::array(),
       error = Json::array(), events = Json::array(), status = Json::array(), profiled = Json::array();
  for (const auto& one : scan.points()) {
    const bool exists = one.found.status != SlicePoint::Status::outside;
    const bool known = one.found.status == SlicePoint::Status::known;
    values.push_back(one.value);
    status.push_back(name_of(one.found.status));
    rise.push_back(known ? finite_json(scan.rise(one.found)) : Json(nullptr));
    minus_log.push_back(known ? finite_json(one.found.minus_log_likelihood) : Json(nullptr));
    mu.push_back(exists ? Json(one.found.signal.sum) : Json(nullptr));
    error.push_back(exists ? Json(one.found.signal.error()) : Json(nullptr));
    events.push_back(exists ? Json(one.found.signal.effective_events()) : Json(nullptr));
    profiled.push_back(exists ? Json(one.found.profiled) : Json(nullptr));
  }
  Json gaps = Json::array();
  for (const auto& gap : scan.gaps()) {
    gaps.push_back({{"low", gap.low}, {"high", gap.high}, {"status", name_of(gap.status)}, {"reason", gap.reason}});
  }
  Json levels = Json::array(
      {level_json(scan, "1 sigma", kOneSigma), level_json(scan, "90 %", 0.9), level_json(scan, "95 %", 0.95)});
  if (setting.level != 0.9 && setting.level != 0.95) {
    char name[40];
    std::snprintf(name, sizeof name, "%.6g %%", 100 * setting.level);
    levels.push_back(level_json(scan, name, setting.level));
  }
  const Parameter& on = *card.find_parameter(wanted.on);
  const double here = slots[model_->slot(wanted.on)];
  Json current = {{"value", here}, {"status", "outside"}, {"mu", nullptr}, {"minus_two_delta_lnl", nullptr}};
  if (here >= on.low && here <= on.high) {
    const SlicePoint found = scan.at(here).found;
    current["status"] = name_of(found.status);
    if (found.status != SlicePoint::Status::outside) current["mu"] = found.signal.sum;
    if (found.status == SlicePoint::Status::known) current["minus_two_delta_lnl"] = finite_json(scan.rise(found));
  }
  const ScanBest& best = scan.best();
  Json result = {{"card", card.name},
                 {"on", wanted.on},
                 {"unit", on.unit},
                 {"scale", scan.scale() == Scale::log ? "log" : "lin"},
                 {"range", Json::array({scan.range().first, scan.range().second})},
                 {"cl", setting.level},
                 {"variant", setting.setup.variant},
                 {"projection", setting.setup.projection.empty() ? Json(nullptr) : Json(setting.setup.projection)},
                 {"exposure_scale", setting.exposure_scale},
                 {"channels", setting.channels},
                 {"part", setting.selection.part.empty() ? Json(nullptr) : Json(setting.selection.part)},
                 {"set", setting.point},
                 {"profile", wanted.profile.empty() ? Json(nullptr) : Json(wanted.profile)},
                 {"point", std::move(point)},
                 {"likelihood", "effective"},
                 {"observed", scan.likelihood().is_observed()},
                 {"values", std::move(values)},
                 {"minus_two_delta_lnl", std::move(rise)},
                 {"minus_log_likelihood", std::move(minus_log)},
                 {"mu", std::move(mu)},
                 {"mu_mc_error", std::move(error)},
                 {"effective_events", std::move(events)},
                 {"status", std::move(status)}};
  result["profiled"] = wanted.profile.empty() ? Json(nullptr) : std::move(profiled);
  result["gaps"] = std::move(gaps);
  result["minimum"] = {{"value", best.without_signal ? Json(nullptr) : Json(best.value)},
                       {"minus_log_likelihood", finite_json(best.minus_log_likelihood)},
                       {"without_signal", best.without_signal}};
  result["levels"] = std::move(levels);
  result["current"] = std::move(current);
  result["warnings"] = scan.likelihood().warnings();
  return result;
}

}  // namespace anyslice::api
