// The dark neutrino generator.
#include "core/generate/dark_neutrino.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_importance.hpp"
#include "core/generate/dark_neutrino_proposal.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_weight.hpp"
#include "core/generate/efficiency_map.hpp"
#include "core/generate/russian_roulette.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"
#include "core/random/counter_random.hpp"

namespace anyslice::generate {
namespace {

/// Streams of random numbers of one event index.
enum Stream : std::uint32_t { kEvents = 0, kResponse = 1, kPilot = 2, kVegas = 16 };

/// Everything that throwing an event needs, built once.
class Thrower {
 public:
  Thrower(const DarkNeutrinoRecipe& recipe, std::unique_ptr<DarkNeutrinoProposal> proposal)
      : recipe_(recipe), proposal_(std::move(proposal)) {
    for (const auto& element : recipe.elements) tensors_.emplace_back(element.target, recipe.largest_Q_GeV);
    for (const auto& region : recipe.detector.regions) {
      const auto found = std::find(part_names_.begin(), part_names_.end(), region.part);
      parts_.push_back(static_cast<std::size_t>(found - part_names_.begin()));
      if (found == part_names_.end()) part_names_.push_back(region.part);
      own_volumes_.push_back(region.box);
    }
    for (const auto& volume : recipe.volumes) volumes_.push_back(volume.box);
  }

  std::size_t parts() const { return part_names_.size(); }

  struct Event {
    DarkNeutrinoDraw draw;
    physics::ThreeBodyMomenta momenta;
    LabEvent lab;
    std::uint32_t passed = 0;      ///< bit i: the i-th set of cuts
    bool selected = false;         ///< passes some cuts (or needs none) and crosses a volume
    std::array<geometry::PathSegment, 8> segments;
    std::size_t segment_count = 0;
    Eigen::Vector3d direction = Eigen::Vector3d::Zero();
  };

  const Stratum& stratum_of(const Event& event) const { return recipe_.strata[event.draw.stratum]; }

  /// Draws the event and applies the cuts; nothing else is filled where it cannot become a row.
  void throw_event(std::uint64_t index, const EventUniforms& uniforms, Event& event) const {
    event.draw = proposal_->draw(index, uniforms);
    event.selected = false;
    event.passed = 0;
    if (event.draw.weight == 0) return;
    event.momenta = physics::three_body_momenta(event.draw.decay, physics::kElectronMassGeV / event.draw.mN);
    event.lab = to_laboratory(event.draw, recipe_.elements[stratum_of(event).element].target.mass, event.momenta);
    for (std::size_t i = 0; i < recipe_.cuts.size(); ++i)
      if (passes(recipe_.cuts[i], event.lab.pair)) event.passed |= 1u << i;
    event.selected = event.passed != 0 || !recipe_.region_is_cut[stratum_of(event).region];
  }

  /// The path of N through the volumes; an event that misses them all is no longer selected.
  void follow(Event& event) const {
    const double azimuth = event.draw.azimuth_N;
    event.direction = {event.lab.sin_N * std::cos(azimuth), event.lab.sin_N * std::sin(azimuth), event.lab.cos_N};
    bool crosses = false;
    if (volumes_.empty()) {
      event.segments[0] =
          geometry::path_segment(own_volumes_[stratum_of(event).region], event.draw.vertex, event.direction);
      event.segment_count = 1;
      crosses = event.segments[0].length > 0;
    } else {
      event.segment_count = volumes_.size();
      for (std::size_t j = 0; j < volumes_.size(); ++j) {
        event.segments[j] = geometry::path_segment(volumes_[j], event.draw.vertex, event.direction);
        crosses |= event.segments[j].length > 0;
      }
    }
    event.selected = event.selected && crosses;
  }

