// What the events of a table must support for a result to be shown.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/reweight/reweighter.hpp"

namespace anyslice {

/// Below this expectation a poorly known prediction does not matter.
inline constexpr double kNegligibleSignal = 0.1;

/// Why a prediction cannot support a result; empty where it can: fewer than 20 effective events, a kernel that the card
/// does not trust at the point, or one of which less than 0.4 lies where the table has events.
std::string why_unsupported(const Reweighter& reweighter, std::span<const double> slots, const Selection& selection,
                            const WeightedSum& signal);

/// The same, where the signal is not negligible; contours are masked there.
std::string why_masked(const Reweighter& reweighter, std::span<const double> slots, const Selection& selection,
                       const WeightedSum& signal);

/// The same for many points: of each, the first of these that holds.
enum class Support : unsigned char { full, few_events, untrusted_kernel, outside_table };
const char* to_string(Support support);  ///< as above

/// Of points whose signals are not negligible; the others have full support.
std::vector<Support> support_of(const Reweighter& reweighter, const PointSlots& points, const Selection& selection,
                                std::span<const WeightedSum> signals);

}  // namespace anyslice
