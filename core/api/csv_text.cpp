// Numbers and names as they are written into comma-separated values.
#include "core/api/csv_text.hpp"

#include <cstdio>

namespace anyslice::api {

std::string number_text(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

std::string names_with_units(const Card& card, const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + name;
    const auto* parameter = card.find_parameter(name);
    if (parameter != nullptr && parameter->unit != "1") text += " [" + parameter->unit + "]";
  }
  return text;
}

}  // namespace anyslice::api
