// Weighted sums over an event table.
#include "core/reweight/reweighter.hpp"

#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.hpp"
#include "core/reweight/decay_in_volume.hpp"

namespace anyslice {
namespace {

/// Estimated interpolation error of the fast path, a tenth of what it is allowed.
constexpr double kGridTolerance = 1e-5;

std::string weight_field(const std::vector<FactorSpecification>& weight, const FactorSpecification& factor) {
  return "weight[" + std::to_string(&factor - weight.data()) + "]";
}

}  // namespace

Reweighter::Reweighter(const Model& model, std::shared_ptr<const EventTable> table, const std::string& table_source)
    : model_(model), table_(std::move(table)), table_source_(table_source) {
  for (const auto& name : model.card().tables.front().columns) table_->column(name, table_source);
  if (const auto total = table_->events_of_run(table_source); total != table_->events_thrown) {
    throw InputError(table_source, "events_thrown",
                     "is " + std::to_string(table_->events_thrown) + " of " + std::to_string(total) +
                         " events: this is a shard, to be merged with the others first");
  }

  const auto non_negative = [&](const std::string& name) -> const Column& {
    const Column& column = table_->column(name, table_source);
    for (std::size_t row = 0; row < column.values.size(); ++row) {
      if (column.values[row] < 0) {
        throw InputError(table_source, "column " + name, "row " + std::to_string(row) + " is negative");
      }
    }
    return column;
  };

  constant_weight_.assign(table_->rows, 1.0);
  for (const auto& factor : model.weight()) {
    const std::string field = weight_field(model.weight(), factor);
    if (factor.kind == FactorSpecification::Kind::column) {
      const auto& values = non_negative(factor.column).values;
      for (std::size_t row = 0; row < table_->rows; ++row) constant_weight_[row] *= values[row];
    } else if (factor.kind == FactorSpecification::Kind::decay) {
      decay_ = &factor;
      for (std::size_t i = 0; i < factor.segments.size(); ++i) {
        const Column& entry = non_negative(factor.segments[i].entry);
        const Column& length = non_negative(factor.segments[i].length);
        for (const Column* column : {&entry, &length}) {
          if (column->unit != factor.ctau0_unit) {
            throw InputError(
                model.card().source, field + ".ctau0",
                "is in " + factor.ctau0_unit + ", but column " + column->name + " of the table is in " + column->unit);
          }
        }
        segments_.push_back({entry.values, length.values});
      }
      if (!factor.beta_gamma_column.empty()) beta_gamma_column_ = non_negative(factor.beta_gamma_column).values;
    }
  }
  constant_sum_.thrown = table_->events_thrown;
  for (const double weight : constant_weight_) {
    constant_sum_.sum += weight;
    constant_sum_.sum_of_squares += weight * weight;
  }
  grid_ = std::make_unique<LifetimeGrid>([this](double x) { return exact_node(x); }, kGridTolerance);
}

Reweighter::RowFactors Reweighter::row_factors(std::span<const double> slots) const {
  RowFactors result;
  const auto check = [&](double value, const Expression& expression, const FactorSpecification& factor,
                         const char* part, bool may_be_zero) {
    if (!(std::isfinite(value) && (value > 0 || (may_be_zero && value == 0)))) {
      const std::string why = model_.why_undefined(expression, slots);
      throw InputError(model_.card().source, weight_field(model_.weight(), factor) + "." + part,
                       std::string("has no ") + (may_be_zero ? "non-negative" : "positive") +
                           " finite value at this point of parameter space" + (why.empty() ? "" : ": " + why));
    }
  };
  for (const auto& factor : model_.weight()) {
    if (factor.kind == FactorSpecification::Kind::scale) {
      const double value = factor.expression->evaluate(slots);
      check(value, *factor.expression, factor, "expression", true);
      result.scale *= value;
    }
  }
  if (decay_ != nullptr) {
    const double ctau0 = decay_->ctau0->evaluate(slots), beta_gamma = decay_->beta_gamma->evaluate(slots);
    check(ctau0, *decay_->ctau0, *decay_, "ctau0", false);
    check(beta_gamma, *decay_->beta_gamma, *decay_, "beta_gamma", false);
    result.lifetime = ctau0 * beta_gamma;
    check(result.lifetime, *decay_->ctau0, *decay_, "ctau0", false);
  }
  return result;
}

double Reweighter::row_weight(std::size_t row, double lifetime) const {
  if (decay_ == nullptr) return constant_weight_[row];
  const double lambda = beta_gamma_column_.empty() ? lifetime : lifetime * beta_gamma_column_[row];
  if (!(lambda > 0)) return 0;
  double probability = 0;
  for (const auto& segment : segments_)
    probability += decay_probability(segment.entry[row], segment.length[row], lambda);
  return constant_weight_[row] * probability;
}

LifetimeNode Reweighter::exact_node(double log_lifetime) const {
  const double lifetime = std::exp(log_lifetime);
  double sum = 0, slope = 0, squares = 0, squares_slope = 0;
  for (std::size_t row = 0; row < table_->rows; ++row) {
    const double lambda = beta_gamma_column_.empty() ? lifetime : lifetime * beta_gamma_column_[row];
    if (!(lambda > 0)) continue;
    DecayProbability total;
    for (const auto& segment : segments_) {
      const auto one = decay_probability_and_slope(segment.entry[row], segment.length[row], lambda);
      total.value += one.value;
      total.slope += one.slope;
    }
    const double weight = constant_weight_[row] * total.value, weight_slope = constant_weight_[row] * total.slope;
    sum += weight;
    slope += weight_slope;
    squares += weight * weight;
    squares_slope += 2 * weight * weight_slope;
  }
  if (!(sum > 0 && squares > 0)) {
    const double none = -std::numeric_limits<double>::infinity();
    return {none, 0, none, 0};
  }
  return {std::log(sum), slope / sum, std::log(squares), squares_slope / squares};
}

WeightedSum Reweighter::predict(std::span<const double> slots) const {
  const RowFactors factors = row_factors(slots);
  WeightedSum result = constant_sum_;
  if (decay_ != nullptr) {
    const LifetimeNode node = grid_->at(std::log(factors.lifetime));
    result.sum = std::exp(node.log_sum);
    result.sum_of_squares = std::exp(node.log_squares);
  }
  result.sum *= factors.scale;
  result.sum_of_squares *= factors.scale * factors.scale;
  return result;
}

WeightedSum Reweighter::plain_sum(std::span<const double> slots) const {
  const RowFactors factors = row_factors(slots);
  WeightedSum result{0, 0, table_->events_thrown};
  for (std::size_t row = 0; row < table_->rows; ++row) {
    const double weight = factors.scale * row_weight(row, factors.lifetime);
    result.sum += weight;
    result.sum_of_squares += weight * weight;
  }
  return result;
}

std::vector<std::pair<std::string, WeightedSum>> Reweighter::breakdown(std::span<const double> slots,
                                                                       const std::string& name) const {
  const Column& column = table_->column(name, table_source_);
  if (column.type == ColumnType::f64 || column.type == ColumnType::f32 || column.quantisation) {
    throw InputError(table_source_, "column " + name, "cannot be broken down by: its values are not whole numbers");
  }
  const RowFactors factors = row_factors(slots);
  std::map<std::uint32_t, WeightedSum> sums;
  for (std::size_t row = 0; row < table_->rows; ++row) {
    const double weight = factors.scale * row_weight(row, factors.lifetime);
    WeightedSum& sum = sums[static_cast<std::uint32_t>(column.values[row])];
    sum.sum += weight;
    sum.sum_of_squares += weight * weight;
    sum.thrown = table_->events_thrown;
  }
  std::vector<std::pair<std::string, WeightedSum>> result;
  for (const auto& [value, sum] : sums) {
    result.emplace_back(value < column.labels.size() ? column.labels[value] : std::to_string(value), sum);
  }
  return result;
}

}  // namespace anyslice
