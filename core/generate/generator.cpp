// The generators by name, and the metadata every table carries.
#include "core/generate/generator.hpp"

#include "core/base/sha256.hpp"
#include "core/generate/decay_at_rest.hpp"

namespace anyslice::generate {

EventTable generate(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress) {
  static const std::vector<std::string> names = {kDecayAtRestName};
  const JsonReader reader(recipe.document, recipe.source);
  reader.at("generator").one_of(names);
  EventTable table = generate_decay_at_rest(recipe, shard, progress);
  if (table.rows == 0) throw InputError(recipe.source, "source", "no line from this source crosses the detector");

  const std::string text = recipe.document.dump();
  table.metadata["recipe"] = text;
  table.metadata["recipe_sha256"] = sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  table.metadata["generator"] = recipe.generator + std::string(" ") + kDecayAtRestVersion;
  table.metadata["seed"] = std::to_string(recipe.seed);
  table.metadata["events_total"] = std::to_string(recipe.events);
  table.metadata["first_event"] = std::to_string(shard.first);
  if (const auto about = reader.find("about")) {
    for (const char* field : {"title", "paper", "licence"}) {
      if (const auto value = about->find(field)) table.metadata[field] = value->text();
    }
  }
  return table;
}

}  // namespace anyslice::generate
