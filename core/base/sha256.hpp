// SHA-256 (FIPS 180-4) of a byte sequence: the digest by which a card recognises its table. It lives here because a
// browser offers crypto.subtle in secure contexts only, and a page opened from a file is not one.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace anyslice {

/// The digest as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace anyslice
