// Row points: windows of the kernel, ratios, sums over lifetimes, and interpolation between row points.
#include "core/reweight/row_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/reweight/kernel.hpp"
#include "core/reweight/node_refinement.hpp"

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = 3.14159265358979323846;
/// So many single values are computed at a row point before a curve is made.
constexpr std::size_t kMostDirect = 6;
/// Nodes added on either side when a curve is made for a single value: the next one will be near.
constexpr int kRoomAround = 12;
/// A sum this far below what the rows weigh without decay is no event, whatever it is multiplied by.
constexpr double kNegligibleLogSum = -150;
/// Single precision loses its range below this share of the largest weight.
constexpr double kSmallestSingleSum = 1e-20, kSmallestSingleSquare = 1e-30;
constexpr std::size_t kMostRowPoints = 3000, kMostLines = 150;
/// Interpolating between row points pays from this many on.
constexpr std::size_t kFewestOnLine = 16;
constexpr std::size_t kLineNodes[] = {24, 40};
/// The last Chebyshev coefficients must be this small beside the function: they bound what is left out.
constexpr double kLineTolerance = 2e-5;

int node_below(double log_lifetime) { return static_cast<int>(std::floor(log_lifetime / LifetimeCurve::kStep)); }

bool is_lost(double sum, double squares) { return sum < kSmallestSingleSum || squares < kSmallestSingleSquare; }

LogSums logs(double sum, double squares, double log_norm) {
  if (!(sum > 0)) return {kNone, kNone};
  return {std::log(sum) + log_norm, std::log(squares) + 2 * log_norm};
}

/// The sums of a run at nodes of the lifetime, for each of the weights; NaN where single precision has no room left.
NodeSeries node_sums(const DecayRows& rows, RowRun run, std::span<const float* const> weights,
                     std::span<const double> log_norms, const std::vector<int>& nodes) {
  std::vector<double> lifetimes;
  for (const int node : nodes) lifetimes.push_back(std::exp(node * LifetimeCurve::kStep));
  std::vector<double> sums(weights.size() * nodes.size(), 0.0), squares(sums.size(), 0.0);
  decay_sums(rows, run, weights, lifetimes, sums, squares);
  NodeSeries result(weights.size());
  for (std::size_t w = 0; w < weights.size(); ++w) {
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const std::size_t i = w * nodes.size() + k;
      const bool lost = run.end > run.begin && is_lost(sums[i], squares[i]);
      result[w].push_back(lost ? LogSums{kUnknown, kUnknown} : logs(sums[i], squares[i], log_norms[w]));
    }
  }
  return result;
}

/// The bin of the group that a value of the histogram falls into, or the number of bins. The ranges increase.
std::size_t bin_of(const RowGroup& group, double value) {
  const auto above = std::upper_bound(group.ranges.begin(), group.ranges.end(), value,
                                      [](double at, const auto& range) { return at < range.first; });
  if (above == group.ranges.begin()) return group.ranges.size();
  const auto range = above - 1;
  return value < range->second ? static_cast<std::size_t>(range - group.ranges.begin()) : group.ranges.size();
}

double chebyshev_node(std::size_t i, std::size_t count) {
  return std::cos(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(count));
}

/// Barycentric weights of interpolation at Chebyshev nodes of the first kind, for one place (Berrut, Trefethen 2004).
std::vector<double> barycentric_weights(double at, std::size_t count) {
  std::vector<double> weights(count);
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double distance = at - chebyshev_node(i, count);
    if (distance == 0) {
      std::fill(weights.begin(), weights.end(), 0.0);
      weights[i] = 1;
      return weights;
    }
    const double sign = i % 2 == 0 ? 1 : -1;
    weights[i] = sign * std::sin(kPi * (static_cast<double>(i) + 0.5) / static_cast<double>(count)) / distance;
    total += weights[i];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

/// Tells whether the last three Chebyshev coefficients of values at the nodes are negligible.
class TailCheck {
 public:
  explicit TailCheck(std::size_t count) : count_(count) {
    for (std::size_t j = count - 3; j < count; ++j) {
      for (std::size_t i = 0; i < count; ++i) {
        factors_.push_back(
            2 / static_cast<double>(count) *
            std::cos(kPi * static_cast<double>(j) * (static_cast<double>(i) + 0.5) / static_cast<double>(count)));
      }
    }
  }
  bool operator()(const std::vector<double>& values) const {
    for (std::size_t j = 0; j < 3; ++j) {
      double coefficient = 0;
      for (std::size_t i = 0; i < count_; ++i) coefficient += values[i] * factors_[j * count_ + i];
      if (!(std::abs(coefficient) < kLineTolerance)) return false;
    }
    return true;
  }

 private:
  std::size_t count_;
  std::vector<double> factors_;
};

}  // namespace

