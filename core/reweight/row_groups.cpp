// Groups of rows, and what is kept of each: kernel, flattening, ratios, decays.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/reweight/kernel.hpp"
#include "core/reweight/row_preparation.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

bool same_conditions(const std::vector<RowCondition>& a, const std::vector<RowCondition>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const RowCondition& x, const RowCondition& y) {
    return x.column == y.column && x.labels == y.labels && x.values == y.values;
  });
}

/// Whether two bins take the same rows, so that one pass over them fills both.
bool same_rows(const BinSpecification& a, const BinSpecification& b) {
  return a.channel == b.channel && a.range && b.range && same_conditions(a.events, b.events);
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

template <typename T>
void append_each(std::vector<std::vector<T>>& to, const std::vector<std::vector<T>>& more) {
  for (std::size_t i = 0; i < to.size(); ++i) append(to[i], more[i]);
}

/// A list with `width` values for each of `count` rows, or none at all, and the same of the rows that follow.
template <typename T>
void append_or_pad(std::vector<T>& to, std::size_t count, const std::vector<T>& more, std::size_t more_count,
                   std::size_t width = 1) {
  if (to.empty() && more.empty()) return;
  to.resize(count * width);
  append(to, more);
  to.resize((count + more_count) * width);
}

void append_flatten(RowFlatten& flatten, const RowFlatten& more) {
  const std::size_t count = flatten.groups.size(), added = more.groups.size();
  append(flatten.groups, more.groups);
  flatten.applies_somewhere = flatten.applies_somewhere || more.applies_somewhere;
  for (std::size_t axis = 0; axis < flatten.row_places.size(); ++axis) {
    append_or_pad(flatten.row_places[axis], count, more.row_places[axis], added);
  }
  if (!flatten.relative_axis) return;
  append_or_pad(flatten.log_row_value, count, more.log_row_value, added);
  append_or_pad(flatten.log_own_rates, count, more.log_own_rates, added,
                flatten.rate->log_values(*flatten.relative_axis).size());
}

/// Rows that follow those of a group.
void append_rows(RowGroup& group, const RowGroup& more) {
  const auto before = static_cast<std::uint32_t>(group.size());
  append(group.rows, more.rows);
  append(group.weight, more.weight);
  append(group.flattened_weight, more.flattened_weight);
  append_each(group.coordinates, more.coordinates);
  for (std::size_t i = 0; i < group.ratios.size(); ++i) append_each(group.ratios[i].columns, more.ratios[i].columns);
  for (std::size_t i = 0; i < group.selections.size(); ++i) {
    append_each(group.selections[i].columns, more.selections[i].columns);
  }
  if (group.histogram) append_each(group.histogram->columns, more.histogram->columns);
  for (std::size_t i = 0; i < group.flatten.size(); ++i) append_flatten(group.flatten[i], more.flatten[i]);
  append(group.decay.entry, more.decay.entry);
  append(group.decay.length, more.decay.length);
  for (const auto& crossing : more.decay.further) {
    group.decay.further.push_back({before + crossing.row, crossing.entry, crossing.length});
  }
}

}  // namespace

std::string weight_field(const std::vector<FactorSpecification>& weight, const FactorSpecification& factor) {
  return "weight[" + std::to_string(&factor - weight.data()) + "]";
}

PreparedRows RowPreparation::prepare(std::span<const double> slots, const Selection& selection) const {
  PreparedRows result;
  result.selection = selection;
  for (const auto& number : model_.card().switches) result.switches.push_back(slots[model_.slot(number.name)]);
  for (const auto& [parameter, bandwidth] : selection.bandwidth) {
    bool known = false;
    if (kernel_ != nullptr) {
      for (const auto& axis : kernel_->axes) known = known || axis.parameter == parameter;
    }
    if (!known)
      throw InputError("request", "bandwidth." + parameter, "is not a parameter that the card's kernel smooths");
    if (!(bandwidth > 0 && std::isfinite(bandwidth))) {
      throw InputError("request", "bandwidth." + parameter, "expected a number > 0");
    }
  }
  if (kernel_ != nullptr) {
    for (const auto& axis : kernel_->axes) {
      const auto changed = selection.bandwidth.find(axis.parameter);
      result.bandwidths.push_back(changed == selection.bandwidth.end() ? axis.bandwidth : changed->second);
    }
  }
  result.groups = make_groups(slots, selection, {0, 0});
  return result;
}

