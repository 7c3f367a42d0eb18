// anyslice list, show, check, rate.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <set>

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
    std::string what = "column " + factor.column;
    std::set<std::string> parameters;
    for (const auto* expression : {&factor.expression, &factor.ctau0, &factor.beta_gamma}) {
      if (!*expression) continue;
      what = factor.expression ? "scale  " + factor.expression->text() : "decay in the detector";
      parameters.merge(analysis->model().parameters_of(**expression));
    }
    const std::vector<std::string> names(parameters.begin(), parameters.end());
    std::printf("  %s: depends on %s\n", what.c_str(), names.empty() ? "no parameter" : join_names(names).c_str());
  }
  std::printf("\nbins\n");
  for (const auto& bin : card.bins) {
    std::printf("  %-12s observed %g, background", bin.name.c_str(), bin.observed);
    for (const auto& background : bin.backgrounds) std::printf(" %s %g", background.name.c_str(), background.expected);
    std::printf("\n");
  }
  std::printf("\nsystematics\n");
  for (const auto& systematic : card.systematics) {
    std::printf("  %-32s %5.1f %% on", systematic.name.c_str(), 100 * systematic.relative);
    for (const auto& component : systematic.on) std::printf(" %s", component.c_str());
    std::printf("\n");
  }
  std::printf("\nlimits on %s against %s: %g CL, %s, %s\n", card.limits.on.c_str(), card.limits.versus.c_str(),
              card.limits.level, card.limits.method.c_str(), card.limits.constraint.c_str());
  std::printf("\nvariants\n");
  for (const auto& [variant, settings] : card.variants) {
    std::printf("  %-12s %s, %s", variant.c_str(), settings.limits.method.c_str(), settings.limits.constraint.c_str());
    for (const auto& [name_of_switch, value] : settings.switches)
      std::printf(", %s = %g", name_of_switch.c_str(), value);
    std::printf("\n");
  }
}

void check_card(const std::string& name, const Global& global) {
  const auto analysis = open_analysis(name, true);
  const Model& model = analysis->model();
  const Card& card = model.card();
  // The card's own points must be evaluable in every variant: defaults, benchmarks, ends of ranges.
  std::size_t points = 0;
  for (const auto& [variant, settings] : card.variants) {
    std::vector<Json> requests = {Json::object()};
    for (const auto& [benchmark, point] : card.benchmarks) requests.push_back({{"set", point}});
    // The ends of each range, one parameter at a time.
    for (const auto& parameter : card.parameters) {
      for (const double end : {parameter.low, parameter.high}) requests.push_back({{"set", {{parameter.name, end}}}});
    }
    for (Json& request : requests) {
      request["variant"] = variant;
      analysis->rate(request);
      ++points;
    }
  }
  if (global.json) {
    std::cout << Json{{"card", card.name}, {"ok", true}, {"points", points}}.dump() << "\n";
  } else {
    std::printf("%s: card, table digest, columns and units are right; %zu points evaluated\n", card.name.c_str(),
                points);
  }
}

struct RateOptions {
  std::string card, benchmark, variant = "physics", breakdown;
  std::vector<std::string> assignments;
  double exposure_scale = 1;
};

void print_sum(const std::string& name, const Json& sum) {
  std::printf("  %-22s %s +- %s events (Monte Carlo), %s effective events\n", name.c_str(),
              show_number(sum["mu"], 6).c_str(), show_number(sum["mu_mc_error"], 2).c_str(),
              show_number(sum["effective_events"], 5).c_str());
}

void print_rate(const RateOptions& options, const Global& global) {
  const auto analysis = open_analysis(options.card, true);
  const Card& card = analysis->model().card();
  Json point = Json::object();
  if (!options.benchmark.empty()) {
    const auto found = card.benchmarks.find(options.benchmark);
    if (found == card.benchmarks.end()) {
      std::vector<std::string> names;
      for (const auto& [name, values] : card.benchmarks) names.push_back(name);
      throw InputError("--at", "",
                       names.empty() ? card.name + " has no benchmark points"
                                     : "expected " + join_choices(names) + ", found \"" + options.benchmark + "\"");
    }
    point = found->second;
  }
  point.update(parse_assignments(options.assignments));
  Json request = {{"set", point}, {"variant", options.variant}, {"exposure_scale", options.exposure_scale}};
  if (!options.breakdown.empty()) request["breakdown"] = options.breakdown;
  const Json rate = analysis->rate(request);
  if (global.json) {
    std::cout << rate.dump(2) << "\n";
    return;
  }
  std::printf("%s, variant %s, at", card.name.c_str(), options.variant.c_str());
  for (const auto& [name, value] : rate["point"].items()) {
    std::printf(" %s = %s", name.c_str(), show_number(value, 6).c_str());
  }
  std::printf("\n");
  print_sum("expected signal", rate);
  for (const auto& bin : rate["bins"]) {
    std::printf("  %-22s observed %s, background %s\n", bin["name"].get<std::string>().c_str(),
                show_number(bin["observed"]).c_str(), show_number(bin["background"]).c_str());
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
  rate->add_option("--at", options->benchmark, "A benchmark point of the card");
  rate->add_option("--set", options->assignments, "Parameter value, name=value in the parameter's unit; repeatable")
      ->allow_extra_args(false);
  rate->add_option("--variant", options->variant, "Variant of the card")->capture_default_str();
  rate->add_option("--exposure-scale", options->exposure_scale, "Exposure in units of the analysis' own")
      ->capture_default_str();
  rate->add_option("--breakdown", options->breakdown, "Column of whole numbers by whose values to split the rate");
  rate->callback([options, &global] { print_rate(*options, global); });
}

}  // namespace anyslice::cli
