// A detector: named boxes and the mass of each element inside.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/geometry/box.hpp"

namespace anyslice::geometry {

/// A box of a detector, in cm, its material spread evenly. Regions may overlap: a fiducial volume lies in an active
/// one.
struct Region {
  std::string name;
  std::string part;  ///< the sub-detector it belongs to
  Box box;
  std::map<std::string, double> mass_t;  ///< tonnes by chemical symbol
};

struct Detector {
  std::string name;
  std::vector<Region> regions;

  const Region* find(const std::string& region_name) const {
    for (const auto& region : regions)
      if (region.name == region_name) return &region;
    return nullptr;
  }
};

}  // namespace anyslice::geometry
