// An analysis as a service: requests and answers in JSON, the same for the command line and the browser.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "core/api/display_table.hpp"
#include "core/api/setting.hpp"
#include "core/base/json_reader.hpp"
#include "core/base/progress.hpp"
#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/limit_curve.hpp"
#include "core/slice/plane.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// A card with its table. Every method takes a request object and returns the answer documented at its name; fields
/// shared by all requests (see setting.hpp):
///   set {parameter: value}, variant, projection, exposure_scale, switches {name: value}, bandwidth {parameter: value},
///   channels [names], part; cl, method, constraint (defaults: those of the card's variant), toys, seed.
/// An unknown or ill-typed field throws InputError("request", field, ...).
class Analysis {
 public:
  /// Reads the card; its table is still to be attached. Throws InputError.
  Analysis(const CardDocuments& documents, const std::string& address);

  const Model& model() const { return *model_; }

  /// Takes the uncompressed bytes of the card's table `name`, checks digest and columns. Returns the number of rows.
  /// "display" is the card's display table, which only those methods need that say so.
  std::size_t attach_table(const std::string& name, std::span<const std::uint8_t> bytes, const std::string& source);

  /// {card, point, variant, projection, exposure_scale, mu, mu_mc_error, effective_events, bins [{name, channel,
  /// observed, background, background_error, mu, mu_mc_error, effective_events}], delta_lnl, kernel_share,
  /// kernel_trusted, masked_reason, warnings, derived {...}, totals {name: {value, unit, label, parts}}, CLs, excluded,
  /// expected_excluded, breakdown {...}}: the prediction at a point. delta_lnl is -ln L minus that without signal;
  /// kernel_share the part of the kernel inside the table, kernel_trusted whether its bias is known to be small, masked
  /// why contours end here (or null). CLs only when the request names a deterministic method; whether the point is
  /// (expected to be) excluded by the `signal_limits` of the request, or by CLs; breakdown when the request names a
  /// column.
  Json rate(const Json& request) const;
  /// The same request: throws InputError where a factor without parameters has no value for a row of the table, also
  /// for rows that the kernel does not reach at the point.
  void check_rows(const Json& request) const;
  /// Of a request to anything that compares with counts: that nothing was observed at its exposure, if so.
  std::vector<std::string> count_warnings(const Json& request) const;

  /// {method, constraint, level, exposure_scale, unit, observed {value, error, reason}, expected {"-2": ...},
  /// intervals [{kind, low, high}], warnings}: upper limits in signal events, and the two-sided intervals on the data
  /// of the constructions that have them. They do not depend on the model's parameters, so one call serves a whole
  /// curve; what they do depend on stands in the answer, and a request that uses them with another setting is refused.
  Json signal_limits(const Json& request, const ProgressCallback& progress = {}) const;

  /// The same by toys in pieces: {mu: [...]} to test (empty where feldman-cousins needs no toys); CLs or p-value at one
  /// `mu`; limits from the list `points` of those.
  Json toy_scan(const Json& request) const;
  Json toy_cls(const Json& request) const;
  Json toy_limits(const Json& request) const;

  /// {method, constraint, level, quantity, unit, mu [...], observed [...], observed_error [...], expected {"-2":
  /// [...]}, expected_error {...}}: what the construction compares with 1 - level (CLs, p-value, posterior probability:
  /// `quantity`) at the signals `mu` [events]. A list can be shared out.
  Json p_values(const Json& request, const ProgressCallback& progress = {}) const;

  /// {mu, unit, statistic, constraint, edges [...], observed, asimov, asymptotic {signal, background}, toys {first,
  /// count, seed, signal, background}}: the distribution of the profile likelihood ratio at the signal `mu` [events],
  /// if it is true and without signal. A histogram is {zero, bins [...], above}: probabilities by the asymptotic
  /// formula, counted toys, with {at_least_observed} of them. Request {mu, bins, highest, first}; toys are thrown where
  /// the request has a number of them, from index `first` on: pieces with the same `highest` add up.
  Json test_statistic(const Json& request, const ProgressCallback& progress = {}) const;

  /// The coverage of the construction (see coverage_requests.hpp), request {mu, experiments, first, nuisances}; `mu` is
  /// the true signal in events, by default the prediction at the point. Pieces of a run, told apart by `first`, add up
  /// in `experiments` and `covered`.
  Json coverage(const Json& request, const ProgressCallback& progress = {}) const;

