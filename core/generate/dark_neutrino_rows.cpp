// Columns of dark neutrino tables.
#include "core/generate/dark_neutrino_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/random/counter_random.hpp"

namespace anyslice::generate {
namespace {

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

}  // namespace

RowMaker::RowMaker(const DarkNeutrinoRecipe& recipe, const Recipe& document) {
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
      throw InputError(document.source, "columns." + column.name,
                       "holds names: expected type U8, without quantisation or labels, which are those of the recipe");
    }
    column.labels = labels;
  }
}

}  // namespace anyslice::generate
