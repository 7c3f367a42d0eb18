// The inner loops of a DecaySummation on vectors of ANYSLICE_LANES numbers, with the vector extensions that GCC and
// Clang share. Included once by a source file for each instruction set; everything here is local to that file.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/reweight/decay_work.hpp"

namespace anyslice {
namespace {

constexpr std::size_t kLanes = ANYSLICE_LANES;
static_assert(DecayWork::kRows % (2 * kLanes) == 0);
typedef float Lanes __attribute__((vector_size(4 * ANYSLICE_LANES)));
typedef std::int32_t IntLanes __attribute__((vector_size(4 * ANYSLICE_LANES)));

Lanes all(float value) { return value - Lanes{}; }
IntLanes bits_of(Lanes x) {
  IntLanes result;
  std::memcpy(&result, &x, sizeof result);
  return result;
}
Lanes lanes_of(IntLanes x) {
  Lanes result;
  std::memcpy(&result, &x, sizeof result);
  return result;
}
Lanes choose(IntLanes condition, Lanes yes, Lanes no) {
  return lanes_of((condition & bits_of(yes)) | (~condition & bits_of(no)));
}
Lanes load(const float* from) {
  Lanes result;
  std::memcpy(&result, from, sizeof result);
  return result;
}
void store(Lanes x, float* to) { std::memcpy(to, &x, sizeof x); }
/// In whole pairs of vectors.
constexpr std::size_t whole_vectors(std::size_t count) {
  return (count + 2 * kLanes - 1) / (2 * kLanes) * (2 * kLanes);
}

/// exp(x) = 2^n (1 + excess) for x <= 0, clamped at -87: Cody-Waite reduction to |r| <= ln2/2, Taylor series to r^7.
struct SplitExponential {
  Lanes power, excess;

  explicit SplitExponential(Lanes x) {
    const Lanes to_integer = all(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
    const Lanes n = (x * all(1.44269504f) + to_integer) - to_integer;
    const Lanes r = (x - n * all(0.693359375f)) + n * all(2.12194440e-4f);
    Lanes p = all(1.0f / 5040);
    p = p * r + all(1.0f / 720);
    p = p * r + all(1.0f / 120);
    p = p * r + all(1.0f / 24);
    p = p * r + all(1.0f / 6);
    p = p * r + all(0.5f);
    p = p * r + all(1.0f);
    excess = p * r;
    power = lanes_of((__builtin_convertvector(n, IntLanes) + 127) << 23);
  }
};

constexpr float kSmallestExponent = -87;

/// exp(x) for x <= 0 to about 1e-7; 0 below -87.
Lanes exp_of_negative(Lanes x) {
  const IntLanes underflow = x < all(kSmallestExponent);
  const SplitExponential split(choose(underflow, all(kSmallestExponent), x));
  return choose(underflow, all(0.0f), split.power + split.power * split.excess);
}

/// 1 - exp(-t) for t >= 0, without loss for small t, where the power of two is 1.
Lanes one_minus_exp(Lanes t) {
  const SplitExponential split(choose(t > all(-kSmallestExponent), all(kSmallestExponent), -t));
  return (all(1.0f) - split.power) - split.power * split.excess;
}

/// A crossing of each row of a block; rows without one have length 0.
struct Crossings {
  float *entry, *length;

  explicit Crossings(float* memory) : entry(memory), length(memory + DecayWork::kRows) {}

