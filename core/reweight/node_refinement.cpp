// Coarse-to-fine tabulation of smooth functions.
#include "core/reweight/node_refinement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

constexpr int kMargin = LifetimeCurve::kMargin;
constexpr std::array<int, 4> kStrides = {8, 4, 2, 1};
/// Beyond either end, how many nodes of each stride the stencils of the next finer cells reach.
constexpr std::array<int, 4> kRooms = {7 * 8, 6 * 4, 4 * 2, 0};
/// Largest difference between eight-point and six-point interpolation, by stride; the error of the former is far below,
/// but an octave apart, where neither may resolve exp(-entry / u) of a few rows, and both may agree by chance.
constexpr std::array<double, 3> kTolerances = {1e-5, 5e-5, 5e-5}, kPreviewTolerances = {1e-3, 2e-3, 2e-3};
/// Of the coarsest nodes so many are computed at once, from the longest lifetime on, until the last few of them are as
/// near to the very shortest as this.
constexpr std::size_t kChunk = 8, kSteady = 2;
constexpr double kSteadyTolerance = 3e-5;

class Refinement {
 public:
  Refinement(int first, int last, const NodeEvaluator& evaluate, Accuracy accuracy)
      : first_(first),
        last_(last),
        evaluate_(evaluate),
        tolerances_(accuracy == Accuracy::full ? kTolerances : kPreviewTolerances) {
    begin_ = first - kRooms[0];
    const int cells = (last - begin_ + kRooms[0] + kStrides[0] - 1) / kStrides[0];
    size_ = static_cast<std::size_t>(cells * kStrides[0] + 1);
    known_.assign(size_, 0);
  }

  NodeSeries run() {
    add_coarsest();
    for (std::size_t level = 0; level + 1 < kStrides.size(); ++level) {
      halve(kStrides[level], kStrides[level + 1], kRooms[level + 1], tolerances_[level]);
    }
    for (auto& series : series_) {
      series.erase(series.begin(), series.begin() + (first_ - begin_));
      series.resize(static_cast<std::size_t>(last_ - first_ + 1));
    }
    return std::move(series_);
  }

 private:
  int node(std::size_t i) const { return begin_ + static_cast<int>(i); }

  /// At the shortest lifetimes rows that are made inside a volume remain, but for those about to leave it, whose share
  /// is proportional to the lifetime.
  void add_coarsest() {
    const auto stride = static_cast<std::size_t>(kStrides[0]);
    const std::size_t all = (size_ - 1) / stride + 1;
    for (std::size_t left = all; left > 0;) {
      const std::size_t count = left <= kChunk + 2 ? left : kChunk;
      std::vector<int> nodes;
      if (left == all && count < left) nodes.push_back(node(0));
      for (std::size_t k = left - count; k < left; ++k) nodes.push_back(node(k * stride));
      add(nodes);
      left -= count;
      if (left < 2 || !is_steady_from(left * stride)) continue;
      for (auto& series : series_) {
        const LogSums end = series[0];
        for (std::size_t k = left; --k > 0;) {
          const LogSums& longer = series[(k + 1) * stride];
          series[k * stride] = {(longer.sum + end.sum) / 2, (longer.squares + end.squares) / 2};
        }
      }
      for (std::size_t k = 1; k < left; ++k) known_[k * stride] = 1;
      return;
    }
  }

  bool is_steady_from(std::size_t from) const {
    const auto stride = static_cast<std::size_t>(kStrides[0]);
    return std::all_of(series_.begin(), series_.end(), [&](const std::vector<LogSums>& series) {
      const LogSums& end = series[0];
      for (std::size_t i = from; i < from + kSteady * stride; i += stride) {
        if (series[i].sum == end.sum && series[i].squares == end.squares) continue;  // nothing at all, too
        if (!(std::abs(series[i].sum - end.sum) < kSteadyTolerance)) return false;
        if (!(std::abs(series[i].squares - end.squares) < kSteadyTolerance)) return false;
      }
      return true;
    });
  }

