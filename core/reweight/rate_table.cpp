// Reads tabulated rates from a table's metadata and interpolates them.
#include "core/reweight/rate_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

}  // namespace

RateTable::RateTable(const RateSpecification& specification, const EventTable& table, const std::string& table_source)
    : axes_given_(specification.axes) {
  const std::string source = table_source + ": header.__metadata__.maps";
  if (!table.metadata.contains("maps")) {
    throw InputError(table_source, "header.__metadata__.maps", "is missing, but the card's rates need it");
  }
  const Json& stored = table.metadata["maps"];
  const Json maps = stored.is_string() ? parse_json(stored.get<std::string>(), source) : stored;
  const JsonReader reader(maps, source);
  for (const auto& [column, list] : specification.groups) {
    columns_.push_back(column);
    labels_.push_back(reader.at(list).texts());
  }
  for (const auto& given : specification.axes) {
    const JsonReader list = reader.at(given.list);
    Axis axis;
    for (const double value : list.numbers()) {
      if (!(value > 0) || (!axis.log_values.empty() && !(std::log(value) > axis.log_values.back()))) {
        list.fail("expected positive values that increase");
      }
      axis.log_values.push_back(std::log(value));
    }
    if (axis.log_values.size() < 2) list.fail("expected at least two values");
    if (given.is_target_over_row &&
        (axis.log_values.size() > AxisPlace::kMost || axis.log_values.front() > 0 || axis.log_values.back() < 0)) {
      list.fail("expected two to four values of the target over a row's, from 1 or less to 1 or more");
    }
    axes_.push_back(std::move(axis));
  }
  for (std::size_t i = axes_.size() - 1; i > 0; --i) axes_[i - 1].stride = axes_[i].stride * axes_[i].log_values.size();
  read_product(specification, maps, source);
  fill_gaps();
}

void RateTable::read_product(const RateSpecification& specification, const Json& maps, const std::string& source) {
  std::size_t groups = 1;
  for (const auto& labels : labels_) groups *= labels.size();
  const std::size_t places = axes_.front().stride * axes_.front().log_values.size();
  rates_.assign(groups, std::vector<double>(places, 0.0));

  for (const auto& pointer : specification.product) {
    const Json::json_pointer where(pointer);
    if (!maps.contains(where))
      throw InputError(source, pointer, "is missing, but rate " + specification.name + " needs it");
    std::size_t next = 0;
    const auto fail = [&] {
      throw InputError(
          source, pointer,
          "expected an array of numbers or null, nested like the groups and axes of rate " + specification.name);
    };
    // Groups first, then axes, each level of the array one of them.
    const auto read = [&](const auto& self, const Json& level, std::size_t depth) -> void {
      if (depth < columns_.size() + axes_.size()) {
        const std::size_t size =
            depth < columns_.size() ? labels_[depth].size() : axes_[depth - columns_.size()].log_values.size();
        if (!level.is_array() || level.size() != size) fail();
        for (const auto& item : level) self(self, item, depth + 1);
        return;
      }
      if (!level.is_number() && !level.is_null()) fail();
      double& rate = rates_[next / places][next % places];
      const double value = level.is_null() ? 0 : level.get<double>();
      rate += value > 0 ? std::log(value) : kNone;
      ++next;
    };
    read(read, maps[where], 0);
  }
}

void RateTable::fill_gaps() {
  const std::vector<double>& x = axes_.front().log_values;
  const std::size_t stride = axes_.front().stride;
  for (auto& rates : rates_) {
    for (std::size_t column = 0; column < stride; ++column) {
      const auto at = [&](std::size_t i) -> double& { return rates[i * stride + column]; };
      std::vector<std::size_t> known;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isfinite(at(i))) known.push_back(i);
      }
      if (known.empty()) continue;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isfinite(at(i))) continue;
        if (known.size() == 1) {
          at(i) = at(known.front());
          continue;
        }
        // The two known points on the nearer side, or around.
        std::size_t upper = 1;
        while (upper + 1 < known.size() && known[upper] < i) ++upper;
        const std::size_t a = known[upper - 1], b = known[upper];
        at(i) = at(a) + (at(b) - at(a)) * (x[i] - x[a]) / (x[b] - x[a]);
      }
    }
    // What has no value anywhere along the first axis takes that of its neighbour on the last.
    const std::size_t width = axes_.size() > 1 ? axes_.back().log_values.size() : 1;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      const std::size_t row = i - i % width;
      for (std::size_t step = 1; step < width && !std::isfinite(rates[i]); ++step) {
        if (i >= row + step && std::isfinite(rates[i - step])) rates[i] = rates[i - step];
        if (!std::isfinite(rates[i]) && i + step < row + width && std::isfinite(rates[i + step])) {
          rates[i] = rates[i + step];
        }
      }
    }
  }
}

