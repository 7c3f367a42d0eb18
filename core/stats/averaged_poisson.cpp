// Averages of Poisson tails: direct sums over counts where the count is small, a smooth table in the expected events
// where it is large (there P(N <= n) changes only over sqrt(n) events, so interpolation is exact to rounding).
#include "core/stats/averaged_poisson.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/error.hpp"
#include "core/random/distributions.hpp"
#include "core/stats/gauss_legendre.hpp"
#include "core/stats/poisson_tail.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_shared_systematics = 3;
constexpr double largest_small_count = 1500;  // above, sums over counts cost more than the smooth table
constexpr double negligible_weight = 1e-15;

double normal_density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

// Adds weight times the Poisson probabilities of 0..counts.size()-1, scaled by exp(-log_scale). Starts where the
// probability is largest, so that nothing underflows that matters.
void add_poisson(double mean, double weight, double log_scale, std::vector<double>& counts) {
  const std::size_t last = counts.size() - 1;
  if (mean <= 0) {
    counts[0] += weight * std::exp(-log_scale);
    return;
  }
  const std::size_t start = mean < static_cast<double>(last) ? static_cast<std::size_t>(mean) : last;
  const double peak = weight * std::exp(static_cast<double>(start) * std::log(mean) - mean -
                                        std::lgamma(static_cast<double>(start) + 1) - log_scale);
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

double log_peak(double mean, double weight, double last) {
  if (mean <= 0) return std::log(weight);
  const double k = std::min(std::floor(mean), last);
  return std::log(weight) + k * std::log(mean) - mean - std::lgamma(k + 1);
}

std::vector<double> convolve(const std::vector<double>& left, const std::vector<double>& right, std::size_t size) {
  std::vector<double> result(size, 0.0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == 0) continue;
    const std::size_t end = std::min(right.size(), size > i ? size - i : 0);
    for (std::size_t j = 0; j < end; ++j) result[i + j] += left[i] * right[j];
  }
  return result;
}

