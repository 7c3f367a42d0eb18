// VEGAS.
#include "core/generate/vegas.hpp"

#include <algorithm>
#include <cmath>

#include "core/random/counter_random.hpp"

namespace anyslice::generate {

VegasMap::VegasMap(std::size_t dimensions, std::size_t increments)
    : dimensions_(dimensions), increments_(increments), edges_(dimensions * (increments + 1)) {
  for (std::size_t d = 0; d < dimensions; ++d)
    for (std::size_t i = 0; i <= increments; ++i)
      edges_[d * (increments + 1) + i] = static_cast<double>(i) / static_cast<double>(increments);
}

double VegasMap::operator()(std::span<const double> uniforms, std::span<double> point) const {
  double jacobian = 1;
  for (std::size_t d = 0; d < dimensions_; ++d) {
    const double position = uniforms[d] * static_cast<double>(increments_);
    const auto i = std::min(static_cast<std::size_t>(position), increments_ - 1);
    const double* edge = &edges_[d * (increments_ + 1) + i];
    const double width = edge[1] - edge[0];
    point[d] = edge[0] + width * (position - static_cast<double>(i));
    jacobian *= width * static_cast<double>(increments_);
  }
  return jacobian;
}

void VegasMap::refine(const std::vector<double>& squares, double damping) {
  const std::size_t n = increments_;
  std::vector<double> smooth(n), share(n), moved(n + 1);
  for (std::size_t d = 0; d < dimensions_; ++d) {
    const double* sum = &squares[d * n];
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      // Lepage's Eq. 18: weights 1-6-1 inside, 7-1 at the ends.
      smooth[i] = n == 1       ? sum[0]
                  : i == 0     ? (7 * sum[0] + sum[1]) / 8
                  : i + 1 == n ? (sum[n - 2] + 7 * sum[n - 1]) / 8
                               : (sum[i - 1] + 6 * sum[i] + sum[i + 1]) / 8;
      total += smooth[i];
    }
    if (!(total > 0) || !std::isfinite(total) || damping == 0) continue;
    double all = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double part = std::max(smooth[i] / total, 1e-30);
      share[i] = part >= 1 ? 1 : std::pow((1 - part) / -std::log(part), damping);
      all += share[i];
    }
    double* edge = &edges_[d * (n + 1)];
    moved[0] = 0;
    moved[n] = 1;
    std::size_t old = 0;
    double left = 0;  // share of the old increments passed, less that given to the new ones
    for (std::size_t i = 1; i < n; ++i) {
      const double wanted = all / static_cast<double>(n);
      while (left < wanted && old < n) left += share[old++];
      left -= wanted;
      moved[i] = edge[old] - left / share[old - 1] * (edge[old] - edge[old - 1]);
    }
    std::copy(moved.begin(), moved.end(), edge);
  }
}

Json VegasMap::document() const {
  Json edges = Json::array();
  for (std::size_t d = 0; d < dimensions_; ++d) {
    const auto begin = edges_.begin() + static_cast<std::ptrdiff_t>(d * (increments_ + 1));
    edges.push_back(std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(increments_ + 1)));
  }
  return {{"edges", std::move(edges)}};
}

VegasMap VegasMap::read(const JsonReader& reader) {
  const auto rows = reader.at("edges").items();
  if (rows.empty()) reader.at("edges").fail("expected one list of edges a dimension");
  VegasMap map(rows.size(), std::max<std::size_t>(rows[0].items().size(), 2) - 1);
  for (std::size_t d = 0; d < rows.size(); ++d) {
    const auto edges = rows[d].numbers();
    const bool rises = std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
    if (edges.size() != map.increments_ + 1 || edges.front() != 0 || edges.back() != 1 || !rises) {
      rows[d].fail("expected " + std::to_string(map.increments_ + 1) + " numbers that rise from 0 to 1");
    }
    std::copy(edges.begin(), edges.end(), map.edges_.begin() + static_cast<std::ptrdiff_t>(d * edges.size()));
  }
  return map;
}

namespace {

/// The equal cells of the hypercube and how many calls each gets.
class Stratification {
 public:
  Stratification(std::size_t dimensions, std::size_t increments, std::uint64_t calls) : dimensions_(dimensions) {
    // As many cells as can have two calls, the fewest that show a spread: in a few dimensions nothing beats small
    // cells. In many, whole numbers of cells an axis leave calls over that move to where they are needed.
    constexpr double kCallsPerCell = 2;
    const double per_axis =
        std::pow(static_cast<double>(calls) / kCallsPerCell, 1 / static_cast<double>(dimensions)) + 1e-9;
    per_axis_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(per_axis));
    // The jacobian jumps at the edges of the map's increments: cells that straddle none have a smooth integrand.
    finer_than_map_ = per_axis_ >= increments;
    if (finer_than_map_) per_axis_ -= per_axis_ % increments;
    cells_ = 1;
    for (std::size_t d = 0; d < dimensions; ++d) cells_ *= per_axis_;
    deviations_.assign(static_cast<std::size_t>(cells_), 0);
  }

  bool finer_than_map() const { return finer_than_map_; }
  std::uint64_t cells() const { return cells_; }
  double volume() const { return 1 / static_cast<double>(cells_); }

  std::uint64_t calls_in(std::size_t cell, std::uint64_t calls) const {
    const double share = adapted_ && total_ > 0 ? deviations_[cell] / total_ : volume();
    // Two calls a cell are the least that show a spread; the rest is shared out.
    const double rest = static_cast<double>(calls) - 2 * static_cast<double>(cells_);
    return 2 + static_cast<std::uint64_t>(std::max(0.0, share * rest));
  }

