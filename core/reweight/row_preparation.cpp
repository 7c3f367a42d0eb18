// Checks a table against a card: which rows it has, in which order, and what they may weigh.
#include "core/reweight/row_preparation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/reweight/kernel.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

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

  find_row_parameters();
  check_columns();
  order_ = RowOrder(table_->rows,
                    kernel_ == nullptr ? nullptr : &table_->column(kernel_->axes.front().column, table_source_).values);
  find_decay_bounds();
}

void RowPreparation::find_row_parameters() {
  std::set<std::string> parameters;
  for (const auto& factor : model_.weight()) {
    if (factor.kind == Kind::ratio || factor.kind == Kind::select) {
      if (factor.expression) parameters.merge(model_.parameters_of(*factor.expression));
    } else if (factor.kind == Kind::kernel) {
      kernel_ = &factor;
      for (const auto& axis : factor.axes) parameters.insert(axis.parameter);
      for (const auto& flatten : factor.flatten) {
        for (const auto& axis : rates_.at(flatten.rate).axes()) {
          if (!flatten.at.contains(axis.parameter)) parameters.insert(axis.parameter);
        }
      }
    } else if (factor.kind == Kind::decay) {
      decay_ = &factor;
    }
  }
  for (const auto& channel : model_.card().channels) {
    if (channel.histogram) parameters.merge(model_.parameters_of(*channel.histogram));
  }
  row_parameters_.assign(parameters.begin(), parameters.end());
  for (const auto& parameter : row_parameters_) row_slots_.push_back(model_.slot(parameter));
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
      for (const auto& axis : rates_.at(flatten.rate).axes()) {
        if (axis.parameter == parameter && !flatten.at.contains(parameter)) return false;
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
    if (factor.kind == Kind::select && !factor.column.empty()) wanted_values(factor.condition);
    for (const auto& axis : factor.axes) {
      const Column& column = table_->column(axis.column, table_source_);
      const std::string& unit = model_.card().find_parameter(axis.parameter)->unit;
      if (column.unit != unit) {
        throw InputError(
            model_.card().source, field + ".axes",
            axis.parameter + " is in " + unit + ", but column " + column.name + " of the table is in " + column.unit);
      }
      // Rates are interpolated in logarithms.
      const bool is_logarithmic =
          axis.distance != KernelDistance::linear ||
          std::any_of(factor.flatten.begin(), factor.flatten.end(), [&](const FlattenSpecification& flatten) {
            return std::find(flatten.vary.begin(), flatten.vary.end(), axis.parameter) != flatten.vary.end();
          });
      for (const double value : column.values) {
        if (is_logarithmic && !(value > 0)) {
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
  const auto check = [&](const std::vector<RowCondition>& conditions) {
    for (const auto& condition : conditions) wanted_values(condition);
  };
  for (const auto& bin : model_.card().bins) check(bin.events);
  for (const auto& part : model_.card().parts) check(part.events);
}

std::vector<double> RowPreparation::wanted_values(const RowCondition& condition) const {
  if (condition.column.empty()) return {};
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
  return values;
}

std::vector<double> RowPreparation::values_of(const std::string& name, std::span<const std::uint32_t> rows) const {
  const std::vector<double>& values = table_->column(name, table_source_).values;
  std::vector<double> result(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) result[i] = values[rows[i]];
  return result;
}

std::vector<char> RowPreparation::mask_of(const std::vector<RowCondition>& conditions,
                                          std::span<const std::uint32_t> rows) const {
  std::vector<char> mask(rows.size(), 1);
  for (const auto& condition : conditions) {
    if (condition.column.empty()) continue;
    const std::vector<double> values = wanted_values(condition);
    // Codes of labels are small whole numbers: a table of them is faster than a search.
    std::vector<char> is_code_wanted(table_->column(condition.column, table_source_).labels.size(), 0);
    for (const double value : values) {
      if (value >= 0 && value < static_cast<double>(is_code_wanted.size()) && value == std::floor(value)) {
        is_code_wanted[static_cast<std::size_t>(value)] = 1;
      }
    }
    const std::vector<double>& of_rows = table_->column(condition.column, table_source_).values;
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const double value = of_rows[rows[i]];
      const bool is_wanted = is_code_wanted.empty() ? std::find(values.begin(), values.end(), value) != values.end()
                                                    : is_code_wanted[static_cast<std::size_t>(value)] != 0;
      if (!is_wanted) mask[i] = 0;
    }
  }
  return mask;
}

RowRun RowPreparation::window(std::span<const double> slots, const std::vector<double>& bandwidths) const {
  if (kernel_ == nullptr) return {0, order_.size()};
  const KernelAxis& axis = kernel_->axes.front();
  const double center = kernel_coordinate(axis.distance, slots[model_.slot(axis.parameter)]);
  const double reach = kernel_reach(kernel_->shape) * bandwidths.front();
  return order_.between(axis.distance, center - reach, center + reach);
}

bool RowPreparation::applies(const std::optional<Expression>& when, std::span<const double> slots) const {
  return !when || when->evaluate(slots) != 0;
}

void RowPreparation::find_decay_bounds() {
  if (decay_ == nullptr) return;
  const auto column = [&](const std::string& name) {
    return name.empty() ? nullptr : table_->column(name, table_source_).values.data();
  };
  const double* beta_gamma = column(decay_->beta_gamma_column);
  const auto inverse = [&](std::size_t row) {
    return beta_gamma == nullptr ? 1.0 : beta_gamma[row] > 0 ? 1 / beta_gamma[row] : 0.0;
  };
  constexpr double kNowhere = std::numeric_limits<double>::infinity();
  double nearest = kNowhere, longest = 0, shortest = kNowhere;
  for (const auto& names : decay_->segments) {
    const double *entry = column(names.entry), *length = column(names.length);
    for (std::size_t row = 0; row < table_->rows; ++row) {
      const double along = length[row] * inverse(row);
      if (along > 0) nearest = std::min(nearest, entry == nullptr ? 0 : entry[row] * inverse(row));
    }
  }
  if (nearest == kNowhere) return;
  decay_bounds_.nearest_entry = nearest;
  for (const auto& names : decay_->segments) {
    const double *entry = column(names.entry), *length = column(names.length);
    for (std::size_t row = 0; row < table_->rows; ++row) {
      const double along = length[row] * inverse(row);
      if (!(along > 0)) continue;
      const double way = (entry == nullptr ? 0 : entry[row] * inverse(row)) - nearest;
      const auto from = static_cast<double>(static_cast<float>(way));
      if (from > 0) shortest = std::min(shortest, from);
      shortest = std::min(shortest, along);
      longest = std::max(longest, way + along);
    }
  }
  // exp(-40) is lost beside 1. Extrapolation from u, u/2 and u/4 leaves about (longest / u)^3.
  decay_bounds_.log_shortest = std::log(std::max(shortest / 40, nearest / DecayBounds::kFarthestSeen));
  decay_bounds_.log_longest = std::log(longest / 0.003);
}

}  // namespace anyslice
