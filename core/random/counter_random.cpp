// The counter-based random numbers: Philox blocks turned into doubles.
#include "core/random/counter_random.hpp"

#include <Random123/philox.h>

#include "core/random/distributions.hpp"

namespace anyslice {
namespace {

// The middle of one of 2^52 equal intervals: neither end of (0, 1) is reached, whatever the rounding.
double to_uniform(std::uint32_t low, std::uint32_t high) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32 | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace

void CounterRandom::refill() {
  r123::Philox4x32 generator;
  const r123::Philox4x32::key_type key = {{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
  const r123::Philox4x32::ctr_type counter = {
      {block_++, stream_, static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32)}};
  const r123::Philox4x32::ctr_type words = generator(counter, key);
  numbers_ = {to_uniform(words[0], words[1]), to_uniform(words[2], words[3])};
  position_ = 0;
}

double CounterRandom::normal() { return normal_quantile(uniform()); }

std::uint64_t CounterRandom::poisson(double mean) { return poisson_quantile(uniform(), mean); }

}  // namespace anyslice
