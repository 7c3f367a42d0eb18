// The rows of a table as a setup of the card uses them: selected, with everything multiplied that no parameter moves,
// apart by the bins they enter.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/decay_sums.hpp"
#include "core/reweight/rate_table.hpp"

namespace anyslice {

/// What a prediction is made of, beside the values of the model's parameters.
struct Selection {
  std::map<std::string, double> bandwidth;  ///< by parameter, where it differs from the card's
  std::string part;                         ///< a part of the events; empty: all

  bool operator==(const Selection&) const = default;
};

/// A row expression with the values of its columns for the rows of a group.
struct RowExpression {
  const Expression* expression = nullptr;
  std::vector<std::vector<double>> columns;
};

/// A flattening of the kernel: rows are divided by the rate at their own place and multiplied by that at the target.
/// Lists by row other than the first are empty where no row is flattened.
struct RowFlatten {
  const FlattenSpecification* specification = nullptr;
  const RateTable* rate = nullptr;
  std::vector<std::uint16_t> groups;  ///< per row: 1 + the group of the rate, or 0 for "stays as it is"
  bool applies_somewhere = false;
  std::vector<std::vector<AxisPlace>> row_places;  ///< per axis of the rate that varies: place of each row
  bool is_own_fixed = false;                       ///< a row's own rate does not depend on the target
  std::optional<std::size_t> relative_axis;        ///< that of the target's value over the row's
  std::vector<double> log_row_value;               ///< there
  /// ln of a row's own rate at each value of that axis, row by row, where it depends on the target through that alone.
  std::vector<double> log_own_rates;

  bool applies(std::size_t row) const { return groups[row] != 0; }
  std::size_t group_of(std::size_t row) const { return groups[row] - std::size_t{1}; }
};

/// What is true of the decays of all rows of a table. Lifetimes are numbers u, see DecayRows.
struct DecayBounds {
  /// So many decay lengths away no event is seen: exp(-150) of what the rows weigh is none, whatever multiplies it.
  static constexpr double kFarthestSeen = 150;

  double nearest_entry = 0;  ///< subtracted from the entries
  /// ln u below which every row that is made inside decays at once and any other is seen with less than exp(-40) of
  /// its weight, and above which a sum times u is a polynomial in 1/u
  /// of second order, but for 1e-5 at a quarter of it.
  double log_shortest = 0, log_longest = 0;
};

/// The rows that enter the same bins (or the bins of one histogram), in the order of the kernel's first coordinate.
struct RowGroup {
  std::vector<std::size_t> bins;                  ///< indices into Card::bins
  std::vector<std::pair<double, double>> ranges;  ///< of the histogram, per bin; empty without one
  std::vector<std::uint32_t> rows;                ///< in the table
  std::vector<double> weight;                     ///< everything that does not depend on a parameter
  std::vector<double> flattened_weight;           ///< the same, divided by rows' own rates where these are fixed
  std::vector<std::vector<double>> coordinates;   ///< per axis of the kernel
  std::vector<RowExpression> ratios, selections;  ///< that depend on parameters
  std::optional<RowExpression> histogram;
  std::vector<RowFlatten> flatten;
  DecayColumns decay;  ///< empty without a decay factor

  std::size_t size() const { return rows.size(); }
};

/// What stays while parameters move, of a run of neighbouring rows that holds the windows of the kernel needed last.
struct PreparedRows {
  std::vector<double> switches;  ///< values it was made with
  Selection selection;
  std::vector<double> bandwidths;  ///< per axis of the kernel
  RowRun places = {0, 0};          ///< of the rows, in the order of RowPreparation
  std::vector<RowGroup> groups;
};

}  // namespace anyslice
