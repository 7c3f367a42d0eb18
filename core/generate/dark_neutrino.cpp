// The dark neutrino generator: adapting and throwing.
#include "core/generate/dark_neutrino.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/generate/dark_neutrino_importance.hpp"
#include "core/generate/dark_neutrino_proposal.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_rows.hpp"
#include "core/generate/dark_neutrino_thrower.hpp"
#include "core/generate/early_bounds.hpp"
#include "core/generate/efficiency_map.hpp"
#include "core/generate/log_axis.hpp"
#include "core/generate/russian_roulette.hpp"
#include "core/random/counter_random.hpp"

namespace anyslice::generate {
namespace {

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

}  // namespace

Json adapt_dark_neutrinos(const Recipe& document, const ProgressCallback& progress) {
  const auto recipe = read_dark_neutrino_recipe(document);
  const RowMaker checked(recipe, document);
  Json result = Json::object();
  if (recipe.vegas) result["vegas"] = adapt_vegas(recipe, document.seed, part_of(progress, 0, 0.5));
  const bool with_maps = !recipe.map_mZ_GeV.empty() && !recipe.mN.fixed();
  if (!recipe.roulette && !with_maps) return result;

  const double map_ends = recipe.roulette ? 0.7 : 1;
  if (with_maps)
    result["maps"] =
        EfficiencyMap(recipe, document.seed, part_of(progress, recipe.vegas ? 0.5 : 0, map_ends)).document();
  if (!recipe.roulette) {
    report_progress(progress, 1);
    return result;
  }

  const JsonReader reader(result, "adaptation");
  const Thrower thrower(recipe, make_proposal(recipe, recipe.pilot_events, &reader));
  const ProgressCallback pilot_progress = part_of(progress, map_ends, 1);
  const auto importance = make_importance(recipe, thrower.parts());
  // The first half of the pilot teaches the importance, the second shows how importances are spread.
  const std::uint64_t learned = recipe.pilot_events / 2;
  std::vector<std::vector<double>> importances(recipe.beams.size());
  EarlyBounds bounds(recipe);
  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t i = 0; i < recipe.pilot_events; ++i) {
    if (i % 65536 == 0)
      report_progress(pilot_progress, static_cast<double>(i) / static_cast<double>(recipe.pilot_events));
    if (i == learned) importance->prepare();
    CounterRandom(document.seed, i, kPilot).fill_coarse(uniforms);
    thrower.draw_masses(i, uniforms, event);
    thrower.throw_event(i, uniforms, recipe.staged, event);
    if (event.draw.weight == 0 || !(event.selected || recipe.staged)) continue;
    thrower.follow(uniforms, event);
    if (!event.selected && !recipe.staged) continue;
    const auto selected = thrower.selected(event, thrower.roulette_weight(event));
    if (i < learned) {
      importance->learn(selected);
    } else {
      importances[selected.beam].push_back(importance->of(selected));
      bounds.raise(event.draw, importances[selected.beam].back());
    }
  }
  if (std::all_of(importances.begin(), importances.end(), [](const auto& of_beam) { return of_beam.empty(); })) {
    throw InputError(document.source, "pilot_events", "is too few: no event of the pilot was selected");
  }
  Json factors = Json::array(), capped = Json::array();
  for (auto& of_beam : importances) {
    const double rows = static_cast<double>(recipe.roulette->rows) / static_cast<double>(importances.size());
    const auto choice =
        choose_roulette(std::move(of_beam), recipe.pilot_events - learned, static_cast<double>(document.events), rows);
    factors.push_back(choice.roulette.factor);
    capped.push_back(choice.capped_share);
  }
  result["roulette"] = {{"factors", factors}, {"capped_share", capped}};
  bounds.fill_gaps();
  result["roulette"]["bounds"] = bounds.values();
  result["roulette"].update(importance->document());
  report_progress(progress, 1);
  return result;
}

namespace {

/// Keeps events evenly over cells of beam, sub-detector, cuts passed and masses.
class EvenChoice {
 public:
  EvenChoice(const DarkNeutrinoRecipe& recipe, std::uint64_t seed, std::size_t parts)
      : recipe_(recipe), parts_(parts), masses_(axis(recipe, recipe.mN)) {
    if (recipe.mZ && !recipe.mZ->fixed()) mediators_ = axis(recipe, *recipe.mZ);
    const std::uint64_t groups = (recipe.beams.size() * parts_) << recipe_.cuts.size();
    const std::uint64_t cells = groups * masses_.bins * (mediators_ ? mediators_->bins : 1);
    choice_.emplace(seed, kSystematic, recipe.roulette->systematic->block_events, cells);
  }

  std::uint64_t block_start(std::uint64_t event) const { return choice_->block_start(event); }

  bool keep(std::uint64_t index, const Thrower::Event& event, const SelectedEvent& selected, double probability) {
    const bool is_cut = recipe_.region_is_cut[recipe_.strata[event.draw.stratum].region];
    std::uint64_t cell = selected.beam * parts_ + selected.part;
    cell = (cell << recipe_.cuts.size()) + (is_cut ? event.passed : 0);
    cell = cell * masses_.bins + masses_.bin(event.draw.mN);
    if (mediators_) cell = cell * mediators_->bins + mediators_->bin(event.draw.mZ);
    return choice_->keep(index, cell, probability);
  }

 private:
  static LogAxis axis(const DarkNeutrinoRecipe& recipe, const SampledParameter& mass) {
    return {mass.low(), mass.high(), recipe.roulette->systematic->bins_per_decade};
  }

  const DarkNeutrinoRecipe& recipe_;
  std::size_t parts_;
  LogAxis masses_;
  std::optional<LogAxis> mediators_;  ///< where mZ is sampled
  std::optional<SystematicChoice> choice_;
};

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
  std::optional<EvenChoice> even;
  if (recipe.roulette && recipe.roulette->systematic) even.emplace(recipe, document.seed, thrower.parts().size());
  const std::uint64_t begin = even ? even->block_start(shard.first) : shard.first, end = shard.first + shard.count;
  EventUniforms uniforms;
  Thrower::Event event;
  for (std::uint64_t index = begin; index < end; ++index) {
    if ((index - begin) % 65536 == 0)
      report_progress(progress, static_cast<double>(index - begin) / static_cast<double>(end - begin));
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
      // Of those that the early roulette left.
      const double remaining = std::min(wanted / early, 1.0);
      if (!(even ? even->keep(index, event, selected, remaining) : random.uniform() < remaining)) continue;
      keep = std::min(wanted, early);
    }
    // Thrown only to know what was kept since the block began.
    if (index < shard.first) continue;
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
