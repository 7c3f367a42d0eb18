// What several tests need: files of the repository, the built-in analyses with their tables, messages of errors.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/api/analysis.hpp"
#include "core/api/limit_csv.hpp"
#include "core/base/error.hpp"
#include "core/card/card_documents.hpp"
#include "core/generate/generator.hpp"
#include "core/table/safetensors.hpp"
#include "near.hpp"

namespace anyslice::testing {

/// The bytes of a file, by its path below the repository; fails the test when it cannot be read.
std::string repository_file(const std::string& path);

inline Json repository_json(const std::string& path) { return parse_json(repository_file(path), path); }

/// The message of the InputError that `work` throws; fails the test when it throws none.
template <typename Work>
std::string error_of(Work&& work) {
  try {
    work();
  } catch (const InputError& error) {
    return error.what();
  }
  FAIL("expected an InputError");
  return {};
}

/// A recipe of the repository with its inputs, after `change`.
inline generate::Recipe built_in_recipe(const std::string& name, const std::function<void(Json&)>& change = {}) {
  const std::string folder = "data/recipes/", path = folder + name + ".json";
  Json document = repository_json(path);
  if (change) change(document);
  std::map<std::string, std::string> texts;
  for (const auto& [input, address] : generate::Recipe::input_addresses(document, path)) {
    // ../fluxes/x.json: the files embedded for WebAssembly have no path through ".."
    const std::string up = folder + "../";
    texts[input] = repository_file(address.rfind(up, 0) == 0 ? "data/" + address.substr(up.size()) : address);
  }
  return generate::Recipe::parse(std::move(document), path, texts);
}

inline generate::Recipe microboone_recipe() {
  const std::string path = "data/recipes/microboone-kdar.json";
  return generate::Recipe::parse(repository_json(path), path);
}

/// The table of the MicroBooNE cards, generated once.
inline const std::vector<std::uint8_t>& microboone_table() {
  static const std::vector<std::uint8_t> bytes = [] {
    const auto recipe = microboone_recipe();
    return write_table(generate::generate(recipe, generate::Shard::whole(recipe)), "microboone-kdar");
  }();
  return bytes;
}

inline CardDocuments built_in_documents() {
  CardDocuments documents;
  for (const char* name : {"microboone-kdar-scalar", "microboone-kdar-x"}) {
    const std::string path = std::string("/cards/") + name + ".json";
    documents[path] = repository_file("data/analyses/" + std::string(name) + ".json");
  }
  return documents;
}

inline std::unique_ptr<api::Analysis> open_built_in(const std::string& name) {
  auto analysis = std::make_unique<api::Analysis>(built_in_documents(), "/cards/" + name + ".json");
  analysis->attach_table("events", microboone_table(), "microboone-kdar");
  return analysis;
}

}  // namespace anyslice::testing
