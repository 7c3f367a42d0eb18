// Kernel, flattening, selections and ratios of the rows inside a window.
#include "core/reweight/window_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/reweight/kernel.hpp"

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostShares = 3000;

/// Finds the bin of the group that a value of the histogram falls into; the ranges increase.
class BinFinder {
 public:
  explicit BinFinder(const RowGroup& group) : ranges_(group.ranges) {
    first_ = ranges_.front().first;
    per_value_ = static_cast<double>(ranges_.size()) / (ranges_.back().second - first_);
  }

  /// The number of bins for none.
  std::size_t operator()(double value) const {
    // Where the bins are equally wide this is the right one, or its neighbour by rounding.
    const double guess = (value - first_) * per_value_;
    if (guess >= 0 && guess < static_cast<double>(ranges_.size())) {
      const auto bin = static_cast<std::size_t>(guess);
      if (value >= ranges_[bin].first && value < ranges_[bin].second) return bin;
    }
    const auto above = std::upper_bound(ranges_.begin(), ranges_.end(), value,
                                        [](double at, const auto& range) { return at < range.first; });
    if (above == ranges_.begin()) return ranges_.size();
    const auto range = above - 1;
    return value < range->second ? static_cast<std::size_t>(range - ranges_.begin()) : ranges_.size();
  }

 private:
  const std::vector<std::pair<double, double>>& ranges_;
  double first_, per_value_;
};

struct Extremes {
  double largest, smallest;
  double zero;  ///< not zero any more where something is not finite
};

/// Of numbers and zero. In four lanes, each of which can go on without waiting for the others.
Extremes extremes(std::span<const double> values) {
  constexpr std::size_t kLanes = 4;
  double largest[kLanes] = {}, smallest[kLanes] = {}, zero[kLanes] = {};
  const auto take = [&](double value, std::size_t lane) {
    largest[lane] = value > largest[lane] ? value : largest[lane];
    smallest[lane] = value < smallest[lane] ? value : smallest[lane];
    zero[lane] += 0 * value;
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(values[i + lane], lane);
  }
  for (; i < values.size(); ++i) take(values[i], 0);
  return {*std::max_element(largest, largest + kLanes), *std::min_element(smallest, smallest + kLanes),
          zero[0] + zero[1] + zero[2] + zero[3]};
}

/// Of all rows.
void row_values(const RowExpression& expression, std::span<const double> slots, std::span<double> values) {
  std::vector<const double*> columns;
  for (const auto& column : expression.columns) columns.push_back(column.data());
  expression.expression->evaluate_rows(slots, columns, values);
}

}  // namespace

bool RowWindows::has(std::span<const double> slots) const {
  const RowRun wanted = preparation_.window(slots, rows_.bandwidths);
  return wanted.begin == wanted.end || (wanted.begin >= rows_.places.begin && wanted.end <= rows_.places.end);
}

bool RowWindows::require(std::span<const std::vector<double>* const> points) {
  if (points.empty()) return false;
  RowRun wanted = preparation_.window(*points.front(), rows_.bandwidths);
  for (const auto* point : points) {
    const RowRun one = preparation_.window(*point, rows_.bandwidths);
    wanted = {std::min(wanted.begin, one.begin), std::max(wanted.end, one.end)};
  }
  const RowRun known = rows_.places;
  if (wanted.begin == wanted.end || (wanted.begin >= known.begin && wanted.end <= known.end)) return false;
  if (known.begin < known.end && wanted.begin <= known.end && wanted.end >= known.begin) {
    // Where a window moves, it moves on.
    const std::size_t room = (wanted.end - wanted.begin) / 2;
    if (wanted.begin < known.begin) wanted.begin -= std::min(room, wanted.begin);
    if (wanted.end > known.end) wanted.end = std::min(wanted.end + room, preparation_.row_count());
  }
  preparation_.add_rows(rows_, *points.front(), wanted);
  return true;
}

// ---------------------------------------------------------------- kernel and flattening

