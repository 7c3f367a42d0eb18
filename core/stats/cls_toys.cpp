// Frequentist toys of a counting model: what to test, and CLs or p-values with ties and errors.
#include "core/stats/cls_toys.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.hpp"
#include "core/stats/cls_asymptotic.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/likelihood_interval.hpp"
#include "core/stats/limit_search.hpp"
#include "core/stats/profile_toys.hpp"

namespace anyslice::stats {
namespace {

ClsValues checked_toy_cls(const CountingModel& given, double mu, const LimitOptions& options,
                          const ProgressCallback& progress) {
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  const auto likelihood = make_profile_likelihood(model);
  return profile_toy_cls(*likelihood, own_data(model), model.observed.has_value(), mu, options, progress);
}

}  // namespace

ClsValues toy_cls(const CountingModel& given, double mu, const LimitOptions& options,
                  const ProgressCallback& progress) {
  check_input(given, options, "cls-toys");
  if (!(mu >= 0 && mu * given.signal <= largest_events)) {
    throw InputError("toys", "mu", "expected a signal strength of 0 to 1e10 signal events");
  }
  try {
    return checked_toy_cls(given, mu, options, progress);
  } catch (const std::bad_alloc&) {
    throw InputError("limit options", "toys", "too many toys for the memory");
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(options.method, "model", std::string("the toys cannot be fitted: ") + error.what());
  }
}

namespace {

// The ends of the interval by the rise of -ln L, with room: the unified ones differ from them by less.
std::vector<double> unified_scan(const CountingModel& model, double level) {
  const UpperLimits approximate = likelihood_limits(model, level, 1);
  double low = std::numeric_limits<double>::infinity(), high = 0;
  const auto include = [&](double value) {
    if (!(value > 0)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  };
  if (approximate.observed.value) include(*approximate.observed.value);
  for (const Limit& limit : approximate.expected) include(limit.value.value_or(0));
  const double largest = high;
  for (const SignalInterval& interval : approximate.intervals) include(interval.low);
  if (!(high > 0)) throw InputError("feldman-cousins", "model", "no interval exists from which to choose a scan");
  const bool open_ended = std::any_of(approximate.expected.begin(), approximate.expected.end(),
                                      [](const Limit& limit) { return !limit.value; });
  low *= 0.25;
  high = std::min((open_ended ? 20 : 2) * largest, largest_events / model.signal);
  std::vector<double> scan;
  for (double mu = low; mu < high; mu *= 1.12) scan.push_back(mu);
  scan.push_back(high);
  return scan;
}

}  // namespace

std::vector<double> toy_scan(const CountingModel& given, const LimitOptions& options,
                             const ProgressCallback& progress) {
  check_input(given, options, "cls-toys");
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  const double level = options.level;
  if (options.method == "feldman-cousins") return unified_scan(model, level);
  double low = std::numeric_limits<double>::infinity(), high = 0, median = 0;
  bool open_ended = false;
  const auto include = [&](const UpperLimits& limits) {
    for (const Limit* limit : {&limits.observed, &limits.expected[0], &limits.expected[2], &limits.expected[4]}) {
      if (limit->value) {
        low = std::min(low, *limit->value);
        high = std::max(high, *limit->value);
      } else if (limit != &limits.observed) {
        open_ended = true;
      }
    }
    median = std::max(median, limits.expected[2].value.value_or(0));
  };
  include(asymptotic_limits(model, level));
  report_progress(progress, 0);
  try {
    include(hybrid_limits(model, level, progress));
  } catch (const InputError&) {
    // Too many shared systematics for the quadrature: the asymptotic limits have to do.
  }
  if (!(high > 0)) throw InputError("cls-toys", "model", "no expected limit exists from which to choose a scan");
  low *= 0.6;
  high *= 1.6;
  if (open_ended) high = std::max(high, 20 * median);
  high = std::min(high, largest_events / model.signal);
  low = std::min(low, 0.5 * high);
  // Far above the median only the tail of the signal's own systematics is left, and CLs changes slowly.
  std::vector<double> scan;
  for (double mu = low; mu < high; mu *= mu < 3 * median ? 1.1 : 1.2) scan.push_back(mu);
  scan.push_back(high);
  return scan;
}

}  // namespace anyslice::stats
