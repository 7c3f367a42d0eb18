// Where the text of a card comes from: its own document merged over the one it extends (RFC 7396 merge patch).
#pragma once

#include "core/card/card.hpp"

namespace anyslice {

/// The address that `reference`, written in the card at `base`, stands for. Works for URLs and for file paths.
std::string resolve_address(const std::string& base, const std::string& reference);

/// The addresses that must still be added to `documents` before the card at `address` can be read: itself and what it
/// extends, directly or not. Throws InputError for a circle or text that is not a JSON object.
std::vector<std::string> missing_documents(const CardDocuments& documents, const std::string& address);

/// The addresses of the texts that make up the card at `address`: its own, then what it extends. Throws as
/// missing_documents does; stops at the first text that is missing.
std::vector<std::string> extension_chain(const CardDocuments& documents, const std::string& address);

/// The card at `address` with all it extends merged in, table addresses resolved. Throws InputError when a document
/// is missing, goes in a circle or is not a JSON object.
Json merged_document(const CardDocuments& documents, const std::string& address);

}  // namespace anyslice