std::pair<std::size_t, std::size_t> RowWindows::window(const RowGroup& group, std::span<const double> slots) const {
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

double RowWindows::kernel_share(std::span<const double> slots) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr || !kernel->inside) return 1;
  std::vector<double> key;
  for (const auto& axis : kernel->axes) key.push_back(slots[model_.slot(axis.parameter)]);
  if (const auto known = shares_.find(key); known != shares_.end()) return known->second;
  std::vector<double> moved(slots.begin(), slots.end());
  const std::size_t dimensions = kernel->axes.size();
  std::vector<double> center, at(dimensions, kUnknown);
  std::vector<std::size_t> slots_of_axes;
  for (const auto& axis : kernel->axes) {
    slots_of_axes.push_back(model_.slot(axis.parameter));
    center.push_back(kernel_coordinate(axis.distance, slots[slots_of_axes.back()]));
  }
  const auto inside = [&](std::span<const double> distances) {
    for (std::size_t i = 0; i < dimensions; ++i) {
      if (distances[i] == at[i]) continue;  // along a line the others stay
      at[i] = distances[i];
      moved[slots_of_axes[i]] =
          value_at_coordinate(kernel->axes[i].distance, center[i] + distances[i] * rows_.bandwidths[i]);
    }
    return kernel->inside->evaluate(moved) != 0;
  };
  if (shares_.size() >= kMostShares) shares_.clear();
  return shares_[key] = kernel_share_inside(kernel->shape, dimensions, inside);
}

void RowWindows::multiply_by_kernel(const RowGroup& group, std::span<const double> slots, std::size_t begin,
                                    std::span<double> weights) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr) return;
  double norm = 1 / kernel_integral(kernel->shape, kernel->axes.size());
  for (const double bandwidth : rows_.bandwidths) norm /= bandwidth;
  norm /= kernel_share(slots);
  constexpr std::size_t kBlock = 512;
  std::array<double, kBlock> r_squared;
  for (std::size_t from = 0; from < weights.size(); from += kBlock) {
    const std::span<double> own = weights.subspan(from, std::min(kBlock, weights.size() - from));
    for (std::size_t k = 0; k < kernel->axes.size(); ++k) {
      const KernelAxis& axis = kernel->axes[k];
      const double center = kernel_coordinate(axis.distance, slots[model_.slot(axis.parameter)]);
      const double per_bandwidth = 1 / rows_.bandwidths[k];
      const double* coordinates = group.coordinates[k].data() + begin + from;
      for (std::size_t i = 0; i < own.size(); ++i) {
        const double distance = (coordinates[i] - center) * per_bandwidth;
        r_squared[i] = k == 0 ? distance * distance : r_squared[i] + distance * distance;
      }
    }
    if (kernel->shape == KernelShape::epanechnikov) {
      for (std::size_t i = 0; i < own.size(); ++i) own[i] *= norm * std::max(1 - r_squared[i], 0.0);
    } else {
      for (std::size_t i = 0; i < own.size(); ++i) own[i] *= norm * kernel_shape(kernel->shape, r_squared[i]);
    }
  }
}

std::vector<AxisPlace> RowWindows::target_of(const RowFlatten& flatten, std::span<const double> slots) const {
  const RateTable& rate = *flatten.rate;
  const auto& fixed = flatten.specification->at;
  std::vector<AxisPlace> target(rate.axes().size());
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    const auto& [parameter, list, is_target_over_row] = rate.axes()[axis];
    const auto given = fixed.find(parameter);
    target[axis] = rate.place(axis, is_target_over_row     ? 1
                                    : given != fixed.end() ? given->second
                                                           : slots[model_.slot(parameter)]);
  }
  return target;
}

void RowWindows::move_to_row(const RowFlatten& flatten, std::span<const double> slots, std::size_t row,
                             std::vector<AxisPlace>& places) const {
  for (std::size_t axis = 0; axis < places.size(); ++axis) {
    if (!flatten.row_places[axis].empty()) places[axis] = flatten.row_places[axis][row];
  }
  if (!flatten.relative_axis) return;
  const double target = slots[model_.slot(flatten.rate->axes()[*flatten.relative_axis].parameter)];
  places[*flatten.relative_axis] =
      flatten.rate->place_of_log(*flatten.relative_axis, std::log(target) - flatten.log_row_value[row]);
}

