// Typed, checked access to hand-written JSON.
#include "core/base/json_reader.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice {
namespace {

std::string describe(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = value.dump();
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& source) {
  // The parser and everything that walks the document recurse: an absurd depth must not exhaust the stack.
  constexpr int kDeepest = 100;
  std::vector<std::set<std::string>> open_objects;
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) throw InputError(source, "", "is nested more than 100 levels deep");
    if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) open_objects.pop_back();
    if (event == Json::parse_event_t::key && !open_objects.back().insert(parsed.get<std::string>()).second) {
      throw InputError(source, parsed.get<std::string>(), "is given twice in one object");
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t position = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
    const auto before = text.substr(0, position);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto last_newline = before.rfind('\n');
    const auto column = position - (last_newline == std::string_view::npos ? 0 : last_newline + 1) + 1;
    throw InputError(source, "line " + std::to_string(line) + ", column " + std::to_string(column),
                     "is not valid JSON here");
  } catch (const nlohmann::json::exception&) {
    throw InputError(source, "", "is not valid JSON: a number in it is out of range");
  }
}

bool JsonReader::has(const std::string& field) const {
  if (!value_->is_object()) fail("expected an object, found " + describe(*value_));
  const auto found = value_->find(field);
  return found != value_->end() && !found->is_null();
}

JsonReader JsonReader::at(const std::string& field) const {
  if (!has(field)) {
    throw InputError(source_, path_.empty() ? field : path_ + "." + field, "is missing");
  }
  return {(*value_)[field], source_, path_.empty() ? field : path_ + "." + field};
}

std::optional<JsonReader> JsonReader::find(const std::string& field) const {
  if (!has(field)) return std::nullopt;
  return at(field);
}

std::vector<JsonReader> JsonReader::items() const {
  if (!value_->is_array()) fail("expected a list, found " + describe(*value_));
  std::vector<JsonReader> result;
  for (std::size_t i = 0; i < value_->size(); ++i) {
    result.emplace_back((*value_)[i], source_, path_ + "[" + std::to_string(i) + "]");
  }
  return result;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::fields() const {
  if (!value_->is_object()) fail("expected an object, found " + describe(*value_));
  std::vector<std::pair<std::string, JsonReader>> result;
  for (const auto& [name, value] : value_->items()) {
    if (!value.is_null()) {
      result.emplace_back(name, JsonReader(value, source_, path_.empty() ? name : path_ + "." + name));
    }
  }
  return result;
}

void JsonReader::allow_only(const std::set<std::string>& known) const {
  for (const auto& [name, value] : fields()) {
    if (!name.starts_with("$") && !known.contains(name)) {
      const std::vector<std::string> choices(known.begin(), known.end());
      value.fail("is not a known field here; expected " + join_choices(choices));
    }
  }
}

double JsonReader::number() const {
  if (!value_->is_number()) fail("expected a number, found " + describe(*value_));
  const double result = value_->get<double>();
  if (!std::isfinite(result)) fail("expected a finite number");
  return result;
}

double JsonReader::number_in(double lowest, double highest, const std::string& meaning) const {
  const double result = number();
  if (!(result >= lowest && result <= highest)) fail("expected " + meaning + ", found " + describe(*value_));
  return result;
}

double JsonReader::positive_number() const {
  const double result = number();
  if (!(result > 0)) fail("expected a number > 0, found " + describe(*value_));
  return result;
}

double JsonReader::non_negative_number() const {
  const double result = number();
  if (!(result >= 0)) fail("expected a number >= 0, found " + describe(*value_));
  return result;
}

std::uint64_t JsonReader::whole_number() const {
  const double result = number();
  if (!(result >= 0 && result <= 9007199254740992.0 && std::floor(result) == result)) {
    fail("expected a whole number >= 0, found " + describe(*value_));
  }
  return static_cast<std::uint64_t>(result);
}

bool JsonReader::boolean() const {
  if (!value_->is_boolean()) fail("expected true or false, found " + describe(*value_));
  return value_->get<bool>();
}

std::string JsonReader::text() const {
  if (!value_->is_string()) fail("expected a text, found " + describe(*value_));
  return value_->get<std::string>();
}

std::string JsonReader::one_of(std::span<const std::string> choices) const {
  const std::string result = text();
  if (std::find(choices.begin(), choices.end(), result) == choices.end()) {
    fail("expected " + join_choices(choices) + ", found \"" + result + "\"");
  }
  return result;
}

std::vector<double> JsonReader::numbers() const {
  std::vector<double> result;
  for (const auto& item : items()) result.push_back(item.number());
  return result;
}

std::vector<std::string> JsonReader::texts() const {
  std::vector<std::string> result;
  for (const auto& item : items()) result.push_back(item.text());
  return result;
}

std::string join_choices(std::span<const std::string> choices) {
  std::string result;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) result += i + 1 == choices.size() ? " or " : ", ";
    result += choices[i];
  }
  return result;
}

}  // namespace anyslice
