// Where the text of a card comes from: its own document merged over the one it extends (RFC 7396 merge patch).
#pragma once

#include "core/card/card.hpp"

namespace anyslice {

/// The card at `address` with all it extends merged in, table addresses resolved. Throws InputError when a document
/// is missing, goes in a circle or is not a JSON object.
Json merged_document(const CardDocuments& documents, const std::string& address);

}  // namespace anyslice
