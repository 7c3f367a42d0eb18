// Sums over prepared rows at given values of the parameters of kernel and ratios ("row points"), as functions of the
// lifetime: computed when first needed, and kept.
#pragma once

#include <array>
#include <map>
#include <span>
#include <vector>

#include "core/base/progress.hpp"
#include "core/reweight/lifetime_curve.hpp"
#include "core/reweight/row_line.hpp"
#include "core/reweight/window_rows.hpp"

namespace anyslice {

class RowSums {
 public:
  RowSums(const Model& model, const RowPreparation& preparation, PreparedRows rows)
      : model_(model),
        preparation_(preparation),
        bounds_(preparation.decay_bounds()),
        windows_(model, preparation, std::move(rows)) {}

  const PreparedRows& rows() const { return windows_.rows(); }
  const RowWindows& windows() const { return windows_; }
  /// Prepares the rows that windows() are asked for at these points.
  void require(std::span<const std::vector<double>* const> points);

  /// A row point and the lifetimes (as ln u) at which its sums are wanted.
  struct Request {
    std::vector<double> row_point;
    std::vector<double> slots;          ///< of any point with these row parameters
    std::vector<double> log_lifetimes;  ///< in any order; without a decay factor whatever number, once
  };

  /// Computes what `requests` need, so that values() has it. What is interpolated for a preview is used for previews
  /// only.
  void provide(std::vector<Request>& requests, Accuracy accuracy, const ProgressCallback& progress);

  /// The logarithms of sum and sum of squares, without scales, at [lifetime of the request][bin of the card]; NaN where
  /// a ratio has no value. What has not been provided is computed.
  std::vector<LogSums> values(const Request& request);

 private:
  struct BinSums {
    LifetimeCurve curve;
    std::map<double, LogSums> direct;  ///< by ln u
  };
  /// A group's rows with their weights, which hold at every lifetime.
  struct Collected {
    WindowRows window;
    std::vector<float> weights;
    double log_norm = 0;
    NormedWeights normed;

    std::size_t bytes() const;
  };
  struct RowPoint {
    std::vector<BinSums> bins;  ///< of the card
    Accuracy of_curves = Accuracy::full;
    std::vector<Collected> collected;  ///< by group; empty where they are not kept
  };
  /// Where sums are read for one lifetime: there, or at three places to extrapolate from.
  struct Places {
    std::size_t count = 1;
    std::array<double, 3> at{};  ///< ln u
    std::array<double, 3> weights = {1, 0, 0};
  };

  Places places(double log_lifetime) const;
  static bool is_stored(const BinSums& bin, double log_lifetime);
  static std::optional<LogSums> stored(const BinSums& bin, double log_lifetime, const LifetimeCurve::Place& place);
  bool read(const RowPoint& point, double log_lifetime, std::span<LogSums> bins) const;
  /// Of the group, sorted, each once: lifetimes at which sums are needed and not there.
  std::vector<double> missing(const RowGroup& group, const Request& request, const RowPoint& point) const;
  /// Whether something must be summed for a request.
  bool needs_rows(const Request& request);
  RowPoint& row_point(const std::vector<double>& key);
  void fill(const Request& request, RowPoint& point);
  /// The sums at single lifetimes, and those at nodes of the point's curves, if there are any.
  void fill_group(std::size_t group, const Request& request, RowPoint& point, const std::vector<double>& direct,
                  int first_node, int last_node);
  /// Those of the point, if they are kept there; else `own`.
  const Collected& collect(std::size_t group, const Request& request, RowPoint& point, bool is_kept, Collected& own);
  void provide_lines(std::vector<Request>& requests, Accuracy accuracy);
  void provide_line(std::vector<Request*>& family, std::size_t parameter, Accuracy accuracy);

  const Model& model_;
  const RowPreparation& preparation_;
  const DecayBounds& bounds_;
  RowWindows windows_;
  std::map<std::vector<double>, RowPoint> points_;
  std::size_t kept_bytes_ = 0;
  using Lines = std::map<std::vector<double>, RowLine>;  ///< by row point with 0 for the line's parameter
  Lines& lines(Accuracy accuracy) { return accuracy == Accuracy::full ? lines_ : previews_; }
  Lines lines_, previews_;
};

}  // namespace anyslice
