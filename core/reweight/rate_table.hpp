// Rates tabulated in a table's metadata, by group of rows and over parameters: what flattens a kernel, and what counts
// events that are no rows.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/card/card.hpp"
#include "core/table/event_table.hpp"

namespace anyslice {

/// The points of an axis by which a value is interpolated.
struct AxisPlace {
  static constexpr std::size_t kMost = 4;
  std::uint32_t index = 0;  ///< of the first of them
  std::uint32_t count = 1;
  std::array<float, kMost> weights = {1, 0, 0, 0};
};

/// The logarithm of a rate, interpolated in the logarithms of the parameters by the cubic polynomial through the four
/// points around: rates fall steeply where masses reach the end of the spectrum, and a straight line would be off by
/// several percent there. Beyond the ends of the first axis, and along it into places without a value, the last
/// straight line continues; beyond those of the others the end's value holds. An axis of the target's value over a
/// row's has four values at most, one polynomial through all, with 1 among or between them.
class RateTable {
 public:
  /// Throws InputError when the metadata do not hold what the card says.
  RateTable(const RateSpecification& specification, const EventTable& table, const std::string& table_source);

  const std::vector<RateAxis>& axes() const { return axes_given_; }
  std::size_t group_count() const { return rates_.size(); }
  /// The labels of a group, in the order of the specification's columns.
  std::vector<std::string> labels(std::size_t group) const;
  const std::vector<std::string>& columns() const { return columns_; }

  /// The group of each of these rows of the table.
  std::vector<std::uint16_t> groups_of_rows(const EventTable& table, const std::string& table_source,
                                            std::span<const std::uint32_t> rows) const;

  AxisPlace place(std::size_t axis, double value) const { return place_of_log(axis, std::log(value)); }
  AxisPlace place_of_log(std::size_t axis, double log_value) const;
  /// Logarithms of the values of an axis.
  const std::vector<double>& log_values(std::size_t axis) const { return axes_[axis].log_values; }
  /// ln of the rate; -infinity where the group has none.
  double log_rate(std::size_t group, const std::vector<AxisPlace>& places) const;
  /// The same at every point of the first axis, by group; `places` are those on the other axes.
  std::vector<std::vector<double>> along_first_axis(std::vector<AxisPlace> places) const;
  bool has_rates(std::size_t group) const;

 private:
  struct Axis {
    std::vector<double> log_values;
    std::size_t stride = 1;
  };
  void read_product(const RateSpecification& specification, const Json& maps, const std::string& source);
  void fill_gaps();

  std::vector<RateAxis> axes_given_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> labels_;  // per column
  std::vector<Axis> axes_;
  std::vector<std::vector<double>> rates_;  // [group][place], logarithms
};

}  // namespace anyslice
