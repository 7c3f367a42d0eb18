// anyslice scan: the likelihood along one parameter.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/api/csv_text.hpp"
#include "core/cli/axis_option.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/cli/format_option.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

struct ScanCommand {
  std::string card;
  BenchmarkOption benchmark;
  FormatOption format;
  std::optional<std::string> on, profile;
  std::optional<double> level;
  CardOptions setting;
};

/// PARAM or PARAM=LO:HI:N[:log|lin], into the request.
void read_scanned_line(const std::string& text, Json& request) {
  const auto equals = text.find('=');
  request["on"] = text.substr(0, equals);
  if (equals == std::string::npos) return;
  const auto axis =
      equals == 0 ? std::nullopt : parse_spaced_axis(text.substr(equals + 1), "--on", text.substr(0, equals));
  if (!axis) {
    throw InputError("--on", "", "expected PARAM, PARAM=LO:HI:N or PARAM=LO:HI:N:log, found \"" + text + "\"");
  }
  request["range"] = {axis->low, axis->high};
  request["count"] = axis->count;
  request["scale"] = axis->scale == Scale::log ? "log" : "lin";
}

std::string scan_interval_text(const Json& interval) {
  const auto end = [&](const char* side) {
    const std::string kind = interval[std::string(side) + "_end"];
    const char* note = kind == "range" ? " (end of the range)" : kind == "unknown" ? " (nothing is known beyond)" : "";
    return show_number(interval[side], 6) + note;
  };
  return end("low") + " to " + end("high");
}

/// Lines that say which scan it is, each with `prefix` before it.
void print_scan_heading(const Json& scan, const std::string& prefix) {
  std::printf("%s%s: -2 Delta ln L along %s, effective likelihood%s\n%sat", prefix.c_str(),
              scan["card"].get<std::string>().c_str(), scan["on"].get<std::string>().c_str(),
              api::setting_text(JsonReader(scan, "scan")).c_str(), prefix.c_str());
  for (const auto& [name, value] : scan["point"].items()) {
    std::printf(" %s = %s", name.c_str(), show_number(value, 10).c_str());
  }
  std::printf("\n");
}

void print_scan_findings(const Json& scan, const std::string& prefix) {
  const std::string on = scan["on"];
  const Json& minimum = scan["minimum"];
  if (minimum["without_signal"].get<bool>()) {
    std::printf("%sleast without signal, -ln L = %s\n", prefix.c_str(),
                show_number(minimum["minus_log_likelihood"], 8).c_str());
  } else {
    std::printf("%sleast at %s = %s, -ln L = %s\n", prefix.c_str(), on.c_str(),
                show_number(minimum["value"], 6).c_str(), show_number(minimum["minus_log_likelihood"], 8).c_str());
  }
  for (const auto& level : scan["levels"]) {
    std::printf("%s%s (%s): ", prefix.c_str(), level["name"].get<std::string>().c_str(),
                show_number(level["threshold"], 4).c_str());
    if (level["excluded"].empty())
      std::printf("nothing is excluded%s", scan["gaps"].empty() ? "" : " where anything is known");
    bool first = true;
    for (const auto& interval : level["excluded"]) {
      std::printf("%s%s", first ? "excluded " : " and ", scan_interval_text(interval).c_str());
      first = false;
    }
    std::printf("\n");
  }
  for (const auto& gap : scan["gaps"]) {
    std::printf("%snothing is said from %s to %s: %s\n", prefix.c_str(), show_number(gap["low"], 6).c_str(),
                show_number(gap["high"], 6).c_str(), gap["reason"].get<std::string>().c_str());
  }
}

