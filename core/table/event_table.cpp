// Event tables: quantisation and look-up of columns.
#include "core/table/event_table.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace anyslice {

double Quantisation::decode(std::uint32_t code) const {
  if (kind == Kind::linear) return low + code * step;
  return code == 0 ? 0.0 : low * std::exp((code - 1.0) * step);
}

std::optional<std::uint32_t> Quantisation::encode(double value) const {
  if (kind == Kind::log && value == 0) return 0;
  const double code =
      kind == Kind::linear ? std::round((value - low) / step) : 1 + std::round(std::log(value / low) / step);
  const double lowest = kind == Kind::linear ? 0 : 1;
  if (!(code >= lowest && code <= 65535)) return std::nullopt;
  return static_cast<std::uint32_t>(code);
}

Quantisation read_quantisation(const JsonReader& reader) {
  static const std::vector<std::string> kinds = {"log", "linear"};
  reader.allow_only({"kind", "low", "step"});
  Quantisation result;
  const bool is_log = reader.at("kind").one_of(kinds) == "log";
  result.kind = is_log ? Quantisation::Kind::log : Quantisation::Kind::linear;
  result.low = is_log ? reader.at("low").positive_number() : reader.at("low").number();
  result.step = reader.at("step").positive_number();
  if (is_log && result.step > kLargestLogStep) reader.at("step").fail("expected at most 0.001 for a log quantisation");
  return result;
}

std::optional<std::uint64_t> parse_whole_number(const std::string& text) {
  if (text.empty() || text.size() > 16 || text.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const std::uint64_t value = std::stoull(text);
  if (value > std::uint64_t{1} << 53) return std::nullopt;
  return value;
}

std::uint64_t EventTable::events_of_run(const std::string& source) const {
  if (!metadata.contains("events_total")) return events_thrown;
  const auto total = parse_whole_number(metadata["events_total"].get<std::string>());
  if (!total) throw InputError(source, "header.__metadata__.events_total", "expected a whole number");
  return *total;
}

const Column* EventTable::find(const std::string& name) const {
  for (const auto& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const Column& EventTable::column(const std::string& name, const std::string& source) const {
  if (const Column* found = find(name)) return *found;
  std::string names;
  for (const auto& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  throw InputError(source, "column " + name, "is not in the table, which has " + names);
}

}  // namespace anyslice
