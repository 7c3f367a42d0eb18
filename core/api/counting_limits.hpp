// Limits of a counting experiment given in numbers, without a card.
#pragma once

#include <set>
#include <string>

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// Reads {observed, background, background_error, signal, signal_error, cl, method, constraint, toys, seed}, errors in
/// events. Throws InputError for a field that is neither of them nor in `also_allowed`.
stats::CountingModel read_counting_model(const JsonReader& request, stats::LimitOptions& options,
                                         std::set<std::string> also_allowed = {});

/// CLs and upper limits of one counting experiment given in numbers:
/// {observed, background, background_error, signal, signal_error, cl, method, constraint, toys, seed}. The answer is
/// {method, level, constraint, CLs, expected_CLs, upper_limit, upper_limit_error, expected, intervals, reasons,
/// warnings}; CLs is what the construction compares with 1 - level at signal strength 1, see stats::ClsValues.
Json counting_limits(const Json& request, const ProgressCallback& progress = {});

}  // namespace anyslice::api
