// An analysis as a service: requests and answers in JSON, the same for the command line and the browser.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/limit_curve.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// A card with its table. Every method takes a request object and returns the answer documented at its name; fields
/// shared by all requests:
///   set {parameter: value}, variant, exposure_scale; cl, method, constraint (defaults: those of the card's variant),
///   toys, seed.
/// An unknown or ill-typed field throws InputError("request", field, ...).
class Analysis {
 public:
  /// Reads the card; its table is still to be attached. Throws InputError.
  Analysis(const CardDocuments& documents, const std::string& address);

  const Model& model() const { return *model_; }

  /// Takes the uncompressed bytes of the card's table `name`, checks digest and columns. Returns the number of rows.
  std::size_t attach_table(const std::string& name, std::span<const std::uint8_t> bytes, const std::string& source);

  /// {card, point, variant, mu, mu_mc_error, effective_events, bins [...], derived {...}, CLs, excluded,
  /// expected_excluded, breakdown {...}}: the prediction at a point. CLs only when the request names a deterministic
  /// method; whether the point is (expected to be) excluded by the `signal_limits` of the request, or by CLs; breakdown
  /// when the request names a column.
  Json rate(const Json& request) const;

  /// {method, constraint, level, exposure_scale, unit, observed {value, error, reason}, expected {"-2": ...},
  /// warnings}: upper limits in signal events. They do not depend on the model's parameters, so one call serves a whole
  /// curve; what they do depend on stands in the answer, and a request that uses them with another setting is refused.
  Json signal_limits(const Json& request, const ProgressCallback& progress = {}) const;

  /// The same by toys in pieces: {mu: [...]} to test; CLs at one `mu`; limits from the list `points` of those.
  Json toy_scan(const Json& request) const;
  Json toy_cls(const Json& request) const;
  Json toy_limits(const Json& request) const;

  /// {points: [...]}: limits on parameter `on` at the values of versus {parameter, values}, from `signal_limits`. A
  /// point is {<versus>: x, observed, excluded [[low, high], ...], expected {"-2": ...}, expected_excluded {"-2":
  /// [[...]]}, mc_error, relative_mc_error, effective_events, reason, expected_reason, warnings}. `observed` and
  /// `expected` are the lower edges of the first excluded interval and `mc_error` the statistical error of that edge,
  /// all in the unit of `on`; null is "no limit", for the reason given; an interval's end is null where it is the end
  /// of the range.
  Json limit_points(const Json& request, const ProgressCallback& progress = {}) const;

  /// {parameter, range, intervals}: where overlay `curve` lies inside the observed exclusion.
  Json excluded_along(const Json& request) const;

  /// {source, rows [{versus, quantity, ours, published, difference}]}, or null when the card has no published limits.
  Json compare_published(const Json& request) const;

  /// A whole limit curve: signal_limits and limit_points in one answer.
  Json limit(const Json& request, const ProgressCallback& progress = {}) const;

  /// Calls a method by name, for bindings. Throws InputError for an unknown one.
  Json call(const std::string& method, const Json& request) const;

 private:
  struct Setting;
  Setting read_setting(const JsonReader& request, std::set<std::string> also_allowed) const;
  static Json signal_limits_json(const Setting& setting, const stats::UpperLimits& limits);
  static stats::UpperLimits read_signal_limits(const Setting& setting, const JsonReader& reader);
  stats::CountingModel counting_model(const Setting& setting) const;
  LimitCurve limit_curve(const Setting& setting, const JsonReader& request) const;
  const Reweighter& reweighter() const;

  std::unique_ptr<Model> model_;
  std::unique_ptr<Reweighter> reweighter_;
};

}  // namespace anyslice::api
