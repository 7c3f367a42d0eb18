// anyslice distribution, map, ratio, interactions: how events are distributed, and what they are made of.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {
namespace {

struct DisplayCommand {
  std::string card, name;
  BenchmarkOption benchmark;
  std::optional<std::string> stages, stage;
  double columns = 40, rows = 40;
  CardOptions setting;

  void add_to(CLI::App& command) {
    command.add_option("CARD", card, "Card file or name of a built-in analysis")->required();
    benchmark.add_to(command);
    setting.add_to(command);
  }
};

Json request_of(const DisplayCommand& command, const api::Analysis& analysis) {
  Json request = command.setting.request();
  command.benchmark.write(analysis.model().card(), request);
  return request;
}

std::string with_unit(const Json& axis) {
  const std::string unit = axis["unit"].get<std::string>();
  return axis["label"].get<std::string>() + (unit == "1" ? "" : " [" + unit + "]");
}

std::string show_sum(const Json& mu, const Json& error) { return show_number(mu, 5) + " +- " + show_number(error, 2); }

void print_distribution(const DisplayCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  Json request = request_of(command, *analysis);
  request["observable"] = command.name;
  if (command.stages) {
    attach_display(*analysis);
    request["stages"] = Json::array();
    for (std::size_t begin = 0; *command.stages != "all" && begin <= command.stages->size();) {
      const std::size_t end = std::min(command.stages->find(',', begin), command.stages->size());
      request["stages"].push_back(command.stages->substr(begin, end - begin));
      begin = end + 1;
    }
  }
  const Json found = analysis->distribution(request);
  if (global.json) {
    std::cout << found.dump(2) << "\n";
    return;
  }
  // Without stages there is one column.
  Json columns = Json::array();
  if (command.stages)
    columns = found["stages"];
  else
    columns.push_back(found);
  std::printf("%s\n%-22s", with_unit(found).c_str(), "from, to");
  for (const auto& column : columns) std::printf("  %-26s", column.value("stage", "events").c_str());
  std::printf("\n");
  const Json& edges = found["edges"];
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    std::printf("%-22s", (show_number(edges[i]) + ", " + show_number(edges[i + 1])).c_str());
    for (const auto& column : columns)
      std::printf("  %-26s", show_sum(column["mu"][i], column["mu_mc_error"][i]).c_str());
    std::printf("\n");
  }
  std::printf("%-22s", "outside");
  for (const auto& column : columns)
    std::printf("  %-26s", show_sum(column["outside"]["mu"], column["outside"]["mu_mc_error"]).c_str());
  std::printf("\n");
  if (!command.stages) return;
  for (const auto& column : columns) {
    std::printf("%s (%s): %s events, %s effective\n", column["stage"].get<std::string>().c_str(),
                column["label"].get<std::string>().c_str(),
                show_sum(column["total"]["mu"], column["total"]["mu_mc_error"]).c_str(),
                show_number(column["total"]["effective_events"], 4).c_str());
  }
}

void print_map(const DisplayCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  attach_display(*analysis);
  Json request = request_of(command, *analysis);
  request["map"] = command.name;
  if (command.stage) request["stage"] = *command.stage;
  const Json map = analysis->distribution_map(request);
  if (global.json) {
    std::cout << map.dump(2) << "\n";
    return;
  }
  std::printf("%s, %s: %s events, %s effective\n", map["label"].get<std::string>().c_str(),
              map["stage"]["label"].get<std::string>().c_str(),
              show_sum(map["total"]["mu"], map["total"]["mu_mc_error"]).c_str(),
              show_number(map["total"]["effective_events"], 4).c_str());
  std::printf("%s from, to; %s from, to; events\n", with_unit(map["x"]).c_str(), with_unit(map["y"]).c_str());
  const Json &x = map["x"]["edges"], &y = map["y"]["edges"];
  for (std::size_t j = 0; j + 1 < y.size(); ++j) {
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      std::printf("%s, %s; %s, %s; %s\n", show_number(x[i]).c_str(), show_number(x[i + 1]).c_str(),
                  show_number(y[j]).c_str(), show_number(y[j + 1]).c_str(),
                  show_sum(map["mu"][j][i], map["mu_mc_error"][j][i]).c_str());
    }
  }
}

