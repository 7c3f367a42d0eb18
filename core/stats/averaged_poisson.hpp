// The Poisson distribution of a count averaged over the constrained pulls of its components, by quadrature.
#pragma once

#include <vector>

#include "core/stats/counting_model.hpp"
#include "core/stats/yield_factor.hpp"

namespace anyslice::stats {

class AveragedTail;

/// Given the pulls, N is a sum of independent Poisson counts, one per component. Pulls that act on one component only
/// are averaged component by component and the results convolved; the few that act on several are averaged outside.
class AveragedPoisson {
 public:
  /// Throws InputError if more than three systematics act on several components.
  explicit AveragedPoisson(const CountingModel& model);

  /// Everything about P(N <= count) that does not depend on mu.
  AveragedTail tail(double count) const;

  /// The smallest n with P(N <= n | background only) >= probability.
  double background_quantile(double probability) const;

 private:
  friend class AveragedTail;
  struct Component {
    double expected;
    YieldFactor factor;
    std::vector<double> shared_response;  ///< per standard deviation of each shared systematic
  };
  struct SharedPoint {
    std::vector<double> pulls;
    double weight;
  };

  void add_shared_points(std::vector<double>& pulls, double weight, double count, double reach,
                         std::vector<SharedPoint>& points) const;
  double shift(const Component& component, const std::vector<double>& pulls) const;
  /// How many standard deviations out pulls can matter for P(N <= count).
  double reach(double count) const;
  /// P(N <= count | background only).
  double background_probability(double count) const;

  Constraint constraint_;
  double pull_limit_;
  std::vector<Component> backgrounds_;  ///< those that expect any event
  Component signal_;
  std::size_t shared_count_ = 0;
  std::vector<double> cumulative_;  ///< P(N <= n | background only) for the first n, empty for large backgrounds
};

/// P(N <= count) as a function of the signal strength. Keeps the quadrature nodes of the last signal, so one object
/// must not be used by two threads at once.
class AveragedTail {
 public:
  /// ln [P(N <= count | mu) / P(N <= count | 0)]; minus infinity where it underflows.
  double log_cls(double mu);

 private:
  friend class AveragedPoisson;

  /// P(N <= count | background + y signal events) at one value of the shared pulls, up to exp(log_scale_).
  struct Part {
    double signal_shift = 0;
    std::vector<double> counts;  ///< up to a count of some thousand: probabilities of k = 0..count background counts
    std::vector<double> tail;    ///< above: ln of the probability at y = i grid_step_
    int nodes_octave = 0;
    std::vector<YieldNode> nodes;  ///< of the signal at 2^nodes_octave events
  };

  /// `background_only`: good for the probability without signal only, which is all that quantiles need.
  AveragedTail(const AveragedPoisson& model, double count, bool background_only);
  double probability(double signal_events);
  double small_count_tail(const Part& part, double scale) const;
  double large_count_tail(const Part& part, double scale) const;
  void fill_small_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double weight) const;
  void fill_large_count(const std::vector<std::vector<YieldNode>>& nodes, Part& part, double weight,
                        bool background_only) const;

  AveragedPoisson model_;
  double count_, reach_, log_scale_ = 0, background_only_ = 0, total_weight_ = 0, grid_step_ = 0;
  std::vector<Part> parts_;
};

}  // namespace anyslice::stats
