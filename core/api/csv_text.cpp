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

std::string setting_text(const JsonReader& answer) {
  std::string text = ", variant " + answer.at("variant").text();
  for (const char* field : {"projection", "part", "profile"}) {
    if (const auto value = answer.find(field)) text += std::string(", ") + field + " " + value->text();
  }
  if (const auto channels = answer.find("channels")) {
    for (const auto& channel : channels->items()) text += ", channel " + channel.text();
  }
  if (const auto scale = answer.find("exposure_scale"); scale && scale->number() != 1) {
    text += ", exposure x " + number_text(scale->number());
  }
  return text;
}

}  // namespace anyslice::api
