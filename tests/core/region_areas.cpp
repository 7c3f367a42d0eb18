// Areas of regions and of their differences, against closed forms.
#include "core/slice/region_areas.hpp"

#include <algorithm>
#include <cmath>

#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

constexpr AreaAxis kUnit{0, 1, Scale::linear};

Region rectangle(double x0, double y0, double x1, double y1) { return {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}; }

}  // namespace

TEST_CASE("areas of overlapping, equal and disjoint rectangles") {
  const auto overlapping = region_areas(rectangle(0.1, 0.1, 0.6, 0.5), rectangle(0.4, 0.3, 0.9, 0.7), kUnit, kUnit);
  CHECK(overlapping.window == 1);
  CHECK(overlapping.first == near(0.2, 1e-12));
  CHECK(overlapping.second == near(0.2, 1e-12));
  CHECK(overlapping.only_first == near(0.16, 1e-12));
  CHECK(overlapping.only_second == near(0.16, 1e-12));

  const auto equal = region_areas(rectangle(0.1, 0.1, 0.6, 0.5), rectangle(0.1, 0.1, 0.6, 0.5), kUnit, kUnit);
  CHECK(equal.first == near(0.2, 1e-12));
  CHECK(equal.only_first == 0);
  CHECK(equal.only_second == 0);

  const auto apart = region_areas(rectangle(0, 0, 0.2, 1), rectangle(0.5, 0, 0.75, 1), kUnit, kUnit);
  CHECK(apart.only_first == near(0.2, 1e-12));
  CHECK(apart.only_second == near(0.25, 1e-12));

  const auto none = region_areas({}, rectangle(0, 0, 0.5, 1), kUnit, kUnit);
  CHECK(none.first == 0);
  CHECK(none.only_second == near(0.5, 1e-12));
}

TEST_CASE("areas of slanted regions, where sides cross between their points") {
  // Two triangles over the whole width, one rising and one falling: they share a triangle of height 1/2.
  const Region rising = {{{0, 0}, {1, 0}, {1, 1}}}, falling = {{{0, 0}, {1, 0}, {0, 1}}};
  const auto areas = region_areas(rising, falling, kUnit, kUnit);
  CHECK(areas.first == near(0.5, 1e-12));
  CHECK(areas.second == near(0.5, 1e-12));
  CHECK(areas.only_first == near(0.25, 1e-12));
  CHECK(areas.only_second == near(0.25, 1e-12));
}

TEST_CASE("slanted sides keep their slope where they leave a logarithmic window") {
  // From 10 to 1e-9 over the whole width: above 1 for the first tenth of it.
  const Region falling = {{{0, 10}, {1, 1e-9}, {0, 1e-9}}};
  const auto areas = region_areas(falling, {}, kUnit, {1, 10, Scale::log});
  CHECK(areas.window == near(1, 1e-12));
  CHECK(areas.only_first == near(0.05, 1e-12));
}

TEST_CASE("areas follow the even-odd rule and end at the window") {
  Region with_hole = rectangle(0.2, 0.2, 0.8, 0.8);
  with_hole.push_back(rectangle(0.4, 0.4, 0.6, 0.6).front());
  // A closed ring is the same as one whose last point is left out.
  with_hole.front().push_back(with_hole.front().front());
  const auto areas = region_areas(with_hole, rectangle(-5, -5, 0.5, 5), kUnit, kUnit);
  CHECK(areas.first == near(0.32, 1e-12));
  CHECK(areas.second == near(0.5, 1e-12));
  CHECK(areas.only_first == near(0.16, 1e-12));
  CHECK(areas.only_second == near(0.34, 1e-12));

  // A slanted side that leaves the window through its upper end: y = 2 x.
  const auto cut = region_areas({{{0, 0}, {1, 0}, {1, 2}}}, {}, kUnit, kUnit);
  CHECK(cut.first == near(0.75, 1e-12));
}

TEST_CASE("areas on logarithmic axes are in decades") {
  const AreaAxis x{1e-3, 10, Scale::log}, y{1e-6, 1, Scale::log};
  // Straight where it is drawn straight: y from 10^-6 at x = 10^-3 to 1 at x = 10.
  const Region below_diagonal = {{{1e-3, 1e-6}, {10, 1e-6}, {10, 1}}};
  const auto areas = region_areas(below_diagonal, rectangle(0.1, 1e-9, 1, 1e3), x, y);
  CHECK(areas.window == near(24, 1e-12));
  CHECK(areas.first == near(12, 1e-12));
  CHECK(areas.second == near(6, 1e-12));
  CHECK(areas.only_first == near(12 - (3 + 4.5) / 2, 1e-12));
  CHECK(areas.only_second == near(6 - (3 + 4.5) / 2, 1e-12));
  // What is not positive lies below the window.
  CHECK(region_areas(rectangle(0.1, 0, 1, 1), {}, x, y).first == near(6, 1e-12));

  const AreaAxis mass{0, 200, Scale::linear};
  CHECK(region_areas(rectangle(50, 1e-3, 150, 1e-1), {}, mass, y).first == near(200, 1e-12));
}

