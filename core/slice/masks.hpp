// What the events of a table must support for a result to be shown.
#pragma once

namespace anyslice {

/// Fewer effective events than this cannot support a limit: the point is masked.
inline constexpr double kFewestEffectiveEvents = 20;
/// Below this expectation a poorly known prediction does not matter.
inline constexpr double kNegligibleSignal = 0.1;
/// A point is masked where less than this share of the kernel lies where the table has events.
inline constexpr double kSmallestKernelShare = 0.4;

}  // namespace anyslice
