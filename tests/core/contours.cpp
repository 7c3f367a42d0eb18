// Contour tracing: known shapes, frames and masks, degenerate levels, random fields, and how little is evaluated.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/physics/constants.hpp"
#include "core/random/counter_random.hpp"
#include "core/slice/contour.hpp"
#include "hausdorff.hpp"
#include "near.hpp"

using namespace anyslice;
using anyslice::physics::kPi;
using anyslice::testing::distance_to_polylines;
using anyslice::testing::hausdorff;
using anyslice::testing::kInfinity;
using anyslice::testing::near;
using anyslice::testing::Polyline;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

using Field = std::function<double(double u, double v)>;

struct Traced : Contours {
  std::size_t evaluations = 0, batches = 0;
};

bool in_unit_square(UnitPoint p) { return p.u >= 0 && p.u <= 1 && p.v >= 0 && p.v <= 1; }

double signed_area(const Polyline& ring) {
  double twice = 0;
  for (std::size_t i = 1; i < ring.size(); ++i) twice += ring[i - 1].u * ring[i].v - ring[i].u * ring[i - 1].v;
  return 0.5 * twice;
}

double total_area(const Contours& contours) {
  double sum = 0;
  for (const auto& ring : contours.rings) sum += signed_area(ring);
  return sum;
}

bool is_closed(const Polyline& line) { return line.front().u == line.back().u && line.front().v == line.back().v; }

/// By the even-odd rule, as a plot fills the rings.
bool is_filled(const Contours& contours, UnitPoint p) {
  bool filled = false;
  for (const auto& ring : contours.rings) {
    for (std::size_t i = 1; i < ring.size(); ++i) {
      const UnitPoint a = ring[i - 1], b = ring[i];
      if ((a.v > p.v) != (b.v > p.v) && p.u < a.u + (b.u - a.u) * (p.v - a.v) / (b.v - a.v)) filled = !filled;
    }
  }
  return filled;
}

/// Traces, and checks what holds for any field.
Traced trace(const Field& field, double level = 0, const ContourOptions& options = {}) {
  Traced traced;
  std::set<std::pair<double, double>> seen;
  const FieldEvaluator evaluator = [&](std::span<const UnitPoint> points, std::span<double> values) {
    REQUIRE(points.size() == values.size());
    ++traced.batches;
    traced.evaluations += points.size();
    bool inside = true, is_new = true;
    for (std::size_t i = 0; i < points.size(); ++i) {
      inside = inside && in_unit_square(points[i]);
      is_new = seen.emplace(points[i].u, points[i].v).second && is_new;
      values[i] = field(points[i].u, points[i].v);
    }
    CHECK(inside);
    CHECK(is_new);
  };
  static_cast<Contours&>(traced) = trace_contours(evaluator, level, options);
  for (const auto& ring : traced.rings) {
    CHECK(ring.size() >= 4);
    CHECK(is_closed(ring));
    CHECK(signed_area(ring) != 0);
    bool moves = true;
    for (std::size_t i = 1; i < ring.size(); ++i) {
      moves = moves && (ring[i].u != ring[i - 1].u || ring[i].v != ring[i - 1].v) && in_unit_square(ring[i]);
    }
    CHECK(moves);
  }
  for (const auto& edge : traced.edges) CHECK(edge.size() >= 2);
  return traced;
}

Field disc(double u0, double v0, double radius) {
  return [=](double u, double v) { return radius * radius - (u - u0) * (u - u0) - (v - v0) * (v - v0); };
}

Polyline circle(double u0, double v0, double radius) {
  constexpr int kPoints = 2000;
  Polyline line;
  for (int i = 0; i <= kPoints; ++i) {
    const double angle = 2 * kPi * i / kPoints;
    line.push_back({u0 + radius * std::cos(angle), v0 + radius * std::sin(angle)});
  }
  return line;
}

/// Of the finest grid that is spared.
std::size_t full_grid(const ContourOptions& options) {
  const std::size_t across = (options.cells << options.halvings) + 1;
  return across * across;
}

