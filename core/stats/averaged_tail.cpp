// Averages of Poisson tails: direct sums over counts where the count is small, a smooth table in the expected events
// where it is large (there P(N <= n) changes only over sqrt(n) events, so interpolation is exact to rounding).
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/stats/averaged_poisson.hpp"
#include "core/stats/event_grid.hpp"
#include "core/stats/poisson_tail.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_small_count = 1500;  // above, sums over counts cost more than the smooth table

// Adds weight times the Poisson probabilities of 0..counts.size()-1. Starts where the probability is largest, so that
// nothing underflows that matters.
void add_poisson(double mean, double weight, std::vector<double>& counts) {
  const std::size_t last = counts.size() - 1;
  if (mean <= 0) {
    counts[0] += weight;
    return;
  }
  const std::size_t start = mean < static_cast<double>(last) ? static_cast<std::size_t>(mean) : last;
  const double peak = weight * std::exp(static_cast<double>(start) * std::log(mean) - mean -
                                        std::lgamma(static_cast<double>(start) + 1));
  if (peak == 0) return;
  double term = peak;
  for (std::size_t k = start;; --k) {
    counts[k] += term;
    if (k == 0 || term < 1e-300) break;
    term *= static_cast<double>(k) / mean;
  }
  term = peak;
  for (std::size_t k = start + 1; k <= last && term > 1e-300; ++k) {
    term *= mean / static_cast<double>(k);
    counts[k] += term;
  }
}

double highest_log_mass(const std::vector<YieldNode>& nodes, double tilt, double scale) {
  double highest = -infinity;
  for (const YieldNode& node : nodes) highest = std::max(highest, node.log_weight - tilt * scale * node.events);
  return highest;
}

void add_poisson(const std::vector<YieldNode>& nodes, double tilt, double scale, double log_scale,
                 std::vector<double>& counts) {
  for (const YieldNode& node : nodes) {
    const double events = scale * node.events;
    const double weight = std::exp(node.log_weight - tilt * events - log_scale);
    if (weight > 0) add_poisson((1 - tilt) * events, weight, counts);
  }
}

// ln of a sum given by the logarithms of its terms.
class LogSum {
 public:
  void add(double term) {
    if (!(term > -infinity)) return;
    if (term > highest_) {
      sum_ = sum_ * std::exp(highest_ - term) + 1;
      highest_ = term;
    } else {
      sum_ += std::exp(term - highest_);
    }
  }
  double value() const { return highest_ + std::log(sum_); }

 private:
  double highest_ = -infinity, sum_ = 0;
};

}  // namespace

