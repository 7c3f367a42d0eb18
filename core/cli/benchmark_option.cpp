// Reads the option --at.
#include "core/cli/benchmark_option.hpp"

namespace anyslice::cli {

void BenchmarkOption::add_to(CLI::App& command, const std::string& help) { command.add_option("--at", name, help); }

void BenchmarkOption::write(const Card& card, Json& request, const std::vector<std::string>& axes) const {
  if (name.empty()) return;
  const auto found = card.benchmarks.find(name);
  if (found == card.benchmarks.end()) {
    std::vector<std::string> names;
    for (const auto& [known, values] : card.benchmarks) names.push_back(known);
    throw InputError("--at", "",
                     names.empty() ? card.name + " has no benchmark points"
                                   : "expected " + join_choices(names) + ", found \"" + name + "\"");
  }
  Json point = found->second;
  for (const auto& axis : axes) point.erase(axis);
  point.update(request["set"]);
  request["set"] = std::move(point);
}

}  // namespace anyslice::cli
