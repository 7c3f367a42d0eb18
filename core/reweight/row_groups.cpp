// Selects, multiplies and orders the rows of a table once per setup.
#include "core/reweight/row_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/reweight/kernel.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

std::string weight_field(const std::vector<FactorSpecification>& weight, const FactorSpecification& factor) {
  return "weight[" + std::to_string(&factor - weight.data()) + "]";
}

bool same_conditions(const std::vector<RowCondition>& a, const std::vector<RowCondition>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const RowCondition& x, const RowCondition& y) {
    return x.column == y.column && x.labels == y.labels && x.values == y.values;
  });
}

/// Whether two bins take the same rows, so that one pass over them fills both.
bool same_rows(const BinSpecification& a, const BinSpecification& b) {
  return a.channel == b.channel && a.range && b.range && same_conditions(a.events, b.events);
}

}  // namespace

RowPreparation::RowPreparation(const Model& model, std::shared_ptr<const EventTable> table, std::string table_source,
                               const EventTable* rates_of)
    : model_(model), table_(std::move(table)), table_source_(std::move(table_source)) {
  for (const auto& name : model.card().tables.front().columns) table_->column(name, table_source_);
  if (const auto total = table_->events_of_run(table_source_); total != table_->events_thrown) {
    throw InputError(table_source_, "events_thrown",
                     "is " + std::to_string(table_->events_thrown) + " of " + std::to_string(total) +
                         " events: this is a shard, to be merged with the others first");
  }
  if (table_->rows > std::numeric_limits<std::uint32_t>::max()) {
    throw InputError(table_source_, "rows", "expected fewer than 2^32");
  }
  for (const auto& rate : model.card().rates) {
    rates_.emplace(rate.name, RateTable(rate, rates_of == nullptr ? *table_ : *rates_of, table_source_));
  }

  std::set<std::string> parameters;
  for (const auto& factor : model.weight()) {
    if (factor.kind == Kind::ratio || factor.kind == Kind::select) {
      if (factor.expression) parameters.merge(model.parameters_of(*factor.expression));
    } else if (factor.kind == Kind::kernel) {
      kernel_ = &factor;
      for (const auto& axis : factor.axes) parameters.insert(axis.parameter);
      for (const auto& flatten : factor.flatten) {
        for (const auto& [parameter, list] : rates_.at(flatten.rate).axes()) {
          if (!flatten.at.contains(parameter)) parameters.insert(parameter);
        }
      }
    } else if (factor.kind == Kind::decay) {
      decay_ = &factor;
    }
  }
  for (const auto& channel : model.card().channels) {
    if (channel.histogram) parameters.merge(model.parameters_of(*channel.histogram));
  }
  row_parameters_.assign(parameters.begin(), parameters.end());
  for (const auto& parameter : row_parameters_) row_slots_.push_back(model.slot(parameter));
  check_columns();
}

bool RowPreparation::acts_through_ratios_only(const std::string& parameter) const {
  const auto uses = [&](const Expression& expression) { return model_.parameters_of(expression).contains(parameter); };
  for (const auto& factor : model_.weight()) {
    if (factor.kind == Kind::select && factor.expression && uses(*factor.expression)) return false;
    if (factor.kind != Kind::kernel) continue;
    for (const auto& axis : factor.axes) {
      if (axis.parameter == parameter) return false;
    }
    for (const auto& flatten : factor.flatten) {
      for (const auto& [name, list] : rates_.at(flatten.rate).axes()) {
        if (name == parameter && !flatten.at.contains(parameter)) return false;
      }
    }
  }
  for (const auto& channel : model_.card().channels) {
    if (channel.histogram && uses(*channel.histogram)) return false;
  }
  return true;
}

