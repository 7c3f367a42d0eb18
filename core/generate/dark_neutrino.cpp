// The dark neutrino generator.
#include "core/generate/dark_neutrino.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_importance.hpp"
#include "core/generate/dark_neutrino_proposal.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_weight.hpp"
#include "core/generate/efficiency_map.hpp"
#include "core/generate/log_axis.hpp"
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
    for (const auto& element : recipe.elements) {
      tensors_.emplace_back(element.target, recipe.largest_Q_GeV);
      legacy_tensors_.emplace_back(element.legacy, recipe.largest_Q_GeV);
    }
    for (const auto& region : recipe.detector.regions) {
      const auto found = std::find(part_names_.begin(), part_names_.end(), region.part);
      parts_.push_back(static_cast<std::size_t>(found - part_names_.begin()));
      if (found == part_names_.end()) part_names_.push_back(region.part);
      own_volumes_.push_back(region.box);
    }
    for (const auto& volume : recipe.volumes) volumes_.push_back(volume.box);
  }

  const std::vector<std::string>& parts() const { return part_names_; }

  struct Event {
    DarkNeutrinoDraw draw;
    physics::ThreeBodyMomenta momenta;
    LabEvent lab;
    std::uint32_t passed = 0;  ///< bit i: the i-th set of cuts
    bool selected = false;     ///< passes some cuts (or needs none) and crosses a volume
    std::array<geometry::PathSegment, kMostVolumes> segments;
    std::size_t segment_count = 0;
    Eigen::Vector3d direction = Eigen::Vector3d::Zero();
  };

  const Stratum& stratum_of(const Event& event) const { return recipe_.strata[event.draw.stratum]; }

  void draw_masses(std::uint64_t index, const EventUniforms& uniforms, Event& event) const {
    proposal_->draw_masses(index, uniforms, event.draw);
  }

  /// Draws the rest of the event and applies the cuts. The leptons are left out where the event cannot be selected and
  /// `whole` is false.
  void throw_event(std::uint64_t index, const EventUniforms& uniforms, bool whole, Event& event) const {
    proposal_->draw_kinematics(index, uniforms, event.draw);
    event.selected = false;
    event.passed = 0;
    if (event.draw.weight == 0) return;
    const Stratum& stratum = stratum_of(event);
    event.lab = pair_in_laboratory(event.draw, recipe_.elements[stratum.element].target.mass);
    for (std::size_t i = 0; i < recipe_.cuts.size(); ++i)
      if (pair_passes(recipe_.cuts[i], event.lab.pair)) event.passed |= 1u << i;
    const bool uncut = !recipe_.region_is_cut[stratum.region];
    if (event.passed == 0 && !uncut && !whole) return;
    event.momenta = physics::three_body_momenta(event.draw.decay, physics::kElectronMassGeV / event.draw.mN);
    add_leptons(event.draw, event.momenta, event.lab);
    for (std::size_t i = 0; i < recipe_.cuts.size(); ++i)
      if (!leptons_pass(recipe_.cuts[i], event.lab.pair)) event.passed &= ~(1u << i);
    event.selected = event.passed != 0 || uncut;
  }

  /// The vertex, and the path of N through the volumes; an event that misses them all is no longer selected.
  void follow(const EventUniforms& uniforms, Event& event) const {
    proposal_->place(uniforms, event.draw);
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
    return weight_with(event, tensors_[stratum_of(event).element](event.draw.Q2));
  }

  /// The weight that the roulette goes by: with the share of the legacy form factor that events are drawn with, or rows
  /// re-weighted to it would have no bound where the other one vanishes.
  double roulette_weight(const Event& event) const {
    const std::size_t element = stratum_of(event).element;
    auto tensor = tensors_[element](event.draw.Q2);
    tensor.convective += kLegacyShare * legacy_tensors_[element](event.draw.Q2).convective;
    return weight_with(event, tensor);
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
  double weight_with(const Event& event, const physics::HadronTensor& tensor) const {
    const double mass = recipe_.elements[stratum_of(event).element].target.mass;
    const double flux_factor = 2 * mass * event.draw.energy;
    const double squared =
        tensor.convective * physics::convective_contraction(event.draw.energy, event.draw.Q2, event.draw.mN, mass) +
        tensor.transverse * physics::transverse_contraction(event.draw.Q2, event.draw.mN);
    return event.draw.weight * physics::kHbarCSquaredGeV2Cm2 * squared / (4 * flux_factor * flux_factor) *
           decay_density(event.draw, recipe_.mediator, event.momenta);
  }

  const DarkNeutrinoRecipe& recipe_;
  std::unique_ptr<DarkNeutrinoProposal> proposal_;
  std::vector<TabulatedTensor> tensors_, legacy_tensors_;  // by element
  std::vector<std::string> part_names_;
  std::vector<std::size_t> parts_;  // by region
  std::vector<geometry::Box> own_volumes_, volumes_;
};

