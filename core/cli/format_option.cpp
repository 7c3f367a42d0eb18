// Reads the option --format.
#include "core/cli/format_option.hpp"

#include <algorithm>

namespace anyslice::cli {

std::string FormatOption::chosen(const std::vector<std::string>& known, const Global& global,
                                 const std::string& where) const {
  if (!format.empty() && std::find(known.begin(), known.end(), format) == known.end()) {
    throw InputError(
        "--format", "",
        "expected " + join_choices(known) + (where.empty() ? "" : " " + where) + ", found \"" + format + "\"");
  }
  if (global.json && !format.empty() && format != "json") {
    throw InputError("--format", "", "is " + format + ", but --json asks for JSON: expected one of the two");
  }
  if (global.json) return "json";
  return format.empty() ? known.back() : format;
}

}  // namespace anyslice::cli
