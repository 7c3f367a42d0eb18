// How the prediction at a point comes about, and what it says: the card's chain with numbers, then counts, likelihood
// or CLs, and the verdict.
#include "core/api/chain_requests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <set>

#include "core/api/card_yields.hpp"
#include "core/api/statistics_json.hpp"
#include "core/api/workspace_limits.hpp"
#include "core/card/chain.hpp"
#include "core/reweight/totals.hpp"
#include "core/slice/masks.hpp"
#include "core/slice/plane.hpp"
#include "core/stats/binned_limits.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::api {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// A step that is the same for all cards.
Json step_json(const std::string& label, const Json& formula, double value, const std::string& unit,
               const std::string& source, bool is_factor = false) {
  return {{"label", label},      {"formula", formula},  {"value", finite_json(value)}, {"unit", unit},
          {"factor", is_factor}, {"mc_error", nullptr}, {"effective_events", nullptr}, {"source", source}};
}

Json formula_json(const std::string& text, const std::string& latex) { return {{"text", text}, {"latex", latex}}; }

/// Chains at one point, at the exposure of the card and with all events.
class ChainEvaluation {
 public:
  ChainEvaluation(const Model& model, const Reweighter& reweighter, std::vector<double> slots, Selection selection)
      : model_(model), reweighter_(reweighter), slots_(std::move(slots)), selection_(std::move(selection)) {
    totals_ = totals_at(model_, reweighter_.preparation(), slots_);
  }

  /// The steps with their values, and the product of the factors. `bins` says which bins of the card the chain is for.
  std::pair<Json, double> run(const Chain& chain, const std::vector<bool>& bins) {
    std::vector<double> slots = slots_;
    slots.resize(slots_.size() + chain.steps.size(), kNoValue);
    std::vector<WeightedSum> sums(chain.steps.size());
    const auto value_of = [&](std::size_t i) -> double& { return slots[slots_.size() + i]; };
    for (std::size_t i = 0; i < chain.steps.size(); ++i) {
      const ChainStep& step = chain.steps[i];
      if (step.is_sum) sums[i] = events(step.with_decay, bins);
      if (!step.expression) value_of(i) = step.is_sum ? sums[i].sum : total(step);
    }
    Json steps = Json::array();
    double product = 1;
    for (std::size_t i = 0; i < chain.steps.size(); ++i) {
      const ChainStep& step = chain.steps[i];
      if (step.expression) value_of(i) = step.expression->evaluate(slots);
      if (step.is_factor) product *= value_of(i);
      Json json = step_json(step.label, step.formula, value_of(i), step.unit, step.source, step.is_factor);
      if (step.is_sum) {
        json["mc_error"] = sums[i].error();
        json["effective_events"] = sums[i].effective_events();
      } else if (const auto error = propagated_error(chain, i, sums, slots)) {
        json["mc_error"] = finite_json(*error);
      }
      steps.push_back(std::move(json));
    }
    return {std::move(steps), product};
  }

  /// The sum over events in these bins.
  WeightedSum events(bool with_decay, const std::vector<bool>& bins) {
    std::optional<Prediction>& prediction = with_decay ? with_decay_ : before_decay_;
    if (!prediction) prediction = with_decay ? reweighter_.predict(slots_, selection_) : before_decay();
    return sum_of(*prediction, bins);
  }