  /// The weight but for the number of events, from the tabulated form factor.
  double approximate_weight(const Event& event) const {
    const Stratum& stratum = stratum_of(event);
    const double mass = recipe_.elements[stratum.element].target.mass;
    const auto tensor = tensors_[stratum.element](event.draw.Q2);
    const double flux_factor = 2 * mass * event.draw.energy;
    const double squared =
        tensor.convective * physics::convective_contraction(event.draw.energy, event.draw.Q2, event.draw.mN, mass) +
        tensor.transverse * physics::transverse_contraction(event.draw.Q2, event.draw.mN);
    return event.draw.weight * physics::kHbarCSquaredGeV2Cm2 * squared / (4 * flux_factor * flux_factor) *
           decay_density(event.draw, recipe_.mediator, event.momenta);
  }

  double exact_weight(const Event& event, bool legacy = false) const {
    const Element& element = recipe_.elements[stratum_of(event).element];
    return event.draw.weight *
           reduced_rate(event.draw, recipe_.mediator, event.momenta, legacy ? element.legacy : element.target);
  }

  SelectedEvent selected(const Event& event, double weight) const {
    SelectedEvent result;
    result.draw = &event.draw;
    result.weight = weight;
    result.beam = stratum_of(event).beam;
    result.part = parts_[stratum_of(event).region];
    result.momentum_N = event.lab.momentum_N;
    result.first_entry = INFINITY;
    result.total_length = 0;
    result.segment_count = 0;
    for (std::size_t j = 0; j < event.segment_count; ++j) {
      const auto& segment = event.segments[j];
      if (segment.length == 0) continue;
      result.segments[result.segment_count++] = {segment.entry, segment.length};
      result.first_entry = std::min(result.first_entry, segment.entry);
      result.total_length += segment.length;
    }
    return result;
  }

 private:
  const DarkNeutrinoRecipe& recipe_;
  std::unique_ptr<DarkNeutrinoProposal> proposal_;
  std::vector<TabulatedTensor> tensors_;  // by element
  std::vector<std::string> part_names_;
  std::vector<std::size_t> parts_;  // by region
  std::vector<geometry::Box> own_volumes_, volumes_;
};

std::unique_ptr<DarkNeutrinoProposal> make_proposal(const DarkNeutrinoRecipe& recipe, std::uint64_t events,
                                                    const JsonReader* adaptation) {
  if (!recipe.vegas) return std::make_unique<StratifiedProposal>(recipe);
  std::vector<VegasProposal::Group> groups;
  const DarkNeutrinoHypercube hypercube(recipe);
  for (const JsonReader& item : adaptation->at("vegas").items()) {
    const std::size_t beam = item.at("beam").whole_number(), element = item.at("element").whole_number();
    groups.push_back({beam, element, VegasMap::read(item)});
    if (beam >= recipe.beams.size() || element >= recipe.elements.size() ||
        groups.back().map.dimensions() != hypercube.dimensions()) {
      item.fail("does not belong to this recipe");
    }
  }
  if (groups.empty()) adaptation->at("vegas").fail("expected at least one grid");
  return std::make_unique<VegasProposal>(recipe, std::move(groups), events);
}

/// The numbers of strata by beam and element, in order.
std::vector<std::pair<std::size_t, std::size_t>> vegas_groups(const DarkNeutrinoRecipe& recipe) {
  std::vector<std::pair<std::size_t, std::size_t>> groups;
  for (const auto& stratum : recipe.strata) {
    const std::pair group(stratum.beam, stratum.element);
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
  }
  return groups;
}

Json adapt_vegas(const DarkNeutrinoRecipe& recipe, std::uint64_t seed, const ProgressCallback& progress) {
  const DarkNeutrinoHypercube hypercube(recipe);
  const auto groups = vegas_groups(recipe);
  VegasSettings settings;
  settings.warmup_iterations = recipe.vegas->warmup_iterations;
  settings.warmup_calls = recipe.vegas->warmup_calls;
  settings.iterations = recipe.vegas->iterations;
  settings.calls = recipe.vegas->calls;
  Json result = Json::array();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto beam = groups[g].first, element = groups[g].second;
    VegasMap map(hypercube.dimensions(), settings.increments);
    const auto part = [&](double fraction) {
      return !progress || progress((static_cast<double>(g) + fraction) / static_cast<double>(groups.size()));
    };
    const auto outcome = vegas_integrate(
        map, [&](std::span<const double> point) { return hypercube.integrand(beam, element, point); }, settings, seed,
        kVegas + static_cast<std::uint32_t>(g), part);
    Json entry = {{"beam", beam},
                  {"element", element},
                  {"integral", outcome.integral},
                  {"error", outcome.error},
                  {"chi2_per_dof", outcome.chi2_per_dof},
                  {"calls", outcome.calls}};
    entry.update(map.document());
    result.push_back(std::move(entry));
  }
  return result;
}

/// Throws the pilot and calls visit(event) for each that can happen.
void throw_pilot(const Thrower& thrower, std::uint64_t seed, std::uint64_t events, const ProgressCallback& progress,
                 const std::function<void(Thrower::Event&)>& visit) {
  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t i = 0; i < events; ++i) {
    if (i % 65536 == 0) report_progress(progress, static_cast<double>(i) / static_cast<double>(events));
    CounterRandom(seed, i, kPilot).fill(uniforms);
    thrower.throw_event(i, uniforms, event);
    if (event.draw.weight > 0) visit(event);
  }
}