void RowPreparation::add_rows(PreparedRows& prepared, std::span<const double> slots, RowRun places) const {
  const RowRun known = prepared.places;
  const auto made = [&](RowRun run) { return make_groups(slots, prepared.selection, run); };
  // Groups stay where they are, since others refer to them; only their rows change.
  if (places.end < known.begin || places.begin > known.end || known.begin == known.end) {
    std::vector<RowGroup> fresh = made(places);
    std::move(fresh.begin(), fresh.end(), prepared.groups.begin());
    prepared.places = places;
    return;
  }
  const RowRun all = {std::min(places.begin, known.begin), std::max(places.end, known.end)};
  // All that may throw comes first.
  std::vector<RowGroup> before = made({all.begin, known.begin});
  const std::vector<RowGroup> after = made({known.end, all.end});
  for (std::size_t g = 0; g < prepared.groups.size(); ++g) {
    append_rows(prepared.groups[g], after[g]);
    if (all.begin == known.begin) continue;
    append_rows(before[g], prepared.groups[g]);
    prepared.groups[g] = std::move(before[g]);
  }
  prepared.places = all;
}

const PartSpecification* RowPreparation::part_of(const Selection& selection) const {
  if (selection.part.empty()) return nullptr;
  const Card& card = model_.card();
  std::vector<std::string> names;
  for (const auto& part : card.parts) {
    if (part.name == selection.part) return &part;
    names.push_back(part.name);
  }
  throw InputError("request", "part",
                   names.empty() ? card.name + " has no parts"
                                 : "expected " + join_choices(names) + ", found \"" + selection.part + "\"");
}

std::vector<RowGroup> RowPreparation::make_groups(std::span<const double> slots, const Selection& selection,
                                                  RowRun places) const {
  const Card& card = model_.card();
  const std::vector<std::uint32_t> rows = order_.rows(places);
  std::vector<double> weights = constant_weights(slots, rows);
  if (const PartSpecification* part = part_of(selection)) {
    const std::vector<char> mask = mask_of(part->events, rows);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= mask[i];
  }
  std::vector<RowGroup> groups;
  std::vector<char> taken(card.bins.size(), 0);
  for (std::size_t bin = 0; bin < card.bins.size(); ++bin) {
    if (taken[bin] != 0) continue;
    std::vector<std::size_t> bins = {bin};
    for (std::size_t other = bin + 1; other < card.bins.size(); ++other) {
      if (taken[other] != 0 || !same_rows(card.bins[bin], card.bins[other])) continue;
      bins.push_back(other);
      taken[other] = 1;
    }
    groups.push_back(make_group(slots, weights, rows, bins));
  }
  return groups;
}

RowExpression RowPreparation::row_expression(const Expression& expression, const RowGroup& group) const {
  RowExpression result;
  result.expression = &expression;
  for (const auto& name : expression.columns()) {
    const auto& values = table_->column(name, table_source_).values;
    std::vector<double>& own = result.columns.emplace_back();
    own.reserve(group.size());
    for (const auto row : group.rows) own.push_back(values[row]);
  }
  return result;
}

RowGroup RowPreparation::make_group(std::span<const double> slots, const std::vector<double>& weights,
                                    std::span<const std::uint32_t> rows, const std::vector<std::size_t>& bins) const {
  const Card& card = model_.card();
  RowGroup group;
  group.bins = bins;
  const std::vector<char> mask = mask_of(card.bins[bins.front()].events, rows);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (mask[i] == 0 || !(weights[i] > 0)) continue;
    group.rows.push_back(rows[i]);
    group.weight.push_back(weights[i]);
  }
  for (const auto& factor : model_.weight()) {
    if (!factor.expression || !applies(factor.when, slots) || !depends_on_parameters(*factor.expression)) continue;
    if (factor.kind == Kind::ratio) group.ratios.push_back(row_expression(*factor.expression, group));
    if (factor.kind == Kind::select) group.selections.push_back(row_expression(*factor.expression, group));
  }
  for (const auto& channel : card.channels) {
    if (channel.name != card.bins[bins.front()].channel || !channel.histogram) continue;
    group.histogram = row_expression(*channel.histogram, group);
    for (const auto bin : bins) group.ranges.push_back(*card.bins[bin].range);
  }
  add_kernel(group, slots);
  add_decay(group);
  return group;
}

void RowPreparation::add_kernel(RowGroup& group, std::span<const double> slots) const {
  group.flattened_weight = group.weight;
  if (kernel_ == nullptr) return;
  for (const auto& axis : kernel_->axes) {
    const auto& values = table_->column(axis.column, table_source_).values;
    std::vector<double>& own = group.coordinates.emplace_back();
    own.reserve(group.size());
    // Quantised values repeat where they are sorted.
    double last = std::numeric_limits<double>::quiet_NaN();
    for (const auto row : group.rows) {
      own.push_back(values[row] == last ? own.back() : kernel_coordinate(axis.distance, values[row]));
      last = values[row];
    }
  }
  for (const auto& flatten : kernel_->flatten) {
    if (applies(flatten.when, slots)) add_flatten(group, flatten);
  }
}