// ---------------------------------------------------------------- weights of rows

std::pair<std::size_t, std::size_t> RowSums::window(const RowGroup& group, std::span<const double> slots) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr) return {0, group.size()};
  const KernelAxis& axis = kernel->axes.front();
  const double center = kernel_coordinate(axis.distance, slots[model_.slot(axis.parameter)]);
  const double reach = kernel_reach(kernel->shape) * rows_.bandwidths.front();
  const auto& coordinates = group.coordinates.front();
  const auto low = std::lower_bound(coordinates.begin(), coordinates.end(), center - reach);
  const auto high = std::upper_bound(low, coordinates.end(), center + reach);
  return {static_cast<std::size_t>(low - coordinates.begin()), static_cast<std::size_t>(high - coordinates.begin())};
}

double RowSums::kernel_share(std::span<const double> slots) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr || !kernel->inside) return 1;
  std::vector<double> key;
  for (const auto& axis : kernel->axes) key.push_back(slots[model_.slot(axis.parameter)]);
  if (const auto known = shares_.find(key); known != shares_.end()) return known->second;
  std::vector<double> moved(slots.begin(), slots.end());
  const std::size_t dimensions = kernel->axes.size();
  const auto inside = [&](std::span<const double> distances) {
    for (std::size_t i = 0; i < dimensions; ++i) {
      const KernelAxis& axis = kernel->axes[i];
      const std::size_t slot = model_.slot(axis.parameter);
      moved[slot] = value_at_coordinate(
          axis.distance, kernel_coordinate(axis.distance, slots[slot]) + distances[i] * rows_.bandwidths[i]);
    }
    return kernel->inside->evaluate(moved) != 0;
  };
  if (shares_.size() >= kMostRowPoints) shares_.clear();
  return shares_[key] = kernel_share_inside(kernel->shape, dimensions, inside);
}

void RowSums::kernel_weights(const RowGroup& group, std::span<const double> slots, std::size_t begin, std::size_t end,
                             std::span<double> weights) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr) return;
  double norm = 1 / kernel_integral(kernel->shape, kernel->axes.size());
  for (const double bandwidth : rows_.bandwidths) norm /= bandwidth;
  norm /= kernel_share(slots);
  std::vector<double> r_squared(end - begin, 0.0);
  for (std::size_t k = 0; k < kernel->axes.size(); ++k) {
    const KernelAxis& axis = kernel->axes[k];
    const double center = kernel_coordinate(axis.distance, slots[model_.slot(axis.parameter)]);
    const double per_bandwidth = 1 / rows_.bandwidths[k];
    const double* coordinates = group.coordinates[k].data() + begin;
    for (std::size_t i = 0; i < r_squared.size(); ++i) {
      const double distance = (coordinates[i] - center) * per_bandwidth;
      r_squared[i] += distance * distance;
    }
  }
  if (kernel->shape == KernelShape::epanechnikov) {
    for (std::size_t i = 0; i < r_squared.size(); ++i) weights[i] *= norm * std::max(1 - r_squared[i], 0.0);
  } else {
    for (std::size_t i = 0; i < r_squared.size(); ++i) weights[i] *= norm * kernel_shape(kernel->shape, r_squared[i]);
  }
  for (const auto& flatten : group.flatten) flatten_weights(flatten, slots, begin, end, weights);
}

