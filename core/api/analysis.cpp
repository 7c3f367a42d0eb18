// Requests and answers of one analysis.
#include "core/api/analysis.hpp"

#include <algorithm>
#include <cmath>

#include "core/api/limit_csv.hpp"
#include "core/api/statistics_json.hpp"
#include "core/base/sha256.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/table/safetensors.hpp"

namespace anyslice::api {
namespace {

const std::string kRequest = "request";

Json to_json(const std::vector<Interval>& intervals) {
  Json result = Json::array();
  for (const auto& interval : intervals) {
    result.push_back(Json::array({optional_json(interval.low), optional_json(interval.high)}));
  }
  return result;
}

}  // namespace

/// The fields that every request may have, with the defaults of the card's variant.
struct Analysis::Setting {
  Point point;
  std::string variant = "physics";
  double exposure_scale = 1;
  stats::LimitOptions options;
  stats::Constraint constraint = stats::Constraint::lognormal;
};

Analysis::Analysis(const CardDocuments& documents, const std::string& address)
    : model_(std::make_unique<Model>(read_card(documents, address))) {
  // The method names belong to the statistics, which a card does not know.
  const auto check = [&](const LimitSettings& settings, const std::string& field) {
    const auto& names = stats::method_names();
    if (std::find(names.begin(), names.end(), settings.method) == names.end()) {
      throw InputError(address, field, "expected " + join_choices(names) + ", found \"" + settings.method + "\"");
    }
  };
  check(model_->card().limits, "limits.method");
  for (const auto& [name, variant] : model_->card().variants)
    check(variant.limits, "variants." + name + ".limits.method");
}

std::size_t Analysis::attach_table(const std::string& name, std::span<const std::uint8_t> bytes,
                                   const std::string& source) {
  for (const auto& reference : model_->card().tables) {
    if (reference.name != name) continue;
    auto table = std::make_shared<const EventTable>(read_table(bytes, source));
    const std::string digest = sha256_hex(bytes);
    if (digest != reference.sha256) {
      throw InputError(source, "sha256",
                       "is " + digest + ", but the card " + model_->card().source + " expects " + reference.sha256 +
                           ": the file is damaged or of another version");
    }
    reweighter_ = std::make_unique<Reweighter>(*model_, table, source);
    return table->rows;
  }
  throw InputError(model_->card().source, "tables." + name, "is not a table of this card");
}

const Reweighter& Analysis::reweighter() const {
  if (!reweighter_) {
    throw InputError(model_->card().source, "tables." + model_->card().tables.front().name, "has not been loaded yet");
  }
  return *reweighter_;
}

Analysis::Setting Analysis::read_setting(const JsonReader& request, std::set<std::string> also_allowed) const {
  also_allowed.insert({"set", "variant", "exposure_scale", "cl", "method", "constraint", "toys", "seed"});
  request.allow_only(also_allowed);
  Setting setting;
  if (const auto variant = request.find("variant")) setting.variant = variant->text();
  const LimitSettings& defaults = model_->variant(setting.variant, kRequest).limits;
  setting.options.level = defaults.level;
  setting.options.method = defaults.method;
  read_limit_options(request, setting.options);
  const auto constraint = request.find("constraint");
  setting.constraint =
      stats::parse_constraint(constraint ? constraint->text() : defaults.constraint, kRequest, "constraint");
  if (const auto scale = request.find("exposure_scale")) setting.exposure_scale = scale->positive_number();
  if (const auto set = request.find("set")) {
    std::vector<double> slots = model_->initial_slots(setting.variant);
    for (const auto& [name, value] : set->fields()) {
      setting.point[name] = value.number();
      model_->set_parameter(slots, name, setting.point[name], kRequest);
    }
  }
  return setting;
}

stats::CountingModel Analysis::counting_model(const Setting& setting) const {
  const Card& card = model_->card();
  const BinSpecification& bin = card.bins.front();
  stats::CountingModel model;
  model.constraint = setting.constraint;
  // At another exposure there is no observation: only what to expect of it.
  if (setting.exposure_scale == 1) model.observed = bin.observed;
  for (const auto& background : bin.backgrounds) {
    model.backgrounds.push_back({background.name, background.expected * setting.exposure_scale});
  }
  for (const auto& specification : card.systematics) {
    const double relative =
        specification.relative / (specification.statistical ? std::sqrt(setting.exposure_scale) : 1.0);
    stats::Systematic systematic{specification.name, std::vector<double>(bin.backgrounds.size(), 0.0), 0};
    for (const auto& component : specification.on) {
      if (component == "signal") systematic.on_signal = relative;
      for (std::size_t i = 0; i < bin.backgrounds.size(); ++i) {
        if (bin.backgrounds[i].name == component) systematic.on_background[i] = relative;
      }
    }
    model.systematics.push_back(std::move(systematic));
  }
  return model;
}

Json Analysis::rate(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(request, {"breakdown", "signal_limits"});
  const Card& card = model_->card();
  const std::vector<double> slots = model_->slots_at(setting.point, setting.variant, kRequest);
  const auto scaled = [&](WeightedSum sum) {
    sum.sum *= setting.exposure_scale;
    sum.sum_of_squares *= setting.exposure_scale * setting.exposure_scale;
    return Json{{"mu", sum.sum}, {"mu_mc_error", sum.error()}, {"effective_events", sum.effective_events()}};
  };
  const WeightedSum prediction = reweighter().predict(slots);

  Json point = Json::object();
  for (const auto& parameter : card.parameters) point[parameter.name] = slots[model_->slot(parameter.name)];
  Json result = {{"card", card.name}, {"point", std::move(point)}, {"variant", setting.variant}};
  result["exposure_scale"] = setting.exposure_scale;
  const Json total = scaled(prediction);
  result.update(total);

  const stats::CountingModel counting = counting_model(setting);
  Json bin = {{"name", card.bins.front().name},
              {"observed", optional_json(counting.observed)},
              {"background", counting.total_background()}};
  bin.update(total);
  result["bins"] = Json::array({std::move(bin)});

  Json derived = Json::object();
  for (const auto& quantity : card.derived) {
    const double value = slots[model_->slot(quantity.name)];
    derived[quantity.name] = {{"value", std::isfinite(value) ? Json(value) : Json(nullptr)},
                              {"unit", quantity.unit},
                              {"label", quantity.label}};
  }
  result["derived"] = std::move(derived);

  result["CLs"] = nullptr;
  result["excluded"] = nullptr;
  result["expected_excluded"] = nullptr;
  if (request.has("method") && setting.options.method != "cls-toys" && prediction.sum > 0) {
    stats::CountingModel with_signal = counting;
    with_signal.signal = prediction.sum * setting.exposure_scale;
    const auto cls = stats::cls_values(with_signal, 1, setting.options).observed;
    result["CLs"] = optional_json(cls);
    if (cls) result["excluded"] = *cls <= 1 - setting.options.level;
  }
  if (const auto given = request.find("signal_limits")) {
    const stats::UpperLimits limits = read_signal_limits(setting, *given);
    const double mu = total["mu"];
    if (limits.observed.value) result["excluded"] = mu >= *limits.observed.value;
    if (const auto& median = limits.expected[2].value) result["expected_excluded"] = mu >= *median;
  }
  if (const auto column = request.find("breakdown")) {
    Json parts = Json::object();
    for (const auto& [name, sum] : reweighter().breakdown(slots, column->text())) parts[name] = scaled(sum);
    result["breakdown"] = {{"column", column->text()}, {"parts", std::move(parts)}};
  }
  return result;
}

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
  const Setting setting = read_setting(request, {});
  return signal_limits_json(setting, stats::upper_limits(counting_model(setting), setting.options, progress));
}

