// Requests about coverage.
#include "core/api/coverage_requests.hpp"

#include "core/api/analysis.hpp"
#include "core/api/counting_limits.hpp"
#include "core/api/statistics_json.hpp"
#include "core/stats/coverage.hpp"

namespace anyslice::api {

Json coverage_json(const stats::CountingModel& model, const stats::LimitOptions& options, double mu,
                   const JsonReader& request, const ProgressCallback& progress) {
  stats::CoverageRequest wanted;
  wanted.mu = mu;
  wanted.experiments = request.has("experiments") ? request.at("experiments").whole_number() : 1000;
  if (request.has("first")) wanted.first = request.at("first").whole_number();
  static const std::vector<std::string> kinds = {"drawn", "nominal"};
  const std::string kind = request.has("nuisances") ? request.at("nuisances").one_of(kinds) : "drawn";
  wanted.nuisances = kind == "drawn" ? stats::TrueNuisances::drawn : stats::TrueNuisances::nominal;
  stats::Coverage found;
  try {
    found = stats::coverage(model, options, wanted, progress);
  } catch (const InputError& error) {
    // The statistics do not know the names of the request, but for these.
    if (!kCoverageFields.contains(error.field())) throw;
    throw InputError(request.source(), error.field(), error.expected());
  }
  return {{"method", options.method},
          {"constraint", stats::to_string(model.constraint)},
          {"level", options.level},
          {"mu", mu},
          {"signal_events", mu * model.signal},
          {"background_events", model.total_background()},
          {"nuisances", kind},
          {"first", wanted.first},
          {"experiments", found.experiments},
          {"covered", found.covered},
          {"coverage", found.value()},
          {"error", found.error()}};
}

Json counting_coverage(const Json& request_json, const ProgressCallback& progress) {
  const JsonReader request(request_json, "request");
  stats::LimitOptions options;
  const stats::CountingModel model = read_counting_model(request, options, kCoverageFields);
  const double mu = request.has("mu") ? request.at("mu").non_negative_number() : 1;
  return coverage_json(model, options, mu, request, progress);
}

Json Analysis::coverage(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  Setting setting = read_setting(*model_, request, kCoverageFields);
  if (const std::size_t bins = CardLikelihood(*model_, setting.likelihood()).bins().size(); bins != 1) {
    // No other construction would help, which is what counting_model advises.
    throw InputError(kRequest, "channels",
                     "coverage is simulated for one bin, and " + model_->card().name + " has " + std::to_string(bins) +
                         " here: expected a card with one bin");
  }
  const stats::CountingModel model = counting_model(*model_, setting);
  double mu = 0;
  if (const auto given = request.find("mu")) {
    mu = given->non_negative_number();
  } else {
    const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
    mu = CardLikelihood(*model_, setting.likelihood()).total(reweighter().predict(slots, setting.selection)).sum;
  }
  return coverage_json(model, setting.options, mu, request, progress);
}

}  // namespace anyslice::api
