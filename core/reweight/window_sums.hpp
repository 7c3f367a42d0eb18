// Sums over the rows of a window as functions of the lifetime.
#pragma once

#include <span>
#include <vector>

#include "core/reweight/node_refinement.hpp"
#include "core/reweight/window_rows.hpp"

namespace anyslice {

/// Weights of a window's rows, divided by a number each, whose logarithm is log_norm.
struct NormedWeights {
  std::vector<const float*> rows;
  std::vector<double> log_norm;

  void add(const std::vector<float>& weights, double norm) {
    rows.push_back(weights.data());
    log_norm.push_back(norm);
  }
};

/// The logarithms of sums and sums of squares at nodes of the lifetime (see LifetimeCurve): by [run * weights +
/// weight], then node. NaN where single precision has no room left. Of the nodes, which increase, those above
/// `log_longest` (see DecayBounds) follow from three an octave apart, if these are among them.
NodeSeries sums_at_nodes(const WindowRows& window, const NormedWeights& weights, const std::vector<int>& nodes,
                         double log_longest);

/// The same at any lifetimes u, without limits on the range, for one set of weights: by run, then lifetime. Without a
/// decay factor (`lifetimes` empty) the sums of weights alone, as one "lifetime".
NodeSeries sums_at_lifetimes(const WindowRows& window, const NormedWeights& weights, std::span<const double> lifetimes);

}  // namespace anyslice
