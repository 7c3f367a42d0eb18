// Requests about the kernel: what its shape, its distance, its bandwidth and its flattening do to a prediction.
#include <algorithm>
#include <cmath>

#include "core/api/analysis.hpp"
#include "core/card/kernel_names.hpp"
#include "core/reweight/kernel.hpp"

namespace anyslice::api {
namespace {

/// Bandwidths of a study where the request names none, in those of the card.
constexpr double kNarrowest = 0.25, kWidest = 2;
constexpr std::size_t kMostKernels = 12;

/// The standard deviation along one axis of a kernel of bandwidths 1: r^2 is on average d / (d + 4) in the ball under
/// 1 - r^2, and d / (d + 2) under 1, of which each of the d axes has as much.
double standard_deviation(KernelShape shape, std::size_t dimensions) {
  const auto d = static_cast<double>(dimensions);
  switch (shape) {
    case KernelShape::epanechnikov:
      return 1 / std::sqrt(d + 4);
    case KernelShape::top_hat:
      return 1 / std::sqrt(d + 2);
    default:
      return 1;
  }
}

/// By how much the coordinate in which distances are taken grows with ln of the value.
double growth(KernelDistance distance, double value) {
  switch (distance) {
    case KernelDistance::log10:
      return 1 / std::log(10.0);
    case KernelDistance::ln:
      return 1;
    default:
      return value;
  }
}

/// A kernel to be compared: the card's but for what is given.
struct KernelChoice {
  KernelShape shape = KernelShape::epanechnikov;
  KernelDistance distance = KernelDistance::log10;  ///< of the studied parameter
  bool flatten = false;
};

std::vector<KernelChoice> read_choices(const JsonReader& request, const KernelChoice& own) {
  if (!request.has("kernels")) return {own};
  std::vector<KernelChoice> choices;
  for (const auto& entry : request.at("kernels").items()) {
    entry.allow_only({"shape", "distance", "flatten"});
    KernelChoice choice = own;
    if (entry.has("shape")) choice.shape = read_kernel_shape(entry.at("shape"));
    if (entry.has("distance")) choice.distance = read_kernel_distance(entry.at("distance"));
    if (entry.has("flatten")) choice.flatten = entry.at("flatten").boolean() && own.flatten;
    choices.push_back(choice);
  }
  if (choices.empty() || choices.size() > kMostKernels) {
    request.at("kernels").fail("expected 1 to " + std::to_string(kMostKernels) + " kernels");
  }
  return choices;
}

FactorSpecification& kernel_of(Card& card) {
  return *std::find_if(card.weight.begin(), card.weight.end(), [](const FactorSpecification& factor) {
    return factor.kind == FactorSpecification::Kind::kernel;
  });
}

}  // namespace

Json Analysis::kernel_study(const Json& request_json) const {
  const JsonReader request(request_json, kRequest);
  const Setting setting = read_setting(*model_, request, {"on", "low", "high", "count", "kernels"});
  const FactorSpecification* kernel = reweighter().preparation().kernel();
  if (kernel == nullptr) throw InputError(kRequest, "", model_->card().name + " has no kernel");
  std::vector<std::string> smoothed;
  for (const auto& axis : kernel->axes) smoothed.push_back(axis.parameter);
  const std::string on = request.at("on").one_of(smoothed);
  const auto studied = static_cast<std::size_t>(std::find(smoothed.begin(), smoothed.end(), on) - smoothed.begin());
  const KernelAxis& axis = kernel->axes[studied];
  const double low = request.has("low") ? request.at("low").positive_number() : kNarrowest * axis.bandwidth;
  const double high = request.has("high") ? request.at("high").positive_number() : kWidest * axis.bandwidth;
  if (!(low < high)) throw InputError(kRequest, request.has("high") ? "high" : "low", "expected low < high");
  const double count = request.at("count").number_in(2, 50, "a whole number from 2 to 50");
  if (count != std::floor(count)) request.at("count").fail("expected a whole number from 2 to 50");
  const std::vector<double> bandwidths = spaced_values(low, high, static_cast<std::size_t>(count), Scale::log);
  const KernelChoice own{kernel->shape, axis.distance, !kernel->flatten.empty()};
  const std::vector<KernelChoice> choices = read_choices(request, own);

  const std::vector<double> slots = model_->slots_at(setting.point, setting.setup, kRequest);
  const std::vector<bool> bins = CardLikelihood(*model_, setting.likelihood()).counted(model_->card());
  const double value = slots[model_->slot(on)];
  const auto in_force = [&](const KernelAxis& one) {
    const auto changed = setting.selection.bandwidth.find(one.parameter);
    return changed == setting.selection.bandwidth.end() ? one.bandwidth : changed->second;
  };
  const std::vector<double> of_reference = reweighter().events_by_row(slots, bins, setting.selection);
  const EventTable& table = reweighter().preparation().table();
  // Lent for the time of this request.
  const std::shared_ptr<const EventTable> lent(std::shared_ptr<void>(), &table);

  const std::vector<double>& places = table.column(axis.column, reweighter().preparation().source()).values;

  Json curves = Json::array();
  for (const auto& choice : choices) {
    Card card = model_->card();
    FactorSpecification& changed = kernel_of(card);
    changed.shape = choice.shape;
    changed.axes[studied].distance = choice.distance;
    if (!choice.flatten) changed.flatten.clear();
    const Model model(std::move(card));
    const Reweighter of_choice(model, lent, reweighter().preparation().source());
    const auto ratio = [&](double place) { return growth(choice.distance, place) / growth(own.distance, place); };
    // Kernels are compared where their standard deviations are the same.
    const double as_wide =
        standard_deviation(own.shape, smoothed.size()) / standard_deviation(choice.shape, smoothed.size());
    Selection selection = setting.selection;
    for (const auto& one : kernel->axes) selection.bandwidth[one.parameter] = in_force(one) * as_wide;
    Json width = Json::array(), mu = Json::array(), error = Json::array(), effective = Json::array(),
         difference = Json::array(), difference_error = Json::array(), share = Json::array();
    for (const double bandwidth : bandwidths) {
      selection.bandwidth[on] = bandwidth * as_wide * ratio(value);
      std::vector<double> events = of_choice.events_by_row(slots, bins, selection);
      // Weights are those of events spread evenly in the card's distance.
      for (std::size_t row = 0; row < events.size(); ++row) {
        events[row] *= ratio(places[row]);
      }
      WeightedSum sum{0, 0, table.events_thrown}, change{0, 0, table.events_thrown};
      for (std::size_t row = 0; row < events.size(); ++row) {
        sum.add(events[row]);
        change.add(events[row] - of_reference[row]);
      }
      sum.multiply(setting.exposure_scale);
      change.multiply(setting.exposure_scale);
      width.push_back(selection.bandwidth[on]);
      mu.push_back(sum.sum);
      error.push_back(sum.error());
      effective.push_back(sum.effective_events());
      difference.push_back(change.sum);
      difference_error.push_back(change.error());
      share.push_back(of_choice.kernel_share(slots, selection));
    }
    curves.push_back({{"shape", to_string(choice.shape)},
                      {"distance", to_string(choice.distance)},
                      {"flatten", choice.flatten},
                      {"bandwidth", std::move(width)},
                      {"mu", std::move(mu)},
                      {"mu_mc_error", std::move(error)},
                      {"effective_events", std::move(effective)},
                      {"difference", std::move(difference)},
                      {"difference_mc_error", std::move(difference_error)},
                      {"kernel_share", std::move(share)}});
  }
  WeightedSum here{0, 0, table.events_thrown};
  for (const double events : of_reference) here.add(events);
  here.multiply(setting.exposure_scale);
  return {{"card", model_->card().name},
          {"on", on},
          {"at", value},
          {"reference",
           {{"shape", to_string(own.shape)},
            {"distance", to_string(own.distance)},
            {"flatten", own.flatten},
            {"bandwidth", in_force(axis)},
            {"default", axis.bandwidth},
            {"mu", here.sum},
            {"mu_mc_error", here.error()}}},
          {"bandwidth", bandwidths},
          {"curves", std::move(curves)}};
}

}  // namespace anyslice::api