  /// {card, on, unit, cl, method, constraint, variant, set, amount, amount_unit, points [{exposure, amount, expected
  /// {"-2": ...}, excluded, reason, warnings}], today, projections [...]}: the expected limit on parameter `on` at the
  /// point against the exposure, request {on, exposures [relative to the data], projections}. Backgrounds grow with the
  /// exposure and statistical systematics shrink; what is expected without signal stands for the counts, also today.
  /// `excluded` are the intervals of the median; methods delta-lnl-* have no bands, and their median is the limit at
  /// the expected counts. `today` has the observed limit, too ({observed, observed_excluded, observed_reason}), and
  /// `projections` those of the card, with their own switches and counts ({name, label, ...}); both are left out where
  /// the request says projections: false. `amount` is the exposure in `amount_unit`, null where the card does not say.
  Json exposure_limit(const Json& request, const ProgressCallback& progress = {}) const;

  /// {card, on, unit, scale, range, cl, variant, projection, exposure_scale, channels, part, set, profile, point,
  /// likelihood, observed, values [...], minus_two_delta_lnl [...], minus_log_likelihood [...], mu [...], mu_mc_error
  /// [...], effective_events [...], status [...], profiled [...], gaps [{low, high, status, reason}], minimum {value,
  /// minus_log_likelihood, without_signal}, levels [{name, cl, threshold, allowed [...], excluded [...]}], current
  /// {value, status, mu, minus_two_delta_lnl}, warnings}: -2 Delta ln L along parameter `on`, the others as in `set`
  /// but for `profile`, over which -ln L is minimised within its bounds. Request {on, range [low, high], count (2 to
  /// 2001, default 101), scale "lin" or "log", profile}; range and scale by default those of the parameter. It is the
  /// likelihood of contours and of evaluate() (the effective one, for every card), above its lowest value over the
  /// parameter's whole range, whatever is scanned of it, and no signal (minimum.value is null where that is best). Null
  /// where nothing is known ("thin" or "outside", named in `gaps`) or where the counts are impossible. Levels are for
  /// one parameter (1 sigma, 90 %, 95 %, and `cl` if it is another), without a variant's base_offset; an interval is
  /// {low, high, low_end, high_end}, its ends being a "crossing" of the threshold, the end of the "range", or where
  /// what is beyond is "unknown".
  Json scan(const Json& request, const ProgressCallback& progress = {}) const;

  /// {card, on, unit, cl, method, constraint, variant, exposure_scale, set, x {parameter, unit, values}, y {...},
  /// observed [[...], ...], expected {"-2": [[...]], ...}, reasons [[...]], signal_limits, warnings}: the limit on
  /// parameter `on` over the plane of two others, request {on, x {parameter, values}, y {parameter, values},
  /// signal_limits}. Row j of a table belongs to y.values[j], column i to x.values[i]; null is no limit, for the reason
  /// given. Rows can be shared out, with the same `signal_limits`.
  Json limit_map(const Json& request, const ProgressCallback& progress = {}) const;

  /// {log_likelihood_without_signal, rows [{mu, mu_mc_error, effective_events, log_likelihood, kernel_trusted,
  /// reason}], warnings}: prediction and ln L at each of `points` [{parameter: value}], the others as in `set`.
  /// log_likelihood is null for minus infinity; without a prediction all numbers are null, for the reason given (else
  /// null). Throws for unknown parameters.
  Json evaluate(const Json& request, const ProgressCallback& progress = {}) const;

  /// {points: [...]}: limits on parameter `on` at the values of versus {parameter, values}, from `signal_limits`. A
  /// point is {<versus>: x, observed, excluded [[low, high], ...], expected {"-2": ...}, expected_excluded {"-2":
  /// [[...]]}, mc_error, relative_mc_error, effective_events, reason, expected_reason, known, expected_known,
  /// warnings}. `known` is whether it is known what the data exclude (`expected_known`: the median), be it nothing.
  /// `observed` and `expected` are the lower edges of the first excluded interval and `mc_error` the statistical error
  /// of that edge, all in the unit of `on`; null is "no limit", for the reason given; an interval's end is null where
  /// it is the end of the range.
  Json limit_points(const Json& request, const ProgressCallback& progress = {}) const;

