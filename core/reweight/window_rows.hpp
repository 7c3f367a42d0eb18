// The rows inside the kernel's window at a point of parameter space, with what they weigh there.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/reweight/row_preparation.hpp"

namespace anyslice {

/// The rows of a group inside the kernel's window, bin by bin. It refers to the group, which must stay.
struct WindowRows {
  std::vector<double> weight;                         ///< everything but ratios
  std::vector<std::vector<const double*>> columns;    ///< per ratio: the values of its columns for these rows
  std::vector<RowRun> runs;                           ///< per bin of the group
  DecayRows decay;                                    ///< empty without a decay factor
  std::vector<std::vector<double>> gathered_columns;  ///< where rows of the group are left out
  DecayColumns gathered_decay;
};

/// Weights of prepared rows. Thread-unsafe: remembers shares of the kernel, and keeps memory between calls.
class RowWindows {
 public:
  RowWindows(const Model& model, const RowPreparation& preparation, PreparedRows rows)
      : model_(model), preparation_(preparation), rows_(std::move(rows)) {}

  const PreparedRows& rows() const { return rows_; }
  const DecayBounds& decay_bounds() const { return preparation_.decay_bounds(); }

  /// Whether the rows that the kernel may reach at a point are prepared.
  bool has(std::span<const double> slots) const;
  /// Prepares the rows that the kernel may reach at these points, which what follows must not be asked for before.
  /// Whether rows were added: what refers to a group no longer holds then.
  bool require(std::span<const std::vector<double>* const> points);

  WindowRows make(const RowGroup& group, std::span<const double> slots) const;

  /// The weights with ratios, divided by their largest value, whose logarithm is returned; NaN where a ratio has no
  /// value, -infinity where no row counts.
  double ratio_weights(const RowGroup& group, const WindowRows& window, std::span<const double> slots,
                       std::vector<float>& weights) const;

  /// The share of the kernel inside the table.
  double kernel_share(std::span<const double> slots) const;

  /// Weights of all rows of a group at a point, without window and without what is multiplied beforehand, and the bin
  /// of each row within the group (or the number of bins for none).
  void plain_weights(const RowGroup& group, std::span<const double> slots, std::vector<double>& weights,
                     std::vector<std::size_t>& bins) const;

 private:
  std::pair<std::size_t, std::size_t> window(const RowGroup& group, std::span<const double> slots) const;
  void multiply_by_kernel(const RowGroup& group, std::span<const double> slots, std::size_t begin,
                          std::span<double> weights) const;
  /// Those of the rows from `begin` to before `end` that the kernel gives a weight, into the scratch memory.
  void find_rows_of_kernel(const RowGroup& group, std::span<const double> slots, std::size_t begin,
                           std::size_t end) const;
  void flatten(const RowFlatten& flatten, std::span<const double> slots, std::span<const std::uint32_t> rows,
               std::span<double> weights) const;
  /// By the polynomial through a row's own rates at all values of the target's parameter over the row's.
  void flatten_by_polynomials(const RowFlatten& flatten, std::span<const double> slots,
                              std::span<const std::uint32_t> rows, const std::vector<double>& log_target,
                              std::span<double> weights) const;
  /// The places of a row's own rate where they are not those of the target.
  void move_to_row(const RowFlatten& flatten, std::span<const double> slots, std::size_t row,
                   std::vector<AxisPlace>& places) const;
  void flatten_row_by_row(const RowFlatten& flatten, std::span<const double> slots, std::span<double> weights) const;
  std::vector<AxisPlace> target_of(const RowFlatten& flatten, std::span<const double> slots) const;
  /// Of some rows of the group, into `values`.
  void evaluate(const RowExpression& expression, std::span<const double> slots, std::span<const std::uint32_t> rows,
                std::vector<double>& values) const;
  /// The bin of the group of each of the rows, into the scratch memory; the number of bins for none.
  void find_bins(const RowGroup& group, std::span<const double> slots, std::span<const std::uint32_t> rows) const;
  void gather(const RowGroup& group, const std::vector<std::uint32_t>& order, WindowRows& window) const;

  const Model& model_;
  const RowPreparation& preparation_;
  PreparedRows rows_;
  /// Kept, since asking for as much memory again for each window takes longer than most of what is done in it.
  struct Scratch {
    std::vector<std::uint32_t> rows, order;
    std::vector<double> weights, values, column;
    std::vector<std::uint16_t> bins;
  };
  mutable Scratch scratch_;
  mutable std::map<std::vector<double>, double> shares_;  ///< by the parameters of the kernel
};

}  // namespace anyslice
