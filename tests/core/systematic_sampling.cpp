// Rows that are kept by systematic sampling: each with its own probability, their number close to the sum of them.
#include <algorithm>
#include <cmath>

#include "core/generate/generator.hpp"
#include "core/generate/russian_roulette.hpp"
#include "core/random/counter_random.hpp"
#include "dark_neutrino_support.hpp"

using namespace anyslice;
using namespace anyslice::generate;
using anyslice::testing::square;

namespace {

constexpr std::uint32_t kStream = 9;
constexpr std::uint64_t kCells = 3, kBlock = 1000, kEvents = 2500;

/// The cell of an event and the probability to keep it, which has nothing to do with the choice.
std::pair<std::uint64_t, double> cell_and_probability(std::uint64_t event) {
  CounterRandom random(5, event);
  const auto cell = static_cast<std::uint64_t>(random.uniform() * kCells);
  return {cell, event % 100 == 7 ? 1 : 0.4 * random.uniform()};
}

std::vector<bool> kept_from(std::uint64_t seed, std::uint64_t first) {
  SystematicChoice choice(seed, kStream, kBlock, kCells);
  std::vector<bool> kept;
  for (std::uint64_t event = choice.block_start(first); event < kEvents; ++event) {
    const auto [cell, probability] = cell_and_probability(event);
    const bool keep = choice.keep(event, cell, probability);
    if (event >= first) kept.push_back(keep);
  }
  return kept;
}

}  // namespace

TEST_CASE("systematic sampling keeps as many events of each cell and block as the sum of their probabilities") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto kept = kept_from(seed, 0);
    for (std::uint64_t block = 0; block * kBlock < kEvents; ++block)
      for (std::uint64_t cell = 0; cell < kCells; ++cell) {
        double expected = 0, found = 0;
        for (std::uint64_t event = block * kBlock; event < std::min((block + 1) * kBlock, kEvents); ++event) {
          const auto [own, probability] = cell_and_probability(event);
          if (own != cell) continue;
          expected += probability;
          found += kept[event] ? 1 : 0;
          if (probability == 1) CHECK(kept[event]);
        }
        CAPTURE(expected);
        CHECK(std::abs(found - expected) < 1);
      }
  }
}

TEST_CASE("systematic sampling keeps each event with its own probability, on average over seeds") {
  constexpr std::uint64_t kSeeds = 4000;
  std::vector<double> times(kEvents, 0);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto kept = kept_from(seed, 0);
    for (std::uint64_t event = 0; event < kEvents; ++event) times[event] += kept[event] ? 1 : 0;
  }
  // The sum of squared standard scores of events that are kept at times: about as many as there are.
  double squares = 0, count = 0;
  for (std::uint64_t event = 0; event < kEvents; ++event) {
    const double p = cell_and_probability(event).second;
    const double variance = kSeeds * p * (1 - p);
    if (variance < 10) continue;
    CHECK(std::abs(times[event] - kSeeds * p) < 5 * std::sqrt(variance));
    squares += square(times[event] - kSeeds * p) / variance;
    ++count;
  }
  CHECK(count > 2000);
  // Events of a cell are not independent, which widens the spread of the sum but leaves its mean.
  CHECK(std::abs(squares / count - 1) < 0.3);
}

TEST_CASE("systematic sampling is the same from any event on, and another one with another seed") {
  const auto whole = kept_from(1, 0);
  for (const std::uint64_t first : {1, 999, 1000, 1001, 1500, 2400}) {
    CAPTURE(first);
    CHECK(kept_from(1, first) == std::vector<bool>(whole.begin() + static_cast<std::ptrdiff_t>(first), whole.end()));
  }
  CHECK(kept_from(2, 0) != whole);
}

TEST_CASE("a table of systematic sampling scatters less about the sums of all events than independent rows would") {
  const auto table_with = [](std::uint64_t seed, bool systematic) {
    return generate::generate(testing::built_in_recipe("nd280-light",
                                                       [&](Json& document) {
                                                         document["events"] = 60000;
                                                         document["pilot_events"] = 20000;
                                                         document["seed"] = seed;
                                                         document["parameters"]["mN"] = {{"low", 0.08}, {"high", 0.12}};
                                                         document["parameters"]["mZ"] = {{"low", 0.02}, {"high", 0.04}};
                                                         document.erase("maps");
                                                         for (const char* name : {"weight", "legacy_weight"})
                                                           document["columns"][name] = {{"unit", "GeV^4"}};
                                                         document["roulette"]["rows"] = 300;
                                                         document["roulette"]["systematic"]["bins_per_decade"] = 5;
                                                         if (!systematic) document["roulette"].erase("systematic");
                                                       }),
                              {0, 60000});
  };
  // Events of both detectors; errors as if rows were independent.
  struct Sums {
    double value[2] = {0, 0}, squares[2] = {0, 0};
  };
  const auto sums = [](const EventTable& table) {
    Sums result;
    const auto& labels = table.column("region", "test").labels;
    for (std::size_t row = 0; row < table.rows; ++row) {
      const auto& region = labels[static_cast<std::size_t>(table.column("region", "test").values[row])];
      const double mZ = table.column("mZ", "test").values[row];
      const double weight =
          table.column("weight", "test").values[row] / square(table.column("Q2", "test").values[row] + mZ * mZ);
      const std::size_t detector = region.starts_with("TPC") ? 0 : 1;
      result.value[detector] += weight;
      result.squares[detector] += weight * weight;
    }
    return result;
  };
  constexpr int kSeeds = 12;
  double mean[2][2] = {}, error[2] = {}, pull2[2] = {};
  for (const bool systematic : {false, true}) {
    Sums all[kSeeds];
    for (int seed = 0; seed < kSeeds; ++seed) {
      all[seed] = sums(table_with(static_cast<std::uint64_t>(seed) + 1, systematic));
      for (const int detector : {0, 1}) mean[systematic][detector] += all[seed].value[detector] / kSeeds;
    }
    for (const int detector : {0, 1}) {
      for (const Sums& one : all) {
        pull2[systematic] += square(one.value[detector] - mean[systematic][detector]) / one.squares[detector];
        if (!systematic) error[detector] += one.squares[detector] / square(kSeeds);
      }
    }
  }
  for (const int detector : {0, 1}) {
    CAPTURE(mean[0][detector]);
    CAPTURE(mean[1][detector]);
    CHECK(std::abs(mean[1][detector] - mean[0][detector]) < 4 * std::sqrt(2 * error[detector]));
  }
  // 22 degrees of freedom; what is left with systematic sampling is that of the events thrown, and within cells.
  CHECK(pull2[0] < 44);
  CHECK(pull2[1] < 0.75 * 22);
}
