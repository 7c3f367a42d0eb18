// Numbers as they are written into messages.
#include "core/base/joined.hpp"

#include <cstdio>

namespace anyslice {

std::string rounded_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace anyslice
