// anyslice cls --workspace, workspace, strength.
#include "core/cli/workspace_command.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "core/api/workspace_limits.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/files.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

/// With the standard errors of toys, where there are any.
void print_band(const char* label, const Json& result, const std::string& observed, const std::string& expected) {
  const auto with_error = [](const Json& value, const Json& error, int digits) {
    std::string text = show_number(value, digits);
    if (!value.is_null() && error.is_number() && error.get<double>() > 0) text += " +- " + show_number(error, 2);
    return text;
  };
  std::printf("  %-16s observed %s, expected", label,
              with_error(result.at(observed), result.at(observed + "_error"), 6).c_str());
  for (const auto& [band, value] : result.at(expected).items()) {
    std::printf("  %s: %s", band == "0" ? "median" : band.c_str(),
                with_error(value, result.at(expected + "_error").at(band), 5).c_str());
  }
  std::printf("\n");
}

void print_limits(const Json& result) {
  print_band("CLs at 1", result, "CLs", "expected_CLs");
  print_band("upper limit", result, "upper_limit", "expected");
  if (!result["interval"].is_null()) {
    const Json& interval = result["interval"];
    std::printf("  %-16s %s, from %s to %s\n", "best fit", show_number(interval["best"], 6).c_str(),
                show_number(interval["low"], 6).c_str(), show_number(interval["high"], 6).c_str());
  }
  // One line for all that are missing for the same reason.
  std::vector<std::pair<std::string, std::string>> missing;
  for (const auto& [quantity, reason] : result["reasons"].items()) {
    const std::string name = quantity == "0" ? "median" : quantity, why = reason.get<std::string>();
    const auto same = std::find_if(missing.begin(), missing.end(), [&](const auto& one) { return one.first == why; });
    if (quantity == "CLs") {
      std::printf("  no CLs: %s\n", why.c_str());
    } else if (same == missing.end()) {
      missing.emplace_back(why, name);
    } else {
      same->second += ", " + name;
    }
  }
  for (const auto& [why, names] : missing) std::printf("  no %s limit: %s\n", names.c_str(), why.c_str());
  print_warnings(result["warnings"]);
}

struct PointOptions {
  std::string card, output;
  BenchmarkOption benchmark;
  CardOptions setting;
  ConstructionOptions construction;
  std::optional<std::string> constraint;
  bool without_mc_error = false;

  void add_to(CLI::App& command) {
    command.add_option("CARD", card, "Card file or name of a built-in analysis")->required();
    benchmark.add_to(command);
    setting.add_to(command);
    command.add_flag("--no-mc-error", without_mc_error, "Leave out the Monte Carlo error of the signal");
  }
  Json request(const Card& read) const {
    Json result = setting.request();
    benchmark.write(read, result);
    construction.write(result);
    if (constraint) result["constraint"] = *constraint;
    if (without_mc_error) result["mc_error"] = false;
    return result;
  }
};

void write_point(const PointOptions& options) {
  const auto analysis = open_analysis(options.card, true);
  const Json request = options.request(analysis->model().card());
  const std::string text = analysis->workspace(request).dump(2) + "\n";
  if (options.output.empty()) {
    std::cout << text;
  } else {
    write_file(options.output, {text.begin(), text.end()});
  }
  print_warnings(analysis->count_warnings(request));
}

void print_point(const PointOptions& options, const Global& global) {
  const auto analysis = open_analysis(options.card, true);
  const Json request = options.request(analysis->model().card());
  Json result;
  {
    const InterruptGuard guard;
    ProgressBar bar("limits", 0);
    result = analysis->point_limits(request, bar.callback());
  }
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  std::printf("%s, variant %s: %s, %s, %s CL, limits on the strength of the signal at this point (%s bins)\n",
              result["card"].get<std::string>().c_str(), result["variant"].get<std::string>().c_str(),
              result["method"].get<std::string>().c_str(), result["constraint"].get<std::string>().c_str(),
              show_number(result["level"]).c_str(), show_number(result["bins"]).c_str());
  print_limits(result);
}

}  // namespace

void add_point_commands(CLI::App& app, const Global& global) {
  auto written = std::make_shared<PointOptions>();
  auto* workspace = app.add_subcommand(
      "workspace", "One point of a card as a workspace of pyhf (HistFactory JSON), on standard output or in a file");
  written->add_to(*workspace);
  workspace->add_option("--constraint", written->constraint, "Uncertainties: gaussian, truncated or lognormal");
  workspace->add_option("-o,--output", written->output, "File to write");
  workspace->callback([written] { write_point(*written); });

  auto printed = std::make_shared<PointOptions>();
  auto* strength =
      app.add_subcommand("strength",
                         "CLs and limits on the strength of the signal at one point of a card, from all its bins, by "
                         "cls-asymptotic, cls-toys or delta-lnl-1");
  printed->add_to(*strength);
  printed->construction.add_to(*strength, "Construction: cls-asymptotic, cls-toys or delta-lnl-1");
  strength->callback([printed, &global] { print_point(*printed, global); });
}

std::shared_ptr<WorkspaceOptions> add_workspace_options(CLI::App& cls) {
  auto options = std::make_shared<WorkspaceOptions>();
  auto* path = cls.add_option_function<std::string>(
      "--workspace",
      [options, &cls](const std::string& file) {
        options->path = file;
        for (const char* name : {"--observed", "--background"}) cls.get_option(name)->required(false);
      },
      "A pyhf workspace (HistFactory JSON) instead of numbers, by cls-asymptotic, cls-toys or delta-lnl-1");
  for (const char* name :
       {"--observed", "--background", "--background-error", "--signal", "--signal-error", "--constraint"}) {
    path->excludes(cls.get_option(name));
  }
  cls.add_option("--measurement", options->measurement, "Which measurement of the workspace (default: the first)")
      ->needs(path);
  return options;
}

void run_workspace(const WorkspaceOptions& workspace, const ConstructionOptions& construction, const Global& global) {
  const Json document = parse_json(read_text(workspace.path), workspace.path);
  Json request = Json::object();
  construction.write(request);
  if (workspace.measurement) request["measurement"] = *workspace.measurement;
  Json result;
  {
    const InterruptGuard guard;
    ProgressBar bar("limits", 0);
    result = api::workspace_limits(document, workspace.path, request, bar.callback());
  }
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  std::printf("%s, %s CL, limits on %s of measurement %s (%s bins, %s parameters)\n",
              result["method"].get<std::string>().c_str(), show_number(result["level"]).c_str(),
              result["poi"].get<std::string>().c_str(), result["measurement"].get<std::string>().c_str(),
              show_number(result["bins"]).c_str(), show_number(result["parameters"]).c_str());
  print_limits(result);
}

}  // namespace anyslice::cli
