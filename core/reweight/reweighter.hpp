// Card + table + point -> predicted signal: the sum over events of the product of the weight factors
// (Eq. 24 of arXiv:2205.12273).
//
//   factor    what it multiplies a row by                                           depends on
//   column    a stored column (generator weight, efficiency)                        nothing
//   scale     an expression of the parameters (couplings, branching ratios)         the parameters in it
//   ratio     an expression of columns and parameters (propagators)                 the parameters in it
//   select    0 or 1, by a column or an expression (cuts, materials)                the parameters in it
//   kernel    a kernel density in parameters the events were made with (Eq. 25)     its parameters
//   decay     sum over segments of exp(-a/lambda) (1 - exp(-l/lambda)) (Eq. 27)     those of ctau0 and beta_gamma
//
// What no parameter moves is multiplied once (row_groups.hpp); scales are taken out of the sum. Of the rest, a decay
// factor depends on the parameters through one number, u = ctau0 * beta_gamma (each row's lambda is u, or u times its
// beta_gamma column). So for given values of the parameters of kernel and ratios (a "row point") every bin is a
// function of u alone, kept as a curve once more than a few values are asked for. Where many row points differ in one
// parameter that acts through ratios only, sums are computed at Chebyshev nodes of its logarithm and interpolated, if
// that is accurate. plain_sum() is the same without any of this.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/progress.hpp"
#include "core/card/model.hpp"
#include "core/reweight/lifetime_curve.hpp"
#include "core/reweight/row_preparation.hpp"
#include "core/reweight/weighted_sum.hpp"
#include "core/table/event_table.hpp"

namespace anyslice {

class RowSums;
class RowWindows;

class Reweighter {
 public:
  /// Throws InputError when the table lacks what the card needs (see RowPreparation, also for `rates_of`).
  Reweighter(const Model& model, std::shared_ptr<const EventTable> table, const std::string& table_source,
             const EventTable* rates_of = nullptr);
  ~Reweighter();

  /// The prediction at the parameters in `slots` (derived quantities evaluated), by the fast path: within 1e-4 relative
  /// of plain_sum(). Throws InputError where a factor has no finite, non-negative value.
  Prediction predict(std::span<const double> slots, const Selection& selection = {}) const;

  /// Many points of one setup at once, which is much faster than one by one; a point where a factor has no value does
  /// not exist. Throws Cancelled if `progress` says so.
  Predictions predict_many(const PointSlots& points, const Selection& selection = {},
                           const ProgressCallback& progress = {}, Accuracy accuracy = Accuracy::full) const;
  std::vector<Prediction> predict_many(std::span<const std::vector<double>> points, const Selection& selection = {},
                                       const ProgressCallback& progress = {}) const;

  /// At one point but for the lifetime, for which each of `ctau0` (in the card's unit) is taken.
  std::vector<Prediction> predict_lifetimes(std::span<const double> slots, std::span<const double> ctau0,
                                            const Selection& selection = {}) const;

  /// The same by a plain sum over all events, every factor evaluated for every row. Throws InputError, too, where a
  /// factor without parameters has no value for any row of the table.
  Prediction plain_sum(std::span<const double> slots, const Selection& selection = {}) const;

  /// The plain sum apart for each value of an integer column (or each label of a U8 column), as (name, sum). `bins`
  /// tells which of the card's bins count.
  std::vector<std::pair<std::string, WeightedSum>> breakdown(std::span<const double> slots, const std::string& column,
                                                             const std::vector<bool>& bins,
                                                             const Selection& selection = {}) const;

  /// The plain sum in bins of a row expression between `edges`, which increase; the last entry is what lies outside.
  std::vector<WeightedSum> distribution(std::span<const double> slots, const Expression& quantity,
                                        std::span<const double> edges, const std::vector<bool>& bins,
                                        const Selection& selection = {}) const;

  /// The same in bins of two row expressions: [y][x] in one list, and what lies outside at its end.
  std::vector<WeightedSum> joint_distribution(std::span<const double> slots, const Expression& x,
                                              std::span<const double> x_edges, const Expression& y,
                                              std::span<const double> y_edges, const std::vector<bool>& bins,
                                              const Selection& selection = {}) const;

  /// What every row of the table adds to the bins that count, by the plain sum; 0 for rows that do not.
  std::vector<double> events_by_row(std::span<const double> slots, const std::vector<bool>& bins,
                                    const Selection& selection = {}) const;

  /// Whether the card says that the kernel's bias is small at the point; true without a kernel.
  bool is_kernel_trusted(std::span<const double> slots) const;
  std::vector<char> is_kernel_trusted(const PointSlots& points) const;
  /// The share of the kernel around the point that lies where the table has events; 1 without a kernel.
  double kernel_share(std::span<const double> slots, const Selection& selection = {}) const;
  /// Of the points that count (empty: all); 1 for others.
  std::vector<double> kernel_shares(const PointSlots& points, std::span<const char> counts,
                                    const Selection& selection = {}) const;

  const RowPreparation& preparation() const { return preparation_; }

 private:
  struct Scales {
    std::vector<char> exist;        ///< per point
    std::vector<PointValues> bins;  ///< scale factors, per bin
    std::vector<double> lifetime;   ///< u, per point; empty without a decay factor
  };
  Scales scales(const PointSlots& points) const;
  Predictions predict_scaled(const PointSlots& points, const Scales& scales, const Selection& selection,
                             const ProgressCallback& progress, Accuracy accuracy = Accuracy::full) const;
  /// Throws the InputError that says which factor has no value; returns if all have.
  void require_scales(std::span<const double> slots) const;
  std::vector<double> row_point(std::span<const double> slots) const;
  double decay_probability_of_row(std::size_t row, double lifetime) const;
  /// Whether rows are those of the switches in `slots` and of the selection.
  bool is_of(const PreparedRows& rows, std::span<const double> slots, const Selection& selection) const;
  /// Rows of which those are prepared that the kernel may reach at the point.
  const RowWindows& needed_rows(std::span<const double> slots, const Selection& selection) const;
  /// All rows of the table, whatever the kernel reaches.
  const RowWindows& all_rows(std::span<const double> slots, const Selection& selection) const;
  /// Calls visit(row of the table, bin of the card, weight) for the prepared rows that count, every factor evaluated.
  void for_each_row(std::span<const double> slots, const RowWindows& windows,
                    const std::function<void(std::size_t, std::size_t, double)>& visit) const;
  /// The same for needed_rows().
  void for_each_row(std::span<const double> slots, const Selection& selection,
                    const std::function<void(std::size_t, std::size_t, double)>& visit) const;
  /// The values of a row expression for all rows of the table.
  std::vector<double> row_values(std::span<const double> slots, const Expression& quantity) const;
  RowSums& sums(std::span<const double> slots, const Selection& selection) const;

  const Model& model_;
  RowPreparation preparation_;
  mutable std::vector<std::unique_ptr<RowSums>> prepared_;  ///< the most recently used first
  mutable std::unique_ptr<RowWindows> all_rows_;            ///< of the last plain sum
};

}  // namespace anyslice
