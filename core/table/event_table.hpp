// The event table: named, typed columns with units, and what is known of how they were made.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"

namespace anyslice {

enum class ColumnType { f64, f32, u8, u16, u32 };

/// How the codes of an integer column stand for real values.
struct Quantisation {
  enum class Kind { log, linear };
  Kind kind = Kind::log;
  /// log: code 0 is exactly zero, else value = low * exp((code - 1) * step); linear: value = low + code * step.
  double low = 0, step = 0;

  double decode(std::uint32_t code) const;
  /// The nearest code; none where the value is outside the representable range of a U16.
  std::optional<std::uint32_t> encode(double value) const;
};

/// A step of at most this keeps the relative rounding of a log-quantised value below 5e-4.
inline constexpr double kLargestLogStep = 1e-3;

/// A whole number written in digits only, as in table metadata; none for anything else or above 2^53.
std::optional<std::uint64_t> parse_whole_number(const std::string& text);

/// From {kind: "log" or "linear", low, step}. Throws InputError for another kind, a step that is not positive or, for a
/// logarithm, is above kLargestLogStep, and a low that is not positive.
Quantisation read_quantisation(const JsonReader& reader);

struct Column {
  std::string name;
  std::string unit;  ///< "1" for a pure number
  std::string description;
  ColumnType type = ColumnType::f64;
  std::optional<Quantisation> quantisation;  ///< U16 columns only
  std::vector<std::string> labels;           ///< names of the values 0, 1, ... of a U8 column; may be empty
  std::vector<double> values;                ///< decoded, one per row
};

struct EventTable {
  std::vector<Column> columns;
  /// Metadata fields as written in the file (recipe, seed, licence, ...), without the format's own.
  Json metadata = Json::object();
  std::uint64_t events_thrown = 0;  ///< events simulated to fill the table, kept or not
  std::size_t rows = 0;

  /// The events of the whole run where the table was made by a recipe: a shard, or an incomplete merge, has thrown
  /// fewer, and its weights are too small. Throws InputError(source, ...) when the number written is not one.
  std::uint64_t events_of_run(const std::string& source) const;

  /// Throws InputError(source, ...) that lists the columns there are.
  const Column& column(const std::string& name, const std::string& source) const;
  const Column* find(const std::string& name) const;
};

}  // namespace anyslice
