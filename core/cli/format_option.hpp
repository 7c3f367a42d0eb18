// The option --format, alike for all commands that have it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/cli/commands.hpp"

namespace anyslice::cli {

struct FormatOption {
  std::string format;  ///< as it was written; empty where it was not

  void add_to(CLI::App& command, const std::string& help) { command.add_option("--format", format, help); }

  /// The one of `known` that is asked for, by --format or by --json of the whole command; the last one where neither is
  /// given. `where` ends the message about any other ("with --exposure"). Throws InputError.
  std::string chosen(const std::vector<std::string>& known, const Global& global, const std::string& where = "") const;
};

}  // namespace anyslice::cli