void print_ratio(const DisplayCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  Json request = request_of(command, *analysis);
  request["ratio"] = command.name;
  request["columns"] = command.columns;
  request["rows"] = command.rows;
  const Json map = analysis->ratio_map(request);
  if (global.json) {
    std::cout << map.dump(2) << "\n";
    return;
  }
  std::printf("%s: %s at the point\n%s; %s; ratio\n", map["label"].get<std::string>().c_str(),
              show_number(map["at"]).c_str(), map["x"]["parameter"].get<std::string>().c_str(),
              map["y"]["parameter"].get<std::string>().c_str());
  for (std::size_t j = 0; j < map["y"]["values"].size(); ++j) {
    for (std::size_t i = 0; i < map["x"]["values"].size(); ++i) {
      std::printf("%s; %s; %s\n", show_number(map["x"]["values"][i]).c_str(),
                  show_number(map["y"]["values"][j]).c_str(), show_number(map["values"][j][i]).c_str());
    }
  }
}

void print_interactions(const DisplayCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  attach_display(*analysis);
  const Json found = analysis->interactions(request_of(command, *analysis));
  if (global.json) {
    std::cout << found.dump(2) << "\n";
    return;
  }
  for (const auto& flux : found["fluxes"]) {
    std::printf("flux of %s in %s [%s], GeV from, to\n", flux["particle"].get<std::string>().c_str(),
                flux["beam"].get<std::string>().c_str(), flux["unit"].get<std::string>().c_str());
    for (std::size_t i = 0; i < flux["values"].size(); ++i) {
      std::printf("  %s, %s: %s\n", show_number(flux["edges"][i]).c_str(), show_number(flux["edges"][i + 1]).c_str(),
                  show_number(flux["values"][i]).c_str());
    }
  }
  const Json& sections = found["cross_sections"];
  std::printf("cross sections [%s]\n%10s", sections["unit"].get<std::string>().c_str(), "GeV");
  for (const auto& element : sections["elements"]) std::printf(" %12s", element["element"].get<std::string>().c_str());
  std::printf("\n");
  for (std::size_t i = 0; i < sections["energies"].size(); ++i) {
    std::printf("%10s", show_number(sections["energies"][i]).c_str());
    for (const auto& element : sections["elements"]) std::printf(" %12s", show_number(element["values"][i]).c_str());
    std::printf("\n");
  }
  for (const auto& missing : found["left_out"])
    std::printf("without data here: %s\n", missing.get<std::string>().c_str());
}

}  // namespace

void add_display_commands(CLI::App& app, const Global& global) {
  auto of_distribution = std::make_shared<DisplayCommand>();
  auto* distribution =
      app.add_subcommand("distribution", "Expected events at a point by one of the card's observables");
  of_distribution->add_to(*distribution);
  distribution->add_option("--observable", of_distribution->name, "Name of an observable")->required();
  distribution->add_option("--stages", of_distribution->stages,
                           "Stages of the selection, NAME,NAME,... or all: by an observable of the display table");
  distribution->callback([of_distribution, &global] { print_distribution(*of_distribution, global); });

  auto of_map = std::make_shared<DisplayCommand>();
  auto* map = app.add_subcommand("map", "Expected events at a point by two observables of the display table");
  of_map->add_to(*map);
  map->add_option("--map", of_map->name, "Name of a map of the card's display")->required();
  map->add_option("--stage", of_map->stage, "Stage of the selection (default: the last one)");
  map->callback([of_map, &global] { print_map(*of_map, global); });

  auto of_ratio = std::make_shared<DisplayCommand>();
  auto* ratio = app.add_subcommand("ratio", "One of the card's ratios of totals (an efficiency) over two parameters");
  of_ratio->add_to(*ratio);
  ratio->add_option("--ratio", of_ratio->name, "Name of a ratio of the card's display")->required();
  ratio->add_option("--columns", of_ratio->columns, "Values of the first parameter, 2 to 200")->capture_default_str();
  ratio->add_option("--rows", of_ratio->rows, "Values of the second one, 2 to 200")->capture_default_str();
  ratio->callback([of_ratio, &global] { print_ratio(*of_ratio, global); });

  auto of_interactions = std::make_shared<DisplayCommand>();
  auto* interactions =
      app.add_subcommand("interactions", "Flux and cross sections that the events at a point are made with");
  of_interactions->add_to(*interactions);
  interactions->callback([of_interactions, &global] { print_interactions(*of_interactions, global); });
}

}  // namespace anyslice::cli
