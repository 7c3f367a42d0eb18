// anyslice generate, merge, info.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/base/sha256.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/cli/progress_bar.hpp"
#include "core/generate/generator.hpp"
#include "core/table/safetensors.hpp"

namespace anyslice::cli {
namespace {

/// Sets a number or a text of the recipe by its dotted path, or fixes one of the parameters it samples by name.
void set_recipe_field(Json& recipe, const std::string& path, const std::string& text, const std::string& source) {
  if (recipe.contains("parameters") && recipe["parameters"].is_object() && recipe["parameters"].contains(path)) {
    recipe["parameters"][path] = parse_number(text, "--set " + path);
    return;
  }
  Json* place = &recipe;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (!place->is_object() || !place->contains(part)) {
      std::vector<std::string> names;
      if (recipe.contains("parameters") && recipe["parameters"].is_object()) {
        for (const auto& [name, parameter] : recipe["parameters"].items()) names.push_back(name);
      }
      throw InputError(source, path,
                       "is neither a field of the recipe nor a parameter it samples" +
                           (names.empty() ? "" : " (" + join_choices(names) + ")"));
    }
    place = &(*place)[part];
    begin = end + 1;
  }
  if (place->is_string()) {
    *place = text;
    return;
  }
  if (!place->is_number()) throw InputError(source, path, "is neither a number nor a text in the recipe");
  const double number = parse_number(text, "--set " + path);
  if (std::floor(number) == number && std::abs(number) < 1e15)
    *place = static_cast<std::int64_t>(number);
  else
    *place = number;
}

/// Before hours of work: that its result will have a place.
void check_output(const std::string& path) {
  if (!path.ends_with(".safetensors") && !path.ends_with(".safetensors.gz")) {
    throw InputError("--output", "",
                     "expected a name that ends in .safetensors or .safetensors.gz, found \"" + path + "\"");
  }
  check_writable(path);
}

void save_table(const EventTable& table, const std::string& path, const Global& global) {
  ProgressBar bar("writing", 0);
  const auto progress = bar.callback();
  report_progress(progress, 0);
  const auto bytes = write_table(table, path);
  report_progress(progress, 0);
  const auto compressed = path.ends_with(".gz") ? gzip(bytes, progress) : bytes;
  report_progress(progress, 1);
  write_file(path, compressed);
  const std::string digest = sha256_hex(bytes);
  if (global.json) {
    std::cout << Json{{"table", path},
                      {"rows", table.rows},
                      {"events_thrown", table.events_thrown},
                      {"bytes", compressed.size()},
                      {"sha256", digest}}
                     .dump(2)
              << "\n";
  } else {
    std::printf("%s: %zu rows of %llu events thrown, %zu bytes\nsha256 of the uncompressed table: %s\n", path.c_str(),
                table.rows, static_cast<unsigned long long>(table.events_thrown), compressed.size(), digest.c_str());
  }
}

std::uint64_t parse_count(const std::string& text, const std::string& option) {
  constexpr double kLargest = 9007199254740992;  // 2^53
  const double number = parse_number(text, option);
  if (!(number >= 0 && number <= kLargest) || std::floor(number) != number) {
    throw InputError(option, "", "expected a whole number from 0 to 2^53, found \"" + text + "\"");
  }
  return static_cast<std::uint64_t>(number);
}

/// What `generate` and `adapt` share: a recipe with changes.
struct RecipeArguments {
  std::string recipe, events, seed;
  std::vector<std::string> assignments;

  void add_to(CLI::App& app) {
    app.add_option("RECIPE", recipe, "Recipe file")->required();
    app.add_option("--events", events, "Events to throw (default: the recipe's)");
    app.add_option("--seed", seed, "Seed (default: the recipe's)");
    app.add_option("--set", assignments,
                   "Fix a parameter that the recipe samples (a direct simulation at one point), or change one of its "
                   "numbers or texts, field.field=value; repeatable")
        ->allow_extra_args(false);
  }

