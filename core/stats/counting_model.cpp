// Checks of a counting model and the model with systematics added in quadrature.
#include "core/stats/counting_model.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace anyslice::stats {
namespace {

// Above this, neighbouring counts can no longer be told apart in double precision sums over the count.
constexpr double largest_count = 1e12;

bool finite_and_not_negative(double value) { return std::isfinite(value) && value >= 0; }

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
  if (observed &&
      !(finite_and_not_negative(*observed) && *observed <= largest_count && *observed == std::floor(*observed))) {
    throw InputError(source, "observed", "expected a whole number of events from 0 to 1e12");
  }
  for (std::size_t i = 0; i < backgrounds.size(); ++i) {
    if (!finite_and_not_negative(backgrounds[i].expected) || backgrounds[i].expected > largest_count) {
      throw InputError(source, element("backgrounds", i, "expected"), "expected a number of events from 0 to 1e12");
    }
  }
  if (!std::isfinite(signal) || signal <= 0) {
    throw InputError(source, "signal", "expected a number of events above 0 at signal strength 1");
  }
  for (std::size_t i = 0; i < systematics.size(); ++i) {
    const Systematic& systematic = systematics[i];
    if (systematic.on_background.size() != backgrounds.size()) {
      throw InputError(source, element("systematics", i, "on_background"),
                       "expected one relative size for each of the " + std::to_string(backgrounds.size()) +
                           " backgrounds, found " + std::to_string(systematic.on_background.size()));
    }
    for (const double size : systematic.on_background) {
      if (!finite_and_not_negative(size)) {
        throw InputError(source, element("systematics", i, "on_background"),
                         "expected finite relative sizes that are not negative");
      }
    }
    if (!finite_and_not_negative(systematic.on_signal)) {
      throw InputError(source, element("systematics", i, "on_signal"),
                       "expected a finite relative size that is not negative");
    }
  }
  if (constraint == Constraint::gaussian && !(pull_limit > 0)) {
    throw InputError(source, "pull_limit", "expected a number of standard deviations above 0");
  }
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