  static WeightedSum sum_of(const Prediction& prediction, const std::vector<bool>& bins) {
    WeightedSum result;
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      if (bins[bin]) result += prediction.bins[bin];
    }
    return result;
  }

 private:
  /// The Monte Carlo error of an expression that uses one sum over events. Two sums share their events: none is known.
  std::optional<double> propagated_error(const Chain& chain, std::size_t step, const std::vector<WeightedSum>& sums,
                                         std::vector<double> slots) const {
    const auto& expression = chain.steps[step].expression;
    std::optional<std::size_t> sum;
    for (std::size_t i = 0; expression && i < chain.steps.size(); ++i) {
      if (!chain.steps[i].is_sum || !expression->names().contains(chain.steps[i].name)) continue;
      if (sum) return std::nullopt;
      sum = i;
    }
    if (!sum) return std::nullopt;
    const double value = expression->evaluate(slots);
    slots[slots_.size() + *sum] += sums[*sum].error();
    return std::abs(expression->evaluate(slots) - value);
  }

  /// The card without its factor for the decay. Names keep their slots: they do not depend on the weight.
  Prediction before_decay() const {
    Card card = model_.card();
    std::erase_if(card.weight,
                  [](const FactorSpecification& factor) { return factor.kind == FactorSpecification::Kind::decay; });
    const Model model(std::move(card));
    const RowPreparation& preparation = reweighter_.preparation();
    // The table outlives this reweighter.
    const std::shared_ptr<const EventTable> table(&preparation.table(), [](const EventTable*) {});
    return Reweighter(model, table, preparation.source()).predict(slots_, selection_);
  }

  /// NaN where the card gives no such total with these switches.
  double total(const ChainStep& step) const {
    for (const Total& total : totals_) {
      if (total.name != step.total) continue;
      if (step.part.empty()) return total.value;
      for (const auto& [label, value] : total.parts) {
        if (label == step.part) return value;
      }
    }
    return kNoValue;
  }

  const Model& model_;
  const Reweighter& reweighter_;
  std::vector<double> slots_;
  Selection selection_;
  std::vector<Total> totals_;
  std::optional<Prediction> with_decay_, before_decay_;
};

const std::set<std::string> kOwnFields = {"x", "y", "profile", "minimum"};

Setting setting_of(const Model& model, const JsonReader& request) {
  std::set<std::string> allowed = kOwnFields;
  allowed.insert("signal_limits");
  return read_setting(model, request, allowed);
}

/// Everything that is asked about one point.
class Explanation {
 public:
  Explanation(const Model& model, const Reweighter& reweighter, const JsonReader& request, const Json& rate)
      : model_(model),
        reweighter_(reweighter),
        request_(request),
        rate_(rate),
        setting_(setting_of(model, request)),
        likelihood_(model, setting_.likelihood()),
        slots_(model.slots_at(setting_.point, setting_.setup, kRequest)),
        prediction_(reweighter.predict(slots_, setting_.selection)),
        mu_(likelihood_.total(prediction_)) {}

  Json run() {
    result_ = {{"card", model_.card().name},
               {"point", rate_["point"]},
               {"variant", setting_.setup.variant},
               {"projection", setting_.setup.projection.empty() ? Json(nullptr) : Json(setting_.setup.projection)},
               {"part", setting_.selection.part.empty() ? Json(nullptr) : Json(setting_.selection.part)},
               {"exposure_scale", setting_.exposure_scale},
               {"chains", chains()}};
    for (const char* field : {"mu", "mu_mc_error", "effective_events", "bins"}) result_[field] = rate_[field];
    for (std::size_t i = 0; i < likelihood_.bins().size(); ++i) {
      result_["bins"][i]["delta_lnl"] = finite_json(rise_of(likelihood_.bins()[i]));
    }
    result_["channels"] = channels();
    result_["warnings"] = likelihood_.warnings();
    result_["conclusion"] = Json::array();
    result_["verdict"] = {{"excluded", nullptr},
                          {"reason", nullptr},
                          {"method", setting_.method},
                          {"level", setting_.level},
                          {"comparison", nullptr}};
    if (setting_.likelihood_parameters != 0)
      conclude_by_likelihood();
    else
      conclude_by_construction();
    // As on the plot, where such points are masked.
    if (rate_["masked_reason"].is_string()) no_verdict(rate_["masked_reason"].get<std::string>());
    return std::move(result_);
  }