// Lagrange weights of the 12 grid points around a position in (0, 1) between the sixth and the seventh.
constexpr std::size_t stencil = 12;
std::array<double, stencil> lagrange_weights(double position) {
  static const std::array<double, stencil> binomial = [] {
    std::array<double, stencil> result;
    double value = 1;
    for (std::size_t i = 0; i < stencil; ++i) {
      result[i] = i % 2 ? -value : value;
      value *= static_cast<double>(stencil - 1 - i) / static_cast<double>(i + 1);
    }
    return result;
  }();
  std::array<double, stencil> weights{};
  double sum = 0;
  for (std::size_t i = 0; i < stencil; ++i) {
    const double distance = position + (stencil / 2 - 1) - static_cast<double>(i);
    if (distance == 0) {
      weights.fill(0);
      weights[i] = 1;
      return weights;
    }
    weights[i] = binomial[i] / distance;
    sum += weights[i];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Masses on a grid of expected events, with the same average of every smooth function as the nodes they stand for.
struct GridMasses {
  long long first = 0;  // index of the first grid point
  std::vector<double> weights;
};

constexpr std::size_t longest_grid = 20000;

GridMasses on_grid(const std::vector<YieldNode>& nodes, double step) {
  GridMasses grid;
  if (nodes.empty()) return grid;
  double low = infinity, high = 0;
  for (const YieldNode& node : nodes) {
    low = std::min(low, node.events);
    high = std::max(high, node.events);
  }
  grid.first = static_cast<long long>(std::floor(low / step)) - static_cast<long long>(stencil / 2 - 1);
  const double length = (high - low) / step + 2 * stencil;
  grid.weights.assign(static_cast<std::size_t>(std::min(length, static_cast<double>(longest_grid))), 0.0);
  for (const YieldNode& node : nodes) {
    const double cell = std::floor(node.events / step);
    const double index = cell - (stencil / 2 - 1) - static_cast<double>(grid.first);
    if (index + stencil > static_cast<double>(grid.weights.size())) continue;  // so far above that its tail vanishes
    const auto weights = lagrange_weights(node.events / step - cell);
    for (std::size_t i = 0; i < stencil; ++i) {
      grid.weights[static_cast<std::size_t>(index) + i] += node.weight * weights[i];
    }
  }
  return grid;
}

}  // namespace

AveragedPoisson::AveragedPoisson(const CountingModel& model)
    : constraint_(model.constraint),
      pull_limit_(model.constraint == Constraint::gaussian ? model.pull_limit : infinity),
      signal_{model.signal, YieldFactor(model.constraint, model.pull_limit, {}), {}} {
  const std::size_t count = model.backgrounds.size();
  std::vector<std::vector<double>> own(count + 1), shared(count + 1);
  std::string shared_names;
  for (const Systematic& systematic : model.systematics) {
    std::vector<std::size_t> acts_on;
    const auto size = [&](std::size_t i) { return i < count ? systematic.on_background[i] : systematic.on_signal; };
    for (std::size_t i = 0; i <= count; ++i) {
      if (size(i) > 0 && (i == count || model.backgrounds[i].expected > 0)) acts_on.push_back(i);
    }
    if (acts_on.empty()) continue;
    if (acts_on.size() == 1) {
      own[acts_on[0]].push_back(size(acts_on[0]));
      continue;
    }
    for (std::size_t i = 0; i <= count; ++i) shared[i].push_back(YieldFactor::response(constraint_, size(i)));
    ++shared_count_;
    shared_names += (shared_names.empty() ? "" : ", ") + systematic.name;
  }
  if (shared_count_ > most_shared_systematics) {
    throw InputError("cls-hybrid", "systematics",
                     "at most 3 systematics can act on several components at once, found " +
                         std::to_string(shared_count_) + " (" + shared_names + "): use cls-toys or cls-asymptotic");
  }
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double expected = model.backgrounds[i].expected;
    if (expected <= 0) continue;
    backgrounds_.push_back({expected, YieldFactor(constraint_, model.pull_limit, own[i]), shared[i]});
    double square = 0;
    for (const auto* sizes : {&own[i], &shared[i]}) {
      for (const double size : *sizes) square += size * size;
    }
    mean += expected;
    variance += expected + expected * expected * square;
  }
  signal_ = {model.signal, YieldFactor(constraint_, model.pull_limit, own[count]), shared[count]};

  // The quantiles of a small background come from its distribution, computed once.
  for (double last = std::ceil(mean + 4 * std::sqrt(variance)) + 8; last <= largest_small_count; last *= 2) {
    const AveragedTail all = tail(last);
    std::vector<double> sum(static_cast<std::size_t>(last) + 1, 0.0);
    for (const AveragedTail::Part& part : all.parts_) {
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part.counts[k];
    }
    cumulative_.clear();
    double total = 0;
    for (const double probability : sum) {
      total += probability * std::exp(all.log_scale_) / all.total_weight_;
      cumulative_.push_back(total);
    }
    if (total > 0.9999) return;
  }
  cumulative_.clear();
}

double AveragedPoisson::shift(const Component& component, const std::vector<double>& pulls) const {
  double sum = 0;
  for (std::size_t i = 0; i < pulls.size(); ++i) sum += component.shared_response[i] * pulls[i];
  return sum;
}

// An average is at least about its value at zero pulls, so pulls of a density below 1e-17 of that do not matter.
double AveragedPoisson::reach(double count) const {
  double mean = 0;
  for (const Component& component : backgrounds_) mean += component.expected;
  return std::min(38.0, std::sqrt(80 - 2 * log_poisson_tail(count, mean)));
}