void RowPreparation::check_columns() const {
  const auto require_non_negative = [&](const std::string& name) -> const Column& {
    const Column& column = table_->column(name, table_source_);
    for (std::size_t row = 0; row < column.values.size(); ++row) {
      if (column.values[row] < 0) {
        throw InputError(table_source_, "column " + name, "row " + std::to_string(row) + " is negative");
      }
    }
    return column;
  };
  for (const auto& factor : model_.weight()) {
    const std::string field = weight_field(model_.weight(), factor);
    if (factor.kind == Kind::column) require_non_negative(factor.column);
    if (factor.kind == Kind::select && !factor.column.empty()) mask_of({factor.condition});
    for (const auto& axis : factor.axes) {
      const Column& column = table_->column(axis.column, table_source_);
      const std::string& unit = model_.card().find_parameter(axis.parameter)->unit;
      if (column.unit != unit) {
        throw InputError(
            model_.card().source, field + ".axes",
            axis.parameter + " is in " + unit + ", but column " + column.name + " of the table is in " + column.unit);
      }
      for (const double value : column.values) {
        if (axis.distance != KernelDistance::linear && !(value > 0)) {
          throw InputError(table_source_, "column " + axis.column, "is not positive everywhere: it has no logarithm");
        }
      }
    }
    if (factor.kind != Kind::decay) continue;
    for (const auto& segment : factor.segments) {
      for (const auto& name : {segment.entry, segment.length}) {
        if (name.empty()) continue;
        const Column& column = require_non_negative(name);
        if (column.unit != factor.ctau0_unit) {
          throw InputError(
              model_.card().source, field + ".ctau0",
              "is in " + factor.ctau0_unit + ", but column " + column.name + " of the table is in " + column.unit);
        }
      }
    }
    if (!factor.beta_gamma_column.empty()) require_non_negative(factor.beta_gamma_column);
  }
  const auto& bins = model_.card().bins;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (i == 0 || !same_conditions(bins[i].events, bins[i - 1].events)) mask_of(bins[i].events);
  }
  for (const auto& part : model_.card().parts) mask_of(part.events);
}

std::vector<char> RowPreparation::mask_of(const std::vector<RowCondition>& conditions) const {
  std::vector<char> mask(table_->rows, 1);
  for (const auto& condition : conditions) {
    if (condition.column.empty()) continue;
    const Column& column = table_->column(condition.column, table_source_);
    std::vector<double> values = condition.values;
    for (const auto& label : condition.labels) {
      const auto found = std::find(column.labels.begin(), column.labels.end(), label);
      if (found == column.labels.end()) {
        throw InputError(table_source_, "column " + condition.column,
                         column.labels.empty()
                             ? "has no labels, but the card asks for \"" + label + "\""
                             : "has no label \"" + label + "\"; expected " + join_choices(column.labels));
      }
      values.push_back(static_cast<double>(found - column.labels.begin()));
    }
    // Codes of labels are small whole numbers: a table of them is faster than a search.
    std::vector<char> is_code_wanted(column.labels.size(), 0);
    for (const double value : values) {
      if (value >= 0 && value < static_cast<double>(column.labels.size()) && value == std::floor(value)) {
        is_code_wanted[static_cast<std::size_t>(value)] = 1;
      }
    }
    for (std::size_t row = 0; row < table_->rows; ++row) {
      const double value = column.values[row];
      const bool is_wanted = is_code_wanted.empty() ? std::find(values.begin(), values.end(), value) != values.end()
                                                    : is_code_wanted[static_cast<std::size_t>(value)] != 0;
      if (!is_wanted) mask[row] = 0;
    }
  }
  return mask;
}

bool RowPreparation::applies(const std::optional<Expression>& when, std::span<const double> slots) const {
  return !when || when->evaluate(slots) != 0;
}

std::vector<const double*> RowPreparation::whole_columns(const Expression& expression) const {
  std::vector<const double*> result;
  for (const auto& name : expression.columns()) {
    result.push_back(table_->column(name, table_source_).values.data());
  }
  return result;
}

void RowPreparation::apply_row_expression(const Expression& expression, std::span<const double> slots,
                                          bool as_selection, const std::string& field,
                                          std::vector<double>& weights) const {
  std::vector<double> values(table_->rows);
  expression.evaluate_rows(slots, whole_columns(expression), values);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isnan(values[row]) || std::isinf(values[row]) || (!as_selection && values[row] < 0)) {
      throw InputError(model_.card().source, field,
                       "has no " + std::string(as_selection ? "" : "non-negative ") + "finite value for row " +
                           std::to_string(row) + " of " + table_source_);
    }
    weights[row] *= as_selection ? values[row] != 0 : values[row];
  }
}