void print_scan_csv(const Json& scan) {
  print_scan_heading(scan, "# ");
  for (const auto& warning : scan["warnings"]) std::printf("# %s\n", warning.get<std::string>().c_str());
  print_scan_findings(scan, "# ");
  const bool profiles = scan["profile"].is_string();
  std::printf("%s,minus_two_delta_lnl,minus_log_likelihood,mu,mu_mc_error,effective_events,status%s\n",
              scan["on"].get<std::string>().c_str(),
              profiles ? ("," + scan["profile"].get<std::string>()).c_str() : "");
  const auto cell = [](const Json& value, int digits) {
    return value.is_null() ? std::string() : show_number(value, digits);
  };
  for (std::size_t i = 0; i < scan["values"].size(); ++i) {
    std::printf("%s,%s,%s,%s,%s,%s,%s", cell(scan["values"][i], 10).c_str(),
                cell(scan["minus_two_delta_lnl"][i], 10).c_str(), cell(scan["minus_log_likelihood"][i], 12).c_str(),
                cell(scan["mu"][i], 10).c_str(), cell(scan["mu_mc_error"][i], 4).c_str(),
                cell(scan["effective_events"][i], 6).c_str(), scan["status"][i].get<std::string>().c_str());
    if (profiles) std::printf(",%s", cell(scan["profiled"][i], 10).c_str());
    std::printf("\n");
  }
}

void print_scan_table(const Json& scan) {
  print_scan_heading(scan, "");
  std::printf("%14s %14s %12s %11s\n", scan["on"].get<std::string>().c_str(), "-2 Delta ln L", "events", "MC error");
  for (std::size_t i = 0; i < scan["values"].size(); ++i) {
    std::printf("%14s %14s %12s %11s", show_number(scan["values"][i], 6).c_str(),
                show_number(scan["minus_two_delta_lnl"][i], 4).c_str(), show_number(scan["mu"][i]).c_str(),
                show_number(scan["mu_mc_error"][i], 2).c_str());
    if (scan["status"][i] != "known") std::printf("  %s", scan["status"][i].get<std::string>().c_str());
    std::printf("\n");
  }
  print_scan_findings(scan, "");
}

void run_scan(const ScanCommand& command, const Global& global) {
  const std::string format = command.format.chosen({"json", "csv", "table"}, global);
  Json request = command.setting.request();
  if (command.on) read_scanned_line(*command.on, request);
  if (command.level) request["cl"] = *command.level;
  if (command.profile && command.profile->empty()) throw InputError("--profile", "", "expected a name, found nothing");
  if (command.profile) request["profile"] = *command.profile;
  const auto analysis = open_analysis(command.card, true);
  command.benchmark.write(analysis->model().card(), request);
  InterruptGuard guard;
  ProgressBar bar("points", 0);
  Json scan;
  try {
    scan = analysis->scan(request, bar.callback());
  } catch (const InputError& error) {
    // The parts of the line are one option here.
    static const std::vector<std::string> fields = {"range", "count", "scale"};
    const bool is_line = std::find(fields.begin(), fields.end(), error.field()) != fields.end();
    if (error.source() != "request" || !is_line) throw;
    throw InputError("--on", "", error.expected());
  }
  if (format == "json") {
    std::cout << scan.dump(2) << "\n";
  } else if (format == "csv") {
    print_scan_csv(scan);
  } else {
    print_scan_table(scan);
  }
  print_warnings(scan["warnings"]);
}

}  // namespace

void add_scan_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<ScanCommand>();
  auto* scan = app.add_subcommand("scan", "-2 Delta ln L along one parameter, the others fixed or one profiled");
  scan->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  scan->add_option("--on", command->on,
                   "The parameter, PARAM or PARAM=LO:HI:N[:log] in its unit (default: the card's limited one, its "
                   "whole range, 101 points)");
  command->benchmark.add_to(*scan);
  scan->add_option("--profile", command->profile,
                   "A parameter over which -ln L is minimised, within the bounds that the card gives it");
  scan->add_option("--cl", command->level, "A confidence level beside 1 sigma, 90 % and 95 %, between 0 and 1");
  command->format.add_to(*scan, "json, csv or table (default)");
  command->setting.add_to(*scan);
  scan->callback([command, &global] { run_scan(*command, global); });
}

}  // namespace anyslice::cli
