// A contour as comma-separated values.
#pragma once

#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::api {

/// What a contour is about in lines of text: card, level, construction and variant, then the values that are on no
/// axis. `contour` is an answer of Analysis::contour; throws InputError where it is not.
std::vector<std::string> contour_heading(const Json& contour);

/// The rings of a contour as comma-separated values: a commented header, then one row a point with the number of its
/// ring, its place in the units of the card, and 1 where the step to the next point is the limit itself or 0 where it
/// only closes the ring along a mask or the frame. Throws InputError where `contour` is not an answer of
/// Analysis::contour.
std::string contour_csv(const Json& contour, const Card& card);

}  // namespace anyslice::api