Json Analysis::toy_scan(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  Setting setting = read_setting(request, {});
  setting.options.method = "cls-toys";
  return {{"mu", stats::toy_scan(counting_model(setting), setting.options.level)}};
}

Json Analysis::toy_cls(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  Setting setting = read_setting(request, {"mu"});
  setting.options.method = "cls-toys";
  const double mu = request.at("mu").positive_number();
  return api::to_json(mu, stats::toy_cls(counting_model(setting), mu, setting.options));
}

Json Analysis::toy_limits(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  Setting setting = read_setting(request, {"points"});
  setting.options.method = "cls-toys";
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
  curve.variant = setting.variant;
  curve.exposure_scale = setting.exposure_scale;
  curve.source = kRequest;
  return LimitCurve(*model_, reweighter(), curve, read_signal_limits(setting, request.at("signal_limits")));
}

Json Analysis::limit_points(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(request, {"on", "versus", "signal_limits"});
  const JsonReader versus = request.at("versus");
  versus.allow_only({"parameter", "values"});
  const std::string axis = versus.at("parameter").text();
  const LimitCurve curve = limit_curve(setting, request);
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
    point["warnings"] = curve.warnings();
    points.push_back(std::move(point));
  }
  return {{"points", std::move(points)}};
}

Json Analysis::excluded_along(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(request, {"on", "versus", "signal_limits", "curve"});
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
  const Setting setting = read_setting(request, {"on", "versus", "signal_limits"});
  const auto& published = model_->card().published;
  if (!published) return nullptr;
  const auto on = request.find("on");
  const auto versus = request.find("versus");
  if (setting.options.level != published->level || setting.exposure_scale != 1) return nullptr;
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
  const Setting setting = read_setting(request, {"on", "versus"});
  const LimitSettings& defaults = model_->card().limits;
  Json shared = request_json;
  shared.erase("on");
  shared.erase("versus");
  Json result = {{"card", model_->card().name},
                 {"on", request.has("on") ? request.at("on").text() : defaults.on},
                 {"versus", request.has("versus") ? request.at("versus").at("parameter").text() : defaults.versus},
                 {"cl", setting.options.level},
                 {"method", setting.options.method},
                 {"constraint", stats::to_string(setting.constraint)},
                 {"variant", setting.variant},
                 {"exposure_scale", setting.exposure_scale},
                 {"set", setting.point}};
  // Unknown parameters should be reported before the long work, not after it.
  Json points = request_json;
  points["signal_limits"] = signal_limits_json(setting, {setting.options.method, setting.options.level, {}, {}, {}});
  Json probe = points;
  if (probe.contains("versus"))
    probe["versus"]["values"] = Json::array();
  else
    request.at("versus");
  limit_points(probe);

  result["signal_limits"] = signal_limits(shared, progress);
  points["signal_limits"] = result["signal_limits"];
  result["points"] = limit_points(points)["points"];
  return result;
}

Json Analysis::call(const std::string& method, const Json& request) const {
  if (method == "rate") return rate(request);
  if (method == "signal_limits") return signal_limits(request);
  if (method == "toy_scan") return toy_scan(request);
  if (method == "toy_cls") return toy_cls(request);
  if (method == "toy_limits") return toy_limits(request);
  if (method == "limit_points") return limit_points(request);
  if (method == "excluded_along") return excluded_along(request);
  if (method == "compare_published") return compare_published(request);
  if (method == "limit") return limit(request);
  if (method == "limit_csv") return limit_csv(JsonReader(request, kRequest).at("limit").json());
  throw InputError(kRequest, "method", "there is no method \"" + method + "\"");
}

}  // namespace anyslice::api