  generate::Recipe load() const {
    return load_recipe(recipe, [&](Json& document) {
      for (const auto& assignment : assignments) {
        const auto [path, value] = split_assignment(assignment, "--set");
        set_recipe_field(document, path, value, recipe);
      }
      if (!events.empty()) document["events"] = parse_count(events, "--events");
      if (!seed.empty()) document["seed"] = parse_count(seed, "--seed");
    });
  }
};

struct GenerateCommand {
  RecipeArguments arguments;
  std::string output, shard, adaptation;
};

struct AdaptCommand {
  RecipeArguments arguments;
  std::string output;
};

Json run_adaptation(const generate::Recipe& recipe) {
  ProgressBar bar("adapting", 0);
  return generate::adapt(recipe, bar.callback());
}

/// Says on standard error how well the grids of VEGAS fit.
void report_adaptation(const Json& adaptation) {
  if (!adaptation.contains("vegas")) return;
  double largest = 0, worst_error = 0;
  for (const auto& grid : adaptation["vegas"]) {
    largest = std::max(largest, grid["chi2_per_dof"].get<double>());
    worst_error = std::max(worst_error, grid["error"].get<double>() / std::abs(grid["integral"].get<double>()));
  }
  std::fprintf(stderr, "adapted %zu grids: chi2/dof at most %.2f, relative error of an integral at most %.2g\n",
               adaptation["vegas"].size(), largest, worst_error);
}

void run_adapt(const AdaptCommand& command, const Global& global) {
  const InterruptGuard guard;
  const auto recipe = command.arguments.load();
  check_writable(command.output);
  const Json adaptation = run_adaptation(recipe);
  report_adaptation(adaptation);
  const std::string text = adaptation.dump() + "\n";
  write_file(command.output, {text.begin(), text.end()});
  if (global.json)
    std::cout << Json{{"adaptation", command.output}, {"recipe_sha256", adaptation["recipe_sha256"]}}.dump(2) << "\n";
  else
    std::printf("%s: for recipe %s\n", command.output.c_str(), recipe.name.c_str());
}

void run_generate(const GenerateCommand& command, const Global& global) {
  const InterruptGuard guard;
  const auto recipe = command.arguments.load();
  auto shard = generate::Shard::whole(recipe);
  if (!command.shard.empty()) {
    const auto slash = command.shard.find('/');
    if (slash == std::string::npos) throw InputError("--shard", "", "expected I/N, found \"" + command.shard + "\"");
    const double index = parse_number(command.shard.substr(0, slash), "--shard");
    const double total = parse_number(command.shard.substr(slash + 1), "--shard");
    if (!(index >= 1 && total >= index && total <= 1e9 && std::floor(index) == index && std::floor(total) == total)) {
      throw InputError("--shard", "", "expected I/N with 1 <= I <= N, found \"" + command.shard + "\"");
    }
    shard = generate::Shard::of(recipe, static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(total));
  }
  check_output(command.output);
  Json adaptation;
  if (command.adaptation.empty()) {
    adaptation = run_adaptation(recipe);
    report_adaptation(adaptation);
  } else {
    adaptation = parse_json(read_text(command.adaptation), command.adaptation);
    if (!adaptation.is_object()) throw InputError(command.adaptation, "", "expected what anyslice adapt wrote");
  }
  EventTable table;
  {
    ProgressBar bar("throwing", static_cast<double>(shard.count));
    const JsonReader reader(adaptation, command.adaptation.empty() ? "adaptation" : command.adaptation);
    table = generate::generate(recipe, shard, reader, bar.callback());
  }
  InterruptGuard::check();
  save_table(table, command.output, global);
}

EventTable load_table(const std::string& path) { return read_table(gunzip(read_file(path), path), path); }

void run_merge(const std::vector<std::string>& shards, const std::string& output, const Global& global) {
  const InterruptGuard guard;
  check_output(output);
  std::vector<EventTable> tables;
  for (const auto& path : shards) {
    tables.push_back(load_table(path));
    InterruptGuard::check();
  }
  save_table(merge_tables(std::move(tables), shards), output, global);
}

void run_info(const std::string& path, const Global& global) {
  const auto bytes = gunzip(read_file(path), path);
  const EventTable table = read_table(bytes, path);
  Json columns = Json::object();
  for (const auto& column : table.columns) {
    double low = column.values.front(), high = low, sum = 0, squares = 0;
    for (const double value : column.values) {
      low = std::min(low, value), high = std::max(high, value);
      sum += value, squares += value * value;
    }
    const double error = std::sqrt(std::max(0.0, squares - sum * sum / static_cast<double>(table.events_thrown)));
    columns[column.name] = {{"unit", column.unit},   {"low", low},
                            {"high", high},          {"sum", sum},
                            {"sum_mc_error", error}, {"description", column.description}};
    if (column.labels.empty()) continue;
    std::vector<std::uint64_t> counts(column.labels.size(), 0);
    for (const double value : column.values)
      if (value < static_cast<double>(counts.size())) ++counts[static_cast<std::size_t>(value)];
    for (std::size_t i = 0; i < counts.size(); ++i) columns[column.name]["rows_by_label"][column.labels[i]] = counts[i];
  }
  Json result = {{"table", path},      {"sha256", sha256_hex(bytes)},
                 {"rows", table.rows}, {"events_thrown", table.events_thrown},
                 {"columns", columns}, {"metadata", table.metadata}};
  if (global.json) {
    std::cout << result.dump(2) << "\n";
    return;
  }
  std::printf("%s: %zu rows of %llu events thrown\nsha256 of the uncompressed table: %s\n", path.c_str(), table.rows,
              static_cast<unsigned long long>(table.events_thrown), result["sha256"].get<std::string>().c_str());
  std::size_t width = 12;
  for (const auto& [name, column] : columns.items()) width = std::max(width, name.size());
  for (const auto& [name, column] : columns.items()) {
    if (column.contains("rows_by_label")) {
      std::printf("  %-*s rows:", static_cast<int>(width), name.c_str());
      for (const auto& [label, count] : column["rows_by_label"].items())
        std::printf(" %s %llu", label.c_str(), static_cast<unsigned long long>(count.get<std::uint64_t>()));
      std::printf("\n");
      continue;
    }
    std::printf("  %-*s %-5s %11s to %-11s sum %s +- %s\n", static_cast<int>(width), name.c_str(),
                column["unit"].get<std::string>().c_str(), show_number(column["low"]).c_str(),
                show_number(column["high"]).c_str(), show_number(column["sum"], 6).c_str(),
                show_number(column["sum_mc_error"], 2).c_str());
  }
  for (const char* field : {"title", "paper", "licence", "generator", "seed", "recipe_sha256"}) {
    if (table.metadata.contains(field)) {
      std::printf("  %-14s %s\n", field, table.metadata[field].get<std::string>().c_str());
    }
  }
}

}  // namespace

