// The generators by name, and the metadata every table carries.
#include "core/generate/generator.hpp"

#include "core/base/sha256.hpp"
#include "core/generate/dark_neutrino.hpp"
#include "core/generate/decay_at_rest.hpp"
#include "core/table/safetensors.hpp"

namespace anyslice::generate {
namespace {

struct Generator {
  std::string name, version;
  Json (*adapt)(const Recipe&, const ProgressCallback&);
  EventTable (*generate)(const Recipe&, const Shard&, const JsonReader& adaptation, const ProgressCallback&);
  std::string nothing;  ///< what an empty table means
};

const Generator& generator_of(const Recipe& recipe) {
  static const std::vector<Generator> generators = {
      {kDecayAtRestName, kDecayAtRestVersion, [](const Recipe&, const ProgressCallback&) { return Json::object(); },
       [](const Recipe& recipe, const Shard& shard, const JsonReader&, const ProgressCallback& progress) {
         return generate_decay_at_rest(recipe, shard, progress);
       },
       "no line from this source crosses the detector"},
      {kDarkNeutrinoName, kDarkNeutrinoVersion, adapt_dark_neutrinos, generate_dark_neutrinos,
       "no event of this run or shard became a row: more events, or fewer shards, are needed"}};
  std::vector<std::string> names;
  for (const auto& generator : generators) names.push_back(generator.name);
  const std::string name = JsonReader(recipe.document, recipe.source).at("generator").one_of(names);
  for (const auto& generator : generators)
    if (generator.name == name) return generator;
  throw std::logic_error("unreachable");
}

}  // namespace

Json adapt(const Recipe& recipe, const ProgressCallback& progress) {
  const Generator& generator = generator_of(recipe);
  Json result = {{"anyslice_adaptation", "1"},
                 {"generator", generator.name + " " + generator.version},
                 {"recipe_sha256", recipe.sha256()}};
  result.update(generator.adapt(recipe, progress));
  return result;
}

EventTable generate(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress) {
  const auto part_of = [&](double from, double to) -> ProgressCallback {
    if (!progress) return {};
    return [&progress, from, to](double fraction) { return progress(from + (to - from) * fraction); };
  };
  const Json adaptation = adapt(recipe, part_of(0, 0.5));
  return generate(recipe, shard, JsonReader(adaptation, "adaptation"), part_of(0.5, 1));
}

EventTable generate(const Recipe& recipe, const Shard& shard, const JsonReader& adaptation,
                    const ProgressCallback& progress) {
  const Generator& generator = generator_of(recipe);
  if (adaptation.at("anyslice_adaptation").text() != "1")
    adaptation.at("anyslice_adaptation").fail("expected version \"1\"");
  if (const std::string expected = generator.name + " " + generator.version;
      adaptation.at("generator").text() != expected) {
    adaptation.at("generator").fail("expected " + expected + ": it was made by another version");
  }
  if (adaptation.at("recipe_sha256").text() != recipe.sha256()) {
    adaptation.at("recipe_sha256")
        .fail("belongs to another recipe, other inputs of it, or other changes by --events, --seed, --set");
  }
  EventTable table = generator.generate(recipe, shard, adaptation, progress);
  if (table.rows == 0) throw InputError(recipe.source, "", generator.nothing);

  table.metadata["recipe"] = recipe.document.dump();
  table.metadata["recipe_sha256"] = recipe.sha256();
  table.metadata["generator"] = generator.name + " " + generator.version;
  table.metadata["seed"] = std::to_string(recipe.seed);
  table.metadata["events_total"] = std::to_string(recipe.events);
  table.metadata["first_event"] = std::to_string(shard.first);
  if (!recipe.inputs.empty()) {
    Json digests = Json::object();
    for (const auto& [name, input] : recipe.inputs) digests[name] = input.sha256;
    table.metadata["inputs_sha256"] = digests.dump();
    // Shards of one run share it; a generator without inputs has nothing to adapt.
    const std::string text = adaptation.json().dump();
    table.metadata["adaptation_sha256"] = sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  const JsonReader reader(recipe.document, recipe.source);
  if (const auto keep = reader.find("keep_inputs"); keep && keep->boolean()) {
    Json inputs = Json::object();
    for (const auto& [name, input] : recipe.inputs) inputs[name] = input.document;
    table.metadata["inputs"] = inputs.dump();
  }
  if (const auto about = reader.find("about")) {
    for (const char* field : kAboutFields) {
      if (const auto value = about->find(field)) table.metadata[field] = value->text();
    }
  }
  if (const auto column = reader.find("sorted_by")) {
    table.metadata["sorted_by"] = column->text();
    // By the values as they are stored, so that merged shards come out in the same order.
    const auto bytes = write_table(table, recipe.source);
    report_progress(progress, 1);
    table = read_table(bytes, recipe.source);
    report_progress(progress, 1);
    table = sort_rows(std::move(table), recipe.source);
  }
  return table;
}

}  // namespace anyslice::generate
