// The Embind layer: analyses by handle, requests and answers as JSON text, errors as values.
//
// Every function returns {"ok": true, "value": ...} or {"ok": false, "error": {source, field, expected, message}};
// nothing is thrown into JavaScript, where an exception would leak the stack it unwinds.
#include <emscripten/bind.h>

#include <map>
#include <memory>
#include <string>

#include "core/api/analysis.hpp"
#include "core/card/card_documents.hpp"

namespace {

using anyslice::InputError;
using anyslice::Json;
using anyslice::JsonReader;
using anyslice::api::Analysis;

std::map<int, std::unique_ptr<Analysis>>& analyses() {
  static std::map<int, std::unique_ptr<Analysis>> open;
  return open;
}

std::string failure(const std::string& source, const std::string& field, const std::string& expected,
                    const std::string& message) {
  const Json error = {{"source", source}, {"field", field}, {"expected", expected}, {"message", message}};
  return Json{{"ok", false}, {"error", error}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Work>
std::string value_or_error(Work&& work) {
  try {
    return Json{{"ok", true}, {"value", work()}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const InputError& error) {
    return failure(error.source(), error.field(), error.expected(), error.what());
  } catch (const std::exception& error) {
    return failure("anyslice", "", "internal error", std::string("internal error: ") + error.what());
  }
}

Analysis& analysis(int handle) {
  const auto found = analyses().find(handle);
  if (found == analyses().end()) throw InputError("request", "handle", "is not an open analysis");
  return *found->second;
}

std::string version() {
  return value_or_error([] { return Json(ANYSLICE_VERSION); });
}

/// documents: {address: text of the card}; root: address of the card to open.
std::string open(const std::string& documents_text, const std::string& root) {
  return value_or_error([&]() -> Json {
    const Json documents_json = anyslice::parse_json(documents_text, "documents");
    anyslice::CardDocuments documents;
    for (const auto& [address, text] : JsonReader(documents_json, "documents").fields())
      documents[address] = text.text();
    const auto missing = anyslice::missing_documents(documents, root);
    if (!missing.empty()) return {{"missing", missing}};
    static int next_handle = 1;
    auto opened = std::make_unique<Analysis>(documents, root);
    Json tables = Json::array();
    for (const auto& table : opened->model().card().tables) {
      tables.push_back({{"name", table.name}, {"url", table.url}, {"sha256", table.sha256}});
    }
    Json result = {{"handle", next_handle}, {"card", opened->model().card().document}, {"tables", std::move(tables)}};
    analyses()[next_handle++] = std::move(opened);
    return result;
  });
}

/// bytes: a Uint8Array with the uncompressed table; source names it in messages.
std::string attach(int handle, const std::string& table_name, const emscripten::val& bytes, const std::string& source) {
  return value_or_error([&]() -> Json {
    const auto copy = emscripten::convertJSArrayToNumberVector<std::uint8_t>(bytes);
    return {{"rows", analysis(handle).attach_table(table_name, copy, source)}};
  });
}

std::string call(int handle, const std::string& method, const std::string& request) {
  return value_or_error([&] { return analysis(handle).call(method, anyslice::parse_json(request, "request")); });
}

void close(int handle) { analyses().erase(handle); }

}  // namespace

EMSCRIPTEN_BINDINGS(anyslice) {
  emscripten::function("version", &version);
  emscripten::function("open", &open);
  emscripten::function("attach", &attach);
  emscripten::function("call", &call);
  emscripten::function("close", &close);
}