void RowWindows::flatten_row_by_row(const RowFlatten& flatten, std::span<const double> slots,
                                    std::span<double> weights) const {
  if (!flatten.applies_somewhere) return;
  const RateTable& rate = *flatten.rate;
  const std::vector<AxisPlace> target = target_of(flatten, slots);
  std::vector<AxisPlace> places = target;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (weights[row] == 0 || !flatten.applies(row)) continue;
    move_to_row(flatten, slots, row, places);
    weights[row] *=
        std::exp(rate.log_rate(flatten.group_of(row), target) - rate.log_rate(flatten.group_of(row), places));
  }
}

/// The rows' own rates are in RowGroup::flattened_weight where they do not depend on the target.
void RowWindows::flatten(const RowFlatten& flatten, std::span<const double> slots, std::span<const std::uint32_t> rows,
                         std::span<double> weights) const {
  if (!flatten.applies_somewhere) return;
  const RateTable& rate = *flatten.rate;
  std::vector<AxisPlace> places = target_of(flatten, slots);
  std::vector<double> log_target(rate.group_count());
  for (std::size_t i = 0; i < log_target.size(); ++i) log_target[i] = rate.log_rate(i, places);
  if (flatten.is_own_fixed) {
    std::vector<double> factors = {1};
    for (const double value : log_target) factors.push_back(std::exp(value));
    for (std::size_t i = 0; i < rows.size(); ++i) weights[i] *= factors[flatten.groups[rows[i]]];
    return;
  }
  if (!flatten.log_own_rates.empty()) {
    flatten_by_polynomials(flatten, slots, rows, log_target, weights);
    return;
  }
  const bool along_first_axis =
      !flatten.relative_axis && std::all_of(flatten.row_places.begin() + 1, flatten.row_places.end(),
                                            [](const auto& list) { return list.empty(); });
  std::vector<std::vector<double>> lines;
  if (along_first_axis) lines = rate.along_first_axis(places);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i];
    if (!flatten.applies(row)) continue;
    const std::size_t group = flatten.group_of(row);
    double log_own = 0;
    if (along_first_axis) {
      const AxisPlace& place = flatten.row_places.front()[row];
      for (std::size_t k = 0; k < place.count; ++k) {
        log_own += static_cast<double>(place.weights[k]) * lines[group][place.index + k];
      }
    } else {
      move_to_row(flatten, slots, row, places);
      log_own = rate.log_rate(group, places);
    }
    weights[i] *= std::exp(log_target[group] - log_own);
  }
}

/// As by RateTable::place(), but what is divided by is the same for all rows.
void RowWindows::flatten_by_polynomials(const RowFlatten& flatten, std::span<const double> slots,
                                        std::span<const std::uint32_t> rows, const std::vector<double>& log_target,
                                        std::span<double> weights) const {
  const std::vector<double>& places = flatten.rate->log_values(*flatten.relative_axis);
  const std::size_t count = places.size();
  const double target = std::log(slots[model_.slot(flatten.rate->axes()[*flatten.relative_axis].parameter)]);
  std::array<double, AxisPlace::kMost> scale = {};
  for (std::size_t k = 0; k < count; ++k) {
    scale[k] = 1;
    for (std::size_t j = 0; j < count; ++j) {
      if (j != k) scale[k] /= places[k] - places[j];
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i];
    if (!flatten.applies(row)) continue;
    const double at = std::clamp(target - flatten.log_row_value[row], places.front(), places.back());
    double exponent = log_target[flatten.group_of(row)];
    for (std::size_t k = 0; k < count; ++k) {
      double share = scale[k];
      for (std::size_t j = 0; j < count; ++j) share *= j == k ? 1 : at - places[j];
      exponent -= share * flatten.log_own_rates[row * count + k];
    }
    weights[i] *= std::exp(exponent);
  }
}

// ---------------------------------------------------------------- all rows, factor by factor