void add_table_commands(CLI::App& app, const Global& global) {
  auto command = std::make_shared<GenerateCommand>();
  auto* generate = app.add_subcommand("generate", "Simulate the events of a recipe and write their table");
  command->arguments.add_to(*generate);
  generate->add_option("-o,--output", command->output, "Table to write, .safetensors or .safetensors.gz")->required();
  generate->add_option("--shard", command->shard, "Make part I of N only, I/N");
  generate->add_option("--adaptation", command->adaptation,
                       "What `anyslice adapt` wrote for this recipe; without it every run adapts by itself");
  generate->callback([command, &global] { run_generate(*command, global); });

  auto adapting = std::make_shared<AdaptCommand>();
  auto* adapt = app.add_subcommand("adapt", "Do once what all shards of a run need: adapt the sampling of a recipe");
  adapting->arguments.add_to(*adapt);
  adapt->add_option("-o,--output", adapting->output, "JSON file to write")->required();
  adapt->callback([adapting, &global] { run_adapt(*adapting, global); });

  auto shards = std::make_shared<std::vector<std::string>>();
  auto output = std::make_shared<std::string>();
  auto* merge = app.add_subcommand("merge", "Join the shards of one run; the result equals the unsharded run");
  merge->add_option("SHARD", *shards, "Tables made with --shard")->required();
  merge->add_option("-o,--output", *output, "Table to write")->required();
  merge->callback([shards, output, &global] { run_merge(*shards, *output, global); });

  auto table = std::make_shared<std::string>();
  auto* info = app.add_subcommand("info", "Show what a table holds and how it was made");
  info->add_option("TABLE", *table, "Table file")->required();
  info->callback([table, &global] { run_info(*table, global); });
}

}  // namespace anyslice::cli
