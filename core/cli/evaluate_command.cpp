// anyslice evaluate: prediction and likelihood at a list of points, for samplers and fits.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>

#include "core/cli/benchmark_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/cli/format_option.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

/// How the points are named where they come from a pipe.
const std::string kStandardInput = "standard input";

struct EvaluateCommand {
  std::string card, points;
  BenchmarkOption benchmark;
  FormatOption format;
  CardOptions setting;
};

/// Comma-separated numbers under a header of parameter names. Blank lines and lines that begin with # are left out.
struct PointList {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> cells;  ///< as written
  std::vector<std::size_t> lines;               ///< where each point stands, from 1
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> split_cells(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find(',', begin), line.size());
    cells.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  return cells;
}

std::string at_line(const std::string& path, std::size_t line) { return path + ", line " + std::to_string(line); }

PointList read_points(const std::string& path, const Card& card, const Json& set) {
  std::string text = path == kStandardInput
                         ? std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>())
                         : read_text(path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // the byte-order mark that spreadsheets write
  PointList list;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const std::string line = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> cells = split_cells(line);
    if (list.names.empty()) {
      std::vector<std::string> known;
      for (const auto& parameter : card.parameters) known.push_back(parameter.name);
      for (const auto& name : cells) {
        if (card.find_parameter(name) == nullptr) {
          throw InputError(at_line(path, number), "",
                           "expected names of parameters of " + card.name + " (" + join_choices(known) + "), found \"" +
                               name + "\"");
        }
        if (std::find(list.names.begin(), list.names.end(), name) != list.names.end()) {
          throw InputError(at_line(path, number), "", "\"" + name + "\" is there twice");
        }
        if (set.contains(name)) throw InputError("--set " + name, "", "is a column of " + path + ", too");
        list.names.push_back(name);
      }
      continue;
    }
    if (cells.size() != list.names.size()) {
      throw InputError(at_line(path, number), "",
                       "expected " + std::to_string(list.names.size()) + " numbers as in the header, found " +
                           std::to_string(cells.size()));
    }
    list.cells.push_back(cells);
    list.lines.push_back(number);
  }
  if (list.names.empty()) throw InputError(path, "", "expected a first line with names of parameters, found nothing");
  if (list.cells.empty()) throw InputError(path, "", "expected at least one point below the header");
  return list;
}

/// Says on standard error at which lines there is no prediction, and why: the first ones, and how many there are.
void print_reasons(const Json& rows, const PointList& list, const std::string& path) {
  constexpr std::size_t kShown = 5;
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& reason = rows[i]["reason"];
    if (reason.is_null() || ++count > kShown) continue;
    std::fprintf(stderr, "anyslice: warning: %s: no prediction: %s\n", at_line(path, list.lines[i]).c_str(),
                 reason.get<std::string>().c_str());
  }
  if (count > kShown) {
    std::fprintf(stderr, "anyslice: warning: %s: no prediction at %zu of %zu points; --json gives every reason\n",
                 path.c_str(), count, rows.size());
  }
}

void run_evaluate(const EvaluateCommand& command, const Global& global) {
  const std::string format = command.format.chosen({"json", "csv"}, global);
  Json request = command.setting.request();
  const auto analysis = open_analysis(command.card, true);
  const Card& card = analysis->model().card();
  const std::string source = command.points == "-" ? kStandardInput : command.points;
  const PointList list = read_points(source, card, request["set"]);
  // A column has its own values, whatever the benchmark has.
  command.benchmark.write(card, request);
  for (const auto& name : list.names) request["set"].erase(name);
  Json points = Json::array();
  for (std::size_t i = 0; i < list.cells.size(); ++i) {
    Json point = Json::object();
    for (std::size_t k = 0; k < list.names.size(); ++k) {
      point[list.names[k]] = parse_number(list.cells[i][k], at_line(source, list.lines[i]) + ": " + list.names[k]);
    }
    points.push_back(std::move(point));
  }
  request["points"] = std::move(points);
  InterruptGuard guard;
  ProgressBar bar("points", 0);
  const Json result = analysis->evaluate(request, bar.callback());
  print_reasons(result["rows"], list, source);
  print_warnings(result["warnings"]);
  if (format == "json") {
    std::cout << result.dump(2) << "\n";
    return;
  }
  for (const auto& name : list.names) std::cout << name << ",";
  std::cout << "mu,mu_mc_error,effective_events,log_likelihood,kernel_trusted\n";
  std::size_t row = 0;
  for (const auto& values : result["rows"]) {
    for (const auto& cell : list.cells[row]) std::cout << cell << ",";
    ++row;
    const Json& log_likelihood = values["log_likelihood"];
    const auto cell = [&](const char* field, int digits) {
      return values[field].is_null() ? std::string("nan") : show_number(values[field], digits);
    };
    std::cout << cell("mu", 10) << "," << cell("mu_mc_error", 4) << "," << cell("effective_events", 6) << ","
              << (log_likelihood.is_null() ? "-inf" : show_number(log_likelihood, 12)) << ","
              << (values["kernel_trusted"].get<bool>() ? 1 : 0) << "\n";
  }
}

}  // namespace

void add_evaluate_command(CLI::App& app, const Global& global) {
  auto command = std::make_shared<EvaluateCommand>();
  auto* evaluate = app.add_subcommand(
      "evaluate", "Expected signal and ln of the likelihood at a list of points, for samplers and global fits");
  evaluate->add_option("CARD", command->card, "Card file or name of a built-in analysis")->required();
  evaluate
      ->add_option(
          "--points", command->points,
          "Comma-separated file, - for standard input: a header with names of parameters, a line per point, in the "
          "card's units")
      ->required();
  command->benchmark.add_to(
      *evaluate, "A benchmark point of the card: the values of what is no column (default: the card's defaults)");
  command->format.add_to(*evaluate, "csv (default) or json");
  command->setting.add_to(*evaluate);
  evaluate->callback([command, &global] { run_evaluate(*command, global); });
}

}  // namespace anyslice::cli
