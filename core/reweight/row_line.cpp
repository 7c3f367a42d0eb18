// Chebyshev interpolation in panels that are halved where it is not accurate.
#include "core/reweight/row_line.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = 3.14159265358979323846;
/// The last Chebyshev coefficients must be this small beside the function: they bound what is left out.
constexpr double tolerance_of(Accuracy accuracy) { return accuracy == Accuracy::full ? 2e-5 : 1e-3; }
constexpr std::size_t kMostPanels = 8;
/// Nodes of a panel: so many are tried, and up to so many taken before a panel is halved.
constexpr std::size_t kFewestNodes = 12, kFewestNodesOfPreview = 8, kMostNodes = 28;
/// Lifetimes at which a panel is tried before all of them are computed.
constexpr int kProbes = 5;

double chebyshev_node(std::size_t i, std::size_t count) {
  return std::cos(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
}

/// Chebyshev coefficients of values at the nodes of a panel.
class Coefficients {
 public:
  Coefficients(std::size_t count, Accuracy accuracy)
      : count_(count), tolerance_(tolerance_of(accuracy)), factors_(count * count) {
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t i = 0; i < count; ++i) {
        factors_[j * count + i] =
            2 / static_cast<double>(count) *
            std::cos(kPi * static_cast<double>(j) * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
      }
    }
  }

  /// Whether the last three are negligible. No events at all are.
  bool are_negligible(const double* values) const {
    if (is_nothing(values)) return true;
    for (std::size_t j = count_ - 3; j < count_; ++j) {
      if (!(size(values, j) < tolerance_)) return false;
    }
    return true;
  }

  /// With how many nodes the last three will be negligible if they go on falling as the last half of them does; more
  /// than `most` where they do not.
  std::size_t nodes_needed(const double* values, std::size_t most) const {
    if (are_negligible(values)) return count_;
    const auto largest = [&](std::size_t from) {
      return std::max({size(values, from), size(values, from + 1), size(values, from + 2)});
    };
    const std::size_t middle = count_ / 2 - 1, end = count_ - 3;
    const double rate = std::log(largest(middle) / largest(end)) / static_cast<double>(end - middle);
    const double more = std::log(largest(end) / tolerance_) / rate;
    if (!(rate > 0 && more < static_cast<double>(most))) return most + 1;
    return count_ + static_cast<std::size_t>(std::ceil(more)) + 1;
  }

 private:
  bool is_nothing(const double* values) const {
    return std::all_of(values, values + count_, [](double value) { return value == kNone; });
  }
  double size(const double* values, std::size_t j) const {
    double coefficient = 0;
    for (std::size_t i = 0; i < count_; ++i) coefficient += values[i] * factors_[j * count_ + i];
    return std::abs(coefficient);
  }

  std::size_t count_;
  double tolerance_;
  std::vector<double> factors_;
};

bool is_much(std::size_t lost, std::size_t known) { return 20 * lost > known; }

/// Every eighth row of a window, where there are many: enough to see how many nodes its sums need.
WindowRows thinned(const WindowRows& window) {
  const std::size_t every = window.weight.size() < 1000 ? 1 : 8;
  WindowRows result;
  std::vector<std::size_t> rows;
  for (const RowRun run : window.runs) {
    const std::size_t begin = rows.size();
    for (std::size_t row = run.begin; row < run.end; row += every) rows.push_back(row);
    result.runs.push_back({begin, rows.size()});
  }
  DecayColumns& decay = result.gathered_decay;
  auto next = window.decay.further.begin();
  for (const std::size_t row : rows) {
    result.weight.push_back(window.weight[row]);
    decay.entry.push_back(window.decay.entry[row]);
    decay.length.push_back(window.decay.length[row]);
    while (next != window.decay.further.end() && next->row - window.decay.first_row < row) ++next;
    for (; next != window.decay.further.end() && next->row - window.decay.first_row == row; ++next) {
      decay.further.push_back({static_cast<std::uint32_t>(decay.entry.size() - 1), next->entry, next->length});
    }
  }
  result.decay = decay.rows();
  for (const auto& columns : window.columns) {
    auto& pointers = result.columns.emplace_back();
    for (const double* column : columns) {
      auto& own = result.gathered_columns.emplace_back();
      own.reserve(rows.size());
      for (const std::size_t row : rows) own.push_back(column[row]);
      pointers.push_back(own.data());
    }
  }
  return result;
}

}  // namespace

/// The weights of a group's rows at the nodes of a panel.
struct RowLine::Weights {
  std::vector<std::vector<float>> memory;
  NormedWeights normed;
};

double RowLine::Panel::coordinate(double log_value) const {
  const auto raw = [&](double at) { return 1 / (1 + std::exp(2 * (at - low))); };
  const double ends[] = {raw(low), raw(high)};
  return (2 * raw(log_value) - ends[0] - ends[1]) / (ends[1] - ends[0]);
}