void RowPreparation::add_flatten(RowGroup& group, const FlattenSpecification& specification) const {
  const RateTable& rate = rates_.at(specification.rate);
  RowFlatten flatten;
  flatten.specification = &specification;
  flatten.rate = &rate;
  const std::vector<std::uint16_t> groups = rate.groups_of_rows(*table_, table_source_, group.rows);
  const std::vector<char> mask = mask_of(specification.where, group.rows);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const bool applies = mask[i] != 0 && rate.has_rates(groups[i]);
    flatten.groups.push_back(applies ? static_cast<std::uint16_t>(groups[i] + 1) : std::uint16_t{0});
    flatten.applies_somewhere = flatten.applies_somewhere || applies;
  }
  const std::size_t count = flatten.applies_somewhere ? group.size() : 0;
  const auto values_of = [&](const std::string& parameter) -> const std::vector<double>& {
    const auto axis = std::find_if(kernel_->axes.begin(), kernel_->axes.end(),
                                   [&](const KernelAxis& one) { return one.parameter == parameter; });
    return table_->column(axis->column, table_source_).values;
  };
  bool is_known = true;  // the place of a row on all axes but that of the target's value over the row's
  std::vector<AxisPlace> places(rate.axes().size());
  for (std::size_t axis = 0; axis < places.size(); ++axis) {
    const std::string& parameter = rate.axes()[axis].parameter;
    std::vector<AxisPlace>& own = flatten.row_places.emplace_back();
    if (rate.axes()[axis].is_target_over_row) {
      flatten.relative_axis = axis;
      const auto& values = values_of(parameter);
      flatten.log_row_value.reserve(count);
      for (std::size_t i = 0; i < count; ++i) flatten.log_row_value.push_back(std::log(values[group.rows[i]]));
    } else if (std::find(specification.vary.begin(), specification.vary.end(), parameter) != specification.vary.end()) {
      const auto& values = values_of(parameter);
      own.reserve(count);
      // Quantised and sorted values repeat.
      double last = std::numeric_limits<double>::quiet_NaN();
      for (std::size_t i = 0; i < count; ++i) {
        const double value = values[group.rows[i]];
        own.push_back(value == last ? AxisPlace(own.back()) : rate.place(axis, value));
        last = value;
      }
    } else if (const auto fixed = specification.at.find(parameter); fixed != specification.at.end()) {
      places[axis] = rate.place(axis, fixed->second);
    } else {
      is_known = false;
    }
  }
  const auto move_to_row = [&](std::size_t row) {
    for (std::size_t axis = 0; axis < places.size(); ++axis) {
      if (!flatten.row_places[axis].empty()) places[axis] = flatten.row_places[axis][row];
    }
  };
  flatten.is_own_fixed = is_known && !flatten.relative_axis;
  if (flatten.is_own_fixed) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!flatten.applies(i)) continue;
      move_to_row(i);
      group.flattened_weight[i] *= std::exp(-rate.log_rate(flatten.group_of(i), places));
    }
  } else if (is_known) {
    const std::size_t width = rate.log_values(*flatten.relative_axis).size();
    flatten.log_own_rates.assign(count * width, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (!flatten.applies(i)) continue;
      move_to_row(i);
      for (std::size_t k = 0; k < width; ++k) {
        places[*flatten.relative_axis].index = static_cast<std::uint32_t>(k);
        flatten.log_own_rates[i * width + k] = rate.log_rate(flatten.group_of(i), places);
      }
    }
  }
  group.flatten.push_back(std::move(flatten));
}

void RowPreparation::add_decay(RowGroup& group) const {
  if (decay_ == nullptr) return;
  const std::vector<double>* beta_gamma =
      decay_->beta_gamma_column.empty() ? nullptr : &table_->column(decay_->beta_gamma_column, table_source_).values;
  struct Segment {
    const double *entry, *length;
  };
  std::vector<Segment> segments;
  const auto column = [&](const std::string& name) {
    return name.empty() ? nullptr : table_->column(name, table_source_).values.data();
  };
  for (const auto& names : decay_->segments) segments.push_back({column(names.entry), column(names.length)});
  std::vector<double> per_length(group.size(), 1.0);
  if (beta_gamma != nullptr) {
    for (std::size_t i = 0; i < group.size(); ++i) per_length[i] = 1 / (*beta_gamma)[group.rows[i]];
  }
  group.decay.entry.assign(group.size(), 0);
  group.decay.length.assign(group.size(), 0);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::size_t row = group.rows[i];
    for (const auto& [entry, length] : segments) {
      if (!(length[row] > 0)) continue;
      const double way = (entry == nullptr ? 0 : entry[row] * per_length[i]) - decay_bounds_.nearest_entry;
      const auto from = static_cast<float>(way), along = static_cast<float>(length[row] * per_length[i]);
      if (group.decay.length[i] == 0) {
        group.decay.entry[i] = from;
        group.decay.length[i] = along;
      } else {
        group.decay.further.push_back({static_cast<std::uint32_t>(i), from, along});
      }
    }
  }
}

}  // namespace anyslice
