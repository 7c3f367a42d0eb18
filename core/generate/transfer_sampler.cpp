// Momentum transfers.
#include "core/generate/transfer_sampler.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice::generate {
namespace {
constexpr std::size_t kCells = 4096;
constexpr std::size_t kGuide = 4096;
}  // namespace

TransferSampler::TransferSampler(const std::function<double(double Q2)>& shape, double largest_Q)
    : width_(largest_Q / static_cast<double>(kCells)), cumulative_{0}, density_(kCells), guide_(kGuide + 1) {
  for (std::size_t i = 0; i < kCells; ++i) {
    const double low = width_ * static_cast<double>(i), high = low + width_, middle = low + width_ / 2;
    // The mean over the cell, roughly: a form factor may vanish at any one point of it.
    density_[i] = (shape(low * low) + 4 * shape(middle * middle) + shape(high * high)) / 6;
    cumulative_.push_back(cumulative_.back() + density_[i] * (high * high - low * low));
  }
  std::size_t cell = 0;
  for (std::size_t i = 0; i <= kGuide; ++i) {
    const double value = cumulative_.back() * static_cast<double>(i) / static_cast<double>(kGuide);
    while (cell + 1 < kCells && cumulative_[cell + 1] <= value) ++cell;
    guide_[i] = static_cast<std::uint32_t>(cell);
  }
}

std::size_t TransferSampler::cell_of(double Q2) const {
  return std::min(static_cast<std::size_t>(std::sqrt(Q2) / width_), kCells - 1);
}

double TransferSampler::cumulative_at(double Q2) const {
  const std::size_t cell = cell_of(Q2);
  const double low = width_ * static_cast<double>(cell);
  return std::min(cumulative_[cell] + density_[cell] * std::max(0.0, Q2 - low * low), cumulative_[cell + 1]);
}

TransferSampler::Draw TransferSampler::draw(double uniform, const physics::TransferRange& range) const {
  const double below = cumulative_at(range.low), share = cumulative_at(range.high) - below;
  if (!(share > 0)) return {range.low, 0};
  const double target = below + uniform * share;
  std::size_t cell = guide_[static_cast<std::size_t>(target / cumulative_.back() * static_cast<double>(kGuide))];
  while (cell + 1 < kCells && cumulative_[cell + 1] <= target) ++cell;
  const double low = width_ * static_cast<double>(cell);
  const double Q2 = low * low + (target - cumulative_[cell]) / density_[cell];
  return {std::clamp(Q2, range.low, range.high), share / density_[cell]};
}

}  // namespace anyslice::generate
