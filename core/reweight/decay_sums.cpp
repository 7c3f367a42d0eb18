// Orders lifetimes so that most probabilities follow by squaring, and chooses the loops for the processor.
#include "core/reweight/decay_sums.hpp"

#include <algorithm>
#include <cmath>

#include "core/reweight/decay_work.hpp"

namespace anyslice {
namespace {

using Loops = void (*)(const DecayWork&);

Loops choose_loops() {
#ifdef ANYSLICE_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return add_decay_products_in_8_lanes;
#endif
  return add_decay_products_in_4_lanes;
}

std::size_t most_crossings(std::span<const FurtherCrossing> further) {
  std::size_t most = 1, of_row = 1;
  for (std::size_t i = 0; i < further.size(); ++i) {
    of_row = i > 0 && further[i].row == further[i - 1].row ? of_row + 1 : 2;
    most = std::max(most, of_row);
  }
  return most;
}

std::span<const FurtherCrossing>::iterator first_of_row(std::span<const FurtherCrossing> further, std::size_t row) {
  return std::lower_bound(further.begin(), further.end(), row,
                          [](const FurtherCrossing& crossing, std::size_t at) { return crossing.row < at; });
}

}  // namespace

DecayRows DecayRows::part(std::size_t begin, std::size_t end) const {
  const auto first = first_of_row(further, first_row + begin), last = first_of_row(further, first_row + end);
  return {entry.subspan(begin, end - begin), length.subspan(begin, end - begin),
          further.subspan(static_cast<std::size_t>(first - further.begin()), static_cast<std::size_t>(last - first)),
          static_cast<std::uint32_t>(first_row + begin)};
}

DecaySummation::DecaySummation(std::span<const double> u) {
  std::vector<std::pair<double, LifetimeStep>> sorted;  // by phase in the octave
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double octave = std::log2(u[i]);
    sorted.push_back({std::round((octave - std::floor(octave + 1e-7)) * 1e6), {u[i], i, false}});
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.u > b.second.u;
  });
  for (auto& [phase, step] : sorted) {
    // Each halving doubles the relative error of a probability, which starts at about 1e-7 and is another one for each
    // row: after the seven of a block it is lost in the sum over rows.
    step.is_half = steps_.size() % DecayWork::kLifetimes != 0 && std::abs(steps_.back().u / step.u - 2) < 1e-8;
    steps_.push_back(step);
  }
}

void DecaySummation::add(const DecayRows& rows, std::span<const float* const> weights, std::span<double> sums,
                         std::span<double> squares) {
  static const Loops loops = choose_loops();
  DecayWork work{rows.entry.data(),
                 rows.length.data(),
                 rows.entry.size(),
                 rows.further.data(),
                 rows.further.size(),
                 rows.first_row,
                 most_crossings(rows.further),
                 weights.data(),
                 weights.size(),
                 steps_.data(),
                 steps_.size(),
                 sums.data(),
                 squares.data(),
                 nullptr};
  if (scratch_.size() < work.scratch_size()) scratch_.resize(work.scratch_size());
  work.scratch = scratch_.data();
  loops(work);
}

ExactDecaySum exact_decay_sum(const DecayRows& rows, const float* weights, double u) {
  const auto crossing = [&](float entry, float length) {
    return std::exp(-static_cast<double>(entry) / u) * -std::expm1(-static_cast<double>(length) / u);
  };
  auto next = rows.further.begin();
  ExactDecaySum result;
  for (std::size_t row = 0; row < rows.entry.size(); ++row) {
    double probability = crossing(rows.entry[row], rows.length[row]);
    for (; next != rows.further.end() && next->row - rows.first_row == row; ++next) {
      probability += crossing(next->entry, next->length);
    }
    const double weight = static_cast<double>(weights[row]) * probability;
    result.sum += weight;
    result.sum_of_squares += weight * weight;
  }
  return result;
}

}  // namespace anyslice
