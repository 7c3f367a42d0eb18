// Reading, writing and merging tables in the safetensors format.
#include "core/table/safetensors.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/json_reader.hpp"

namespace anyslice {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are copied as they are");

const std::map<std::string, ColumnType> kTypes = {{"F64", ColumnType::f64},
                                                  {"F32", ColumnType::f32},
                                                  {"U8", ColumnType::u8},
                                                  {"U16", ColumnType::u16},
                                                  {"U32", ColumnType::u32}};

std::size_t bytes_per_value(ColumnType type) {
  switch (type) {
    case ColumnType::f64:
      return 8;
    case ColumnType::f32:
      return 4;
    case ColumnType::u32:
      return 4;
    case ColumnType::u16:
      return 2;
    case ColumnType::u8:
      return 1;
  }
  return 0;
}

std::string type_name(ColumnType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  return {};
}

template <typename Value>
void append(std::vector<std::uint8_t>& bytes, Value value) {
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(Value));
}

template <typename Value>
Value read_at(const std::uint8_t* data, std::size_t index) {
  Value value;
  std::memcpy(&value, data + index * sizeof(Value), sizeof(Value));
  return value;
}

template <typename Integer>
Integer to_integer(double value, const Column& column, const std::string& source) {
  if (!(value >= 0 && value <= std::numeric_limits<Integer>::max() && std::floor(value) == value)) {
    throw InputError(source, "column " + column.name,
                     "holds " + std::to_string(value) + ", which does not fit type " + type_name(column.type));
  }
  return static_cast<Integer>(value);
}

void append_value(std::vector<std::uint8_t>& bytes, const Column& column, double value, const std::string& source) {
  if (!std::isfinite(value)) throw InputError(source, "column " + column.name, "holds a value that is not finite");
  switch (column.type) {
    case ColumnType::f64:
      return append(bytes, value);
    case ColumnType::f32:
      return append(bytes, static_cast<float>(value));
    case ColumnType::u8:
      return append(bytes, to_integer<std::uint8_t>(value, column, source));
    case ColumnType::u32:
      return append(bytes, to_integer<std::uint32_t>(value, column, source));
    case ColumnType::u16: {
      if (!column.quantisation) return append(bytes, to_integer<std::uint16_t>(value, column, source));
      const auto code = column.quantisation->encode(value);
      if (!code) {
        throw InputError(source, "column " + column.name,
                         "holds " + std::to_string(value) + ", outside the range of its quantisation");
      }
      return append(bytes, static_cast<std::uint16_t>(*code));
    }
  }
}

Json describe_columns(const EventTable& table) {
  Json description = Json::object();
  for (const auto& column : table.columns) {
    Json entry = {{"unit", column.unit}, {"description", column.description}};
    if (column.quantisation) {
      entry["quantisation"] = {{"kind", column.quantisation->kind == Quantisation::Kind::log ? "log" : "linear"},
                               {"low", column.quantisation->low},
                               {"step", column.quantisation->step}};
    }
    if (!column.labels.empty()) entry["labels"] = column.labels;
    description[column.name] = std::move(entry);
  }
  return description;
}

Column read_description(const std::string& name, const JsonReader& entry, ColumnType type) {
  entry.allow_only({"unit", "description", "quantisation", "labels"});
  Column column;
  column.name = name;
  column.type = type;
  column.unit = entry.at("unit").text();
  if (const auto description = entry.find("description")) column.description = description->text();
  if (const auto labels = entry.find("labels")) column.labels = labels->texts();
  if (const auto quantisation = entry.find("quantisation")) {
    if (type != ColumnType::u16) quantisation->fail("only a U16 column can be quantised");
    column.quantisation = read_quantisation(*quantisation);
  }
  return column;
}

void read_values(Column& column, std::span<const std::uint8_t> data, std::size_t rows, const std::string& source) {
  // A quantised column has at most 65536 different values: decode each once.
  std::vector<double> decoded;
  if (column.quantisation) {
    decoded.resize(65536);
    for (std::uint32_t code = 0; code < decoded.size(); ++code) decoded[code] = column.quantisation->decode(code);
  }
  column.values.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    double value = 0;
    switch (column.type) {
      case ColumnType::f64:
        value = read_at<double>(data.data(), row);
        break;
      case ColumnType::f32:
        value = read_at<float>(data.data(), row);
        break;
      case ColumnType::u8:
        value = read_at<std::uint8_t>(data.data(), row);
        break;
      case ColumnType::u32:
        value = read_at<std::uint32_t>(data.data(), row);
        break;
      case ColumnType::u16: {
        const auto code = read_at<std::uint16_t>(data.data(), row);
        value = decoded.empty() ? code : decoded[code];
        break;
      }
    }
    if (!std::isfinite(value)) {
      throw InputError(source, "column " + column.name, "row " + std::to_string(row) + " is not a finite number");
    }
    column.values[row] = value;
  }
}

