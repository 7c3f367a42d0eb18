// The one error type: what is wrong with an input, where in it, and what was expected.
#pragma once

#include <stdexcept>
#include <string>

namespace anyslice {

/// Bad input. `source` names the file, URL or command ("card.json"), `field` the place in it ("weight[2].entry",
/// may be empty), `expected` says in one sentence what is wrong and what was expected. what() joins the three.
class InputError : public std::runtime_error {
 public:
  InputError(const std::string& source, const std::string& field, const std::string& expected)
      : std::runtime_error(join(source, field, expected)), source_(source), field_(field), expected_(expected) {}

  const std::string& source() const noexcept { return source_; }
  const std::string& field() const noexcept { return field_; }
  const std::string& expected() const noexcept { return expected_; }

 private:
  static std::string join(const std::string& source, const std::string& field, const std::string& expected) {
    std::string text = source;
    if (!field.empty()) text += (text.empty() ? "" : ": ") + field;
    return text + (text.empty() ? "" : ": ") + expected;
  }
  std::string source_, field_, expected_;
};

}  // namespace anyslice
