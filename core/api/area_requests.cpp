// Requests about regions of a plane: how large they are and how far they differ.
#include "core/api/analysis.hpp"
#include "core/slice/region_areas.hpp"

namespace anyslice::api {
namespace {

Region read_region(const JsonReader& rings) {
  Region region;
  for (const auto& ring : rings.items()) {
    auto& points = region.emplace_back();
    for (const auto& point : ring.items()) {
      const auto place = point.numbers();
      if (place.size() != 2) point.fail("expected [x, y]");
      points.emplace_back(place[0], place[1]);
    }
  }
  return region;
}

std::vector<std::array<double, 4>> read_boxes(const JsonReader& boxes) {
  std::vector<std::array<double, 4>> read;
  for (const auto& box : boxes.items()) {
    const auto ends = box.numbers();
    if (ends.size() != 4 || ends[0] > ends[2] || ends[1] > ends[3])
      box.fail("expected [x0, y0, x1, y1], x0 <= x1 and y0 <= y1");
    read.push_back({ends[0], ends[1], ends[2], ends[3]});
  }
  return read;
}

AreaAxis read_axis(const JsonReader& axis) {
  axis.allow_only({"range", "scale"});
  const auto range = axis.at("range").numbers();
  if (range.size() != 2) axis.at("range").fail("expected [low, high]");
  static const std::vector<std::string> scales = {"lin", "log"};
  return {range[0], range[1], axis.at("scale").one_of(scales) == "log" ? Scale::log : Scale::linear};
}

}  // namespace

Json Analysis::region_areas(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  request.allow_only({"x", "y", "first", "second", "left_out"});
  const auto left_out = request.find("left_out");
  const RegionAreas areas = anyslice::region_areas(
      read_region(request.at("first")), read_region(request.at("second")), read_axis(request.at("x")),
      read_axis(request.at("y")), left_out ? read_boxes(*left_out) : std::vector<std::array<double, 4>>{});
  return {{"window", areas.window}, {"left_out", areas.left_out},     {"first", areas.first},
          {"second", areas.second}, {"only_first", areas.only_first}, {"only_second", areas.only_second}};
}

}  // namespace anyslice::api
