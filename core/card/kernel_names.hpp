// What cards and requests call the shapes and distances of kernels.
#pragma once

#include <string>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice {

/// Throws InputError that lists the names for anything else.
KernelShape read_kernel_shape(const JsonReader& reader);
KernelDistance read_kernel_distance(const JsonReader& reader);

std::string to_string(KernelShape shape);
std::string to_string(KernelDistance distance);

}  // namespace anyslice
