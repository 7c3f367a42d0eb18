// JSON shapes of statistical results.
#include "core/api/statistics_json.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice::api {

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json finite_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const std::vector<Interval>& intervals) {
  Json result = Json::array();
  for (const auto& interval : intervals) {
    result.push_back(Json::array({optional_json(interval.low), optional_json(interval.high)}));
  }
  return result;
}

Json to_json(const stats::Limit& limit) {
  return {{"value", optional_json(limit.value)},
          {"error", limit.error},
          {"reason", limit.value ? Json(nullptr) : Json(limit.reason)}};
}

Json to_json(const stats::UpperLimits& limits) {
  Json expected = Json::object();
  for (std::size_t i = 0; i < kBandNames.size(); ++i) expected[kBandNames[i]] = to_json(limits.expected[i]);
  Json intervals = Json::array();
  for (const auto& interval : limits.intervals) {
    intervals.push_back({{"kind", interval.kind}, {"low", interval.low}, {"high", interval.high}});
  }
  return {{"method", limits.method},
          {"level", limits.level},
          {"unit", "events"},
          {"observed", to_json(limits.observed)},
          {"expected", std::move(expected)},
          {"intervals", std::move(intervals)},
          {"warnings", limits.warnings}};
}

Json to_json(double mu, const stats::ClsValues& values) {
  return {{"mu", mu},
          {"observed", optional_json(values.observed)},
          {"observed_error", values.observed_error},
          {"expected", values.expected},
          {"expected_error", values.expected_error}};
}

stats::UpperLimits upper_limits_from(const JsonReader& reader) {
  const auto limit = [](const JsonReader& entry) {
    stats::Limit result;
    if (const auto value = entry.find("value")) result.value = value->positive_number();
    if (const auto error = entry.find("error")) result.error = error->non_negative_number();
    if (const auto reason = entry.find("reason")) result.reason = reason->text();
    return result;
  };
  stats::UpperLimits limits;
  limits.method = reader.at("method").text();
  limits.level = reader.at("level").number();
  limits.observed = limit(reader.at("observed"));
  for (std::size_t i = 0; i < kBandNames.size(); ++i)
    limits.expected[i] = limit(reader.at("expected").at(kBandNames[i]));
  if (const auto intervals = reader.find("intervals")) {
    for (const auto& entry : intervals->items()) {
      limits.intervals.push_back(
          {entry.at("kind").text(), entry.at("low").non_negative_number(), entry.at("high").non_negative_number()});
    }
  }
  if (const auto warnings = reader.find("warnings")) limits.warnings = warnings->texts();
  return limits;
}

stats::ClsValues cls_values_from(const JsonReader& reader) {
  const auto five = [](const JsonReader& entry, std::array<double, 5>& values) {
    const auto numbers = entry.numbers();
    if (numbers.size() != values.size()) entry.fail("expected five numbers");
    std::copy(numbers.begin(), numbers.end(), values.begin());
  };
  stats::ClsValues values;
  if (const auto observed = reader.find("observed")) values.observed = observed->number();
  values.observed_error = reader.at("observed_error").number();
  five(reader.at("expected"), values.expected);
  five(reader.at("expected_error"), values.expected_error);
  return values;
}

void read_limit_options(const JsonReader& request, stats::LimitOptions& options) {
  if (const auto level = request.find("cl")) {
    options.level = level->number();
    if (!(options.level > 0 && options.level < 1))
      level->fail("expected a confidence level between 0 and 1 (0.95 for 95 %), found " + level->json().dump());
  }
  if (const auto method = request.find("method")) options.method = method->text();
  if (const auto toys = request.find("toys")) options.toys = toys->whole_number();
  if (const auto seed = request.find("seed")) options.seed = seed->whole_number();
  try {
    options.validate(request.source());
  } catch (const InputError& error) {
    // What the statistics call the level is "cl" in a request.
    throw InputError(error.source(), error.field() == "level" ? "cl" : error.field(), error.expected());
  }
}

}  // namespace anyslice::api
