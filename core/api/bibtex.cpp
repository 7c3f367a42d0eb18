// What to cite, as BibTeX.
#include "core/api/bibtex.hpp"

#include <vector>

#include "core/base/joined.hpp"

namespace anyslice::api {
namespace {

// The facts of CITATION.cff.
constexpr const char* kSoftwareTitle = "anyslice: limits on any slice of a model's parameter space";
constexpr const char* kSoftwareAuthors = "{anyslice authors}";

/// Text as TeX prints it. Letters beyond ASCII stay: BibTeX styles of today read UTF-8.
std::string tex(const std::string& text) {
  std::string result;
  for (const char character : text) {
    if (std::string("&%$#_{}").find(character) != std::string::npos) {
      result += '\\';
      result += character;
    } else if (character == '\\') {
      result += "\\textbackslash{}";
    } else if (character == '~') {
      result += "\\textasciitilde{}";
    } else if (character == '^') {
      result += "\\textasciicircum{}";
    } else {
      result += character;
    }
  }
  return result;
}

/// What BibTeX leaves as it is: names of collaborations, capitals of titles.
std::string in_braces(const std::string& text) { return std::string(1, '{').append(text).append(1, '}'); }

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string entry(const std::string& kind, const std::string& key, const Fields& fields) {
  std::string text = joined("@", kind, "{", key);
  for (const auto& [name, value] : fields) {
    if (!value.empty()) text += joined(",\n  ", name, " = {", value, "}");
  }
  return text + "\n}\n";
}

std::string text_of(const Json& paper, const char* field) {
  if (!paper.contains(field)) return {};
  return paper[field].is_string() ? paper[field].get<std::string>() : paper[field].dump();
}

std::string paper_entry(const Json& paper, std::size_t number) {
  std::string authors;
  if (paper.contains("authors")) {
    for (const auto& author : paper["authors"]) {
      authors += (authors.empty() ? "" : " and ") + tex(author.get<std::string>());
    }
  }
  // A title in its own braces keeps its capitals.
  const std::string title = text_of(paper, "title"), collaboration = text_of(paper, "collaboration");
  if (authors.empty() && !collaboration.empty()) authors = in_braces(tex(collaboration) + " Collaboration");
  const std::string arxiv = text_of(paper, "arxiv"), inspire = text_of(paper, "inspire");
  const std::string key = !inspire.empty() ? inspire
                          : !arxiv.empty() ? "arXiv-" + arxiv
                                           : "paper" + std::to_string(number);
  const std::string journal = text_of(paper, "journal");
  // Without a journal an @article lacks a field that it must have.
  return entry(journal.empty() ? "misc" : "article", key,
               {{"author", authors},
                {"collaboration", tex(collaboration)},
                {"title", title.empty() ? "" : in_braces(tex(title))},
                {"journal", tex(journal)},
                {"volume", text_of(paper, "volume")},
                {"pages", text_of(paper, "pages")},
                {"year", text_of(paper, "year")},
                {"doi", text_of(paper, "doi")},
                {"eprint", arxiv},
                {"archivePrefix", arxiv.empty() ? "" : "arXiv"}});
}

}  // namespace

std::string bibtex(const Card& card, const std::string& card_digest) {
  std::string result;
  const Json& about = card.document["about"];
  std::size_t number = 0;
  if (about.contains("papers")) {
    for (const auto& paper : about["papers"]) result += paper_entry(paper, ++number) + "\n";
  }
  std::string note = "Version " ANYSLICE_VERSION ". Card " + tex(card.name) + " (SHA-256 " + card_digest + ")";
  for (const auto& table : card.tables) note += "; event table " + tex(table.name) + " (SHA-256 " + table.sha256 + ")";
  return result + entry("misc", "anyslice",
                        {{"author", kSoftwareAuthors}, {"title", in_braces(tex(kSoftwareTitle))}, {"note", note}});
}

}  // namespace anyslice::api
