// Reading recipes.
#include "core/generate/recipe.hpp"

#include <algorithm>

#include "core/base/sha256.hpp"

namespace anyslice::generate {
namespace {

Column read_column(const std::string& name, const JsonReader& entry) {
  entry.allow_only({"unit", "quantisation", "labels", "description", "type"});
  Column column;
  column.name = name;
  column.unit = entry.at("unit").text();
  if (const auto description = entry.find("description")) column.description = description->text();
  if (const auto type = entry.find("type")) {
    static const std::vector<std::string> names = {"F64", "F32", "U8", "U16", "U32"};
    static const std::map<std::string, ColumnType> types = {{"F64", ColumnType::f64},
                                                            {"F32", ColumnType::f32},
                                                            {"U8", ColumnType::u8},
                                                            {"U16", ColumnType::u16},
                                                            {"U32", ColumnType::u32}};
    if (entry.has("labels") || entry.has("quantisation")) type->fail("follows from labels or quantisation");
    column.type = types.at(type->one_of(names));
  }
  if (entry.has("labels") && entry.has("quantisation"))
    entry.fail("expected either labels or a quantisation, not both");
  if (const auto labels = entry.find("labels")) {
    column.type = ColumnType::u8;
    column.labels = labels->texts();
  }
  if (const auto quantisation = entry.find("quantisation")) {
    column.type = ColumnType::u16;
    column.quantisation = read_quantisation(*quantisation);
  }
  return column;
}

std::string digest_of(const std::string& text) {
  return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

std::map<std::string, std::string> Recipe::input_addresses(const Json& document, const std::string& source) {
  std::map<std::string, std::string> addresses;
  const JsonReader reader(document, source);
  const auto inputs = reader.find("inputs");
  if (!inputs) return addresses;
  const auto slash = source.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : source.substr(0, slash + 1);
  for (const auto& [name, address] : inputs->fields()) {
    const std::string text = address.text();
    if (text.empty()) address.fail("expected the name of a file");
    addresses[name] = text[0] == '/' ? text : folder + text;
  }
  return addresses;
}

JsonReader Recipe::input(const std::string& input_name) const {
  const auto found = inputs.find(input_name);
  if (found == inputs.end()) throw InputError(source, "inputs." + input_name, "is missing");
  return JsonReader(found->second.document, found->second.source);
}

std::string Recipe::sha256() const {
  std::string text = document.dump();
  for (const auto& [input_name, input] : inputs) text += "\n" + input_name + " " + input.sha256;
  return digest_of(text);
}

Recipe Recipe::parse(Json document, const std::string& source, const std::map<std::string, std::string>& input_texts) {
  Recipe recipe;
  recipe.document = std::move(document);
  recipe.source = source;
  const JsonReader reader(recipe.document, source);
  if (const auto version = reader.at("anyslice_recipe").text(); version != "1") {
    reader.at("anyslice_recipe").fail("expected recipe version \"1\", found \"" + version + "\"");
  }
  recipe.name = reader.at("name").text();
  recipe.generator = reader.at("generator").text();
  recipe.events = reader.at("events").whole_number();
  constexpr std::uint64_t kMostEvents = 10'000'000'000'000;
  if (recipe.events == 0 || recipe.events > kMostEvents) {
    reader.at("events").fail("expected a whole number from 1 to 10000000000000");
  }
  recipe.seed = reader.at("seed").whole_number();
  for (const auto& [name, entry] : reader.at("columns").fields()) recipe.columns[name] = read_column(name, entry);
  if (const auto sorted = reader.find("sorted_by");
      sorted && !recipe.columns.empty() && !recipe.columns.contains(sorted->text())) {
    sorted->fail("\"" + sorted->text() + "\" is not a column of the recipe");
  }
  if (const auto about = reader.find("about")) {
    for (const char* field : kAboutFields)
      if (const auto value = about->find(field)) value->text();
  }
  for (const auto& [name, address] : input_addresses(recipe.document, source)) {
    const auto text = input_texts.find(name);
    if (text == input_texts.end()) throw InputError(source, "inputs." + name, address + " was not read");
    recipe.inputs[name] = {parse_json(text->second, address), address, digest_of(text->second)};
  }
  return recipe;
}

std::vector<Column> Recipe::empty_columns(const std::vector<std::string>& made) const {
  for (const auto& [name, column] : columns) {
    if (std::find(made.begin(), made.end(), name) == made.end()) {
      throw InputError(source, "columns." + name,
                       "is not made by generator " + generator + "; it makes " + join_choices(made));
    }
  }
  std::vector<Column> result;
  for (const auto& name : made) {
    const auto found = columns.find(name);
    if (found != columns.end()) result.push_back(found->second);
  }
  if (result.empty()) throw InputError(source, "columns", "expected at least one of " + join_choices(made));
  return result;
}

Shard Shard::of(const Recipe& recipe, std::uint64_t index, std::uint64_t total) {
  if (total == 0 || index == 0 || index > total || total > recipe.events) {
    throw InputError(recipe.source, "shard", "expected I/N with 1 <= I <= N <= " + std::to_string(recipe.events));
  }
  // Each shard takes the quotient, the first ones the remainder.
  const std::uint64_t share = recipe.events / total, rest = recipe.events % total;
  const auto start = [&](std::uint64_t i) { return i * share + std::min(i, rest); };
  return {start(index - 1), start(index) - start(index - 1)};
}

Recipe recipe_of_table(const EventTable& table, const std::string& source) {
  const auto text_of = [&](const char* field) -> std::string {
    if (!table.metadata.contains(field)) {
      throw InputError(source, std::string("header.__metadata__.") + field,
                       "is missing: the table was not made by a recipe with keep_inputs");
    }
    const Json& stored = table.metadata[field];
    return stored.is_string() ? stored.get<std::string>() : stored.dump();
  };
  std::map<std::string, std::string> texts;
  const std::string where = source + ": header.__metadata__.";
  const Json inputs = parse_json(text_of("inputs"), where + "inputs");
  for (const auto& [name, input] : JsonReader(inputs, where + "inputs").fields()) texts[name] = input.json().dump();
  return Recipe::parse(parse_json(text_of("recipe"), where + "recipe"), where + "recipe", texts);
}

}  // namespace anyslice::generate
