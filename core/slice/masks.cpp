// Judges predictions by what they rest on.
#include "core/slice/masks.hpp"

namespace anyslice {
namespace {

constexpr double kFewestEffectiveEvents = 20;
constexpr double kSmallestKernelShare = 0.4;

}  // namespace

const char* to_string(Support support) {
  switch (support) {
    case Support::few_events:
      return "fewer than 20 effective events: the table cannot support a limit here";
    case Support::untrusted_kernel:
      return "the bias of the card's kernel is not known to be small here";
    case Support::outside_table:
      return "most of the kernel lies where the table has no events";
    default:
      return "";
  }
}

std::string why_unsupported(const Reweighter& reweighter, std::span<const double> slots, const Selection& selection,
                            const WeightedSum& signal) {
  Support support = Support::full;
  if (signal.effective_events() < kFewestEffectiveEvents) {
    support = Support::few_events;
  } else if (!reweighter.is_kernel_trusted(slots)) {
    support = Support::untrusted_kernel;
  } else if (reweighter.kernel_share(slots, selection) < kSmallestKernelShare) {
    support = Support::outside_table;
  }
  return to_string(support);
}

std::string why_masked(const Reweighter& reweighter, std::span<const double> slots, const Selection& selection,
                       const WeightedSum& signal) {
  return signal.sum > kNegligibleSignal ? why_unsupported(reweighter, slots, selection, signal) : std::string();
}

std::vector<Support> support_of(const Reweighter& reweighter, const PointSlots& points, const Selection& selection,
                                std::span<const WeightedSum> signals) {
  std::vector<Support> result(points.size(), Support::full);
  const std::vector<char> trusted = reweighter.is_kernel_trusted(points);
  std::vector<char> counts(points.size(), 0);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!(signals[i].sum > kNegligibleSignal)) continue;
    if (signals[i].effective_events() < kFewestEffectiveEvents) {
      result[i] = Support::few_events;
    } else if (trusted[i] == 0) {
      result[i] = Support::untrusted_kernel;
    } else {
      counts[i] = 1;
    }
  }
  const std::vector<double> shares = reweighter.kernel_shares(points, counts, selection);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (shares[i] < kSmallestKernelShare) result[i] = Support::outside_table;
  }
  return result;
}

}  // namespace anyslice