// Tensor product over the shared pulls, pull by pull: the trapezoidal rule, which converges exponentially for smooth
// decaying integrands, or panels between the kinks where limits on pulls or on yields cut the density off.
void AveragedPoisson::add_shared_points(std::vector<double>& pulls, double weight, double count, double reach,
                                        std::vector<SharedPoint>& points) const {
  const std::size_t index = pulls.size();
  if (index == shared_count_) {
    points.push_back({pulls, weight});
    return;
  }
  const bool logarithmic = constraint_ == Constraint::lognormal;
  const double high = std::min(pull_limit_, reach);
  double low = -high, rate = signal_.shared_response[index] * (count + 3);
  std::vector<double> cuts;
  const auto consider = [&](const Component& component) {
    const double response = component.shared_response[index];
    if (response == 0) return;
    rate += response * (logarithmic ? count + 3 : component.expected);
    if (logarithmic) return;
    for (std::size_t later = index + 1; later < shared_count_; ++later) {
      if (component.shared_response[later] > 0) return;  // smoothed by the later pull
    }
    const double edge = -(1 + shift(component, pulls)) / response;
    const double blur = component.factor.deviation() / response;
    if (blur == 0) {
      low = std::max(low, edge);
    } else if (blur < 1) {
      for (const double step : {-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0}) cuts.push_back(edge + step * blur);
    }
  };
  for (const Component& component : backgrounds_) consider(component);
  consider(signal_);
  if (low >= high) return;

  const double normalisation = std::isfinite(pull_limit_) ? std::erf(pull_limit_ / std::numbers::sqrt2) : 1.0;
  const auto add = [&](double pull, double step) {
    const double next = weight * step * normal_density(pull) / normalisation;
    // Deep in the tail of the count even improbable pulls may dominate.
    if (reach < 10 && next < negligible_weight) return;
    pulls.push_back(pull);
    add_shared_points(pulls, next, count, reach, points);
    pulls.pop_back();
  };
  const double resolution = std::sqrt(count + 1) / rate;
  if (cuts.empty() && low == -reach && high == reach) {
    const double step = std::min(0.45, 0.8 * resolution);
    const auto last = static_cast<long long>(reach / step);
    for (long long i = -last; i <= last; ++i) add(step * static_cast<double>(i), step);
    return;
  }
  cuts.push_back(low);
  cuts.push_back(high);
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double from = std::max(cuts[i], low), to = std::min(cuts[i + 1], high);
    if (from >= to) continue;
    const auto panels = static_cast<std::size_t>(std::ceil((to - from) / std::min(2.5, 4 * resolution)));
    const double half = 0.5 * (to - from) / static_cast<double>(panels);
    for (std::size_t panel = 0; panel < panels; ++panel) {
      const double middle = from + half * static_cast<double>(2 * panel + 1);
      for (std::size_t point = 0; point < gauss_points; ++point) {
        add(middle + half * gauss_rule().points[point], half * gauss_rule().weights[point]);
      }
    }
  }
}

AveragedTail AveragedPoisson::tail(double count) const { return AveragedTail(*this, count, false); }

double AveragedPoisson::background_probability(double count) const {
  const AveragedTail at_count(*this, count, true);
  return at_count.background_only_ * std::exp(at_count.log_scale_) / at_count.total_weight_;
}

double AveragedPoisson::background_quantile(double probability) const {
  if (!cumulative_.empty()) {
    const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), probability);
    return static_cast<double>(found - cumulative_.begin());
  }
  // In standard deviations the distribution function is nearly a straight line of the count: false position with the
  // halving of a stuck end (Illinois) needs few steps.
  const double target = normal_quantile(probability);
  const auto excess = [&](double count) {
    return normal_quantile(std::clamp(background_probability(count), 1e-300, 1 - 1e-16)) - target;
  };
  double high = 0;
  for (const Component& component : backgrounds_) high += component.expected;
  high = std::ceil(high);
  double low = -1, at_low = -40 - target, at_high = excess(high);
  for (double step = std::ceil(2 * std::sqrt(high + 1)); at_high < 0; step *= 3) {
    low = high;
    at_low = at_high;
    high += step;
    at_high = excess(high);
  }
  for (double step = std::ceil(2 * std::sqrt(high + 1)); low == -1 && high - step > 0; step *= 3) {
    const double trial = high - step, value = excess(trial);
    if (value < 0) {
      low = trial;
      at_low = value;
    } else {
      high = trial;
      at_high = value;
    }
  }
  for (int side = 0, steps = 0; high - low > 1; ++steps) {
    double middle = std::floor(low + (high - low) * at_low / (at_low - at_high));
    if (steps > 30) middle = std::floor(0.5 * (low + high));
    middle = std::clamp(middle, low + 1, high - 1);
    const double value = excess(middle);
    if (value >= 0) {
      high = middle;
      at_high = value;
      if (side == 1) at_low *= 0.5;
      side = 1;
    } else {
      low = middle;
      at_low = value;
      if (side == -1) at_high *= 0.5;
      side = -1;
    }
  }
  return high;
}

