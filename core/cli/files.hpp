// Files of the command line: reading, writing, gzip, and finding cards.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/api/analysis.hpp"
#include "core/base/progress.hpp"
#include "core/generate/recipe.hpp"

namespace anyslice::cli {

/// The whole file. Throws InputError when it cannot be read.
std::vector<std::uint8_t> read_file(const std::string& path);
std::string read_text(const std::string& path);

/// Writes the file as a whole or not at all (through a temporary beside it), making its folder if need be. Throws
/// InputError that says why, and leaves nothing behind.
void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes);

/// Throws InputError where write_file() would for want of a folder or of permission; for use before long work.
void check_writable(const std::string& path);

/// Decompresses gzip, which is recognised by its first two bytes; anything else is returned as it is.
std::vector<std::uint8_t> gunzip(std::vector<std::uint8_t> bytes, const std::string& source);
/// Compresses with gzip, without a time stamp: equal bytes give equal files.
/// The callback may cancel.
std::vector<std::uint8_t> gzip(const std::vector<std::uint8_t>& bytes, const ProgressCallback& progress = {});

/// The folder of built-in analyses, recipes and tables: $ANYSLICE_DATA, or the one the command was built with.
std::string data_directory();
/// Names of the built-in cards.
std::vector<std::string> built_in_cards();
/// Absolute path of a card given by path or by built-in name. Throws InputError that lists the names.
std::string find_card(const std::string& card);

/// Reads a recipe and the files it names; `change` edits the document in between.
generate::Recipe load_recipe(const std::string& path, const std::function<void(Json&)>& change = {});

/// Reads the card and what it extends.
CardDocuments load_documents(const std::string& path);
/// The analysis; `with_table` also reads its table.
std::unique_ptr<api::Analysis> open_analysis(const std::string& card, bool with_table);
/// Loads the card's display table, if it names one.
void attach_display(api::Analysis& analysis);

}  // namespace anyslice::cli
