// anyslice explain, cite: how a number comes about, and what to cite for it.
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>

#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/construction_options.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {
namespace {

struct ExplainCommand {
  std::string card, x, y, profile;
  BenchmarkOption benchmark;
  CardOptions setting;
  ConstructionOptions construction;
};

std::string with_unit(const Json& step) {
  std::string text = show_number(step["value"], 6);
  if (step["mc_error"].is_number()) text += " +- " + show_number(step["mc_error"], 2);
  const std::string unit = step["unit"];
  return unit == "1" || !step["value"].is_number() ? text : text + " " + unit;
}

/// "x" before what is multiplied, "=" before what that has led to.
void print_steps(const Json& steps) {
  for (const auto& step : steps) {
    std::printf("  %s %-26s %s: %s  [%s]\n", step["factor"].get<bool>() ? "x" : "=", with_unit(step).c_str(),
                step["label"].get<std::string>().c_str(), step["formula"]["text"].get<std::string>().c_str(),
                step["source"].get<std::string>().c_str());
  }
}

/// Channels with many bins are summed up.
Json rows_of(const Json& answer) {
  constexpr int kFewBins = 4;
  Json rows = Json::array();
  for (const auto& channel : answer["channels"]) {
    if (channel["bins"] > kFewBins) {
      rows.push_back(channel);
      rows.back()["name"] = channel["channel"];
      continue;
    }
    for (const auto& bin : answer["bins"]) {
      if (bin["channel"] == channel["channel"]) rows.push_back(bin);
    }
  }
  return rows;
}

void print_bins(const Json& bins, bool is_observed) {
  std::printf("  %-16s %9s %12s %22s %12s\n", "bin", is_observed ? "observed" : "expected", "background", "signal",
              "-ln L rise");
  for (const auto& bin : bins) {
    std::printf("  %-16s %9s %12s %22s %12s\n", bin["name"].get<std::string>().c_str(),
                show_number(bin["observed"], 6).c_str(), show_number(bin["background"]).c_str(),
                (show_number(bin["mu"]) + " +- " + show_number(bin["mu_mc_error"], 2)).c_str(),
                show_number(bin["delta_lnl"]).c_str());
  }
}

/// "signal 5.274 >= 4.188 events", or with the opposite sign where that is not so.
std::string shown(const Json& comparison, bool holds) {
  static const std::map<std::string, std::pair<std::string, std::string>> kSigns = {
      {"above", {">", "<="}}, {"at least", {">=", "<"}}, {"at most", {"<=", ">"}}};
  const auto& [yes, no] = kSigns.at(comparison["relation"].get<std::string>());
  const std::string unit = comparison["unit"].get<std::string>();
  return comparison["what"].get<std::string>() + " " + show_number(comparison["value"]) + " " + (holds ? yes : no) +
         " " + show_number(comparison["limit"]) + (unit == "1" ? "" : " " + unit);
}

void print_chain(const Json& answer) {
  std::printf("%s, variant %s, at", answer["card"].get<std::string>().c_str(),
              answer["variant"].get<std::string>().c_str());
  for (const auto& [name, value] : answer["point"].items())
    std::printf(" %s = %s", name.c_str(), show_number(value, 6).c_str());
  std::printf("\n");
  for (const auto& chain : answer["chains"]) {
    std::printf("%s\n", chain["label"].get<std::string>().c_str());
    print_steps(chain["steps"]);
    if (chain["product"].is_null())
      std::printf("  a factor has no value with these settings: they do not multiply up to the signal\n");
    else
      std::printf("  the factors give %s events\n", show_number(chain["product"], 6).c_str());
  }
  print_bins(rows_of(answer), answer["warnings"].empty());
  for (const auto& step : answer["conclusion"]) {
    std::printf("    %-26s %s: %s  [%s]\n", with_unit(step).c_str(), step["label"].get<std::string>().c_str(),
                step["formula"]["text"].get<std::string>().c_str(), step["source"].get<std::string>().c_str());
  }
  const Json& verdict = answer["verdict"];
  const Json percent = 100 * verdict["level"].get<double>();
  if (verdict["excluded"].is_boolean()) {
    const bool excluded = verdict["excluded"];
    std::printf("%s at %s %% CL: %s (%s)\n", excluded ? "excluded" : "not excluded", show_number(percent).c_str(),
                shown(verdict["comparison"], excluded).c_str(), verdict["method"].get<std::string>().c_str());
  } else {
    std::printf("no verdict: %s\n", verdict["reason"].is_string() ? verdict["reason"].get<std::string>().c_str() : "");
  }
}

void run_explain(const ExplainCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  Json request = command.setting.request();
  command.benchmark.write(analysis->model().card(), request);
  command.construction.write(request);
  if (!command.x.empty()) request["x"] = {{"parameter", command.x}};
  if (!command.y.empty()) request["y"] = {{"parameter", command.y}};
  if (!command.profile.empty()) request["profile"] = command.profile;
  const Json answer = analysis->call("chain", request);
  if (global.json)
    std::cout << answer.dump(2) << "\n";
  else
    print_chain(answer);
  print_warnings(answer["warnings"]);
}

}  // namespace

void add_explain_commands(CLI::App& app, const Global& global) {
  auto command = std::make_shared<ExplainCommand>();
  auto* explain =
      app.add_subcommand("explain", "How the expected signal at a point comes about, and whether it is excluded");
  explain->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  command->benchmark.add_to(*explain);
  explain->add_option("--x", command->x,
                      "Axis of the plane whose best point -ln L is measured from (default: of the card's limits)");
  explain->add_option("--y", command->y, "The other axis");
  explain->add_option("--profile", command->profile, "A parameter over which -ln L of that point is minimised, too");
  command->setting.add_to(*explain);
  command->construction.add_to(*explain);
  explain->callback([command, &global] { run_explain(*command, global); });

  auto card = std::make_shared<std::string>();
  auto* cite = app.add_subcommand("cite", "BibTeX of the papers of a card and of this software, with its digests");
  cite->add_option("CARD", *card, "Card file or name of a built-in analysis")->required();
  cite->callback([card, &global] {
    const std::string bibtex = open_analysis(*card, false)->call("citation", Json::object());
    if (global.json)
      std::cout << Json{{"bibtex", bibtex}}.dump(2) << "\n";
    else
      std::cout << bibtex;
  });
}

}  // namespace anyslice::cli
