// Binned models that several tests of the statistics use.
#pragma once

#include <string>
#include <vector>

#include "core/api/workspace_reader.hpp"
#include "core/base/json_reader.hpp"
#include "core/stats/binned_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::testing {

inline stats::BinnedModel model_of(const Json& workspace) { return api::read_workspace(workspace, "workspace").model; }

inline stats::LimitOptions options_for(const std::string& method, double level = 0.95) {
  stats::LimitOptions options;
  options.method = method;
  options.level = level;
  return options;
}

/// A workspace of one channel with a signal and a background, and the modifiers of each.
inline Json simple_workspace(const std::vector<double>& signal, const std::vector<double>& background,
                             const std::vector<double>& observed, const Json& on_signal = Json::array(),
                             const Json& on_background = Json::array()) {
  Json signal_modifiers = Json::array({{{"name", "mu"}, {"type", "normfactor"}, {"data", nullptr}}});
  for (const Json& modifier : on_signal) signal_modifiers.push_back(modifier);
  const Json samples = {{{"name", "signal"}, {"data", signal}, {"modifiers", signal_modifiers}},
                        {{"name", "background"}, {"data", background}, {"modifiers", on_background}}};
  Json workspace;
  workspace["channels"] = Json::array({{{"name", "channel"}, {"samples", samples}}});
  workspace["observations"] = Json::array({{{"name", "channel"}, {"data", observed}}});
  workspace["measurements"] =
      Json::array({{{"name", "measurement"}, {"config", {{"poi", "mu"}, {"parameters", Json::array()}}}}});
  workspace["version"] = "1.0.0";
  return workspace;
}

inline Json modifier(const std::string& name, const std::string& type, const Json& data) {
  return Json{{"name", name}, {"type", type}, {"data", data}};
}

}  // namespace anyslice::testing
