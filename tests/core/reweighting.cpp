// Re-weighting: the weight factors against hand-written sums, and the fast path against the plain sum.
#include <cmath>
#include <functional>

#include "core/random/counter_random.hpp"
#include "core/reweight/decay_in_volume.hpp"
#include "core/reweight/reweighter.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

TEST_CASE("the decay probability is stable from very short to very long lifetimes") {
  CHECK(decay_probability(0, 2, 1) == near(1 - std::exp(-2.0), 1e-15));
  CHECK(decay_probability(100, 2, 1e12) == near(2e-12 * (1 - 101e-12), 1e-13));
  CHECK(decay_probability(100, 2, 1e300) == near(2e-300, 1e-12));
  CHECK(decay_probability(100, 2, 1e-3) == 0);
  CHECK(decay_probability(100, 0, 10) == 0);
  // Probabilities of adjacent segments add up to that of the whole.
  CHECK(decay_probability(10, 1, 7) + decay_probability(11, 2, 7) == near(decay_probability(10, 3, 7), 1e-14));
}

namespace {

struct Loaded {
  Model model;
  Reweighter reweighter;
  Loaded()
      : model(read_card(testing::built_in_documents(), "/cards/microboone-kdar-scalar.json")),
        reweighter(model, std::make_shared<const EventTable>(read_table(testing::microboone_table(), "t")), "t") {}
};

const Loaded& loaded() {
  static const Loaded instance;
  return instance;
}

}  // namespace

TEST_CASE("a prediction is the sum over events written by hand") {
  const EventTable table = read_table(testing::microboone_table(), "t");
  const auto slots = loaded().model.slots_at({{"mS", 125}, {"theta", 3e-3}},
                                             {.variant = "published", .projection = {}, .switches = {}}, "t");
  const auto value = [&](const char* name) { return slots[loaded().model.slot(name)]; };
  const double efficiency = 0.5 * (0.14 + 0.146);  // half-way between the published 120 and 130 MeV
  const double scale = value("kaons") * value("BR_K_piS") * efficiency * 1.0875;
  const double lambda = value("ctau0") * value("p_S") / 0.125;
  double sum = 0, squares = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double entry = table.column("entry", "t").values[row], exit = entry + table.column("length", "t").values[row];
    const double w =
        scale * table.column("weight", "t").values[row] * (std::exp(-entry / lambda) - std::exp(-exit / lambda));
    sum += w, squares += w * w;
  }
  for (const WeightedSum& found :
       {loaded().reweighter.plain_sum(slots).total(), loaded().reweighter.predict(slots).total()}) {
    CHECK(found.sum == near(sum, 1e-5));
    CHECK(found.sum_of_squares == near(squares, 2e-5));
    CHECK(found.effective_events() == near(sum * sum / squares, 3e-5));
    CHECK(found.error() == near(std::sqrt(squares - sum * sum / 60000), 1e-3));
  }
  CHECK(loaded().reweighter.plain_sum(slots).total().sum == near(sum, 1e-9));
}

TEST_CASE("the fast path keeps its contract of 1e-4 with the plain sum at random points") {
  double worst = 0, worst_squares = 0;
  int compared = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    CounterRandom random(5, i);
    const Point point = {{"mS", 1.1 + random.uniform() * 208.9}, {"theta", std::pow(10, -6 + 5.5 * random.uniform())}};
    const auto slots = loaded().model.slots_at(point, {}, "t");
    const WeightedSum fast = loaded().reweighter.predict(slots).total(),
                      plain = loaded().reweighter.plain_sum(slots).total();
    if (plain.sum < 1e-40) {  // no event, whatever the path
      CHECK(fast.sum < 1e-39);
      continue;
    }
    REQUIRE(std::isfinite(fast.sum));
    REQUIRE(std::isfinite(fast.sum_of_squares));
    worst = std::max(worst, std::abs(fast.sum / plain.sum - 1));
    worst_squares = std::max(worst_squares, std::abs(fast.sum_of_squares / plain.sum_of_squares - 1));
    ++compared;
  }
  CHECK(compared > 500);
  CHECK(worst < 1e-4);
  CHECK(worst_squares < 1e-4);
}

TEST_CASE("the parts of a breakdown add up to the whole") {
  const auto slots = loaded().model.slots_at({}, {}, "t");
  double sum = 0;
  const auto parts = loaded().reweighter.breakdown(slots, "entry_face", {true});
  for (const auto& [name, part] : parts) sum += part.sum;
  CHECK(sum == near(loaded().reweighter.plain_sum(slots).total().sum, 1e-12));
  // The absorber lies below, downstream and to the side of the detector: lines enter through those faces only.
  std::vector<std::string> faces;
  for (const auto& [name, part] : parts) faces.push_back(name);
  CHECK(faces == std::vector<std::string>{"-x", "-y", "+z"});
  CHECK_THROWS_AS(loaded().reweighter.breakdown(slots, "weight", {true}), InputError);
}

TEST_CASE("what a table cannot support is refused") {
  auto table = read_table(testing::microboone_table(), "t");
  const auto message = [&](const std::function<void(EventTable&)>& change) {
    auto changed = table;
    change(changed);
    return testing::error_of(
        [&] { Reweighter(loaded().model, std::make_shared<const EventTable>(changed), "events"); });
  };
  CHECK(message([](EventTable& t) { t.columns[0].values[5] = -1; }) == "events: column weight: row 5 is negative");
  CHECK(message([](EventTable& t) { t.columns[1].unit = "cm"; }).find("weight[2].ctau0: is in m, but column entry") !=
        std::string::npos);
  CHECK(message([](EventTable& t) { t.metadata["events_total"] = "120000"; }).find("is a shard") != std::string::npos);
  CHECK(message([](EventTable& t) { t.columns.erase(t.columns.begin()); }).find("column weight: is not in the table") !=
        std::string::npos);
}
