// The names and the enumerators, side by side.
#include "core/card/kernel_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace anyslice {
namespace {

template <typename Enumerator>
using NamesOf = std::vector<std::pair<std::string, Enumerator>>;

const NamesOf<KernelShape> kShapeNames = {{"epanechnikov", KernelShape::epanechnikov},
                                          {"gaussian", KernelShape::gaussian},
                                          {"top-hat", KernelShape::top_hat}};
const NamesOf<KernelDistance> kDistanceNames = {
    {"log10", KernelDistance::log10}, {"ln", KernelDistance::ln}, {"linear", KernelDistance::linear}};

template <typename Enumerator>
Enumerator read_name(const NamesOf<Enumerator>& names, const JsonReader& reader) {
  std::vector<std::string> choices;
  for (const auto& [name, enumerator] : names) choices.push_back(name);
  const std::string chosen = reader.one_of(choices);
  return std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.first == chosen; })->second;
}

template <typename Enumerator>
std::string name_of_enumerator(const NamesOf<Enumerator>& names, Enumerator wanted) {
  return std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.second == wanted; })->first;
}

}  // namespace

KernelShape read_kernel_shape(const JsonReader& reader) { return read_name(kShapeNames, reader); }
KernelDistance read_kernel_distance(const JsonReader& reader) { return read_name(kDistanceNames, reader); }

std::string to_string(KernelShape shape) { return name_of_enumerator(kShapeNames, shape); }
std::string to_string(KernelDistance distance) { return name_of_enumerator(kDistanceNames, distance); }

}  // namespace anyslice
