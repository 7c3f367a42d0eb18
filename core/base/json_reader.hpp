// Reads JSON that somebody wrote by hand: every access is typed, named by its path, and checked.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace anyslice {

/// Objects keep the order in which their fields were written.
using Json = nlohmann::ordered_json;

/// Parses text; a syntax error becomes an InputError that names `source`, the line and the column. A field given twice
/// in one object and nesting deeper than 100 levels are refused too.
Json parse_json(std::string_view text, const std::string& source);

/// A view of one value inside a document, with its path ("weight[2].entry"). Every getter throws InputError(source,
/// path, expected) when the value is missing or of another type. The document must outlive the reader.
class JsonReader {
 public:
  JsonReader(const Json& value, std::string source, std::string path = {})
      : value_(&value), source_(std::move(source)), path_(std::move(path)) {}

  const Json& json() const { return *value_; }
  const std::string& source() const { return source_; }
  const std::string& path() const { return path_; }

  [[noreturn]] void fail(const std::string& expected) const { throw InputError(source_, path_, expected); }

  /// Fields whose value is null count as absent: that is how a card that extends another one removes a field.
  bool has(const std::string& field) const;
  JsonReader at(const std::string& field) const;
  std::optional<JsonReader> find(const std::string& field) const;
  std::vector<JsonReader> items() const;
  /// (name, value) pairs of an object, without null values.
  std::vector<std::pair<std::string, JsonReader>> fields() const;
  /// Throws for a field that is not in `known`; fields that start with "$" are left to tools.
  void allow_only(const std::set<std::string>& known) const;

  double number() const;
  /// Within [lowest, highest], ends included; `meaning` completes "expected ...".
  double number_in(double lowest, double highest, const std::string& meaning) const;
  double positive_number() const;
  double non_negative_number() const;
  /// From 0 to 2^53, the whole numbers that a JSON number holds exactly.
  std::uint64_t whole_number() const;
  bool boolean() const;
  std::string text() const;
  /// A text that is one of `choices`.
  std::string one_of(std::span<const std::string> choices) const;
  std::vector<double> numbers() const;
  std::vector<std::string> texts() const;

 private:
  const Json* value_;
  std::string source_, path_;
};

/// "a, b or c", for messages.
std::string join_choices(std::span<const std::string> choices);

}  // namespace anyslice
