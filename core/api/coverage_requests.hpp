// Coverage of counting experiments, of cards and in numbers.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// The fields that requests for coverage have of their own.
inline const std::set<std::string> kCoverageFields = {"mu", "experiments", "first", "nuisances"};

/// {method, constraint, level, mu, signal_events, background_events, nuisances, first, experiments, covered, coverage,
/// error} from `experiments` (default 1000), `first` (0) and `nuisances` ("drawn" or "nominal", see coverage.hpp).
Json coverage_json(const stats::CountingModel& model, const stats::LimitOptions& options, double mu,
                   const JsonReader& request, const ProgressCallback& progress);

/// The same of an experiment given in numbers, request as for counting_limits() and `mu`, the true signal strength
/// (default 1). The observed count does not matter and may be left out.
Json counting_coverage(const Json& request, const ProgressCallback& progress = {});

}  // namespace anyslice::api