/// A sum of Gaussian hills and hollows, none narrower than three coarse cells.
struct RandomField {
  struct Hill {
    double u, v, width, height;
  };
  std::vector<Hill> hills;

  explicit RandomField(std::uint64_t seed) {
    CounterRandom random(seed, 0);
    for (int i = 0; i < 8; ++i) {
      const double u = random.uniform(), v = random.uniform(), width = 0.1 + 0.15 * random.uniform();
      hills.push_back({u, v, width, 2 * random.uniform() - 1});
    }
  }
  double operator()(double u, double v) const {
    double sum = 0;
    for (const Hill& hill : hills) {
      const double du = (u - hill.u) / hill.width, dv = (v - hill.v) / hill.width;
      sum += hill.height * std::exp(-0.5 * (du * du + dv * dv));
    }
    return sum;
  }
};

}  // namespace

TEST_CASE("A disc is traced to a ten thousandth with far fewer evaluations than a fine grid") {
  const auto traced = trace(disc(0.47, 0.52, 0.3));
  REQUIRE(traced.rings.size() == 1);
  CHECK(signed_area(traced.rings[0]) == near(kPi * 0.09, 3e-4));
  CHECK(hausdorff(traced.rings, {circle(0.47, 0.52, 0.3)}) < 1e-4);
  // The level is all of the border.
  REQUIRE(traced.edges.size() == 1);
  CHECK(is_closed(traced.edges[0]));
  CHECK(traced.edges[0].size() == traced.rings[0].size());
  CHECK(traced.masked.empty());
  INFO("evaluations: " << traced.evaluations << " in batches: " << traced.batches);
  CHECK(static_cast<double>(traced.evaluations) < 0.35 * static_cast<double>(full_grid({})));
  CHECK(traced.batches <= 8);
}

TEST_CASE("Polishing puts crossings on the level of a field that is far from linear, along the axes it may") {
  const Field steep = [](double u, double v) { return std::exp(40 * disc(0.5, 0.5, 0.3)(u, v)) - 1; };
  const auto largest_error = [&](bool polish_u, bool polish_v) {
    const auto traced = trace(steep, 0, {16, 1, polish_u, polish_v});
    REQUIRE(traced.rings.size() == 1);
    std::pair<double, double> largest{0, 0};  // on edges along u, along v
    for (const UnitPoint p : traced.rings[0]) {
      const bool on_v_line = std::abs(p.u * 32 - std::round(p.u * 32)) < 1e-12;
      double& error = on_v_line ? largest.second : largest.first;
      error = std::max(error, std::abs(std::hypot(p.u - 0.5, p.v - 0.5) - 0.3));
    }
    return largest;
  };
  const auto none = largest_error(false, false), along_u = largest_error(true, false), both = largest_error(true, true);
  CHECK(none.first > 5e-4);
  CHECK(none.second > 5e-4);
  CHECK(along_u.first < 1e-5);
  CHECK(along_u.second == none.second);
  CHECK(both.first < 1e-5);
  CHECK(both.second < 1e-5);
}

TEST_CASE("An annulus has a counter-clockwise outer ring and a clockwise hole") {
  const auto traced = trace([](double u, double v) { return 0.1 - std::abs(std::hypot(u - 0.5, v - 0.5) - 0.3); });
  REQUIRE(traced.rings.size() == 2);
  const double first = signed_area(traced.rings[0]), second = signed_area(traced.rings[1]);
  CHECK(std::max(first, second) == near(kPi * 0.16, 1e-3));
  CHECK(std::min(first, second) == near(-kPi * 0.04, 1e-3));
  CHECK(hausdorff(traced.rings, {circle(0.5, 0.5, 0.2), circle(0.5, 0.5, 0.4)}) < 1e-4);
  CHECK(traced.edges.size() == 2);
}

