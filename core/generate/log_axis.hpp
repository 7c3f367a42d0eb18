// Equal bins in the logarithm of a quantity.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace anyslice::generate {

/// Equal bins in a logarithm; values outside belong to the end bins.
struct LogAxis {
  double ln_low = 0, per_unit = 1;
  std::size_t bins = 1;

  LogAxis(double low, double high, double per_decade)
      : ln_low(std::log(low)), bins(static_cast<std::size_t>(std::ceil(per_decade * std::log10(high / low) - 1e-9))) {
    bins = std::max<std::size_t>(bins, 1);
    per_unit = static_cast<double>(bins) / std::log(high / low);
  }
  std::size_t bin(double value) const {
    const double place = (std::log(value) - ln_low) * per_unit;
    return place > 0 ? static_cast<std::size_t>(std::min(place, static_cast<double>(bins - 1))) : 0;
  }
  double centre(std::size_t i) const { return std::exp(ln_low + (static_cast<double>(i) + 0.5) / per_unit); }
};

}  // namespace anyslice::generate