void RowSums::flatten_weights(const RowFlatten& flatten, std::span<const double> slots, std::size_t begin,
                              std::size_t end, std::span<double> weights) const {
  const RateTable& rate = *flatten.rate;
  const auto& fixed = flatten.specification->at;
  std::vector<AxisPlace> target(rate.axes().size());
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    const std::string& parameter = rate.axes()[axis].first;
    const auto given = fixed.find(parameter);
    target[axis] = rate.place(axis, given != fixed.end() ? given->second : slots[model_.slot(parameter)]);
  }
  std::vector<double> log_target(rate.group_count());
  for (std::size_t i = 0; i < log_target.size(); ++i) log_target[i] = rate.log_rate(i, target);
  std::vector<AxisPlace> places = target;
  for (std::size_t row = begin; row < end; ++row) {
    double& weight = weights[row - begin];
    if (weight == 0 || (!flatten.applies.empty() && flatten.applies[row] == 0)) continue;
    double log_own;
    if (!flatten.log_own.empty()) {
      log_own = flatten.log_own[row];
    } else {
      for (std::size_t axis = 0; axis < places.size(); ++axis) {
        if (!flatten.row_places[axis].empty()) places[axis] = flatten.row_places[axis][row];
      }
      log_own = rate.log_rate(flatten.group[row], places);
    }
    // A group without a tabulated rate stays as it is.
    const double ratio = log_target[flatten.group[row]] - log_own;
    if (std::isfinite(ratio)) weight *= std::exp(ratio);
  }
}

void RowSums::row_values(const RowExpression& expression, std::span<const double> slots, std::size_t begin,
                         std::span<double> values) const {
  std::vector<const double*> columns;
  for (const auto& column : expression.columns) columns.push_back(column.data() + begin);
  expression.expression->evaluate_rows(slots, columns, values);
}

void RowSums::plain_weights(const RowGroup& group, std::span<const double> slots, std::vector<double>& weights,
                            std::vector<std::size_t>& bins) const {
  weights = group.weight;
  kernel_weights(group, slots, 0, group.size(), weights);
  std::vector<double> values(group.size());
  for (const auto& ratio : group.ratios) {
    row_values(ratio, slots, 0, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (weights[i] != 0) weights[i] *= values[i] >= 0 ? values[i] : kUnknown;
    }
  }
  for (const auto& selection : group.selections) {
    row_values(selection, slots, 0, values);
    for (std::size_t i = 0; i < values.size(); ++i) weights[i] *= values[i] != 0 && !std::isnan(values[i]);
  }
  bins.assign(group.size(), 0);
  if (!group.histogram) return;
  row_values(*group.histogram, slots, 0, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    bins[i] = group.bins.size();
    for (std::size_t bin = 0; bin < group.ranges.size(); ++bin) {
      if (values[i] >= group.ranges[bin].first && values[i] < group.ranges[bin].second) bins[i] = bin;
    }
  }
}

