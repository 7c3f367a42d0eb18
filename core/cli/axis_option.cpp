// Reads LO:HI:N[:log].
#include "core/cli/axis_option.hpp"

#include <algorithm>

#include "core/cli/commands.hpp"
#include "core/slice/limit_curve.hpp"

namespace anyslice::cli {

std::vector<double> SpacedAxis::values() const { return spaced_values(low, high, count, scale); }

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<SpacedAxis> parse_spaced_axis(const std::string& text, const std::string& option,
                                            const std::string& name) {
  const std::vector<std::string> parts = split_at(text, ':');
  if (parts.size() < 3 || parts.size() > 4 || (parts.size() == 4 && parts[3] != "log" && parts[3] != "lin")) {
    return std::nullopt;
  }
  const std::string where = option + (name.empty() ? "" : " " + name);
  SpacedAxis axis;
  axis.low = parse_number(parts[0], where);
  axis.high = parse_number(parts[1], where);
  const double count = parse_number(parts[2], where);
  const bool is_log = parts.size() == 4 && parts[3] == "log";
  if (!(axis.low < axis.high) || (is_log && !(axis.low > 0))) {
    throw InputError(option, "",
                     std::string("expected LO < HI") + (is_log ? " and LO > 0" : "") + ", found \"" +
                         (name.empty() ? "" : name + "=") + text + "\"");
  }
  if (!(count >= 2 && count <= 100000 && count == static_cast<double>(static_cast<int>(count)))) {
    throw InputError(option, "", "expected N from 2 to 100000, found \"" + parts[2] + "\"");
  }
  axis.count = static_cast<std::size_t>(count);
  axis.scale = is_log ? Scale::log : Scale::linear;
  return axis;
}

}  // namespace anyslice::cli