struct Extent {
  std::uint64_t begin, end;
  std::string name;
};

void check_extents(std::vector<Extent> extents, std::uint64_t data_size, const std::string& source) {
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
  std::uint64_t covered = 0;
  for (const auto& extent : extents) {
    if (extent.end > data_size) {
      throw InputError(source, "column " + extent.name,
                       "ends at byte " + std::to_string(extent.end) + " of the data, but the file holds " +
                           std::to_string(data_size) + ": it is cut short");
    }
    if (extent.begin < covered) throw InputError(source, "column " + extent.name, "overlaps another column");
    if (extent.begin > covered) throw InputError(source, "column " + extent.name, "leaves a gap before it");
    covered = extent.end;
  }
  if (covered != data_size) {
    throw InputError(
        source, "header",
        "describes " + std::to_string(covered) + " bytes of data, but the file holds " + std::to_string(data_size));
  }
}

}  // namespace

std::vector<std::uint8_t> write_table(const EventTable& table, const std::string& source) {
  Json metadata = Json::object();
  metadata["anyslice_table"] = kTableVersion;
  metadata["rows"] = std::to_string(table.rows);
  metadata["events_thrown"] = std::to_string(table.events_thrown);
  metadata["columns"] = describe_columns(table).dump();
  for (const auto& [name, value] : table.metadata.items()) {
    metadata[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  Json header = Json::object();
  header["__metadata__"] = std::move(metadata);
  std::vector<std::uint8_t> data;
  for (const auto& column : table.columns) {
    if (column.values.size() != table.rows) {
      throw InputError(
          source, "column " + column.name,
          "has " + std::to_string(column.values.size()) + " values for " + std::to_string(table.rows) + " rows");
    }
    const std::size_t begin = data.size();
    for (const double value : column.values) append_value(data, column, value, source);
    header[column.name] = {
        {"dtype", type_name(column.type)}, {"shape", {table.rows}}, {"data_offsets", {begin, data.size()}}};
  }
  std::string header_text = header.dump();
  header_text.resize((header_text.size() + 7) / 8 * 8, ' ');
  std::vector<std::uint8_t> bytes;
  append(bytes, static_cast<std::uint64_t>(header_text.size()));
  bytes.insert(bytes.end(), header_text.begin(), header_text.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

EventTable read_table(std::span<const std::uint8_t> bytes, const std::string& source) {
  if (bytes.size() < 8) {
    throw InputError(source, "header",
                     "the file has " + std::to_string(bytes.size()) + " bytes, which is too short for an event table");
  }
  const auto header_size = read_at<std::uint64_t>(bytes.data(), 0);
  if (header_size > bytes.size() - 8) {
    throw InputError(source, "header",
                     "is said to be " + std::to_string(header_size) + " bytes long, but the file has " +
                         std::to_string(bytes.size()) + ": it is cut short or not a safetensors file");
  }
  const std::string_view header_text(reinterpret_cast<const char*>(bytes.data()) + 8,
                                     static_cast<std::size_t>(header_size));
  Json header;
  try {
    header = parse_json(header_text, source);
  } catch (const InputError&) {
    throw InputError(source, "header", "is not valid JSON: this is not a safetensors file, or it is damaged");
  }
  const JsonReader reader(header, source, "header");
  const JsonReader metadata = reader.at("__metadata__");
  const std::string version = metadata.at("anyslice_table").text();
  if (version.substr(0, version.find('.')) != kTableVersion) {
    metadata.at("anyslice_table").fail("expected table version 1, found " + version);
  }

  EventTable table;
  std::uint64_t rows = 0;
  Json columns;
  for (const auto& [name, value] : metadata.fields()) {
    const std::string text = value.text();
    if (name == "anyslice_table") continue;
    if (name == "rows" || name == "events_thrown") {
      const auto number = parse_whole_number(text);
      if (!number) value.fail("expected a whole number, found \"" + text + "\"");
      (name == "rows" ? rows : table.events_thrown) = *number;
    } else if (name == "columns") {
      try {
        columns = parse_json(text, source);
      } catch (const InputError&) {
        value.fail("is not valid JSON");
      }
    } else {
      table.metadata[name] = text;
    }
  }
  // No column holds more rows than the file has bytes: this also keeps the number within a 32-bit size.
  if (rows == 0 || rows > bytes.size()) {
    metadata.at("rows").fail("expected at least one row, and no more than the file can hold");
  }
  table.rows = static_cast<std::size_t>(rows);
  if (table.events_thrown < table.rows)
    metadata.at("events_thrown").fail("expected at least as many as there are rows");
  metadata.at("columns");

  const auto data = bytes.subspan(8 + static_cast<std::size_t>(header_size));
  std::vector<Extent> extents;
  for (const auto& [name, entry] : reader.fields()) {
    if (name == "__metadata__") continue;
    const JsonReader tensor(entry.json(), source, "column " + name);
    tensor.allow_only({"dtype", "shape", "data_offsets"});
    const std::string dtype = tensor.at("dtype").text();
    if (!kTypes.contains(dtype)) tensor.at("dtype").fail("expected F64, F32, U8, U16 or U32, found " + dtype);
    const auto shape = tensor.at("shape").items();
    if (shape.size() != 1 || shape[0].whole_number() != table.rows) {
      tensor.at("shape").fail("expected one dimension of " + std::to_string(table.rows) + " rows");
    }
    const auto offsets = tensor.at("data_offsets").items();
    if (offsets.size() != 2) tensor.at("data_offsets").fail("expected two byte offsets");
    const std::uint64_t begin = offsets[0].whole_number(), end = offsets[1].whole_number();
    const ColumnType type = kTypes.at(dtype);
    if (end < begin || end - begin != rows * bytes_per_value(type)) {
      tensor.at("data_offsets").fail("expected " + std::to_string(table.rows) + " values of type " + dtype);
    }
    extents.push_back({begin, end, name});
    const JsonReader descriptions(columns, source, "header.__metadata__.columns");
    table.columns.push_back(read_description(name, descriptions.at(name), type));
  }
  if (table.columns.empty()) reader.fail("the table has no columns");
  check_extents(extents, data.size(), source);
  for (std::size_t i = 0; i < extents.size(); ++i) {
    read_values(table.columns[i],
                data.subspan(static_cast<std::size_t>(extents[i].begin),
                             static_cast<std::size_t>(extents[i].end - extents[i].begin)),
                table.rows, source);
  }
  return table;
}

EventTable sort_rows(EventTable table, const std::string& source) {
  if (!table.metadata.contains("sorted_by")) return table;
  const auto& keys = table.column(table.metadata["sorted_by"].get<std::string>(), source).values;
  std::vector<std::size_t> order(table.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  EventTable sorted = table;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    for (std::size_t row = 0; row < table.rows; ++row)
      sorted.columns[c].values[row] = table.columns[c].values[order[row]];
  return sorted;
}

EventTable merge_tables(std::vector<EventTable> shards, const std::vector<std::string>& sources) {
  if (shards.empty()) throw InputError("merge", "", "expected at least one table");
  const auto first_event = [&](std::size_t i) -> std::uint64_t {
    const auto& metadata = shards[i].metadata;
    const auto first = metadata.contains("first_event") ? parse_whole_number(metadata["first_event"].get<std::string>())
                                                        : std::nullopt;
    if (!first) {
      throw InputError(sources[i], "header.__metadata__.first_event",
                       "is not a whole number: this table is not a shard");
    }
    return *first;
  };
  std::vector<std::size_t> order(shards.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return first_event(a) < first_event(b); });

  EventTable merged = shards[order[0]];
  if (first_event(order[0]) != 0)
    throw InputError(sources[order[0]], "first_event", "expected 0: the first shard is missing");
  for (std::size_t k = 1; k < order.size(); ++k) {
    EventTable& shard = shards[order[k]];
    const std::string& source = sources[order[k]];
    for (const char* field : {"recipe_sha256", "generator", "seed", "adaptation_sha256"}) {
      if (shard.metadata.value(field, "") != merged.metadata.value(field, "")) {
        throw InputError(source, field, "differs from that of " + sources[order[0]] + ": shards of one run are merged");
      }
    }
    if (first_event(order[k]) != first_event(order[0]) + merged.events_thrown) {
      throw InputError(source, "first_event",
                       "expected " + std::to_string(first_event(order[0]) + merged.events_thrown) +
                           ": a shard is missing or given twice");
    }
    const auto same_type = [](const Column& a, const Column& b) { return a.type == b.type; };
    if (describe_columns(shard) != describe_columns(merged) ||
        !std::equal(shard.columns.begin(), shard.columns.end(), merged.columns.begin(), same_type)) {
      throw InputError(source, "columns", "differ from those of " + sources[order[0]]);
    }
    for (std::size_t c = 0; c < merged.columns.size(); ++c) {
      auto& values = merged.columns[c].values;
      values.insert(values.end(), shard.columns[c].values.begin(), shard.columns[c].values.end());
    }
    merged.rows += shard.rows;
    merged.events_thrown += shard.events_thrown;
  }
  if (const auto total = merged.events_of_run(sources[order[0]]); merged.events_thrown != total) {
    throw InputError(sources[order.back()], "events_thrown",
                     "the shards hold " + std::to_string(merged.events_thrown) + " of " + std::to_string(total) +
                         " events: the last shard is missing");
  }
  return sort_rows(std::move(merged), sources[order[0]]);
}

}  // namespace anyslice
