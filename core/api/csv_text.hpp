// Numbers and names as they are written into comma-separated values.
#pragma once

#include <string>
#include <vector>

#include "core/card/card.hpp"

namespace anyslice::api {

/// With at most `digits` significant digits.
std::string number_text(double value, int digits = 10);

/// Parameters of the card with their units: "mZ [GeV], epsilon".
std::string names_with_units(const Card& card, const std::vector<std::string>& names);

}  // namespace anyslice::api
