// The asymptotic limits beside the exact ones.
#include "core/stats/asymptotic_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/error.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/cls_hybrid.hpp"

namespace anyslice::stats {
namespace {

constexpr double largest_difference = 0.05;
constexpr double fewest_events = 10;
// A check must not cost more than what is checked: above these counts the quadrature takes too long for that.
constexpr double most_events = 1e5, most_events_shared = 1500;

bool is_shared(const Systematic& systematic) {
  const auto acts = std::count_if(systematic.on_background.begin(), systematic.on_background.end(),
                                  [](double size) { return size > 0; });
  return acts + (systematic.on_signal > 0 ? 1 : 0) > 1;
}

std::optional<UpperLimits> exact_construction(const CountingModel& model, double level) {
  if (model.systematics.empty()) return exact_limits(model, level);
  const bool shared = std::any_of(model.systematics.begin(), model.systematics.end(), is_shared);
  const double events = std::max(model.observed.value_or(0), model.total_background());
  if (events > (shared ? most_events_shared : most_events)) return std::nullopt;
  try {
    model.validate_averaged("counting model");
    return hybrid_limits(model, level);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::string show(const Limit& limit) {
  if (!limit.value) return "none";
  char text[40];
  std::snprintf(text, sizeof text, "%.4g", *limit.value);
  return text;
}

bool differ(const Limit& asymptotic, const Limit& exact) {
  if (!asymptotic.value || !exact.value) return asymptotic.value.has_value() != exact.value.has_value();
  return std::fabs(*asymptotic.value - *exact.value) > largest_difference * *exact.value;
}

}  // namespace

void judge_asymptotic_limits(const CountingModel& model, UpperLimits& limits) {
  const Limit& typical = limits.observed.value ? limits.observed : limits.expected[2];
  const bool few = typical.value && model.total_background() + *typical.value * model.signal < fewest_events;
  const auto exact = exact_construction(model, limits.level);
  const bool differs = exact && ((model.observed && differ(limits.observed, exact->observed)) ||
                                 differ(limits.expected[2], exact->expected[2]));
  if (!few && !differs) return;
  std::string text = few ? "fewer than about ten expected events: asymptotic formulas are inaccurate here, cls-hybrid "
                           "and cls-toys are not"
                         : "the asymptotic limit differs from the exact one by more than 5 %";
  if (exact) {
    const auto compare = [&](const char* name, const Limit& asymptotic, const Limit& of_exact) {
      text += std::string("; ") + name + " limit " + show(asymptotic) + " asymptotic, " + show(of_exact) + " by " +
              exact->method;
      if (!asymptotic.value || !of_exact.value) return;
      char difference[40];
      std::snprintf(difference, sizeof difference, " (%+.1f %%)", 100 * (*asymptotic.value / *of_exact.value - 1));
      text += difference;
    };
    if (model.observed) compare("observed", limits.observed, exact->observed);
    compare("median expected", limits.expected[2], exact->expected[2]);
  }
  limits.warnings.push_back(text);
}

}  // namespace anyslice::stats
