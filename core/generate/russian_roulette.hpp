// Russian roulette: an event is kept with a probability p, its weight divided by p. Every sum keeps its expectation,
// whatever p is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace anyslice::generate {

/// p = min(1, factor x importance).
struct RussianRoulette {
  double factor = 0;

  /// Never zero for an importance above zero, which may be infinite.
  double probability(double importance) const { return std::min(1.0, factor * importance); }
};

struct RouletteChoice {
  RussianRoulette roulette;
  double capped_share = 0;  ///< of the kept events, those with p = 1: their weights stay larger than the others'
};

/// The roulette that keeps `rows` of `events` events on average, from the importances of the events of a pilot of
/// `pilot_events`; an infinite one is always kept. Keeps all where even that gives fewer rows.
RouletteChoice choose_roulette(std::vector<double> importances, std::uint64_t pilot_events, double events, double rows);

}  // namespace anyslice::generate
