// Four rows at a time, with the vector extensions that GCC and Clang share (SSE2, NEON, WebAssembly SIMD).
#include "core/reweight/decay_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace anyslice {
namespace {

typedef float Lanes __attribute__((vector_size(16)));
typedef std::int32_t IntLanes __attribute__((vector_size(16)));

constexpr std::size_t kLanes = 4, kBlock = 128, kLifetimes = 16;

Lanes all(float value) { return Lanes{value, value, value, value}; }
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

/// exp(x) for x <= 0 to about 1e-7; 0 below -87. Cody-Waite reduction to |r| <= ln2/2, Taylor series to r^6.
Lanes exp_of_negative(Lanes x) {
  const IntLanes underflow = x < all(-87.0f);
  const Lanes clamped = choose(underflow, all(-87.0f), x);
  const Lanes to_integer = all(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  const Lanes n = (clamped * all(1.44269504f) + to_integer) - to_integer;
  const Lanes r = (clamped - n * all(0.693359375f)) + n * all(2.12194440e-4f);
  Lanes p = all(1.0f / 720);
  p = p * r + all(1.0f / 120);
  p = p * r + all(1.0f / 24);
  p = p * r + all(1.0f / 6);
  p = p * r + all(0.5f);
  p = p * r + all(1.0f);
  p = p * r + all(1.0f);
  const IntLanes exponent = __builtin_convertvector(n, IntLanes);
  const Lanes result = lanes_of(bits_of(p) + (exponent << 23));
  return choose(underflow, all(0.0f), result);
}

/// 1 - exp(-t) for t >= 0, without loss for small t.
Lanes one_minus_exp(Lanes t) {
  Lanes p = all(1.0f / 5040);
  p = all(1.0f / 720) - p * t;
  p = all(1.0f / 120) - p * t;
  p = all(1.0f / 24) - p * t;
  p = all(1.0f / 6) - p * t;
  p = all(0.5f) - p * t;
  p = all(1.0f) - p * t;
  return choose(t < all(0.5f), t * p, all(1.0f) - exp_of_negative(-t));
}

/// So many halvings of the lifetime are made by squaring before the exponential is computed anew: each doubles the
/// relative error, which starts at about 1e-7.
constexpr int kMostSquarings = 3;

/// A lifetime, and how many squarings away from a computed exponential it is.
struct Lifetime {
  double u;
  std::size_t place;  ///< in the caller's list
  int squarings = 0;
};

/// The lifetimes in an order in which as many as possible are half of the one before: exp(-2x) = exp(-x)^2, and
/// 1 - exp(-2x) = m (2 - m) with m = 1 - exp(-x), cost nothing beside an exponential.
std::vector<Lifetime> in_octaves(std::span<const double> u) {
  std::vector<std::pair<double, Lifetime>> sorted;  // by phase in the octave
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double octave = std::log2(u[i]);
    sorted.push_back({std::round((octave - std::floor(octave + 1e-7)) * 1e6), {u[i], i}});
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.u > b.second.u;
  });
  std::vector<Lifetime> result;
  for (auto& [phase, lifetime] : sorted) {
    const bool follows = !result.empty() && result.size() % kLifetimes != 0 &&
                         std::abs(result.back().u / lifetime.u - 2) < 1e-8 && result.back().squarings < kMostSquarings;
    if (follows) lifetime.squarings = result.back().squarings + 1;
    result.push_back(lifetime);
  }
  return result;
}

/// exp(-entry/u) and 1 - exp(-length/u) of a list of crossings, at one lifetime after the other.
class Crossings {
 public:
  void clear() { count_ = 0; }
  void add(float entry, float length) {
    if (count_ == entry_.size()) {
      for (auto* values : {&entry_, &length_, &reaches_, &decays_}) values->resize(values->size() + 2 * kBlock, 0.0f);
    }
    entry_[count_] = entry;
    length_[count_++] = length;
  }
  void finish() {
    for (std::size_t i = count_; i < padded(); ++i) entry_[i] = length_[i] = 0;
  }
  std::size_t count() const { return count_; }
  std::size_t padded() const { return (count_ + kLanes - 1) / kLanes * kLanes; }

  /// The probabilities at the lifetime, which is half of the last one if `squares`.
  void move_to(double u, bool squares) {
    const Lanes inverse_u = all(static_cast<float>(1 / u));
    for (std::size_t i = 0; i < padded(); i += kLanes) {
      if (squares) {
        const Lanes reaches = load(&reaches_[i]), decays = load(&decays_[i]);
        store(reaches * reaches, &reaches_[i]);
        store(decays * (all(2.0f) - decays), &decays_[i]);
      } else {
        store(exp_of_negative(-(load(&entry_[i]) * inverse_u)), &reaches_[i]);
        store(one_minus_exp(load(&length_[i]) * inverse_u), &decays_[i]);
      }
    }
  }
  Lanes probabilities(std::size_t i) const { return load(&reaches_[i]) * load(&decays_[i]); }
  float probability(std::size_t i) const { return reaches_[i] * decays_[i]; }

 private:
  std::vector<float> entry_, length_, reaches_, decays_;
  std::size_t count_ = 0;
};

/// P of the rows of a block at several lifetimes.
class BlockOfProbabilities {
 public:
  explicit BlockOfProbabilities(const DecayRows& rows) : rows_(rows) {}

