// Reads workspaces of pyhf: the JSON form of HistFactory (CERN-OPEN-2012-016, doi:10.21105/joss.02823).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/stats/binned_model.hpp"

namespace anyslice::api {

/// A workspace as one of its measurements sees it.
struct Workspace {
  stats::BinnedModel model;
  std::string measurement, poi;  ///< the parameter of interest is the signal strength of the model
  std::vector<std::string> warnings;
};

/// Reads version 1.0.0 with the modifiers normfactor, normsys (code 4), histosys (code 4p), lumi, shapesys and
/// staterror, with the starting values, bounds and constraints that pyhf 0.7 gives them. The signal strength is never
/// below 0 and not bounded above, whatever the workspace says. Without a name, the first measurement.
///
/// Throws InputError(source, path, ...) for what does not fit, for modifiers it does not know (by their names) and for
/// a parameter of interest that is no normfactor.
Workspace read_workspace(const Json& document, const std::string& source,
                         const std::optional<std::string>& measurement = {});

}  // namespace anyslice::api
