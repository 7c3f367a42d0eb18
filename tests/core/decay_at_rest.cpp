// The generator of lines from decays at rest: closed forms, an independent simulation, and reproducibility.
#include "core/generate/decay_at_rest.hpp"

#include <cmath>
#include <functional>

#include "core/physics/constants.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::generate;

namespace {

struct Moments {
  double acceptance = 0, acceptance_error = 0, mean_chord = 0, mean_entry = 0;
};

Moments moments_of(const EventTable& table) {
  const auto& weight = table.column("weight", "test").values;
  const auto& entry = table.column("entry", "test").values;
  const auto& length = table.column("length", "test").values;
  Moments result;
  double squares = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    result.acceptance += weight[row];
    squares += weight[row] * weight[row];
    result.mean_chord += weight[row] * length[row];
    result.mean_entry += weight[row] * entry[row];
  }
  result.acceptance_error =
      std::sqrt(squares - result.acceptance * result.acceptance / static_cast<double>(table.events_thrown));
  result.mean_chord /= result.acceptance;
  result.mean_entry /= result.acceptance;
  return result;
}

Recipe changed_recipe(const std::function<void(Json&)>& change) {
  Json document = testing::repository_json("data/recipes/microboone-kdar.json");
  change(document);
  return Recipe::parse(document, "recipe.json");
}

}  // namespace

TEST_CASE("acceptance, chord and distance agree with an independent simulation of the NuMI absorber") {
  const Json reference = testing::repository_json("tests/validation/microboone/reference.json")["geometry"];
  const auto recipe = testing::microboone_recipe();
  const Moments found = moments_of(generate::generate(recipe, Shard::whole(recipe)));
  const double tolerance = reference["tolerance"];
  CHECK(found.acceptance == testing::near(reference["acceptance"].get<double>(), tolerance));
  CHECK(found.mean_chord == testing::near(reference["mean_chord_m"].get<double>(), tolerance));
  CHECK(found.mean_entry == testing::near(reference["mean_entry_m"].get<double>(), tolerance));
}

TEST_CASE("the weights give the exact solid angle of a box seen along its axis") {
  // A point source at distance d from the centre of a face of half-widths a, b sees the solid angle
  // 4 asin(a b / sqrt((a^2 + d^2)(b^2 + d^2))); only that face is visible.
  const double a = 0.7, b = 1.3, d = 2.5;
  for (const double face_fraction : {1.0, 0.5, 0.1}) {
    const auto recipe = changed_recipe([&](Json& r) {
      r["source"]["depth_m"] = {{"front", 0}, {"shape", 1}, {"scale", 0}};
      r["source"]["transverse_sigma_m"] = 0;
      r["beam_frame"]["origin_m"] = {0, 0, 0};
      r["beam_frame"]["rotation"] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
      r["detector"]["box_m"] = {{"low", {-a, -b, d}}, {"high", {a, b, d + 2}}};
      r["proposal"]["face_fraction"] = face_fraction;
      r["columns"]["length"]["quantisation"]["low"] = 1e-25;
      r["events"] = 40000;
    });
    const Moments found = moments_of(generate::generate(recipe, Shard::whole(recipe)));
    const double exact = std::asin(a * b / std::sqrt((a * a + d * d) * (b * b + d * d))) / physics::kPi;
    CAPTURE(face_fraction);
    CHECK(std::abs(found.acceptance - exact) < 4 * found.acceptance_error);
    CHECK(found.acceptance_error < 0.02 * exact);
    // The integral of the chord over solid angle is that of 1/r^2 over the volume.
    double integral = 0;
    constexpr int n = 40;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        for (int k = 0; k < n; ++k) {
          const double x = a * (2 * (i + 0.5) / n - 1), y = b * (2 * (j + 0.5) / n - 1), z = d + 2 * (k + 0.5) / n;
          integral += 1 / (x * x + y * y + z * z);
        }
    integral *= 8 * a * b / (n * n * n) / (4 * physics::kPi);
    CHECK(found.acceptance * found.mean_chord == testing::near(integral, 0.01));
  }
}

TEST_CASE("events depend on recipe, seed and index only: shards merge into the single run") {
  auto recipe = changed_recipe([](Json& r) { r["events"] = 1001; });
  const auto whole = write_table(generate::generate(recipe, Shard::whole(recipe)), "whole");
  std::vector<EventTable> shards;
  for (const std::uint64_t i : {3, 1, 4, 2}) {
    shards.push_back(read_table(write_table(generate::generate(recipe, Shard::of(recipe, i, 4)), "shard"), "shard"));
  }
  const std::vector<std::string> names = {"c", "a", "d", "b"};
  CHECK(write_table(merge_tables(shards, names), "merged") == whole);

  CHECK(testing::error_of([&] {
          merge_tables({shards[0], shards[1]}, {"c", "a"});
        }).find("missing or given twice") != std::string::npos);
  for (const std::size_t missing : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
    auto some = shards;
    auto some_names = names;
    some.erase(some.begin() + static_cast<long>(missing));
    some_names.erase(some_names.begin() + static_cast<long>(missing));
    CHECK(testing::error_of([&] { merge_tables(some, some_names); }).find("missing") != std::string::npos);
  }
  recipe.seed += 1;
  shards[0] = generate::generate(recipe, Shard::of(recipe, 3, 4));
  CHECK(testing::error_of([&] { merge_tables(shards, names); }).find("seed") != std::string::npos);
}

TEST_CASE("the table of the built-in card is the one its recipe makes") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");  // attach_table compares the digests
  CHECK(analysis->rate(Json::object())["mu"].get<double>() > 0);
}

TEST_CASE("a recipe that cannot be run says why") {
  const auto message = [](const std::function<void(Json&)>& change) {
    return testing::error_of([&] {
      const auto recipe = changed_recipe(change);
      write_table(generate::generate(recipe, Shard::whole(recipe)), "t");
    });
  };
  CHECK(message([](Json& r) { r["generator"] = "x"; }).find("generator: expected decay-at-rest") != std::string::npos);
  CHECK(message([](Json& r) { r["events"] = 0; }).find("events") != std::string::npos);
  CHECK(message([](Json& r) { r["proposal"]["face_fraction"] = 1.5; }).find("proposal.face_fraction") !=
        std::string::npos);
  CHECK(message([](Json& r) { r["beam_frame"]["rotation"][0][0] = 2; }).find("beam_frame.rotation") !=
        std::string::npos);
  CHECK(message([](Json& r) { r["detector"]["box_m"]["high"][1] = -5; }).find("detector.box_m") != std::string::npos);
  CHECK(message([](Json& r) { r["detektor"] = 1; }).find("detektor") != std::string::npos);
  CHECK(message([](Json& r) { r["columns"]["entry"]["quantisation"]["low"] = 1000; }).find("column entry") !=
        std::string::npos);
  CHECK(message([](Json& r) { r["source"]["depth_m"]["front"] = 1e300; }).find("no line") != std::string::npos);
  CHECK(message([](Json& r) { r["events"] = 1e15; }).find("events") != std::string::npos);
  CHECK(message([](Json& r) { r["columns"]["charge"] = {{"unit", "1"}}; }).find("columns.charge") != std::string::npos);
  CHECK(message([](Json& r) {
          r["detector"]["box_m"] = {{"low", {-1e3, -1e3, -1e3}}, {"high", {1e3, 1e3, 1e3}}};
        }).find("outside") != std::string::npos);
}