/// The numbers of strata by beam and element, in order.
std::vector<std::pair<std::size_t, std::size_t>> vegas_groups(const DarkNeutrinoRecipe& recipe) {
  std::vector<std::pair<std::size_t, std::size_t>> groups;
  for (const auto& stratum : recipe.strata) {
    const std::pair group(stratum.beam, stratum.element);
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
  }
  return groups;
}

std::unique_ptr<DarkNeutrinoProposal> make_proposal(const DarkNeutrinoRecipe& recipe, std::uint64_t events,
                                                    const JsonReader* adaptation) {
  if (!recipe.vegas) return std::make_unique<StratifiedProposal>(recipe);
  std::vector<VegasProposal::Group> groups;
  const auto expected = vegas_groups(recipe);
  const auto grids = adaptation->at("vegas").items();
  if (grids.size() != expected.size()) {
    adaptation->at("vegas").fail("expected " + std::to_string(expected.size()) + " grids, one a beam and element");
  }
  for (std::size_t g = 0; g < grids.size(); ++g) {
    const std::pair group(grids[g].at("beam").whole_number(), grids[g].at("element").whole_number());
    groups.push_back({expected[g].first, expected[g].second, VegasMap::read(grids[g])});
    if (group.first != expected[g].first || group.second != expected[g].second ||
        groups.back().map.dimensions() != DarkNeutrinoHypercube(recipe).dimensions()) {
      grids[g].fail("does not belong to this recipe");
    }
  }
  return std::make_unique<VegasProposal>(recipe, std::move(groups), events);
}

/// The largest importance that a pilot saw by stratum and mN: an event can be dropped on the strength of it before its
/// kinematics are drawn. Where an importance exceeds it after all, the event is kept less often than it deserves, with
/// the weight that goes with that.
class EarlyBounds {
 public:
  explicit EarlyBounds(const DarkNeutrinoRecipe& recipe)
      : masses_(recipe.mN.low(), recipe.mN.high(), kImportanceBinsPerDecade),
        bounds_(recipe.strata.size() * masses_.bins, 0),
        counts_(bounds_.size(), 0) {}

  double of(const DarkNeutrinoDraw& draw) const { return bounds_[cell(draw)]; }
  void raise(const DarkNeutrinoDraw& draw, double importance) {
    ++counts_[cell(draw)];
    // A document cannot hold an infinite number.
    bounds_[cell(draw)] = std::max(bounds_[cell(draw)], std::min(importance, std::numeric_limits<double>::max()));
  }
  const std::vector<double>& values() const { return bounds_; }
  /// Where the pilot saw few events the bound is the largest of all: the largest of a few says little about the next.
  void fill_gaps() {
    constexpr std::uint32_t kEnoughEvents = 20;
    const double largest = *std::max_element(bounds_.begin(), bounds_.end());
    for (std::size_t i = 0; i < bounds_.size(); ++i)
      if (counts_[i] < kEnoughEvents) bounds_[i] = largest;
  }
  void read(const JsonReader& reader) {
    const auto values = reader.numbers();
    if (values.size() != bounds_.size()) reader.fail("expected " + std::to_string(bounds_.size()) + " numbers");
    if (!(*std::min_element(values.begin(), values.end()) > 0)) reader.fail("expected numbers above zero");
    bounds_ = values;
  }

 private:
  std::size_t cell(const DarkNeutrinoDraw& draw) const { return draw.stratum * masses_.bins + masses_.bin(draw.mN); }

  LogAxis masses_;
  std::vector<double> bounds_;
  std::vector<std::uint32_t> counts_;
};

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

