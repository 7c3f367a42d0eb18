// Values as YAML.
#include "core/api/yaml_text.hpp"

#include <cstdio>
#include <string_view>

namespace anyslice::api {
namespace {

/// The code point that begins at `text[at]`, and how many bytes it takes. Expects UTF-8.
std::pair<unsigned, std::size_t> code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[at + i])); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) return {first, 1};
  unsigned value = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3fu);
  return {value, length};
}

/// Line breaks of YAML 1.1 and what is not printable there.
bool must_be_escaped(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
         code == 0xfffe || code == 0xffff;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = code_point(text, at);
    if (code == '"' || code == '\\') {
      result += '\\';
      result += static_cast<char>(code);
    } else if (code == '\n') {
      result += "\\n";
    } else if (must_be_escaped(code)) {
      char escaped[16];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", code);
      result += escaped;
    } else {
      result.append(text, at, length);
    }
    at += length;
  }
  return result + "\"";
}

std::string number(const Json& value) {
  std::string text = value.dump();
  const auto exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
  return text;
}

std::string scalar(const Json& value) {
  if (value.is_string()) return quoted(value.get<std::string>());
  if (value.is_array()) return "[]";
  if (value.is_object()) return "{}";
  return number(value);
}

bool is_block(const Json& value) { return value.is_structured() && !value.empty(); }

/// Appends `value`, whose first line begins where `out` ends; further ones are indented by `indent`.
void append(std::string& out, const Json& value, std::size_t indent) {
  if (!is_block(value)) {
    out += scalar(value) + "\n";
    return;
  }
  bool is_first = true;
  const auto begin_line = [&] {
    if (!is_first) out.append(indent, ' ');
    is_first = false;
  };
  if (value.is_array()) {
    for (const auto& item : value) {
      begin_line();
      out += "- ";
      append(out, item, indent + 2);
    }
    return;
  }
  for (const auto& [name, field] : value.items()) {
    begin_line();
    // Names are the writer's own: plain words.
    out += name + ":";
    if (is_block(field)) {
      out += "\n";
      const std::size_t inner = field.is_array() ? indent : indent + 2;
      out.append(inner, ' ');
      append(out, field, inner);
    } else {
      out += " ";
      append(out, field, indent);
    }
  }
}

}  // namespace

std::string yaml_document(const Json& value) {
  std::string result;
  append(result, value, 0);
  return result;
}

}  // namespace anyslice::api
