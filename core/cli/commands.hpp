// The commands of `anyslice`, registered in groups.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::cli {

/// Options of the whole command.
struct Global {
  bool json = false;  ///< machine-readable output on stdout
};

void add_card_commands(CLI::App& app, const Global& global);     // list, show, check, rate
void add_display_commands(CLI::App& app, const Global& global);  // distribution, map, ratio, interactions
void add_contour_command(CLI::App& app, const Global& global);   // contour
void add_coverage_command(CLI::App& app, const Global& global);  // coverage
void add_evaluate_command(CLI::App& app, const Global& global);  // evaluate
void add_explain_commands(CLI::App& app, const Global& global);  // explain, cite
void add_kernel_command(CLI::App& app, const Global& global);    // kernel
void add_lifetime_command(CLI::App& app, const Global& global);  // lifetime
void add_limit_commands(CLI::App& app, const Global& global);    // limit, cls
void add_likelihood_command(CLI::App& app, const Global& global);
void add_point_commands(CLI::App& app, const Global& global);  // workspace, strength
void add_scan_command(CLI::App& app, const Global& global);    // scan
void add_table_commands(CLI::App& app, const Global& global);  // generate, merge, info

/// The options of everything that evaluates a card.
struct CardOptions {
  std::string variant = "physics";
  std::optional<std::string> projection, part, channels;
  std::vector<std::string> assignments, switches, bandwidths;
  std::optional<double> exposure_scale;

  void add_to(CLI::App& command);
  /// As fields of a request, with "set" in any case.
  Json request() const;
};

/// "name=value" in two. Throws InputError for anything else.
std::pair<std::string, std::string> split_assignment(const std::string& assignment, const std::string& option);
/// name=value pairs of an option as an object. Throws InputError(option, ...) for anything else.
Json parse_assignments(const std::vector<std::string>& assignments, const std::string& option);

/// A number written on the command line. Throws InputError(option, "", ...).
double parse_number(const std::string& text, const std::string& option);

/// Up to `digits` significant digits, "-" for null.
std::string show_number(const Json& value, int digits = 4);

/// A line on standard error for each text of a list.
void print_warnings(const Json& warnings);

}  // namespace anyslice::cli
