// Judges predictions by what they rest on.
#include "core/slice/masks.hpp"

namespace anyslice {
namespace {

constexpr double kFewestEffectiveEvents = 20;
constexpr double kSmallestKernelShare = 0.4;

}  // namespace

std::string why_unsupported(const Reweighter& reweighter, std::span<const double> slots, const Selection& selection,
                            const WeightedSum& signal) {
  if (signal.effective_events() < kFewestEffectiveEvents) {
    return "fewer than 20 effective events: the table cannot support a limit here";
  }
  if (!reweighter.is_kernel_trusted(slots)) return "the bias of the card's kernel is not known to be small here";
  if (reweighter.kernel_share(slots, selection) < kSmallestKernelShare) {
    return "most of the kernel lies where the table has no events";
  }
  return {};
}

}  // namespace anyslice