void RowPreparation::apply_selection(const FactorSpecification& factor, std::span<const double> slots,
                                     std::vector<double>& weights) const {
  const std::string field = weight_field(model_.weight(), factor);
  if (factor.expression) {
    if (!depends_on_parameters(*factor.expression)) {
      apply_row_expression(*factor.expression, slots, true, field + ".expression", weights);
    }
    return;
  }
  if (factor.range) {
    const Column& column = table_->column(factor.column, table_source_);
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (!(column.values[row] >= factor.range->first && column.values[row] <= factor.range->second)) weights[row] = 0;
    }
    return;
  }
  const std::vector<char> mask = mask_of({factor.condition});
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if ((mask[row] != 0) == factor.invert) weights[row] = 0;
  }
}

std::vector<double> RowPreparation::constant_weights(std::span<const double> slots) const {
  std::vector<double> weights(table_->rows, 1.0);
  for (const auto& factor : model_.weight()) {
    const std::string field = weight_field(model_.weight(), factor);
    if (!applies(factor.when, slots)) continue;
    if (factor.kind == Kind::column) {
      const auto& values = table_->column(factor.column, table_source_).values;
      for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= values[row];
    } else if (factor.kind == Kind::ratio && !depends_on_parameters(*factor.expression)) {
      apply_row_expression(*factor.expression, slots, false, field + ".expression", weights);
    } else if (factor.kind == Kind::select) {
      apply_selection(factor, slots, weights);
    } else if (factor.kind == Kind::kernel && factor.sampling_density) {
      std::vector<double> density(table_->rows);
      factor.sampling_density->evaluate_rows(slots, whole_columns(*factor.sampling_density), density);
      for (std::size_t row = 0; row < weights.size(); ++row) {
        if (!(density[row] > 0)) {
          throw InputError(model_.card().source, field + ".sampling_density",
                           "is not positive for row " + std::to_string(row) + " of " + table_source_);
        }
        weights[row] /= density[row];
      }
    }
  }
  if (decay_ != nullptr && !decay_->beta_gamma_column.empty()) {
    // What does not move decays where it was made, and is seen if it was made inside.
    const auto& beta_gamma = table_->column(decay_->beta_gamma_column, table_source_).values;
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (!(beta_gamma[row] > 0)) weights[row] = 0;
    }
  }
  return weights;
}

