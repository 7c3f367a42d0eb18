// Sums tabulated rates over groups.
#include "core/reweight/totals.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace anyslice {
namespace {

/// Nuclei by element, summed over regions, from the table's metadata.
std::map<std::string, double> nuclei_of(const RowPreparation& preparation) {
  const Json& metadata = preparation.table().metadata;
  const std::string field = "header.__metadata__.nuclei";
  if (!metadata.contains("nuclei"))
    throw InputError(preparation.source(), field, "is missing, but the card's totals need it");
  const Json& stored = metadata["nuclei"];
  const Json nuclei = stored.is_string() ? parse_json(stored.get<std::string>(), preparation.source()) : stored;
  std::map<std::string, double> result;
  for (const auto& [region, elements] : JsonReader(nuclei, preparation.source(), field).fields()) {
    for (const auto& [element, count] : elements.fields()) result[element] += count.non_negative_number();
  }
  return result;
}

bool is_left_out(const TotalSpecification& total, const RateTable& rate, const std::vector<std::string>& labels) {
  for (const auto& condition : total.leave_out) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (rate.columns()[i] == condition.column &&
          std::find(condition.labels.begin(), condition.labels.end(), labels[i]) != condition.labels.end()) {
        return true;
      }
    }
  }
  return false;
}

Total total_of(const Model& model, const RowPreparation& preparation, const TotalSpecification& specification,
               std::map<std::string, double>& nuclei, std::span<const double> slots) {
  const RateTable& rate = preparation.rate(specification.rate);
  if (specification.nuclei && nuclei.empty()) nuclei = nuclei_of(preparation);
  std::vector<AxisPlace> places;
  for (std::size_t axis = 0; axis < rate.axes().size(); ++axis) {
    const auto& [parameter, list, is_target_over_row] = rate.axes()[axis];
    places.push_back(rate.place(axis, is_target_over_row ? 1 : slots[model.slot(parameter)]));
  }
  Total result{specification.name, specification.label, specification.unit, 0, {}};
  for (const auto& [label, expression] : specification.per) result.parts.emplace_back(label, 0);
  const double scale = specification.scale ? specification.scale->evaluate(slots) : 1;
  for (std::size_t group = 0; group < rate.group_count(); ++group) {
    const std::vector<std::string> labels = rate.labels(group);
    if (is_left_out(specification, rate, labels)) continue;
    double value = scale * std::exp(rate.log_rate(group, places));
    double* part = nullptr;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (specification.nuclei && nuclei.contains(labels[i])) value *= nuclei[labels[i]];
      if (rate.columns()[i] != specification.per_column) continue;
      // A label that the card does not mention does not count.
      bool is_mentioned = false;
      for (const auto& [label, expression] : specification.per) is_mentioned = is_mentioned || label == labels[i];
      if (!is_mentioned) value = 0;
      for (std::size_t k = 0; k < specification.per.size(); ++k) {
        if (specification.per[k].first != labels[i]) continue;
        value *= specification.per[k].second.evaluate(slots);
        part = &result.parts[k].second;
      }
    }
    result.value += value;
    if (part != nullptr) *part += value;
  }
  return result;
}

}  // namespace

std::vector<Total> totals_at(const Model& model, const RowPreparation& preparation, std::span<const double> slots,
                             const std::vector<std::string>& names) {
  std::vector<Total> result;
  std::map<std::string, double> nuclei;  // read once, where a total needs them
  for (const auto& specification : model.card().totals) {
    if (!names.empty() && std::find(names.begin(), names.end(), specification.name) == names.end()) continue;
    if (specification.when && specification.when->evaluate(slots) == 0) continue;
    Total total = total_of(model, preparation, specification, nuclei, slots);
    if (std::isfinite(total.value) && total.value >= 0) result.push_back(std::move(total));
  }
  return result;
}

}  // namespace anyslice
