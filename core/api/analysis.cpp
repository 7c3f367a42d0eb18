// An analysis as a service: opening it, its rate at a point, and the methods by name.
#include "core/api/analysis.hpp"

#include <algorithm>
#include <cmath>

#include "core/api/bibtex.hpp"
#include "core/api/chain_requests.hpp"
#include "core/api/contour_csv.hpp"
#include "core/api/hepdata.hpp"
#include "core/api/limit_csv.hpp"
#include "core/api/statistics_json.hpp"
#include "core/base/sha256.hpp"
#include "core/card/card_documents.hpp"
#include "core/card/chain.hpp"
#include "core/reweight/totals.hpp"
#include "core/slice/masks.hpp"
#include "core/table/safetensors.hpp"

namespace anyslice::api {

Analysis::Analysis(const CardDocuments& documents, const std::string& address) {
  Card card = read_card(documents, address);
  for (const auto& part : extension_chain(documents, address)) {
    const std::string& text = documents.at(part);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    card_digests_.emplace_back(part.substr(part.rfind('/') + 1), sha256_hex(bytes));
  }
  if (card.display) display_ = std::make_unique<DisplayTable>(card);
  model_ = std::make_unique<Model>(std::move(card));
  // The method names belong to the statistics, which a card does not know.
  const auto check = [&](const LimitSettings& settings, const std::string& field) {
    const std::vector<std::string>& names = stats::method_names();
    if (std::find(names.begin(), names.end(), settings.method) == names.end()) {
      throw InputError(address, field, "expected " + join_choices(names) + ", found \"" + settings.method + "\"");
    }
    if (settings.constraint.empty() && !settings.method.starts_with("delta-lnl")) {
      throw InputError(address, field, "is " + settings.method + ", which needs a constraint as well");
    }
  };
  check(model_->card().limits, "limits.method");
  read_chains(*model_);
  for (const auto& [name, variant] : model_->card().variants)
    check(variant.limits, "variants." + name + ".limits.method");
}

std::size_t Analysis::attach_table(const std::string& name, std::span<const std::uint8_t> bytes,
                                   const std::string& source) {
  std::vector<const TableReference*> references;
  for (const auto& reference : model_->card().tables) references.push_back(&reference);
  if (const auto& display = model_->card().display) references.push_back(&display->table);
  for (const auto* wanted : references) {
    const TableReference& reference = *wanted;
    if (reference.name != name) continue;
    auto table = std::make_shared<const EventTable>(read_table(bytes, source));
    const std::string digest = sha256_hex(bytes);
    if (digest != reference.sha256) {
      throw InputError(source, "sha256",
                       "is " + digest + ", but the card " + model_->card().source + " expects " + reference.sha256 +
                           ": the file is damaged or of another version");
    }
    const bool is_display = wanted != references.front();
    if (is_display)
      display_->attach(table, source);
    else
      reweighter_ = std::make_unique<Reweighter>(*model_, table, source);
    return table->rows;
  }
  throw InputError(model_->card().source, "tables." + name, "is not a table of this card");
}

const Reweighter& Analysis::reweighter() const {
  if (!reweighter_) {
    throw InputError(model_->card().source, "tables." + model_->card().tables.front().name, "has not been loaded yet");
  }
  return *reweighter_;
}

Json Analysis::bin_json(const BinData& data, const Prediction& prediction, double exposure_scale) const {
  const BinSpecification& bin = model_->card().bins[data.bin];
  WeightedSum sum = prediction.bins[data.bin];
  sum.multiply(exposure_scale);
  return {{"name", bin.name},
          {"channel", bin.channel},
          {"observed", optional_json(data.counts)},
          {"background", data.background},
          {"background_error", data.background_error()},
          {"mu", sum.sum},
          {"mu_mc_error", sum.error()},
          {"effective_events", sum.effective_events()}};
}

std::vector<std::string> Analysis::count_warnings(const Json& request_json) const {
  const Setting setting = read_setting(*model_, JsonReader(request_json, kRequest), {"mc_error"});
  return CardLikelihood(*model_, setting.likelihood()).warnings();
}

void Analysis::check_rows(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {});
  reweighter().plain_sum(model_->slots_at(setting.point, setting.setup, kRequest), setting.selection);
}

