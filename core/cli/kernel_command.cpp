// anyslice kernel: what the kernel's shape, distance, bandwidth and flattening do to a prediction.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/cli/axis_option.hpp"
#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {
namespace {

struct KernelCommand {
  std::string card, on;
  BenchmarkOption benchmark;
  std::optional<std::string> shapes, distances, flatten;
  CardOptions setting;
};

/// PARAM or PARAM=LO:HI:N, into the request.
void read_bandwidths(const std::string& text, Json& request) {
  constexpr double kCount = 7;
  const auto equals = text.find('=');
  request["on"] = text.substr(0, equals);
  request["count"] = kCount;
  if (equals == std::string::npos) return;
  const std::string range = text.substr(equals + 1);
  // Bandwidths are spaced logarithmically, so there is no LO:HI:N:lin.
  const bool is_plain = split_at(range, ':').size() == 3;
  const auto axis = is_plain ? parse_spaced_axis(range, "--on", text.substr(0, equals)) : std::nullopt;
  if (!axis) throw InputError("--on", "", "expected PARAM or PARAM=LO:HI:N, found \"" + text + "\"");
  request["low"] = axis->low;
  request["high"] = axis->high;
  request["count"] = axis->count;
}

/// All combinations of what the options list; an option that is not given leaves what the card has.
Json kernels_of(const KernelCommand& command) {
  Json kernels = Json::array({Json::object()});
  const auto combine = [&](const std::optional<std::string>& list, const char* field, const auto& value_of) {
    if (!list) return;
    Json combined = Json::array();
    for (const auto& kernel : kernels) {
      for (const auto& name : split_at(*list, ',')) {
        Json with = kernel;
        with[field] = value_of(name);
        combined.push_back(std::move(with));
      }
    }
    kernels = std::move(combined);
  };
  const auto as_is = [](const std::string& name) { return Json(name); };
  combine(command.shapes, "shape", as_is);
  combine(command.distances, "distance", as_is);
  combine(command.flatten, "flatten", [](const std::string& name) {
    if (name != "on" && name != "off") {
      throw InputError("--flatten", "", "expected on, off or on,off, found \"" + name + "\"");
    }
    return Json(name == "on");
  });
  return kernels;
}

std::string name_of(const Json& kernel) {
  return kernel["shape"].get<std::string>() + ", " + kernel["distance"].get<std::string>() +
         (kernel["flatten"].get<bool>() ? ", flattened" : "");
}

void print_study(const Json& study) {
  const Json& reference = study["reference"];
  std::printf("%s: the kernel in %s, in force %s with bandwidth %s: %s +- %s events\n",
              study["card"].get<std::string>().c_str(), study["on"].get<std::string>().c_str(),
              name_of(reference).c_str(), show_number(reference["bandwidth"]).c_str(),
              show_number(reference["mu"], 5).c_str(), show_number(reference["mu_mc_error"], 2).c_str());
  for (const auto& curve : study["curves"]) {
    std::printf("%s\n%14s %12s %12s %12s %22s\n", name_of(curve).c_str(), "bandwidth", "events", "MC error",
                "effective", "change [%]");
    for (std::size_t i = 0; i < curve["mu"].size(); ++i) {
      const double percent = 100 / reference["mu"].get<double>();
      // No "-0.00".
      const double change = std::round(1e2 * percent * curve["difference"][i].get<double>()) / 1e2 + 0.0;
      std::printf("%14s %12s %12s %12s %12.2f +- %6.2f\n", show_number(curve["bandwidth"][i]).c_str(),
                  show_number(curve["mu"][i], 5).c_str(), show_number(curve["mu_mc_error"][i], 2).c_str(),
                  show_number(curve["effective_events"][i], 5).c_str(), change,
                  percent * curve["difference_mc_error"][i].get<double>());
    }
  }
  std::printf("kernels in the same line are as wide: their standard deviations are those of the card's kernel\n");
}

void run_kernel(const KernelCommand& command, const Global& global) {
  Json request = command.setting.request();
  read_bandwidths(command.on, request);
  request["kernels"] = kernels_of(command);
  const auto analysis = open_analysis(command.card, true);
  command.benchmark.write(analysis->model().card(), request);
  Json study;
  try {
    study = analysis->kernel_study(request);
  } catch (const InputError& error) {
    // What options list and how they are numbered in the request is no field that the reader wrote.
    if (error.source() != "request") throw;
    const std::string field = error.field();
    const bool is_line = field == "low" || field == "high" || field == "count";
    if (is_line) throw InputError("--on", "", error.expected());
    if (field.ends_with(".shape")) throw InputError("--shapes", "", error.expected());
    if (field.ends_with(".distance")) throw InputError("--distances", "", error.expected());
    if (field == "kernels") throw InputError("--shapes, --distances, --flatten", "", error.expected() + " in all");
    throw;
  }
  if (global.json) {
    std::cout << study.dump(2) << "\n";
  } else {
    if (!(study["reference"]["mu"].get<double>() > 0)) {
      throw InputError("--on", "", "expected a point where the kernel has events: there are none to compare with");
    }
    print_study(study);
  }
}

}  // namespace

void add_kernel_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<KernelCommand>();
  auto* kernel = app.add_subcommand("kernel", "What the kernel does to the expected events at a point");
  kernel->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  kernel
      ->add_option("--on", command->on,
                   "A parameter that the kernel smooths, PARAM or PARAM=LO:HI:N: bandwidths of the card's kernel, "
                   "spaced logarithmically (default: 7, a quarter to twice the card's)")
      ->required();
  command->benchmark.add_to(*kernel);
  kernel->add_option("--shapes", command->shapes,
                     "epanechnikov,gaussian,top-hat or some of them (default: the card's)");
  kernel->add_option("--distances", command->distances, "log10,ln,linear or some of them (default: the card's)");
  kernel->add_option("--flatten", command->flatten,
                     "on, off or on,off: whether rows are divided by the card's tabulated rates first (default: as the "
                     "card has it)");
  command->setting.add_to(*kernel);
  kernel->callback([command, &global] { run_kernel(*command, global); });
}

}  // namespace anyslice::cli
