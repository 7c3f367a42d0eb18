// Random numbers that are a function of (seed, index, stream): no state to share, the same numbers however the work is
// split. The generator is Philox4x32-10 (Salmon et al., SC'11, doi:10.1145/2063384.2063405).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace anyslice {

/// The random numbers of one event or toy. Streams of one index are independent of each other.
/// uniform() and normal() each consume exactly one 52-bit number of the sequence; poisson() does too.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t index, std::uint32_t stream = 0)
      : seed_(seed), index_(index), stream_(stream) {}

  /// Uniform in the open interval (0, 1).
  double uniform() {
    if (position_ == 2) refill();
    return numbers_[position_++];
  }

  /// Fills `numbers` with the next uniforms; the same ones that as many calls of uniform() would give.
  void fill(std::span<double> numbers);

  /// Fills `numbers` with uniforms of 32 bits, four to a block of the generator where uniform() has two: for generators
  /// of events, whose variables need no more. Starts at the next whole block.
  void fill_coarse(std::span<double> numbers);

  /// Standard normal, by inversion.
  double normal();

  /// Poisson with this mean, by inversion: at one place of the sequence a larger mean never gives a smaller count.
  std::uint64_t poisson(double mean);

 private:
  void refill();

  std::uint64_t seed_, index_;
  std::uint32_t stream_, block_ = 0;
  unsigned position_ = 2;
  std::array<double, 2> numbers_{};
};

}  // namespace anyslice
