// anyslice likelihood.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>

#include "core/cli/commands.hpp"
#include "core/stats/effective_likelihood.hpp"

namespace anyslice::cli {
namespace {

struct LikelihoodCommand {
  double observed = 0, mu = 0, sigma2 = 0;
};

void expect_non_negative(double value, const char* option) {
  if (value >= 0 && std::isfinite(value)) return;
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  throw InputError(option, "", std::string("expected a finite number >= 0, found ") + text);
}

Json finite_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

void print_likelihood(const char* name, const Json& value) {
  const bool possible = value.is_number();
  std::printf("  %-12s %s\n", name, possible ? show_number(value, 10).c_str() : "-inf: this count is impossible");
}

void run_likelihood(const LikelihoodCommand& command, const Global& global) {
  expect_non_negative(command.observed, "--observed");
  expect_non_negative(command.mu, "--mu");
  expect_non_negative(command.sigma2, "--sigma2");
  const double effective = stats::effective_log_likelihood(command.observed, command.mu, command.sigma2);
  const double poisson = stats::poisson_log_likelihood(command.observed, command.mu);
  const Json result = {{"effective", finite_or_null(effective)}, {"poisson", finite_or_null(poisson)}};
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  std::printf("ln of the likelihood of %s observed at %s +- %s expected\n", show_number(command.observed, 10).c_str(),
              show_number(command.mu, 6).c_str(), show_number(std::sqrt(command.sigma2), 6).c_str());
  print_likelihood("effective", result["effective"]);
  print_likelihood("Poisson", result["poisson"]);
}

}  // namespace

void add_likelihood_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<LikelihoodCommand>();
  auto* likelihood = app.add_subcommand(
      "likelihood", "ln of the likelihood of one count at an expectation summed from weights (arXiv:1901.04645)");
  likelihood->add_option("--observed", command->observed, "Observed count; need not be whole")->required();
  likelihood->add_option("--mu", command->mu, "Expected count, the sum of the weights")->required();
  likelihood->add_option("--sigma2", command->sigma2, "Its variance, the sum of the squared weights; 0 is Poisson")
      ->required();
  likelihood->callback([command, &global] { run_likelihood(*command, global); });
}

}  // namespace anyslice::cli