AveragedTail::AveragedTail(const AveragedPoisson& model, double count, double mu, bool background_only, bool inverse)
    : model_(&model), count_(count), inverse_(inverse), saddle_(model.saddle(count, mu)) {
  // A factor exp(-sigma delta) moves a Gaussian by sigma standard deviations.
  if (inverse_) saddle_.reach += model.signal_response();
  std::vector<AveragedPoisson::SharedPoint> points;
  std::vector<double> pulls;
  model.add_shared_points(pulls, 0.0, count, saddle_, points);

  const bool small = count <= largest_small_count;
  grid_step_ = 0.2 * std::sqrt(count + 1);
  const auto nodes_at = [&](const AveragedPoisson::SharedPoint& point) {
    std::vector<std::vector<YieldNode>> nodes;
    for (std::size_t i = 0; i < model.backgrounds_.size(); ++i) {
      const auto& component = model.backgrounds_[i];
      nodes.push_back(component.factor.nodes(component.expected, model.shift(component, point.pulls),
                                             focus(saddle_.backgrounds[i])));
    }
    return nodes;
  };
  const auto mass_of = [](const std::vector<YieldNode>& nodes) {
    double mass = 0;
    for (const YieldNode& node : nodes) mass += std::exp(node.log_weight);
    return mass;
  };
  std::vector<char> used(points.size(), 0);
  log_scale_ = -infinity;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i % 256 == 0) report_progress(model.progress_, 0);
    double log_height = points[i].log_weight, mass = std::exp(log_height);
    for (const auto& nodes : nodes_at(points[i])) {
      log_height += highest_log_mass(nodes, saddle_.tilt, 1);
      mass *= mass_of(nodes);
    }
    const double signal_shift = model.shift(model.signal_, points[i].pulls);
    const double signal_mass = mass_of(model.signal_.factor.nodes(1e-3, signal_shift, signal_focus(0)));
    if (!(log_height > -infinity && signal_mass > 0)) continue;
    total_weight_ += mass * signal_mass;
    log_scale_ = std::max(log_scale_, log_height);
    used[i] = 1;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i % 256 == 0) report_progress(model.progress_, 0);
    if (!used[i]) continue;
    // Without signal response to the shared pulls all parts add up to one.
    const double signal_shift = model.shift(model.signal_, points[i].pulls);
    const bool same = !parts_.empty() && parts_.back().signal_shift == signal_shift;
    Part part;
    part.signal_shift = signal_shift;
    if (small) {
      fill_small_count(nodes_at(points[i]), part, points[i].log_weight);
    } else {
      fill_large_count(nodes_at(points[i]), part, points[i].log_weight, background_only);
    }
    if (!same) {
      parts_.push_back(std::move(part));
      continue;
    }
    auto& sum = small ? parts_.back().counts : parts_.back().tail;
    const auto& more = small ? part.counts : part.tail;
    if (sum.size() < more.size()) sum.resize(more.size(), 0.0);
    for (std::size_t k = 0; k < more.size(); ++k) sum[k] += more[k];
  }
  for (Part& part : parts_) {
    for (std::size_t i = 0; i < part.tail.size(); ++i) {
      part.tail[i] = std::log(part.tail[i]) - saddle_.tilt * grid_step_ * static_cast<double>(i);
    }
  }
  if (saddle_.tilt > 0) {
    log_scale_ += small ? (count > 0 ? -count * std::log1p(-saddle_.tilt) : 0.0)
                        : log_poisson_tail(count, saddle_.total) + saddle_.tilt * saddle_.total;
  }
  log_background_ = log_probability(0);
}

// The scale is shared out over the components so that no product of their probabilities underflows.
void AveragedTail::fill_small_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part,
                                    double log_weight) const {
  const auto size = static_cast<std::size_t>(count_) + 1;
  part.counts.assign(1, 1.0);
  double applied = log_weight;
  for (const auto& component : nodes) {
    const double highest = highest_log_mass(component, saddle_.tilt, 1);
    std::vector<double> counts(size, 0.0);
    add_poisson(component, saddle_.tilt, 1, highest, counts);
    part.counts = convolve(part.counts, counts, size);
    applied += highest;
  }
  part.counts.resize(size, 0.0);
  const double factor = std::exp(applied - log_scale_);
  for (double& value : part.counts) value *= factor;
}

