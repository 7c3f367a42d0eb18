// anyslice generate, merge, info.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "core/base/sha256.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/generate/generator.hpp"
#include "core/table/safetensors.hpp"

namespace anyslice::cli {
namespace {

/// Sets a field of the recipe by its dotted path, which must already hold a number.
void set_recipe_field(Json& recipe, const std::string& path, const Json& value, const std::string& source) {
  Json* place = &recipe;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (!place->is_object() || !place->contains(part)) throw InputError(source, path, "is not a field of the recipe");
    place = &(*place)[part];
    begin = end + 1;
  }
  if (!place->is_number()) throw InputError(source, path, "is not a number in the recipe");
  const double number = value.get<double>();
  if (std::floor(number) == number && std::abs(number) < 1e15)
    *place = static_cast<std::int64_t>(number);
  else
    *place = number;
}

void save_table(const EventTable& table, const std::string& path, const Global& global) {
  if (!path.ends_with(".safetensors") && !path.ends_with(".safetensors.gz")) {
    throw InputError("--output", "",
                     "expected a name that ends in .safetensors or .safetensors.gz, found \"" + path + "\"");
  }
  const auto bytes = write_table(table, path);
  const auto compressed = path.ends_with(".gz") ? gzip(bytes) : bytes;
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

struct GenerateCommand {
  std::string recipe, output, shard;
  std::optional<std::uint64_t> events, seed;
  std::vector<std::string> assignments;
};

void run_generate(const GenerateCommand& command, const Global& global) {
  Json document = parse_json(read_text(command.recipe), command.recipe);
  if (!document.is_object()) throw InputError(command.recipe, "", "expected a JSON object: a recipe");
  const Json assignments = parse_assignments(command.assignments);
  for (const auto& [path, value] : assignments.items()) {
    set_recipe_field(document, path, value, command.recipe);
  }
  if (command.events) document["events"] = *command.events;
  if (command.seed) document["seed"] = *command.seed;
  const auto recipe = generate::Recipe::parse(std::move(document), command.recipe);
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
  save_table(generate::generate(recipe, shard), command.output, global);
}

EventTable load_table(const std::string& path) { return read_table(gunzip(read_file(path), path), path); }

void run_merge(const std::vector<std::string>& shards, const std::string& output, const Global& global) {
  std::vector<EventTable> tables;
  for (const auto& path : shards) tables.push_back(load_table(path));
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
  for (const auto& [name, column] : columns.items()) {
    std::printf("  %-12s %-4s %11s to %-11s sum %s +- %s\n", name.c_str(), column["unit"].get<std::string>().c_str(),
                show_number(column["low"]).c_str(), show_number(column["high"]).c_str(),
                show_number(column["sum"], 6).c_str(), show_number(column["sum_mc_error"], 2).c_str());
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
  generate->add_option("RECIPE", command->recipe, "Recipe file")->required();
  generate->add_option("-o,--output", command->output, "Table to write, .safetensors or .safetensors.gz")->required();
  generate->add_option("--events", command->events, "Events to throw (default: the recipe's)");
  generate->add_option("--seed", command->seed, "Seed (default: the recipe's)");
  generate->add_option("--shard", command->shard, "Make part I of N only, I/N");
  generate->add_option("--set", command->assignments, "Change a number of the recipe, field.field=value; repeatable")
      ->allow_extra_args(false);
  generate->callback([command, &global] { run_generate(*command, global); });

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
