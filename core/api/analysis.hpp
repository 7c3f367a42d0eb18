// An analysis as a service: requests and answers in JSON, the same for the command line and the browser.
#pragma once

#include <cstdint>
#include <memory>
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

  /// {card, point, variant, mu, mu_mc_error, effective_events, bins [...], derived {...}, CLs, excluded, breakdown {...}}:
  /// the prediction at a point; CLs and whether it excludes the point at the request's level only when the request names a deterministic method, breakdown when it names a
  /// column.
  Json rate(const Json& request) const;

  /// {method, constraint, level, unit, observed {value, error, reason}, expected {"-2": ...}, warnings}: upper limits
  /// in signal events. They do not depend on the parameters, so one call serves a whole curve.
  Json signal_limits(const Json& request, const ProgressCallback& progress = {}) const;

  /// The same by toys in pieces: {mu: [...]} to test; CLs at one `mu`; limits from the list `points` of those.
  Json toy_scan(const Json& request) const;
  Json toy_cls(const Json& request) const;
  Json toy_limits(const Json& request) const;

  /// {points: [...]}: limits on parameter `on` at the values of versus {parameter, values}, from `signal_limits`.
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
  stats::CountingModel counting_model(const Setting& setting) const;
  LimitCurve limit_curve(const Setting& setting, const JsonReader& request) const;
  const Reweighter& reweighter() const;

  std::unique_ptr<Model> model_;
  std::unique_ptr<Reweighter> reweighter_;
};

/// The limit curve as comma-separated values: a commented header, then one row a point; an empty cell is "no limit".
std::string limit_csv(const Json& limit);

/// CLs and upper limits of one counting experiment given in numbers:
/// {observed, background, background_error, signal, signal_error, cl, method, constraint, toys, seed}.
Json counting_limits(const Json& request, const ProgressCallback& progress = {});

}  // namespace anyslice::api