double RowLine::Panel::from_coordinate(double coordinate) const {
  const double high_raw = 1 / (1 + std::exp(2 * (high - low)));
  const double raw = 0.5 + (high_raw - 0.5) * (coordinate + 1) / 2;
  return low + 0.5 * std::log(1 / raw - 1);
}

double RowLine::Panel::log_value(std::size_t node) const { return from_coordinate(chebyshev_node(node, nodes)); }
double RowLine::Panel::log_v(double log_value) const { return -std::log1p(std::exp(2 * (log_value - low))); }
double RowLine::Panel::middle() const { return from_coordinate(0); }

/// Barycentric weights of interpolation at Chebyshev nodes of the first kind (Berrut, Trefethen 2004).
std::vector<double> RowLine::Panel::weights_at(double log_value) const {
  const double at = coordinate(log_value);
  std::vector<double> weights(nodes);
  double total = 0;
  for (std::size_t i = 0; i < nodes; ++i) {
    const double distance = at - chebyshev_node(i, nodes);
    if (distance == 0) {
      std::fill(weights.begin(), weights.end(), 0.0);
      weights[i] = 1;
      return weights;
    }
    const double sign = i % 2 == 0 ? 1 : -1;
    weights[i] = sign * std::sin(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(nodes)) / distance;
    total += weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

void RowLine::compute(const Model& model, const RowWindows& windows, std::span<const double> slots) {
  std::vector<WindowRows> rows;
  for (const auto& group : windows.rows().groups) rows.push_back(windows.make(group, slots));
  std::vector<WindowRows> few;
  for (const auto& window : rows) few.push_back(thinned(window));
  panels_.clear();
  is_good_ = false;
  std::vector<Panel> waiting(1);
  waiting.front().set_ends(low_, high_);
  std::size_t known = 0, lost = 0;
  while (!waiting.empty()) {
    Panel panel = std::move(waiting.back());
    waiting.pop_back();
    panel.nodes = accuracy_ == Accuracy::full ? kFewestNodes : kFewestNodesOfPreview;
    std::vector<Weights> weights;
    if (!weights_of(panel, model, windows, few, slots, weights)) return;
    std::size_t needed = nodes_needed(panel, windows, few, weights);
    for (int attempt = 0; attempt < 2 && needed <= kMostNodes; ++attempt) {
      panel.nodes = needed;
      if (!weights_of(panel, model, windows, rows, slots, weights)) return;
      needed = nodes_needed(panel, windows, rows, weights);
      if (needed <= panel.nodes) break;
    }
    const bool can_be_halved = panels_.size() + waiting.size() + 2 <= kMostPanels;
    const auto halve = [&] {
      const double middle = panel.middle();
      waiting.emplace_back().set_ends(middle, panel.high);
      waiting.emplace_back().set_ends(panel.low, middle);
    };
    if (needed > panel.nodes) {
      if (!can_be_halved) return;
      halve();
      continue;
    }
    fill(panel, model, windows, rows, weights);
    std::size_t known_here = 0, lost_here = 0;
    forget_unresolved(panel, known_here, lost_here);
    if (can_be_halved && is_much(lost_here, known_here)) {
      halve();
      continue;
    }
    known += known_here, lost += lost_here;
    panels_.push_back(std::move(panel));
  }
  is_good_ = known > 0 && !is_much(lost, known);
}

bool RowLine::weights_of(const Panel& panel, const Model& model, const RowWindows& windows,
                         const std::vector<WindowRows>& rows, std::span<const double> slots,
                         std::vector<Weights>& weights) const {
  const std::size_t slot = model.slot(parameter_->name);
  weights.clear();
  weights.resize(rows.size());
  for (std::size_t node = 0; node < panel.nodes; ++node) {
    std::vector<double> moved(slots.begin(), slots.end());
    moved[slot] = std::exp(panel.log_value(node));
    model.evaluate_derived(moved);
    for (std::size_t g = 0; g < rows.size(); ++g) {
      auto& memory = weights[g].memory.emplace_back();
      const double log_norm = windows.ratio_weights(windows.rows().groups[g], rows[g], moved, memory);
      if (!std::isfinite(log_norm)) return false;
      weights[g].normed.add(memory, log_norm);
    }
  }
  return true;
}

std::size_t RowLine::nodes_needed(Panel& panel, const RowWindows& windows, const std::vector<WindowRows>& rows,
                                  const std::vector<Weights>& weights) const {
  const std::size_t nodes = panel.nodes;
  const Coefficients coefficients(nodes, accuracy_);
  std::vector<int> probes;
  for (int i = 0; i < kProbes; ++i) probes.push_back(first_ + (last_ - first_) * i / (kProbes - 1));
  std::vector<double> log_v, sums(nodes), squares(nodes);
  for (std::size_t node = 0; node < nodes; ++node) log_v.push_back(panel.log_v(panel.log_value(node)));
  bool has_power = false;
  std::size_t needed = nodes;
  for (std::size_t g = 0; g < rows.size(); ++g) {
    const NodeSeries series = sums_at_nodes(rows[g], weights[g].normed, probes, windows.decay_bounds().log_longest);
    for (std::size_t run = 0; run < rows[g].runs.size(); ++run) {
      for (std::size_t k = 0; k < probes.size(); ++k) {
        for (std::size_t node = 0; node < nodes; ++node) {
          const LogSums& value = series[run * nodes + node][k];
          sums[node] = value.sum, squares[node] = value.squares;
        }
        if (std::any_of(sums.begin(), sums.end(), [](double sum) { return std::isnan(sum); })) continue;
        if (!has_power && std::isfinite(sums.front()) && std::isfinite(sums.back())) {
          // The nodes run from the end where v is smallest, or from the other.
          const std::size_t far = log_v.front() < log_v.back() ? 0 : nodes - 2;
          panel.power = std::round((sums[far] - sums[far + 1]) / (log_v[far] - log_v[far + 1]));
          has_power = true;
        }
        for (std::size_t node = 0; node < nodes; ++node) {
          sums[node] -= panel.power * log_v[node];
          squares[node] -= 2 * panel.power * log_v[node];
        }
        needed = std::max({needed, coefficients.nodes_needed(sums.data(), kMostNodes),
                           coefficients.nodes_needed(squares.data(), kMostNodes)});
        if (needed > kMostNodes) return needed;
      }
    }
  }
  return needed;
}

void RowLine::fill(Panel& panel, const Model& model, const RowWindows& windows, const std::vector<WindowRows>& rows,
                   const std::vector<Weights>& weights) const {
  panel.sums.assign(model.card().bins.size(), std::vector<double>(lifetimes() * panel.nodes, kNone));
  panel.squares = panel.sums;
  for (std::size_t g = 0; g < rows.size(); ++g) {
    const RowGroup& group = windows.rows().groups[g];
    const auto at_nodes = [&](const std::vector<int>& nodes) {
      return sums_at_nodes(rows[g], weights[g].normed, nodes, windows.decay_bounds().log_longest);
    };
    const NodeSeries series = refined_nodes(first_, last_, at_nodes, accuracy_);
    const auto& bins = group.bins;
    for (std::size_t run = 0; run < bins.size(); ++run) {
      for (std::size_t node = 0; node < panel.nodes; ++node) {
        const auto& values = series[run * panel.nodes + node];
        const double log_power = panel.power * panel.log_v(panel.log_value(node));
        double *sums = &panel.sums[bins[run]][node * lifetimes()],
               *squares = &panel.squares[bins[run]][node * lifetimes()];
        for (std::size_t k = 0; k < lifetimes(); ++k) {
          sums[k] = values[k].sum - log_power;
          squares[k] = values[k].squares - 2 * log_power;
        }
      }
    }
  }
}

void RowLine::forget_unresolved(Panel& panel, std::size_t& known, std::size_t& lost) const {
  const Coefficients coefficients(panel.nodes, accuracy_);
  std::vector<double> sums(panel.nodes), squares(panel.nodes);
  for (std::size_t bin = 0; bin < panel.sums.size(); ++bin) {
    for (std::size_t k = 0; k < lifetimes(); ++k) {
      for (std::size_t node = 0; node < panel.nodes; ++node) {
        sums[node] = panel.sums[bin][node * lifetimes() + k];
        squares[node] = panel.squares[bin][node * lifetimes() + k];
      }
      if (std::any_of(sums.begin(), sums.end(), [](double sum) { return std::isnan(sum); })) continue;
      ++known;
      if (coefficients.are_negligible(sums.data()) && coefficients.are_negligible(squares.data())) continue;
      ++lost;
      for (std::size_t node = 0; node < panel.nodes; ++node) panel.sums[bin][node * lifetimes() + k] = kUnknown;
    }
  }
}

std::vector<LifetimeCurve> RowLine::curves(double log_value) const {
  const auto panel = std::find_if(panels_.begin(), panels_.end() - 1,
                                  [&](const Panel& candidate) { return log_value <= candidate.high; });
  const std::vector<double> weights = panel->weights_at(log_value);
  const double log_power = panel->power * panel->log_v(log_value);
  std::vector<LifetimeCurve> result;
  std::vector<double> sums(lifetimes()), squares(lifetimes());
  for (std::size_t bin = 0; bin < panel->sums.size(); ++bin) {
    std::fill(sums.begin(), sums.end(), log_power);
    std::fill(squares.begin(), squares.end(), 2 * log_power);
    for (std::size_t node = 0; node < panel->nodes; ++node) {
      const double weight = weights[node];
      const double *of_sums = &panel->sums[bin][node * lifetimes()],
                   *of_squares = &panel->squares[bin][node * lifetimes()];
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += weight * of_sums[k];
      for (std::size_t k = 0; k < sums.size(); ++k) squares[k] += weight * of_squares[k];
    }
    std::vector<LogSums> values(sums.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      const bool is_none = panel->sums[bin][k] == kNone;
      values[k] = is_none ? LogSums{kNone, kNone} : LogSums{sums[k], squares[k]};
    }
    result.emplace_back(first_, std::move(values), accuracy_);
  }
  return result;
}

}  // namespace anyslice
