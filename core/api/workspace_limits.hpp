// CLs and limits of a pyhf workspace.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/stats/binned_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// Toys unless a request says otherwise: a fit of many bins takes longer than one of a single bin.
inline constexpr std::uint64_t default_binned_toys = 10000;

/// {method, level, bins, parameters, CLs, CLs_error, expected_CLs {"-2": ...}, expected_CLs_error {...}, upper_limit,
/// upper_limit_error, expected {...}, expected_error {...}, interval, reasons {...}, warnings}: CLs at signal strength
/// 1 and the upper limits on it. Errors are those of toys; null is "none", for the reason given. delta-lnl-1 has no CLs
/// but the `interval` {best, low, high, rise_without_signal}.
Json binned_limits_json(const stats::BinnedModel& model, const stats::LimitOptions& options,
                        const ProgressCallback& progress = {});

/// The same of a workspace, with the names of `measurement` and `poi`; request {measurement, method, cl, toys, seed}.
/// The method is cls-asymptotic (default), cls-toys or delta-lnl-1.
/// Throws InputError(source, ...) for a bad workspace and InputError("request", ...) for a bad request.
Json workspace_limits(const Json& workspace, const std::string& source, const Json& request,
                      const ProgressCallback& progress = {});

}  // namespace anyslice::api