  void place(std::uint64_t cell, std::span<double> uniforms) const {
    for (std::size_t d = 0; d < dimensions_; ++d) {
      uniforms[d] = (static_cast<double>(cell % per_axis_) + uniforms[d]) / static_cast<double>(per_axis_);
      cell /= per_axis_;
    }
  }

  void record(std::size_t cell, double deviation, double damping) { deviations_[cell] = std::pow(deviation, damping); }
  void adapt() {
    adapted_ = true;
    total_ = 0;
    for (const double deviation : deviations_) total_ += deviation;
  }

 private:
  std::size_t dimensions_;
  std::uint64_t per_axis_, cells_;
  bool adapted_ = false, finer_than_map_ = false;
  double total_ = 0;
  std::vector<double> deviations_;
};

}  // namespace

VegasResult vegas_integrate(VegasMap& map, const VegasIntegrand& integrand, const VegasSettings& settings,
                            std::uint64_t seed, std::uint32_t stream, const ProgressCallback& progress) {
  const std::size_t dimensions = map.dimensions(), increments = map.increments();
  std::vector<double> uniforms(dimensions), point(dimensions), squares;
  std::vector<std::uint64_t> hits;
  VegasResult result;
  std::uint64_t call = 0;
  const double planned =
      static_cast<double>(settings.warmup_iterations * settings.warmup_calls + settings.iterations * settings.calls);

  const auto iterate = [&](Stratification& strata, std::uint64_t calls) {
    squares.assign(dimensions * increments, 0);
    hits.assign(dimensions * increments, 0);
    double integral = 0, variance = 0;
    for (std::size_t cell = 0; cell < strata.cells(); ++cell) {
      const std::uint64_t n = strata.calls_in(cell, calls);
      // Relative to the first value, so that nothing is lost where all are nearly the same.
      double first = 0, sum = 0, sum_squares = 0;
      for (std::uint64_t i = 0; i < n; ++i, ++call) {
        if (call % 16384 == 0) report_progress(progress, std::min(1.0, static_cast<double>(call) / planned));
        CounterRandom(seed, call, stream).fill(uniforms);
        strata.place(cell, uniforms);
        const double value = map(uniforms, point) * integrand(point);
        if (i == 0) first = value;
        sum += value - first;
        sum_squares += (value - first) * (value - first);
        if (strata.finer_than_map()) continue;
        for (std::size_t d = 0; d < dimensions; ++d) {
          const auto k =
              std::min(static_cast<std::size_t>(uniforms[d] * static_cast<double>(increments)), increments - 1);
          squares[d * increments + k] += value * value;
          ++hits[d * increments + k];
        }
      }
      const double count = static_cast<double>(n), mean = sum / count;
      const double spread = std::max(0.0, sum_squares / count - mean * mean);
      integral += (first + mean) * strata.volume();
      variance += spread * strata.volume() * strata.volume() / (count - 1);
      strata.record(cell, std::sqrt(spread), settings.stratification_damping);
      if (!strata.finer_than_map()) continue;
      // Where cells are finer than increments, what is left of the error is the spread within them, not the integrand.
      for (std::size_t d = 0; d < dimensions; ++d) {
        const auto k =
            std::min(static_cast<std::size_t>(uniforms[d] * static_cast<double>(increments)), increments - 1);
        squares[d * increments + k] += spread;
        ++hits[d * increments + k];
      }
    }
    // The calls are not spread evenly: an increment's mean square counts, not its sum.
    for (std::size_t i = 0; i < squares.size(); ++i)
      squares[i] = hits[i] > 0 ? squares[i] / static_cast<double>(hits[i]) : 0;
    map.refine(squares, settings.map_damping);
    strata.adapt();
    return VegasEstimate{integral, std::sqrt(variance)};
  };

  Stratification warmup(dimensions, increments, settings.warmup_calls);
  Stratification strata(dimensions, increments, settings.calls);
  for (std::uint64_t i = 0; i < settings.warmup_iterations; ++i) iterate(warmup, settings.warmup_calls);
  for (std::uint64_t i = 0; i < settings.iterations; ++i) result.iterations.push_back(iterate(strata, settings.calls));
  result.calls = call;

  // An iteration that saw no spread, such as those of a constant, has no error to be weighted with; then all are equal.
  const bool exact = std::any_of(result.iterations.begin(), result.iterations.end(),
                                 [](const VegasEstimate& estimate) { return !(estimate.error > 0); });
  double weights = 0, mean = 0, chi2 = 0;
  for (const auto& estimate : result.iterations) {
    const double weight = exact ? 1 : 1 / (estimate.error * estimate.error);
    weights += weight;
    mean += weight * estimate.integral;
  }
  result.integral = mean / weights;
  if (!exact) {
    result.error = 1 / std::sqrt(weights);
    for (const auto& estimate : result.iterations)
      chi2 += std::pow((estimate.integral - result.integral) / estimate.error, 2);
  } else {
    for (const auto& estimate : result.iterations) result.error = std::max(result.error, estimate.error);
  }
  if (result.iterations.size() > 1) result.chi2_per_dof = chi2 / static_cast<double>(result.iterations.size() - 1);
  report_progress(progress, 1);
  return result;
}

}  // namespace anyslice::generate
