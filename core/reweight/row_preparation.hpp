// Makes the groups of rows of a table that a setup of the card uses, as far as windows of the kernel reach.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/rate_table.hpp"
#include "core/reweight/row_groups.hpp"
#include "core/reweight/row_order.hpp"
#include "core/table/event_table.hpp"

namespace anyslice {

/// The name of a factor in messages.
std::string weight_field(const std::vector<FactorSpecification>& weight, const FactorSpecification& factor);

class RowPreparation {
 public:
  /// Checks the table against the card. Throws InputError when it lacks a column, a weight, entry or length is
  /// negative, units do not match, or labels are unknown. `rates_of` holds the rates in its metadata; null: the table
  /// itself does.
  RowPreparation(const Model& model, std::shared_ptr<const EventTable> table, std::string table_source,
                 const EventTable* rates_of = nullptr);

  /// Groups without rows yet. Throws InputError("request", ...) for an unknown part or bandwidth.
  PreparedRows prepare(std::span<const double> slots, const Selection& selection) const;
  /// Adds the rows at `places` (and those between them and the ones that are there); where they lie apart, they take
  /// their place. Throws InputError where a factor without parameters has no finite, non-negative value for a row.
  void add_rows(PreparedRows& prepared, std::span<const double> slots, RowRun places) const;
  std::size_t row_count() const { return order_.size(); }
  /// The places of the rows that the kernel may reach at a point.
  RowRun window(std::span<const double> slots, const std::vector<double>& bandwidths) const;

  const EventTable& table() const { return *table_; }
  const std::string& source() const { return table_source_; }
  const FactorSpecification* kernel() const { return kernel_; }
  const FactorSpecification* decay() const { return decay_; }
  const DecayBounds& decay_bounds() const { return decay_bounds_; }
  const RateTable& rate(const std::string& name) const { return rates_.at(name); }
  /// The parameters on which the rows' weights depend, but not through the lifetime.
  const std::vector<std::string>& row_parameters() const { return row_parameters_; }
  /// Their slots.
  const std::vector<std::size_t>& row_slots() const { return row_slots_; }
  /// Whether the weight is a smooth function of this row parameter: it acts through ratios alone.
  bool acts_through_ratios_only(const std::string& parameter) const;

 private:
  void find_row_parameters();
  void check_columns() const;
  /// The values of the column that a condition wants, codes of labels among them.
  std::vector<double> wanted_values(const RowCondition& condition) const;
  void find_decay_bounds();
  std::vector<double> values_of(const std::string& column, std::span<const std::uint32_t> rows) const;
  std::vector<char> mask_of(const std::vector<RowCondition>& conditions, std::span<const std::uint32_t> rows) const;
  bool applies(const std::optional<Expression>& when, std::span<const double> slots) const;
  std::vector<double> constant_weights(std::span<const double> slots, std::span<const std::uint32_t> rows) const;
  void apply_selection(const FactorSpecification& factor, std::span<const double> slots,
                       std::span<const std::uint32_t> rows, std::vector<double>& weights) const;
  void apply_row_expression(const Expression& expression, std::span<const double> slots, bool as_selection,
                            const std::string& field, std::span<const std::uint32_t> rows,
                            std::vector<double>& weights) const;
  std::vector<double> expression_values(const Expression& expression, std::span<const double> slots,
                                        std::span<const std::uint32_t> rows) const;
  const PartSpecification* part_of(const Selection& selection) const;
  std::vector<RowGroup> make_groups(std::span<const double> slots, const Selection& selection, RowRun places) const;
  RowGroup make_group(std::span<const double> slots, const std::vector<double>& weights,
                      std::span<const std::uint32_t> rows, const std::vector<std::size_t>& bins) const;
  void add_kernel(RowGroup& group, std::span<const double> slots) const;
  void add_flatten(RowGroup& group, const FlattenSpecification& specification) const;
  void add_decay(RowGroup& group) const;
  RowExpression row_expression(const Expression& expression, const RowGroup& group) const;
  bool depends_on_parameters(const Expression& expression) const { return !model_.parameters_of(expression).empty(); }

  const Model& model_;
  std::shared_ptr<const EventTable> table_;
  std::string table_source_;
  const FactorSpecification* kernel_ = nullptr;
  const FactorSpecification* decay_ = nullptr;
  std::map<std::string, RateTable> rates_;
  std::vector<std::string> row_parameters_;
  std::vector<std::size_t> row_slots_;
  RowOrder order_;
  DecayBounds decay_bounds_;
};

}  // namespace anyslice