ProgressCallback part_of(const ProgressCallback& progress, double from, double to) {
  if (!progress) return {};
  return [=](double fraction) { return progress(from + (to - from) * fraction); };
}

}  // namespace

Json adapt_dark_neutrinos(const Recipe& document, const ProgressCallback& progress) {
  const auto recipe = read_dark_neutrino_recipe(document);
  Json result = Json::object();
  if (recipe.vegas) result["vegas"] = adapt_vegas(recipe, document.seed, part_of(progress, 0, 0.5));
  const bool with_maps = !recipe.map_mZ_GeV.empty() && !recipe.mN.fixed();
  if (!recipe.roulette && !with_maps) return result;

  const JsonReader reader(result, "adaptation");
  const Thrower thrower(recipe, make_proposal(recipe, recipe.pilot_events, &reader));
  std::unique_ptr<Importance> importance;
  if (recipe.roulette) importance = make_importance(recipe, thrower.parts());
  EfficiencyMap map(recipe);
  throw_pilot(thrower, document.seed, recipe.pilot_events, part_of(progress, recipe.vegas ? 0.5 : 0, 0.8),
              [&](Thrower::Event& event) {
                const double weight = thrower.approximate_weight(event);
                if (with_maps) map.add(event.draw, weight, event.passed);
                if (!importance || !event.selected) return;
                thrower.follow(event);
                if (event.selected) importance->learn(thrower.selected(event, weight));
              });
  if (with_maps) result["maps"] = map.document();
  if (importance) {
    importance->prepare();
    // A part of the pilot is enough to see how importances are spread.
    const std::uint64_t events = std::max<std::uint64_t>(1000, recipe.pilot_events / 4);
    std::vector<std::vector<double>> importances(recipe.beams.size());
    throw_pilot(thrower, document.seed, events, part_of(progress, 0.8, 1), [&](Thrower::Event& event) {
      if (!event.selected) return;
      thrower.follow(event);
      if (!event.selected) return;
      const auto selected = thrower.selected(event, thrower.approximate_weight(event));
      importances[selected.beam].push_back(importance->of(selected));
    });
    Json factors = Json::array(), capped = Json::array();
    for (auto& of_beam : importances) {
      const double rows = static_cast<double>(recipe.roulette->rows) / static_cast<double>(importances.size());
      const auto choice =
          choose_roulette(std::move(of_beam), events, static_cast<double>(document.events), rows);
      factors.push_back(choice.roulette.factor);
      capped.push_back(choice.capped_share);
    }
    result["roulette"] = {{"factors", factors}, {"capped_share", capped}};
    result["roulette"].update(importance->document());
  }
  report_progress(progress, 1);
  return result;
}

