// The constructions by name, behind one check of the input.
#include "core/stats/upper_limit.hpp"

#include "core/base/error.hpp"
#include "core/stats/cls_asymptotic.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/cls_hybrid.hpp"
#include "core/stats/cls_toys.hpp"

namespace anyslice::stats {
namespace {

CountingModel checked(const CountingModel& model, const LimitOptions& options) {
  options.validate("limit options");
  model.validate("counting model");
  return options.combine_systematics ? model.combined() : model;
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
  if (!(level > 0 && level < 1)) throw InputError(source, "level", "expected a confidence level between 0 and 1");
  if (method == "cls-toys" && toys < 100) throw InputError(source, "toys", "expected at least 100 toys");
}

UpperLimits upper_limits(const CountingModel& given, const LimitOptions& options, const ProgressCallback& progress) {
  const CountingModel model = checked(given, options);
  if (options.method == "cls-hybrid") return hybrid_limits(model, options.level, progress);
  if (options.method == "cls-exact") return exact_limits(model, options.level);
  if (options.method == "cls-asymptotic") return asymptotic_limits(model, options.level, progress);
  const std::vector<double> scan = toy_scan(model, options.level);
  std::vector<ClsValues> cls;
  for (const double mu : scan) {
    report_progress(progress, static_cast<double>(cls.size()) / static_cast<double>(scan.size()));
    cls.push_back(toy_cls(model, mu, options));
  }
  report_progress(progress, 1);
  return toy_limits(scan, cls, options);
}

ClsValues cls_values(const CountingModel& given, double mu, const LimitOptions& options) {
  const CountingModel model = checked(given, options);
  if (!(mu >= 0 && mu < 1e300)) throw InputError("limit options", "mu", "expected a finite signal strength >= 0");
  if (options.method == "cls-hybrid") return hybrid_cls(model, mu);
  if (options.method == "cls-exact") return exact_cls(model, mu);
  if (options.method == "cls-asymptotic") return asymptotic_cls(model, mu);
  return toy_cls(model, mu, options);
}

}  // namespace anyslice::stats
