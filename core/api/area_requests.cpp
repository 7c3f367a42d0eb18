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
  request.allow_only({"x", "y", "first", "second"});
  const RegionAreas areas = anyslice::region_areas(read_region(request.at("first")), read_region(request.at("second")),
                                                   read_axis(request.at("x")), read_axis(request.at("y")));
  return {{"window", areas.window},
          {"first", areas.first},
          {"second", areas.second},
          {"only_first", areas.only_first},
          {"only_second", areas.only_second}};
}

}  // namespace anyslice::api
