// The options shared by everything that makes a limit.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "core/base/json_reader.hpp"

namespace anyslice::cli {

struct ConstructionOptions {
  static constexpr const char* kMethods =
      "Construction: cls-hybrid, cls-toys, cls-asymptotic, cls-exact, bayes-flat, feldman-cousins, delta-lnl-1 or "
      "delta-lnl-2; cards with several bins take the last two, by the rise of -ln L for one or two parameters";
  std::optional<std::string> method, constraint;
  // Counts are read as numbers, so that what is wrong with -1 or 2.5 is said by the same check as everywhere.
  std::optional<double> level, toys, seed;

  void add_to(CLI::App& command, const std::string& methods = kMethods) {
    command.add_option("--cl", level, "Confidence level, between 0 and 1");
    command.add_option("--method", method, methods);
    command.add_option("--constraint", constraint, "Uncertainties: gaussian, truncated or lognormal");
    command.add_option("--toys", toys,
                       "Toys per hypothesis and tested signal (cls-toys; feldman-cousins with uncertainties)");
    command.add_option("--seed", seed, "Seed of the toys");
  }

  void write(Json& request) const {
    if (method) request["method"] = *method;
    if (constraint) request["constraint"] = *constraint;
    if (level) request["cl"] = *level;
    if (toys) request["toys"] = *toys;
    if (seed) request["seed"] = *seed;
  }
};

}  // namespace anyslice::cli
