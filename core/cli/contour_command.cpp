// anyslice contour.
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/api/contour_csv.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/construction_options.hpp"
#include "core/cli/files.hpp"
#include "core/cli/format_option.hpp"
#include "core/cli/hepdata_output.hpp"

namespace anyslice::cli {
namespace {

struct ContourCommand {
  std::string card, x, y, output, resolution = "fine";
  BenchmarkOption benchmark;
  FormatOption format;
  std::optional<std::string> profile;
  bool band = false;
  CardOptions setting;
  ConstructionOptions construction;
};

/// PARAM or PARAM=LO:HI.
Json parse_axis(const std::string& text, const std::string& option) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {{"parameter", text}};
  const auto colon = text.find(':', equals);
  if (equals == 0 || colon == std::string::npos) {
    throw InputError(option, "", "expected PARAM or PARAM=LO:HI, found \"" + text + "\"");
  }
  return {{"parameter", text.substr(0, equals)},
          {"range",
           {parse_number(text.substr(equals + 1, colon - equals - 1), option),
            parse_number(text.substr(colon + 1), option)}}};
}

void print_table(const Json& contour) {
  for (const auto& line : api::contour_heading(contour)) std::printf("%s\n", line.c_str());
  if (contour["rings"].empty()) std::printf("nothing is excluded in this plane\n");
  int ring_number = 0;
  for (const auto& ring : contour["rings"]) {
    std::printf("ring %d, %zu points: excluded inside\n%14s %14s\n", ++ring_number, ring.size(),
                contour["x"].get<std::string>().c_str(), contour["y"].get<std::string>().c_str());
    for (const auto& point : ring) {
      std::printf("%14s %14s\n", show_number(point[0], 6).c_str(), show_number(point[1], 6).c_str());
    }
  }
  for (const auto& [field, what] :
       {std::pair("masked", "too few events or a kernel with bias"), std::pair("outside", "without prediction")}) {
    if (contour[field].empty()) continue;
    std::printf("%s: %zu rectangles\n", what, contour[field].size());
    for (const auto& rectangle : contour[field]) {
      std::printf("  %s to %s, %s to %s\n", show_number(rectangle[0]).c_str(), show_number(rectangle[2]).c_str(),
                  show_number(rectangle[1]).c_str(), show_number(rectangle[3]).c_str());
    }
  }
}

void run_contour(const ContourCommand& command, const Global& global) {
  const std::string format = command.format.chosen({"json", "csv", "hepdata", "table"}, global);
  const HepdataOutput hepdata(format, command.output);
  Json request = command.setting.request();
  command.construction.write(request);
  const Json setting = request;
  request["x"] = parse_axis(command.x, "--x");
  request["y"] = parse_axis(command.y, "--y");
  request["resolution"] = command.resolution;
  request["band"] = command.band;
  if (command.profile && command.profile->empty()) throw InputError("--profile", "", "expected a name, found nothing");
  if (command.profile) request["profile"] = *command.profile;
  for (const char* axis : {"x", "y"}) {
    const std::string name = request[axis]["parameter"];
    if (!request["set"].contains(name)) continue;
    std::fprintf(stderr, "anyslice: warning: --set %s is left out: it is on the axis of --%s\n", name.c_str(), axis);
  }
  const auto analysis = open_analysis(command.card, true);
  command.benchmark.write(analysis->model().card(), request,
                          {request["x"]["parameter"], request["y"]["parameter"], command.profile.value_or("")});
  const Json contour = analysis->contour(request);
  if (format == "json") {
    std::cout << contour.dump(2) << "\n";
  } else if (format == "csv") {
    std::cout << api::contour_csv(contour, analysis->model().card());
  } else if (format == "hepdata") {
    hepdata.write(analysis->model().card(), {{"contour", contour}, {"setting", setting}});
  } else {
    print_table(contour);
  }
  print_warnings(contour["warnings"]);
}

}  // namespace

void add_contour_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<ContourCommand>();
  auto* contour = app.add_subcommand("contour", "The contour of the excluded region in a plane of two parameters");
  contour->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  contour->add_option("--x", command->x, "Horizontal axis, PARAM or PARAM=LO:HI in its unit (default: its range)")
      ->required();
  contour->add_option("--y", command->y, "Vertical axis, like --x")->required();
  command->benchmark.add_to(*contour, "A benchmark point of the card, for what is on no axis");
  contour->add_option("--profile", command->profile,
                      "A parameter over which -ln L is minimised, within the bounds that the card gives it");
  contour->add_option("--resolution", command->resolution, "coarse or fine")->capture_default_str();
  contour->add_flag("--band", command->band, "Also the contours of the prediction moved by one Monte Carlo error");
  command->format.add_to(*contour, "json, csv, hepdata or table (default)");
  contour->add_option("-o,--output", command->output, HepdataOutput::kHelp);
  command->setting.add_to(*contour);
  command->construction.add_to(*contour);
  contour->callback([command, &global] { run_contour(*command, global); });
}

}  // namespace anyslice::cli
