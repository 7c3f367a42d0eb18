// Event tables: what is written is read back, and what is damaged is refused.
#include <cmath>
#include <cstring>
#include <functional>

#include "support.hpp"

using namespace anyslice;
using testing::error_of;

namespace {

EventTable sample_table() {
  EventTable table;
  table.rows = 4;
  table.events_thrown = 9;
  table.metadata["seed"] = "7";
  table.columns.push_back({"mass", "GeV", "", ColumnType::f64, {}, {}, {0.1, 0.2, 0.3, 0.4}});
  table.columns.push_back({"rough", "m", "", ColumnType::f32, {}, {}, {1.5, 2.5, 3.5, 4.5}});
  table.columns.push_back(
      {"length", "m", "", ColumnType::u16, Quantisation{Quantisation::Kind::log, 1e-3, 1e-3}, {}, {0, 0.001, 1, 12.5}});
  table.columns.push_back(
      {"angle", "1", "", ColumnType::u16, Quantisation{Quantisation::Kind::linear, -1, 4e-5}, {}, {-1, 0, 0.5, 1}});
  table.columns.push_back({"mode", "1", "", ColumnType::u8, {}, {"FHC", "RHC"}, {0, 1, 1, 0}});
  table.columns.push_back({"run", "1", "", ColumnType::u32, {}, {}, {1, 70000, 3, 4}});
  return table;
}

/// The file with its header replaced by what `change` makes of it.
std::vector<std::uint8_t> with_header(const std::vector<std::uint8_t>& bytes,
                                      const std::function<void(Json&)>& change) {
  std::uint64_t size;
  std::memcpy(&size, bytes.data(), 8);
  Json header = Json::parse(bytes.begin() + 8, bytes.begin() + 8 + static_cast<long>(size));
  change(header);
  const std::string text = header.dump();
  const std::uint64_t new_size = text.size();
  std::vector<std::uint8_t> result(8);
  std::memcpy(result.data(), &new_size, 8);
  result.insert(result.end(), text.begin(), text.end());
  result.insert(result.end(), bytes.begin() + 8 + static_cast<long>(size), bytes.end());
  return result;
}

}  // namespace

TEST_CASE("a table is read back as written, quantised columns within their error") {
  const EventTable table = sample_table();
  const auto bytes = write_table(table, "t");
  const EventTable copy = read_table(bytes, "t");
  CHECK(copy.rows == 4);
  CHECK(copy.events_thrown == 9);
  CHECK(copy.metadata["seed"] == "7");
  for (const auto& column : table.columns) {
    const Column& read = copy.column(column.name, "t");
    CHECK(read.unit == column.unit);
    CHECK(read.labels == column.labels);
    for (std::size_t row = 0; row < 4; ++row) {
      if (column.name == "length")
        CHECK(std::abs(read.values[row] - column.values[row]) <= 5.01e-4 * column.values[row]);
      else if (column.name == "angle")
        CHECK(std::abs(read.values[row] - column.values[row]) <= 2e-5);
      else
        CHECK(read.values[row] == column.values[row]);
    }
  }
  CHECK(copy.column("length", "t").values[0] == 0);
  CHECK(write_table(copy, "t") == bytes);
}

TEST_CASE("a table cut short anywhere is refused") {
  const auto bytes = write_table(sample_table(), "t");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(read_table(std::span(bytes).first(size), "t"), InputError);
  }
  auto longer = bytes;
  longer.push_back(0);
  CHECK(error_of([&] { read_table(longer, "events.safetensors"); }).find("events.safetensors: ") == 0);
}

TEST_CASE("random damage to a table never crashes the reader") {
  const auto bytes = write_table(sample_table(), "t");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0xff, 0x22, 0x39}) {
      auto damaged = bytes;
      damaged[at] = value;
      try {
        read_table(damaged, "t");
      } catch (const InputError&) {
      }
    }
  }
}

TEST_CASE("a bad header is refused with file and column") {
  const auto bytes = write_table(sample_table(), "t");
  const auto message = [&](const std::function<void(Json&)>& change) {
    return error_of([&] { read_table(with_header(bytes, change), "events"); });
  };
  const auto names = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(names(message([](Json& h) { h["__metadata__"]["anyslice_table"] = "2"; }), "version 1, found 2"));
  CHECK(names(message([](Json& h) { h.erase("__metadata__"); }), "__metadata__: is missing"));
  CHECK(names(message([](Json& h) { h["mass"]["dtype"] = "BF16"; }), "column mass.dtype"));
  CHECK(names(message([](Json& h) { h["mass"]["shape"] = {3}; }), "column mass.shape"));
  CHECK(names(message([](Json& h) { h["mass"]["shape"] = {4, 1}; }), "column mass.shape"));
  CHECK(names(message([](Json& h) { h["mass"]["data_offsets"] = {0, 16}; }), "column mass.data_offsets"));
  CHECK(names(message([](Json& h) { h["mass"]["data_offsets"] = {8, 40}; }), "column"));
  CHECK(names(message([](Json& h) { h["run"]["data_offsets"] = {1000000, 1000016}; }), "column run"));
  CHECK(names(message([](Json& h) { h["mass"]["data_offsets"] = {0, 1e300}; }), "column mass"));
  CHECK(names(message([](Json& h) { h["__metadata__"]["rows"] = "many"; }), "rows"));
  CHECK(names(message([](Json& h) { h["__metadata__"]["rows"] = "0"; }), "rows"));
  CHECK(names(message([](Json& h) { h["__metadata__"]["events_thrown"] = "2"; }), "events_thrown"));
  CHECK(names(message([](Json& h) { h["__metadata__"]["columns"] = "{"; }), "columns"));
}

TEST_CASE("values that are not finite are refused, on writing and on reading") {
  auto table = sample_table();
  table.columns[0].values[2] = std::nan("");
  CHECK(error_of([&] { write_table(table, "t"); }).find("column mass") != std::string::npos);
  auto bytes = write_table(sample_table(), "t");
  const double nan = std::nan("");
  std::uint64_t size;
  std::memcpy(&size, bytes.data(), 8);
  std::memcpy(bytes.data() + 8 + size + 16, &nan, 8);
  CHECK(error_of([&] { read_table(bytes, "t"); }).find("column mass: row 2") != std::string::npos);
}

TEST_CASE("a column that is not there is named, with those that are") {
  CHECK(error_of([] { sample_table().column("energy", "t"); }) ==
        "t: column energy: is not in the table, which has mass, rough, length, angle, mode, run");
}
