// What the inner loops of a DecaySummation are given: plain pointers, so that a file compiled for another instruction
// set uses nothing that the rest of the program shares.
#pragma once

#include <cstddef>

#include "core/reweight/decay_sums.hpp"

namespace anyslice {

struct DecayWork {
  /// Rows, weights and lifetimes are taken in blocks of so many.
  static constexpr std::size_t kRows = 256, kLifetimes = 8;

  const float *entry, *length;
  std::size_t row_count;
  const FurtherCrossing* further;
  std::size_t further_count;
  std::size_t first_row;
  std::size_t most_crossings;   ///< of one row
  const float* const* weights;  ///< of the rows
  std::size_t weight_count;
  const LifetimeStep* lifetimes;  ///< the first of each block of kLifetimes is not the half of another
  std::size_t lifetime_count;
  double *sums, *squares;  ///< at [weight * lifetime_count + LifetimeStep::place]
  float* scratch;          ///< scratch_size() numbers

  std::size_t scratch_size() const { return 2 * kRows * (weight_count + kLifetimes + most_crossings); }
};

void add_decay_products_in_4_lanes(const DecayWork& work);
void add_decay_products_in_8_lanes(const DecayWork& work);  // not on every processor

}  // namespace anyslice
