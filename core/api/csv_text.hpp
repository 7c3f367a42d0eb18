// Numbers and names as they are written into comma-separated values.
#pragma once

#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::api {

/// With at most `digits` significant digits.
std::string number_text(double value, int digits = 10);

/// Parameters of the card with their units: "mZ [GeV], epsilon".
std::string names_with_units(const Card& card, const std::vector<std::string>& names);

/// What was asked of the card beside the point, for the end of a heading: ", variant physics, projection T2K-I, part
/// argon, channel analysis-I, exposure x 2", as far as the answer `answer` says it and it is not as in the card.
std::string setting_text(const JsonReader& answer);

}  // namespace anyslice::api
