// anyslice limit, cls.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/api/counting_limits.hpp"
#include "core/api/csv_text.hpp"
#include "core/api/limit_csv.hpp"
#include "core/cli/axis_option.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/construction_options.hpp"
#include "core/cli/exposure_table.hpp"
#include "core/cli/files.hpp"
#include "core/cli/format_option.hpp"
#include "core/cli/hepdata_output.hpp"
#include "core/cli/workspace_command.hpp"
#include "core/slice/limit_curve.hpp"

namespace anyslice::cli {
namespace {

bool show_progress(double fraction) {
  if (isatty(fileno(stderr)) == 0) return true;
  std::fprintf(stderr, "\r%3.0f %%%s", 100 * fraction, fraction >= 1 ? "\r      \r" : "");
  return true;
}

/// PARAM=LO:HI:N[:log], or PARAM=VALUE for a single point, of an option.
Json parse_axis(const std::string& text, const Card& card, const std::string& option) {
  const auto fail = [&]() -> Json {
    throw InputError(option, "", "expected PARAM=LO:HI:N, PARAM=LO:HI:N:log or PARAM=VALUE, found \"" + text + "\"");
  };
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return fail();
  const std::string name = text.substr(0, equals);
  if (card.find_parameter(name) == nullptr) {
    throw InputError(option, "", "\"" + name + "\" is not a parameter of " + card.name);
  }
  const std::string values = text.substr(equals + 1);
  if (values.find(':') == std::string::npos) {
    return {{"parameter", name}, {"values", {parse_number(values, option + " " + name)}}};
  }
  const auto axis = parse_spaced_axis(values, option, name);
  if (!axis) return fail();
  return {{"parameter", name}, {"values", axis->values()}};
}

struct LimitCommand {
  std::string card, output;
  BenchmarkOption benchmark;
  FormatOption format;
  std::optional<std::string> on, versus, map, exposure;
  CardOptions setting;
  bool expected = false;
  ConstructionOptions construction;
};

/// The warnings of a construction, or those of a limit by -ln L itself.
Json warnings_of(const Json& limit) {
  if (limit["signal_limits"].is_object()) return limit["signal_limits"]["warnings"];
  if (!limit.contains("points")) return limit["warnings"];
  return limit["points"].empty() ? Json::array() : limit["points"][0]["warnings"];
}

bool is_by_likelihood(const Json& limit) { return limit["signal_limits"].is_null(); }

/// What the column is called that is the limit by the counts: by -ln L there is one by those of the background, too.
const char* counts_heading(const Json& limit) {
  return is_by_likelihood(limit) && !warnings_of(limit).empty() ? "expected" : "observed";
}

/// What stands for the uncertainties in the limits of a card.
std::string uncertainties_of(const Json& limit) {
  const std::string method = limit["method"];
  if (method == "cls-exact") return "no uncertainties";
  if (method.starts_with("delta-lnl")) return "effective likelihood";
  return limit["constraint"];
}

/// Which limit it is, of which setting.
std::string limit_heading(const Json& limit) {
  return limit["card"].get<std::string>() + ": limit on " + limit["on"].get<std::string>() + ", " +
         show_number(limit["cl"]) + " CL, " + limit["method"].get<std::string>() + ", " + uncertainties_of(limit) +
         api::setting_text(JsonReader(limit, "limit"));
}

/// What the finite number of toys leaves on the limits; nothing for constructions without toys.
void print_toy_errors(const Json& signal_limits, bool expected) {
  if (signal_limits.is_null()) return;
  std::string text;
  const auto add = [&](const std::string& name, const Json& limit) {
    if (!limit["value"].is_number() || !(limit["error"].get<double>() > 0)) return;
    text +=
        (text.empty() ? "" : ", ") + name + " " + show_number(limit["value"]) + " +- " + show_number(limit["error"], 2);
  };
  add("observed", signal_limits["observed"]);
  if (expected) {
    for (const auto& [band, limit] : signal_limits["expected"].items()) add(band == "0" ? "median" : band, limit);
  }
  if (!text.empty()) std::printf("in events, with the errors of the toys: %s\n", text.c_str());
}

void print_limit_table(const Json& limit, bool expected) {
  const std::string versus = limit["versus"];
  std::printf("%s\n", limit_heading(limit).c_str());
  std::printf("%12s %12s %12s", versus.c_str(), counts_heading(limit), "upper edge");
  if (expected) {
    for (const char* band : {"-2", "-1", "median", "+1", "+2"}) std::printf(" %11s", band);
  }
  std::printf("\n");
  for (const auto& point : limit["points"]) {
    const Json upper = point["excluded"].empty() ? Json(nullptr) : point["excluded"][0][1];
    std::printf("%12s %12s %12s", show_number(point[versus], 6).c_str(), show_number(point["observed"]).c_str(),
                show_number(upper).c_str());
    if (expected) {
      for (const char* band : {"-2", "-1", "0", "+1", "+2"}) {
        std::printf(" %11s", show_number(point["expected"][band]).c_str());
      }
    }
    if (point["reason"].is_string()) std::printf("  %s", point["reason"].get<std::string>().c_str());
    std::printf("\n");
  }
  print_toy_errors(limit["signal_limits"], expected);
}

/// Limits over a plane, a line per point.
void print_map(const Json& map, bool is_csv) {
  const std::string x = map["x"]["parameter"], y = map["y"]["parameter"];
  std::printf("%s%s\n", is_csv ? "# " : "", limit_heading(map).c_str());
  const bool has_bands = !is_by_likelihood(map);
  static const std::vector<std::string> bands = {"-2", "-1", "0", "+1", "+2"};
  if (is_csv) {
    for (const auto& warning : map["warnings"]) std::printf("# %s\n", warning.get<std::string>().c_str());
    for (const auto& [name, value] : map["set"].items()) {
      std::printf("# %s = %s\n", name.c_str(), show_number(value, 10).c_str());
    }
    std::printf("%s,%s,observed", x.c_str(), y.c_str());
    for (const auto& band : bands) std::printf(",expected_%s", band.c_str());
    std::printf("\n");
  } else {
    std::printf("%12s %12s %12s", x.c_str(), y.c_str(), counts_heading(map));
    if (has_bands) std::printf(" %12s", "median");
    std::printf("\n");
  }
  const auto cell = [](const Json& value) { return value.is_null() ? std::string() : show_number(value, 10); };
  for (std::size_t j = 0; j < map["y"]["values"].size(); ++j) {
    for (std::size_t i = 0; i < map["x"]["values"].size(); ++i) {
      const Json &at_x = map["x"]["values"][i], &at_y = map["y"]["values"][j], &observed = map["observed"][j][i];
      if (is_csv) {
        std::printf("%s,%s,%s", cell(at_x).c_str(), cell(at_y).c_str(), cell(observed).c_str());
        for (const auto& band : bands) std::printf(",%s", cell(map["expected"][band][j][i]).c_str());
      } else {
        std::printf("%12s %12s %12s", show_number(at_x, 6).c_str(), show_number(at_y, 6).c_str(),
                    show_number(observed).c_str());
        if (has_bands) std::printf(" %12s", show_number(map["expected"]["0"][j][i]).c_str());
        if (const Json& reason = map["reasons"][j][i]; reason.is_string()) {
          std::printf("  %s", reason.get<std::string>().c_str());
        }
      }
      std::printf("\n");
    }
  }
}

void run_limit(const LimitCommand& command, const Global& global) {
  const std::string format = command.exposure
                                 ? command.format.chosen({"json", "csv", "table"}, global, "with --exposure")
                                 : command.format.chosen({"json", "csv", "hepdata", "table"}, global);
  const HepdataOutput hepdata(format, command.output);
  const auto analysis = open_analysis(command.card, true);
  const Card& card = analysis->model().card();
  Json request = command.setting.request();
  command.construction.write(request);
  const Json setting = request;
  request["on"] = command.on.value_or(card.limits.on);
  if (command.exposure) {
    for (const auto& [option, given] : {std::pair("--versus", &command.versus), std::pair("--map", &command.map)}) {
      if (*given) throw InputError(option, "", "and --exposure are two axes: expected one of them");
    }
    for (const char* field : {"projection", "exposure_scale"}) {
      if (!request.contains(field)) continue;
      throw InputError(std::string(field) == "projection" ? "--projection" : "--exposure-scale", "",
                       "expected none with --exposure, which lists exposures and projections itself");
    }
    command.benchmark.write(card, request);
    run_exposure_limit(*analysis, std::move(request), *command.exposure, format);
    return;
  }
  if (command.versus) {
    request["versus"] = parse_axis(*command.versus, card, "--versus");
  } else {
    const Parameter& axis = *card.find_parameter(card.limits.versus);
    request["versus"] = {{"parameter", axis.name}, {"values", spaced_values(axis.low, axis.high, 50, axis.scale)}};
  }
  const Json set = request["set"];
  const auto refuse_set = [&](const std::string& parameter, const char* option) {
    if (!set.contains(parameter)) return;
    throw InputError("--set " + parameter, "", std::string("is the axis of ") + option + ", too");
  };
  refuse_set(request["versus"]["parameter"], command.versus ? "--versus" : "the limit (--versus gives another)");
  std::vector<std::string> axes = {request["versus"]["parameter"]};
  const std::string method = request.value("method", card.variants.contains(command.setting.variant)
                                                         ? card.variants.at(command.setting.variant).limits.method
                                                         : std::string());
  if (command.map) {
    request["x"] = request["versus"];
    request.erase("versus");
    request["y"] = parse_axis(*command.map, card, "--map");
    refuse_set(request["y"]["parameter"], "--map");
    axes.push_back(request["y"]["parameter"]);
    command.benchmark.write(card, request, axes);
    Json map;
    try {
      map = analysis->limit_map(request, show_progress);
    } catch (const InputError& error) {
      // The axes have other names here.
      const std::string option = error.field() == "x" ? "--versus" : error.field() == "y" ? "--map" : "";
      if (error.source() != "request" || option.empty()) throw;
      throw InputError(option, "", error.expected());
    }
    show_progress(1);
    if (format == "json") {
      std::cout << map.dump(2) << "\n";
    } else if (format == "hepdata") {
      hepdata.write(card, {{"map", map}, {"setting", setting}});
    } else {
      print_map(map, format == "csv");
    }
    print_warnings(warnings_of(map));
    return;
  }
  command.benchmark.write(card, request, axes);
  const bool slow = method == "cls-toys" || method == "feldman-cousins";
  Json limit = analysis->limit(request, slow ? ProgressCallback(show_progress) : ProgressCallback());
  if (format == "json") {
    std::cout << limit.dump(2) << "\n";
  } else if (format == "csv") {
    std::cout << api::limit_csv(limit, analysis->model().card());
  } else if (format == "hepdata") {
    hepdata.write(card, {{"limit", limit}, {"setting", setting}});
  } else {
    // At another exposure there are expected limits only; by -ln L there is one, in place of the observed.
    print_limit_table(limit, command.expected || (!is_by_likelihood(limit) && limit["exposure_scale"] != 1));
  }
  print_warnings(warnings_of(limit));
}

struct CountingCommand {
  double observed = 0, background = 0, background_error = 0, signal = 1, signal_error = 0;
  ConstructionOptions construction;
};

void run_counting(const CountingCommand& command, const Global& global) {
  Json request = {{"observed", command.observed},
                  {"background", command.background},
                  {"background_error", command.background_error},
                  {"signal", command.signal},
                  {"signal_error", command.signal_error}};
  command.construction.write(request);
  const Json result = api::counting_limits(request);
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  const bool without_uncertainties = result["method"] == "cls-exact";
  std::printf("%s, %s, %s CL, limits in units of the signal\n", result["method"].get<std::string>().c_str(),
              without_uncertainties ? "no uncertainties" : result["constraint"].get<std::string>().c_str(),
              show_number(result["level"]).c_str());
  const std::string method = result["method"];
  const char* quantity = method.starts_with("cls") ? "CLs" : method == "bayes-flat" ? "P(mu > 1)" : "p-value";
  std::printf("  %-16s %s\n", (std::string(quantity) + (method == "bayes-flat" ? "" : " at mu = 1")).c_str(),
              show_number(result["CLs"], 6).c_str());
  std::printf("  upper limit      %s\n", show_number(result["upper_limit"], 6).c_str());
  std::printf("  expected       ");
  for (const auto& [band, value] : result["expected"].items()) {
    std::printf("  %s: %s", band == "0" ? "median" : band.c_str(), show_number(value, 5).c_str());
  }
  std::printf("\n");
  for (const auto& interval : result["intervals"]) {
    std::printf("  interval         %s to %s (%s)\n", show_number(interval["low"], 6).c_str(),
                show_number(interval["high"], 6).c_str(), interval["kind"].get<std::string>().c_str());
  }
  for (const auto& [limit, reason] : result["reasons"].items()) {
    std::printf("  no %s limit: %s\n", limit == "0" ? "median" : limit.c_str(), reason.get<std::string>().c_str());
  }
  for (const auto& warning : result["warnings"]) {
    std::fprintf(stderr, "anyslice: warning: %s\n", warning.get<std::string>().c_str());
  }
}

}  // namespace

void add_limit_commands(CLI::App& app, const Global& global) {
  auto command = std::make_shared<LimitCommand>();
  auto* limit = app.add_subcommand("limit", "Limits on one parameter along another");
  limit->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  limit->add_option("--on", command->on, "The parameter that is limited (default: the card's)");
  limit->add_option("--versus", command->versus,
                    "The axis, PARAM=LO:HI:N[:log] or PARAM=VALUE, in the parameter's unit (default: the card's)");
  limit->add_option("--map", command->map,
                    "A second axis, like --versus: the limit over the plane of both (all formats)");
  limit->add_option("--exposure", command->exposure,
                    "In place of --versus: exposures in units of the analysis' own, LO:HI:N[:log] or one number; the "
                    "expected limit at the point against them");
  command->benchmark.add_to(*limit);
  command->setting.add_to(*limit);
  limit->add_flag("--expected", command->expected, "Print the expected bands beside the observed limit");
  command->format.add_to(*limit, "json, csv, hepdata or table (default)");
  limit->add_option("-o,--output", command->output, HepdataOutput::kHelp);
  command->construction.add_to(*limit);
  limit->callback([command, &global] { run_limit(*command, global); });

  auto counting = std::make_shared<CountingCommand>();
  auto* cls =
      app.add_subcommand("cls", "CLs and upper limits of one counting experiment given in numbers, or of a workspace");
  cls->add_option("--observed", counting->observed, "Observed count")->required();
  cls->add_option("--background", counting->background, "Expected background, events")->required();
  cls->add_option("--background-error", counting->background_error, "Its uncertainty, events");
  cls->add_option("--signal", counting->signal, "Expected signal at mu = 1, events")->capture_default_str();
  cls->add_option("--signal-error", counting->signal_error, "Its uncertainty, events");
  counting->construction.add_to(*cls);
  const auto workspace = add_workspace_options(*cls);
  cls->callback([counting, workspace, &global] {
    if (!workspace->path.empty()) return run_workspace(*workspace, counting->construction, global);
    run_counting(*counting, global);
  });
}

}  // namespace anyslice::cli
