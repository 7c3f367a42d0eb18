// Values spaced along an axis, as options write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/card/card.hpp"

namespace anyslice::cli {

struct SpacedAxis {
  double low = 0, high = 0;
  std::size_t count = 0;
  Scale scale = Scale::linear;

  std::vector<double> values() const;
};

/// LO:HI:N, LO:HI:N:log or LO:HI:N:lin; none where the text has another form. Throws InputError(option, ...) for
/// numbers that are none, ends that are not in order and counts beyond 2 to 100000; `name` is said before a number.
std::optional<SpacedAxis> parse_spaced_axis(const std::string& text, const std::string& option,
                                            const std::string& name = {});

/// The parts of a text between colons.
std::vector<std::string> split_at(const std::string& text, char separator);

}  // namespace anyslice::cli
