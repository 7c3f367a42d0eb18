// Requests about other exposures: what more data would exclude.
#include <algorithm>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

constexpr double kLowest = 1e-3, kHighest = 1e5;
constexpr std::size_t kMostExposures = 1000;

struct ExposureLimit {
  LimitPoint point;
  std::vector<std::string> warnings;
};

/// The limit on `on` at the point of the setting.
ExposureLimit limit_at(const Model& model, const Reweighter& reweighter, const Setting& setting,
                       const std::string& on) {
  LimitCurveRequest request;
  request.on = on;
  request.fixed = setting.point;
  request.selection = setting.selection;
  request.likelihood = setting.likelihood();
  if (setting.likelihood_parameters == 0) {
    const LimitCurve curve(model, reweighter, request,
                           stats::upper_limits(counting_model(model, setting), setting.options));
    return {curve.at(0), curve.warnings()};
  }
  LikelihoodLimit limit;
  limit.rise = stats::delta_log_likelihood(setting.level, setting.likelihood_parameters);
  if (setting.likelihood_parameters == 1) limit.base_offset = setting.defaults.base_offset;
  return {LimitCurve(model, reweighter, request, limit).at(0), {}};
}

/// What is expected: the bands of a limit in events, and the one limit of the likelihood at the expected counts.
Json expected_json(const Setting& setting, double exposure, const std::optional<double>& amount,
                   const ExposureLimit& limit) {
  const LimitPoint& point = limit.point;
  const bool by_likelihood = setting.likelihood_parameters != 0;
  Json expected = Json::object();
  for (std::size_t band = 0; band < kBandNames.size(); ++band) {
    expected[kBandNames[band]] = by_likelihood ? (band == 2 ? optional_json(point.observed) : Json(nullptr))
                                               : optional_json(point.expected[band]);
  }
  const std::string& reason = by_likelihood ? point.reason : point.expected_reason;
  return {{"exposure", exposure},
          {"amount", optional_json(amount)},
          {"expected", std::move(expected)},
          {"excluded", to_json(by_likelihood ? point.excluded : point.expected_excluded[2])},
          {"reason", reason.empty() ? Json(nullptr) : Json(reason)},
          {"warnings", limit.warnings}};
}

}  // namespace

Json Analysis::exposure_limit(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  for (const char* field : {"exposure_scale", "projection"}) {
    if (request.has(field)) request.at(field).fail("expected none: the limits are those of a list of exposures");
  }
  const Setting setting = read_setting(*model_, request, {"on", "exposures", "projections"});
  const Card& card = model_->card();
  const std::string on = request.has("on") ? request.at("on").text() : card.limits.on;
  const Parameter* limited = card.find_parameter(on);
  if (limited == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : card.parameters) names.push_back(known.name);
    throw InputError(kRequest, "on",
                     "expected a parameter of " + card.name + " (" + join_choices(names) + "), found \"" + on + "\"");
  }
  const std::vector<double> exposures = request.at("exposures").numbers();
  if (exposures.size() > kMostExposures) request.at("exposures").fail("expected at most 1000 exposures");
  for (const auto& exposure : request.at("exposures").items()) {
    exposure.number_in(kLowest, kHighest, "an exposure from 0.001 to 100000 of that of the data");
  }
  const auto marks = request.find("projections");
  const bool with_projections = !marks || marks->boolean();
  const auto amount_at = [&](const Setup& setup, double scale) -> std::optional<double> {
    if (!card.exposure) return std::nullopt;
    return card.exposure->amount->evaluate(model_->initial_slots(setup, kRequest)) * scale;
  };
  const std::optional<double> today_amount = amount_at(setting.setup, 1);
  if (today_amount && !(*today_amount > 0 && std::isfinite(*today_amount))) {
    throw InputError(card.source, "exposure.amount", "has no positive finite value at this setting");
  }

  Json result = {{"card", card.name},
                 {"on", on},
                 {"unit", limited->unit},
                 {"cl", setting.level},
                 {"method", setting.method},
                 {"constraint", stats::to_string(setting.constraint)},
                 {"variant", setting.setup.variant},
                 {"channels", setting.channels},
                 {"part", setting.selection.part.empty() ? Json(nullptr) : Json(setting.selection.part)},
                 {"set", setting.point},
                 {"amount", optional_json(today_amount)},
                 {"amount_unit", card.exposure ? Json(card.exposure->unit) : Json(nullptr)},
                 {"today", nullptr}};
  const std::size_t steps = exposures.size() + (with_projections ? 1 + card.projections.size() : 0);
  std::size_t done = 0;
  const auto step = [&] { report_progress(progress, static_cast<double>(done++) / static_cast<double>(steps)); };

  Setting expected = setting;
  expected.expected_counts = true;
  Json points = Json::array(), projections = Json::array();
  for (const double exposure : exposures) {
    step();
    expected.exposure_scale = exposure;
    points.push_back(expected_json(expected, exposure, amount_at(setting.setup, exposure),
                                   limit_at(*model_, reweighter(), expected, on)));
  }
  if (with_projections) {
    step();
    const ExposureLimit observed = limit_at(*model_, reweighter(), setting, on);
    expected.exposure_scale = 1;
    const bool by_likelihood = setting.likelihood_parameters != 0;
    Json today = expected_json(expected, 1, today_amount,
                               by_likelihood ? limit_at(*model_, reweighter(), expected, on) : observed);
    today["observed"] = optional_json(observed.point.observed);
    today["observed_excluded"] = to_json(observed.point.excluded);
    today["observed_reason"] = observed.point.reason.empty() ? Json(nullptr) : Json(observed.point.reason);
    result["today"] = std::move(today);
    const JsonReader document(card.document, card.source);
    for (const auto& [name, projection] : card.projections) {
      step();
      Setting projected = setting;
      projected.setup.projection = name;
      projected.exposure_scale = projection.exposure_scale;
      const std::optional<double> amount = amount_at(projected.setup, projection.exposure_scale);
      const double exposure = amount ? *amount / *today_amount : projection.exposure_scale;
      Json found = expected_json(projected, exposure, amount, limit_at(*model_, reweighter(), projected, on));
      found["name"] = name;
      found["label"] = document.at("projections").at(name).at("label").text();
      projections.push_back(std::move(found));
    }
  }
  result["points"] = std::move(points);
  result["projections"] = std::move(projections);
  return result;
}

}  // namespace anyslice::api