ProgressCallback part_of(const ProgressCallback& progress, double from, double to) {
  if (!progress) return {};
  return [=](double fraction) { return progress(from + (to - from) * fraction); };
}

/// One row's value of a column.
struct RowSource {
  const Thrower& thrower;
  const Thrower::Event& event;
  double keep;          ///< the probability with which the roulette kept it
  std::uint64_t index;  ///< of the event in the run
};
using Extractor = std::function<double(const RowSource& row)>;

std::vector<std::pair<std::string, Extractor>> make_extractors(const DarkNeutrinoRecipe& recipe,
                                                               const Recipe& document) {
  std::vector<std::pair<std::string, Extractor>> result;
  const auto add = [&](const std::string& name, Extractor extractor) {
    result.emplace_back(name, std::move(extractor));
  };
  const double events = static_cast<double>(document.events);
  add("weight", [events](const RowSource& row) { return row.thrower.exact_weight(row.event) / events / row.keep; });
  add("mN", [](const RowSource& row) { return row.event.draw.mN; });
  if (recipe.mZ) add("mZ", [](const RowSource& row) { return row.event.draw.mZ; });
  add("Q2", [](const RowSource& row) { return row.event.draw.Q2; });
  add("pair_mass_over_mN", [](const RowSource& row) { return std::sqrt(row.event.draw.decay.y); });
  add("energy", [](const RowSource& row) { return row.event.draw.energy; });
  add("momentum", [](const RowSource& row) { return row.event.lab.momentum_N; });
  add("cos_neutrino", [](const RowSource& row) { return row.event.draw.decay.cos_neutrino; });
  add("legacy_weight",
      [events](const RowSource& row) { return row.thrower.exact_weight(row.event, true) / events / row.keep; });
  add("pair_energy", [](const RowSource& row) { return row.event.lab.pair.energy; });
  add("pair_momentum", [](const RowSource& row) { return row.event.lab.pair.momentum; });
  add("t_pair", [](const RowSource& row) { return row.event.lab.pair.t_pair; });
  add("t_each", [](const RowSource& row) { return row.event.lab.pair.t_each; });
  add("opening_angle",
      [](const RowSource& row) { return std::acos(std::clamp(row.event.lab.pair.cos_opening, -1.0, 1.0)); });
  add("beam_angle", [](const RowSource& row) { return std::acos(std::clamp(row.event.lab.pair.cos_beam, -1.0, 1.0)); });
  if (recipe.response) {
    add("reconstructed_over_pair_mass", [&](const RowSource& row) {
      CounterRandom random(document.seed, row.index, kResponse);
      const auto& response = *recipe.response;
      // The response depends on the angle to the beam, not on the azimuth.
      std::array<std::array<double, 3>, 2> smeared;
      const std::array<const std::array<double, 3>*, 2> momenta = {&row.event.lab.electron, &row.event.lab.positron};
      for (std::size_t i = 0; i < 2; ++i) {
        const double momentum_score = random.normal(), angle_score = random.normal();
        smeared[i] = response.smear(*momenta[i], momentum_score, angle_score);
      }
      return pair_mass(smeared[0], smeared[1]) / row.event.lab.pair.mass;
    });
  }
  add("x", [](const RowSource& row) { return row.event.draw.vertex[0]; });
  add("y", [](const RowSource& row) { return row.event.draw.vertex[1]; });
  add("z", [](const RowSource& row) { return row.event.draw.vertex[2]; });
  add("direction_x", [](const RowSource& row) { return row.event.direction[0]; });
  add("direction_y", [](const RowSource& row) { return row.event.direction[1]; });
  add("direction_z", [](const RowSource& row) { return row.event.direction[2]; });
  const auto of_stratum = [](std::size_t Stratum::*member) {
    return [member](const RowSource& row) { return static_cast<double>(row.thrower.stratum_of(row.event).*member); };
  };
  add("beam", of_stratum(&Stratum::beam));
  add("element", of_stratum(&Stratum::element));
  add("region", of_stratum(&Stratum::region));
  for (std::size_t i = 0; i < recipe.cuts.size(); ++i) {
    add("pass_" + recipe.cuts[i].name,
        [i](const RowSource& row) { return static_cast<double>(row.event.passed >> i & 1); });
  }
  if (recipe.volumes.empty()) {
    add("length", [](const RowSource& row) { return row.event.segments[0].length; });
  }
  for (std::size_t j = 0; j < recipe.volumes.size(); ++j) {
    const std::string number = std::to_string(j + 1);
    add("entry_" + number, [j](const RowSource& row) { return row.event.segments[j].entry; });
    add("length_" + number, [j](const RowSource& row) { return row.event.segments[j].length; });
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

/// The columns that the recipe asks for, empty, and how they are filled. Throws InputError for those that cannot be
/// made.
struct RowMaker {
  std::vector<Column> columns;
  std::vector<Extractor> extractors;

  RowMaker(const DarkNeutrinoRecipe& recipe, const Recipe& document) {
    const auto all = make_extractors(recipe, document);
    std::vector<std::string> made;
    for (const auto& entry : all) made.push_back(entry.first);
    columns = document.empty_columns(made);
    for (auto& column : columns) {
      for (const auto& entry : all)
        if (entry.first == column.name) extractors.push_back(entry.second);
      const auto labels = labels_of(column.name, recipe);
      if (labels.empty()) continue;
      if (column.type != ColumnType::u8 || column.quantisation || !column.labels.empty()) {
        throw InputError(
            document.source, "columns." + column.name,
            "holds names: expected type U8, without quantisation or labels, which are those of the recipe");
      }
      column.labels = labels;
    }
  }
};

}  // namespace

Json adapt_dark_neutrinos(const Recipe& document, const ProgressCallback& progress) {
  const auto recipe = read_dark_neutrino_recipe(document);
  const RowMaker checked(recipe, document);
  Json result = Json::object();
  if (recipe.vegas) result["vegas"] = adapt_vegas(recipe, document.seed, part_of(progress, 0, 0.5));
  const bool with_maps = !recipe.map_mZ_GeV.empty() && !recipe.mN.fixed();
  if (!recipe.roulette && !with_maps) return result;

  const JsonReader reader(result, "adaptation");
  const Thrower thrower(recipe, make_proposal(recipe, recipe.pilot_events, &reader));
  const ProgressCallback pilot_progress = part_of(progress, 0.6, 1);
  std::unique_ptr<Importance> importance;
  if (recipe.roulette) importance = make_importance(recipe, thrower.parts());
  EfficiencyMap map(recipe, part_of(progress, recipe.vegas ? 0.5 : 0, 0.6));
  // The first quarter of the pilot teaches the importance, the second shows how importances are spread, and all of it
  // fills the maps.
  const std::uint64_t learned = recipe.pilot_events / 4, judged = 2 * learned;
  std::vector<std::vector<double>> importances(recipe.beams.size());
  EarlyBounds bounds(recipe);
  const std::uint64_t events = with_maps ? recipe.pilot_events : judged;
  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t i = 0; i < events; ++i) {
    if (i % 65536 == 0) report_progress(pilot_progress, static_cast<double>(i) / static_cast<double>(events));
    if (importance && i == learned) importance->prepare();
    CounterRandom(document.seed, i, kPilot).fill_coarse(uniforms);
    thrower.draw_masses(i, uniforms, event);
    thrower.throw_event(i, uniforms, with_maps, event);
    if (event.draw.weight == 0) continue;
    const bool for_roulette = importance && i < judged && event.selected;
    if (!with_maps && !for_roulette) continue;
    // The cuts do not depend on where in the region the vertex lies, so the map can do without.
    if (with_maps) map.add(event.draw, thrower.approximate_weight(event), event.passed);
    if (!for_roulette) continue;
    thrower.follow(uniforms, event);
    if (!event.selected) continue;
    const auto selected = thrower.selected(event, thrower.roulette_weight(event));
    if (i < learned) {
      importance->learn(selected);
    } else {
      importances[selected.beam].push_back(importance->of(selected));
      bounds.raise(event.draw, importances[selected.beam].back());
    }
  }
  if (with_maps) result["maps"] = map.document();
  if (importance) {
    if (std::all_of(importances.begin(), importances.end(), [](const auto& of_beam) { return of_beam.empty(); })) {
      throw InputError(document.source, "pilot_events", "is too few: no event of the pilot was selected");
    }
    Json factors = Json::array(), capped = Json::array();
    for (auto& of_beam : importances) {
      const double rows = static_cast<double>(recipe.roulette->rows) / static_cast<double>(importances.size());
      const auto choice =
          choose_roulette(std::move(of_beam), judged - learned, static_cast<double>(document.events), rows);
      factors.push_back(choice.roulette.factor);
      capped.push_back(choice.capped_share);
    }
    result["roulette"] = {{"factors", factors}, {"capped_share", capped}};
    bounds.fill_gaps();
    result["roulette"]["bounds"] = bounds.values();
    result["roulette"].update(importance->document());
  }
  report_progress(progress, 1);
  return result;
}