TEST_CASE("A saddle is joined as its centre says") {
  // The centre of the saddle is the centre of a finest cell.
  const double centre = 0.5 + 0.5 / 128;
  for (const double shift : {1e-7, -1e-7}) {
    CAPTURE(shift);
    const auto traced = trace([&](double u, double v) { return (u - centre) * (v - centre) + shift; });
    CHECK(traced.rings.size() == (shift > 0 ? 1 : 2));
    CHECK(traced.edges.size() == 2);
    CHECK(total_area(traced) == near(centre * centre + (1 - centre) * (1 - centre), 1e-4));
    CHECK(is_filled(traced, {centre + 1e-5, centre - 1e-5}) == (shift > 0));
  }
}

TEST_CASE("Regions at the frame are closed along it") {
  SUBCASE("one edge") {
    const auto traced = trace(disc(0.5, 0, 0.3));
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == near(kPi * 0.045, 3e-4));
    REQUIRE(traced.edges.size() == 1);
    CHECK_FALSE(is_closed(traced.edges[0]));
    // The straight part adds no corners: the ring has those of the edge.
    CHECK(traced.rings[0].size() == traced.edges[0].size() + 1);
    // The region is to the left.
    CHECK(traced.edges[0].front().u == near(0.8, 1e-6));
    CHECK(traced.edges[0].back().u == near(0.2, 1e-6));
  }
  SUBCASE("two edges") {
    const auto traced = trace([](double u, double) { return 0.1 - std::abs(u - 0.4); });
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == near(0.2, 1e-9));
    CHECK(traced.edges.size() == 2);
  }
  SUBCASE("a corner") {
    const auto traced = trace(disc(1, 1, 0.4));
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == near(kPi * 0.04, 3e-4));
    CHECK(traced.edges.size() == 1);
    CHECK(std::count_if(traced.rings[0].begin(), traced.rings[0].end(),
                        [](UnitPoint p) { return p.u == 1 && p.v == 1; }) == 1);
  }
  SUBCASE("all but a disc") {
    const auto traced = trace([](double u, double v) { return -disc(0.5, 0.5, 0.3)(u, v); });
    REQUIRE(traced.rings.size() == 2);
    CHECK(total_area(traced) == near(1 - kPi * 0.09, 3e-4));
    CHECK(traced.edges.size() == 1);
  }
}

TEST_CASE("Everything and nothing") {
  const auto everything = trace([](double, double) { return 1.0; });
  REQUIRE(everything.rings.size() == 1);
  CHECK(everything.rings[0].size() == 5);
  CHECK(signed_area(everything.rings[0]) == 1);
  CHECK(everything.edges.empty());
  CHECK(everything.evaluations == 33 * 33);
  CHECK(everything.batches == 1);
  const auto nothing = trace([](double, double) { return -1.0; });
  CHECK(nothing.rings.empty());
  CHECK(nothing.edges.empty());
  const auto unknown = trace([](double, double) { return kNaN; });
  CHECK(unknown.rings.empty());
  REQUIRE(unknown.masked.size() == 1);
  CHECK(unknown.masked[0] == std::array<double, 4>{0, 0, 1, 1});
}

TEST_CASE("A thin band is followed from a wider part") {
  // A third of a coarse cell wide, from the middle of a disc to the corners.
  const double half_width = 0.5 / 3 / 32;
  for (const double slope : {1.0, 0.83}) {
    CAPTURE(slope);
    const Field band = [&](double u, double v) {
      const double across = std::abs((v - 0.5) - slope * (u - 0.5) + 0.001) / std::hypot(1, slope);
      return std::max(half_width - across, 0.1 - std::hypot(u - 0.5, v - 0.5));
    };
    const auto traced = trace(band);
    REQUIRE(traced.rings.size() == 1);
    CHECK(is_filled(traced, {0.01, 0.499 + slope * (0.01 - 0.5)}));
    CHECK(is_filled(traced, {0.99, 0.499 + slope * (0.99 - 0.5)}));
    CHECK(traced.edges.size() == 2);
    INFO("evaluations: " << traced.evaluations << " in batches: " << traced.batches);
    CHECK(static_cast<double>(traced.evaluations) < 0.35 * static_cast<double>(full_grid({})));
  }
}