PreparedRows RowPreparation::prepare(std::span<const double> slots, const Selection& selection) const {
  const Card& card = model_.card();
  PreparedRows result;
  result.selection = selection;
  for (const auto& number : card.switches) result.switches.push_back(slots[model_.slot(number.name)]);
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

  std::vector<double> weights = constant_weights(slots);
  if (!selection.part.empty()) {
    std::vector<std::string> names;
    const PartSpecification* part = nullptr;
    for (const auto& known : card.parts) {
      names.push_back(known.name);
      if (known.name == selection.part) part = &known;
    }
    if (part == nullptr) {
      throw InputError("request", "part",
                       names.empty() ? card.name + " has no parts"
                                     : "expected " + join_choices(names) + ", found \"" + selection.part + "\"");
    }
    const std::vector<char> mask = mask_of(part->events);
    for (std::size_t row = 0; row < weights.size(); ++row) weights[row] *= mask[row];
  }

  std::vector<char> taken(card.bins.size(), 0);
  for (std::size_t bin = 0; bin < card.bins.size(); ++bin) {
    if (taken[bin] != 0) continue;
    std::vector<std::size_t> bins = {bin};
    for (std::size_t other = bin + 1; other < card.bins.size(); ++other) {
      if (taken[other] != 0 || !same_rows(card.bins[bin], card.bins[other])) continue;
      bins.push_back(other);
      taken[other] = 1;
    }
    result.groups.push_back(make_group(slots, weights, mask_of(card.bins[bin].events), bins));
  }
  return result;
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
                                    const std::vector<char>& mask, const std::vector<std::size_t>& bins) const {
  const Card& card = model_.card();
  RowGroup group;
  group.bins = bins;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (mask[row] != 0 && weights[row] > 0) group.rows.push_back(static_cast<std::uint32_t>(row));
  }
  if (kernel_ != nullptr) {
    const auto& first = table_->column(kernel_->axes.front().column, table_source_).values;
    const auto is_before = [&](std::uint32_t a, std::uint32_t b) { return first[a] < first[b]; };
    if (!std::is_sorted(group.rows.begin(), group.rows.end(), is_before)) {
      std::stable_sort(group.rows.begin(), group.rows.end(), is_before);
    }
  }
  for (const auto row : group.rows) group.weight.push_back(weights[row]);
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
    for (const auto row : group.rows) own.push_back(kernel_coordinate(axis.distance, values[row]));
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
  const std::vector<std::uint16_t> groups = rate.groups_of_rows(*table_, table_source_);
  const std::vector<char> mask = mask_of(specification.where);
  for (const auto row : group.rows) {
    const bool applies = mask[row] != 0 && rate.has_rates(groups[row]);
    flatten.groups.push_back(applies ? static_cast<std::uint16_t>(groups[row] + 1) : std::uint16_t{0});
  }
  flatten.is_own_fixed = true;
  std::vector<bool> varies;
  for (std::size_t axis = 0; axis < rate.axes().size(); ++axis) {
    const std::string& parameter = rate.axes()[axis].first;
    std::vector<AxisPlace>& places = flatten.row_places.emplace_back();
    varies.push_back(std::find(specification.vary.begin(), specification.vary.end(), parameter) !=
                     specification.vary.end());
    if (!varies.back()) {
      flatten.is_own_fixed = flatten.is_own_fixed && specification.at.contains(parameter);
      continue;
    }
    for (const auto& kernel_axis : kernel_->axes) {
      if (kernel_axis.parameter != parameter) continue;
      const auto& values = table_->column(kernel_axis.column, table_source_).values;
      places.reserve(group.size());
      // Quantised and sorted values repeat.
      double last = std::numeric_limits<double>::quiet_NaN();
      for (const auto row : group.rows) {
        places.push_back(values[row] == last ? AxisPlace(places.back()) : rate.place(axis, values[row]));
        last = values[row];
      }
    }
  }
  if (flatten.is_own_fixed) {
    std::vector<AxisPlace> places(rate.axes().size());
    for (std::size_t axis = 0; axis < places.size(); ++axis) {
      if (!varies[axis]) places[axis] = rate.place(axis, specification.at.at(rate.axes()[axis].first));
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (!flatten.applies(i)) continue;
      for (std::size_t axis = 0; axis < places.size(); ++axis) {
        if (varies[axis]) places[axis] = flatten.row_places[axis][i];
      }
      group.flattened_weight[i] *= std::exp(-rate.log_rate(flatten.group_of(i), places));
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
  group.nearest_entry = std::numeric_limits<double>::infinity();
  for (const auto& [entry, length] : segments) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      const std::size_t row = group.rows[i];
      if (!(length[row] > 0)) continue;
      group.nearest_entry = std::min(group.nearest_entry, entry == nullptr ? 0 : entry[row] * per_length[i]);
    }
  }
  if (!std::isfinite(group.nearest_entry)) group.nearest_entry = 0;
  double shortest = std::numeric_limits<double>::infinity(), longest = 0;
  group.decay.entry.assign(group.size(), 0);
  group.decay.length.assign(group.size(), 0);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::size_t row = group.rows[i];
    for (const auto& [entry, length] : segments) {
      if (!(length[row] > 0)) continue;
      const double way = (entry == nullptr ? 0 : entry[row] * per_length[i]) - group.nearest_entry;
      const double inside = length[row] * per_length[i];
      const auto from = static_cast<float>(way), along = static_cast<float>(inside);
      if (from > 0) shortest = std::min(shortest, static_cast<double>(from));
      shortest = std::min(shortest, inside);
      longest = std::max(longest, way + inside);
      if (group.decay.length[i] == 0) {
        group.decay.entry[i] = from;
        group.decay.length[i] = along;
      } else {
        group.decay.further.push_back({static_cast<std::uint32_t>(i), from, along});
      }
    }
  }
  if (longest > 0) {
    // exp(-40) is lost beside 1. Extrapolation from u, u/2 and u/4 leaves about (longest / u)^3.
    group.log_shortest = std::log(std::max(shortest / 40, group.nearest_entry / RowGroup::kFarthestSeen));
    group.log_longest = std::log(longest / 0.003);
  }
}

}  // namespace anyslice
