// The anyslice command: exit code 0 on success, 2 on bad input with one line that says what is wrong.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <set>

#include "core/base/error.hpp"
#include "core/base/progress.hpp"
#include "core/cli/commands.hpp"

namespace anyslice::cli {

double parse_number(const std::string& text, const std::string& option) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (text.empty() || used != text.size() || !std::isfinite(value)) {
    throw InputError(option, "", "expected a number, found \"" + text + "\"");
  }
  return value;
}

std::pair<std::string, std::string> split_assignment(const std::string& assignment, const std::string& option) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(option, "", "expected name=value, found \"" + assignment + "\"");
  }
  return {assignment.substr(0, equals), assignment.substr(equals + 1)};
}

Json parse_assignments(const std::vector<std::string>& assignments, const std::string& option) {
  Json result = Json::object();
  for (const auto& assignment : assignments) {
    const auto [name, value] = split_assignment(assignment, option);
    result[name] = parse_number(value, option + " " + name);
  }
  return result;
}

void CardOptions::add_to(CLI::App& command) {
  command.add_option("--set", assignments, "Parameter value, name=value in the parameter's unit; repeatable")
      ->allow_extra_args(false);
  command.add_option("--variant", variant, "Variant of the card")->capture_default_str();
  command.add_option("--projection", projection, "Projection of the card: another exposure, other targets");
  command.add_option("--switch", switches, "Switch of the card, name=value; repeatable")->allow_extra_args(false);
  command
      .add_option("--bandwidth", bandwidths,
                  "Bandwidth of the kernel, parameter=value in units of the card's distance; repeatable")
      ->allow_extra_args(false);
  command.add_option("--channels", channels, "Channels of the card, a,b (default: all)");
  command.add_option("--part", part, "A part of the events that the card names");
  command.add_option("--exposure-scale", exposure_scale,
                     "Exposure in units of the analysis' own; other than 1 there are no data, only what is expected");
}

Json CardOptions::request() const {
  Json request = {{"set", parse_assignments(assignments, "--set")}, {"variant", variant}};
  // Nothing at all is what an unset variable of a shell gives: it must not stand for everything.
  for (const auto& [option, given] : {std::pair("--projection", &projection), std::pair("--part", &part)}) {
    if (given->has_value() && (*given)->empty()) throw InputError(option, "", "expected a name, found nothing");
  }
  if (projection) request["projection"] = *projection;
  if (!switches.empty()) request["switches"] = parse_assignments(switches, "--switch");
  if (!bandwidths.empty()) request["bandwidth"] = parse_assignments(bandwidths, "--bandwidth");
  if (part) request["part"] = *part;
  if (exposure_scale) request["exposure_scale"] = *exposure_scale;
  if (channels) {
    Json names = Json::array();
    for (std::size_t begin = 0; begin <= channels->size();) {
      const std::size_t end = std::min(channels->find(',', begin), channels->size());
      names.push_back(channels->substr(begin, end - begin));
      begin = end + 1;
    }
    request["channels"] = std::move(names);
  }
  return request;
}

std::string show_number(const Json& value, int digits) {
  if (!value.is_number()) return "-";
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, value.get<double>());
  return text;
}

void print_warnings(const Json& warnings) {
  for (const auto& warning : warnings) {
    std::fprintf(stderr, "anyslice: warning: %s\n", warning.get<std::string>().c_str());
  }
}

namespace {

/// Fields of a request are options of the command; any other name in it is a parameter.
std::string describe(const InputError& error) {
  if (error.source() != "request") return error.what();
  static const std::set<std::string> options = {"cl",
                                                "method",
                                                "constraint",
                                                "toys",
                                                "seed",
                                                "variant",
                                                "exposure_scale",
                                                "on",
                                                "versus",
                                                "breakdown",
                                                "observed",
                                                "background",
                                                "background_error",
                                                "signal",
                                                "signal_error",
                                                "projection",
                                                "part",
                                                "channels",
                                                "profile",
                                                "x",
                                                "y",
                                                "resolution",
                                                "band",
                                                "low",
                                                "high",
                                                "count",
                                                "total",
                                                "events",
                                                "mu",
                                                "nuisances",
                                                "experiments",
                                                "map",
                                                "stages",
                                                "stage",
                                                "observable",
                                                "ratio",
                                                "columns",
                                                "rows"};
  std::string field = error.field();
  if (field.empty()) return error.expected();
  for (const auto& [list, option] : {std::pair("switches", "--switch "), std::pair("bandwidth", "--bandwidth ")}) {
    const std::string prefix = std::string(list) + ".";
    if (field.starts_with(prefix)) return option + field.substr(prefix.size()) + ": " + error.expected();
  }
  if (const auto end = field.find_first_of(".["); end != std::string::npos && options.contains(field.substr(0, end))) {
    return "--" + field.substr(0, end) + ": " + error.expected();
  }
  if (field.starts_with("set.")) field = field.substr(4);
  if (!options.contains(field)) return "--set " + field + ": " + error.expected();
  std::replace(field.begin(), field.end(), '_', '-');
  return "--" + field + ": " + error.expected();
}

/// What the library says of a number it cannot read, in the words of all other messages.
std::string describe(const CLI::ConversionError& error) {
  const std::string text = error.what(), start = "Could not convert: ", middle = " = ";
  const auto equals = text.find(middle);
  if (!text.starts_with(start) || equals == std::string::npos) return text;
  return text.substr(start.size(), equals - start.size()) + ": expected a number, found \"" +
         text.substr(equals + middle.size()) + "\"";
}

}  // namespace
}  // namespace anyslice::cli

int main(int argc, char** argv) {
  using namespace anyslice;
  // A file that grows beyond the limit is then an error like any other, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("anyslice: limits on any slice of a model's parameter space from weighted Monte Carlo events",
               "anyslice");
  app.set_version_flag("--version", std::string("anyslice ") + ANYSLICE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  cli::Global global;
  app.add_flag("--json", global.json, "Print machine-readable JSON on standard output");
  cli::add_card_commands(app, global);
  cli::add_display_commands(app, global);
  cli::add_contour_command(app, global);
  cli::add_coverage_command(app, global);
  cli::add_evaluate_command(app, global);
  cli::add_explain_commands(app, global);
  cli::add_kernel_command(app, global);
  cli::add_lifetime_command(app, global);
  cli::add_limit_commands(app, global);
  cli::add_likelihood_command(app, global);
  cli::add_point_commands(app, global);
  cli::add_scan_command(app, global);
  cli::add_table_commands(app, global);
  try {
    // The library would only say that a command is missing.
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::find(commands.begin(), commands.end(), argv[1]) == commands.end()) {
      throw InputError(argv[1], "", "is not a command; expected " + join_choices(commands));
    }
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ConversionError& error) {
    std::cerr << "anyslice: error: " << cli::describe(error) << "\n";
    return 2;
  } catch (const CLI::ParseError& error) {
    std::cerr << "anyslice: error: " << error.what() << " (see anyslice --help)\n";
    return 2;
  } catch (const InputError& error) {
    std::cerr << "anyslice: error: " << cli::describe(error) << "\n";
    return 2;
  } catch (const Cancelled&) {
    std::cerr << "anyslice: stopped; nothing was written\n";
    return 130;
  } catch (const std::bad_alloc&) {
    std::cerr << "anyslice: error: not enough memory\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "anyslice: internal error: " << error.what() << "\n";
    return 1;
  }
  std::cout.flush();
  if (!std::cout || std::fflush(stdout) != 0) {
    std::cerr << "anyslice: error: standard output cannot be written\n";
    return 1;
  }
  return 0;
}
