// The constructions for binned models, behind one check of the input.
#include "core/stats/binned_limits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.hpp"
#include "core/stats/binned_profile.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "core/stats/limit_search.hpp"
#include "core/stats/profile_asymptotics.hpp"
#include "core/stats/profile_toys.hpp"

namespace anyslice::stats {
namespace {

constexpr double fewest_counts = 10;
constexpr const char* source = "binned model";

void check(const BinnedModel& model, const LimitOptions& options) {
  const auto& names = binned_method_names();
  if (std::find(names.begin(), names.end(), options.method) == names.end()) {
    throw InputError(
        "limit options", "method",
        "expected cls-asymptotic, cls-toys or delta-lnl-1 for a model of bins, found '" + options.method + "'");
  }
  LimitOptions others = options;
  others.method = "cls-toys";  // the list there is that of single bins
  others.validate("limit options");
  model.validate(source);
}

bool has_signal(const BinnedModel& model) { return model.nominal_total(true) > 0; }

template <class Work>
auto guarded(const std::string& method, Work&& work) {
  try {
    return work();
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw InputError("limit options", "toys", "too many toys for the memory");
  } catch (const std::exception& error) {
    throw InputError(method, "model", std::string("cannot be computed for this model: ") + error.what());
  }
}

// One model with its likelihood and the typical scale of mu.
struct Fitted {
  explicit Fitted(const BinnedModel& model)
      : likelihood(model, source), asymptotics(likelihood, likelihood.own_data()) {
    std::vector<double> pulls;
    background = asymptotics.asimov().counts;
    likelihood.fit(asymptotics.asimov(), 0, pulls);
    likelihood.expected_signal(pulls, signal);
    // Of a limit from the Gaussian approximation without nuisances: 2 over the root of sum s^2 / (b + 1).
    double information = 0;
    for (std::size_t i = 0; i < signal.size(); ++i) information += signal[i] * signal[i] / (background[i] + 1);
    guess = 2 / std::sqrt(information);
    if (!std::isfinite(guess)) guess = 1 / likelihood.model().nominal_total(true);
  }

  double effective(double mu) const {
    std::vector<double> expected = background;
    for (std::size_t i = 0; i < signal.size(); ++i) expected[i] += mu * signal[i];
    return effective_count(signal, expected);
  }

  BinnedProfile likelihood;
  ProfileAsymptotics asymptotics;
  std::vector<double> background, signal;
  double guess;
};

const char* const not_observed = "a projection has no observed count";

UpperLimits asymptotic(const Fitted& fitted, const LimitOptions& options, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "cls-asymptotic";
  limits.level = options.level;
  report_progress(progress, 0);
  if (fitted.likelihood.model().is_observed) {
    limits.observed = find_limit([&](double mu) { return fitted.asymptotics.log_observed(mu); }, options.level,
                                 fitted.guess + fitted.asymptotics.best());
  } else {
    limits.observed.reason = not_observed;
  }
  for (std::size_t i = 0; i < band.size(); ++i) {
    report_progress(progress, (1.0 + static_cast<double>(i)) / (1.0 + band.size()));
    limits.expected[i] = find_limit([&](double mu) { return fitted.asymptotics.log_expected(mu, band[i]); },
                                    options.level, fitted.guess);
  }
  report_progress(progress, 1);
  const auto is_small = [&](const Limit& limit) {
    return limit.value && fitted.effective(*limit.value) < fewest_counts;
  };
  if (is_small(limits.observed) || is_small(limits.expected[2])) {
    limits.warnings.push_back(
        "fewer than about ten expected events where the signal is: asymptotic formulas are inaccurate here, cls-toys "
        "is not");
  }
  return limits;
}

// Signal strengths to test by toys: wide enough for all limits that there are.
std::vector<double> scan_of(const UpperLimits& limits) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  const double median = limits.expected[2].value.value_or(0);
  bool open_ended = false;
  const auto include = [&](const Limit& limit, bool is_expected) {
    if (limit.value) {
      low = std::min(low, *limit.value);
      high = std::max(high, *limit.value);
    } else {
      open_ended = open_ended || is_expected;
    }
  };
  include(limits.observed, false);
  for (const Limit& limit : limits.expected) include(limit, true);
  if (!(high > 0)) throw InputError("cls-toys", "model", "no expected limit exists from which to choose a scan");
  low *= 0.6;
  high *= 1.6;
  if (open_ended) high = std::max(high, 20 * median);
  std::vector<double> scan;
  for (double mu = low; mu < high; mu *= 1.2) scan.push_back(mu);
  scan.push_back(high);
  return scan;
}

UpperLimits by_toys(const Fitted& fitted, const LimitOptions& options, const ProgressCallback& progress) {
  const BinnedModel& model = fitted.likelihood.model();
  const ProfileData data = fitted.likelihood.own_data();
  const std::vector<double> scan = scan_of(asymptotic(fitted, options, [&](double) {
    report_progress(progress, 0);
    return true;
  }));
  std::vector<ClsValues> cls;
  for (const double mu : scan) {
    cls.push_back(profile_toy_cls(fitted.likelihood, data, model.is_observed, mu, options, [&](double fraction) {
      report_progress(progress, (static_cast<double>(cls.size()) + fraction) / static_cast<double>(scan.size()));
      return true;
    }));
  }
  report_progress(progress, 1);
  return toy_limits(scan, cls, options);
}

// The upper edge of where `rise` is below `threshold`: find_limit looks for ln CLs = ln(1 - level), so rise is put into
// those units.
template <class Rise>
Limit edge(Rise&& rise, double threshold, double level, double guess) {
  const double unit = std::log1p(-level) / threshold;
  Limit limit = find_limit([&](double distance) { return unit * rise(distance); }, level, guess);
  if (!limit.value && limit.reason.rfind("CLs", 0) == 0) limit.reason = "-ln L does not rise that far";
  return limit;
}

UpperLimits by_likelihood(const Fitted& fitted, const LimitOptions& options) {
  UpperLimits limits;
  limits.method = "delta-lnl-1";
  limits.level = options.level;
  const double threshold = delta_log_likelihood(options.level, 1), best = fitted.asymptotics.best();
  if (fitted.likelihood.model().is_observed) {
    limits.observed = edge([&](double distance) { return fitted.asymptotics.rise(best + distance); }, threshold,
                           options.level, fitted.guess);
    if (limits.observed.value) *limits.observed.value += best;
  } else {
    limits.observed.reason = not_observed;
  }
  for (Limit& limit : limits.expected) limit.reason = "delta-lnl-1 has a median only";
  limits.expected[2] = edge([&](double distance) { return fitted.asymptotics.asimov_rise(distance); }, threshold,
                            options.level, fitted.guess);
  return limits;
}

}  // namespace

