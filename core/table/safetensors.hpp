// Event tables as safetensors files: 8-byte little-endian header length, JSON header, raw little-endian columns.
// Format: https://github.com/huggingface/safetensors. The header's __metadata__ holds the table's own description.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/table/event_table.hpp"

namespace anyslice {

/// The version of the table's metadata that this library writes; a reader refuses another major version.
inline constexpr const char* kTableVersion = "1";

/// Serialises the table. Throws InputError(source, column, ...) where a value does not fit its column's type.
std::vector<std::uint8_t> write_table(const EventTable& table, const std::string& source);

/// Reads an uncompressed table. Throws InputError(source, "header" or "column NAME", ...) for a truncated file, a bad
/// header, an unknown version, overlapping or out-of-range offsets, a wrong number of rows, and for NaN or infinite
/// values.
EventTable read_table(std::span<const std::uint8_t> bytes, const std::string& source);

/// The rows in rising order of the column that the metadata field "sorted_by" names; equal ones keep their order. A
/// table without that field is returned as it is. Throws InputError where the table has no such column.
EventTable sort_rows(EventTable table, const std::string& source);

/// The rows of `shards`, in the order of their events and then sorted as sort_rows() does, as one table. All must come
/// from one recipe, seed and set of columns; throws InputError otherwise. Event ranges must join without gap or overlap
/// and are sorted here.
EventTable merge_tables(std::vector<EventTable> shards, const std::vector<std::string>& sources);

}  // namespace anyslice