TEST_CASE("Regions end at masked cells, with a border that is not the level") {
  const auto traced = trace([](double u, double v) { return u + v > 1.2 ? kNaN : disc(0.5, 0.5, 0.3)(u, v); });
  REQUIRE(traced.rings.size() == 1);
  REQUIRE(traced.edges.size() == 1);
  CHECK_FALSE(is_closed(traced.edges[0]));
  CHECK(hausdorff(traced.edges, {circle(0.5, 0.5, 0.3)}) > 0.1);
  CHECK(testing::directed_hausdorff(traced.edges, {circle(0.5, 0.5, 0.3)}) < 1e-4);
  // The border follows the mask in finest cells.
  double farthest = 0;
  for (const UnitPoint p : traced.rings[0]) {
    CHECK(p.u + p.v <= 1.2);
    if (distance_to_polylines(p, traced.edges) > 0.02) farthest = std::max(farthest, std::abs(p.u + p.v - 1.2));
  }
  CHECK(farthest < 2.1 / 128);
  double masked_area = 0;
  for (const auto& [u0, v0, u1, v1] : traced.masked) {
    CHECK(u1 + v1 > 1.2);
    masked_area += (u1 - u0) * (v1 - v0);
  }
  CHECK(masked_area == near(0.32, 0.1));
  CHECK(traced.masked.size() <= 128);

  SUBCASE("what the field is not defined on is told from what is not known") {
    // Above 0.5 nothing is known, and right of 0.75 there is nothing; below, the field ends at u + v = 1.2.
    ContourOptions options;
    options.is_outside = [](UnitPoint p) { return p.u > 0.75 || (p.v <= 0.5 && p.u + p.v > 1.2); };
    const auto both = trace_contours(
        [&](std::span<const UnitPoint> points, std::span<double> values) {
          for (std::size_t i = 0; i < points.size(); ++i) {
            values[i] = points[i].v > 0.5 || options.is_outside(points[i]) ? kNaN : -1.0;
          }
        },
        0, options);
    const auto covers = [](const auto& rectangles, double u, double v) {
      return std::any_of(rectangles.begin(), rectangles.end(),
                         [&](const auto& r) { return r[0] <= u && u <= r[2] && r[1] <= v && v <= r[3]; });
    };
    CHECK(covers(both.masked, 0.3, 0.8));
    CHECK(!covers(both.outside, 0.3, 0.8));
    CHECK(covers(both.outside, 0.9, 0.8));
    CHECK(!covers(both.masked, 0.9, 0.8));
    CHECK(!covers(both.outside, 0.5, 0.4));
    // The steps of the edge are those of the finest cells, although the level runs nowhere near.
    const double cell = 1.0 / static_cast<double>(options.cells << options.halvings);
    CHECK(covers(both.outside, 0.74, 0.46 + cell));
    CHECK(!covers(both.outside, 0.74, 0.46 - 1.5 * cell));
  }
  SUBCASE("masked cells that touch only at a corner") {
    const auto checkers = trace(
        [](double u, double v) {
          const bool left = u<0.3, right = u> 0.7, low = v<0.3, high = v> 0.7;
          return (left && high) || (right && low) ? kNaN : 1.0;
        },
        0, {2, 0});
    REQUIRE(checkers.rings.size() == 2);
    CHECK(total_area(checkers) == 0.5);
    CHECK(checkers.edges.empty());
    CHECK(checkers.masked.size() == 2);
  }
  SUBCASE("single unknown points") {
    const auto holed = trace([](double u, double v) { return u == 0.5 && v == 0.25 ? kNaN : 1.0; });
    REQUIRE(holed.rings.size() == 2);
    CHECK(total_area(holed) == near(1 - 4 / (128.0 * 128.0), 1e-12));
    CHECK(holed.masked.size() == 1);
  }
}

