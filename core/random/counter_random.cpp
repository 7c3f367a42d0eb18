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

r123::Philox4x32::ctr_type philox_block(std::uint64_t seed, std::uint64_t index, std::uint32_t stream,
                                        std::uint32_t block) {
  r123::Philox4x32 generator;
  const r123::Philox4x32::key_type key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const r123::Philox4x32::ctr_type counter = {
      {block, stream, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)}};
  return generator(counter, key);
}

std::array<double, 2> philox_uniforms(std::uint64_t seed, std::uint64_t index, std::uint32_t stream,
                                      std::uint32_t block) {
  const auto words = philox_block(seed, index, stream, block);
  return {to_uniform(words[0], words[1]), to_uniform(words[2], words[3])};
}

}  // namespace

void CounterRandom::refill() {
  numbers_ = philox_uniforms(seed_, index_, stream_, block_++);
  position_ = 0;
}

void CounterRandom::fill(std::span<double> numbers) {
  std::size_t i = 0;
  if (position_ == 1 && !numbers.empty()) numbers[i++] = uniform();
  // Blocks do not depend on each other, so the processor works on several at a time.
  for (; i + 2 <= numbers.size(); i += 2) {
    const auto pair = philox_uniforms(seed_, index_, stream_, block_++);
    numbers[i] = pair[0];
    numbers[i + 1] = pair[1];
  }
  if (i < numbers.size()) numbers[i] = uniform();
}

void CounterRandom::fill_coarse(std::span<double> numbers) {
  position_ = 2;
  for (std::size_t i = 0; i < numbers.size(); i += 4) {
    const auto words = philox_block(seed_, index_, stream_, block_++);
    for (std::size_t k = 0; k < 4 && i + k < numbers.size(); ++k) numbers[i + k] = (words[k] + 0.5) * 0x1p-32;
  }
}

double CounterRandom::normal() { return normal_quantile(uniform()); }

std::uint64_t CounterRandom::poisson(double mean) { return poisson_quantile(uniform(), mean); }

}  // namespace anyslice
