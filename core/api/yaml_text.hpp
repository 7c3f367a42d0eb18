// Values as YAML that readers of version 1.1 and 1.2 understand alike.
#pragma once

#include <string>

#include "core/base/json_reader.hpp"

namespace anyslice::api {

/// The value as one YAML document in block style, without a "---" before it. Texts are quoted, whatever they hold;
/// numbers keep all digits and stay numbers in YAML 1.1, which wants a point before an exponent. Texts are UTF-8.
std::string yaml_document(const Json& value);

}  // namespace anyslice::api
