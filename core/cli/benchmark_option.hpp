// The option --at, alike for all commands that ask a card about a point.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::cli {

struct BenchmarkOption {
  std::string name;  ///< empty for the card's defaults

  void add_to(CLI::App& command, const std::string& help = "A benchmark point of the card");

  /// Puts the parameters of the benchmark into the "set" of a request, below what is set there already. A benchmark
  /// also has values of what is on `axes`: those are left out. Throws InputError for an unknown name.
  void write(const Card& card, Json& request, const std::vector<std::string>& axes = {}) const;
};

}  // namespace anyslice::cli
