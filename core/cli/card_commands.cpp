// anyslice list, show, check, rate.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <set>

#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {
namespace {

void list_cards(const Global& global) {
  Json cards = Json::array();
  for (const auto& name : built_in_cards()) {
    const auto analysis = open_analysis(name, false);
    cards.push_back({{"name", name}, {"title", analysis->model().card().title}});
  }
  if (global.json) {
    std::cout << cards.dump(2) << "\n";
    return;
  }
  for (const auto& card : cards) {
    std::printf("%-26s %s\n", card["name"].get<std::string>().c_str(), card["title"].get<std::string>().c_str());
  }
}

std::string join_names(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

/// What a factor is and the names of the parameters it depends on.
std::pair<std::string, std::string> describe_factor(const Model& model, const FactorSpecification& factor) {
  using Kind = FactorSpecification::Kind;
  std::set<std::string> parameters;
  for (const auto* expression : {&factor.expression, &factor.ctau0, &factor.beta_gamma}) {
    if (*expression) parameters.merge(model.parameters_of(**expression));
  }
  for (const auto& axis : factor.axes) parameters.insert(axis.parameter);
  std::string what = "column " + factor.column;
  if (factor.kind == Kind::scale) what = "scale  " + factor.expression->text();
  if (factor.kind == Kind::ratio) what = "ratio  " + factor.expression->text();
  if (factor.kind == Kind::select) {
    what = "select " + (factor.expression ? factor.expression->text() : "by column " + factor.column);
  }
  if (factor.kind == Kind::decay) what = "decay in the detector";
  if (factor.kind == Kind::kernel) {
    what = "kernel";
    for (const auto& axis : factor.axes) what += ", " + axis.parameter + " " + show_number(axis.bandwidth);
  }
  return {what, join_names({parameters.begin(), parameters.end()})};
}

/// What `distribution`, `map` and `ratio` can be asked for.
void show_displays(const Card& card) {
  const auto line = [](const std::string& name, const std::string& what) {
    std::printf("  %-22s %s\n", name.c_str(), what.c_str());
  };
  const auto observables = [&](const std::vector<ObservableSpecification>& list) {
    for (const auto& one : list) {
      const std::string unit = one.unit == "1" ? "" : " " + one.unit;
      line(one.name, one.label + ", " + show_number(one.low) + " to " + show_number(one.high) + unit);
    }
  };
  if (!card.observables.empty()) {
    std::printf("\nobservables (distribution --observable)\n");
    observables(card.observables);
  }
  if (!card.projections.empty()) {
    std::printf("\nprojections (--projection)\n");
    const JsonReader labels(card.document.at("projections"), card.source, "projections");
    for (const auto& [name, projection] : card.projections) line(name, labels.at(name).at("label").text());
  }
  if (!card.display) return;
  std::printf("\nobservables at stages of the selection (distribution --observable, --stages)\n");
  observables(card.display->observables);
  std::printf("\nstages\n");
  for (const auto& stage : card.display->stages) line(stage.name, stage.label);
  if (!card.display->maps.empty()) std::printf("\nmaps (map --map, --stage)\n");
  for (const auto& map : card.display->maps) line(map.name, map.label + ": " + map.x + " and " + map.y);
  if (!card.display->ratios.empty()) std::printf("\nratios (ratio --ratio)\n");
  for (const auto& ratio : card.display->ratios)
    line(ratio.name, ratio.label + ": over " + ratio.x + " and " + ratio.y);
}

void show_card(const std::string& name, const Global& global) {
  const auto analysis = open_analysis(name, false);
  const Card& card = analysis->model().card();
  if (global.json) {
    std::cout << card.document.dump(2) << "\n";
    return;
  }
  std::printf("%s: %s\n", card.name.c_str(), card.title.c_str());
  std::printf("\nparameters\n");
  for (const auto& parameter : card.parameters) {
    std::printf("  %-12s %g to %g%s%s, default %g\n", parameter.name.c_str(), parameter.low, parameter.high,
                parameter.unit == "1" ? "" : " ", parameter.unit == "1" ? "" : parameter.unit.c_str(),
                parameter.default_value);
  }
  std::printf("\nbenchmarks\n");
  for (const auto& [benchmark, point] : card.benchmarks) {
    std::printf("  %-12s", benchmark.c_str());
    for (const auto& [parameter, value] : point) std::printf(" %s=%g", parameter.c_str(), value);
    std::printf("\n");
  }
  std::printf("\nweight of an event\n");
  for (const auto& factor : card.weight) {
    const auto [what, parameters] = describe_factor(analysis->model(), factor);
    std::printf("  %s: depends on %s\n", what.c_str(), parameters.empty() ? "no parameter" : parameters.c_str());
  }
  std::printf("\nchannels (--channels)\n");
  for (const auto& channel : card.channels) std::printf("  %-22s %s\n", channel.name.c_str(), channel.label.c_str());
  if (!card.parts.empty()) {
    std::printf("\nparts of the events (--part)\n");
    const JsonReader labels(card.document.at("parts"), card.source, "parts");
    for (const auto& part : card.parts) {
      std::printf("  %-22s %s\n", part.name.c_str(), labels.at(part.name).at("label").text().c_str());
    }
  }
  std::printf("\nbins\n");
  const CardLikelihood likelihood(analysis->model(), {});
  for (const auto& data : likelihood.bins()) {
    const BinSpecification& bin = card.bins[data.bin];
    std::printf("  %-12s observed %g, background", bin.name.c_str(), bin.observed);
    for (std::size_t i = 0; i < data.backgrounds.size(); ++i) {
      std::printf(" %s %g", bin.backgrounds[i].name.c_str(), data.backgrounds[i]);
    }
    std::printf("\n");
  }
  std::printf("\nsystematics\n");
  for (const auto& systematic : card.systematics) {
    std::printf("  %-32s %5.1f %% on", systematic.name.c_str(), 100 * systematic.relative);
    for (const auto& component : systematic.on) std::printf(" %s", component.c_str());
    std::printf("\n");
  }
  std::printf("\nlimits on %s against %s: %g CL, %s%s%s\n", card.limits.on.c_str(), card.limits.versus.c_str(),
              card.limits.level, card.limits.method.c_str(), card.limits.constraint.empty() ? "" : ", ",
              card.limits.constraint.c_str());
  show_displays(card);
  std::printf("\nvariants\n");
  for (const auto& [variant, settings] : card.variants) {
    std::printf("  %-12s %s%s%s", variant.c_str(), settings.limits.method.c_str(),
                settings.limits.constraint.empty() ? "" : ", ", settings.limits.constraint.c_str());
    for (const auto& [name_of_switch, value] : settings.switches)
      std::printf(", %s = %g", name_of_switch.c_str(), value);
    std::printf("\n");
  }
}

void check_card(const std::string& name, const Global& global) {
  const auto analysis = open_analysis(name, true);
  attach_display(*analysis);
  const Card& card = analysis->model().card();
  // Defaults and benchmarks must have a prediction in every variant. The ends of the ranges, one parameter at a time,
  // may lie where the model has none, but must not break anything.
  std::size_t points = 0, outside = 0;
  for (const auto& [variant, settings] : card.variants) {
    std::vector<Json> required = {Json::object()}, ends;
    for (const auto& [benchmark, point] : card.benchmarks) required.push_back({{"set", point}});
    for (const auto& parameter : card.parameters) {
      for (const double end : {parameter.low, parameter.high}) ends.push_back({{"set", {{parameter.name, end}}}});
    }
    for (Json& request : required) {
      request["variant"] = variant;
      analysis->rate(request);
      ++points;
    }
    // What rows are read above are only those that the kernel reaches there.
    analysis->check_rows({{"variant", variant}});
    for (Json& request : ends) {
      request["variant"] = variant;
      try {
        analysis->rate(request);
        ++points;
      } catch (const InputError& error) {
        // The model has no prediction there, or the parameter's bounds exclude it; anything else is a fault.
        if (error.source() != card.source && error.source() != "request") throw;
        ++outside;
      }
    }
    if (card.display) {
      for (Json& request : required) {
        request["observable"] = card.display->observables.front().name;
        request["stages"] = Json::array();
        analysis->distribution(request);
        ++points;
      }
    }
  }
  if (card.display && card.display->interactions) analysis->interactions(Json::object());
  if (global.json) {
    std::cout << Json{{"card", card.name}, {"ok", true}, {"points", points}, {"outside", outside}}.dump() << "\n";
  } else {
    std::printf("%s: card, table digest, columns and units are right; %zu points evaluated", card.name.c_str(), points);
    if (outside > 0) std::printf(", %zu ends of ranges lie outside the model", outside);
    std::printf("\n");
  }
}

struct RateOptions {
  std::string card, breakdown;
  BenchmarkOption benchmark;
  CardOptions setting;
};

void print_sum(const std::string& name, const Json& sum) {
  std::printf("  %-22s %s +- %s events (Monte Carlo), %s effective events\n", name.c_str(),
              show_number(sum["mu"], 6).c_str(), show_number(sum["mu_mc_error"], 2).c_str(),
              show_number(sum["effective_events"], 5).c_str());
}

void print_rate(const RateOptions& options, const Global& global) {
  const auto analysis = open_analysis(options.card, true);
  const Card& card = analysis->model().card();
  Json request = options.setting.request();
  options.benchmark.write(card, request);
  if (!options.breakdown.empty()) request["breakdown"] = options.breakdown;
  const Json rate = analysis->rate(request);
  print_warnings(rate["warnings"]);
  if (global.json) {
    std::cout << rate.dump(2) << "\n";
    return;
  }
  const bool is_observed = rate["warnings"].empty();
  std::printf("%s, variant %s, at", card.name.c_str(), options.setting.variant.c_str());
  for (const auto& [name, value] : rate["point"].items()) {
    std::printf(" %s = %s", name.c_str(), show_number(value, 6).c_str());
  }
  std::printf("\n");
  print_sum("expected signal", rate);
  for (const auto& bin : rate["bins"]) {
    const std::string observed = is_observed ? "observed " + show_number(bin["observed"]) + ", " : "";
    std::printf("  %-22s %sbackground %s +- %s, signal %s +- %s\n", bin["name"].get<std::string>().c_str(),
                observed.c_str(), show_number(bin["background"]).c_str(),
                show_number(bin["background_error"], 2).c_str(), show_number(bin["mu"]).c_str(),
                show_number(bin["mu_mc_error"], 2).c_str());
  }
  if (!rate["kernel_trusted"].get<bool>()) {
    std::fprintf(stderr, "anyslice: warning: the bias of the card's kernel is not known to be small at this point\n");
  }
  std::printf("  %-22s %s%s\n", "rise of -ln L", show_number(rate["delta_lnl"]).c_str(),
              is_observed ? "" : ", for the counts expected without signal");
  for (const auto& [name, total] : rate["totals"].items()) {
    std::printf("  %-22s %s %s (%s)\n", name.c_str(), show_number(total["value"], 6).c_str(),
                total["unit"].get<std::string>().c_str(), total["label"].get<std::string>().c_str());
  }
  for (const auto& [name, quantity] : rate["derived"].items()) {
    const std::string unit = quantity["unit"].get<std::string>();
    std::printf("  %-22s %s%s\n", name.c_str(), show_number(quantity["value"], 6).c_str(),
                unit == "1" ? "" : (" " + unit).c_str());
  }
  if (rate.contains("breakdown")) {
    std::printf("  by %s\n", options.breakdown.c_str());
    for (const auto& [name, sum] : rate["breakdown"]["parts"].items()) print_sum("  " + name, sum);
  }
}

}  // namespace

void add_card_commands(CLI::App& app, const Global& global) {
  app.add_subcommand("list", "List the built-in analyses")->callback([&global] { list_cards(global); });

  auto card = std::make_shared<std::string>();
  auto* show = app.add_subcommand("show", "Show what a card holds: parameters, counts, systematics, variants");
  show->add_option("CARD", *card, "Card file or name of a built-in analysis")->required();
  show->callback([card, &global] { show_card(*card, global); });

  auto* check = app.add_subcommand("check", "Check a card: fields, table digest, columns, units, its own points");
  check->add_option("CARD", *card, "Card file or name of a built-in analysis")->required();
  check->callback([card, &global] { check_card(*card, global); });

  auto options = std::make_shared<RateOptions>();
  auto* rate = app.add_subcommand("rate", "Expected signal events at a point, with Monte Carlo error");
  rate->add_option("CARD", options->card, "Card file or name of a built-in analysis")->required();
  options->benchmark.add_to(*rate);
  options->setting.add_to(*rate);
  rate->add_option("--breakdown", options->breakdown, "Column of whole numbers by whose values to split the rate");
  rate->callback([options, &global] { print_rate(*options, global); });
}

}  // namespace anyslice::cli