namespace {

Json nuclei_by_region(const DarkNeutrinoRecipe& recipe) {
  Json result = Json::object();
  for (const auto& stratum : recipe.strata) {
    result[recipe.detector.regions[stratum.region].name][recipe.elements[stratum.element].symbol] = stratum.targets;
  }
  return result;
}

}  // namespace

EventTable generate_dark_neutrinos(const Recipe& document, const Shard& shard, const JsonReader& adaptation,
                                   const ProgressCallback& progress) {
  const auto recipe = read_dark_neutrino_recipe(document);
  RowMaker maker(recipe, document);
  const Thrower thrower(recipe, make_proposal(recipe, document.events, &adaptation));
  std::unique_ptr<Importance> importance;
  std::vector<RussianRoulette> roulettes;
  EarlyBounds bounds(recipe);
  if (recipe.roulette) {
    importance = make_importance(recipe, thrower.parts());
    const JsonReader reader = adaptation.at("roulette");
    importance->read(reader);
    importance->prepare();
    for (const JsonReader& factor : reader.at("factors").items()) roulettes.push_back({factor.positive_number()});
    bounds.read(reader.at("bounds"));
    if (roulettes.size() != recipe.beams.size()) reader.at("factors").fail("expected one number a beam");
  }

  EventTable table;
  table.columns = std::move(maker.columns);
  table.events_thrown = shard.count;
  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t i = 0; i < shard.count; ++i) {
    if (i % 65536 == 0) report_progress(progress, static_cast<double>(i) / static_cast<double>(shard.count));
    const std::uint64_t index = shard.first + i;
    CounterRandom random(document.seed, index, kEvents);
    random.fill_coarse(std::span(uniforms).first(kEarlyRouletteUniform + 1));
    thrower.draw_masses(index, uniforms, event);
    double early = 1;
    if (importance) {
      // Rounded up to what a uniform of 32 bits can tell apart: the probability is then exact.
      early = roulettes[thrower.stratum_of(event).beam].probability(bounds.of(event.draw));
      early = std::ceil(early * 0x1p32) * 0x1p-32;
      if (!(uniforms[kEarlyRouletteUniform] < early)) continue;
    }
    random.fill_coarse(std::span(uniforms).subspan(kEarlyRouletteUniform + 1));
    thrower.throw_event(index, uniforms, recipe.keep_all, event);
    if (event.draw.weight == 0 || !(event.selected || recipe.keep_all)) continue;
    thrower.follow(uniforms, event);
    if (!(event.selected || recipe.keep_all)) continue;
    double keep = 1;
    if (importance) {
      const auto selected = thrower.selected(event, thrower.roulette_weight(event));
      const double wanted = roulettes[selected.beam].probability(importance->of(selected));
      if (!(random.uniform() < wanted / early)) continue;
      keep = std::min(wanted, early);
    }
    const RowSource row{thrower, event, keep, index};
    for (std::size_t c = 0; c < table.columns.size(); ++c) table.columns[c].values.push_back(maker.extractors[c](row));
    ++table.rows;
  }
  table.metadata["nuclei"] = nuclei_by_region(recipe).dump();
  if (!recipe.map_mZ_GeV.empty() && !recipe.mN.fixed()) table.metadata["maps"] = adaptation.at("maps").json().dump();
  if (recipe.roulette) {
    const JsonReader reader = adaptation.at("roulette");
    table.metadata["roulette"] =
        Json{{"factors", reader.at("factors").numbers()}, {"capped_share", reader.at("capped_share").numbers()}}.dump();
  }
  report_progress(progress, 1);
  return table;
}

}  // namespace anyslice::generate
