// The Poisson distribution of a count averaged over the constrained pulls of its components, by quadrature.
#pragma once

#include <vector>

#include "core/base/progress.hpp"
#include "core/stats/counting_model.hpp"
#include "core/stats/yield_factor.hpp"

namespace anyslice::stats {

class AveragedTail;

/// Given the pulls, N is a sum of independent Poisson counts, one per component. Pulls that act on one component only
/// are averaged component by component and the results convolved; the few that act on several are averaged outside.
class AveragedPoisson {
 public:
  /// Throws InputError if more than three systematics act on several components, Cancelled if `progress` says so.
  explicit AveragedPoisson(const CountingModel& model, ProgressCallback progress = {});

  /// P(N <= count) for signal strengths near `mu`: of the pulls, those are kept that matter at mu.
  /// Throws InputError where systematics on several components would need too many points.
  AveragedTail tail(double count, double mu = 0) const;

  /// The same with every value of the pulls weighted by 1 / (factor of the signal yield): the integral of the averaged
  /// P(N = count) over the signal strengths above mu. The factor must be bounded away from zero.
  AveragedTail integral_tail(double count) const;

  /// ln [P(N <= count | mu) / P(N <= count | 0)], however small; NaN where it cannot be computed.
  double log_cls(double count, double mu) const;

  /// The smallest n with P(N <= n | background only) >= probability.
  double background_quantile(double probability) const;

 private:
  friend class AveragedTail;
  struct Component {
    double expected;
    YieldFactor factor;
    std::vector<double> shared_response;  ///< per standard deviation of each shared systematic
    std::vector<double> response;         ///< per standard deviation of every systematic of the model
  };
  struct SharedPoint {
    std::vector<double> pulls;
    double log_weight;
  };
  /// Where the integrand over the pulls is largest, and what follows for the quadrature.
  struct Saddle {
    double reach = 9;  ///< standard deviations beyond which pulls do not matter
    /// Probabilities of k and densities of x expected events are multiplied by (1 - tilt)^k and exp(-tilt x). That
    /// makes the saddle of a large deficit the typical case of every component, which nothing that matters then
    /// underflows.
    double tilt = 0;
    double total = 0;                 ///< expected events at the saddle; these three only with a tilt
    std::vector<double> backgrounds;  ///< events of each component
    double signal = 0;
    std::vector<double> shared_pulls;
  };

  Saddle saddle(double count, double mu) const;
  void add_shared_points(std::vector<double>& pulls, double log_weight, double count, const Saddle& saddle,
                         std::vector<SharedPoint>& points) const;
  /// Standard deviation of the logarithm of the signal, of exponential responses only.
  double signal_response() const;
  double shift(const Component& component, const std::vector<double>& pulls) const;
  /// P(N <= count | background only).
  double background_probability(double count) const;

  CountingModel model_;
  ProgressCallback progress_;
  double pull_limit_;
  std::vector<Component> backgrounds_;  ///< those that expect any event
  Component signal_;
  std::vector<std::size_t> shared_;  ///< indices of the systematics that act on several components
  std::vector<double> cumulative_;   ///< P(N <= n | background only) for the first n, empty for large backgrounds
};

/// P(N <= count) as a function of the signal strength. Keeps the quadrature nodes of the last signal, so one object
/// must not be used by two threads at once, nor after its AveragedPoisson.
class AveragedTail {
 public:
  /// ln P(N <= count | mu); minus infinity where that is below about 1e-300 of its value at the mu of the construction.
  double log_probability(double mu);
  /// ln [P(N <= count | mu) / P(N <= count | 0)].
  double log_cls(double mu) { return log_probability(mu) - log_background_; }
  double log_background() const { return log_background_; }

 private:
  friend class AveragedPoisson;

  /// P(N <= count | background + y signal events) at one value of the shared pulls, up to exp(log_scale_).
  struct Part {
    double signal_shift = 0;
    std::vector<double> counts;  ///< up to a count of some thousand: tilted probabilities of k = 0..count
    std::vector<double> tail;    ///< above: ln of the probability at y = i grid_step_
    int nodes_octave = 0;
    std::vector<YieldNode> nodes;  ///< of the signal at 2^nodes_octave events
  };

  /// `background_only`: good for the probability without signal only, which is all that quantiles need.
  AveragedTail(const AveragedPoisson& model, double count, double mu, bool background_only, bool inverse = false);
  YieldFocus focus(double events_at_saddle) const { return {count_, saddle_.reach, saddle_.tilt, events_at_saddle}; }
  YieldFocus signal_focus(double events_at_saddle) const {
    return {count_, saddle_.reach, saddle_.tilt, events_at_saddle, inverse_};
  }
  double log_small_count_tail(const Part& part, double scale) const;
  double log_large_count_tail(const Part& part, double scale) const;
  void fill_small_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double log_weight) const;
  void fill_large_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double log_weight,
                        bool background_only) const;

  const AveragedPoisson* model_;
  double count_;
  bool inverse_;  ///< weighted by 1 / (factor of the signal yield)
  AveragedPoisson::Saddle saddle_;
  double log_scale_ = 0, log_background_ = 0, total_weight_ = 0, grid_step_ = 0;
  std::vector<Part> parts_;
};

}  // namespace anyslice::stats
