// A contour as comma-separated values.
#include "core/api/contour_csv.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/api/csv_text.hpp"
#include "core/base/joined.hpp"

namespace anyslice::api {
namespace {

using Place = std::pair<double, double>;
using Line = std::vector<Place>;

std::vector<Line> read_lines(const JsonReader& reader) {
  std::vector<Line> lines;
  for (const auto& line : reader.items()) {
    lines.emplace_back();
    for (const auto& point : line.items()) {
      const auto coordinates = point.items();
      if (coordinates.size() != 2) point.fail("expected [x, y]");
      lines.back().emplace_back(coordinates[0].number(), coordinates[1].number());
    }
  }
  return lines;
}

/// The steps of the limit itself, in both directions.
std::set<std::pair<Place, Place>> limit_steps(const std::vector<Line>& edges) {
  std::set<std::pair<Place, Place>> steps;
  for (const Line& edge : edges) {
    for (std::size_t i = 1; i < edge.size(); ++i) {
      steps.emplace(edge[i - 1], edge[i]);
      steps.emplace(edge[i], edge[i - 1]);
    }
  }
  return steps;
}

}  // namespace

std::vector<std::string> contour_heading(const Json& contour) {
  const JsonReader reader(contour, "contour");
  std::string first = reader.at("card").text() + ": " + number_text(reader.at("cl").number(), 4) + " CL, " +
                      reader.at("method").text() + setting_text(reader);
  if (const auto resolution = reader.find("resolution"); resolution && resolution->text() == "coarse") {
    first += ", coarse: a preview, not computed to its end";
  }
  std::vector<std::string> lines = {std::move(first)};
  for (const auto& [name, value] : reader.at("point").fields()) {
    lines.push_back(name + " = " + number_text(value.number()));
  }
  return lines;
}

std::string contour_csv(const Json& contour, const Card& card) {
  const JsonReader reader(contour, "contour");
  const std::string x = reader.at("x").text(), y = reader.at("y").text();
  std::string out;
  for (const auto& line : contour_heading(contour)) out += joined("# ", line, "\n");
  out += joined("# ", names_with_units(card, {x, y}), "; each ring is closed, excluded inside by the even-odd rule\n",
                "# limit: 1 where the step to the next point is the limit itself, 0 along a mask or the frame\n");
  for (const auto& [field, what] : {std::pair("masked", "nothing is known"), std::pair("outside", "no prediction")}) {
    for (const auto& rectangle : reader.at(field).items()) {
      const auto ends = rectangle.items();
      if (ends.size() != 4) rectangle.fail("expected [x0, y0, x1, y1]");
      const auto end = [&](std::size_t i) { return number_text(ends[i].number(), 4); };
      out += joined("# ", what, ": ", x, " ", end(0), " to ", end(2), ", ", y, " ", end(1), " to ", end(3), "\n");
    }
  }
  out += joined("ring,", x, ",", y, ",limit\n");
  const auto steps = limit_steps(read_lines(reader.at("edges")));
  int number = 0;
  for (const Line& ring : read_lines(reader.at("rings"))) {
    ++number;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      // The last point is the first one again, and so is its next step.
      const Place& next = i + 1 < ring.size() ? ring[i + 1] : ring[std::min<std::size_t>(1, i)];
      out += joined(number, ",", number_text(ring[i].first), ",", number_text(ring[i].second), ",",
                    steps.contains({ring[i], next}) ? "1\n" : "0\n");
    }
  }
  return out;
}

}  // namespace anyslice::api
