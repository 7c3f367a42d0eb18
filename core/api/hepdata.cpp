// A submission to HEPData: what is common to its tables, and its files.
#include "core/api/hepdata.hpp"

#include <set>

#include "core/api/hepdata_tables.hpp"
#include "core/api/yaml_text.hpp"

namespace anyslice::api {
namespace {

// HEPData takes no longer names (hepdata-validator 1.1, submission_schema.json).
constexpr std::size_t kLongestName = 64;

/// What holds for the whole submission: how the numbers came about, and the papers.
Json whole(const Card& card) {
  const TableReference& table = card.tables.front();
  Json result = {{"comment", card.title +
                                 ". Computed with anyslice " ANYSLICE_VERSION
                                 " by re-weighting simulated events; not numbers given by the experiment. Card " +
                                 card.name + ", event table " + table.name + " (SHA-256 " + table.sha256 + ")."}};
  Json resources = Json::array();
  const Json& about = card.document["about"];
  if (about.contains("papers")) {
    for (const auto& paper : about["papers"]) {
      const std::string title = paper.contains("title") ? paper["title"].get<std::string>() : "Paper";
      for (const auto& [field, address] :
           {std::pair("arxiv", "https://arxiv.org/abs/"), std::pair("doi", "https://doi.org/")}) {
        if (paper.contains(field)) {
          resources.push_back({{"location", address + paper[field].get<std::string>()}, {"description", title}});
        }
      }
    }
  }
  if (!resources.empty()) result["additional_resources"] = std::move(resources);
  return result;
}

Json keywords(const Card& card) {
  Json result = Json::array();
  const Json& about = card.document["about"];
  if (!about.contains("keywords")) return result;
  for (const auto& [name, values] : about["keywords"].items()) {
    result.push_back({{"name", name}, {"values", values}});
  }
  return result;
}

std::string cut(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  // Not inside a character of UTF-8.
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xc0) == 0x80) --longest;
  return text.substr(0, longest);
}

/// The tables of all results, each with a name of its own.
std::vector<HepdataTable> all_tables(const Card& card, const JsonReader& results) {
  std::vector<HepdataTable> tables;
  const auto items = results.items();
  if (items.empty()) results.fail("expected at least one result");
  for (const auto& result : items) append_hepdata_tables(tables, card, result);
  std::set<std::string> names;
  for (auto& table : tables) {
    std::string name = cut(table.name, kLongestName);
    for (int copy = 2; !names.insert(name).second; ++copy) {
      const std::string number = " (" + std::to_string(copy) + ")";
      name = cut(table.name, kLongestName - number.size()) + number;
    }
    table.name = std::move(name);
  }
  return tables;
}

/// The fields of a table in a submission, but for its data.
Json table_json(const Card& card, const HepdataTable& table) {
  return {{"name", table.name}, {"description", table.description}, {"keywords", keywords(card)}};
}

void add_licence(Json& table, const Card& card) {
  const Json& about = card.document["about"];
  if (!about.contains("table_licence")) return;
  const std::string licence = about["table_licence"];
  table["data_license"] = {{"name", licence}, {"url", "https://spdx.org/licenses/" + licence + ".html"}};
}

}  // namespace

std::vector<HepdataFile> hepdata_submission(const Card& card, const JsonReader& results) {
  std::string submission = "---\n" + yaml_document(whole(card));
  std::vector<HepdataFile> files = {{"submission.yaml", ""}};
  for (const HepdataTable& table : all_tables(card, results)) {
    Json entry = table_json(card, table);
    const std::string name = "table_" + std::to_string(files.size()) + ".yaml";
    entry["data_file"] = name;
    add_licence(entry, card);
    submission += "---\n" + yaml_document(entry);
    files.push_back({name, yaml_document(table.data)});
  }
  files.front().text = std::move(submission);
  return files;
}

std::string hepdata_single_file(const Card& card, const JsonReader& results) {
  std::string text = "---\n" + yaml_document(whole(card));
  for (const HepdataTable& table : all_tables(card, results)) {
    Json entry = table_json(card, table);
    add_licence(entry, card);
    entry.update(table.data);
    text += "---\n" + yaml_document(entry);
  }
  return text;
}

}  // namespace anyslice::api