AveragedTail::AveragedTail(const AveragedPoisson& model, double count, bool background_only)
    : model_(model), count_(count), reach_(model.reach(count)) {
  std::vector<AveragedPoisson::SharedPoint> points;
  std::vector<double> pulls;
  model_.add_shared_points(pulls, 1.0, count, reach_, points);

  const bool small = count <= largest_small_count;
  grid_step_ = 0.2 * std::sqrt(count + 1);
  struct Prepared {
    double signal_shift, weight;
    std::vector<std::vector<YieldNode>> nodes;
    double log_peak;
  };
  std::vector<Prepared> prepared;
  log_scale_ = -infinity;
  for (const auto& point : points) {
    Prepared next{model_.shift(model_.signal_, point.pulls), point.weight, {}, std::log(point.weight)};
    double mass = point.weight;
    for (const auto& component : model_.backgrounds_) {
      next.nodes.push_back(
          component.factor.nodes(component.expected, model_.shift(component, point.pulls), count, reach_));
      double highest = -infinity, component_mass = 0;
      for (const YieldNode& node : next.nodes.back()) {
        highest = std::max(highest, log_peak(node.events, node.weight, count));
        component_mass += node.weight;
      }
      next.log_peak += highest;
      mass *= component_mass;
    }
    double signal_mass = 0;
    for (const YieldNode& node : model_.signal_.factor.nodes(1e-3, next.signal_shift, count, reach_)) {
      signal_mass += node.weight;
    }
    if (mass * signal_mass <= 0) continue;
    total_weight_ += mass * signal_mass;
    log_scale_ = std::max(log_scale_, next.log_peak);
    prepared.push_back(std::move(next));
  }
  for (const Prepared& next : prepared) {
    // Without signal response to the shared pulls all parts add up to one.
    const bool same = !parts_.empty() && parts_.back().signal_shift == next.signal_shift;
    Part part;
    part.signal_shift = next.signal_shift;
    if (small) {
      fill_small_count(next.nodes, part, next.weight);
    } else {
      fill_large_count(next.nodes, part, next.weight, background_only);
    }
    if (!same) {
      parts_.push_back(std::move(part));
      continue;
    }
    auto& sum = small ? parts_.back().counts : parts_.back().tail;
    const auto& more = small ? part.counts : part.tail;
    if (sum.size() < more.size()) sum.resize(more.size(), 0.0);
    for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
  }
  for (Part& part : parts_) {
    for (double& value : part.tail) value = value > 0 ? std::log(value) : -infinity;
  }
  background_only_ = probability(0);
}

// ln of the scale is shared out over the components so that no product of their probabilities underflows.
void AveragedTail::fill_small_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double weight) const {
  const auto size = static_cast<std::size_t>(count_) + 1;
  part.counts.assign(1, 1.0);
  double applied = 0;
  for (const auto& component : nodes) {
    double highest = -infinity;
    for (const YieldNode& node : component) highest = std::max(highest, log_peak(node.events, node.weight, count_));
    std::vector<double> counts(size, 0.0);
    for (const YieldNode& node : component) add_poisson(node.events, node.weight, highest, counts);
    part.counts = convolve(part.counts, counts, size);
    applied += highest;
  }
  part.counts.resize(size, 0.0);
  const double factor = std::exp(std::log(weight) + applied - log_scale_);
  for (double& value : part.counts) value *= factor;
}

