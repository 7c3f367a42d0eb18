// Sums over prepared rows at given values of the parameters of kernel and ratios ("row points"), as functions of the
// lifetime: computed when first needed, and kept.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/base/progress.hpp"
#include "core/reweight/lifetime_curve.hpp"
#include "core/reweight/row_groups.hpp"

namespace anyslice {

/// The rows of a group inside the kernel's window, gathered bin by bin.
struct WindowRows {
  std::size_t begin = 0, end = 0;    ///< of the group
  std::vector<std::uint32_t> order;  ///< rows of the group that count, bin by bin
  std::vector<double> weight;        ///< of these: everything but ratios
  std::vector<RowRun> runs;          ///< per bin of the group
  DecayRows decay;
};

class RowSums {
 public:
  RowSums(const Model& model, const RowPreparation& preparation, PreparedRows rows)
      : model_(model), preparation_(preparation), rows_(std::move(rows)) {}

  const PreparedRows& rows() const { return rows_; }

  /// A row point and the lifetimes (as ln u) at which its sums are wanted.
  struct Request {
    std::vector<double> row_point;
    std::vector<double> slots;          ///< of any point with these row parameters
    std::vector<double> log_lifetimes;  ///< sorted, each once; empty without a decay factor
  };

  /// Computes what `requests` need, so that at() has it.
  void provide(std::vector<Request>& requests, const ProgressCallback& progress);

  /// The logarithms of sum and sum of squares of every bin of the card, without scales; NaN where a ratio has no value.
  /// What has not been provided is computed.
  void at(const Request& request, double log_lifetime, std::span<LogSums> bins);

  /// The share of the kernel inside the table.
  double kernel_share(std::span<const double> slots) const;

  /// Weights of all rows of a group at a point, without window, decay and interpolation, and the bin of each row within
  /// the group (or the number of bins for none).
  void plain_weights(const RowGroup& group, std::span<const double> slots, std::vector<double>& weights,
                     std::vector<std::size_t>& bins) const;

 private:
  struct BinSums {
    LifetimeCurve curve;
    std::map<double, LogSums> direct;  ///< by ln u
  };
  struct RowPoint {
    std::vector<BinSums> bins;  ///< of the card
    std::size_t direct_count = 0;
    bool has_constant = false;
  };
  /// Row points between which sums are interpolated in the logarithm of one parameter.
  struct Line {
    std::size_t parameter = 0;  ///< index into row_parameters()
    double low = 0, high = 0;   ///< of its logarithm
    int first = 0, last = -1;   ///< nodes of the lifetime
    bool good = false;
    /// [bin][node of the lifetime][Chebyshev node]
    std::vector<std::vector<std::vector<LogSums>>> values;
  };

  std::pair<std::size_t, std::size_t> window(const RowGroup& group, std::span<const double> slots) const;
  void kernel_weights(const RowGroup& group, std::span<const double> slots, std::size_t begin, std::size_t end,
                      std::span<double> weights) const;
  void flatten_weights(const RowFlatten& flatten, std::span<const double> slots, std::size_t begin, std::size_t end,
                       std::span<double> weights) const;
  void row_values(const RowExpression& expression, std::span<const double> slots, std::size_t begin,
                  std::span<double> values) const;
  WindowRows make_window(const RowGroup& group, std::span<const double> slots) const;
  /// The weights with ratios, divided by their largest value, whose logarithm is returned; NaN where a ratio has no
  /// value, -infinity where no row counts.
  double ratio_weights(const RowGroup& group, const WindowRows& window, std::span<const double> slots,
                       std::vector<float>& weights) const;

  RowPoint& row_point(const std::vector<double>& key);
  void fill(const Request& request, RowPoint& point);
  void fill_group(const RowGroup& group, const Request& request, RowPoint& point, const std::vector<double>& direct,
                  int first_node, int last_node) const;
  void provide_lines(std::vector<Request>& requests);
  void provide_line(std::vector<Request*>& family, std::size_t parameter);
  void compute_line(Line& line, const Request& sample) const;
  void from_line(const Line& line, const Request& request, RowPoint& point) const;

  const Model& model_;
  const RowPreparation& preparation_;
  PreparedRows rows_;
  std::map<std::vector<double>, RowPoint> points_;
  mutable std::map<std::vector<double>, double> shares_;  ///< kernel_share() by row point
  std::map<std::vector<double>, Line> lines_;             ///< by row point with 0 for the line's parameter
};

}  // namespace anyslice