namespace {

/// One row's value of a column.
using Extractor = std::function<double(const Thrower::Event& event, double keep, std::uint64_t index)>;

std::vector<std::pair<std::string, Extractor>> make_extractors(const DarkNeutrinoRecipe& recipe, const Recipe& document,
                                                               const Thrower& thrower) {
  std::vector<std::pair<std::string, Extractor>> result;
  const auto add = [&](const std::string& name, Extractor extractor) {
    result.emplace_back(name, std::move(extractor));
  };
  const double events = static_cast<double>(document.events);
  add("weight", [&, events](const auto& event, double keep, auto) {
    return thrower.exact_weight(event) / events / keep;
  });
  add("mN", [](const auto& event, double, auto) { return event.draw.mN; });
  if (recipe.mZ) add("mZ", [](const auto& event, double, auto) { return event.draw.mZ; });
  add("Q2", [](const auto& event, double, auto) { return event.draw.Q2; });
  add("pair_mass_over_mN", [](const auto& event, double, auto) { return std::sqrt(event.draw.decay.y); });
  add("energy", [](const auto& event, double, auto) { return event.draw.energy; });
  add("momentum", [](const auto& event, double, auto) { return event.lab.momentum_N; });
  add("cos_neutrino", [](const auto& event, double, auto) { return event.draw.decay.cos_neutrino; });
  add("legacy_weight", [&, events](const auto& event, double keep, auto) {
    return thrower.exact_weight(event, true) / events / keep;
  });
  add("pair_energy", [](const auto& event, double, auto) { return event.lab.pair.energy; });
  add("pair_momentum", [](const auto& event, double, auto) { return event.lab.pair.momentum; });
  add("t_pair", [](const auto& event, double, auto) { return event.lab.pair.t_pair; });
  add("t_each", [](const auto& event, double, auto) { return event.lab.pair.t_each; });
  add("opening_angle",
      [](const auto& event, double, auto) { return std::acos(std::clamp(event.lab.pair.cos_opening, -1.0, 1.0)); });
  add("beam_angle",
      [](const auto& event, double, auto) { return std::acos(std::clamp(event.lab.pair.cos_beam, -1.0, 1.0)); });
  if (recipe.response) {
    add("reconstructed_over_pair_mass", [&](const auto& event, double, std::uint64_t index) {
      CounterRandom random(document.seed, index, kResponse);
      const auto& response = *recipe.response;
      // The response depends on the angle to the beam, not on the azimuth.
      std::array<std::array<double, 3>, 2> smeared;
      const std::array<const std::array<double, 3>*, 2> momenta = {&event.lab.electron, &event.lab.positron};
      for (std::size_t i = 0; i < 2; ++i) {
        const double momentum_score = random.normal(), angle_score = random.normal();
        smeared[i] = response.smear(*momenta[i], momentum_score, angle_score);
      }
      return pair_mass(smeared[0], smeared[1]) / event.lab.pair.mass;
    });
  }
  add("x", [](const auto& event, double, auto) { return event.draw.vertex[0]; });
  add("y", [](const auto& event, double, auto) { return event.draw.vertex[1]; });
  add("z", [](const auto& event, double, auto) { return event.draw.vertex[2]; });
  add("direction_x", [](const auto& event, double, auto) { return event.direction[0]; });
  add("direction_y", [](const auto& event, double, auto) { return event.direction[1]; });
  add("direction_z", [](const auto& event, double, auto) { return event.direction[2]; });
  const auto of_stratum = [&](std::size_t Stratum::*member) {
    return [&thrower, member](const Thrower::Event& event, double, std::uint64_t) {
      return static_cast<double>(thrower.stratum_of(event).*member);
    };
  };
  add("beam", of_stratum(&Stratum::beam));
  add("element", of_stratum(&Stratum::element));
  add("region", of_stratum(&Stratum::region));
  for (std::size_t i = 0; i < recipe.cuts.size(); ++i) {
    add("pass_" + recipe.cuts[i].name,
        [i](const auto& event, double, auto) { return static_cast<double>(event.passed >> i & 1); });
  }
  if (recipe.volumes.empty()) {
    add("length", [](const auto& event, double, auto) { return event.segments[0].length; });
  }
  for (std::size_t j = 0; j < recipe.volumes.size(); ++j) {
    const std::string number = std::to_string(j + 1);
    add("entry_" + number, [j](const auto& event, double, auto) { return event.segments[j].entry; });
    add("length_" + number, [j](const auto& event, double, auto) { return event.segments[j].length; });
  }
  return result;
}

/// The names that the codes of a column stand for.
std::vector<std::string> labels_of(const std::string& column, const DarkNeutrinoRecipe& recipe) {
  std::vector<std::string> labels;
  if (column == "beam")
    for (const auto& beam : recipe.beams) labels.push_back(beam.name);
  if (column == "element")
    for (const auto& element : recipe.elements) labels.push_back(element.symbol);
  if (column == "region")
    for (const auto& region : recipe.detector.regions) labels.push_back(region.name);
  return labels;
}

Json nuclei_by_region(const DarkNeutrinoRecipe& recipe) {
  Json result = Json::object();
  for (const auto& stratum : recipe.strata) {
    result[recipe.detector.regions[stratum.region].name][recipe.elements[stratum.element].symbol] = stratum.targets;
  }
  return result;
}

}  // namespace

