// A limit curve as comma-separated values.
#include <cstdio>
#include <sstream>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"

namespace anyslice::api {
namespace {

/// Shortest text of at most 10 significant digits; empty for null.
std::string cell(const Json& value) {
  if (!value.is_number()) return {};
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value.get<double>());
  return text;
}

}  // namespace

std::string limit_csv(const Json& limit) {
  const JsonReader reader(limit, "limit");
  const std::string on = reader.at("on").text(), versus = reader.at("versus").text();
  std::ostringstream out;
  out << "# " << reader.at("card").text() << ": limit on " << on << " at " << cell(limit["cl"]) << " CL, method "
      << reader.at("method").text() << ", constraint " << reader.at("constraint").text() << ", variant "
      << reader.at("variant").text() << ", exposure x " << cell(limit["exposure_scale"]) << "\n";
  for (const auto& [name, value] : reader.at("set").fields())
    out << "# " << name << " = " << cell(value.json()) << "\n";
  out << "# lower edges; " << on << " is excluded from observed to observed_upper_edge (empty: the end of the range)\n";
  out << versus << ",observed,observed_upper_edge";
  for (const auto& band : kBandNames) out << ",expected_" << band;
  out << ",mc_error,effective_events\n";
  for (const auto& point : reader.at("points").items()) {
    const Json& excluded = point.json()["excluded"];
    out << cell(point.json()[versus]) << "," << cell(point.json()["observed"]) << ","
        << (excluded.empty() ? "" : cell(excluded[0][1]));
    for (const auto& band : kBandNames) out << "," << cell(point.json()["expected"][band]);
    out << "," << cell(point.json()["mc_error"]) << "," << cell(point.json()["effective_events"]) << "\n";
  }
  return out.str();
}

}  // namespace anyslice::api
