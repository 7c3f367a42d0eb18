// anyslice lifetime.
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/construction_options.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {
namespace {

struct LifetimeCommand {
  std::string card;
  BenchmarkOption benchmark;
  std::optional<std::string> total, versus, profile, events;
  double low = 1e-2, high = 1e6;
  std::optional<double> count;
  CardOptions setting;
  ConstructionOptions construction;
};

/// LO:HI:N.
Json parse_range(const std::string& text, const std::string& option) {
  const auto first = text.find(':'), second = text.find(':', first == std::string::npos ? first : first + 1);
  if (first == std::string::npos || second == std::string::npos) {
    throw InputError(option, "", "expected LO:HI:N, found \"" + text + "\"");
  }
  return {{"low", parse_number(text.substr(0, first), option)},
          {"high", parse_number(text.substr(first + 1, second - first - 1), option)},
          {"count", parse_number(text.substr(second + 1), option)}};
}

/// PARAM=VALUE,VALUE,...
Json parse_values(const std::string& text, const std::string& option) {
  const auto [name, list] = split_assignment(text, option);
  Json values = Json::array();
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    values.push_back(parse_number(list.substr(begin, end - begin), option));
    begin = end + 1;
  }
  return {{"parameter", name}, {"values", std::move(values)}};
}

void print_curve(const Json& curve) {
  const std::string unit = curve["unit"].get<std::string>();
  std::printf("%14s %12s %12s %12s %12s\n", ("ctau0 [" + unit + "]").c_str(), "events", "MC error", "uncertainty",
              "-ln L rise");
  for (std::size_t i = 0; i < curve["ctau0"].size(); ++i) {
    std::printf("%14s %12s %12s %12s %12s\n", show_number(curve["ctau0"][i]).c_str(),
                show_number(curve["mu"][i]).c_str(), show_number(curve["mu_mc_error"][i], 2).c_str(),
                show_number(curve["uncertainty"][i], 3).c_str(), show_number(curve["delta_lnl"][i]).c_str());
  }
  std::printf(
      "uncertainty: standard deviation of signal and background together, in all bins of the channels, events\n");
  std::printf("at the point itself ctau0 = %s %s\n", show_number(curve["at"]).c_str(), unit.c_str());
  if (curve["excluded"].empty()) std::printf("nothing is excluded\n");
  for (const auto& interval : curve["excluded"]) {
    std::printf("excluded from %s to %s %s (-: the end of the range)\n", show_number(interval[0]).c_str(),
                show_number(interval[1]).c_str(), unit.c_str());
  }
}

void print_limits(const Json& limits, const std::string& total) {
  for (const auto& curve : limits["curves"]) {
    for (const auto& [name, value] : curve["set"].items()) {
      std::printf("%s = %s: the model predicts %s events (%s)\n", name.c_str(), show_number(value).c_str(),
                  show_number(curve["total"]).c_str(), total.c_str());
    }
    if (const Json& fit = curve["fit"]; !fit.is_null()) {
      std::printf("  ctau0_min = %s %s / (log10(events) - %s), within %s %%\n", show_number(fit["a"], 3).c_str(),
                  limits["unit"].get<std::string>().c_str(), show_number(fit["b"], 3).c_str(),
                  show_number(100 * fit["worst"].get<double>(), 2).c_str());
    }
    std::printf("  %12s %12s %12s\n", "events", "ctau0_min", "ctau0_max");
    for (std::size_t i = 0; i < limits["events"].size(); ++i) {
      std::printf("  %12s %12s %12s\n", show_number(limits["events"][i]).c_str(),
                  show_number(curve["ctau0_min"][i]).c_str(), show_number(curve["ctau0_max"][i]).c_str());
    }
  }
}

void run_lifetime(const LifetimeCommand& command, const Global& global) {
  const auto analysis = open_analysis(command.card, true);
  Json request = command.setting.request();
  command.benchmark.write(analysis->model().card(), request);
  command.construction.write(request);
  request["low"] = command.low;
  request["high"] = command.high;
  if (const auto& method = command.construction.method; method && *method != "delta-lnl-1") {
    throw InputError("--method", "",
                     "expected delta-lnl-1, which is how lifetimes are limited, found \"" + *method + "\"");
  }
  if (command.total.has_value() != command.versus.has_value()) {
    throw InputError(command.total ? "--versus" : "--total", "", "is missing: --total and --versus belong together");
  }
  const bool is_curve = !command.total;
  const auto refuse = [&](bool given, const char* option) {
    if (given) throw InputError(option, "", is_curve ? "belongs to --total" : "does not go with --total");
  };
  refuse(is_curve && command.events, "--events");
  refuse(!is_curve && command.count, "--count");
  refuse(!is_curve && command.profile, "--profile");
  if (is_curve) {
    request["count"] = command.count.value_or(61);
    if (command.profile) request["profile"] = *command.profile;
    const Json curve = analysis->lifetime_curve(request);
    if (global.json)
      std::cout << curve.dump(2) << "\n";
    else
      print_curve(curve);
    print_warnings(curve["warnings"]);
    return;
  }
  request["total"] = *command.total;
  request["events"] = parse_range(command.events.value_or("10:10000:31"), "--events");
  request["versus"] = parse_values(*command.versus, "--versus");
  const Json limits = analysis->model_independent(request);
  if (global.json)
    std::cout << limits.dump(2) << "\n";
  else
    print_limits(limits, *command.total);
  print_warnings(limits["warnings"]);
}

}  // namespace

void add_lifetime_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<LifetimeCommand>();
  auto* lifetime = app.add_subcommand(
      "lifetime",
      "Expected events against the lifetime with all else fixed; or, with --total, limits on it against the "
      "events before the decay");
  lifetime->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  command->benchmark.add_to(*lifetime);
  lifetime->add_option("--low", command->low, "Shortest lifetime, in the card's unit of ctau0")->capture_default_str();
  lifetime->add_option("--high", command->high, "Longest lifetime")->capture_default_str();
  lifetime->add_option("--count", command->count, "Number of lifetimes, evenly in the logarithm (default: 61)");
  lifetime->add_option("--profile", command->profile, "A parameter whose bounds give the physical range (with --json)");
  lifetime->add_option("--total", command->total, "The total of the card that counts events before the decay");
  lifetime->add_option("--versus", command->versus, "One curve per value of a parameter, PARAM=VALUE,VALUE,...");
  lifetime->add_option("--events", command->events, "Events before the decay, LO:HI:N (default: 10:10000:31)");
  command->setting.add_to(*lifetime);
  command->construction.add_to(*lifetime);
  lifetime->callback([command, &global] { run_lifetime(*command, global); });
}

}  // namespace anyslice::cli