void RowWindows::plain_weights(const RowGroup& group, std::span<const double> slots, std::vector<double>& weights,
                               std::vector<std::size_t>& bins) const {
  weights = group.weight;
  multiply_by_kernel(group, slots, 0, weights);
  for (const auto& factor : group.flatten) flatten_row_by_row(factor, slots, weights);
  std::vector<double> values(group.size());
  for (const auto& ratio : group.ratios) {
    row_values(ratio, slots, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (weights[i] != 0) weights[i] *= values[i] >= 0 ? values[i] : kUnknown;
    }
  }
  for (const auto& selection : group.selections) {
    row_values(selection, slots, values);
    for (std::size_t i = 0; i < values.size(); ++i) weights[i] *= values[i] != 0 && !std::isnan(values[i]);
  }
  bins.assign(group.size(), 0);
  if (!group.histogram) return;
  row_values(*group.histogram, slots, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    bins[i] = group.bins.size();
    for (std::size_t bin = 0; bin < group.ranges.size(); ++bin) {
      if (values[i] >= group.ranges[bin].first && values[i] < group.ranges[bin].second) bins[i] = bin;
    }
  }
}

// ---------------------------------------------------------------- windows

void RowWindows::evaluate(const RowExpression& expression, std::span<const double> slots,
                          std::span<const std::uint32_t> rows, std::vector<double>& values) const {
  std::vector<double>& memory = scratch_.column;
  memory.resize(expression.columns.size() * rows.size());
  std::vector<const double*> columns;
  for (const auto& column : expression.columns) {
    double* own = memory.data() + columns.size() * rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) own[i] = column[rows[i]];
    columns.push_back(own);
  }
  values.resize(rows.size());
  expression.expression->evaluate_rows(slots, columns, values);
}

void RowWindows::find_bins(const RowGroup& group, std::span<const double> slots,
                           std::span<const std::uint32_t> rows) const {
  std::vector<std::uint16_t>& bins = scratch_.bins;
  bins.assign(rows.size(), 0);
  if (!group.histogram) return;
  std::vector<double>& values = scratch_.values;
  evaluate(*group.histogram, slots, rows, values);
  const BinFinder find(group);
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = static_cast<std::uint16_t>(find(values[i]));
}

void RowWindows::find_rows_of_kernel(const RowGroup& group, std::span<const double> slots, std::size_t begin,
                                     std::size_t end) const {
  std::vector<std::uint32_t>& rows = scratch_.rows;
  std::vector<double>& weights = scratch_.weights;
  rows.resize(end - begin);
  weights.resize(end - begin);
  std::size_t kept = 0;
  constexpr std::size_t kBlock = 2048;
  std::array<double, kBlock> block;
  for (std::size_t from = begin; from < end; from += kBlock) {
    const std::size_t count = std::min(kBlock, end - from);
    std::copy_n(group.flattened_weight.begin() + static_cast<std::ptrdiff_t>(from), count, block.begin());
    multiply_by_kernel(group, slots, from, {block.data(), count});
    for (std::size_t i = 0; i < count; ++i) {
      rows[kept] = static_cast<std::uint32_t>(from + i);
      weights[kept] = block[i];
      kept += block[i] > 0 ? 1 : 0;
    }
  }
  rows.resize(kept);
  weights.resize(kept);
}

