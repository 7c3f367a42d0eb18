// From a dark neutrino event to a row of the table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_thrower.hpp"
#include "core/generate/recipe.hpp"

namespace anyslice::generate {

/// One row's value of a column.
struct RowSource {
  const Thrower& thrower;
  const Thrower::Event& event;
  double keep;          ///< the probability with which the roulette kept it
  std::uint64_t index;  ///< of the event in the run
};
using Extractor = std::function<double(const RowSource& row)>;

/// The columns that the recipe asks for, empty, and how they are filled.
struct RowMaker {
  std::vector<Column> columns;
  std::vector<Extractor> extractors;  ///< one a column

  /// Both must outlive it. Throws InputError for columns that cannot be made.
  RowMaker(const DarkNeutrinoRecipe& recipe, const Recipe& document);
};

}  // namespace anyslice::generate
