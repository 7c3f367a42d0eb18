// Numbers, intervals, upper limits and CLs values to and from JSON.
#pragma once

#include "core/base/json_reader.hpp"
#include "core/slice/limit_curve.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// Names of the expected bands in the order of stats::UpperLimits::expected.
inline const std::array<std::string, 5> kBandNames = {"-2", "-1", "0", "+1", "+2"};

Json to_json(const stats::Limit& limit);
Json to_json(const stats::UpperLimits& limits);
Json to_json(double mu, const stats::ClsValues& values);

stats::UpperLimits upper_limits_from(const JsonReader& reader);
stats::ClsValues cls_values_from(const JsonReader& reader);

/// The value, or null for none.
Json optional_json(const std::optional<double>& value);
/// The value, or null for what is no number or infinite.
Json finite_json(double value);
/// [[low, high], …], null for an end that is open.
Json to_json(const std::vector<Interval>& intervals);

/// Reads the fields cl, method, toys, seed into options that already hold defaults.
void read_limit_options(const JsonReader& request, stats::LimitOptions& options);

}  // namespace anyslice::api
