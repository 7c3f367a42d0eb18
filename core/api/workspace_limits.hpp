// CLs and limits of a pyhf workspace.
#pragma once

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/stats/binned_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// {method, level, measurement, poi, bins, parameters, CLs, CLs_error, expected_CLs {"-2": ...}, expected_CLs_error
/// {...}, upper_limit, upper_limit_error, expected {...}, expected_error
/// {...}, interval, reasons {...}, warnings}: CLs at signal strength 1 and
/// the upper limits on it, request {measurement, method, cl, toys, seed}. The method is cls-asymptotic (default),
/// cls-toys (10000 toys unless the request says otherwise) or delta-lnl-1, which has no CLs but the `interval` {best,
/// low, high, rise_without_signal}. Errors are those of toys; null is "none", for the reason given.
/// Throws InputError(source, ...) for a bad workspace and InputError("request", ...) for a bad request.
Json workspace_limits(const Json& workspace, const std::string& source, const Json& request,
                      const ProgressCallback& progress = {});

}  // namespace anyslice::api