void AveragedTail::fill_large_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double log_weight,
                                    bool background_only) const {
  const double tilt = saddle_.tilt;
  GridMasses masses{0, {1.0}};
  double applied = log_weight;
  for (const auto& component : nodes) {
    const double highest = highest_log_mass(component, tilt, 1);
    const GridMasses next = on_grid(component, grid_step_, tilt, highest);
    masses.weights =
        convolve(masses.weights, next.weights, std::min(masses.weights.size() + next.weights.size() - 1, longest_grid));
    masses.first += next.first;
    applied += highest;
  }
  const double factor = std::exp(applied - log_scale_);
  for (double& weight : masses.weights) weight *= factor;
  // P(N <= count) at the grid points, without a tilt one before a short stretch and too small to matter after it.
  const double spread = std::sqrt(count_ + 1);
  const auto events_at = [&](long long index) {
    return std::max(grid_step_ * static_cast<double>(masses.first + index), 0.0);
  };
  const auto size = static_cast<long long>(masses.weights.size());
  long long window = 0;
  std::vector<double> tails;
  if (tilt > 0) {
    const double log_highest = log_poisson_tail(count_, saddle_.total) + tilt * saddle_.total;
    // The table has to follow a probability that falls like exp(-tilt y), or else over sqrt(count) events.
    const auto length = static_cast<long long>(
        std::min(800 / tilt, 45 * spread + 2 * saddle_.signal + 800) / grid_step_ + 4 * grid_stencil);
    for (long long i = 0; i < size + std::min<long long>(length, longest_grid); ++i) {
      tails.push_back(std::exp(log_poisson_tail(count_, events_at(i)) + tilt * events_at(i) - log_highest));
    }
  } else {
    const double start = (count_ + 1 - 9 * spread) / grid_step_ - static_cast<double>(masses.first);
    window = std::max(0LL, static_cast<long long>(start));
    for (long long i = window; i < window + static_cast<long long>(longest_grid); ++i) {
      const double log_tail = log_poisson_tail(count_, events_at(i));
      tails.push_back(std::exp(log_tail));
      if (log_tail < -100 && events_at(i) > count_ + 10 * spread) break;
    }
  }
  std::vector<double> sum_below(masses.weights.size() + 1, 0.0);
  for (std::size_t k = 0; k < masses.weights.size(); ++k) sum_below[k + 1] = sum_below[k] + masses.weights[k];
  const auto length = static_cast<long long>(tails.size());
  double highest = 0;
  for (long long i = 0; i < window + length; ++i) {
    double sum = sum_below[static_cast<std::size_t>(std::clamp(window - i, 0LL, size))];
    const long long end = std::min(size, window + length - i);
    for (long long k = std::max(0LL, window - i); k < end; ++k) {
      sum += masses.weights[static_cast<std::size_t>(k)] * tails[static_cast<std::size_t>(i + k - window)];
    }
    part.tail.push_back(std::max(sum, 0.0));
    highest = std::max(highest, sum);
    if (i > 2 * static_cast<long long>(grid_stencil) && !(sum > 1e-40 * highest) &&
        grid_step_ * static_cast<double>(i) > saddle_.signal) {
      break;
    }
    if (background_only && part.tail.size() == grid_stencil) break;
  }
}

double AveragedTail::log_small_count_tail(const Part& part, double scale) const {
  std::vector<double> counts(part.counts.size(), 0.0);
  const double highest = highest_log_mass(part.nodes, saddle_.tilt, scale);
  add_poisson(part.nodes, saddle_.tilt, scale, highest, counts);
  double cumulative = 0, sum = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    cumulative = (1 - saddle_.tilt) * cumulative + counts[k];
    sum += cumulative * part.counts[counts.size() - 1 - k];
  }
  return std::log(sum) + highest;
}

double AveragedTail::log_large_count_tail(const Part& part, double scale) const {
  LogSum sum;
  const auto size = static_cast<long long>(part.tail.size());
  if (size < static_cast<long long>(grid_stencil)) return -infinity;
  for (const YieldNode& node : part.nodes) {
    const double position = scale * node.events / grid_step_;
    if (position >= static_cast<double>(size - 1)) continue;
    // Near an end of the table the stencil is not centred.
    const long long first = std::clamp(static_cast<long long>(position) - static_cast<long long>(grid_stencil / 2 - 1),
                                       0LL, size - static_cast<long long>(grid_stencil));
    const auto weights = lagrange_weights(position - static_cast<double>(first) - (grid_stencil / 2 - 1));
    double log_tail = 0;
    for (std::size_t i = 0; i < grid_stencil; ++i) {
      log_tail += weights[i] * part.tail[static_cast<std::size_t>(first) + i];
    }
    if (std::isfinite(log_tail)) sum.add(node.log_weight + log_tail);
  }
  return sum.value();
}

double AveragedTail::log_probability(double mu) {
  const double signal_events = mu * model_->signal_.expected;
  // Nodes are laid for the next power of two of signal events and scaled: a search for mu seldom lays new ones.
  const int octave = std::ilogb(std::max(signal_events, 1e-3)) + 1;
  const double scale = signal_events / std::ldexp(1.0, octave);
  LogSum sum;
  for (Part& part : parts_) {
    if (part.nodes.empty() || part.nodes_octave != octave) {
      part.nodes =
          model_->signal_.factor.nodes(std::ldexp(1.0, octave), part.signal_shift, signal_focus(saddle_.signal));
      part.nodes_octave = octave;
      if (inverse_) {
        for (YieldNode& node : part.nodes) node.log_weight -= std::log(node.events) - octave * std::log(2.0);
      }
    }
    sum.add(part.counts.empty() ? log_large_count_tail(part, scale) : log_small_count_tail(part, scale));
  }
  return sum.value() + log_scale_ - std::log(total_weight_);
}

}  // namespace anyslice::stats
