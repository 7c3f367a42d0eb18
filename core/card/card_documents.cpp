// Cards that extend other cards: which texts are needed, and their merge.
#include "core/card/card_documents.hpp"

#include <algorithm>

namespace anyslice {
std::vector<std::string> extension_chain(const CardDocuments& documents, const std::string& address) {
  std::vector<std::string> chain = {address};
  while (true) {
    const auto found = documents.find(chain.back());
    if (found == documents.end()) return chain;
    const Json document = parse_json(found->second, chain.back());
    const JsonReader reader(document, chain.back());
    if (!document.is_object()) reader.fail("expected a JSON object: an analysis card");
    const auto base = reader.find("extends");
    if (!base) return chain;
    const std::string next = resolve_address(chain.back(), base->text());
    if (std::find(chain.begin(), chain.end(), next) != chain.end()) {
      base->fail("goes in a circle: " + next + " is already being extended");
    }
    chain.push_back(next);
  }
}

std::string resolve_address(const std::string& base, const std::string& reference) {
  const auto scheme_end = reference.find("://");
  if (scheme_end != std::string::npos || reference.starts_with("blob:") || reference.starts_with("data:")) {
    return reference;
  }
  // Everything up to the authority of a URL stays as it is; a file path has no such part.
  const auto base_scheme = base.find("://");
  std::size_t root = 0;
  if (base_scheme != std::string::npos) {
    root = base.find('/', base_scheme + 3);
    if (root == std::string::npos) root = base.size();
  }
  std::string path;
  if (reference.starts_with("/")) {
    path = reference;
  } else {
    const std::string base_path = base.substr(root, base.find_first_of("?#", root) - root);
    const auto last_slash = base_path.rfind('/');
    path = (last_slash == std::string::npos ? (root > 0 ? "/" : "") : base_path.substr(0, last_slash + 1)) + reference;
  }
  std::vector<std::string> kept;
  const bool absolute = path.starts_with("/");
  std::size_t begin = absolute ? 1 : 0;
  while (begin <= path.size()) {
    const auto end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (part == ".." && !kept.empty() && kept.back() != "..")
      kept.pop_back();
    else if (part == ".." && !absolute)
      kept.push_back(part);
    else if (part != "." && part != ".." && !(part.empty() && end != path.size()))
      kept.push_back(part);
    begin = end + 1;
  }
  std::string result = base.substr(0, root) + (absolute ? "/" : "");
  for (std::size_t i = 0; i < kept.size(); ++i) result += (i > 0 ? "/" : "") + kept[i];
  return result;
}

std::vector<std::string> missing_documents(const CardDocuments& documents, const std::string& address) {
  const auto chain = extension_chain(documents, address);
  if (documents.contains(chain.back())) return {};
  return {chain.back()};
}

Json merged_document(const CardDocuments& documents, const std::string& address) {
  const auto chain = extension_chain(documents, address);
  if (!documents.contains(chain.back())) {
    throw InputError(chain.back(), "",
                     chain.size() == 1 ? "the card cannot be found"
                                       : "cannot be found, but " + chain[chain.size() - 2] + " extends it");
  }
  Json merged = Json::object();
  for (auto card = chain.rbegin(); card != chain.rend(); ++card) {
    Json document = parse_json(documents.at(*card), *card);
    // Addresses inside a card are relative to it: resolve them before they move into another one.
    const auto resolve = [&](Json& table) {
      for (const char* field : {"url", "recipe"}) {
        if (table.is_object() && table.contains(field) && table[field].is_string()) {
          table[field] = resolve_address(*card, table[field].get<std::string>());
        }
      }
    };
    if (document.contains("tables") && document["tables"].is_object()) {
      for (auto& [name, table] : document["tables"].items()) resolve(table);
    }
    if (document.contains("display") && document["display"].is_object() && document["display"].contains("table")) {
      resolve(document["display"]["table"]);
    }
    merged.merge_patch(document);
  }
  merged.erase("extends");
  return merged;
}

}  // namespace anyslice
