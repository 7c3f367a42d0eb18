// Requests about the display table of a card, and about its ratios of totals.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/api/analysis.hpp"
#include "core/generate/interaction_curves.hpp"
#include "core/reweight/totals.hpp"
#include "core/slice/limit_curve.hpp"

namespace anyslice::api {
namespace {

const Display& display_of(const Model& model) {
  if (!model.card().display) {
    throw InputError(model.card().source, "display", "is not there: " + model.card().name + " has no display table");
  }
  return *model.card().display;
}

template <typename Named>
const Named& choose(const std::vector<Named>& list, const JsonReader& name) {
  std::vector<std::string> names;
  for (const auto& one : list) names.push_back(one.name);
  if (names.empty()) name.fail("is asked for, but the card has none");
  const std::string wanted = name.one_of(names);
  return *std::find_if(list.begin(), list.end(), [&](const Named& one) { return one.name == wanted; });
}

std::vector<double> edges_of(const ObservableSpecification& observable, std::size_t bins) {
  return spaced_values(observable.low, observable.high, bins + 1, observable.scale);
}

Json sum_json(const WeightedSum& sum) { return {{"mu", sum.sum}, {"mu_mc_error", sum.error()}}; }

Json total_json(const std::vector<WeightedSum>& sums) {
  WeightedSum total;
  for (const auto& sum : sums) total += sum;
  Json result = sum_json(total);
  result["effective_events"] = total.effective_events();
  return result;
}

/// Throws InputError for channels that the display's events cannot enter, and for parts where it is not divided.
void check_selection(const Model& model, const Display& display, const Setting& setting) {
  if (display.channels.empty()) return;
  const std::string table = "the display table of " + model.card().name;
  for (const auto& channel : setting.channels) {
    if (std::find(display.channels.begin(), display.channels.end(), channel) != display.channels.end()) continue;
    throw InputError(kRequest, "channels",
                     table + " holds no events of \"" + channel + "\": expected " + join_choices(display.channels));
  }
  if (!setting.selection.part.empty()) {
    throw InputError(
        kRequest, "part",
        table + " is not divided into parts, since it holds events of " + join_choices(display.channels) + " only");
  }
}

/// The bins of a stage that the request's channels leave.
std::vector<bool> counted_bins(const Model& stage, const Setting& setting) {
  std::vector<bool> result;
  for (const auto& bin : stage.card().bins) {
    result.push_back(setting.channels.empty() || std::find(setting.channels.begin(), setting.channels.end(),
                                                           bin.channel) != setting.channels.end());
  }
  return result;
}

/// The request's, with its bandwidths as much wider as the card's are for the display.
Selection selection_of(const Display& display, const Setting& setting) {
  Selection result = setting.selection;
  for (auto& [parameter, bandwidth] : result.bandwidth) {
    if (const auto wider = display.wider.find(parameter); wider != display.wider.end()) bandwidth *= wider->second;
  }
  return result;
}

const ObservableSpecification& observable_of(const Model& stage, const std::string& name) {
  const auto& all = stage.card().observables;
  return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
}

Json axis_json(const ObservableSpecification& observable, const std::vector<double>& edges) {
  return {{"observable", observable.name},
          {"label", observable.label},
          {"unit", observable.unit},
          {"scale", observable.scale == Scale::log ? "log" : "lin"},
          {"edges", edges}};
}

}  // namespace

Json Analysis::stage_distributions(const Setting& setting, const JsonReader& request) const {
  const Display& display = display_of(*model_);
  check_selection(*model_, display, setting);
  const ObservableSpecification& observable = choose(display.observables, request.at("observable"));
  std::vector<std::string> names;
  for (const auto& name : request.at("stages").items()) names.push_back(choose(display.stages, name).name);
  if (names.empty()) {
    for (const auto& stage : display.stages) names.push_back(stage.name);
  }
  const std::vector<double> edges = edges_of(observable, observable.bins);
  Json result = axis_json(observable, edges);
  result["stages"] = Json::array();
  for (const auto& name : names) {
    const auto& stage = display_->stage(name, reweighter().preparation().table());
    const std::vector<double> slots = stage.model->slots_at(setting.point, setting.setup, kRequest);
    std::vector<WeightedSum> sums =
        stage.reweighter->distribution(slots, *observable_of(*stage.model, observable.name).expression, edges,
                                       counted_bins(*stage.model, setting), selection_of(display, setting));
    Json mu = Json::array(), errors = Json::array();
    for (auto& sum : sums) sum.multiply(setting.exposure_scale);
    for (std::size_t i = 0; i < observable.bins; ++i) {
      mu.push_back(sums[i].sum);
      errors.push_back(sums[i].error());
    }
    result["stages"].push_back({{"stage", name},
                                {"label", stage.label},
                                {"mu", std::move(mu)},
                                {"mu_mc_error", std::move(errors)},
                                {"outside", sum_json(sums.back())},
                                {"total", total_json(sums)}});
  }
  return result;
}

Json Analysis::distribution_map(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"map", "stage"});
  const Display& display = display_of(*model_);
  check_selection(*model_, display, setting);
  const DisplayMap& map = choose(display.maps, request.at("map"));
  const auto asked = request.find("stage");
  const auto& stage = display_->stage(asked ? choose(display.stages, *asked).name : display.stages.back().name,
                                      reweighter().preparation().table());
  const auto& x = observable_of(*stage.model, map.x);
  const auto& y = observable_of(*stage.model, map.y);
  const std::vector<double> x_edges = edges_of(x, map.x_bins), y_edges = edges_of(y, map.y_bins);
  const std::vector<double> slots = stage.model->slots_at(setting.point, setting.setup, kRequest);
  std::vector<WeightedSum> sums =
      stage.reweighter->joint_distribution(slots, *x.expression, x_edges, *y.expression, y_edges,
                                           counted_bins(*stage.model, setting), selection_of(display, setting));
  for (auto& sum : sums) sum.multiply(setting.exposure_scale);
  Json mu = Json::array(), errors = Json::array();
  for (std::size_t j = 0; j < map.y_bins; ++j) {
    Json row = Json::array(), row_errors = Json::array();
    for (std::size_t i = 0; i < map.x_bins; ++i) {
      row.push_back(sums[j * map.x_bins + i].sum);
      row_errors.push_back(sums[j * map.x_bins + i].error());
    }
    mu.push_back(std::move(row));
    errors.push_back(std::move(row_errors));
  }
  return {{"map", map.name},
          {"label", map.label},
          {"stage", {{"name", stage.name}, {"label", stage.label}}},
          {"x", axis_json(x, x_edges)},
          {"y", axis_json(y, y_edges)},
          {"mu", std::move(mu)},
          {"mu_mc_error", std::move(errors)},
          {"outside", sum_json(sums.back())},
          {"total", total_json(sums)}};
}