  void add(const std::vector<int>& nodes) {
    if (nodes.empty()) return;
    const NodeSeries values = evaluate_(nodes);
    if (series_.empty()) {
      const double unknown = std::numeric_limits<double>::quiet_NaN();
      series_.assign(values.size(), std::vector<LogSums>(size_, {unknown, unknown}));
    }
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const auto place = static_cast<std::size_t>(nodes[k] - begin_);
      for (std::size_t s = 0; s < values.size(); ++s) series_[s][place] = values[s][k];
      known_[place] = 1;
    }
  }

  void halve(int stride, int next, int room, double tolerance) {
    const auto step = static_cast<std::size_t>(stride);
    const std::size_t cells = (size_ - 1) / step;
    enum : char { unknown, smooth, rough };
    std::vector<char> of_cell(cells, unknown);
    for (std::size_t cell = 0; cell < cells; ++cell) {
      if (has_stencil(cell, step)) of_cell[cell] = is_smooth(cell * step, step, tolerance) ? smooth : rough;
    }
    std::vector<int> wanted;
    std::vector<std::size_t> interpolated;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const int low = node(cell * step), high = low + stride;
      if (high < first_ - room || low > last_ + room) continue;
      // A difference may vanish by chance in the middle of one cell; beside a kink it does not in the next.
      const bool good = of_cell[cell] == smooth && (cell == 0 || of_cell[cell - 1] != rough) &&
                        (cell + 1 == cells || of_cell[cell + 1] != rough);
      for (int between = low + next; between < high; between += next) {
        if (good) {
          interpolated.push_back(static_cast<std::size_t>(between - begin_));
        } else if (high >= first_ && low <= last_) {
          wanted.push_back(between);
        }
      }
    }
    for (const std::size_t i : interpolated) interpolate(i, step);
    add(wanted);
  }

  bool has_stencil(std::size_t cell, std::size_t step) const {
    const std::size_t margin = kMargin;
    if (cell < margin || (cell + 1 + margin) * step >= size_) return false;
    for (std::size_t i = cell - margin; i <= cell + 1 + margin; ++i) {
      if (known_[i * step] == 0) return false;
    }
    return true;
  }

  bool is_smooth(std::size_t from, std::size_t step, double tolerance) const {
    for (const auto& series : series_) {
      std::array<double, LifetimeCurve::kPoints> sums, squares;
      bool empty = true, finite = true;
      for (std::size_t i = 0; i < sums.size(); ++i) {
        const LogSums& value = series[from + i * step - kMargin * step];
        sums[i] = value.sum, squares[i] = value.squares;
        empty = empty && value.sum == -std::numeric_limits<double>::infinity();
        finite = finite && std::isfinite(value.sum) && std::isfinite(value.squares);
      }
      if (empty) continue;
      if (!finite || !(LifetimeCurve::doubt(sums) <= tolerance && LifetimeCurve::doubt(squares) <= tolerance)) {
        return false;
      }
    }
    return true;
  }

  void interpolate(std::size_t i, std::size_t step) {
    const std::size_t from = i / step * step;
    const auto weights =
        LifetimeCurve::interpolation_weights(static_cast<double>(i - from) / static_cast<double>(step));
    known_[i] = 1;
    for (auto& series : series_) {
      if (series[from].sum == -std::numeric_limits<double>::infinity()) {
        series[i] = series[from];
        continue;
      }
      LogSums value;
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const LogSums& at = series[from + k * step - kMargin * step];
        value.sum += weights[k] * at.sum;
        value.squares += weights[k] * at.squares;
      }
      series[i] = value;
    }
  }

  int first_, last_, begin_ = 0;
  std::size_t size_ = 0;
  const NodeEvaluator& evaluate_;
  const std::array<double, 3>& tolerances_;
  NodeSeries series_;
  std::vector<char> known_;  ///< per node
};

}  // namespace

NodeSeries refined_nodes(int first, int last, const NodeEvaluator& evaluate, Accuracy accuracy) {
  return Refinement(first, last, evaluate, accuracy).run();
}

}  // namespace anyslice
