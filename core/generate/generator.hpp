// From a recipe to an event table: the generators by name.
#pragma once

#include "core/base/progress.hpp"
#include "core/generate/recipe.hpp"
#include "core/table/event_table.hpp"

namespace anyslice::generate {

/// Runs the recipe's generator over the shard. The events depend on (recipe, seed, event index) only. Throws
/// InputError for an unknown generator or a field the generator cannot use.
EventTable generate(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress = {});

}  // namespace anyslice::generate
