// Limits of a counting experiment given in numbers, without a card.
#pragma once

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"

namespace anyslice::api {

/// CLs and upper limits of one counting experiment given in numbers:
/// {observed, background, background_error, signal, signal_error, cl, method, constraint, toys, seed}.
Json counting_limits(const Json& request, const ProgressCallback& progress = {});

}  // namespace anyslice::api