WindowRows RowSums::make_window(const RowGroup& group, std::span<const double> slots) const {
  WindowRows result;
  std::tie(result.begin, result.end) = window(group, slots);
  const std::size_t count = result.end - result.begin;
  std::vector<double> weights(group.weight.begin() + static_cast<std::ptrdiff_t>(result.begin),
                              group.weight.begin() + static_cast<std::ptrdiff_t>(result.end));
  kernel_weights(group, slots, result.begin, result.end, weights);
  std::vector<double> values(count);
  for (const auto& selection : group.selections) {
    row_values(selection, slots, result.begin, values);
    for (std::size_t i = 0; i < count; ++i) weights[i] *= values[i] != 0 && !std::isnan(values[i]);
  }

  const std::size_t bin_count = group.bins.size();
  std::vector<std::uint16_t> bins(count, 0);
  std::vector<std::size_t> next(bin_count + 1, 0);
  if (group.histogram) row_values(*group.histogram, slots, result.begin, values);
  for (std::size_t i = 0; i < count; ++i) {
    if (!(weights[i] > 0)) continue;
    if (group.histogram) bins[i] = static_cast<std::uint16_t>(bin_of(group, values[i]));
    if (bins[i] < bin_count) ++next[bins[i] + std::size_t{1}];
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t bin = 0; bin < bin_count; ++bin) result.runs.push_back({next[bin], next[bin + 1]});
  result.order.resize(next[bin_count]);
  result.weight.resize(next[bin_count]);
  for (std::size_t i = 0; i < count; ++i) {
    if (!(weights[i] > 0) || bins[i] >= bin_count) continue;
    const std::size_t place = next[bins[i]]++;
    result.order[place] = static_cast<std::uint32_t>(result.begin + i);
    result.weight[place] = weights[i];
  }
  if (preparation_.decay() == nullptr) return result;

  const auto& further = group.decay.further;
  const auto before = [](const DecayRows::FurtherCrossing& crossing, std::size_t row) { return crossing.row < row; };
  auto hint = further.begin();
  for (std::size_t place = 0; place < result.order.size(); ++place) {
    const std::uint32_t row = result.order[place];
    result.decay.entry.push_back(group.decay.entry[row]);
    result.decay.length.push_back(group.decay.length[row]);
    // Rows of one bin follow each other in the group's order.
    if (hint == further.end() || hint->row > row || (place > 0 && result.order[place - 1] > row)) {
      hint = std::lower_bound(further.begin(), further.end(), row, before);
    }
    while (hint != further.end() && hint->row < row) ++hint;
    for (auto crossing = hint; crossing != further.end() && crossing->row == row; ++crossing) {
      result.decay.further.push_back({static_cast<std::uint32_t>(place), crossing->entry, crossing->length});
    }
  }
  return result;
}

double RowSums::ratio_weights(const RowGroup& group, const WindowRows& window, std::span<const double> slots,
                              std::vector<float>& weights) const {
  std::vector<double> product = window.weight;
  std::vector<double> values(window.end - window.begin);
  for (const auto& ratio : group.ratios) {
    row_values(ratio, slots, window.begin, values);
    for (std::size_t i = 0; i < product.size(); ++i) product[i] *= values[window.order[i] - window.begin];
  }
  double largest = 0;
  bool known = true;
  for (const double weight : product) {
    known = known && weight >= 0 && std::isfinite(weight);
    largest = std::max(largest, weight);
  }
  if (!known) return kUnknown;
  weights.assign(product.size(), 0);
  if (!(largest > 0)) return kNone;
  const double scale = 1 / largest;
  for (std::size_t i = 0; i < product.size(); ++i) weights[i] = static_cast<float>(product[i] * scale);
  return std::log(largest);
}

// ---------------------------------------------------------------- row points

RowSums::RowPoint& RowSums::row_point(const std::vector<double>& key) {
  RowPoint& point = points_[key];
  if (point.bins.empty()) point.bins.resize(model_.card().bins.size());
  return point;
}

