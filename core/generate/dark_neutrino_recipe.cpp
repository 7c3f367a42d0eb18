// Reading recipes of dark neutrinos.
#include "core/generate/dark_neutrino_recipe.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/geometry/read_geometry.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"

namespace anyslice::generate {
namespace {

SampledParameter read_parameter(const JsonReader& reader) {
  SampledParameter parameter;
  if (reader.json().is_number()) {
    parameter.value = reader.positive_number();
    return parameter;
  }
  reader.allow_only({"low", "high", "unit", "pieces", "comment"});
  static const std::vector<std::string> units = {"GeV"};
  if (const auto unit = reader.find("unit")) unit->one_of(units);
  if (const auto pieces = reader.find("pieces")) {
    if (reader.has("low") || reader.has("high")) pieces->fail("expected either pieces or low and high, not both");
    for (const auto& item : pieces->items()) {
      item.allow_only({"low", "high", "share"});
      parameter.pieces.push_back(
          {item.at("low").positive_number(), item.at("high").positive_number(), item.at("share").positive_number()});
    }
  } else {
    parameter.pieces.push_back({reader.at("low").positive_number(), reader.at("high").positive_number(), 1});
  }
  double end = 0, all = 0;
  for (const auto& piece : parameter.pieces) {
    if (!(piece.high > piece.low)) reader.fail("expected low < high");
    if (end > 0 && piece.low != end) reader.fail("expected pieces that continue each other");
    end = piece.high;
    all += piece.share;
  }
  if (parameter.pieces.empty()) reader.fail("expected at least one piece");
  for (auto& piece : parameter.pieces) piece.share /= all;
  return parameter;
}

PairCuts read_cuts(const std::string& name, const JsonReader& reader) {
  reader.allow_only({"energy_above_GeV", "momentum_above_GeV", "pair_mass_below_GeV", "t_below_GeV2", "t_of",
                     "cos_opening_above", "cos_beam_above", "reference"});
  PairCuts cuts;
  cuts.name = name;
  const auto limit = [&](const char* field, std::optional<double>& value) {
    if (const auto found = reader.find(field)) value = found->number();
  };
  limit("energy_above_GeV", cuts.energy_above_GeV);
  limit("momentum_above_GeV", cuts.momentum_above_GeV);
  limit("pair_mass_below_GeV", cuts.pair_mass_below_GeV);
  limit("t_below_GeV2", cuts.t_below_GeV2);
  limit("cos_opening_above", cuts.cos_opening_above);
  limit("cos_beam_above", cuts.cos_beam_above);
  if (const auto t = reader.find("t_of")) {
    static const std::vector<std::string> choices = {"pair", "each lepton"};
    cuts.t_of_each_lepton = t->one_of(choices) == "each lepton";
  } else if (cuts.t_below_GeV2) {
    reader.at("t_of");
  }
  return cuts;
}

physics::Target read_target(const JsonReader& nuclei, const std::string& nucleus, const JsonReader& wanted_by) {
  for (const JsonReader& item : nuclei.at("nuclei").items()) {
    if (item.at("name").text() != nucleus) continue;
    item.allow_only({"name", "charge", "mass_GeV", "radius_fm", "coefficients_e_per_fm3", "shape"});
    const auto charge = static_cast<int>(std::min<std::uint64_t>(item.at("charge").whole_number(), 1000));
    if (charge < 1 || charge > 120) item.at("charge").fail("expected a whole number from 1 to 120");
    const double mass = item.at("mass_GeV").positive_number();
    if (const auto shape = item.find("shape")) {
      static const std::vector<std::string> shapes = {"proton-dipole"};
      shape->one_of(shapes);
      return {nucleus, charge, mass, physics::ProtonDipole{}};
    }
    const auto coefficients = item.at("coefficients_e_per_fm3").numbers();
    const double radius = item.at("radius_fm").positive_number();
    if (coefficients.empty() || !(physics::FourierBessel(radius, coefficients).charge() > 0)) {
      item.at("coefficients_e_per_fm3").fail("expected numbers that sum to a charge above zero");
    }
    return {nucleus, charge, mass, physics::FourierBessel(radius, coefficients)};
  }
  wanted_by.fail("\"" + nucleus + "\" is not among the nuclei");
}

Element read_element(const std::string& symbol, const JsonReader& nuclei, const JsonReader& wanted_by) {
  const auto entry = nuclei.at("elements").find(symbol);
  if (!entry) wanted_by.fail("element \"" + symbol + "\" is not in " + nuclei.source());
  entry->allow_only({"nucleus", "molar_mass_g", "mass_number"});
  physics::Target target = read_target(nuclei, entry->at("nucleus").text(), entry->at("nucleus"));
  physics::Target legacy = target;
  if (std::holds_alternative<physics::FourierBessel>(target.shape)) {
    legacy.shape = physics::LegacyFermi(entry->at("mass_number").positive_number());
  }
  return {symbol, entry->at("molar_mass_g").positive_number(), std::move(target), std::move(legacy)};
}

std::size_t region_index(const geometry::Detector& detector, const JsonReader& name) {
  for (std::size_t i = 0; i < detector.regions.size(); ++i)
    if (detector.regions[i].name == name.text()) return i;
  std::vector<std::string> names;
  for (const auto& region : detector.regions) names.push_back(region.name);
  name.fail(name.text() + " is not a region of " + detector.name + ": expected " + join_choices(names));
}

void read_detector_part(const JsonReader& reader, const Recipe& recipe, DarkNeutrinoRecipe& result) {
  const auto whole = geometry::read_detector(recipe.input("detector"));
  result.detector.name = whole.name;
  const auto add = [&](const JsonReader& name, std::vector<geometry::Region>& regions) {
    const auto& region = whole.regions[region_index(whole, name)];
    for (const auto& other : regions)
      if (other.name == region.name) name.fail("\"" + region.name + "\" is given twice");
    regions.push_back(region);
  };
  for (const auto& name : reader.at("regions").items()) add(name, result.detector.regions);
  if (result.detector.regions.empty()) reader.at("regions").fail("expected at least one region");
  const JsonReader volumes = reader.at("volumes");
  if (!volumes.json().is_string()) {
    for (const auto& name : volumes.items()) add(name, result.volumes);
    if (result.volumes.empty() || result.volumes.size() > kMostVolumes) {
      volumes.fail("expected one to " + std::to_string(kMostVolumes) + " regions");
    }
  } else if (volumes.text() != "own") {
    volumes.fail("expected names of regions, or \"own\" for the region where N is made");
  }
}

void read_strata(const JsonReader& reader, const Recipe& recipe, DarkNeutrinoRecipe& result) {
  const JsonReader nuclei = recipe.input("nuclei");
  nuclei.allow_only({"anyslice_nuclei", "about", "elements", "nuclei"});
  if (nuclei.at("anyslice_nuclei").text() != "1") nuclei.at("anyslice_nuclei").fail("expected version \"1\"");
  const JsonReader elements = reader.at("elements");
  for (const JsonReader& item : elements.items()) {
    const std::string symbol = item.text();
    for (const auto& other : result.elements)
      if (other.symbol == symbol) item.fail("\"" + symbol + "\" is given twice");
    result.elements.push_back(read_element(symbol, nuclei, item));
  }

  std::vector<double> base;
  for (std::size_t b = 0; b < result.beams.size(); ++b) {
    for (std::size_t r = 0; r < result.detector.regions.size(); ++r) {
      for (std::size_t e = 0; e < result.elements.size(); ++e) {
        const auto& region = result.detector.regions[r];
        const auto& element = result.elements[e];
        const auto mass = region.mass_t.find(element.symbol);
        if (mass == region.mass_t.end() || mass->second == 0) continue;
        constexpr double kGramsPerTonne = 1e6;
        const double targets = mass->second * kGramsPerTonne / element.molar_mass_g * physics::kAvogadroPerMole;
        result.strata.push_back({b, e, r, targets, 0});
        base.push_back(result.beams[b].share * targets * element.target.charge * element.target.charge);
      }
    }
  }
  if (result.strata.empty()) elements.fail("none of the regions holds any of these elements");

  // The probability of a stratum is a mixture of parts, each spread over some strata by their base weight: beam share
  // times Z^2 times the number of nuclei.
  // Without one, and for VEGAS, which knows its own, there is a single part.
  const Json whole = Json::array({{{"share", 1}}});
  const JsonReader mixture =
      reader.has("mixture") ? reader.at("mixture") : JsonReader(whole, reader.source(), "mixture");
  double all = 0;
  if (mixture.items().empty()) mixture.fail("expected at least one part");
  for (const auto& part : mixture.items()) {
    part.allow_only({"share", "elements", "regions"});
    const double share = part.at("share").positive_number();
    all += share;
    std::vector<std::string> only_elements, only_regions;
    if (const auto found = part.find("elements")) {
      only_elements = found->texts();
      for (const JsonReader& symbol : found->items()) {
        const bool known = std::any_of(result.elements.begin(), result.elements.end(),
                                       [&](const Element& element) { return element.symbol == symbol.text(); });
        if (!known) symbol.fail("\"" + symbol.text() + "\" is not among the elements of this recipe");
      }
    }
    if (const auto found = part.find("regions")) {
      for (const auto& name : found->items()) region_index(result.detector, name);
      only_regions = found->texts();
    }
    const auto allowed = [](const std::vector<std::string>& list, const std::string& name) {
      return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
    };
    double sum = 0;
    for (const bool assign : {false, true}) {
      for (std::size_t i = 0; i < base.size(); ++i) {
        const auto& stratum = result.strata[i];
        if (!allowed(only_elements, result.elements[stratum.element].symbol)) continue;
        if (!allowed(only_regions, result.detector.regions[stratum.region].name)) continue;
        if (assign)
          result.strata[i].probability += share * base[i] / sum;
        else
          sum += base[i];
      }
      if (sum == 0) part.fail("matches no element of any region");
    }
  }
  for (auto& stratum : result.strata) stratum.probability /= all;
  for (const auto& stratum : result.strata)
    if (stratum.probability == 0)
      mixture.fail("leaves out " + result.elements[stratum.element].symbol + " in " +
                   result.detector.regions[stratum.region].name);
}

void check_masses(const JsonReader& parameters, const DarkNeutrinoRecipe& result) {
  double heaviest = 0;
  for (const auto& element : result.elements) heaviest = std::max(heaviest, element.target.mass);
  const double threshold = physics::upscattering_threshold(result.mN.low(), heaviest);
  if (threshold >= result.highest_energy()) {
    parameters.at("mN").fail("needs neutrinos above " + std::to_string(threshold) + " GeV, but the flux ends at " +
                             std::to_string(result.highest_energy()) + " GeV: nothing can be made");
  }
  if (result.mN.low() <= 2 * physics::kElectronMassGeV) {
    parameters.at("mN").fail("expected masses above two electron masses, 0.00102 GeV");
  }
  if (!result.mZ) return;
  const JsonReader mZ = parameters.at("mZ");
  if (result.mN.fixed() != result.mZ->fixed()) mZ.fail("expected mN and mZ both fixed or both sampled");
  if (result.mediator == Mediator::light && result.mZ->low() <= 2 * physics::kElectronMassGeV)
    mZ.fail("expected masses above two electron masses, 0.00102 GeV");
  if (!result.mZ->fixed() && result.mZ->pieces.size() > 1) mZ.fail("expected one range");
  const bool possible =
      result.mediator == Mediator::heavy ? result.mZ->high() > result.mN.low() : result.mZ->low() < result.mN.high();
  if (!possible ||
      (result.mN.fixed() && (result.mediator == Mediator::heavy) != (result.mZ->value > result.mN.value))) {
    mZ.fail(result.mediator == Mediator::heavy ? "expected mZ > mN for a heavy mediator"
                                               : "expected mZ < mN for a light mediator");
  }
}

}  // namespace

double DarkNeutrinoRecipe::highest_energy() const {
  double highest = 0;
  for (const auto& beam : beams) {
    for (std::size_t i = 0; i < beam.flux.density.size(); ++i)
      if (beam.flux.density[i] > 0) highest = std::max(highest, beam.flux.edges[i + 1]);
  }
  return highest;
}

DarkNeutrinoRecipe read_dark_neutrino_recipe(const Recipe& recipe) {
  const JsonReader reader(recipe.document, recipe.source);
  reader.allow_only({"anyslice_recipe", "name",     "generator",  "about",     "events",       "seed",
                     "inputs",          "mediator", "parameters", "beams",     "elements",     "mixture",
                     "detector",        "cuts",     "rows",       "sampling",  "pilot_events", "roulette",
                     "vegas",           "maps",     "columns",    "sorted_by", "keep_inputs"});
  if (const auto inputs = reader.find("inputs")) inputs->allow_only({"flux", "nuclei", "detector", "response"});
  // Used when the table is done; said now if it is wrong.
  if (const auto keep = reader.find("keep_inputs")) keep->boolean();
  DarkNeutrinoRecipe result;
  static const std::vector<std::string> mediators = {"heavy", "light"};
  result.mediator = reader.at("mediator").one_of(mediators) == "heavy" ? Mediator::heavy : Mediator::light;

  const JsonReader parameters = reader.at("parameters");
  parameters.allow_only({"mN", "mZ"});
  result.mN = read_parameter(parameters.at("mN"));
  if (const auto mZ = parameters.find("mZ")) result.mZ = read_parameter(*mZ);
  if (!result.mZ && result.mediator == Mediator::light) parameters.at("mZ");

  for (const auto& [name, beam] : reader.at("beams").fields()) {
    beam.allow_only({"neutrino", "share"});
    const std::string neutrino = beam.at("neutrino").text();
    result.beams.push_back({name, neutrino, read_beam_flux(recipe.input("flux"), name, neutrino),
                            beam.has("share") ? beam.at("share").positive_number() : 1});
  }
  if (result.beams.empty() || result.beams.size() > 4) reader.at("beams").fail("expected one to four beams");

  const JsonReader detector = reader.at("detector");
  detector.allow_only({"regions", "volumes"});
  read_detector_part(detector, recipe, result);
  read_strata(reader, recipe, result);
  check_masses(parameters, result);

  for (const auto& [name, cuts] : reader.at("cuts").fields()) result.cuts.push_back(read_cuts(name, cuts));
  if (result.cuts.size() > 8) reader.at("cuts").fail("expected at most eight sets of cuts");
  const JsonReader rows = reader.at("rows");
  rows.allow_only({"which", "without_cuts_in"});
  static const std::vector<std::string> choices = {"all", "selected", "stages"};
  const std::string which = rows.at("which").one_of(choices);
  result.keep_all = which != "selected";
  result.staged = which == "stages";
  result.region_is_cut.assign(result.detector.regions.size(), true);
  if (const auto uncut = rows.find("without_cuts_in")) {
    for (const auto& name : uncut->items()) result.region_is_cut[region_index(result.detector, name)] = false;
  }

  const JsonReader sampling = reader.at("sampling");
  sampling.allow_only({"largest_Q_GeV", "high_energies_above_mN_GeV", "near_volume", "comment"});
  result.largest_Q_GeV = sampling.at("largest_Q_GeV").number_in(0.1, 20, "a number from 0.1 to 20");
  if (const auto mass = sampling.find("high_energies_above_mN_GeV"))
    result.high_energies_above_mN = mass->positive_number();
  if (const auto near = sampling.find("near_volume")) {
    near->allow_only({"share", "share_inside", "smallest_distance_cm"});
    if (result.volumes.empty()) near->fail("needs volumes to be near to");
    result.near_fraction = near->at("share").number_in(0, 0.99, "a number from 0 to 0.99");
    result.near_fraction_in_volume = near->at("share_inside").number_in(0, 0.99, "a number from 0 to 0.99");
    result.smallest_distance_cm = near->at("smallest_distance_cm").positive_number();
  }
  if (recipe.document.contains("inputs") && recipe.inputs.contains("response")) {
    result.response = read_lepton_response(recipe.input("response"));
  }

  if (const auto roulette = reader.find("roulette")) {
    if (result.mediator == Mediator::heavy)
      roulette->allow_only({"rows", "mZ_GeV", "ctau0_over_mN_cm_per_GeV", "systematic", "comment"});
    else
      roulette->allow_only({"rows", "importance_by_part", "systematic", "comment"});
    RouletteSettings settings;
    settings.rows = roulette->at("rows").whole_number();
    // At one mass nothing is thinned, and rows means nothing.
    if (settings.rows < 1 || (settings.rows > recipe.events && !result.mN.fixed())) {
      roulette->at("rows").fail("expected a whole number from 1 to the number of events");
    }
    if (result.mediator == Mediator::heavy) {
      const JsonReader masses = roulette->at("mZ_GeV");
      settings.mZ_GeV = masses.numbers();
      if (settings.mZ_GeV.empty() || settings.mZ_GeV.size() > 16 ||
          !(*std::min_element(settings.mZ_GeV.begin(), settings.mZ_GeV.end()) > 0)) {
        masses.fail("expected one to sixteen masses above zero");
      }
      const JsonReader lifetimes = roulette->at("ctau0_over_mN_cm_per_GeV");
      lifetimes.allow_only({"low", "high", "points"});
      const double low = lifetimes.at("low").positive_number(), high = lifetimes.at("high").positive_number();
      const auto points = lifetimes.at("points").whole_number();
      if (!(high > low) || points < 2 || points > 100) lifetimes.fail("expected low < high and 2 to 100 points");
      for (std::uint64_t i = 0; i < points; ++i) {
        settings.ctau0_over_mN_cm_per_GeV.push_back(
            low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(points - 1)));
      }
      if (result.mZ) roulette->fail("works for a heavy mediator only where mZ is not sampled");
      if (result.volumes.empty()) roulette->fail("needs volumes to decay in");
    }
    if (const auto factors = roulette->find("importance_by_part")) {
      for (const auto& [part, factor] : factors->fields()) {
        const auto& regions = result.detector.regions;
        const bool known = std::any_of(regions.begin(), regions.end(),
                                       [&name = part](const geometry::Region& region) { return region.part == name; });
        if (!known) factor.fail("\"" + part + "\" is not a part of the detector");
        settings.importance_by_part[part] = factor.positive_number();
      }
    }
    if (const auto systematic = roulette->find("systematic")) {
      systematic->allow_only({"bins_per_decade", "block_events"});
      const double bins = systematic->at("bins_per_decade").number_in(1, 1000, "a number from 1 to 1000");
      const auto block = systematic->at("block_events").whole_number();
      if (block < 1000 || block > 1'000'000'000)
        systematic->at("block_events").fail("expected a whole number from 1000 to 1000000000");
      settings.systematic = {bins, block};
    }
    if (result.mN.fixed()) {
      // A direct simulation at one mass is not thinned: every selected event is a row.
    } else {
      result.roulette = std::move(settings);
    }
  }
  if (result.mZ && !result.mZ->fixed() && result.mediator == Mediator::heavy && !reader.has("vegas")) {
    parameters.at("mZ").fail("is sampled with vegas only; without it, leave mZ out: rows re-weight to any");
  }
  if ((reader.has("vegas") || result.mediator == Mediator::light) && result.mN.pieces.size() > 1) {
    parameters.at("mN").at("pieces").fail("are for a heavy mediator without vegas; expected low and high");
  }
  if (result.staged && !reader.has("roulette")) rows.at("which").fail("needs a roulette; expected \"all\"");
  if (result.roulette && result.keep_all && !result.staged)
    rows.at("which").fail("expected \"selected\": a roulette thins selected events");
  if (const auto vegas = reader.find("vegas")) {
    if (reader.has("mixture")) {
      reader.at("mixture").fail("means nothing with vegas, which makes as many events of each element and beam");
    }
    if (reader.find("roulette")) vegas->fail("expected either vegas or roulette");
    if (!result.mZ) vegas->fail("needs parameters.mZ");
    vegas->allow_only({"mZ_power", "mN_power", "warmup_iterations", "warmup_calls", "iterations", "calls", "comment"});
    VegasRecipe settings{};
    settings.mZ_power = vegas->at("mZ_power").number_in(-20, 20, "a number from -20 to 20");
    settings.mN_power = vegas->at("mN_power").number_in(-20, 20, "a number from -20 to 20");
    const auto count = [&](const char* field, std::uint64_t least) {
      const auto number = vegas->at(field).whole_number();
      if (number < least || number > 100'000'000) {
        vegas->at(field).fail("expected a whole number from " + std::to_string(least) + " to 100000000");
      }
      return number;
    };
    settings.warmup_iterations = count("warmup_iterations", 0);
    settings.warmup_calls = count("warmup_calls", 2);
    settings.iterations = count("iterations", 1);
    settings.calls = count("calls", 2);
    result.vegas = settings;
  }
  if (const auto maps = reader.find("maps")) {
    maps->allow_only({"mZ_GeV", "mN_bins_per_decade", "points", "propagator_over_mZ", "comment"});
    result.map_bins_per_decade = maps->at("mN_bins_per_decade").whole_number();
    if (result.map_bins_per_decade < 1 || result.map_bins_per_decade > 40)
      maps->at("mN_bins_per_decade").fail("expected a whole number from 1 to 40");
    result.map_mZ_GeV = maps->at("mZ_GeV").numbers();
    if (result.map_mZ_GeV.empty() || result.map_mZ_GeV.size() > 40 ||
        !(*std::min_element(result.map_mZ_GeV.begin(), result.map_mZ_GeV.end()) > 0))
      maps->at("mZ_GeV").fail("expected one to forty masses above zero");
    result.map_points = maps->at("points").whole_number();
    if (result.map_points < 64 || result.map_points > 1'000'000)
      maps->at("points").fail("expected a whole number from 64 to 1000000");
    if (const auto ratios = maps->find("propagator_over_mZ")) {
      if (result.mediator == Mediator::heavy) ratios->fail("is for a light mediator: kinematics know no other mZ");
      const std::vector<double> list = ratios->numbers();
      if (list.size() < 2 || list.size() > 4 || !(list.front() > 0) || list.front() > 1 || list.back() < 1 ||
          std::adjacent_find(list.begin(), list.end(), std::greater_equal<>()) != list.end()) {
        ratios->fail("expected two to four numbers above zero that increase, from 1 or less to 1 or more");
      }
      result.map_propagator_over_mZ = list;
    }
  }
  if (result.roulette) {
    result.pilot_events = reader.at("pilot_events").whole_number();
    if (result.pilot_events < 1000 || result.pilot_events > 1'000'000'000) {
      reader.at("pilot_events").fail("expected a whole number from 1000 to 1000000000");
    }
  }
  return result;
}

}  // namespace anyslice::generate