 private:
  Json chains() {
    const Card& card = model_.card();
    Selection all_events = setting_.selection;
    all_events.part.clear();
    ChainEvaluation evaluation(model_, reweighter_, slots_, all_events);
    Json result = Json::array();
    for (const Chain& chain : read_chains(model_)) {
      std::vector<bool> bins = likelihood_.counted(card);
      for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        bins[bin] = bins[bin] && std::find(chain.channels.begin(), chain.channels.end(), card.bins[bin].channel) !=
                                     chain.channels.end();
      }
      // Its channels are not asked for.
      if (std::find(bins.begin(), bins.end(), true) == bins.end()) continue;
      auto [steps, product] = evaluation.run(chain, bins);
      WeightedSum sum = ChainEvaluation::sum_of(prediction_, bins);
      if (!setting_.selection.part.empty()) {
        const double share = sum.sum / evaluation.events(true, bins).sum;
        product *= share;
        const std::string label = card.document["parts"][setting_.selection.part].value("label", "of the part chosen");
        steps.push_back(step_json("share of the signal " + label,
                                  formula_json("μ(part) / μ", "\\mu_\\mathrm{part}/\\mu"), share, "1",
                                  "sums over the events of the table", true));
      }
      if (setting_.exposure_scale != 1) {
        product *= setting_.exposure_scale;
        steps.push_back(step_json("exposure, relative to that of the data", formula_json("E", "E"),
                                  setting_.exposure_scale, "1", "the setting", true));
      }
      sum.multiply(setting_.exposure_scale);
      result.push_back({{"label", chain.label},
                        {"channels", chain.channels},
                        {"mu", sum.sum},
                        {"mu_mc_error", sum.error()},
                        {"effective_events", sum.effective_events()},
                        {"product", finite_json(product)},
                        {"steps", std::move(steps)}});
    }
    return result;
  }

  /// The bins of each channel together.
  Json channels() const {
    Json result = Json::array();
    for (const auto& channel : model_.card().channels) {
      double background = 0, rise = 0, variance = 0;
      std::optional<double> observed = 0;
      WeightedSum sum;
      std::size_t bins = 0;
      for (const BinData& bin : likelihood_.bins()) {
        if (model_.card().bins[bin.bin].channel != channel.name) continue;
        ++bins;
        background += bin.background;
        variance += bin.variance(0, 0);
        rise += rise_of(bin);
        sum += prediction_.bins[bin.bin];
        observed = observed && bin.counts ? std::optional<double>(*observed + *bin.counts) : std::nullopt;
      }
      if (bins == 0) continue;
      sum.multiply(setting_.exposure_scale);
      result.push_back({{"channel", channel.name},
                        {"bins", bins},
                        {"observed", optional_json(observed)},
                        {"background", background},
                        {"background_error", std::sqrt(variance)},
                        {"mu", sum.sum},
                        {"mu_mc_error", sum.error()},
                        {"effective_events", sum.effective_events()},
                        {"delta_lnl", finite_json(rise)}});
    }
    return result;
  }

  /// By how much the signal in one bin raises -ln L.
  double rise_of(const BinData& bin) const {
    Prediction alone = prediction_;
    for (std::size_t other = 0; other < alone.bins.size(); ++other) {
      if (other != bin.bin) alone.bins[other] = {0, 0, alone.bins[other].thrown};
    }
    return likelihood_.minus_log_likelihood(alone) - likelihood_.without_signal();
  }

  void conclude(const std::string& label, const Json& formula, double value, const std::string& unit,
                const std::string& source) {
    result_["conclusion"].push_back(step_json(label, formula, value, unit, source));
  }

  /// The point is excluded if `value` is `relation` `limit`: what the verdict stands on.
  void compare(const std::string& what, double value, const std::string& relation, double limit,
               const std::string& unit) {
    result_["verdict"]["comparison"] = {
        {"what", what}, {"value", finite_json(value)}, {"relation", relation}, {"limit", limit}, {"unit", unit}};
  }

  void no_verdict(const std::string& reason) {
    result_["verdict"]["excluded"] = nullptr;
    result_["verdict"]["reason"] = reason;
    result_["verdict"]["comparison"] = nullptr;
  }

  std::string counts() const { return likelihood_.is_observed() ? "" : ", for the counts expected without signal"; }

  double best_of_plane() const {
    if (const auto minimum = request_.find("minimum")) return minimum->number();
    if (likelihood_.best_without_signal()) return likelihood_.without_signal();
    const LimitSettings& defaults = model_.card().limits;
    const auto axis = [&](const char* field, const std::string& usual) {
      const auto given = request_.find(field);
      return given ? given->at("parameter").text() : usual;
    };
    PlaneRequest plane;
    plane.x.parameter = axis("x", defaults.versus);
    plane.y.parameter = axis("y", defaults.on);
    if (const auto profile = request_.find("profile")) plane.profile = profile->text();
    plane.fixed = setting_.point;
    for (const auto& moving : {plane.x.parameter, plane.y.parameter, plane.profile}) plane.fixed.erase(moving);
    plane.selection = setting_.selection;
    plane.likelihood = setting_.likelihood();
    return Plane(model_, reweighter_, plane).best().minus_log_likelihood;
  }

  /// -ln L at the point; where a parameter is profiled, at its best value, as everywhere on the plane.
  double here_on_plane() const {
    const auto profile = request_.find("profile");
    if (!profile) return likelihood_.minus_log_likelihood(prediction_);
    Point fixed = setting_.point;
    fixed.erase(profile->text());
    const std::string moving = request_.has("y") ? request_.at("y").at("parameter").text() : model_.card().limits.on;
    const double value = slots_[model_.slot(moving)];
    fixed.erase(moving);
    const SliceLikelihood line(model_, reweighter_, fixed, {moving}, profile->text(), setting_.selection,
                               setting_.likelihood());
    const SlicePoint point = line.at({{value}}).front();
    if (point.status == SlicePoint::Status::outside) return likelihood_.minus_log_likelihood(prediction_);
    return point.minus_log_likelihood;
  }

  void conclude_by_likelihood() {
    const int parameters = setting_.likelihood_parameters;
    const double here = here_on_plane(), best = best_of_plane();
    const double offset = parameters == 1 ? setting_.defaults.base_offset : 0;
    const double threshold = stats::delta_log_likelihood(setting_.level, parameters);
    conclude("−ln L at the point" + counts(),
             formula_json("−Σ ln L_eff(n; b + μ, σ²)",
                          "-\\sum_\\mathrm{bins}\\ln L_\\mathrm{eff}(n;\\,b+\\mu,\\,\\sigma^2)"),
             here, "1", "arXiv:1901.04645, Eq. 3.16; variance: arXiv:2205.12273, Eq. 30");
    conclude("−ln L at its lowest, over the plane and without signal", formula_json("min(−ln L)", "\\min(-\\ln L)"),
             best, "1", "the same");
    if (offset != 0) {
      conclude("what the variant puts its base above that", formula_json("base", "\\mathrm{base}"), offset, "1",
               "limits of the variant " + setting_.setup.variant);
    }
    conclude("rise of −ln L", formula_json("−Δ ln L", "-\\Delta\\ln L"), here - best - offset, "1",
             "difference of the lines above");
    conclude("how far it may rise for " + std::to_string(parameters) + (parameters == 1 ? " parameter" : " parameters"),
             formula_json("χ²(CL, " + std::to_string(parameters) + ")/2",
                          "\\chi^2(\\mathrm{CL},\\," + std::to_string(parameters) + ")/2"),
             threshold, "1", "S. S. Wilks, Ann. Math. Stat. 9 (1938) 60");
    result_["verdict"]["excluded"] = here - best - offset > threshold;
    compare("rise of −ln L", here - best - offset, "above", threshold, "1");
  }

  void conclude_by_construction() {
    if (request_.has("signal_limits")) {
      const stats::UpperLimits limits = upper_limits_from(request_.at("signal_limits"));
      const bool is_observed = likelihood_.is_observed();
      const stats::Limit& limit = is_observed ? limits.observed : limits.expected[2];
      if (!limit.value) return no_verdict(limit.reason);
      conclude(is_observed ? "upper limit on the signal" : "expected upper limit on the signal, median",
               formula_json("μ_up", "\\mu_\\mathrm{up}"), *limit.value, "events",
               "construction " + setting_.method + " from the counts and their uncertainties");
      result_["verdict"]["excluded"] = rate_[is_observed ? "excluded" : "expected_excluded"];
      compare("signal", rate_["mu"].get<double>(), "at least", *limit.value, "events");
      // Only where it decides as the limit does: an interval of two ends excludes small signals, too.
      const bool same_verdict = setting_.method != "feldman-cousins";
      if (is_observed && same_verdict && rate_["CLs"].is_number()) conclude_probability(rate_["CLs"].get<double>());
      return;
    }
    const bool has_many_bins = likelihood_.bins().size() > 1;
    Json value = rate_["CLs"];
    if (has_many_bins && setting_.method != "cls-toys") value = strength();
    if (!value.is_number()) {
      return no_verdict(mu_.sum > 0 ? "the construction " + setting_.method + " needs toys: give its limit in events"
                                    : "there is no signal at this point");
    }
    conclude_probability(value.get<double>());
    result_["verdict"]["excluded"] = value.get<double>() <= 1 - setting_.level;
    compare(is_cls() ? "CLs" : "probability", value.get<double>(), "at most", 1 - setting_.level, "1");
  }

  bool is_cls() const { return setting_.method.starts_with("cls"); }

  /// What the construction says of the point itself, and from where on that excludes it.
  void conclude_probability(double value) {
    conclude(is_cls() ? "CLs" : "p-value, or probability of a larger signal",
             is_cls() ? formula_json("p(s+b) / (1 − p(b))", "\\frac{p_{s+b}}{1-p_b}") : formula_json("p", "p"), value,
             "1",
             is_cls() ? "A. L. Read, J. Phys. G 28 (2002) 2693; construction " + setting_.method
                      : "construction " + setting_.method);
    conclude("excluded if that is at most", formula_json("1 − CL", "1-\\mathrm{CL}"), 1 - setting_.level, "1",
             "the confidence level");
  }

  /// CLs of the point from all bins, as Analysis::point_limits has it.
  Json strength() const {
    stats::LimitOptions options = setting_.options;
    const Json method = setting_.method;
    options.method = JsonReader(method, kRequest, "method").one_of(stats::binned_method_names());
    CardYields yields = card_yields(model_, setting_, prediction_, true);
    if (setting_.constraint == stats::Constraint::gaussian && setting_.options.combine_systematics)
      yields.combine_effects();
    return binned_limits_json(yields.model(), options).value("CLs", Json(nullptr));
  }

  const Model& model_;
  const Reweighter& reweighter_;
  const JsonReader& request_;
  const Json& rate_;
  Setting setting_;
  CardLikelihood likelihood_;
  std::vector<double> slots_;
  Prediction prediction_;
  WeightedSum mu_;
  Json result_;
};

}  // namespace

Json rate_request_of(const Model& model, const JsonReader& request) {
  const Setting setting = setting_of(model, request);
  Json result = request.json();
  for (const auto& field : kOwnFields) result.erase(field);
  // CLs of one bin are given where the method is named, and those of many are not for Analysis::rate.
  if (CardLikelihood(model, setting.likelihood()).bins().size() == 1)
    result["method"] = setting.method;
  else
    result.erase("method");
  return result;
}

Json chain_at(const Model& model, const Reweighter& reweighter, const JsonReader& request, const Json& rate) {
  return Explanation(model, reweighter, request, rate).run();
}

}  // namespace anyslice::api
