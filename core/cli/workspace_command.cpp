// anyslice cls --workspace.
#include "core/cli/workspace_command.hpp"

#include <cstdio>
#include <iostream>

#include "core/api/workspace_limits.hpp"
#include "core/cli/files.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

void print_band(const char* label, const Json& observed, const Json& expected) {
  std::printf("  %-16s observed %s, expected", label, show_number(observed, 6).c_str());
  for (const auto& [band, value] : expected.items()) {
    std::printf("  %s: %s", band == "0" ? "median" : band.c_str(), show_number(value, 5).c_str());
  }
  std::printf("\n");
}

}  // namespace

std::shared_ptr<WorkspaceOptions> add_workspace_options(CLI::App& cls) {
  auto options = std::make_shared<WorkspaceOptions>();
  auto* path = cls.add_option_function<std::string>(
      "--workspace",
      [options, &cls](const std::string& file) {
        options->path = file;
        for (const char* name : {"--observed", "--background"}) cls.get_option(name)->required(false);
      },
      "A pyhf workspace (HistFactory JSON) instead of numbers, by cls-asymptotic, cls-toys or delta-lnl-1");
  for (const char* name : {"--observed", "--background", "--background-error", "--signal", "--signal-error",
                           "--constraint"}) {
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
  print_band("CLs at 1", result["CLs"], result["expected_CLs"]);
  print_band("upper limit", result["upper_limit"], result["expected"]);
  if (!result["interval"].is_null()) {
    const Json& interval = result["interval"];
    std::printf("  %-16s %s, from %s to %s\n", "best fit", show_number(interval["best"], 6).c_str(),
                show_number(interval["low"], 6).c_str(), show_number(interval["high"], 6).c_str());
  }
  for (const auto& [quantity, reason] : result["reasons"].items()) {
    std::printf("  no %s%s: %s\n", quantity.c_str(), quantity == "CLs" ? "" : " limit",
                reason.get<std::string>().c_str());
  }
  for (const auto& warning : result["warnings"]) {
    std::fprintf(stderr, "anyslice: warning: %s\n", warning.get<std::string>().c_str());
  }
}

}  // namespace anyslice::cli