const std::vector<std::string>& binned_method_names() {
  static const std::vector<std::string> names = {"cls-asymptotic", "cls-toys", "delta-lnl-1"};
  return names;
}

UpperLimits binned_limits(const BinnedModel& model, const LimitOptions& options, const ProgressCallback& progress) {
  check(model, options);
  if (!has_signal(model)) {
    UpperLimits limits;
    limits.method = options.method;
    limits.level = options.level;
    limits.observed.reason = "no signal is expected in any bin, so its strength is not limited";
    for (Limit& limit : limits.expected) limit.reason = limits.observed.reason;
    return limits;
  }
  return guarded(options.method, [&] {
    const Fitted fitted(model);
    if (options.method == "cls-asymptotic") return asymptotic(fitted, options, progress);
    if (options.method == "cls-toys") return by_toys(fitted, options, progress);
    return by_likelihood(fitted, options);
  });
}

ClsValues binned_cls(const BinnedModel& model, double mu, const LimitOptions& options,
                     const ProgressCallback& progress) {
  check(model, options);
  if (options.method == "delta-lnl-1") throw InputError("limit options", "method", "delta-lnl-1 has no CLs");
  if (!(mu >= 0 && mu * model.nominal_total(true) <= largest_events)) {
    throw InputError("limit options", "mu", "expected a signal strength of 0 to 1e10 signal events");
  }
  ClsValues values;
  if (!has_signal(model) || mu == 0) {
    // Data with and without signal are the same.
    if (model.is_observed) values.observed = 1;
    values.expected.fill(1);
    return values;
  }
  return guarded(options.method, [&] {
    if (options.method == "cls-toys") {
      const BinnedProfile likelihood(model, source);
      return profile_toy_cls(likelihood, likelihood.own_data(), model.is_observed, mu, options, progress);
    }
    const Fitted fitted(model);
    if (model.is_observed) values.observed = std::exp(fitted.asymptotics.log_observed(mu));
    for (std::size_t i = 0; i < band.size(); ++i)
      values.expected[i] = std::exp(fitted.asymptotics.log_expected(mu, band[i]));
    const auto bad = [](double value) { return !(value >= 0 && value <= 1); };
    if (bad(values.observed.value_or(0)) || std::any_of(values.expected.begin(), values.expected.end(), bad)) {
      throw InputError(options.method, "model", "CLs cannot be computed for this model");
    }
    return values;
  });
}

ProfileInterval binned_interval(const BinnedModel& model, double level) {
  LimitOptions options;
  options.method = "delta-lnl-1";
  options.level = level;
  check(model, options);
  return guarded(options.method, [&] {
    const Fitted fitted(model);
    const double threshold = delta_log_likelihood(level, 1);
    ProfileInterval interval;
    interval.best = fitted.asymptotics.best();
    interval.rise_without_signal = fitted.asymptotics.rise(0);
    const UpperLimits limits = by_likelihood(fitted, options);
    interval.high = limits.observed.value ? limits.observed : limits.expected[2];
    if (interval.rise_without_signal > threshold) {
      const Limit low =
          edge([&](double distance) { return fitted.asymptotics.rise(std::max(interval.best - distance, 0.0)); },
               threshold, level, 0.5 * interval.best);
      interval.low = std::max(interval.best - low.value.value_or(interval.best), 0.0);
    }
    return interval;
  });
}

double effective_count(const std::vector<double>& signal, const std::vector<double>& expected) {
  double variance = 0, third_moment = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    if (!(expected[i] > 0)) continue;
    const double weight = signal[i] / expected[i];
    variance += weight * weight * expected[i];
    third_moment += weight * weight * weight * expected[i];
  }
  return third_moment > 0 ? variance * variance * variance / (third_moment * third_moment) : 0;
}

}  // namespace anyslice::stats
