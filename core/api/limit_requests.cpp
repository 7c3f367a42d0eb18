// Requests about limits along one parameter.
#include <algorithm>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

/// A setting whose construction throws toys: cls-toys where the request names another.
Setting read_toy_setting(const Model& model, const JsonReader& request, std::set<std::string> also_allowed) {
  Setting setting = read_setting(model, request, std::move(also_allowed));
  if (setting.options.method != "feldman-cousins") setting.options.method = "cls-toys";
  return setting;
}

}  // namespace

Json Analysis::signal_limits_json(const Setting& setting, const stats::UpperLimits& limits) {
  Json result = to_json(limits);
  result["constraint"] = stats::to_string(setting.constraint);
  result["exposure_scale"] = setting.exposure_scale;
  return result;
}

stats::UpperLimits Analysis::read_signal_limits(const Setting& setting, const JsonReader& reader) {
  // Limits in events belong to one construction: others would give a curve that is nobody's.
  const stats::UpperLimits limits = upper_limits_from(reader);
  const auto require = [&](const char* field, bool equal) {
    if (!equal) reader.at(field).fail("differs from that of the request: these limits were made for another setting");
  };
  require("level", limits.level == setting.options.level);
  require("method", limits.method == setting.options.method);
  require("constraint", reader.at("constraint").text() == stats::to_string(setting.constraint));
  require("exposure_scale", reader.at("exposure_scale").number() == setting.exposure_scale);
  return limits;
}

Json Analysis::signal_limits(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {});
  return signal_limits_json(setting, stats::upper_limits(counting_model(*model_, setting), setting.options, progress));
}

Json Analysis::toy_scan(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_toy_setting(*model_, request, {});
  const stats::CountingModel model = counting_model(*model_, setting);
  if (!stats::needs_toys(model, setting.options.method)) return {{"mu", Json::array()}};
  return {{"mu", stats::toy_scan(model, setting.options)}};
}

Json Analysis::toy_cls(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_toy_setting(*model_, request, {"mu"});
  const double mu = request.at("mu").positive_number();
  return api::to_json(mu, stats::toy_cls(counting_model(*model_, setting), mu, setting.options));
}

Json Analysis::toy_limits(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_toy_setting(*model_, request, {"points"});
  std::vector<double> scan;
  std::vector<stats::ClsValues> values;
  for (const auto& point : request.at("points").items()) {
    scan.push_back(point.at("mu").positive_number());
    values.push_back(cls_values_from(point));
  }
  return signal_limits_json(setting, stats::toy_limits(scan, values, setting.options));
}

LimitCurve Analysis::limit_curve(const Setting& setting, const JsonReader& request) const {
  const LimitSettings& defaults = model_->card().limits;
  LimitCurveRequest curve;
  const auto on = request.find("on");
  curve.on = on ? on->text() : defaults.on;
  const auto versus = request.find("versus");
  curve.versus = versus ? versus->at("parameter").text() : defaults.versus;
  curve.fixed = setting.point;
  curve.selection = setting.selection;
  curve.likelihood = setting.likelihood();
  if (setting.likelihood_parameters == 0) {
    return LimitCurve(*model_, reweighter(), curve, read_signal_limits(setting, request.at("signal_limits")));
  }
  LikelihoodLimit limit;
  limit.rise = stats::delta_log_likelihood(setting.level, setting.likelihood_parameters);
  if (setting.likelihood_parameters == 1) limit.base_offset = setting.defaults.base_offset;
  return LimitCurve(*model_, reweighter(), curve, limit);
}

std::vector<std::string> Analysis::likelihood_warnings(const Setting& setting) const {
  if (setting.likelihood_parameters == 0) return {};
  return CardLikelihood(*model_, setting.likelihood()).warnings();
}

Json Analysis::limit_points(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "versus", "signal_limits"});
  const JsonReader versus = request.at("versus");
  versus.allow_only({"parameter", "values"});
  const std::string axis = versus.at("parameter").text();
  const LimitCurve curve = limit_curve(setting, request);
  std::vector<std::string> warnings = curve.warnings();
  for (auto& warning : likelihood_warnings(setting)) warnings.push_back(std::move(warning));
  Json points = Json::array();
  const auto values = versus.at("values").numbers();
  for (std::size_t i = 0; i < values.size(); ++i) {
    report_progress(progress, static_cast<double>(i) / static_cast<double>(values.size()));
    const LimitPoint limit = curve.at(values[i]);
    Json point = Json::object();
    point[axis] = limit.versus;
    point["observed"] = optional_json(limit.observed);
    point["excluded"] = to_json(limit.excluded);
    Json expected = Json::object(), expected_excluded = Json::object();
    for (std::size_t band = 0; band < kBandNames.size(); ++band) {
      expected[kBandNames[band]] = optional_json(limit.expected[band]);
      expected_excluded[kBandNames[band]] = to_json(limit.expected_excluded[band]);
    }
    point["expected"] = std::move(expected);
    point["expected_excluded"] = std::move(expected_excluded);
    point["mc_error"] = optional_json(limit.mc_error);
    const auto& reference = limit.observed ? limit.observed : limit.expected[2];
    point["relative_mc_error"] = reference && limit.mc_error ? Json(*limit.mc_error / *reference) : Json(nullptr);
    point["effective_events"] = limit.effective_events;
    point["reason"] = limit.reason.empty() ? Json(nullptr) : Json(limit.reason);
    point["expected_reason"] = limit.expected_reason.empty() ? Json(nullptr) : Json(limit.expected_reason);
    point["known"] = limit.known;
    point["expected_known"] = limit.expected_known;
    point["warnings"] = warnings;
    points.push_back(std::move(point));
  }
  return {{"points", std::move(points)}};
}

