// The constructions by name, behind one check of the input.
#include "core/stats/upper_limit.hpp"

#include <algorithm>
#include <exception>

#include "core/base/error.hpp"
#include "core/stats/cls_asymptotic.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/cls_toys.hpp"

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

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = {"cls-hybrid", "cls-toys", "cls-asymptotic", "cls-exact"};
  return names;
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
  if (method == "cls-hybrid" || method == "cls-toys") model.validate_averaged("counting model");
}

UpperLimits upper_limits(const CountingModel& given, const LimitOptions& options, const ProgressCallback& progress) {
  check_input(given, options, options.method);
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  return guarded(options.method, [&] {
    if (options.method == "cls-hybrid") return hybrid_limits(model, options.level, progress);
    if (options.method == "cls-exact") return exact_limits(model, options.level);
    if (options.method == "cls-asymptotic") return asymptotic_limits(model, options.level, progress);
    const std::vector<double> scan = toy_scan(given, options.level, options.combine_systematics, [&](double) {
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
}

ClsValues cls_values(const CountingModel& given, double mu, const LimitOptions& options,
                     const ProgressCallback& progress) {
  check_input(given, options, options.method);
  if (!(mu >= 0 && mu < 1e300)) throw InputError("limit options", "mu", "expected a finite signal strength >= 0");
  if (options.method == "cls-toys") return toy_cls(given, mu, options, progress);
  const CountingModel model = options.combine_systematics ? given.combined() : given;
  // CLs falls with mu: where it is zero to double precision, it stays so.
  const double largest_mu = largest_events / model.signal, tested = std::min(mu, largest_mu);
  const ClsValues values = guarded(options.method, [&] {
    if (options.method == "cls-hybrid") return hybrid_cls(model, tested, progress);
    if (options.method == "cls-exact") return exact_cls(model, tested);
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
