// What a card expects and counted at one point, bin by bin, as a model whose uncertainties are profiled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/api/setting.hpp"
#include "core/reweight/weighted_sum.hpp"
#include "core/stats/binned_model.hpp"

namespace anyslice::api {

/// One sample: the signal or a background, with its events in each bin; none where the bin does not have it.
struct YieldSample {
  std::string name;
  bool is_signal = false;
  std::vector<std::optional<double>> events;
};

/// One systematic on one sample in one bin. Effects with the same pull move together.
struct YieldEffect {
  std::string pull;
  std::size_t sample = 0, bin = 0;
  double relative = 0;
};

struct CardYields {
  std::vector<std::string> channels, bins;  ///< of each bin: the name of its channel and its own
  std::vector<double> counts;               ///< observed, or what is expected without signal
  bool is_observed = true;
  std::vector<YieldSample> samples;  ///< the signal first
  std::vector<YieldEffect> effects;
  std::vector<double> signal_error;  ///< Monte Carlo error of the signal in each bin, events
  stats::Constraint constraint = stats::Constraint::lognormal;

  /// The signal at this point is that of strength 1. Its Monte Carlo error is one Gaussian factor per bin.
  stats::BinnedModel model() const;
  /// One pull for all that act on one and the same sample in one bin only, as CountingModel::combined().
  void combine_effects();
};

/// A systematic of the card acts through one pull on all its bins, or through one for each of them if the card says
/// `each_bin`. `with_mc_error` adds the statistical error of the simulated signal.
CardYields card_yields(const Model& model, const Setting& setting, const Prediction& prediction, bool with_mc_error);

}  // namespace anyslice::api
