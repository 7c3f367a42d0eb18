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
/// Largest difference between eight-point and six-point interpolation; the error of the former is far below.
constexpr double kTolerance = 5e-5;

class Refinement {
 public:
  Refinement(int first, int last, const NodeEvaluator& evaluate) : first_(first), last_(last), evaluate_(evaluate) {
    // Room for the stencils of the coarsest cells at either end.
    begin_ = first - kMargin * kStrides[0];
    const int cells = (last - begin_ + kStrides[0] - 1) / kStrides[0] + kMargin;
    size_ = static_cast<std::size_t>(cells * kStrides[0] + 1);
  }

  NodeSeries run() {
    std::vector<int> nodes;
    for (std::size_t i = 0; i < size_; i += static_cast<std::size_t>(kStrides[0])) nodes.push_back(node(i));
    add(nodes);
    for (std::size_t level = 0; level + 1 < kStrides.size(); ++level) halve(kStrides[level], kStrides[level + 1]);
    for (auto& series : series_) {
      series.erase(series.begin(), series.begin() + (first_ - begin_));
      series.resize(static_cast<std::size_t>(last_ - first_ + 1));
    }
    return std::move(series_);
  }

 private:
  int node(std::size_t i) const { return begin_ + static_cast<int>(i); }

  void add(const std::vector<int>& nodes) {
    if (nodes.empty()) return;
    const NodeSeries values = evaluate_(nodes);
    if (series_.empty()) {
      const double unknown = std::numeric_limits<double>::quiet_NaN();
      series_.assign(values.size(), std::vector<LogSums>(size_, {unknown, unknown}));
    }
    for (std::size_t s = 0; s < values.size(); ++s) {
      for (std::size_t k = 0; k < nodes.size(); ++k)
        series_[s][static_cast<std::size_t>(nodes[k] - begin_)] = values[s][k];
    }
  }

  void halve(int stride, int next) {
    const auto step = static_cast<std::size_t>(stride);
    const std::size_t cells = (size_ - 1) / step;
    std::vector<char> smooth(cells, 0);
    for (std::size_t cell = 0; cell < cells; ++cell) smooth[cell] = is_smooth(cell * step, stride);
    std::vector<int> wanted;
    std::vector<std::size_t> interpolated;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const int low = node(cell * step), high = low + stride;
      if (high < first_ || low > last_) continue;
      // A difference may vanish by chance in the middle of one cell; beside a kink it does not in the next.
      const bool good = smooth[cell] != 0 && (cell == 0 || has_no_stencil(cell - 1, step) || smooth[cell - 1] != 0) &&
                        (cell + 1 == cells || has_no_stencil(cell + 1, step) || smooth[cell + 1] != 0);
      for (int between = low + next; between < high; between += next) {
        if (good)
          interpolated.push_back(static_cast<std::size_t>(between - begin_));
        else
          wanted.push_back(between);
      }
    }
    for (const std::size_t i : interpolated) interpolate(i, step);
    add(wanted);
  }

  bool has_no_stencil(std::size_t cell, std::size_t step) const {
    return cell < static_cast<std::size_t>(kMargin) || (cell + 1 + kMargin) * step >= size_;
  }

  bool is_smooth(std::size_t from, int stride) const {
    const auto step = static_cast<std::size_t>(stride);
    if (has_no_stencil(from / step, step)) return false;
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
      if (!finite || !(LifetimeCurve::doubt(sums) <= kTolerance && LifetimeCurve::doubt(squares) <= kTolerance)) {
        return false;
      }
    }
    return true;
  }

  void interpolate(std::size_t i, std::size_t step) {
    const std::size_t from = i / step * step;
    const auto weights =
        LifetimeCurve::interpolation_weights(static_cast<double>(i - from) / static_cast<double>(step));
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
  NodeSeries series_;
};

}  // namespace

NodeSeries refined_nodes(int first, int last, const NodeEvaluator& evaluate) {
  return Refinement(first, last, evaluate).run();
}

}  // namespace anyslice
