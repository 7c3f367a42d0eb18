// The commands of `anyslice`, registered in groups.
#pragma once

#include <CLI/CLI.hpp>

#include "core/base/json_reader.hpp"

namespace anyslice::cli {

/// Options of the whole command.
struct Global {
  bool json = false;  ///< machine-readable output on stdout
};

void add_card_commands(CLI::App& app, const Global& global);   // list, show, check, rate
void add_limit_commands(CLI::App& app, const Global& global);  // limit, cls
void add_table_commands(CLI::App& app, const Global& global);  // generate, merge, info

/// "name=value" in two. Throws InputError for anything else.
std::pair<std::string, std::string> split_assignment(const std::string& assignment);
/// --set name=value pairs as an object. Throws InputError("--set", ...) for anything else.
Json parse_assignments(const std::vector<std::string>& assignments);

/// A number written on the command line. Throws InputError(option, "", ...).
double parse_number(const std::string& text, const std::string& option);

/// Up to `digits` significant digits, "-" for null.
std::string show_number(const Json& value, int digits = 4);

}  // namespace anyslice::cli