  /// {parameter, range, intervals}: where overlay `curve` lies inside the observed exclusion.
  Json excluded_along(const Json& request) const;

  /// {source, rows [{versus, quantity, ours, published, difference}]}, or null when the card has no published limits.
  Json compare_published(const Json& request) const;

  /// A whole limit curve: signal_limits and limit_points in one answer.
  Json limit(const Json& request, const ProgressCallback& progress = {}) const;

  /// {card, x, y, range {x, y}, cl, method, variant, projection, channels, part, set, profile, resolution, point,
  /// level, rings, edges, masked, outside, minimum {x, y, value, without_signal}, band, warnings}: the contour of a
  /// plane, request {x {parameter, range}, y {parameter, range}, profile, resolution, band}. `rings` are closed lists
  /// of [x, y] with the excluded side inside, by the even-odd rule; `edges` those parts of them that are the limit
  /// itself. `masked` and `outside` are rectangles [x0, y0, x1, y1] where nothing is said: too few events or a kernel
  /// that is not trusted, or no prediction. `level` is how far -ln L may rise; with a CLs method (one bin) it is the
  /// limit in events. resolution is "coarse" (16 or 24 cells along each axis, sums good to about 1e-3) or "fine"
  /// (default); `band` asks for the contours of the prediction moved by -1 and +1 Monte Carlo errors.
  Json contour(const Json& request, const ProgressCallback& progress = {}) const;

  /// {window, left_out, first, second, only_first, only_second}: areas of two regions in a window of a plane and of
  /// what is in one of them alone, request {x {range, scale}, y {range, scale}, first, second, left_out}: regions as
  /// the `rings` of contours, boxes that are not counted (optional) as their `masked`, a scale "lin" or "log", whose
  /// coordinate is the decimal logarithm. See core/slice/region_areas.hpp.
  Json region_areas(const Json& request) const;

  /// {x [...], y [...], values [[...], ...], quantity, unit}: a grid over the plane, request as for contour and
  /// columns, rows (2 to 200), quantity "mu", "delta_lnl", "effective_events" or "relative_mc_error". values[j][i]
  /// belongs to y[j], x[i]; null where there is no prediction.
  Json field(const Json& request, const ProgressCallback& progress = {}) const;

  /// {channel, label, histogram {label, unit}, groups [{name, low [...], high, observed, background, background_error,
  /// mu, mu_mc_error}], warnings}: the bins of a channel with a histogram, request {channel}.
  Json spectrum(const Json& request) const;

  /// {observable, label, unit, scale, edges [...], mu [...], mu_mc_error [...], outside {mu, mu_mc_error}}: the events
  /// of the channels of the request by one of the card's observables, request {observable}.
  /// With `stages` [names], by an observable of the card's display table: {observable, label, unit, scale, edges [...],
  /// stages [{stage, label, mu [...], mu_mc_error [...], outside {mu, mu_mc_error}, total {mu, mu_mc_error,
  /// effective_events}}]}; an empty list stands for all stages. Needs the display table.
  Json distribution(const Json& request) const;

  /// {map, label, stage {name, label}, x {label, unit, scale, edges}, y {...}, mu [[...], ...], mu_mc_error [[...],
  /// ...], outside, total}: events by two observables, mu[j][i] in bin i of x and j of y; request {map, stage}, the
  /// stage by default the last one of the card. Needs the display table.
  Json distribution_map(const Json& request) const;

  /// {ratio, label, unit, x {parameter, values}, y {...}, values [[...], ...], at}: one of the card's ratios of totals
  /// over the ranges of two parameters (or x_range, y_range [low, high] of the request), values[j][i] at y[j], x[i] and
  /// null where a total has no value; `at` is that of the point itself. Request {ratio, columns, rows (2 to 200)}.
  Json ratio_map(const Json& request) const;

  /// {label, fluxes [{beam, particle, unit, edges, values}], cross_sections {unit, energies, elements [{element,
  /// nuclei, molar_mass_g, values}]}, left_out [...]}: what the events are made of at the point, cross sections in cm^2
  /// per atomic mass unit of the material. Needs the display table.
  Json interactions(const Json& request) const;