TEST_CASE("Infinite values bound a region") {
  const auto cliff = [](double height, double depth) {
    return trace([=](double u, double v) { return disc(0.47, 0.52, 0.3)(u, v) >= 0 ? height : depth; });
  };
  for (const auto& traced : {cliff(kInfinity, -kInfinity), cliff(1, -kInfinity), cliff(kInfinity, -1)}) {
    REQUIRE(traced.rings.size() == 1);
    CHECK(hausdorff(traced.rings, {circle(0.47, 0.52, 0.3)}) < 3e-4);
  }
  // A logarithm, with the level inside of where it is finite.
  const auto logarithm = trace(
      [](double u, double v) {
        const double x = disc(0.47, 0.52, 0.3)(u, v);
        return x > 0 ? std::log(x) : -kInfinity;
      },
      std::log(1e-2));
  REQUIRE(logarithm.rings.size() == 1);
  CHECK(hausdorff(logarithm.rings, {circle(0.47, 0.52, std::sqrt(0.09 - 1e-2))}) < 1e-4);
}

TEST_CASE("Levels that are met exactly at nodes give no degenerate rings") {
  SUBCASE("straight lines on the grid") {
    const auto traced = trace([](double u, double v) { return 0.25 - std::max(std::abs(u - 0.5), std::abs(v - 0.5)); });
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == 0.25);
    CHECK(traced.edges.size() == 1);
  }
  SUBCASE("diagonals through nodes") {
    const auto traced = trace([](double u, double v) { return 0.25 - std::abs(u - 0.5) - std::abs(v - 0.5); });
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == near(0.125, 1e-12));
  }
  SUBCASE("a peak, a ridge and the frame that only reach the level have no area") {
    CHECK(trace([](double u, double v) { return -std::hypot(u - 0.5, v - 0.5); }).rings.empty());
    CHECK(trace([](double u, double) { return -std::abs(u - 0.5); }).rings.empty());
    CHECK(trace([](double u, double v) { return -std::abs(u - 0.5) - std::max(0.0, v - 0.5); }).rings.empty());
    CHECK(trace([](double u, double) { return -u; }).rings.empty());
    // The corner between two such lines is cut by linear interpolation.
    CHECK(total_area(trace([](double u, double v) { return -u * v; })) < 1.0 / 128 / 128);
  }
  SUBCASE("a whisker at a region is cut") {
    const auto traced = trace([](double u, double v) {
      return std::max(0.25 - std::max(std::abs(u - 0.5), std::abs(v - 0.5)), -std::abs(u - 0.5));
    });
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == near(0.25, 1e-3));
    CHECK(hausdorff(traced.rings, {{{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.25, 0.75}, {0.25, 0.25}}}) <
          1.01 / 128);
  }
  SUBCASE("a pit that only reaches the level is inside") {
    const auto traced = trace([](double u, double v) { return std::hypot(u - 0.5, v - 0.5); });
    REQUIRE(traced.rings.size() == 1);
    CHECK(signed_area(traced.rings[0]) == 1);
  }
  SUBCASE("a saddle at a node") {
    const auto traced = trace([](double u, double v) { return (u - 0.5) * (v - 0.5); });
    CHECK(total_area(traced) == near(0.5, 1e-3));
  }
}

TEST_CASE("Plateaus at the level and beside it") {
  const Field hat = [](double u, double v) { return std::min(0.0, disc(0.5, 0.5, 0.3)(u, v)); };
  const auto at_level = trace(hat);
  REQUIRE(at_level.rings.size() == 1);
  CHECK(signed_area(at_level.rings[0]) == near(kPi * 0.09, 0.03));
  const auto everywhere = trace([](double, double) { return 0.0; });
  REQUIRE(everywhere.rings.size() == 1);
  CHECK(signed_area(everywhere.rings[0]) == 1);
  const auto stairs = trace([](double u, double v) { return std::floor(5 * (u + 0.3 * v)); }, 2.5);
  REQUIRE(stairs.rings.size() == 1);
  CHECK(testing::directed_hausdorff(stairs.edges, {{{0.6, 0}, {0.3, 1}}}) < 1.5 / 128);
}

