// From card, setting and prediction to yields with their effects, and from those to a binned model.
#include "core/api/card_yields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace anyslice::api {

CardYields card_yields(const Model& model, const Setting& setting, const Prediction& prediction, bool with_mc_error) {
  const Card& card = model.card();
  const CardLikelihood likelihood(model, setting.likelihood());
  CardYields result;
  result.constraint = setting.constraint;
  result.is_observed = likelihood.is_observed();
  const std::size_t count = likelihood.bins().size();
  result.samples.push_back({"signal", true, std::vector<std::optional<double>>(count)});
  const auto sample_named = [&](const std::string& name) {
    for (std::size_t i = 1; i < result.samples.size(); ++i) {
      if (result.samples[i].name == name) return i;
    }
    result.samples.push_back({name, false, std::vector<std::optional<double>>(count)});
    return result.samples.size() - 1;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const BinData& data = likelihood.bins()[i];
    const BinSpecification& bin = card.bins[data.bin];
    result.channels.push_back(bin.channel);
    result.bins.push_back(bin.name);
    result.counts.push_back(data.counts.value_or(data.background));
    WeightedSum signal = prediction.bins[data.bin];
    signal.multiply(setting.exposure_scale);
    result.samples[0].events[i] = std::max(signal.sum, 0.0);
    result.signal_error.push_back(with_mc_error && signal.sum > 0 ? signal.error() : 0);
    for (std::size_t b = 0; b < bin.backgrounds.size(); ++b) {
      std::optional<double>& events = result.samples[sample_named(bin.backgrounds[b].name)].events[i];
      events = events.value_or(0) + data.backgrounds[b];
    }
    for (const auto& systematic : card.systematics) {
      if (!systematic.on_bins[data.bin] || systematic.relative == 0) continue;
      const double relative = systematic.relative / (systematic.statistical ? std::sqrt(setting.exposure_scale) : 1.0);
      for (std::size_t s = 0; s < result.samples.size(); ++s) {
        const bool acts =
            std::find(systematic.on.begin(), systematic.on.end(), result.samples[s].name) != systematic.on.end();
        if (!acts || !result.samples[s].events[i]) continue;
        result.effects.push_back(
            {systematic.each_bin ? systematic.name + " " + bin.name : systematic.name, s, i, relative});
      }
    }
  }
  return result;
}

// Which component a pull acts on, if it is one only: a sample in one bin.
void CardYields::combine_effects() {
  using Component = std::pair<std::size_t, std::size_t>;
  const bool lognormal = constraint == stats::Constraint::lognormal;
  std::map<std::string, std::set<Component>> acts;
  for (const YieldEffect& effect : effects) acts[effect.pull].insert({effect.sample, effect.bin});
  std::map<Component, std::size_t> combined;  // where in `result`
  std::vector<YieldEffect> result;
  for (const YieldEffect& effect : effects) {
    const auto [place, is_first] = combined.emplace(Component{effect.sample, effect.bin}, result.size());
    if (acts[effect.pull].size() > 1) {
      if (is_first) combined.erase(place);
      result.push_back(effect);
    } else if (is_first) {
      result.push_back(effect);
    } else {
      YieldEffect& sum = result[place->second];
      sum.pull += " + " + effect.pull;
      sum.relative = lognormal ? std::expm1(std::hypot(std::log1p(sum.relative), std::log1p(effect.relative)))
                               : std::hypot(sum.relative, effect.relative);
    }
  }
  effects = std::move(result);
}

stats::BinnedModel CardYields::model() const {
  using stats::Measurement;
  using stats::ResponseShape;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool lognormal = constraint == stats::Constraint::lognormal;
  const double limit = constraint == stats::Constraint::gaussian ? stats::CountingModel().pull_limit : infinity;
  stats::BinnedModel result;
  result.bins = bins;
  result.observed = counts;
  result.is_observed = is_observed;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (!samples[s].events[i]) continue;
      stats::BinnedTerm term{i, samples[s].name, *samples[s].events[i], samples[s].is_signal, {}, {}};
      for (const YieldEffect& effect : effects) {
        if (effect.sample != s || effect.bin != i || term.nominal == 0) continue;
        const std::size_t pull = result.parameter({effect.pull, 0, -limit, limit, Measurement::gaussian, 0, 1});
        if (lognormal) {
          const double up = 1 + effect.relative;
          result.responses.push_back({ResponseShape::exponential, pull, up, 1 / up});
          term.factors.push_back(result.responses.size() - 1);
        } else {
          const double shift = effect.relative * term.nominal;
          result.responses.push_back({ResponseShape::linear, pull, shift, -shift});
          term.shifts.push_back(result.responses.size() - 1);
        }
      }
      if (samples[s].is_signal && signal_error[i] > 0) {
        const std::size_t parameter = result.parameter({"simulated signal in " + channels[i] + ", " + bins[i], 1, 1e-10,
                                                        10, Measurement::gaussian, 1, signal_error[i] / term.nominal});
        result.responses.push_back({ResponseShape::factor, parameter});
        term.factors.push_back(result.responses.size() - 1);
      }
      result.terms.push_back(std::move(term));
    }
  }
  return result;
}

}  // namespace anyslice::api