  void fill(std::size_t begin, std::size_t count, std::span<const Lifetime> lifetimes) {
    gather(begin, begin + count);
    for (std::size_t k = 0; k < lifetimes.size(); ++k) {
      const bool squares = lifetimes[k].squarings > 0;
      first_.move_to(lifetimes[k].u, squares);
      further_.move_to(lifetimes[k].u, squares);
      float* values = values_[k].data();
      for (std::size_t i = 0; i < first_.padded(); i += kLanes) store(first_.probabilities(i), values + i);
      for (std::size_t i = 0; i < further_.count(); ++i) values[further_row_[i]] += further_.probability(i);
    }
  }

  const float* at(std::size_t k) const { return values_[k].data(); }

 private:
  void gather(std::size_t begin, std::size_t end) {
    first_.clear();
    for (std::size_t row = begin; row < end; ++row) first_.add(rows_.entry[row], rows_.length[row]);
    first_.finish();
    const auto before = [](const DecayRows::FurtherCrossing& crossing, std::size_t row) { return crossing.row < row; };
    auto next = std::lower_bound(rows_.further.begin(), rows_.further.end(), begin, before);
    further_.clear();
    further_row_.clear();
    for (; next != rows_.further.end() && next->row < end; ++next) {
      further_.add(next->entry, next->length);
      further_row_.push_back(static_cast<std::uint32_t>(next->row - begin));
    }
    further_.finish();
  }

  const DecayRows& rows_;
  std::array<std::array<float, kBlock>, kLifetimes> values_{};
  Crossings first_, further_;
  std::vector<std::uint32_t> further_row_;
};

/// Sums of products of two weights with two probabilities over a block: four results at once keep the vector units
/// busy.
void add_products(const float* const* weights, std::size_t weight_count, const float* const* probabilities,
                  std::size_t probability_count, std::size_t padded, double* (*sums)[2], double* (*squares)[2]) {
  Lanes sum[2][2] = {}, square[2][2] = {};
  for (std::size_t i = 0; i < padded; i += kLanes) {
    const Lanes w[2] = {load(weights[0] + i), load(weights[1] + i)};
    const Lanes p[2] = {load(probabilities[0] + i), load(probabilities[1] + i)};
    for (int a = 0; a < 2; ++a) {
      for (int b = 0; b < 2; ++b) {
        const Lanes product = w[a] * p[b];
        sum[a][b] += product;
        square[a][b] += product * product;
      }
    }
  }
  for (std::size_t a = 0; a < weight_count; ++a) {
    for (std::size_t b = 0; b < probability_count; ++b) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        *sums[a][b] += static_cast<double>(sum[a][b][lane]);
        *squares[a][b] += static_cast<double>(square[a][b][lane]);
      }
    }
  }
}

}  // namespace

void decay_sums(const DecayRows& rows, RowRun run, std::span<const float* const> weights, std::span<const double> u,
                std::span<double> sums, std::span<double> squares) {
  BlockOfProbabilities block(rows);
  const std::vector<Lifetime> lifetimes = in_octaves(u);
  std::vector<std::array<float, kBlock>> copies(weights.size() + 1);  // padded with zeros, and a row of zeros
  for (std::size_t begin = run.begin; begin < run.end; begin += kBlock) {
    const std::size_t count = std::min(kBlock, run.end - begin);
    const std::size_t padded = (count + kLanes - 1) / kLanes * kLanes;
    for (std::size_t w = 0; w < weights.size(); ++w) {
      std::copy_n(weights[w] + begin, count, copies[w].begin());
      std::fill(copies[w].begin() + static_cast<std::ptrdiff_t>(count),
                copies[w].begin() + static_cast<std::ptrdiff_t>(padded), 0.0f);
    }
    for (std::size_t first = 0; first < lifetimes.size(); first += kLifetimes) {
      const std::span<const Lifetime> some(&lifetimes[first], std::min(kLifetimes, lifetimes.size() - first));
      block.fill(begin, count, some);
      for (std::size_t w = 0; w < weights.size(); w += 2) {
        const std::size_t pair = std::min<std::size_t>(2, weights.size() - w);
        const float* of_weights[2] = {copies[w].data(), copies[w + 1].data()};
        for (std::size_t k = 0; k < some.size(); k += 2) {
          const std::size_t both = std::min<std::size_t>(2, some.size() - k);
          const float* of_probabilities[2] = {block.at(k), block.at(k + both - 1)};
          double* to_sums[2][2];
          double* to_squares[2][2];
          for (std::size_t a = 0; a < pair; ++a) {
            for (std::size_t b = 0; b < both; ++b) {
              const std::size_t place = (w + a) * u.size() + some[k + b].place;
              to_sums[a][b] = &sums[place];
              to_squares[a][b] = &squares[place];
            }
          }
          add_products(of_weights, pair, of_probabilities, both, padded, to_sums, to_squares);
        }
      }
    }
  }
}

ExactDecaySum exact_decay_sum(const DecayRows& rows, RowRun run, const float* weights, double u) {
  const auto crossing = [&](float entry, float length) {
    return std::exp(-static_cast<double>(entry) / u) * -std::expm1(-static_cast<double>(length) / u);
  };
  const auto before = [](const DecayRows::FurtherCrossing& item, std::size_t row) { return item.row < row; };
  auto next = std::lower_bound(rows.further.begin(), rows.further.end(), run.begin, before);
  ExactDecaySum result;
  for (std::size_t row = run.begin; row < run.end; ++row) {
    double probability = crossing(rows.entry[row], rows.length[row]);
    for (; next != rows.further.end() && next->row == row; ++next) probability += crossing(next->entry, next->length);
    const double weight = static_cast<double>(weights[row]) * probability;
    result.sum += weight;
    result.sum_of_squares += weight * weight;
  }
  return result;
}

}  // namespace anyslice