Json Analysis::rate(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"breakdown", "signal_limits"});
  const Card& card = model_->card();
  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  const CardLikelihood likelihood(*model_, setting.likelihood());
  const Prediction prediction = reweighter().predict(slots, setting.selection);
  const auto to_json = [](const WeightedSum& sum) {
    return Json{{"mu", sum.sum}, {"mu_mc_error", sum.error()}, {"effective_events", sum.effective_events()}};
  };

  Json point = Json::object();
  for (const auto& parameter : card.parameters) point[parameter.name] = slots[model_->slot(parameter.name)];
  Json result = {{"card", card.name}, {"point", std::move(point)}, {"variant", setting.setup.variant}};
  if (!setting.setup.projection.empty()) result["projection"] = setting.setup.projection;
  result["exposure_scale"] = setting.exposure_scale;
  const WeightedSum total = likelihood.total(prediction);
  result.update(to_json(total));
  result["bins"] = Json::array();
  for (const auto& bin : likelihood.bins()) result["bins"].push_back(bin_json(bin, prediction, setting.exposure_scale));
  result["delta_lnl"] = likelihood.minus_log_likelihood(prediction) - likelihood.without_signal();
  result["kernel_share"] = reweighter().kernel_share(slots, setting.selection);
  result["kernel_trusted"] = reweighter().is_kernel_trusted(slots);
  const std::string why = why_masked(reweighter(), slots, setting.selection, total);
  result["masked_reason"] = why.empty() ? Json(nullptr) : Json(why);
  result["warnings"] = likelihood.warnings();

  Json derived = Json::object();
  for (const auto& quantity : card.derived) {
    const double value = slots[model_->slot(quantity.name)];
    derived[quantity.name] = {{"value", std::isfinite(value) ? Json(value) : Json(nullptr)},
                              {"unit", quantity.unit},
                              {"label", quantity.label}};
  }
  result["derived"] = std::move(derived);
  Json totals = Json::object();
  for (const Total& counted : totals_at(*model_, reweighter().preparation(), slots)) {
    Json parts = Json::object();
    for (const auto& [label, value] : counted.parts) parts[label] = value * setting.exposure_scale;
    totals[counted.name] = {{"value", counted.value * setting.exposure_scale},
                            {"unit", counted.unit},
                            {"label", counted.label},
                            {"parts", std::move(parts)}};
  }
  result["totals"] = std::move(totals);

  result["CLs"] = nullptr;
  result["excluded"] = nullptr;
  result["expected_excluded"] = nullptr;
  if (setting.has_method && setting.likelihood_parameters == 0 && total.sum > 0) {
    stats::CountingModel with_signal = counting_model(*model_, setting);
    with_signal.signal = total.sum;
    if (!stats::needs_toys(with_signal, setting.method)) {
      const auto cls = stats::cls_values(with_signal, 1, setting.options).observed;
      result["CLs"] = optional_json(cls);
      if (cls) result["excluded"] = *cls <= 1 - setting.level;
    }
  }
  if (const auto given = request.find("signal_limits")) {
    const stats::UpperLimits limits = read_signal_limits(setting, *given);
    if (limits.observed.value) result["excluded"] = total.sum >= *limits.observed.value;
    if (const auto& median = limits.expected[2].value) result["expected_excluded"] = total.sum >= *median;
  }
  if (const auto column = request.find("breakdown")) {
    Json parts = Json::object();
    for (auto [name, sum] :
         reweighter().breakdown(slots, column->text(), likelihood.counted(card), setting.selection)) {
      sum.multiply(setting.exposure_scale);
      parts[name] = to_json(sum);
    }
    result["breakdown"] = {{"column", column->text()}, {"parts", std::move(parts)}};
  }
  return result;
}

Json Analysis::hepdata(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  request.allow_only({"results"});
  Json files = Json::array();
  for (const HepdataFile& file : hepdata_submission(model_->card(), request.at("results"))) {
    files.push_back({{"name", file.name}, {"text", file.text}});
  }
  return files;
}

Json Analysis::provenance() const {
  const Card& card = model_->card();
  Json documents = Json::array(), tables = Json::array();
  for (const auto& [file, digest] : card_digests_) documents.push_back({{"file", file}, {"sha256", digest}});
  const auto add = [&](const TableReference& table) {
    tables.push_back(
        {{"name", table.name}, {"file", table.url.substr(table.url.rfind('/') + 1)}, {"sha256", table.sha256}});
  };
  for (const auto& table : card.tables) add(table);
  if (card.display) add(card.display->table);
  return {{"software", {{"name", "anyslice"}, {"version", ANYSLICE_VERSION}}},
          {"card", {{"name", card.name}, {"documents", std::move(documents)}}},
          {"tables", std::move(tables)}};
}

Json Analysis::call(const std::string& method, const Json& request) const {
  if (method == "rate") return rate(request);
  if (method == "signal_limits") return signal_limits(request);
  if (method == "toy_scan") return toy_scan(request);
  if (method == "toy_cls") return toy_cls(request);
  if (method == "toy_limits") return toy_limits(request);
  if (method == "limit_points") return limit_points(request);
  if (method == "excluded_along") return excluded_along(request);
  if (method == "compare_published") return compare_published(request);
  if (method == "limit") return limit(request);
  if (method == "contour") return contour(request);
  if (method == "field") return field(request);
  if (method == "region_areas") return region_areas(request);
  if (method == "spectrum") return spectrum(request);
  if (method == "distribution") return distribution(request);
  if (method == "distribution_map") return distribution_map(request);
  if (method == "ratio_map") return ratio_map(request);
  if (method == "interactions") return interactions(request);
  if (method == "lifetime_curve") return lifetime_curve(request);
  if (method == "kernel_study") return kernel_study(request);
  if (method == "model_independent") return model_independent(request);
  if (method == "workspace") return workspace(request);
  if (method == "point_limits") return point_limits(request);
  if (method == "p_values") return p_values(request);
  if (method == "test_statistic") return test_statistic(request);
  if (method == "coverage") return coverage(request);
  if (method == "limit_map") return limit_map(request);
  if (method == "exposure_limit") return exposure_limit(request);
  if (method == "scan") return scan(request);
  if (method == "evaluate") return evaluate(request);
  if (method == "chain") {
    const JsonReader reader(request, kRequest);
    return chain_at(*model_, reweighter(), reader, rate(rate_request_of(*model_, reader)));
  }
  if (method == "citation") return bibtex(model_->card(), card_digests_.front().second);
  if (method == "hepdata") return hepdata(request);
  if (method == "limit_csv") return limit_csv(JsonReader(request, kRequest).at("limit").json(), model_->card());
  if (method == "contour_csv") return contour_csv(JsonReader(request, kRequest).at("contour").json(), model_->card());
  if (method == "provenance") return provenance();
  throw InputError(kRequest, "method", "there is no method \"" + method + "\"");
}

}  // namespace anyslice::api