TEST_CASE("Random fields: filled where the field is above the level") {
  double evaluated = 0;
  int fields = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const RandomField field(seed);
    const auto traced = trace(field, 0.1);
    CounterRandom random(seed, 1);
    int wrong = 0;
    for (int i = 0; i < 500; ++i) {
      const UnitPoint p{random.uniform(), random.uniform()};
      if (is_filled(traced, p) == (field(p.u, p.v) >= 0.1)) continue;
      if (distance_to_polylines(p, traced.edges) > 1.0 / 128) ++wrong;
    }
    CHECK(wrong == 0);
    CHECK(traced.batches <= 20);
    evaluated += static_cast<double>(traced.evaluations) / static_cast<double>(full_grid({}));
    ++fields;
  }
  INFO("evaluated on average: " << evaluated / fields);
  CHECK(evaluated / fields < 0.35);
}

TEST_CASE("Random fields with holes: nothing is drawn in masked cells") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const RandomField field(seed), mask(seed + 1000);
    const auto traced = trace([&](double u, double v) { return mask(u, v) > 0.3 ? kNaN : field(u, v); }, 0.1);
    CounterRandom random(seed, 2);
    int wrong = 0;
    for (int i = 0; i < 500; ++i) {
      const UnitPoint p{random.uniform(), random.uniform()};
      bool masked = false;
      for (const auto& [u0, v0, u1, v1] : traced.masked) {
        masked = masked || (p.u > u0 && p.u < u1 && p.v > v0 && p.v < v1);
      }
      const bool expected = !masked && field(p.u, p.v) >= 0.1;
      if (is_filled(traced, p) != expected && distance_to_polylines(p, traced.edges) > 1.0 / 128) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("Noise with ties, infinite and unknown values gives closed rings inside the known cells") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const double choices[] = {-1, 0, 1, 0.5, -kInfinity, kInfinity, kNaN, -0.25};
    const std::size_t kinds = seed % 2 == 0 ? 8 : 4;
    const auto noise = [&](double u, double v) {
      const auto index = static_cast<std::uint64_t>(std::llround(u * (1 << 20))) * 2097169 +
                         static_cast<std::uint64_t>(std::llround(v * (1 << 20)));
      CounterRandom random(seed, index);
      return choices[static_cast<std::size_t>(random.uniform() * static_cast<double>(kinds))];
    };
    const auto traced = trace(noise, 0, {static_cast<std::size_t>(1 + seed % 7), static_cast<int>(seed % 3)});
    double masked = 0;
    for (const auto& [u0, v0, u1, v1] : traced.masked) masked += (u1 - u0) * (v1 - v0);
    CHECK(total_area(traced) >= 0);
    CHECK(total_area(traced) <= 1 - masked + 1e-12);
  }
}

TEST_CASE("Tracing reports progress and can be cancelled") {
  const FieldEvaluator evaluator = [](std::span<const UnitPoint> points, std::span<double> values) {
    for (std::size_t i = 0; i < points.size(); ++i) values[i] = disc(0.5, 0.5, 0.3)(points[i].u, points[i].v);
  };
  double last = 0;
  bool rises = true;
  trace_contours(evaluator, 0, {}, [&](double fraction) {
    rises = rises && fraction >= last && fraction <= 1;
    last = fraction;
    return true;
  });
  CHECK(rises);
  CHECK(last == 1);
  CHECK_THROWS_AS(trace_contours(evaluator, 0, {}, [](double fraction) { return fraction < 0.5; }), Cancelled);
  CHECK_THROWS_AS(trace_contours(evaluator, 0, {}, [](double) { return false; }), Cancelled);
}
