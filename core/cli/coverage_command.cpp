// anyslice coverage.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>

#include "core/api/coverage_requests.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

struct CoverageCommand {
  std::string card;
  BenchmarkOption benchmark;
  CardOptions setting;
  std::optional<std::string> method, constraint, nuisances;
  std::optional<double> observed, background, background_error, signal, signal_error;
  std::optional<double> mu, level, toys, inner_toys, seed;
  std::vector<const CLI::Option*> of_card;  ///< those that only a card can answer
};

/// Two fields of the request have other names among the options.
Json with_option_names(const std::function<Json()>& answer) {
  try {
    return answer();
  } catch (const InputError& error) {
    const std::string option = error.field() == "experiments" ? "--toys" : "--inner-toys";
    if (error.source() != "request" || (error.field() != "experiments" && error.field() != "toys")) throw;
    throw InputError(option, "", error.expected());
  }
}

void run_coverage(const CoverageCommand& command, const Global& global) {
  const bool by_card = !command.card.empty();
  Json request = by_card ? command.setting.request() : Json::object();
  const auto write = [&](const char* field, const auto& value) {
    if (value) request[field] = *value;
  };
  write("method", command.method);
  write("constraint", command.constraint);
  write("nuisances", command.nuisances);
  write("mu", command.mu);
  write("cl", command.level);
  write("seed", command.seed);
  write("experiments", command.toys);
  // Enough that the decision on an experiment seldom depends on them.
  request["toys"] = command.inner_toys.value_or(10000);
  const std::vector<std::pair<const char*, const std::optional<double>*>> numbers = {
      {"observed", &command.observed},
      {"background", &command.background},
      {"background_error", &command.background_error},
      {"signal", &command.signal},
      {"signal_error", &command.signal_error}};
  for (const auto& [field, value] : numbers) {
    if (!*value) continue;
    if (by_card) {
      std::string option = std::string("--") + field;
      std::replace(option.begin(), option.end(), '_', '-');
      throw InputError(option, "", "belongs to an experiment given in numbers, but a card was given");
    }
    request[field] = **value;
  }
  if (!by_card && !command.background) {
    throw InputError("coverage", "", "expected a card, or --background with --signal for an experiment in numbers");
  }
  for (const CLI::Option* option : command.of_card) {
    if (by_card || option->count() == 0) continue;
    throw InputError(option->get_name(), "", "belongs to a card, but the experiment is given in numbers");
  }
  if (!by_card && !command.signal) request["signal"] = 1;
  InterruptGuard guard;
  ProgressBar bar("experiments", 0);
  const Json result = with_option_names([&] {
    if (!by_card) return api::counting_coverage(request, bar.callback());
    const auto analysis = open_analysis(command.card, true);
    command.benchmark.write(analysis->model().card(), request);
    return analysis->coverage(request, bar.callback());
  });
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  const bool nominal = result["nuisances"] == "nominal";
  std::printf("%s, %s, %s CL: %s signal events over %s background\n", result["method"].get<std::string>().c_str(),
              result["constraint"].get<std::string>().c_str(), show_number(result["level"]).c_str(),
              show_number(result["signal_events"], 6).c_str(), show_number(result["background_events"], 6).c_str());
  std::printf("  coverage         %s +- %s (%s of %s experiments, %s)\n", show_number(result["coverage"], 5).c_str(),
              show_number(result["error"], 2).c_str(), show_number(result["covered"], 9).c_str(),
              show_number(result["experiments"], 9).c_str(),
              nominal ? "yields nominal, measurements fluctuate" : "yields drawn within their uncertainties");
}

}  // namespace

void add_coverage_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<CoverageCommand>();
  auto* coverage =
      app.add_subcommand("coverage", "How often a construction covers a true signal, by simulated experiments");
  coverage->add_option("CARD", command->card, "Card file or name of a built-in analysis with one bin; or give numbers");
  const std::vector<CLI::Option*> common = coverage->get_options();
  command->benchmark.add_to(*coverage);
  command->setting.add_to(*coverage);
  for (const CLI::Option* option : coverage->get_options()) {
    if (std::find(common.begin(), common.end(), option) == common.end()) command->of_card.push_back(option);
  }
  coverage->add_option("--observed", command->observed, "Observed count; experiments replace it");
  coverage->add_option("--background", command->background, "Expected background, events");
  coverage->add_option("--background-error", command->background_error, "Its uncertainty, events");
  coverage->add_option("--signal", command->signal, "Expected signal at mu = 1, events (default 1)");
  coverage->add_option("--signal-error", command->signal_error, "Its uncertainty, events");
  coverage->add_option("--mu", command->mu,
                       "The true signal strength: in units of the signal given in numbers (default 1); of a card in "
                       "events (default: the prediction at the point)");
  coverage->add_option("--method", command->method, "Construction, as for cls and limit");
  coverage->add_option("--constraint", command->constraint, "Uncertainties: gaussian, truncated or lognormal");
  coverage->add_option("--cl", command->level, "Confidence level, between 0 and 1");
  coverage->add_option("--nuisances", command->nuisances,
                       "drawn: yields drawn within their uncertainties (default); nominal: true yields nominal, their "
                       "measurements fluctuate (lognormal only)");
  coverage->add_option("--toys", command->toys, "Simulated experiments (default 1000)");
  coverage->add_option("--inner-toys", command->inner_toys,
                       "Toys per hypothesis of a construction that throws toys itself (default 10000)");
  coverage->add_option("--seed", command->seed, "Seed of the experiments");
  coverage->callback([command, &global] { run_coverage(*command, global); });
}

}  // namespace anyslice::cli
