// Sums over rows of weight times decay probability, for many weights and many lifetimes at once: the matrix product to
// which a slice of parameter space comes down.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace anyslice {

/// A second or later crossing of a row.
struct FurtherCrossing {
  std::uint32_t row;
  float entry, length;
};

/// Rows with the crossings of their lines of flight, in units in which the decay length of every row is the same number
/// u: lengths are divided by the row's beta gamma. Entries are relative to the nearest one of all rows. A view.
struct DecayRows {
  std::span<const float> entry, length;      ///< first crossing of each row
  std::span<const FurtherCrossing> further;  ///< in the order of the rows
  std::uint32_t first_row = 0;               ///< what `further` calls the first row

  /// The rows from `begin` to before `end`.
  DecayRows part(std::size_t begin, std::size_t end) const;
};

/// The same with memory of its own; rows are numbered from 0.
struct DecayColumns {
  std::vector<float> entry, length;
  std::vector<FurtherCrossing> further;

  DecayRows rows() const { return {entry, length, further, 0}; }
};

/// A run of rows that belong to one bin.
struct RowRun {
  std::size_t begin, end;
};

/// A lifetime, where its results go, and how it follows from the lifetime before it in a list.
struct LifetimeStep {
  double u;
  std::size_t place;
  bool is_half;  ///< of the one before: probabilities follow by squaring
};

/// Adds up w P(u) and (w P(u))^2 over rows, with P(u) = sum over crossings of exp(-entry/u) (1 - exp(-length/u)), for a
/// list of lifetimes u. Single precision inside blocks of rows, double between them: relative errors stay below 1e-5
/// for tens of rows and more (2e-5 for a single one) where terms do not underflow. Takes AVX2 where the processor has
/// it; results then differ in the last digits.
class DecaySummation {
 public:
  explicit DecaySummation(std::span<const double> u);

  std::size_t size() const { return steps_.size(); }

  /// For each of `weights` (one value per row) and each u; results are added at [weight * size() + index of u].
  void add(const DecayRows& rows, std::span<const float* const> weights, std::span<double> sums,
           std::span<double> squares);

 private:
  std::vector<LifetimeStep> steps_;
  std::vector<float> scratch_;
};

/// The same for one weight and one u in double precision, without limits on the range: sum and sum of squares.
struct ExactDecaySum {
  double sum = 0, sum_of_squares = 0;
};
ExactDecaySum exact_decay_sum(const DecayRows& rows, const float* weights, double u);

}  // namespace anyslice