std::vector<std::string> RateTable::labels(std::size_t group) const {
  std::vector<std::string> result(columns_.size());
  for (std::size_t column = columns_.size(); column-- > 0;) {
    result[column] = labels_[column][group % labels_[column].size()];
    group /= labels_[column].size();
  }
  return result;
}

std::vector<std::uint16_t> RateTable::groups_of_rows(const EventTable& table, const std::string& table_source,
                                                     std::span<const std::uint32_t> rows) const {
  std::vector<std::uint16_t> result(rows.size(), 0);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = table.column(columns_[i], table_source);
    std::vector<std::uint16_t> place;
    for (const auto& label : column.labels) {
      const auto found = std::find(labels_[i].begin(), labels_[i].end(), label);
      if (found == labels_[i].end()) {
        throw InputError(table_source, "header.__metadata__.maps",
                         "has nothing for \"" + label + "\" of column " + columns_[i]);
      }
      place.push_back(static_cast<std::uint16_t>(found - labels_[i].begin()));
    }
    if (place.empty())
      throw InputError(table_source, "column " + columns_[i], "has no labels, but rates are grouped by it");
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto code = static_cast<std::size_t>(column.values[rows[k]]);
      result[k] = static_cast<std::uint16_t>(result[k] * labels_[i].size() + place[code]);
    }
  }
  return result;
}

AxisPlace RateTable::place_of_log(std::size_t axis, double wanted) const {
  const std::vector<double>& x = axes_[axis].log_values;
  const double inside = std::clamp(wanted, x.front(), x.back());
  const double at = axis == 0 ? wanted : inside;
  const auto upper = static_cast<std::size_t>(std::upper_bound(x.begin() + 1, x.end() - 1, at) - x.begin());
  const std::size_t count = at != inside ? 2 : std::min(AxisPlace::kMost, x.size());
  // Two points around, or as many on either side as there are.
  const std::size_t first = count == 2 ? upper - 1 : std::min(upper >= 2 ? upper - 2 : 0, x.size() - count);
  AxisPlace result;
  result.index = static_cast<std::uint32_t>(first);
  result.count = static_cast<std::uint32_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    double weight = 1;
    for (std::size_t j = 0; j < count; ++j) {
      if (j != i) weight *= (at - x[first + j]) / (x[first + i] - x[first + j]);
    }
    result.weights[i] = static_cast<float>(weight);
  }
  return result;
}

bool RateTable::has_rates(std::size_t group) const { return rates_[group].front() != kNone; }

std::vector<std::vector<double>> RateTable::along_first_axis(std::vector<AxisPlace> places) const {
  std::vector<std::vector<double>> lines(group_count());
  for (std::size_t i = 0; i < axes_.front().log_values.size(); ++i) {
    places.front() = {static_cast<std::uint32_t>(i), 1, {1, 0, 0, 0}};
    for (std::size_t group = 0; group < lines.size(); ++group) lines[group].push_back(log_rate(group, places));
  }
  return lines;
}

double RateTable::log_rate(std::size_t group, const std::vector<AxisPlace>& places) const {
  if (!has_rates(group)) return kNone;
  const auto sum = [&](const auto& self, std::size_t axis, std::size_t offset) -> double {
    if (axis == places.size()) return rates_[group][offset];
    const AxisPlace& place = places[axis];
    double result = 0;
    for (std::size_t i = 0; i < place.count; ++i) {
      if (place.weights[i] == 0) continue;
      result +=
          static_cast<double>(place.weights[i]) * self(self, axis + 1, offset + (place.index + i) * axes_[axis].stride);
    }
    return result;
  };
  return sum(sum, 0, 0);
}

}  // namespace anyslice