WindowRows RowWindows::make(const RowGroup& group, std::span<const double> slots) const {
  const auto [begin, end] = window(group, slots);
  WindowRows result;
  const bool is_complete = !group.histogram && group.selections.empty() && group.coordinates.size() < 2;
  if (is_complete) {
    const auto from = static_cast<std::ptrdiff_t>(begin), to = static_cast<std::ptrdiff_t>(end);
    std::vector<double> weights(group.flattened_weight.begin() + from, group.flattened_weight.begin() + to);
    multiply_by_kernel(group, slots, begin, weights);
    std::vector<std::uint32_t>& rows = scratch_.rows;
    rows.resize(weights.size());
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
    for (const auto& factor : group.flatten) flatten(factor, slots, rows, weights);
    result.weight = std::move(weights);
    result.runs = {{0, result.weight.size()}};
    for (const auto& ratio : group.ratios) {
      auto& columns = result.columns.emplace_back();
      for (const auto& column : ratio.columns) columns.push_back(column.data() + begin);
    }
    if (preparation_.decay() != nullptr) result.decay = group.decay.rows().part(begin, end);
    return result;
  }

  find_rows_of_kernel(group, slots, begin, end);
  std::vector<std::uint32_t>& rows = scratch_.rows;
  std::vector<double>& weights = scratch_.weights;
  for (const auto& selection : group.selections) {
    std::vector<double>& values = scratch_.values;
    evaluate(selection, slots, rows, values);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[kept] = rows[i];
      weights[kept] = weights[i];
      kept += values[i] != 0 && !std::isnan(values[i]) ? 1 : 0;
    }
    rows.resize(kept);
    weights.resize(kept);
  }
  for (const auto& factor : group.flatten) flatten(factor, slots, rows, weights);

  // Bin by bin.
  find_bins(group, slots, rows);
  const std::vector<std::uint16_t>& bins = scratch_.bins;
  const std::size_t bin_count = group.bins.size();
  std::vector<std::size_t> next(bin_count + 1, 0);
  for (const auto bin : bins) {
    if (bin < bin_count) ++next[bin + std::size_t{1}];
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t bin = 0; bin < bin_count; ++bin) result.runs.push_back({next[bin], next[bin + 1]});
  std::vector<std::uint32_t>& order = scratch_.order;
  order.resize(next[bin_count]);
  result.weight.resize(order.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (bins[i] >= bin_count) continue;
    const std::size_t place = next[bins[i]]++;
    order[place] = rows[i];
    result.weight[place] = weights[i];
  }
  gather(group, order, result);
  return result;
}

void RowWindows::gather(const RowGroup& group, const std::vector<std::uint32_t>& order, WindowRows& window) const {
  for (const auto& ratio : group.ratios) {
    auto& columns = window.columns.emplace_back();
    for (const auto& column : ratio.columns) {
      auto& own = window.gathered_columns.emplace_back(order.size());
      for (std::size_t place = 0; place < order.size(); ++place) own[place] = column[order[place]];
      columns.push_back(own.data());
    }
  }
  if (preparation_.decay() == nullptr) return;
  DecayColumns& decay = window.gathered_decay;
  decay.entry.resize(order.size());
  decay.length.resize(order.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    decay.entry[place] = group.decay.entry[order[place]];
    decay.length[place] = group.decay.length[order[place]];
  }
  const auto& further = group.decay.further;
  const auto before = [](const FurtherCrossing& crossing, std::size_t row) { return crossing.row < row; };
  auto hint = further.begin();
  for (std::size_t place = 0; place < order.size() && !further.empty(); ++place) {
    const std::uint32_t row = order[place];
    // Rows of one bin follow each other in the group's order.
    if (hint == further.end() || hint->row > row || (place > 0 && order[place - 1] > row)) {
      hint = std::lower_bound(further.begin(), further.end(), row, before);
    }
    while (hint != further.end() && hint->row < row) ++hint;
    for (auto crossing = hint; crossing != further.end() && crossing->row == row; ++crossing) {
      decay.further.push_back({static_cast<std::uint32_t>(place), crossing->entry, crossing->length});
    }
  }
  window.decay = decay.rows();
}

double RowWindows::ratio_weights(const RowGroup& group, const WindowRows& window, std::span<const double> slots,
                                 std::vector<float>& weights) const {
  std::vector<double> product = window.weight, values(product.size());
  for (std::size_t i = 0; i < group.ratios.size(); ++i) {
    group.ratios[i].expression->evaluate_rows(slots, window.columns[i], values);
    for (std::size_t row = 0; row < product.size(); ++row) {
      product[row] = product[row] == 0 ? 0 : product[row] * values[row];
    }
  }
  const auto [largest, smallest, zero] = extremes(product);
  if (!(smallest >= 0 && zero == 0)) return kUnknown;
  weights.assign(product.size(), 0);
  if (!(largest > 0)) return kNone;
  const double scale = 1 / largest;
  for (std::size_t row = 0; row < product.size(); ++row) weights[row] = static_cast<float>(product[row] * scale);
  return std::log(largest);
}

}  // namespace anyslice