Json Analysis::ratio_map(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"ratio", "columns", "rows", "x_range", "y_range"});
  const DisplayRatio& ratio = choose(display_of(*model_).ratios, request.at("ratio"));
  const std::size_t columns = read_count(request.at("columns"), 2, 200), rows = read_count(request.at("rows"), 2, 200);
  const auto axis_values = [&](const std::string& name, const char* field, std::size_t count) {
    const Parameter& parameter = *model_->card().find_parameter(name);
    std::pair<double, double> range = {parameter.low, parameter.high};
    if (const auto given = request.find(field)) {
      const auto ends = given->numbers();
      if (ends.size() != 2 || !(ends[0] < ends[1]) || ends[0] < parameter.low || ends[1] > parameter.high) {
        given->fail("expected [low, high] inside the range of " + name);
      }
      range = {ends[0], ends[1]};
    }
    return spaced_values(range.first, range.second, count, parameter.scale);
  };
  const std::vector<double> x = axis_values(ratio.x, "x_range", columns), y = axis_values(ratio.y, "y_range", rows);
  const double largest = model_->card().document["display"]["ratios"][ratio.name].value(
      "largest", std::numeric_limits<double>::infinity());
  const auto value_at = [&](const std::vector<double>& slots) -> Json {
    const double scale = ratio.scale ? ratio.scale->evaluate(slots) : 1;
    double numerator = NAN, denominator = NAN;
    for (const Total& total :
         totals_at(*model_, reweighter().preparation(), slots, {ratio.numerator, ratio.denominator})) {
      if (total.name == ratio.numerator) numerator = total.value;
      if (total.name == ratio.denominator) denominator = total.value;
    }
    const double value = scale * numerator / denominator;
    // A larger one comes from totals that are extrapolated: nothing is known there.
    return std::isfinite(value) && value <= largest ? Json(value) : Json(nullptr);
  };
  const std::vector<double> here = model_->slots_at(setting.point, setting.setup, kRequest);
  Json values = Json::array();
  for (const double y_value : y) {
    Json row = Json::array();
    for (const double x_value : x) {
      std::vector<double> slots = here;
      slots[model_->slot(ratio.x)] = x_value;
      slots[model_->slot(ratio.y)] = y_value;
      model_->evaluate_derived(slots);
      // Where a derived quantity has no value the model does not exist.
      const bool exists =
          std::none_of(model_->card().derived.begin(), model_->card().derived.end(),
                       [&](const auto& quantity) { return std::isnan(slots[model_->slot(quantity.name)]); });
      row.push_back(exists ? value_at(slots) : Json(nullptr));
    }
    values.push_back(std::move(row));
  }
  return {{"ratio", ratio.name},
          {"label", ratio.label},
          {"unit", ratio.unit},
          {"x", {{"parameter", ratio.x}, {"values", x}}},
          {"y", {{"parameter", ratio.y}, {"values", y}}},
          {"values", std::move(values)},
          {"at", value_at(here)}};
}

Json Analysis::interactions(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {});
  const auto& specification = display_of(*model_).interactions;
  if (!specification) {
    throw InputError(model_->card().source, "display.interactions",
                     "is not there: " + model_->card().name + " tells nothing of interactions");
  }
  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  std::map<std::string, double> parameters;
  for (const auto& [name, expression] : specification->parameters) parameters[name] = expression.evaluate(slots);
  const double scale = specification->scale ? specification->scale->evaluate(slots) : 1;
  const generate::InteractionCurves curves = generate::interaction_curves(display_->recipe(), parameters);
  Json fluxes = Json::array(), elements = Json::array();
  for (const auto& flux : curves.fluxes) {
    fluxes.push_back({{"beam", flux.beam},
                      {"particle", flux.particle},
                      {"unit", "per cm^2 per 1e21 POT per GeV"},
                      {"edges", flux.edges},
                      {"values", flux.density}});
  }
  for (const auto& one : curves.cross_sections) {
    // Grams per mole are atomic mass units per nucleus.
    std::vector<double> values = one.values;
    for (double& value : values) value *= scale / one.molar_mass_g;
    elements.push_back({{"element", one.element},
                        {"nuclei", one.nuclei},
                        {"molar_mass_g", one.molar_mass_g},
                        {"values", std::move(values)}});
  }
  const Json& document = model_->card().document["display"]["interactions"];
  return {{"label", specification->label},
          {"fluxes", std::move(fluxes)},
          {"cross_sections",
           {{"unit", "cm^2 per atomic mass unit"}, {"energies", curves.energies}, {"elements", std::move(elements)}}},
          {"left_out", document.value("left_out", Json::array())}};
}

}  // namespace anyslice::api