EventTable generate_dark_neutrinos(const Recipe& document, const Shard& shard, const Json& adaptation,
                                   const ProgressCallback& progress) {
  const auto recipe = read_dark_neutrino_recipe(document);
  const JsonReader adapted(adaptation, "adaptation");
  const Thrower thrower(recipe, make_proposal(recipe, document.events, &adapted));
  std::unique_ptr<Importance> importance;
  std::vector<RussianRoulette> roulettes;
  if (recipe.roulette) {
    importance = make_importance(recipe, thrower.parts());
    const JsonReader reader = adapted.at("roulette");
    importance->read(reader);
    importance->prepare();
    for (const double factor : reader.at("factors").numbers()) roulettes.push_back({factor});
    if (roulettes.size() != recipe.beams.size()) reader.at("factors").fail("expected one number a beam");
  }

  const auto extractors = make_extractors(recipe, document, thrower);
  std::vector<std::string> made;
  for (const auto& [name, extractor] : extractors) made.push_back(name);
  EventTable table;
  table.columns = document.empty_columns(made);
  table.events_thrown = shard.count;
  std::vector<const Extractor*> used;
  for (auto& column : table.columns) {
    for (const auto& [name, extractor] : extractors)
      if (name == column.name) used.push_back(&extractor);
    column.labels = labels_of(column.name, recipe);
    if (!column.labels.empty()) column.type = ColumnType::u8;
  }

  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t i = 0; i < shard.count; ++i) {
    if (i % 65536 == 0) report_progress(progress, static_cast<double>(i) / static_cast<double>(shard.count));
    const std::uint64_t index = shard.first + i;
    CounterRandom(document.seed, index, kEvents).fill(uniforms);
    thrower.throw_event(index, uniforms, event);
    if (event.draw.weight == 0 || !(event.selected || recipe.keep_all)) continue;
    thrower.follow(event);
    if (!(event.selected || recipe.keep_all)) continue;
    double keep = 1;
    if (importance) {
      const auto selected = thrower.selected(event, thrower.approximate_weight(event));
      keep = roulettes[selected.beam].probability(importance->of(selected));
      if (!(uniforms[kRouletteUniform] < keep)) continue;
    }
    for (std::size_t c = 0; c < used.size(); ++c) table.columns[c].values.push_back((*used[c])(event, keep, index));
    ++table.rows;
  }
  table.metadata["nuclei"] = nuclei_by_region(recipe).dump();
  if (adaptation.contains("maps")) table.metadata["maps"] = adaptation["maps"].dump();
  if (recipe.roulette) {
    table.metadata["roulette"] =
        Json{{"factors", adaptation["roulette"]["factors"]}, {"capped_share", adaptation["roulette"]["capped_share"]}}
            .dump();
  }
  report_progress(progress, 1);
  return table;
}

}  // namespace anyslice::generate
