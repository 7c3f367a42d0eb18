// Requests about the kernel: what its bandwidth does to a prediction.
#include <algorithm>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/reweight/kernel.hpp"

namespace anyslice::api {
namespace {

/// Bandwidths of a scan where the request names none, in those of the card.
constexpr double kNarrowest = 0.25, kWidest = 2;

const char* name_of(KernelDistance distance) {
  switch (distance) {
    case KernelDistance::log10:
      return "log10";
    case KernelDistance::ln:
      return "ln";
    default:
      return "linear";
  }
}

}  // namespace

Json Analysis::bandwidth_scan(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"parameter", "low", "high", "count"});
  const Card& card = model_->card();
  const FactorSpecification* kernel = reweighter().preparation().kernel();
  if (kernel == nullptr) throw InputError(kRequest, "parameter", card.name + " has no kernel");
  std::vector<std::string> smoothed;
  for (const auto& axis : kernel->axes) smoothed.push_back(axis.parameter);
  const std::string parameter = request.at("parameter").one_of(smoothed);
  const KernelAxis& axis = *std::find_if(kernel->axes.begin(), kernel->axes.end(),
                                         [&](const KernelAxis& one) { return one.parameter == parameter; });
  const double low = request.has("low") ? request.at("low").positive_number() : kNarrowest * axis.bandwidth;
  const double high = request.has("high") ? request.at("high").positive_number() : kWidest * axis.bandwidth;
  if (!(low < high)) throw InputError(kRequest, request.has("high") ? "high" : "low", "expected low < high");
  const double count = request.at("count").number_in(2, 50, "a whole number from 2 to 50");
  if (count != std::floor(count)) request.at("count").fail("expected a whole number from 2 to 50");
  const std::vector<double> bandwidths = spaced_values(low, high, static_cast<std::size_t>(count), Scale::log);

  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  const std::vector<bool> bins = CardLikelihood(*model_, setting.likelihood()).counted(card);
  const auto used = setting.selection.bandwidth.find(parameter);
  const double reference = used == setting.selection.bandwidth.end() ? axis.bandwidth : used->second;
  Selection selection = setting.selection;
  selection.bandwidth[parameter] = reference;
  const std::vector<double> of_reference = reweighter().events_by_row(slots, bins, selection);

  const std::uint64_t thrown = reweighter().preparation().table().events_thrown;
  Json mu = Json::array(), error = Json::array(), effective = Json::array(), difference = Json::array(),
       difference_error = Json::array(), share = Json::array();
  for (const double bandwidth : bandwidths) {
    selection.bandwidth[parameter] = bandwidth;
    const std::vector<double> events = reweighter().events_by_row(slots, bins, selection);
    WeightedSum sum{0, 0, thrown}, change{0, 0, thrown};
    for (std::size_t row = 0; row < events.size(); ++row) {
      sum.add(events[row]);
      change.add(events[row] - of_reference[row]);
    }
    sum.multiply(setting.exposure_scale);
    change.multiply(setting.exposure_scale);
    mu.push_back(sum.sum);
    error.push_back(sum.error());
    effective.push_back(sum.effective_events());
    difference.push_back(change.sum);
    difference_error.push_back(change.error());
    share.push_back(reweighter().kernel_share(slots, selection));
  }
  return {{"parameter", parameter},
          {"distance", name_of(axis.distance)},
          {"default", axis.bandwidth},
          {"reference", reference},
          {"bandwidth", bandwidths},
          {"mu", std::move(mu)},
          {"mu_mc_error", std::move(error)},
          {"effective_events", std::move(effective)},
          {"difference", std::move(difference)},
          {"difference_mc_error", std::move(difference_error)},
          {"kernel_share", std::move(share)}};
}

}  // namespace anyslice::api
