// Limits of a counting experiment given in numbers, without a card.
#include "core/api/counting_limits.hpp"

#include "core/api/statistics_json.hpp"

namespace anyslice::api {

stats::CountingModel read_counting_model(const JsonReader& request, stats::LimitOptions& options,
                                         std::set<std::string> also_allowed) {
  also_allowed.insert({"observed", "background", "background_error", "signal", "signal_error", "cl", "method",
                       "constraint", "toys", "seed"});
  request.allow_only(also_allowed);
  const auto relative = [&](const char* error, const char* value) {
    if (!request.has(error)) return 0.0;
    const double absolute = request.at(error).non_negative_number(), expected = request.at(value).number();
    if (absolute > 0 && !(expected > 0))
      request.at(error).fail(std::string("expected ") + value + " > 0 to go with it");
    return absolute > 0 ? absolute / expected : 0.0;
  };
  stats::CountingModel model;
  if (request.has("observed")) model.observed = static_cast<double>(request.at("observed").whole_number());
  model.backgrounds = {{"background", request.at("background").non_negative_number()}};
  model.signal = request.at("signal").positive_number();
  if (const double size = relative("background_error", "background"); size > 0) {
    model.systematics.push_back({"background", {size}, 0});
  }
  if (const double size = relative("signal_error", "signal"); size > 0) {
    model.systematics.push_back({"signal", {0}, size});
  }
  if (const auto constraint = request.find("constraint")) {
    model.constraint = stats::parse_constraint(constraint->text(), "request", "constraint");
  }
  read_limit_options(request, options);
  return model;
}

Json counting_limits(const Json& request_json, const ProgressCallback& progress) {
  const JsonReader request(request_json, "request");
  request.at("observed");
  stats::LimitOptions options;
  const stats::CountingModel model = read_counting_model(request, options);
  const stats::ClsValues cls = stats::cls_values(model, 1, options);
  const stats::UpperLimits limits = stats::upper_limits(model, options, progress);
  Json expected_cls = Json::object(), expected = Json::object(), reasons = Json::object();
  for (std::size_t i = 0; i < kBandNames.size(); ++i) {
    expected_cls[kBandNames[i]] = cls.expected[i];
    expected[kBandNames[i]] = optional_json(limits.expected[i].value);
    if (!limits.expected[i].value) reasons[kBandNames[i]] = limits.expected[i].reason;
  }
  Json intervals = Json::array();
  for (const auto& interval : limits.intervals) {
    intervals.push_back({{"kind", interval.kind}, {"low", interval.low}, {"high", interval.high}});
  }
  if (!limits.observed.value) reasons["observed"] = limits.observed.reason;
  return {{"method", limits.method},
          {"level", limits.level},
          {"constraint", stats::to_string(model.constraint)},
          {"CLs", optional_json(cls.observed)},
          {"expected_CLs", std::move(expected_cls)},
          {"upper_limit", optional_json(limits.observed.value)},
          {"upper_limit_error", limits.observed.error},
          {"expected", std::move(expected)},
          {"intervals", std::move(intervals)},
          {"reasons", std::move(reasons)},
          {"warnings", limits.warnings}};
}

}  // namespace anyslice::api
