// Words and numbers put together to one text, without streams: those would bring the formats of all countries into the
// module that every reader of a page downloads.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace anyslice {

/// With six significant digits at most, as streams write it.
std::string rounded_text(double value);

/// The parts one after the other; a number with a fraction is rounded_text().
template <typename... Part>
std::string joined(const Part&... parts) {
  std::string text;
  const auto append = [&text](const auto& part) {
    using Type = std::remove_cvref_t<decltype(part)>;
    static_assert(!std::same_as<Type, bool>, "say in words what is true");
    if constexpr (std::same_as<Type, char>) {
      text += part;
    } else if constexpr (std::floating_point<Type>) {
      text += rounded_text(part);
    } else if constexpr (std::integral<Type>) {
      text += std::to_string(part);
    } else {
      text += std::string_view(part);
    }
  };
  (append(parts), ...);
  return text;
}

}  // namespace anyslice
