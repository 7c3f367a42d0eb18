// Requests about a construction at one point: p-values against the signal, and the distribution of its statistic.
#include <algorithm>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/api/statistics_json.hpp"
#include "core/slice/limit_curve.hpp"
#include "core/stats/statistic_distribution.hpp"

namespace anyslice::api {
namespace {

std::string compared_quantity(const std::string& method) {
  if (method == "bayes-flat") return "posterior probability of a larger signal";
  return method == "feldman-cousins" ? "p-value" : "CLs";
}

Json histogram_json(const stats::StatisticHistogram& histogram) {
  return {{"zero", histogram.zero}, {"bins", histogram.bins}, {"above", histogram.above}};
}

/// A signal in events at which something is asked about the construction.
double read_signal(const JsonReader& reader) {
  const double value = reader.number();
  if (!(value >= 0 && std::isfinite(value))) reader.fail("expected signal events >= 0, found " + reader.json().dump());
  return value;
}

}  // namespace

Json Analysis::p_values(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"mu"});
  const stats::CountingModel model = counting_model(*model_, setting);
  Json mu = Json::array(), observed = Json::array(), observed_error = Json::array();
  Json expected = Json::object(), expected_error = Json::object();
  for (const auto& name : kBandNames) expected[name] = expected_error[name] = Json::array();
  const auto strengths = request.at("mu").items();
  for (std::size_t i = 0; i < strengths.size(); ++i) {
    const auto done = [&](double fraction) {
      report_progress(progress, (static_cast<double>(i) + fraction) / static_cast<double>(strengths.size()));
      return true;
    };
    const double signal = read_signal(strengths[i]);
    const stats::ClsValues values = stats::cls_values(model, signal, setting.options, done);
    mu.push_back(signal);
    observed.push_back(optional_json(values.observed));
    observed_error.push_back(values.observed_error);
    for (std::size_t k = 0; k < kBandNames.size(); ++k) {
      expected[kBandNames[k]].push_back(values.expected[k]);
      expected_error[kBandNames[k]].push_back(values.expected_error[k]);
    }
  }
  return {{"method", setting.method},
          {"constraint", stats::to_string(setting.constraint)},
          {"level", setting.level},
          {"quantity", compared_quantity(setting.method)},
          {"unit", "events"},
          {"mu", std::move(mu)},
          {"observed", std::move(observed)},
          {"observed_error", std::move(observed_error)},
          {"expected", std::move(expected)},
          {"expected_error", std::move(expected_error)}};
}

Json Analysis::test_statistic(const Json& request_json, const ProgressCallback& progress) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"mu", "bins", "highest", "first"});
  const stats::CountingModel model = counting_model(*model_, setting);
  const double mu = request.at("mu").positive_number();
  const bool unified = setting.method == "feldman-cousins";
  const auto statistic = unified ? stats::ToyStatistic::two_sided : stats::ToyStatistic::one_sided;
  double bins = 40;
  if (const auto given = request.find("bins")) {
    bins = given->number_in(1, 1000, "a whole number from 1 to 1000");
    if (bins != std::floor(bins)) given->fail("expected a whole number from 1 to 1000");
  }
  double highest = 0;
  if (const auto given = request.find("highest")) {
    highest = given->positive_number();
  } else {
    // Room for the data, and for the typical experiment without signal.
    const auto near = stats::asymptotic_distribution(model, statistic, mu, {0, 1}, setting.options);
    highest = std::ceil(1.5 * std::max({near.observed.value_or(0), near.asimov, 6.0}));
  }
  const std::vector<double> edges = spaced_values(0, highest, static_cast<std::size_t>(bins) + 1, Scale::linear);
  const auto formula = stats::asymptotic_distribution(model, statistic, mu, edges, setting.options);
  Json result = {
      {"mu", mu},
      {"unit", "events"},
      {"statistic", unified ? "ttilde_mu" : "qtilde_mu"},
      {"constraint", stats::to_string(setting.constraint)},
      {"edges", edges},
      {"observed", optional_json(formula.observed)},
      {"asimov", formula.asimov},
      {"asymptotic", {{"signal", histogram_json(formula.signal)}, {"background", histogram_json(formula.background)}}}};
  result["toys"] = nullptr;
  // Without a number of toys only the formulas are wanted.
  if (!request.has("toys")) return result;
  const std::uint64_t first = request.has("first") ? request.at("first").whole_number() : 0;
  const auto toys = stats::toy_distribution(model, statistic, mu, edges, setting.options, first, progress);
  const auto with_beyond = [](const stats::StatisticHistogram& histogram, const std::optional<double>& beyond) {
    Json json = histogram_json(histogram);
    json["at_least_observed"] = optional_json(beyond);
    return json;
  };
  result["toys"] = {{"first", first},
                    {"count", setting.options.toys},
                    {"seed", setting.options.seed},
                    {"signal", with_beyond(toys.signal, toys.signal_beyond)},
                    {"background", with_beyond(toys.background, toys.background_beyond)}};
  return result;
}

}  // namespace anyslice::api
