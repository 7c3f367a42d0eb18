// A recipe: the JSON document that says how an event table is made, with the parts every generator shares.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/json_reader.hpp"
#include "core/table/event_table.hpp"

namespace anyslice::generate {

/// Of a recipe's "about", what goes with its table.
inline constexpr const char* kAboutFields[] = {"title", "paper", "licence"};

/// A file that a recipe names under "inputs": a flux, a detector.
struct RecipeInput {
  Json document;
  std::string source;  ///< file name, for messages
  std::string sha256;  ///< of the file
};

struct Recipe {
  Json document;                              ///< the whole recipe as it is run (after changes by --set)
  std::string source;                         ///< file name, for messages
  std::map<std::string, RecipeInput> inputs;  ///< by the name that the recipe gives them
  std::string name;
  std::string generator;
  std::uint64_t events = 0;  ///< events to throw
  std::uint64_t seed = 0;
  std::map<std::string, Column> columns;  ///< layout of each column, without values

  /// The addresses of the files named under "inputs", relative ones resolved against the recipe's own.
  static std::map<std::string, std::string> input_addresses(const Json& document, const std::string& source);
  /// Parses and checks the shared fields; the generator's own are read by the generator. `input_texts` holds the
  /// content of every file of input_addresses(), by name.
  static Recipe parse(Json document, const std::string& source,
                      const std::map<std::string, std::string>& input_texts = {});
  /// The input of this name; throws InputError when the recipe names none.
  JsonReader input(const std::string& input_name) const;
  /// SHA-256 of the document and the digests of its inputs.
  std::string sha256() const;
  /// Those of the columns a generator makes (`made`, in its order) that the recipe asks for, ready to be filled. Throws
  /// InputError for a column the generator does not make and when none is asked for.
  std::vector<Column> empty_columns(const std::vector<std::string>& made) const;
};

/// The part of a run that one process makes: events [first, first + count) of `recipe.events`.
struct Shard {
  std::uint64_t first = 0, count = 0;

  static Shard whole(const Recipe& recipe) { return {0, recipe.events}; }
  /// Shard `index` (from 1) of `total`.
  static Shard of(const Recipe& recipe, std::uint64_t index, std::uint64_t total);
};

/// The recipe that the table was made by, with its inputs, which the metadata hold where the recipe has keep_inputs.
/// Throws InputError(source, ...) where they do not.
Recipe recipe_of_table(const EventTable& table, const std::string& source);

}  // namespace anyslice::generate
