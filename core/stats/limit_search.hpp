// What every construction shares: the five standard deviations of the expected band and the search for mu.
#pragma once

#include <array>
#include <functional>

#include "core/stats/normal.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

inline constexpr std::array<double, 5> band = {-2, -1, 0, 1, 2};

/// The mu > 0 at which ln CLs(mu), which falls from 0 at mu = 0, reaches ln(1 - level). The search starts at `guess`
/// and ends to about 1e-12 relative. The limit has no value, with a reason, if CLs stays above 1 - level up to
/// 1e9 times the guess, or if `log_cls` fails or is not a number.
Limit find_limit(const std::function<double(double)>& log_cls, double level, double guess);

}  // namespace anyslice::stats
