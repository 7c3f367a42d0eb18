// Sums in single precision where it has the range, else in double.
#include "core/reweight/window_sums.hpp"

#include <cmath>
#include <limits>

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
/// Single precision loses its range below this share of the largest weight.
constexpr double kSmallestSingleSum = 1e-20, kSmallestSingleSquare = 1e-30;

bool is_lost(double sum, double squares) { return sum < kSmallestSingleSum || squares < kSmallestSingleSquare; }

LogSums logs(double sum, double squares, double log_norm) {
  if (!(sum > 0)) return {kNone, kNone};
  return {std::log(sum) + log_norm, std::log(squares) + 2 * log_norm};
}

std::vector<const float*> from_row(const NormedWeights& weights, std::size_t row) {
  std::vector<const float*> result;
  for (const float* rows : weights.rows) result.push_back(rows + row);
  return result;
}

}  // namespace

NodeSeries sums_at_nodes(const WindowRows& window, const NormedWeights& weights, const std::vector<int>& nodes) {
  std::vector<double> lifetimes;
  for (const int node : nodes) lifetimes.push_back(std::exp(node * LifetimeCurve::kStep));
  DecaySummation summation(lifetimes);
  NodeSeries result;
  std::vector<double> sums, squares;
  for (const RowRun run : window.runs) {
    sums.assign(weights.rows.size() * nodes.size(), 0.0);
    squares.assign(sums.size(), 0.0);
    if (run.end > run.begin) {
      summation.add(window.decay.part(run.begin, run.end), from_row(weights, run.begin), sums, squares);
    }
    for (std::size_t w = 0; w < weights.rows.size(); ++w) {
      auto& series = result.emplace_back();
      series.reserve(nodes.size());
      for (std::size_t k = 0; k < nodes.size(); ++k) {
        const std::size_t i = w * nodes.size() + k;
        const bool lost = run.end > run.begin && is_lost(sums[i], squares[i]);
        series.push_back(lost ? LogSums{kUnknown, kUnknown} : logs(sums[i], squares[i], weights.log_norm[w]));
      }
    }
  }
  return result;
}

NodeSeries sums_at_lifetimes(const WindowRows& window, const NormedWeights& weights,
                             std::span<const double> lifetimes) {
  const float* of_rows = weights.rows.front();
  const double log_norm = weights.log_norm.front();
  NodeSeries result;
  DecaySummation summation(lifetimes);
  for (const RowRun run : window.runs) {
    auto& series = result.emplace_back();
    if (lifetimes.empty()) {
      double sum = 0, squares = 0;
      for (std::size_t row = run.begin; row < run.end; ++row) {
        const auto weight = static_cast<double>(of_rows[row]);
        sum += weight;
        squares += weight * weight;
      }
      series.push_back(logs(sum, squares, log_norm));
      continue;
    }
    const DecayRows rows = window.decay.part(run.begin, run.end);
    std::vector<double> sums(lifetimes.size(), 0.0), squares(lifetimes.size(), 0.0);
    if (run.end > run.begin) summation.add(rows, from_row(weights, run.begin), sums, squares);
    for (std::size_t k = 0; k < lifetimes.size(); ++k) {
      if (run.end > run.begin && is_lost(sums[k], squares[k])) {
        const ExactDecaySum exact = exact_decay_sum(rows, of_rows + run.begin, lifetimes[k]);
        sums[k] = exact.sum;
        squares[k] = exact.sum_of_squares;
      }
      series.push_back(logs(sums[k], squares[k], log_norm));
    }
  }
  return result;
}

}  // namespace anyslice
