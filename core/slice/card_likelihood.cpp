// Builds the bins of a card at a setup and evaluates their likelihood.
#include "core/slice/card_likelihood.hpp"

#include <algorithm>
#include <cmath>

#include "core/stats/effective_likelihood.hpp"

namespace anyslice {

double BinData::variance(double mu, double sum_of_squares) const {
  double result = sum_of_squares;
  for (const auto& [fixed, per_signal] : systematics) result += std::pow(fixed + per_signal * mu, 2);
  return result;
}

double BinData::background_error() const { return std::sqrt(variance(0, 0)); }

void check_channels(const Card& card, const std::vector<std::string>& channels, const std::string& source) {
  std::vector<std::string> names;
  for (const auto& channel : card.channels) names.push_back(channel.name);
  for (const auto& wanted : channels) {
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      throw InputError(source, "channels", "expected " + join_choices(names) + ", found \"" + wanted + "\"");
    }
  }
}

CardLikelihood::CardLikelihood(const Model& model, const LikelihoodRequest& request)
    : exposure_scale_(request.exposure_scale), poisson_below_variance_(request.poisson_below_variance) {
  const Card& card = model.card();
  check_channels(card, request.channels, request.source);
  const std::vector<double> slots = model.initial_slots(request.setup, request.source);
  const Projection* projection = model.projection(request.setup.projection, request.source);
  const ProjectedCounts counts = projection != nullptr ? projection->counts : ProjectedCounts::none;
  is_observed_ = projection == nullptr && request.exposure_scale == 1 && !request.expected_counts;

  for (std::size_t i = 0; i < card.bins.size(); ++i) {
    const BinSpecification& specification = card.bins[i];
    if (!request.channels.empty() &&
        std::find(request.channels.begin(), request.channels.end(), specification.channel) == request.channels.end()) {
      continue;
    }
    BinData bin;
    bin.bin = i;
    for (const auto& background : specification.backgrounds) {
      const double expected = background.expected->evaluate(slots);
      if (!(expected >= 0 && std::isfinite(expected))) {
        throw InputError(card.source, "channels." + specification.channel + ".bins." + specification.name,
                         "background " + background.name + " has no non-negative finite value");
      }
      bin.backgrounds.push_back(expected * request.exposure_scale);
      bin.background += bin.backgrounds.back();
    }
    for (const auto& systematic : card.systematics) {
      if (!systematic.on_bins[i]) continue;
      const double relative = systematic.relative / (systematic.statistical ? std::sqrt(request.exposure_scale) : 1.0);
      std::pair<double, double> effect = {0, 0};
      for (const auto& component : systematic.on) {
        if (component == "signal") effect.second = relative;
        for (std::size_t b = 0; b < bin.backgrounds.size(); ++b) {
          if (specification.backgrounds[b].name == component) effect.first += relative * bin.backgrounds[b];
        }
      }
      if (effect.first != 0 || effect.second != 0) bin.systematics.push_back(effect);
    }
    if (is_observed_) bin.counts = specification.observed;
    if (!is_observed_ && counts == ProjectedCounts::expected) bin.counts = bin.background;
    if (!is_observed_ && counts == ProjectedCounts::whole) bin.counts = std::floor(bin.background);
    bins_.push_back(std::move(bin));
  }
  for (const auto& bin : bins_) without_signal_ -= of_bin(bin, 0, 0);
}

std::vector<std::string> CardLikelihood::warnings() const {
  if (is_observed_) return {};
  return {"nothing has been observed at this exposure: the counts are what is expected without signal"};
}

double CardLikelihood::of_bin(const BinData& bin, double mu, double sum_of_squares) const {
  double variance = bin.variance(mu, sum_of_squares);
  if (variance < poisson_below_variance_) variance = 0;
  // Without counts, what is expected without signal stands for them.
  return stats::effective_log_likelihood(bin.counts.value_or(bin.background), bin.background + mu, variance);
}

double CardLikelihood::minus_log_likelihood(std::span<const WeightedSum> sums, double shift) const {
  double result = 0;
  for (const auto& bin : bins_) {
    WeightedSum sum = sums[bin.bin];
    if (exposure_scale_ != 1) sum.multiply(exposure_scale_);
    const double mu = shift == 0 ? sum.sum : std::max(sum.sum + shift * sum.error(), 0.0);
    result -= of_bin(bin, mu, sum.sum_of_squares);
  }
  return result;
}

std::vector<bool> CardLikelihood::counted(const Card& card) const {
  std::vector<bool> result(card.bins.size(), false);
  for (const auto& bin : bins_) result[bin.bin] = true;
  return result;
}

double CardLikelihood::variance(const Prediction& prediction) const {
  double result = 0;
  for (const auto& bin : bins_) {
    WeightedSum sum = prediction.bins[bin.bin];
    sum.multiply(exposure_scale_);
    result += bin.variance(sum.sum, sum.sum_of_squares);
  }
  return result;
}

bool CardLikelihood::best_without_signal() const {
  return std::all_of(bins_.begin(), bins_.end(),
                     [](const BinData& bin) { return bin.counts.value_or(bin.background) == 0; });
}

WeightedSum CardLikelihood::total(std::span<const WeightedSum> sums) const {
  WeightedSum result;
  for (const auto& bin : bins_) result += sums[bin.bin];
  result.multiply(exposure_scale_);
  return result;
}

}  // namespace anyslice
