// Reads workspace and request, answers with limits.
#include "core/api/workspace_limits.hpp"

#include "core/api/statistics_json.hpp"
#include "core/api/workspace_reader.hpp"
#include "core/stats/binned_limits.hpp"

namespace anyslice::api {

Json binned_limits_json(const stats::BinnedModel& model, const stats::LimitOptions& options,
                        const ProgressCallback& progress) {
  const bool has_cls = options.method != "delta-lnl-1", has_toys = options.method == "cls-toys";
  const bool has_signal = model.nominal_total(true) > 0;
  std::optional<stats::ClsValues> cls;
  // The toys of the limit are some twenty times those of one strength.
  if (has_cls) {
    cls = stats::binned_cls(model, 1, options, [&](double fraction) {
      report_progress(progress, has_toys ? 0.05 * fraction : 0);
      return true;
    });
  }
  const stats::UpperLimits limits = stats::binned_limits(model, options, [&](double fraction) {
    report_progress(progress, has_toys ? 0.05 + 0.95 * fraction : fraction);
    return true;
  });

  Json expected_cls = Json::object(), cls_error = Json::object(), expected = Json::object(), reasons = Json::object();
  Json expected_error = Json::object();
  for (std::size_t i = 0; i < kBandNames.size(); ++i) {
    expected_cls[kBandNames[i]] = cls ? Json(cls->expected[i]) : Json(nullptr);
    cls_error[kBandNames[i]] = cls ? Json(cls->expected_error[i]) : Json(nullptr);
    expected[kBandNames[i]] = optional_json(limits.expected[i].value);
    expected_error[kBandNames[i]] = limits.expected[i].error;
    if (!limits.expected[i].value) reasons[kBandNames[i]] = limits.expected[i].reason;
  }
  if (!limits.observed.value) reasons["observed"] = limits.observed.reason;
  if (!cls) reasons["CLs"] = options.method + " has no CLs";
  Json interval = nullptr;
  if (!has_cls && has_signal) {
    const stats::ProfileInterval found = stats::binned_interval(model, options.level);
    interval = {{"best", found.best},
                {"low", found.low},
                {"high", optional_json(found.high.value)},
                {"rise_without_signal", found.rise_without_signal}};
  }
  return {{"method", limits.method},
          {"level", limits.level},
          {"bins", model.bins.size()},
          {"parameters", model.parameters.size()},
          {"CLs", cls ? optional_json(cls->observed) : Json(nullptr)},
          {"CLs_error", cls ? Json(cls->observed_error) : Json(nullptr)},
          {"expected_CLs", std::move(expected_cls)},
          {"expected_CLs_error", std::move(cls_error)},
          {"upper_limit", optional_json(limits.observed.value)},
          {"upper_limit_error", limits.observed.error},
          {"expected", std::move(expected)},
          {"expected_error", std::move(expected_error)},
          {"interval", std::move(interval)},
          {"reasons", std::move(reasons)},
          {"warnings", limits.warnings}};
}

Json workspace_limits(const Json& document, const std::string& source, const Json& request_json,
                      const ProgressCallback& progress) {
  const JsonReader request(request_json, "request");
  request.allow_only({"measurement", "method", "cl", "toys", "seed"});
  std::optional<std::string> measurement;
  if (const auto wanted = request.find("measurement")) measurement = wanted->text();
  stats::LimitOptions options;
  options.toys = default_binned_toys;
  Json others = request_json;
  others.erase("method");
  read_limit_options(JsonReader(others, "request"), options);
  options.method = "cls-asymptotic";
  if (const auto method = request.find("method")) options.method = method->one_of(stats::binned_method_names());

  const Workspace workspace = read_workspace(document, source, measurement);
  Json result = {{"measurement", workspace.measurement}, {"poi", workspace.poi}};
  result.update(binned_limits_json(workspace.model, options, progress));
  std::vector<std::string> warnings = workspace.warnings;
  for (const auto& warning : result["warnings"]) warnings.push_back(warning.get<std::string>());
  result["warnings"] = warnings;
  return result;
}

}  // namespace anyslice::api