void RowSums::fill(const Request& request, RowPoint& point) {
  if (preparation_.decay() == nullptr) {
    if (point.has_constant) return;
    for (const auto& group : rows_.groups) fill_group(group, request, point, {0.0}, 0, -1);
    point.has_constant = true;
    return;
  }
  for (const auto& group : rows_.groups) {
    const auto has = [&](double log_lifetime) {
      const double at = std::clamp(log_lifetime, group.log_shortest, group.log_longest);
      return std::all_of(group.bins.begin(), group.bins.end(), [&](std::size_t bin) {
        return point.bins[bin].direct.contains(at) || point.bins[bin].curve.at(at).has_value();
      });
    };
    const auto missing_of = [&] {
      std::vector<double> missing;
      for (const double log_lifetime : request.log_lifetimes) {
        if (!has(log_lifetime)) missing.push_back(std::clamp(log_lifetime, group.log_shortest, group.log_longest));
      }
      std::sort(missing.begin(), missing.end());
      missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
      return missing;
    };
    std::vector<double> missing = missing_of();
    if (missing.empty()) continue;
    const BinSums& first_bin = point.bins[group.bins.front()];
    if (first_bin.curve.size() == 0 && first_bin.direct.size() + missing.size() <= kMostDirect) {
      fill_group(group, request, point, missing, 0, -1);
      continue;
    }
    const int room = missing.size() == 1 ? kRoomAround : 0;
    int first = node_below(missing.front()) - LifetimeCurve::kMargin - room;
    int last = node_below(missing.back()) + 1 + LifetimeCurve::kMargin + room;
    if (const LifetimeCurve& curve = first_bin.curve; curve.size() > 0) {
      first = std::min(first, curve.first());
      last = std::max(last, curve.first() + curve.size() - 1);
    }
    const bool is_known = first_bin.curve.size() > 0 && first >= first_bin.curve.first() &&
                          last < first_bin.curve.first() + first_bin.curve.size();
    if (!is_known) {
      fill_group(group, request, point, {}, first, last);
      missing = missing_of();
    }
    // What the curve cannot give is computed for itself.
    if (!missing.empty()) fill_group(group, request, point, missing, 0, -1);
  }
}

void RowSums::fill_group(const RowGroup& group, const Request& request, RowPoint& point,
                         const std::vector<double>& direct, int first_node, int last_node) const {
  const WindowRows window = make_window(group, request.slots);
  std::vector<float> weights;
  const double log_norm = ratio_weights(group, window, request.slots, weights);
  if (!std::isfinite(log_norm)) {
    for (const auto bin : group.bins) {
      for (const double at : direct) point.bins[bin].direct[at] = {log_norm, log_norm};
      if (last_node >= first_node) {
        const auto nodes = static_cast<std::size_t>(last_node - first_node + 1);
        point.bins[bin].curve = LifetimeCurve(first_node, std::vector<LogSums>(nodes, {log_norm, log_norm}));
      }
    }
    return;
  }
  const float* of_rows[] = {weights.data()};
  std::vector<double> lifetimes;
  for (const double at : direct) lifetimes.push_back(std::exp(at));
  for (std::size_t i = 0; i < group.bins.size() && !direct.empty(); ++i) {
    const RowRun run = window.runs[i];
    std::vector<double> sums(lifetimes.size(), 0.0), squares(lifetimes.size(), 0.0);
    if (preparation_.decay() == nullptr) {
      for (std::size_t row = run.begin; row < run.end; ++row) {
        const auto weight = static_cast<double>(weights[row]);
        sums[0] += weight;
        squares[0] += weight * weight;
      }
    } else {
      decay_sums(window.decay, run, of_rows, lifetimes, sums, squares);
    }
    for (std::size_t k = 0; k < direct.size(); ++k) {
      if (preparation_.decay() != nullptr && run.end > run.begin && is_lost(sums[k], squares[k])) {
        const ExactDecaySum exact = exact_decay_sum(window.decay, run, weights.data(), lifetimes[k]);
        sums[k] = exact.sum;
        squares[k] = exact.sum_of_squares;
      }
      point.bins[group.bins[i]].direct[direct[k]] = logs(sums[k], squares[k], log_norm);
    }
  }
  if (last_node < first_node) return;
  NodeSeries nodes = refined_nodes(first_node, last_node, [&](const std::vector<int>& wanted) {
    NodeSeries values;
    for (const RowRun run : window.runs) {
      values.push_back(node_sums(window.decay, run, of_rows, {&log_norm, 1}, wanted).front());
    }
    return values;
  });
  for (std::size_t i = 0; i < group.bins.size(); ++i) {
    point.bins[group.bins[i]].curve = LifetimeCurve(first_node, std::move(nodes[i]));
  }
}

void RowSums::provide(std::vector<Request>& requests, const ProgressCallback& progress) {
  if (points_.size() + requests.size() > kMostRowPoints) points_.clear();
  if (lines_.size() > kMostLines) lines_.clear();
  provide_lines(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    report_progress(progress, static_cast<double>(i) / static_cast<double>(requests.size()));
    fill(requests[i], row_point(requests[i].row_point));
  }
}

