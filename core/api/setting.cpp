// Reads the shared fields of requests.
#include "core/api/setting.hpp"

#include <algorithm>
#include <cmath>

#include "core/api/statistics_json.hpp"

namespace anyslice::api {

std::vector<std::string> all_method_names() {
  std::vector<std::string> names = stats::method_names();
  names.insert(names.end(), kLikelihoodMethods.begin(), kLikelihoodMethods.end());
  return names;
}

LikelihoodRequest Setting::likelihood() const {
  LikelihoodRequest request;
  request.setup = setup;
  request.exposure_scale = exposure_scale;
  request.channels = channels;
  request.poisson_below_variance = defaults.poisson_below_variance;
  request.source = kRequest;
  return request;
}

Setting read_setting(const Model& model, const JsonReader& request, std::set<std::string> also_allowed) {
  also_allowed.insert({"set", "variant", "projection", "exposure_scale", "switches", "bandwidth", "channels", "part",
                       "cl", "method", "constraint", "toys", "seed"});
  request.allow_only(also_allowed);
  Setting setting;
  if (const auto variant = request.find("variant")) setting.setup.variant = variant->text();
  setting.defaults = model.variant(setting.setup.variant, kRequest).limits;
  if (const auto projection = request.find("projection")) setting.setup.projection = projection->text();
  if (const Projection* projection = model.projection(setting.setup.projection, kRequest)) {
    setting.exposure_scale = projection->exposure_scale;
  }
  if (const auto scale = request.find("exposure_scale")) setting.exposure_scale = scale->positive_number();
  if (const auto switches = request.find("switches")) {
    for (const auto& [name, value] : switches->fields()) setting.setup.switches[name] = value.number();
  }
  if (const auto bandwidth = request.find("bandwidth")) {
    for (const auto& [name, value] : bandwidth->fields()) setting.selection.bandwidth[name] = value.positive_number();
  }
  if (const auto channels = request.find("channels")) setting.channels = channels->texts();
  if (const auto part = request.find("part")) setting.selection.part = part->text();

  static const std::vector<std::string> methods = all_method_names();
  const auto method = request.find("method");
  setting.has_method = method.has_value();
  setting.method = method ? method->one_of(methods) : setting.defaults.method;
  const auto by_likelihood = std::find(kLikelihoodMethods.begin(), kLikelihoodMethods.end(), setting.method);
  if (by_likelihood != kLikelihoodMethods.end()) {
    setting.likelihood_parameters = 1 + static_cast<int>(by_likelihood - kLikelihoodMethods.begin());
  }
  Json options = Json::object();
  for (const char* field : {"cl", "toys", "seed"}) {
    if (const auto value = request.find(field)) options[field] = value->json();
  }
  setting.options.level = setting.defaults.level;
  if (setting.likelihood_parameters == 0) setting.options.method = setting.method;
  read_limit_options(JsonReader(options, kRequest), setting.options);
  setting.level = setting.options.level;
  const auto constraint = request.find("constraint");
  const std::string chosen = constraint ? constraint->text() : setting.defaults.constraint;
  if (!chosen.empty()) setting.constraint = stats::parse_constraint(chosen, kRequest, "constraint");

  std::vector<double> slots = model.initial_slots(setting.setup, kRequest);
  if (const auto set = request.find("set")) {
    for (const auto& [name, value] : set->fields()) {
      setting.point[name] = value.number();
      model.set_parameter(slots, name, setting.point[name], kRequest);
    }
  }
  return setting;
}

stats::CountingModel counting_model(const Model& model, const Setting& setting) {
  if (setting.likelihood_parameters != 0) {
    throw InputError(kRequest, "method",
                     "expected " + join_choices(stats::method_names()) + ", found \"" + setting.method + "\"");
  }
  const CardLikelihood likelihood(model, setting.likelihood());
  if (likelihood.bins().size() != 1) {
    throw InputError(kRequest, "method",
                     setting.method + " is for one bin, and " + model.card().name + " has " +
                         std::to_string(likelihood.bins().size()) + ": expected " + join_choices(kLikelihoodMethods));
  }
  const BinData& data = likelihood.bins().front();
  const BinSpecification& bin = model.card().bins[data.bin];
  stats::CountingModel result;
  result.constraint = setting.constraint;
  // At another exposure there is no observation: only what to expect of it.
  result.observed = data.counts;
  for (std::size_t i = 0; i < bin.backgrounds.size(); ++i) {
    result.backgrounds.push_back({bin.backgrounds[i].name, data.backgrounds[i]});
  }
  for (const auto& specification : model.card().systematics) {
    if (!specification.on_bins[data.bin]) continue;
    const double relative =
        specification.relative / (specification.statistical ? std::sqrt(setting.exposure_scale) : 1.0);
    stats::Systematic systematic{specification.name, std::vector<double>(bin.backgrounds.size(), 0.0), 0};
    for (const auto& component : specification.on) {
      if (component == "signal") systematic.on_signal = relative;
      for (std::size_t i = 0; i < bin.backgrounds.size(); ++i) {
        if (bin.backgrounds[i].name == component) systematic.on_background[i] = relative;
      }
    }
    result.systematics.push_back(std::move(systematic));
  }
  return result;
}

}  // namespace anyslice::api