  void set(std::size_t row, float first, float along) const {
    entry[row] = first;
    length[row] = along;
  }
  void clear(std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) entry[i] = length[i] = 0;
  }
};

/// The probabilities of rows to decay in any of their crossings at each of several lifetimes, and their squares. Two
/// vectors of rows at a time: each waits for its own lifetime before.
template <typename CrossingsOf>
void fill_probabilities(const LifetimeStep* steps, std::size_t step_count, const CrossingsOf& crossings,
                        std::size_t used, std::size_t count, float* own, float* squared) {
  float inverse_u[DecayWork::kLifetimes];
  for (std::size_t k = 0; k < step_count; ++k) inverse_u[k] = static_cast<float>(1 / steps[k].u);
  for (std::size_t i = 0; i < count; i += 2 * kLanes) {
    for (std::size_t c = 0; c < used; ++c) {
      const Crossings crossing = crossings(c);
      Lanes reach_a = all(1.0f), reach_b = reach_a, decay_a = all(0.0f), decay_b = decay_a;
      float* to = own + i;
      for (std::size_t k = 0; k < step_count; ++k, to += DecayWork::kRows) {
        if (steps[k].is_half) {
          // exp(-2x) = exp(-x)^2, and 1 - exp(-2x) = m (2 - m) with m = 1 - exp(-x), cost nothing beside an
          // exponential.
          reach_a *= reach_a, reach_b *= reach_b;
          decay_a *= all(2.0f) - decay_a, decay_b *= all(2.0f) - decay_b;
        } else {
          const Lanes inverse = all(inverse_u[k]);
          reach_a = exp_of_negative(-(load(crossing.entry + i) * inverse));
          reach_b = exp_of_negative(-(load(crossing.entry + i + kLanes) * inverse));
          decay_a = one_minus_exp(load(crossing.length + i) * inverse);
          decay_b = one_minus_exp(load(crossing.length + i + kLanes) * inverse);
        }
        Lanes sum_a = reach_a * decay_a, sum_b = reach_b * decay_b;
        if (c > 0) sum_a += load(to), sum_b += load(to + kLanes);
        store(sum_a, to);
        store(sum_b, to + kLanes);
      }
    }
    for (std::size_t place = i; place < i + step_count * DecayWork::kRows; place += DecayWork::kRows) {
      const Lanes sum_a = load(own + place), sum_b = load(own + place + kLanes);
      store(sum_a * sum_a, squared + place);
      store(sum_b * sum_b, squared + place + kLanes);
    }
  }
}

/// Adds the products of `W` rows of a with `K` rows of b, of `count` numbers each, to the sums.
template <std::size_t W, std::size_t K>
void add_products(const float* a, const float* b, std::size_t count, double* const (&sums)[W][K]) {
  Lanes products[W][K] = {};
  for (std::size_t i = 0; i < count; i += kLanes) {
    Lanes left[W];
    for (std::size_t w = 0; w < W; ++w) left[w] = load(a + w * DecayWork::kRows + i);
    for (std::size_t k = 0; k < K; ++k) {
      const Lanes right = load(b + k * DecayWork::kRows + i);
      for (std::size_t w = 0; w < W; ++w) products[w][k] += left[w] * right;
    }
  }
  for (std::size_t w = 0; w < W; ++w) {
    for (std::size_t k = 0; k < K; ++k) {
      double sum = 0;
      for (std::size_t lane = 0; lane < kLanes; ++lane) sum += static_cast<double>(products[w][k][lane]);
      *sums[w][k] += sum;
    }
  }
}

struct Block {
  std::size_t count;                                   ///< rows, in whole vectors
  const float *weights, *squared_weights;              ///< [weight][kRows]
  const float *probabilities, *squared_probabilities;  ///< [lifetime][kRows]
  const LifetimeStep* steps;                           ///< of the probabilities
};

template <std::size_t W, std::size_t K>
void add_tile(const DecayWork& work, const Block& block, std::size_t weight, std::size_t step) {
  double *sums[W][K], *squares[W][K];
  for (std::size_t w = 0; w < W; ++w) {
    for (std::size_t k = 0; k < K; ++k) {
      const std::size_t place = (weight + w) * work.lifetime_count + block.steps[step + k].place;
      sums[w][k] = work.sums + place;
      squares[w][k] = work.squares + place;
    }
  }
  const std::size_t a = weight * DecayWork::kRows, b = step * DecayWork::kRows;
  add_products<W, K>(block.weights + a, block.probabilities + b, block.count, sums);
  add_products<W, K>(block.squared_weights + a, block.squared_probabilities + b, block.count, squares);
}

/// All weights with `count` lifetimes, in tiles that keep the vector units busy.
void add_block(const DecayWork& work, const Block& block, std::size_t count) {
  constexpr std::size_t kWeights = 4;
  std::size_t weight = 0;
  for (; weight + kWeights <= work.weight_count; weight += kWeights) {
    std::size_t step = 0;
    for (; step + 2 <= count; step += 2) add_tile<kWeights, 2>(work, block, weight, step);
    if (step < count) add_tile<kWeights, 1>(work, block, weight, step);
  }
  for (; weight < work.weight_count; ++weight) {
    std::size_t step = 0;
    for (; step + 4 <= count; step += 4) add_tile<1, 4>(work, block, weight, step);
    for (; step < count; ++step) add_tile<1, 1>(work, block, weight, step);
  }
}

void add_decay_products(const DecayWork& work) {
  constexpr std::size_t kRows = DecayWork::kRows;
  float* free = work.scratch;
  const auto take = [&free](std::size_t size) {
    float* taken = free;
    free += size;
    return taken;
  };
  float* weights = take(kRows * work.weight_count);
  float* squared_weights = take(kRows * work.weight_count);
  float* probabilities = take(kRows * DecayWork::kLifetimes);
  float* squared_probabilities = take(kRows * DecayWork::kLifetimes);
  float* const of_crossings = take(2 * kRows * work.most_crossings);
  const auto crossings = [&](std::size_t number) { return Crossings(of_crossings + 2 * kRows * number); };

  const FurtherCrossing* next = work.further;
  const FurtherCrossing* const end = work.further + work.further_count;
  for (std::size_t begin = 0; begin < work.row_count; begin += kRows) {
    const std::size_t count = work.row_count - begin < kRows ? work.row_count - begin : kRows;
    const std::size_t padded = whole_vectors(count);
    for (std::size_t i = 0; i < count; ++i) crossings(0).set(i, work.entry[begin + i], work.length[begin + i]);
    crossings(0).clear(count, padded);
    std::size_t used = 1, of_row = 0, row = count;
    for (; next != end && next->row - work.first_row < begin + count; ++next) {
      const std::size_t its_row = next->row - work.first_row - begin;
      of_row = its_row == row ? of_row + 1 : 1;
      row = its_row;
      if (of_row == used) crossings(used++).clear(0, padded);
      crossings(of_row).set(row, next->entry, next->length);
    }
    for (std::size_t w = 0; w < work.weight_count; ++w) {
      float *own = weights + w * kRows, *squared = squared_weights + w * kRows;
      const float* from = work.weights[w] + begin;
      std::size_t i = 0;
      for (; i + kLanes <= count; i += kLanes) {
        const Lanes weight = load(from + i);
        store(weight, own + i);
        store(weight * weight, squared + i);
      }
      for (; i < padded; ++i) {
        own[i] = i < count ? from[i] : 0;
        squared[i] = own[i] * own[i];
      }
    }
    for (std::size_t step = 0; step < work.lifetime_count; step += DecayWork::kLifetimes) {
      const std::size_t left = work.lifetime_count - step;
      const std::size_t steps = left < DecayWork::kLifetimes ? left : DecayWork::kLifetimes;
      fill_probabilities(work.lifetimes + step, steps, crossings, used, padded, probabilities, squared_probabilities);
      add_block(work, {padded, weights, squared_weights, probabilities, squared_probabilities, work.lifetimes + step},
                steps);
    }
  }
}

}  // namespace
}  // namespace anyslice
