// A limit curve as comma-separated values.
#include "core/api/limit_csv.hpp"

#include "core/api/csv_text.hpp"
#include "core/api/statistics_json.hpp"
#include "core/base/joined.hpp"

namespace anyslice::api {
namespace {

/// At most 10 significant digits; empty for no value.
std::string cell(const std::optional<JsonReader>& reader) {
  return reader ? number_text(reader->number()) : std::string();
}

}  // namespace

std::string limit_csv(const Json& limit, const Card& card) {
  const JsonReader reader(limit, "limit");
  const std::string on = reader.at("on").text(), versus = reader.at("versus").text();
  std::string out =
      joined("# ", reader.at("card").text(), ": limit on ", on, " at ", cell(reader.at("cl")), " CL, method ",
             reader.at("method").text(), ", constraint ", reader.at("constraint").text(), setting_text(reader), "\n");
  for (const auto& [name, value] : reader.at("set").fields()) out += joined("# ", name, " = ", cell(value), "\n");
  // By -ln L there is a limit without counts, too; otherwise the empty column says it.
  if (const auto points = reader.at("points").items(); !reader.has("signal_limits") && !points.empty()) {
    for (const auto& warning : points.front().at("warnings").texts()) out += joined("# ", warning, "\n");
  }
  out += joined("# ", names_with_units(card, {versus, on}), "\n# lower edges; ", on,
                " is excluded from observed to observed_upper_edge (empty: the end of the range)\n", versus,
                ",observed,observed_upper_edge");
  for (const auto& band : kBandNames) out += joined(",expected_", band);
  out += ",mc_error,effective_events\n";
  for (const auto& point : reader.at("points").items()) {
    out += joined(cell(point.at(versus)), ",", cell(point.find("observed")), ",");
    const auto excluded = point.at("excluded").items();
    if (!excluded.empty()) {
      const auto ends = excluded[0].items();
      if (ends.size() != 2) excluded[0].fail("expected [low, high]");
      if (!ends[1].json().is_null()) out += cell(ends[1]);
    }
    for (const auto& band : kBandNames) out += joined(",", cell(point.at("expected").find(band)));
    out += joined(",", cell(point.find("mc_error")), ",", cell(point.at("effective_events")), "\n");
  }
  return out;
}

}  // namespace anyslice::api
