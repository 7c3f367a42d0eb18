// The distribution of the factor by which a component's own constrained pulls multiply its yield, as quadrature nodes.
#pragma once

#include <vector>

#include "core/stats/counting_model.hpp"

namespace anyslice::stats {

/// One node of a quadrature over the expected events of a component.
struct YieldNode {
  double events;
  double log_weight;
};

/// What the nodes are for: averages of P(N <= count), where the integrand may be largest far out in the pulls.
struct YieldFocus {
  double count;
  double reach;       ///< pulls further out than this many standard deviations are left out
  double tilt = 0;    ///< the probability falls like exp(-tilt * events) around the saddle point of the integrand
  double saddle = 0;  ///< events of the component there
  /// The integrand has a further factor 1 / (yield factor): panels get finer towards a factor of zero.
  bool inverse = false;
};

/// For systematics of relative sizes r_k on one component, the response t is sum r_k delta_k (gaussian, truncated;
/// factor 1 + t) or sum ln(1 + r_k) delta_k (lognormal; factor exp t). Only the distribution of t matters:
/// a Gaussian, or for limited pulls a convolution of truncated Gaussians, found panel by panel between its kinks.
class YieldFactor {
 public:
  YieldFactor(Constraint constraint, double pull_limit, const std::vector<double>& sizes);

  /// Nodes for a component of `expected` > 0 events whose response is shifted by `shift` (by pulls shared with other
  /// components). They integrate Poisson probabilities of counts up to focus.count to about 1e-11. The weights sum to
  /// the probability of a factor >= 0.
  std::vector<YieldNode> nodes(double expected, double shift, const YieldFocus& focus) const;

  /// The factor at this response, negative where the response is outside the allowed region.
  double factor(double response) const;

  /// The standard deviation of the response (of pulls that are not limited).
  double deviation() const { return deviation_; }

  /// What one standard deviation of a systematic of relative size r adds to the response.
  static double response(Constraint constraint, double size);

 private:
  struct Panel {
    double low, high;
    std::vector<double> values;  ///< the density at the Chebyshev points
  };
  double log_density(double response) const;
  void convolve(double width);

  bool logarithmic_;
  double pull_limit_;          ///< infinite if the pulls are not limited
  double deviation_ = 0;       ///< standard deviation of the Gaussian, before any limit
  double bound_ = 0;           ///< |t| is limited to this; infinite if the pulls are not limited
  std::vector<double> kinks_;  ///< where the density is not smooth, increasing
  std::vector<Panel> panels_;  ///< empty where the closed form holds
};

}  // namespace anyslice::stats
