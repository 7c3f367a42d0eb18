// Requests about the strength of the signal at one point, with all bins and pulled uncertainties.
#include "core/api/analysis.hpp"
#include "core/api/card_yields.hpp"
#include "core/api/workspace_limits.hpp"
#include "core/api/workspace_writer.hpp"
#include "core/stats/binned_limits.hpp"

namespace anyslice::api {
namespace {

CardYields yields_at(const Model& model, const Reweighter& reweighter, const JsonReader& request,
                     const Setting& setting) {
  const std::vector<double> slots = model.slots_at(setting.point, setting.setup, kRequest);
  const auto with_mc_error = request.find("mc_error");
  CardYields yields = card_yields(model, setting, reweighter.predict(slots, setting.selection),
                                  with_mc_error ? with_mc_error->boolean() : true);
  // As for limits (see LimitOptions::combine_systematics). Pulls without limits of their own give the same either way.
  if (setting.constraint == stats::Constraint::gaussian && setting.options.combine_systematics)
    yields.combine_effects();
  return yields;
}

}  // namespace

Json Analysis::workspace(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"mc_error"});
  const CardYields yields = yields_at(*model_, reweighter(), request, setting);
  for (const YieldEffect& effect : yields.effects) {
    if (effect.pull == "mu")
      throw InputError(model_->card().source, "systematics",
                       "has one called mu, as the signal strength of a workspace is");
  }
  return write_workspace(yields, model_->card().name);
}

Json Analysis::point_limits(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"mc_error"});
  stats::LimitOptions options = setting.options;
  options.method = setting.has_method ? request.at("method").one_of(stats::binned_method_names()) : "cls-asymptotic";
  if (!request.has("toys")) options.toys = default_binned_toys;
  const CardYields yields = yields_at(*model_, reweighter(), request, setting);
  Json result = {{"card", model_->card().name},
                 {"variant", setting.setup.variant},
                 {"exposure_scale", setting.exposure_scale},
                 {"constraint", stats::to_string(setting.constraint)}};
  result.update(binned_limits_json(yields.model(), options, progress));
  return result;
}

}  // namespace anyslice::api
