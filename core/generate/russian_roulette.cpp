// Choosing the factor of a roulette.
#include "core/generate/russian_roulette.hpp"

#include <cmath>
#include <limits>

#include "core/random/counter_random.hpp"

namespace anyslice::generate {

RouletteChoice choose_roulette(std::vector<double> importances, std::uint64_t pilot_events, double events,
                               double rows) {
  const double wanted = rows * static_cast<double>(pilot_events) / events;
  std::erase_if(importances, [](double importance) { return !(importance > 0); });
  std::sort(importances.begin(), importances.end(), std::greater<>());
  const double n = static_cast<double>(importances.size());
  if (wanted >= n) return {{std::numeric_limits<double>::max()}, 1};
  // With the k largest capped: k + factor x (sum of the others) = wanted. The sums start from the smallest importance,
  // since the largest can be far beyond all others together.
  const auto infinite = static_cast<std::size_t>(
      std::count_if(importances.begin(), importances.end(), [](double importance) { return std::isinf(importance); }));
  std::vector<double> rest(importances.size() + 1, 0);
  for (std::size_t i = importances.size(); i > infinite; --i) rest[i - 1] = rest[i] + importances[i - 1];
  for (std::size_t capped = infinite; static_cast<double>(capped) < wanted; ++capped) {
    const double factor = (wanted - static_cast<double>(capped)) / rest[capped];
    if (factor * importances[capped] <= 1) return {{factor}, static_cast<double>(capped) / wanted};
  }
  return {{std::numeric_limits<double>::max()}, 1};
}

bool SystematicChoice::keep(std::uint64_t event, std::uint64_t cell, double probability) {
  if (const std::uint64_t block = event / block_events_; block != block_) {
    block_ = block;
    sums_.clear();
  }
  auto found = sums_.find(cell);
  if (found == sums_.end()) {
    const double start = CounterRandom(seed_, block_ * cells_ + cell, stream_).uniform();
    found = sums_.emplace(cell, start).first;
  }
  found->second += probability;
  if (found->second < 1) return false;
  found->second -= 1;
  return true;
}

}  // namespace anyslice::generate
