// Sums over rows of weight times decay probability, for many weights and many lifetimes at once: the matrix product to
// which a slice of parameter space comes down.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace anyslice {

/// Rows with the crossings of their lines of flight, in units in which the decay length of every row is the same number
/// u: lengths are divided by the row's beta gamma. Entries are relative to the nearest one of all rows.
struct DecayRows {
  /// A second or later crossing of a row.
  struct FurtherCrossing {
    std::uint32_t row;
    float entry, length;
  };
  std::vector<float> entry, length;      ///< first crossing of each row
  std::vector<FurtherCrossing> further;  ///< in the order of the rows
};

/// A run of rows that belong to one bin.
struct RowRun {
  std::size_t begin, end;
};

/// For each of `weights` (one value per row) and each u: adds up over the run w P(u) and (w P(u))^2, with
/// P(u) = sum over crossings of exp(-entry/u) (1 - exp(-length/u)). Results are at [weight * u.size() + k]. Single
/// precision inside blocks of rows, double between them: relative errors stay below 1e-5 where terms do not underflow.
void decay_sums(const DecayRows& rows, RowRun run, std::span<const float* const> weights, std::span<const double> u,
                std::span<double> sums, std::span<double> squares);

/// The same for one weight and one u in double precision, without limits on the range: sum and sum of squares.
struct ExactDecaySum {
  double sum = 0, sum_of_squares = 0;
};
ExactDecaySum exact_decay_sum(const DecayRows& rows, RowRun run, const float* weights, double u);

}  // namespace anyslice
