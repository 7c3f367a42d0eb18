// Checks of a binned model.
#include "core/stats/binned_model.hpp"

#include <cmath>

#include "core/base/error.hpp"
#include "core/stats/counting_model.hpp"

namespace anyslice::stats {
namespace {

// False for NaN, too.
bool within(double value, double low, double high) { return value >= low && value <= high; }

constexpr double largest_signal = 1e200;

}  // namespace

void BinnedModel::validate(const std::string& source) const {
  if (bins.empty()) throw InputError(source, "bins", "expected at least one bin");
  if (observed.size() != bins.size()) {
    throw InputError(source, "observed",
                     "expected one count for each of the " + std::to_string(bins.size()) + " bins, found " +
                         std::to_string(observed.size()));
  }
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (!within(observed[i], 0, largest_events)) {
      throw InputError(source, "observed in " + bins[i], "expected a number of events from 0 to 1e10");
    }
  }
  for (const BinnedParameter& parameter : parameters) {
    const std::string field = "parameter " + parameter.name;
    if (!(parameter.lower <= parameter.upper)) {
      throw InputError(source, field, "expected a lower bound that is not above the upper one");
    }
    if (!(within(parameter.nominal, parameter.lower, parameter.upper) && std::isfinite(parameter.nominal))) {
      throw InputError(source, field, "expected a value within its bounds");
    }
    if (parameter.measurement == Measurement::none) continue;
    if (!within(parameter.width, 1e-100, 1e100)) {
      throw InputError(source, field,
                       parameter.measurement == Measurement::gaussian
                           ? "expected a standard deviation above 0 (1e-100 to 1e100)"
                           : "expected an auxiliary count above 0 (1e-100 to 1e100)");
    }
    if (!std::isfinite(parameter.measured) ||
        (parameter.measurement == Measurement::poisson && parameter.measured < 0)) {
      throw InputError(source, field, "expected a finite auxiliary measurement, and a count >= 0");
    }
  }
  for (const YieldResponse& response : responses) {
    if (response.parameter() >= parameters.size()) {
      throw InputError(source, "responses", "expected the index of a parameter");
    }
    const std::string field = "effect of " + parameters[response.parameter()].name;
    const bool is_exponential =
        response.shape() == ResponseShape::exponential || response.shape() == ResponseShape::smooth_exponential;
    if (is_exponential && !(within(response.up(), 1e-6, 1e6) && within(response.down(), 1e-6, 1e6))) {
      throw InputError(source, field, "expected factors above 0 (1e-6 to 1e6)");
    }
    if (is_additive(response.shape()) && !(within(response.up(), -largest_events, largest_events) &&
                                           within(response.down(), -largest_events, largest_events))) {
      throw InputError(source, field, "expected a number of events up to 1e10");
    }
  }
  std::vector<bool> expects(bins.size(), false);
  for (const BinnedTerm& term : terms) {
    if (term.bin >= bins.size()) throw InputError(source, "terms", "expected the index of a bin");
    for (const auto* list : {&term.factors, &term.shifts}) {
      for (const std::size_t index : *list) {
        if (index >= responses.size() || is_additive(responses[index].shape()) != (list == &term.shifts)) {
          throw InputError(source, "terms", "expected the index of a response of the right kind");
        }
      }
    }
    if (!within(term.nominal, 0, term.is_signal ? largest_signal : largest_events)) {
      throw InputError(source, term.sample + " in " + bins[term.bin],
                       term.is_signal ? "expected a number of events from 0 to 1e200"
                                      : "expected a number of events from 0 to 1e10");
    }
    if (term.nominal > 0 || !term.shifts.empty()) expects[term.bin] = true;
  }
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (observed[i] > 0 && !expects[i]) {
      throw InputError(source, "observed in " + bins[i],
                       "expected no events, because neither background nor signal is expected there");
    }
  }
  if (!within(nominal_total(false), 0, largest_events)) {
    throw InputError(source, "terms", "expected at most 1e10 background events in total");
  }
}

double BinnedModel::nominal_total(bool of_signal) const {
  double total = 0;
  for (const BinnedTerm& term : terms) {
    if (term.is_signal != of_signal) continue;
    double yield = term.nominal;
    const auto at_nominal = [&](std::size_t index) {
      return responses[index].at(parameters[responses[index].parameter()].nominal).value;
    };
    for (const std::size_t index : term.shifts) yield += at_nominal(index);
    for (const std::size_t index : term.factors) yield *= at_nominal(index);
    total += yield;
  }
  return total;
}

std::size_t BinnedModel::parameter(const BinnedParameter& wanted) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name == wanted.name) return i;
  }
  parameters.push_back(wanted);
  return parameters.size() - 1;
}

}  // namespace anyslice::stats
