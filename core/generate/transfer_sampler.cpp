// Momentum transfers.
#include "core/generate/transfer_sampler.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice::generate {

TransferSampler::TransferSampler(const std::function<double(double Q2)>& shape, double largest_Q, std::size_t cells)
    : width_(largest_Q / static_cast<double>(cells)) {
  double below = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    const double low = width_ * static_cast<double>(i), high = low + width_, middle = low + width_ / 2;
    // The mean over the cell, roughly: a form factor may vanish at any one point of it.
    const double density = (shape(low * low) + 4 * shape(middle * middle) + shape(high * high)) / 6;
    cells_.push_back({below, density});
    below += density * (high * high - low * low);
  }
  cells_.push_back({below, 0});
  const std::size_t steps = 2 * cells;
  std::size_t cell = 0;
  for (std::size_t i = 0; i <= steps; ++i) {
    const double value = below * static_cast<double>(i) / static_cast<double>(steps);
    while (cell + 1 < cells && cells_[cell + 1].below <= value) ++cell;
    guide_.push_back(static_cast<std::uint32_t>(cell));
  }
}

double TransferSampler::cumulative_at(double Q2) const {
  const auto cell = static_cast<std::size_t>(std::sqrt(Q2) / width_);
  if (cell + 1 >= cells_.size()) return cells_.back().below;
  const double low = width_ * static_cast<double>(cell);
  return std::min(cells_[cell].below + cells_[cell].density * std::max(0.0, Q2 - low * low), cells_[cell + 1].below);
}

TransferSampler::Draw TransferSampler::draw(double uniform, const physics::TransferRange& range) const {
  const double below = cumulative_at(range.low), share = cumulative_at(range.high) - below;
  if (!(share > 0)) return {range.low, 0};
  const double target = below + uniform * share;
  const double place = target / cells_.back().below * static_cast<double>(guide_.size() - 1);
  std::size_t cell = guide_[static_cast<std::size_t>(place)];
  while (cell + 2 < cells_.size() && cells_[cell + 1].below <= target) ++cell;
  const double low = width_ * static_cast<double>(cell);
  const double Q2 = low * low + (target - cells_[cell].below) / cells_[cell].density;
  return {std::clamp(Q2, range.low, range.high), share / cells_[cell].density};
}

}  // namespace anyslice::generate
