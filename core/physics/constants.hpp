// Physical constants, each with its source. Natural units: GeV unless the name says otherwise.
#pragma once

namespace anyslice::physics {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kSpeedOfLightMetrePerSecond = 299792458;  // exact, SI
inline constexpr double kHbarGeVSecond = 6.582119569e-25;         // CODATA 2018, exact in SI to the digits given
inline constexpr double kHbarCGeVMetre = kHbarGeVSecond * kSpeedOfLightMetrePerSecond;

}  // namespace anyslice::physics
