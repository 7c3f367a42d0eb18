// From a recipe to an event table: the generators by name.
#pragma once

#include "core/base/progress.hpp"
#include "core/generate/recipe.hpp"
#include "core/table/event_table.hpp"

namespace anyslice::generate {

/// What a run has to find out before it throws its events: a document that all its shards share. A function of the
/// recipe alone, so it need not be kept; giving it to generate() only saves its time. Throws InputError as generate()
/// does.
Json adapt(const Recipe& recipe, const ProgressCallback& progress = {});

/// Runs the recipe's generator over the shard. The events depend on (recipe, seed, event index) only. Throws
/// InputError for an unknown generator, a field the generator cannot use, and an adaptation of another recipe.
EventTable generate(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress = {});
EventTable generate(const Recipe& recipe, const Shard& shard, const JsonReader& adaptation,
                    const ProgressCallback& progress = {});

}  // namespace anyslice::generate