TEST_CASE("areas leave out where nothing is known") {
  // The triangle below the diagonal; two boxes that overlap cover the square from 0.2 to 0.8 but for two of its
  // corners.
  const Region below = {{{0, 0}, {1, 0}, {1, 1}}};
  const auto areas =
      region_areas(below, rectangle(0, 0, 1, 0.1), kUnit, kUnit, {{0.2, 0.2, 0.6, 0.6}, {0.4, 0.4, 0.8, 0.8}});
  CHECK(areas.window == 1);
  CHECK(areas.left_out == near(2 * 0.16 - 0.04, 1e-12));
  // Either box has one half below the diagonal, and so has what they share.
  CHECK(areas.first == near(0.5 - 0.14, 1e-12));
  CHECK(areas.second == near(0.1, 1e-12));
  CHECK(areas.only_second == near(0.005, 1e-12));
  CHECK(areas.only_first == near(0.36 - 0.095, 1e-12));
  // Boxes may leave the window, and all of it may be unknown.
  const auto nothing = region_areas(below, {}, kUnit, kUnit, {{-1, -1, 0.5, 2}, {0.5, -1, 2, 2}});
  CHECK(nothing.left_out == near(1, 1e-12));
  CHECK(nothing.first == 0);
  const AreaAxis decades{1e-3, 1, Scale::log};
  CHECK(region_areas({}, {}, kUnit, decades, {{0.5, 1e-2, 1, 1e-1}}).left_out == near(0.5, 1e-12));
}

TEST_CASE("areas do not depend on where a ring begins, and two halves make the whole") {
  std::vector<std::pair<double, double>> star;
  for (int i = 0; i < 14; ++i) {
    const double radius = i % 2 == 0 ? 0.45 : 0.17, angle = 2 * 3.14159265358979323846 * i / 14;
    star.emplace_back(0.5 + radius * std::cos(angle), 0.5 + radius * std::sin(angle));
  }
  double twice = 0;
  for (std::size_t i = 0; i < star.size(); ++i) {
    const auto& [x0, y0] = star[i];
    const auto& [x1, y1] = star[(i + 1) % star.size()];
    twice += x0 * y1 - x1 * y0;
  }
  const Region half = rectangle(0, 0, 0.37, 1);
  const auto areas = region_areas({star}, half, kUnit, kUnit);
  CHECK(areas.first == near(twice / 2, 1e-12));
  auto turned = star;
  std::rotate(turned.begin(), turned.begin() + 5, turned.end());
  CHECK(region_areas({turned}, half, kUnit, kUnit).only_first == near(areas.only_first, 1e-12));
  const double inside_half = areas.first - areas.only_first;
  CHECK(region_areas({star}, {}, {0, 0.37, Scale::linear}, kUnit).first == near(inside_half, 1e-12));
}

TEST_CASE("the request for areas is checked") {
  const api::Analysis analysis(testing::built_in_documents(), "/cards/microboone-kdar-scalar.json");
  const Json axis = {{"range", {0, 1}}, {"scale", "lin"}};
  const Json square = Json::array({Json::array({{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}})});
  const Json areas =
      analysis.call("region_areas", {{"x", axis}, {"y", axis}, {"first", square}, {"second", Json::array()}});
  CHECK(areas == Json{{"window", 1.0},
                      {"left_out", 0.0},
                      {"first", 0.5},
                      {"second", 0.0},
                      {"only_first", 0.5},
                      {"only_second", 0.0}});
  const auto refused = [&](const Json& change) {
    Json request = {{"x", axis}, {"y", axis}, {"first", square}, {"second", square}};
    request.update(change);
    return testing::error_of([&] { analysis.call("region_areas", request); });
  };
  CHECK(refused({{"x", {{"range", {1, 1}}, {"scale", "lin"}}}}).find("x.range") != std::string::npos);
  CHECK(refused({{"y", {{"range", {0, 1}}, {"scale", "log"}}}}).find("y.range") != std::string::npos);
  CHECK(refused({{"first", Json::array({Json::array({Json::array({1})})})}}).find("first[0][0]") != std::string::npos);
  CHECK(refused({{"left_out", Json::array({Json::array({0, 0, 1})})}}).find("left_out[0]") != std::string::npos);
  CHECK(refused({{"left_out", Json::array({Json::array({1, 0, 0, 1})})}}).find("left_out[0]") != std::string::npos);
  CHECK(refused({{"third", 1}}).find("third") != std::string::npos);
}
