// Physical constants, each with its source. Natural units: GeV unless the name says otherwise.
#pragma once

namespace anyslice::physics {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kSpeedOfLightMetrePerSecond = 299792458;  // exact, SI
inline constexpr double kHbarGeVSecond = 6.582119569e-25;         // CODATA 2018, exact in SI to the digits given
inline constexpr double kHbarCGeVMetre = kHbarGeVSecond * kSpeedOfLightMetrePerSecond;
inline constexpr double kHbarCGeVFermi = 0.1973269804;            // CODATA 2018
inline constexpr double kHbarCSquaredGeV2Cm2 = 0.3893793721e-27;  // CODATA 2018: GeV^-2 -> cm^2
inline constexpr double kFineStructure = 1 / 137.03599908;        // CODATA 2018, at zero momentum transfer
inline constexpr double kElectronMassGeV = 0.51099895e-3;         // CODATA 2018
inline constexpr double kProtonMassGeV = 0.93827208816;           // CODATA 2018
inline constexpr double kAvogadroPerMole = 6.02214076e23;         // exact, SI

}  // namespace anyslice::physics