void AveragedTail::fill_large_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double weight,
                                    bool background_only) const {
  GridMasses masses{0, {weight}};
  for (const auto& component : nodes) {
    const GridMasses next = on_grid(component, grid_step_);
    masses.weights =
        convolve(masses.weights, next.weights, std::min(masses.weights.size() + next.weights.size() - 1, longest_grid));
    masses.first += next.first;
  }
  // P(N <= count) at the grid points: all one before a short stretch, and too small to matter after it.
  const double spread = std::sqrt(count_ + 1);
  const auto events_at = [&](long long index) {
    return std::max(grid_step_ * static_cast<double>(masses.first + index), 0.0);
  };
  long long window = 0;
  if (log_scale_ > -20) {
    const double start = (count_ + 1 - 9 * spread) / grid_step_ - static_cast<double>(masses.first);
    window = std::max(0LL, static_cast<long long>(start));
  }
  const double certain = std::exp(-log_scale_);
  std::vector<double> tails;
  for (long long i = window; i < window + static_cast<long long>(longest_grid); ++i) {
    const double log_tail = log_poisson_tail(count_, events_at(i)) - log_scale_;
    tails.push_back(std::exp(std::min(log_tail, 700.0)));
    if (log_tail < -60 && events_at(i) > count_ + 10 * spread) break;
  }
  std::vector<double> sum_below(masses.weights.size() + 1, 0.0);
  for (std::size_t k = 0; k < masses.weights.size(); ++k) sum_below[k + 1] = sum_below[k] + masses.weights[k];
  const auto size = static_cast<long long>(masses.weights.size()), length = static_cast<long long>(tails.size());
  for (long long i = 0; i < window + length; ++i) {
    double sum = certain * sum_below[static_cast<std::size_t>(std::clamp(window - i, 0LL, size))];
    const long long end = std::min(size, window + length - i);
    for (long long k = std::max(0LL, window - i); k < end; ++k) {
      sum += masses.weights[static_cast<std::size_t>(k)] * tails[static_cast<std::size_t>(i + k - window)];
    }
    part.tail.push_back(std::max(sum, 0.0));
    if (!(sum > 1e-25 * part.tail.front())) break;
    if (background_only && part.tail.size() == stencil) break;
  }
}

double AveragedTail::small_count_tail(const Part& part, double scale) const {
  std::vector<double> counts(part.counts.size(), 0.0);
  for (const YieldNode& node : part.nodes) add_poisson(scale * node.events, node.weight, 0, counts);
  double cumulative = 0, sum = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    cumulative += counts[k];
    sum += cumulative * part.counts[counts.size() - 1 - k];
  }
  return sum;
}

double AveragedTail::large_count_tail(const Part& part, double scale) const {
  double sum = 0;
  const auto size = static_cast<long long>(part.tail.size());
  for (const YieldNode& node : part.nodes) {
    const double position = scale * node.events / grid_step_;
    if (position >= static_cast<double>(size - 1)) continue;
    // Near an end of the table the stencil is not centred.
    const long long first = std::clamp(static_cast<long long>(position) - static_cast<long long>(stencil / 2 - 1), 0LL,
                                       std::max(size - static_cast<long long>(stencil), 0LL));
    if (size < static_cast<long long>(stencil)) continue;
    const auto weights = lagrange_weights(position - static_cast<double>(first) - (stencil / 2 - 1));
    double log_tail = 0;
    for (std::size_t i = 0; i < stencil; ++i) log_tail += weights[i] * part.tail[static_cast<std::size_t>(first) + i];
    if (std::isfinite(log_tail)) sum += node.weight * std::exp(log_tail);
  }
  return sum;
}

double AveragedTail::probability(double signal_events) {
  // Nodes are laid for the next power of two of signal events and scaled: a search for mu seldom lays new ones.
  const double events = std::max(signal_events, 1e-3);
  const int octave = std::ilogb(events) + 1;
  const double scale = signal_events / std::ldexp(1.0, octave);
  double sum = 0;
  for (Part& part : parts_) {
    if (part.nodes.empty() || part.nodes_octave != octave) {
      part.nodes = model_.signal_.factor.nodes(std::ldexp(1.0, octave), part.signal_shift, count_, reach_);
      part.nodes_octave = octave;
    }
    sum += part.counts.empty() ? large_count_tail(part, scale) : small_count_tail(part, scale);
  }
  return sum;
}

double AveragedTail::log_cls(double mu) {
  const double ratio = probability(mu * model_.signal_.expected) / background_only_;
  return ratio > 0 ? std::log(ratio) : -infinity;
}

}  // namespace anyslice::stats
