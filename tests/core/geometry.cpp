// Path segments of lines through boxes.
#include "core/geometry/box.hpp"
#include "core/random/counter_random.hpp"
#include "support.hpp"

using anyslice::CounterRandom;
using anyslice::geometry::Box;
using anyslice::geometry::path_segment;
using Eigen::Vector3d;

namespace {
const Box kUnitBox{{0, 0, 0}, {1, 1, 1}};
}

TEST_CASE("path segments at faces, edges, corners and from inside") {
  auto segment = path_segment(kUnitBox, {-1, 0.5, 0.5}, {1, 0, 0});
  CHECK(segment.entry == 1);
  CHECK(segment.length == 1);
  CHECK(segment.entry_face == 0);

  segment = path_segment(kUnitBox, {0.25, 0.5, 0.5}, {-1, 0, 0});
  CHECK(segment.entry == 0);
  CHECK(segment.length == 0.25);
  CHECK(segment.entry_face == -1);

  CHECK(path_segment(kUnitBox, {-1, 0.5, 0.5}, {-1, 0, 0}).length == 0);  // behind
  CHECK(path_segment(kUnitBox, {-1, 2, 0.5}, {1, 0, 0}).length == 0);     // beside
  const Vector3d diagonal = Vector3d(1, 1, 1).normalized();
  segment = path_segment(kUnitBox, -diagonal, diagonal);
  CHECK(segment.entry == anyslice::testing::near(1, 1e-12));
  CHECK(segment.length == anyslice::testing::near(std::sqrt(3.0), 1e-12));
  CHECK(path_segment(kUnitBox, {-1, 0, 0.5}, Vector3d(1, -1, 0).normalized()).length == 0);  // touches no point inside
  CHECK(path_segment(kUnitBox, {-1, 1, 0.5}, {1, 0, 0}).length == 1);                        // runs within a face
  CHECK(path_segment(kUnitBox, {-1, 0, 0.5}, Vector3d(1, 1, 0).normalized()).length == 0);   // touches one edge
}

TEST_CASE("path segments agree with points stepped along the line") {
  const Box box{{-1, -2, 0.5}, {1, 0.5, 3}};
  for (std::uint64_t i = 0; i < 200; ++i) {
    CounterRandom random(11, i);
    const Vector3d start(6 * random.uniform() - 3, 6 * random.uniform() - 3, 6 * random.uniform() - 3);
    const Vector3d direction = Vector3d(random.normal(), random.normal(), random.normal()).normalized();
    const auto segment = path_segment(box, start, direction);
    int inside = 0;
    constexpr int kSteps = 20000;
    constexpr double kReach = 20;
    for (int step = 0; step < kSteps; ++step)
      inside += box.contains(start + direction * (kReach * (step + 0.5) / kSteps));
    CHECK(std::abs(segment.length - kReach * inside / kSteps) <= 2.1 * kReach / kSteps);
    if (segment.length > 0) CHECK(box.contains(start + direction * (segment.entry + 0.5 * segment.length)));
  }
}
