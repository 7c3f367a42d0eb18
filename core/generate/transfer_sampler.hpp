// Draws the momentum transfer Q2 of coherent scattering from a tabulated density between the limits of an event.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/physics/upscattering.hpp"

namespace anyslice::generate {

/// A density that is constant in Q2 within cells of equal width in Q; exactly the one that is divided by.
class TransferSampler {
 public:
  /// `shape` (any positive function of Q2 in GeV^2, not normalised) up to `largest_Q` in GeV, in this many cells.
  TransferSampler(const std::function<double(double Q2)>& shape, double largest_Q, std::size_t cells);

  struct Draw {
    double Q2;      ///< GeV^2
    double weight;  ///< 1 / density, GeV^2; zero where the range holds nothing
  };
  Draw draw(double uniform, const physics::TransferRange& range) const;

 private:
  double cumulative_at(double Q2) const;

  struct Cell {
    double below;    // the cumulative density at its start
    double density;  // per GeV^2
  };
  double width_;                      // of a cell in Q, GeV
  std::vector<Cell> cells_;           // one more than there are, for the end
  std::vector<std::uint32_t> guide_;  // the first cell that can hold a value of the cumulative density
};

}  // namespace anyslice::generate
