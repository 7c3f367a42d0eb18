// Checks of a counting model and the model with systematics added in quadrature.
#include "core/stats/counting_model.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace anyslice::stats {
namespace {

constexpr double largest_size = 100;

// False for NaN, too.
bool within(double value, double low, double high) { return value >= low && value <= high; }

std::string element(const char* list, std::size_t index, const char* member) {
  return std::string(list) + "[" + std::to_string(index) + "]." + member;
}

/// Index of the only component a systematic acts on (the signal comes after the backgrounds), or none.
std::optional<std::size_t> only_component(const Systematic& systematic) {
  std::optional<std::size_t> found;
  const std::size_t count = systematic.on_background.size();
  for (std::size_t i = 0; i <= count; ++i) {
    if ((i < count ? systematic.on_background[i] : systematic.on_signal) == 0) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace

Constraint parse_constraint(const std::string& name, const std::string& source, const std::string& field) {
  for (const Constraint constraint : {Constraint::gaussian, Constraint::truncated, Constraint::lognormal}) {
    if (name == to_string(constraint)) return constraint;
  }
  throw InputError(source, field, "unknown constraint '" + name + "': expected gaussian, truncated or lognormal");
}

std::string to_string(Constraint constraint) {
  switch (constraint) {
    case Constraint::gaussian:
      return "gaussian";
    case Constraint::truncated:
      return "truncated";
    case Constraint::lognormal:
      break;
  }
  return "lognormal";
}

double CountingModel::total_background() const {
  double total = 0;
  for (const Background& background : backgrounds) total += background.expected;
  return total;
}

void CountingModel::validate(const std::string& source) const {
  if (observed && !(within(*observed, 0, largest_events) && *observed == std::floor(*observed))) {
    throw InputError(source, "observed", "expected a whole number of events from 0 to 1e10");
  }
  for (std::size_t i = 0; i < backgrounds.size(); ++i) {
    if (!within(backgrounds[i].expected, 0, largest_events)) {
      throw InputError(source, element("backgrounds", i, "expected"), "expected a number of events from 0 to 1e10");
    }
  }
  if (!within(total_background(), 0, largest_events)) {
    throw InputError(source, "backgrounds", "expected at most 1e10 events in total");
  }
  if (!within(signal, 1e-200, 1e200)) {
    throw InputError(source, "signal", "expected a number of events above 0 at signal strength 1 (1e-200 to 1e200)");
  }
  for (std::size_t i = 0; i < systematics.size(); ++i) {
    const Systematic& systematic = systematics[i];
    if (systematic.on_background.size() != backgrounds.size()) {
      throw InputError(source, element("systematics", i, "on_background"),
                       "expected one relative size for each of the " + std::to_string(backgrounds.size()) +
                           " backgrounds, found " + std::to_string(systematic.on_background.size()));
    }
    for (const double size : systematic.on_background) {
      if (!within(size, 0, largest_size)) {
        throw InputError(source, element("systematics", i, "on_background"), "expected relative sizes from 0 to 100");
      }
    }
    if (!within(systematic.on_signal, 0, largest_size)) {
      throw InputError(source, element("systematics", i, "on_signal"), "expected a relative size from 0 to 100");
    }
  }
  if (constraint == Constraint::gaussian && !within(pull_limit, 0.01, 1000)) {
    throw InputError(source, "pull_limit", "expected a number of standard deviations from 0.01 to 1000");
  }
}

void CountingModel::validate_averaged(const std::string& source) const {
  if (systematics.empty()) return;
  const std::string explanation =
      "expected at most 1e7 events where uncertainties are averaged or drawn: use cls-asymptotic for more";
  if (observed && *observed > largest_averaged_events) throw InputError(source, "observed", explanation);
  for (std::size_t i = 0; i < backgrounds.size(); ++i) {
    if (backgrounds[i].expected > largest_averaged_events) {
      throw InputError(source, element("backgrounds", i, "expected"), explanation);
    }
  }
  if (total_background() > largest_averaged_events) throw InputError(source, "backgrounds", explanation);
}

CountingModel CountingModel::combined() const {
  CountingModel result = *this;
  result.systematics.clear();
  std::vector<Systematic> merged(backgrounds.size() + 1);
  std::vector<double> square(backgrounds.size() + 1, 0.0);
  const bool logarithmic = constraint == Constraint::lognormal;
  for (const Systematic& systematic : systematics) {
    const std::optional<std::size_t> component = only_component(systematic);
    if (!component) {
      result.systematics.push_back(systematic);
      continue;
    }
    const double size = *component < backgrounds.size() ? systematic.on_background[*component] : systematic.on_signal;
    square[*component] += logarithmic ? std::log1p(size) * std::log1p(size) : size * size;
    std::string& name = merged[*component].name;
    name += (name.empty() ? "" : " + ") + systematic.name;
  }
  for (std::size_t component = 0; component < merged.size(); ++component) {
    if (square[component] == 0) continue;
    const double size = logarithmic ? std::expm1(std::sqrt(square[component])) : std::sqrt(square[component]);
    merged[component].on_background.assign(backgrounds.size(), 0.0);
    (component < backgrounds.size() ? merged[component].on_background[component] : merged[component].on_signal) = size;
    result.systematics.push_back(merged[component]);
  }
  return result;
}

}  // namespace anyslice::stats