void RowSums::at(const Request& request, double log_lifetime, std::span<LogSums> bins) {
  RowPoint& point = row_point(request.row_point);
  std::fill(bins.begin(), bins.end(), LogSums{kUnknown, kUnknown});
  bool complete = true;
  const auto read = [&] {
    complete = true;
    for (const auto& group : rows_.groups) {
      const double at =
          preparation_.decay() == nullptr ? 0.0 : std::clamp(log_lifetime, group.log_shortest, group.log_longest);
      // Beyond the longest lifetime that matters sums fall like 1/u; before the first volume nothing is seen.
      const double beyond = std::max(log_lifetime - group.log_longest, 0.0);
      const double way = preparation_.decay() == nullptr ? 0 : group.nearest_entry * std::exp(-log_lifetime);
      for (const auto bin : group.bins) {
        const BinSums& own = point.bins[bin];
        const auto direct = own.direct.find(at);
        const auto value = direct != own.direct.end() ? std::optional<LogSums>(direct->second) : own.curve.at(at);
        if (!value && !(way > -kNegligibleLogSum)) {
          complete = false;
          return;
        }
        if (way > -kNegligibleLogSum) {
          bins[bin] = {kNone, kNone};
          continue;
        }
        const double shift = preparation_.decay() == nullptr ? 0 : beyond + way;
        bins[bin] = {value->sum - shift, value->squares - 2 * shift};
      }
    }
  };
  read();
  if (complete) return;
  Request single = request;
  single.log_lifetimes = {log_lifetime};
  if (preparation_.decay() == nullptr) single.log_lifetimes.clear();
  fill(single, point);
  read();
}

// ---------------------------------------------------------------- lines between row points

void RowSums::provide_lines(std::vector<Request>& requests) {
  if (requests.size() < kFewestOnLine || preparation_.decay() == nullptr) return;
  const auto& names = preparation_.row_parameters();
  for (std::size_t parameter = 0; parameter < names.size(); ++parameter) {
    if (!preparation_.acts_through_ratios_only(names[parameter])) continue;
    std::map<std::vector<double>, std::vector<Request*>> families;
    for (auto& request : requests) {
      if (!(request.row_point[parameter] > 0) || request.log_lifetimes.empty()) continue;
      std::vector<double> key = request.row_point;
      key[parameter] = 0;
      families[key].push_back(&request);
    }
    for (auto& [key, family] : families) {
      const auto line = lines_.find(key);
      if (family.size() >= kFewestOnLine || (line != lines_.end() && line->second.good)) {
        provide_line(family, parameter);
      }
    }
  }
}

void RowSums::provide_line(std::vector<Request*>& family, std::size_t parameter) {
  std::vector<double> key = family.front()->row_point;
  key[parameter] = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  double shortest = low, longest = -low;
  for (const Request* request : family) {
    const double at = std::log(request->row_point[parameter]);
    low = std::min(low, at), high = std::max(high, at);
    shortest = std::min(shortest, request->log_lifetimes.front());
    longest = std::max(longest, request->log_lifetimes.back());
  }
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (const auto& group : rows_.groups) {
    lowest = std::min(lowest, group.log_shortest), highest = std::max(highest, group.log_longest);
  }
  const int first = node_below(std::clamp(shortest, lowest, highest)) - LifetimeCurve::kMargin;
  const int last = node_below(std::clamp(longest, lowest, highest)) + 1 + LifetimeCurve::kMargin;

  Line& line = lines_[key];
  const bool covers = !line.values.empty() && line.parameter == parameter && line.low <= low && line.high >= high &&
                      line.first <= first && line.last >= last;
  if (!covers) {
    if (family.size() < kFewestOnLine || !(high > low)) return;
    // An older line may be asked for again.
    const bool widens = !line.values.empty() && line.parameter == parameter;
    line.low = widens ? std::min(low, line.low) : low;
    line.high = widens ? std::max(high, line.high) : high;
    line.first = widens ? std::min(first, line.first) : first;
    line.last = widens ? std::max(last, line.last) : last;
    line.parameter = parameter;
    compute_line(line, *family.front());
  }
  if (!line.good) return;
  for (const Request* request : family) {
    RowPoint& point = row_point(request->row_point);
    if (point.bins.front().curve.size() == 0) from_line(line, *request, point);
  }
}

