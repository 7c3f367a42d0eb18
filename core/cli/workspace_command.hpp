// anyslice cls --workspace: the limits of a pyhf workspace.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "core/cli/commands.hpp"
#include "core/cli/construction_options.hpp"

namespace anyslice::cli {

struct WorkspaceOptions {
  std::string path;
  std::optional<std::string> measurement;
};

/// Adds --workspace and --measurement to `anyslice cls`, whose other input is then neither needed nor allowed.
std::shared_ptr<WorkspaceOptions> add_workspace_options(CLI::App& cls);
/// CLs and limits of the workspace, printed.
void run_workspace(const WorkspaceOptions& workspace, const ConstructionOptions& construction, const Global& global);

}  // namespace anyslice::cli
