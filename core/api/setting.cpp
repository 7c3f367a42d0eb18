// Reads the shared fields of requests.
#include "core/api/setting.hpp"

#include <algorithm>
#include <cmath>

#include "core/api/statistics_json.hpp"

namespace anyslice::api {
namespace {

/// Throws InputError where a switch that has choices gets another value. Unknown switches are the model's to refuse.
void check_choice(const Model& model, const std::string& name, const JsonReader& value) {
  const JsonReader card(model.card().document, model.card().source);
  const auto switches = card.find("switches");
  if (!switches || !switches->has(name)) return;
  const auto choices = switches->at(name).find("choices");
  if (!choices) return;
  std::vector<std::string> known;
  for (const auto& choice : choices->items()) {
    if (choice.at("value").number() == value.number()) return;
    known.push_back(choice.at("value").json().dump() + " (" + choice.at("label").text() + ")");
  }
  value.fail("expected " + join_choices(known) + ", found " + value.json().dump());
}

/// Throws InputError for parts that the card does not name and for bandwidths of what its kernel does not smooth.
void check_selection(const Model& model, const Selection& selection) {
  std::vector<std::string> parts, smoothed;
  for (const auto& part : model.card().parts) parts.push_back(part.name);
  if (!selection.part.empty() && std::find(parts.begin(), parts.end(), selection.part) == parts.end()) {
    throw InputError(kRequest, "part",
                     parts.empty() ? model.card().name + " has no parts"
                                   : "expected " + join_choices(parts) + ", found \"" + selection.part + "\"");
  }
  for (const auto& factor : model.weight()) {
    for (const auto& axis : factor.axes) smoothed.push_back(axis.parameter);
  }
  for (const auto& [name, bandwidth] : selection.bandwidth) {
    if (std::find(smoothed.begin(), smoothed.end(), name) != smoothed.end()) continue;
    throw InputError(kRequest, "bandwidth." + name,
                     smoothed.empty()
                         ? model.card().name + " has no kernel"
                         : "is not a parameter that the card's kernel smooths; expected " + join_choices(smoothed));
  }
}

}  // namespace

LikelihoodRequest Setting::likelihood() const {
  LikelihoodRequest request;
  request.setup = setup;
  request.exposure_scale = exposure_scale;
  request.channels = channels;
  request.expected_counts = expected_counts;
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
    for (const auto& [name, value] : switches->fields()) {
      setting.setup.switches[name] = value.number();
      check_choice(model, name, value);
    }
  }
  if (const auto bandwidth = request.find("bandwidth")) {
    for (const auto& [name, value] : bandwidth->fields()) setting.selection.bandwidth[name] = value.positive_number();
  }
  if (const auto channels = request.find("channels")) setting.channels = channels->texts();
  check_channels(model.card(), setting.channels, kRequest);
  if (const auto part = request.find("part")) setting.selection.part = part->text();
  check_selection(model, setting.selection);

  const auto method = request.find("method");
  setting.has_method = method.has_value();
  setting.method = method ? method->one_of(stats::method_names()) : setting.defaults.method;
  const std::vector<std::string>& by_likelihood = stats::likelihood_method_names();
  const auto likelihood = std::find(by_likelihood.begin(), by_likelihood.end(), setting.method);
  if (likelihood != by_likelihood.end()) {
    setting.likelihood_parameters = 1 + static_cast<int>(likelihood - by_likelihood.begin());
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
                     "expected " + join_choices(stats::event_method_names()) + ", found \"" + setting.method + "\"");
  }
  const CardLikelihood likelihood(model, setting.likelihood());
  if (likelihood.bins().size() != 1) {
    throw InputError(kRequest, "method",
                     setting.method + " is for one bin, and " + model.card().name + " has " +
                         std::to_string(likelihood.bins().size()) + ": expected " +
                         join_choices(stats::likelihood_method_names()));
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