  /// {ctau0 [...], unit, mu, mu_mc_error, uncertainty, delta_lnl, threshold, excluded [[low, high], ...], at,
  /// physical, warnings}: the expected events against the lifetime with all else fixed (Fig. 11 of arXiv:2205.12273),
  /// request {low, high, count} in the unit of ctau0. `uncertainty` is the square root of the variance of signal and
  /// background together; `at` the lifetime of the point itself, `physical` those at the bounds of the parameter
  /// `profile`, if given.
  Json lifetime_curve(const Json& request) const;

  /// {unit, events [...], curves [{set, total, ctau0_min [...], ctau0_max [...], fit {a, b, worst}}], warnings}: limits
  /// on the lifetime against the events before the decay (the card's total named by `total`), whatever their origin:
  /// request {total, events {low, high, count}, versus {parameter, values}}. null where nothing is excluded. The fit is
  /// ctau0_min = a / (log10(events) - b), Eq. E1 of arXiv:2205.12273.
  Json model_independent(const Json& request) const;

  /// {card, on, at, reference {shape, distance, flatten, bandwidth, default, mu, mu_mc_error}, bandwidth [...], curves
  /// [{shape, distance, flatten, bandwidth [...], mu, mu_mc_error, effective_events, difference, difference_mc_error,
  /// kernel_share}]}: the prediction at a point by other kernels than the one in force, against the bandwidth in
  /// parameter `on`. Request {on, count, low, high (by default a quarter and twice the card's), kernels [{shape,
  /// distance, flatten}]}: what a kernel does not say is the card's, without a list it is that one alone. `bandwidth`
  /// are those of the card's shape and distance; a kernel of another has the bandwidth (`curves[].bandwidth`, in its
  /// own distance) with which its standard deviation is the same. `difference` is from the prediction in force, its
  /// error that of a difference of sums over the same rows: where it is far outside, one of the two kernels is biased.
  Json kernel_study(const Json& request) const;

  /// The point as a workspace of pyhf (HistFactory JSON 1.0.0) with the signal strength `mu`, see
  /// core/api/workspace_writer.hpp; request {mc_error}: false leaves out the Monte Carlo error of the signal.
  Json workspace(const Json& request) const;

  /// {card, variant, exposure_scale, constraint, and what core/api/workspace_limits.hpp says}: CLs and limits on the
  /// strength of the signal at the point, from all bins with their uncertainties profiled, request {mc_error}; methods
  /// cls-asymptotic (default), cls-toys, delta-lnl-1.
  Json point_limits(const Json& request, const ProgressCallback& progress = {}) const;

  /// [{name, text}, ...]: results as the files of a submission to HEPData, request {results}; see hepdata.hpp.
  Json hepdata(const Json& request) const;

  /// {software {name, version}, card {name, documents [{file, sha256}]}, tables [{name, file, sha256}]}: what the
  /// answers of this analysis come from. The first document is the card itself, others are what it extends; digests are
  /// those of their texts and of the uncompressed tables.
  Json provenance() const;

  /// Calls a method by name, for bindings. Throws InputError for an unknown one.
  Json call(const std::string& method, const Json& request) const;

 private:
  Json bin_json(const BinData& data, const Prediction& prediction, double exposure_scale) const;
  static Json signal_limits_json(const Setting& setting, const stats::UpperLimits& limits);
  static stats::UpperLimits read_signal_limits(const Setting& setting, const JsonReader& reader);
  LimitCurve limit_curve(const Setting& setting, const JsonReader& request) const;
  /// Of limits by -ln L, which compare with the counts themselves (others say so in their signal_limits).
  std::vector<std::string> likelihood_warnings(const Setting& setting) const;
  Json plane_json(const PlaneRequest& plane, const Setting& setting) const;
  PlaneRequest plane_request(const Setting& setting, const JsonReader& request) const;
  const Reweighter& reweighter() const;
  Json stage_distributions(const Setting& setting, const JsonReader& request) const;

  std::unique_ptr<Model> model_;
  /// (file, SHA-256) of the texts of the card: its own first, then what it extends.
  std::vector<std::pair<std::string, std::string>> card_digests_;
  std::unique_ptr<Reweighter> reweighter_;
  std::unique_ptr<DisplayTable> display_;
};

}  // namespace anyslice::api
