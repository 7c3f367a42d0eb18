// The constructions by name, behind one check of the input.
#include "core/stats/upper_limit.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>

#include "core/base/error.hpp"
#include "core/stats/asymptotic_check.hpp"
#include "core/stats/bayes_flat.hpp"
#include "core/stats/cls_asymptotic.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/cls_toys.hpp"
#include "core/stats/feldman_cousins.hpp"
#include "core/stats/likelihood_interval.hpp"

namespace anyslice::stats {
namespace {

// What neither the ranges of the input nor the methods themselves foresee still names its cause.
template <class Work>
auto guarded(const std::string& method, Work&& work) {
  try {
    return work();
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(method, "model", std::string("cannot be computed for this model: ") + error.what());
  }
}

}  // namespace

const std::vector<std::string>& event_method_names() {
  static const std::vector<std::string> names = {"cls-hybrid", "cls-toys",   "cls-asymptotic",
                                                 "cls-exact",  "bayes-flat", "feldman-cousins"};
  return names;
}

const std::vector<std::string>& likelihood_method_names() {
  static const std::vector<std::string> names = {"delta-lnl-1", "delta-lnl-2"};
  return names;
}

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = event_method_names();
    all.insert(all.end(), likelihood_method_names().begin(), likelihood_method_names().end());
    return all;
  }();
  return names;
}

bool needs_toys(const CountingModel& model, const std::string& method) {
  return method == "cls-toys" || (method == "feldman-cousins" && !model.combined().systematics.empty());
}

void LimitOptions::validate(const std::string& source) const {
  bool known = false;
  std::string names;
  for (const std::string& name : method_names()) {
    known = known || name == method;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!known) throw InputError(source, "method", "unknown method '" + method + "': expected one of " + names);
  if (!(level >= 1e-6 && level <= 1 - 1e-9)) {
    throw InputError(source, "level", "expected a confidence level between 0 and 1 (1e-6 to 1 - 1e-9)");
  }
  if (toys < 100 || toys > 100000000) throw InputError(source, "toys", "expected 100 to 100000000 toys");
}

void check_input(const CountingModel& model, const LimitOptions& options, const std::string& method) {
  options.validate("limit options");
  model.validate("counting model");
  static const std::set<std::string> averaging = {"cls-hybrid", "cls-toys", "bayes-flat", "feldman-cousins"};
  if (averaging.contains(method)) model.validate_averaged("counting model");
}

UpperLimits upper_limits(const CountingModel& given, const LimitOptions& options, const ProgressCallback& progress) {
  check_input(given, options, options.method);
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  UpperLimits limits = guarded(options.method, [&] {
    if (options.method == "cls-hybrid") return hybrid_limits(model, options.level, progress);
    if (options.method == "cls-exact") return exact_limits(model, options.level);
    if (options.method == "cls-asymptotic") {
      UpperLimits limits = asymptotic_limits(model, options.level, progress);
      judge_asymptotic_limits(model, limits);
      return limits;
    }
    if (options.method == "bayes-flat") return bayes_limits(model, options.level, progress);
    if (options.method == "delta-lnl-1") return likelihood_limits(model, options.level, 1, progress);
    if (options.method == "delta-lnl-2") return likelihood_limits(model, options.level, 2, progress);
    if (!needs_toys(model, options.method)) return feldman_cousins_limits(model, options.level, progress);
    const std::vector<double> scan = toy_scan(given, options, [&](double) {
      report_progress(progress, 0);
      return true;
    });
    std::vector<ClsValues> cls;
    for (const double mu : scan) {
      cls.push_back(toy_cls(given, mu, options, [&](double fraction) {
        report_progress(progress, (static_cast<double>(cls.size()) + fraction) / static_cast<double>(scan.size()));
        return true;
      }));
    }
    report_progress(progress, 1);
    return toy_limits(scan, cls, options);
  });
  for (const SignalInterval& interval : limits.intervals) {
    if (interval.kind != "feldman-cousins" || !(interval.low > 0)) continue;
    char text[40];
    std::snprintf(text, sizeof text, "%.4g", interval.low);
    limits.warnings.push_back(std::string("the unified interval begins at a signal strength of ") + text +
                              ": smaller ones are excluded as well, which an upper limit does not show");
  }
  return limits;
}

ClsValues cls_values(const CountingModel& given, double mu, const LimitOptions& options,
                     const ProgressCallback& progress) {
  check_input(given, options, options.method);
  if (!(mu >= 0 && mu < 1e300)) throw InputError("limit options", "mu", "expected a finite signal strength >= 0");
  if (needs_toys(given, options.method)) return toy_cls(given, mu, options, progress);
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  // CLs falls with mu: where it is zero to double precision, it stays so.
  const double largest_mu = largest_events / model.signal, tested = std::min(mu, largest_mu);
  const ClsValues values = guarded(options.method, [&] {
    if (options.method == "cls-hybrid") return hybrid_cls(model, tested, progress);
    if (options.method == "cls-exact") return exact_cls(model, tested);
    if (options.method == "bayes-flat") return bayes_values(model, tested, progress);
    if (options.method == "feldman-cousins") return feldman_cousins_values(model, tested);
    if (options.method == "delta-lnl-1") return likelihood_values(model, tested, 1, progress);
    if (options.method == "delta-lnl-2") return likelihood_values(model, tested, 2, progress);
    return asymptotic_cls(model, tested);
  });
  const auto check = [&](double value) {
    if (!(value >= 0 && value <= 1)) throw InputError(options.method, "model", "CLs cannot be computed for this model");
    if (mu > largest_mu && value > 0) {
      throw InputError("limit options", "mu", "expected a signal strength of 0 to 1e10 signal events");
    }
  };
  if (values.observed) check(*values.observed);
  for (const double value : values.expected) check(value);
  return values;
}

}  // namespace anyslice::stats
