// What to cite, as BibTeX.
#pragma once

#include <string>

#include "core/card/card.hpp"

namespace anyslice::api {

/// An entry for each paper of the card, under its INSPIRE key or arXiv number (@misc where it is in no journal), and
/// one for the software, whose note has the digests of card and tables. Text is UTF-8, with what is special in TeX
/// escaped.
std::string bibtex(const Card& card, const std::string& card_digest);

}  // namespace anyslice::api
