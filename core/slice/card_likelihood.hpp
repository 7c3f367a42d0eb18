// The data of a card as a likelihood of its prediction: effective likelihood per bin (arXiv:1901.04645), summed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/weighted_sum.hpp"

namespace anyslice {

struct LikelihoodRequest {
  Setup setup;
  double exposure_scale = 1;          ///< multiplies signal and backgrounds
  std::vector<std::string> channels;  ///< empty: all
  double poisson_below_variance = 0;  ///< below this variance a bin is Poissonian
  bool expected_counts = false;       ///< what is expected without signal stands for the data
  std::string source = "request";     ///< for messages
};

/// One bin at one setup.
struct BinData {
  std::size_t bin = 0;           ///< index into Card::bins
  std::optional<double> counts;  ///< none: nothing has been observed at this exposure
  double background = 0;         ///< events
  std::vector<double> backgrounds;
  /// Of the systematics that act on it: fixed part and part per signal event of the uncertainty, in events.
  std::vector<std::pair<double, double>> systematics;

  /// sum w^2 and systematics (Eq. 30 of arXiv:2205.12273, with the fraction eta of background + signal).
  double variance(double mu, double sum_of_squares) const;
  /// Of the background alone: the square root of variance(0, 0).
  double background_error() const;
};

/// Throws InputError(source, "channels", ...) for a channel that the card does not have.
void check_channels(const Card& card, const std::vector<std::string>& channels, const std::string& source);

class CardLikelihood {
 public:
  /// Throws InputError for unknown channels, variants, projections.
  CardLikelihood(const Model& model, const LikelihoodRequest& request);

  const std::vector<BinData>& bins() const { return bins_; }
  /// For each bin of the card, whether it counts.
  std::vector<bool> counted(const Card& card) const;
  /// Whether the counts are those of the data, and not what is expected without signal.
  bool is_observed() const { return is_observed_; }
  /// What a reader of anything made from these counts must know: that nothing was observed, if so.
  std::vector<std::string> warnings() const;

  /// -ln L of a prediction, given by the bins of the card; the sum over bins. `shift` moves every bin by so many Monte
  /// Carlo errors.
  double minus_log_likelihood(std::span<const WeightedSum> bins, double shift = 0) const;
  double minus_log_likelihood(const Prediction& prediction, double shift = 0) const {
    return minus_log_likelihood(prediction.bins, shift);
  }
  /// -ln L without signal.
  double without_signal() const { return without_signal_; }
  /// Whether no signal is the best of all: nothing was counted.
  bool best_without_signal() const;

  /// The sum over the bins that count, at the exposure of the request.
  WeightedSum total(std::span<const WeightedSum> bins) const;
  WeightedSum total(const Prediction& prediction) const { return total(prediction.bins); }
  /// The variances of background and signal in those bins, summed (Eq. 30 of arXiv:2205.12273).
  double variance(const Prediction& prediction) const;
  double exposure_scale() const { return exposure_scale_; }

 private:
  double of_bin(const BinData& bin, double mu, double sum_of_squares) const;

  std::vector<BinData> bins_;
  double exposure_scale_, poisson_below_variance_;
  bool is_observed_ = true;
  double without_signal_ = 0;
};

}  // namespace anyslice
