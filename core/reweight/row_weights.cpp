// What rows weigh at every point: columns, and ratios and selections without parameters.
#include <cmath>

#include "core/reweight/row_preparation.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

}  // namespace

std::vector<double> RowPreparation::expression_values(const Expression& expression, std::span<const double> slots,
                                                      std::span<const std::uint32_t> rows) const {
  std::vector<std::vector<double>> of_rows;
  for (const auto& name : expression.columns()) of_rows.push_back(values_of(name, rows));
  std::vector<const double*> columns;
  for (const auto& values : of_rows) columns.push_back(values.data());
  std::vector<double> values(rows.size());
  expression.evaluate_rows(slots, columns, values);
  return values;
}

void RowPreparation::apply_row_expression(const Expression& expression, std::span<const double> slots,
                                          bool as_selection, const std::string& field,
                                          std::span<const std::uint32_t> rows, std::vector<double>& weights) const {
  const std::vector<double> values = expression_values(expression, slots, rows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]) || std::isinf(values[i]) || (!as_selection && values[i] < 0)) {
      throw InputError(model_.card().source, field,
                       "has no " + std::string(as_selection ? "" : "non-negative ") + "finite value for row " +
                           std::to_string(rows[i]) + " of " + table_source_);
    }
    weights[i] *= as_selection ? values[i] != 0 : values[i];
  }
}

void RowPreparation::apply_selection(const FactorSpecification& factor, std::span<const double> slots,
                                     std::span<const std::uint32_t> rows, std::vector<double>& weights) const {
  const std::string field = weight_field(model_.weight(), factor);
  if (factor.expression) {
    if (!depends_on_parameters(*factor.expression)) {
      apply_row_expression(*factor.expression, slots, true, field + ".expression", rows, weights);
    }
    return;
  }
  if (factor.range) {
    const std::vector<double> values = values_of(factor.column, rows);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!(values[i] >= factor.range->first && values[i] <= factor.range->second)) weights[i] = 0;
    }
    return;
  }
  const std::vector<char> mask = mask_of({factor.condition}, rows);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if ((mask[i] != 0) == factor.invert) weights[i] = 0;
  }
}

std::vector<double> RowPreparation::constant_weights(std::span<const double> slots,
                                                     std::span<const std::uint32_t> rows) const {
  std::vector<double> weights(rows.size(), 1.0);
  for (const auto& factor : model_.weight()) {
    const std::string field = weight_field(model_.weight(), factor);
    if (!applies(factor.when, slots)) continue;
    if (factor.kind == Kind::column) {
      const std::vector<double> values = values_of(factor.column, rows);
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= values[i];
    } else if (factor.kind == Kind::ratio && !depends_on_parameters(*factor.expression)) {
      apply_row_expression(*factor.expression, slots, false, field + ".expression", rows, weights);
    } else if (factor.kind == Kind::select) {
      apply_selection(factor, slots, rows, weights);
    } else if (factor.kind == Kind::kernel && factor.sampling_density) {
      const std::vector<double> density = expression_values(*factor.sampling_density, slots, rows);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!(density[i] > 0)) {
          throw InputError(model_.card().source, field + ".sampling_density",
                           "is not positive for row " + std::to_string(rows[i]) + " of " + table_source_);
        }
        weights[i] /= density[i];
      }
    }
  }
  if (decay_ != nullptr && !decay_->beta_gamma_column.empty()) {
    // What does not move decays where it was made, and is seen if it was made inside.
    const std::vector<double> beta_gamma = values_of(decay_->beta_gamma_column, rows);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!(beta_gamma[i] > 0)) weights[i] = 0;
    }
  }
  return weights;
}

}  // namespace anyslice
