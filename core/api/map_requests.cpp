// Requests about many points: the limit on one parameter over the plane of two others, and the likelihood of a list.
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

constexpr std::size_t kMostMapPoints = 100000;

struct MapAxis {
  std::string parameter;
  std::vector<double> values;
};

MapAxis read_map_axis(const Model& model, const JsonReader& reader) {
  reader.allow_only({"parameter", "values"});
  const JsonReader name = reader.at("parameter");
  const Parameter* parameter = model.card().find_parameter(name.text());
  if (parameter == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : model.card().parameters) names.push_back(known.name);
    name.fail("expected a parameter of " + model.card().name + " (" + join_choices(names) + "), found \"" +
              name.text() + "\"");
  }
  MapAxis axis{parameter->name, reader.at("values").numbers()};
  if (axis.values.empty()) reader.at("values").fail("expected at least one value");
  return axis;
}

}  // namespace

Json Analysis::limit_map(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  Setting setting = read_setting(*model_, request, {"on", "x", "y", "signal_limits"});
  const MapAxis x = read_map_axis(*model_, request.at("x")), y = read_map_axis(*model_, request.at("y"));
  const std::string on = request.has("on") ? request.at("on").text() : model_->card().limits.on;
  if (x.parameter == y.parameter) request.at("y").fail("expected another parameter than that of x");
  if (x.parameter == on || y.parameter == on) {
    request.at(x.parameter == on ? "x" : "y").fail("expected another parameter than the limited one, " + on);
  }
  if (x.values.size() * y.values.size() > kMostMapPoints) {
    request.at("x").fail("expected at most 100000 points of x and y together");
  }
  // Made once, for all rows and as part of the answer: another piece of the same map can be asked for with them.
  Json limits_json = nullptr;
  if (setting.likelihood_parameters == 0) {
    const auto given = request.find("signal_limits");
    limits_json =
        signal_limits_json(setting, given ? read_signal_limits(setting, *given)
                                          : stats::upper_limits(counting_model(*model_, setting), setting.options));
  }
  Json observed = Json::array(), reasons = Json::array(), expected = Json::object();
  for (const auto& name : kBandNames) expected[name] = Json::array();
  std::size_t done = 0;
  for (const double row : y.values) {
    setting.point[y.parameter] = row;
    std::vector<double> checked = model_->initial_slots(setting.setup, kRequest);
    try {
      model_->set_parameter(checked, y.parameter, row, kRequest);
    } catch (const InputError& error) {
      request.at("y").fail(y.parameter + ": " + error.expected());
    }
    const Json row_request = {{"on", on}, {"versus", {{"parameter", x.parameter}}}, {"signal_limits", limits_json}};
    const LimitCurve curve = limit_curve(setting, JsonReader(row_request, kRequest));
    Json observed_row = Json::array(), reason_row = Json::array();
    std::array<Json, 5> expected_row;
    expected_row.fill(Json::array());
    for (const double column : x.values) {
      report_progress(progress, static_cast<double>(done++) / static_cast<double>(x.values.size() * y.values.size()));
      LimitPoint point;
      try {
        point = curve.at(column);
      } catch (const InputError& error) {
        if (error.field() == "versus") request.at("x").fail(error.expected());
        throw;
      }
      observed_row.push_back(optional_json(point.observed));
      reason_row.push_back(point.reason.empty() ? Json(nullptr) : Json(point.reason));
      for (std::size_t k = 0; k < kBandNames.size(); ++k) expected_row[k].push_back(optional_json(point.expected[k]));
    }
    observed.push_back(std::move(observed_row));
    reasons.push_back(std::move(reason_row));
    for (std::size_t k = 0; k < kBandNames.size(); ++k) expected[kBandNames[k]].push_back(std::move(expected_row[k]));
  }
  setting.point.erase(y.parameter);
  const auto unit = [&](const std::string& name) { return model_->card().find_parameter(name)->unit; };
  return {{"card", model_->card().name},
          {"on", on},
          {"unit", unit(on)},
          {"cl", setting.level},
          {"method", setting.method},
          {"constraint", stats::to_string(setting.constraint)},
          {"variant", setting.setup.variant},
          {"projection", setting.setup.projection.empty() ? Json(nullptr) : Json(setting.setup.projection)},
          {"channels", setting.channels},
          {"part", setting.selection.part.empty() ? Json(nullptr) : Json(setting.selection.part)},
          {"exposure_scale", setting.exposure_scale},
          {"set", setting.point},
          {"x", {{"parameter", x.parameter}, {"unit", unit(x.parameter)}, {"values", x.values}}},
          {"y", {{"parameter", y.parameter}, {"unit", unit(y.parameter)}, {"values", y.values}}},
          {"observed", std::move(observed)},
          {"expected", std::move(expected)},
          {"reasons", std::move(reasons)},
          {"signal_limits", std::move(limits_json)},
          {"warnings", likelihood_warnings(setting)}};
}

Json Analysis::evaluate(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"points"});
  const CardLikelihood likelihood(*model_, setting.likelihood());
  const auto points = request.at("points").items();
  const auto reason_of = [](const InputError& error) {
    return error.field() + (error.field().empty() ? "" : ": ") + error.expected();
  };
  // A sampler goes on after a point where the model does not exist: its likelihood is none, and the row says why.
  Json rows = Json::array();
  const auto without_prediction = [](const std::string& reason) -> Json {
    return {
        {"mu", nullptr},           {"mu_mc_error", nullptr}, {"effective_events", nullptr}, {"log_likelihood", nullptr},
        {"kernel_trusted", false}, {"reason", reason}};
  };
  std::vector<std::vector<double>> slots;
  std::vector<std::size_t> row_of;
  for (const auto& reader : points) {
    Point point = setting.point;
    for (const auto& [name, value] : reader.fields()) {
      point[name] = value.number();
      if (model_->card().find_parameter(name) == nullptr) {
        throw InputError(kRequest, reader.path(), "\"" + name + "\" is not a parameter of " + model_->card().name);
      }
    }
    try {
      slots.push_back(model_->slots_at(point, setting.setup, kRequest));
      row_of.push_back(rows.size());
      rows.push_back(nullptr);
    } catch (const InputError& error) {
      rows.push_back(without_prediction(reason_of(error)));
    }
  }
  const std::vector<Prediction> predictions = reweighter().predict_many(slots, setting.selection, progress);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const Prediction& prediction = predictions[i];
    if (!prediction.exists) {
      // The message of one point by itself says why.
      std::string reason = "there is no prediction";
      try {
        reweighter().predict(slots[i], setting.selection);
      } catch (const InputError& error) {
        reason = reason_of(error);
      }
      rows[row_of[i]] = without_prediction(reason);
      continue;
    }
    const WeightedSum total = likelihood.total(prediction);
    const double log_likelihood = -likelihood.minus_log_likelihood(prediction);
    rows[row_of[i]] = {{"mu", total.sum},
                       {"mu_mc_error", total.error()},
                       {"effective_events", total.effective_events()},
                       {"log_likelihood", std::isfinite(log_likelihood) ? Json(log_likelihood) : Json(nullptr)},
                       {"kernel_trusted", reweighter().is_kernel_trusted(slots[i])},
                       {"reason", nullptr}};
  }
  const double without = -likelihood.without_signal();
  return {{"log_likelihood_without_signal", std::isfinite(without) ? Json(without) : Json(nullptr)},
          {"rows", std::move(rows)},
          {"warnings", likelihood.warnings()}};
}

}  // namespace anyslice::api
