// Sums in single precision where it has the range, else in double.
#include "core/reweight/window_sums.hpp"

#include <algorithm>
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

constexpr int kOctave = 8;  // nodes of a LifetimeCurve

/// Of increasing nodes, how many must be summed: what follows are whole octaves, each after the one before, beyond the
/// first of them that lies above `log_longest`.
std::size_t count_without_extrapolation(const std::vector<int>& nodes, double log_longest) {
  const auto above =
      std::find_if(nodes.begin(), nodes.end(), [&](int node) { return node * LifetimeCurve::kStep >= log_longest; });
  const auto count = static_cast<std::size_t>(above - nodes.begin()) + 1;
  if (count < 3 || count >= nodes.size()) return nodes.size();
  for (std::size_t i = count - 2; i < nodes.size(); ++i) {
    if (nodes[i] - nodes[i - 1] != kOctave) return nodes.size();
  }
  return count;
}

/// Appends a sum so many octaves above the last `known` one, from that, the one before and the one before that: times
/// the lifetime, it is a polynomial in its inverse.
void extrapolate(std::vector<LogSums>& series, std::size_t known, int octaves) {
  const LogSums &longest = series[known - 1], &half = series[known - 2], &quarter = series[known - 3];
  if (longest.sum == kNone) {
    series.push_back({kNone, kNone});
    return;
  }
  const double t = std::ldexp(1.0, -octaves);
  const double a = (t - 2) * (t - 4) / 3, b = -(t - 1) * (t - 4) / 2, c = (t - 1) * (t - 2) / 6;
  // Times the lifetime they are close to each other, and so are their logarithms.
  const double log_lifetimes = -(b + 2 * c + octaves) * LifetimeCurve::kStep * kOctave;
  series.push_back({a * longest.sum + b * half.sum + c * quarter.sum + log_lifetimes,
                    a * longest.squares + b * half.squares + c * quarter.squares + 2 * log_lifetimes});
}

}  // namespace

NodeSeries sums_at_nodes(const WindowRows& window, const NormedWeights& weights, const std::vector<int>& nodes,
                         double log_longest) {
  const std::size_t known = count_without_extrapolation(nodes, log_longest);
  std::vector<double> lifetimes;
  for (std::size_t k = 0; k < known; ++k) lifetimes.push_back(std::exp(nodes[k] * LifetimeCurve::kStep));
  DecaySummation summation(lifetimes);
  NodeSeries result;
  std::vector<double> sums, squares;
  for (const RowRun run : window.runs) {
    sums.assign(weights.rows.size() * known, 0.0);
    squares.assign(sums.size(), 0.0);
    if (run.end > run.begin) {
      summation.add(window.decay.part(run.begin, run.end), from_row(weights, run.begin), sums, squares);
    }
    for (std::size_t w = 0; w < weights.rows.size(); ++w) {
      auto& series = result.emplace_back();
      series.reserve(nodes.size());
      for (std::size_t k = 0; k < known; ++k) {
        const std::size_t i = w * known + k;
        const bool lost = run.end > run.begin && is_lost(sums[i], squares[i]);
        series.push_back(lost ? LogSums{kUnknown, kUnknown} : logs(sums[i], squares[i], weights.log_norm[w]));
      }
      for (std::size_t k = known; k < nodes.size(); ++k) extrapolate(series, known, static_cast<int>(k - known) + 1);
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
