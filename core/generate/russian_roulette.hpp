// Russian roulette: an event is kept with a probability p, its weight divided by p. Every sum keeps its expectation,
// whatever p is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
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

/// Systematic sampling (W. G. Madow and L. H. Madow, Ann. Math. Stat. 15 (1944) 1): of the events of one cell, taken in
/// order, those are kept at which the sum of their probabilities passes the next whole number, from a random start.
/// Each is kept with its own probability, as by independent draws, but their number follows the sum to within one.
///
/// The sums start anew after every block of events, so that a run can be split: a shard need only go back to the start
/// of the block it begins in.
class SystematicChoice {
 public:
  /// `cells`: how many there are; `stream`: of the random numbers of the starts.
  SystematicChoice(std::uint64_t seed, std::uint32_t stream, std::uint64_t block_events, std::uint64_t cells)
      : seed_(seed), stream_(stream), block_events_(block_events), cells_(cells) {}

  /// The first event of the block that this one is in.
  std::uint64_t block_start(std::uint64_t event) const { return event - event % block_events_; }

  /// Whether to keep the event, whose probability is at most one. Called for the events of a block in rising order.
  bool keep(std::uint64_t event, std::uint64_t cell, double probability);

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
  std::uint64_t block_events_, cells_, block_ = 0;
  std::unordered_map<std::uint64_t, double> sums_;  // by cell, of this block, less the whole numbers passed
};

}  // namespace anyslice::generate