void RowSums::compute_line(Line& line, const Request& sample) const {
  const std::size_t slot = model_.slot(preparation_.row_parameters()[line.parameter]);
  const auto nodes = static_cast<std::size_t>(line.last - line.first + 1);
  std::vector<WindowRows> windows;
  for (const auto& group : rows_.groups) windows.push_back(make_window(group, sample.slots));
  for (const std::size_t count : kLineNodes) {
    line.values.assign(model_.card().bins.size(),
                       std::vector<std::vector<LogSums>>(nodes, std::vector<LogSums>(count, {kNone, kNone})));
    line.good = true;
    for (std::size_t g = 0; g < rows_.groups.size() && line.good; ++g) {
      const RowGroup& group = rows_.groups[g];
      std::vector<std::vector<float>> weights(count);
      std::vector<double> log_norm(count);
      std::vector<const float*> of_rows(count);
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<double> slots = sample.slots;
        slots[slot] = std::exp((line.low + line.high) / 2 + (line.high - line.low) / 2 * chebyshev_node(i, count));
        model_.evaluate_derived(slots);
        log_norm[i] = ratio_weights(group, windows[g], slots, weights[i]);
        of_rows[i] = weights[i].data();
        line.good = line.good && std::isfinite(log_norm[i]);
      }
      if (!line.good) break;
      const NodeSeries values = refined_nodes(line.first, line.last, [&](const std::vector<int>& wanted) {
        NodeSeries series;
        for (const RowRun run : windows[g].runs) {
          for (auto& one : node_sums(windows[g].decay, run, of_rows, log_norm, wanted))
            series.push_back(std::move(one));
        }
        return series;
      });
      for (std::size_t i = 0; i < group.bins.size(); ++i) {
        for (std::size_t node = 0; node < nodes; ++node) {
          for (std::size_t c = 0; c < count; ++c) line.values[group.bins[i]][node][c] = values[i * count + c][node];
        }
      }
    }
    if (!line.good) return;
    std::size_t lost = 0, known = 0;
    std::vector<double> sums(count), squares(count);
    const TailCheck is_resolved(count);
    for (auto& bin : line.values) {
      for (auto& node : bin) {
        for (std::size_t c = 0; c < count; ++c) sums[c] = node[c].sum, squares[c] = node[c].squares;
        if (std::isnan(sums[0])) continue;
        ++known;
        if (is_resolved(sums) && is_resolved(squares)) continue;
        ++lost;
        std::fill(node.begin(), node.end(), LogSums{kUnknown, kUnknown});
      }
    }
    line.good = known > 0 && 20 * lost <= known;
    if (line.good) return;
  }
}

void RowSums::from_line(const Line& line, const Request& request, RowPoint& point) const {
  const std::size_t count = line.values.front().front().size();
  const double at = (2 * std::log(request.row_point[line.parameter]) - line.low - line.high) / (line.high - line.low);
  const std::vector<double> weights = barycentric_weights(at, count);
  for (std::size_t bin = 0; bin < point.bins.size(); ++bin) {
    std::vector<LogSums> nodes;
    nodes.reserve(line.values[bin].size());
    for (const auto& values : line.values[bin]) {
      LogSums sum;
      for (std::size_t c = 0; c < count; ++c) {
        sum.sum += weights[c] * values[c].sum;
        sum.squares += weights[c] * values[c].squares;
      }
      nodes.push_back(sum);
    }
    point.bins[bin].curve = LifetimeCurve(line.first, std::move(nodes));
  }
}

}  // namespace anyslice
