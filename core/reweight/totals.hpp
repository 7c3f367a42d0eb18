// Events counted from tabulated rates alone, such as interactions, of which only some are rows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/row_preparation.hpp"

namespace anyslice {

struct Total {
  std::string name, label, unit;
  double value = 0;
  /// Apart for each label of the column that the card multiplies by.
  std::vector<std::pair<std::string, double>> parts;
};

/// The totals of the card at a point; those whose `when` is zero are left out, and so are those without a value there,
/// and, unless `names` is empty, all others than these.
std::vector<Total> totals_at(const Model& model, const RowPreparation& preparation, std::span<const double> slots,
                             const std::vector<std::string>& names = {});

}  // namespace anyslice