Json Analysis::excluded_along(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "versus", "signal_limits", "curve"});
  const Card& card = model_->card();
  const std::string name = request.at("curve").text();
  for (const auto& overlay : card.overlays) {
    if (overlay.name != name || overlay.function.empty()) continue;
    const auto on = request.find("on");
    const auto versus = request.find("versus");
    if ((on ? on->text() : card.limits.on) != overlay.y ||
        (versus ? versus->at("parameter").text() : card.limits.versus) != overlay.x) {
      request.at("curve").fail("is a curve of " + overlay.y + " against " + overlay.x);
    }
    const LimitCurve curve = limit_curve(setting, request);
    const Table1d& function = card.functions.at(overlay.function);
    const Parameter& axis = *card.find_parameter(overlay.x);
    const double low = std::max(axis.low, function.x.front()), high = std::min(axis.high, function.x.back());
    return {{"parameter", overlay.x},
            {"range", Json::array({low, high})},
            {"intervals", to_json(curve.excluded_along(function, low, high))}};
  }
  request.at("curve").fail("expected an overlay of this card that is a function, found \"" + name + "\"");
}

Json Analysis::compare_published(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "versus", "signal_limits"});
  const auto& published = model_->card().published;
  if (!published) return nullptr;
  const auto on = request.find("on");
  const auto versus = request.find("versus");
  if (setting.level != published->level || setting.exposure_scale != 1) return nullptr;
  if ((on && on->text() != published->on) || (versus && versus->at("parameter").text() != published->versus)) {
    return nullptr;
  }
  const LimitCurve curve = limit_curve(setting, request);
  Json rows = Json::array();
  for (const auto& point : published->points) {
    const LimitPoint ours = curve.at(point.versus);
    for (const auto& [quantity, value] : point.values) {
      std::optional<double> limit = ours.observed;
      for (std::size_t band = 0; band < kBandNames.size(); ++band) {
        if (kBandNames[band] == quantity) limit = ours.expected[band];
      }
      rows.push_back({{"versus", point.versus},
                      {"quantity", quantity},
                      {"ours", optional_json(limit)},
                      {"published", value},
                      {"difference", limit ? Json(*limit / value - 1) : Json(nullptr)}});
    }
  }
  return {{"source", published->source}, {"level", published->level}, {"rows", std::move(rows)}};
}

Json Analysis::limit(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "versus"});
  const LimitSettings& defaults = model_->card().limits;
  Json shared = request_json;
  shared.erase("on");
  shared.erase("versus");
  Json result = {{"card", model_->card().name},
                 {"on", request.has("on") ? request.at("on").text() : defaults.on},
                 {"versus", request.has("versus") ? request.at("versus").at("parameter").text() : defaults.versus},
                 {"cl", setting.level},
                 {"method", setting.method},
                 {"constraint", stats::to_string(setting.constraint)},
                 {"variant", setting.setup.variant},
                 {"projection", setting.setup.projection.empty() ? Json(nullptr) : Json(setting.setup.projection)},
                 {"channels", setting.channels},
                 {"part", setting.selection.part.empty() ? Json(nullptr) : Json(setting.selection.part)},
                 {"exposure_scale", setting.exposure_scale},
                 {"set", setting.point}};
  // Unknown parameters should be reported before the long work, not after it.
  Json points = request_json;
  const bool by_likelihood = setting.likelihood_parameters != 0;
  if (!by_likelihood) {
    counting_model(*model_, setting);
    points["signal_limits"] =
        signal_limits_json(setting, {setting.options.method, setting.options.level, {}, {}, {}, {}});
  }
  Json probe = points;
  if (probe.contains("versus"))
    probe["versus"]["values"] = Json::array();
  else
    request.at("versus");
  limit_points(probe);

  result["signal_limits"] = nullptr;
  if (!by_likelihood) points["signal_limits"] = result["signal_limits"] = signal_limits(shared, progress);
  result["points"] = limit_points(points)["points"];
  return result;
}

}  // namespace anyslice::api
