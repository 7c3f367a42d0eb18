// Which nodes of a lifetime grid must be computed, and which can be interpolated: coarse first, finer where needed.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/reweight/lifetime_curve.hpp"

namespace anyslice {

/// Several functions of the lifetime on the nodes `first` to `last`, by [series][node - first].
using NodeSeries = std::vector<std::vector<LogSums>>;

/// Computes the series at some nodes: results[series][i] belongs to nodes[i].
using NodeEvaluator = std::function<NodeSeries(const std::vector<int>& nodes)>;

/// The series at all nodes. Evaluates every eighth node (and some beyond the ends), then those between where the
/// interpolation of any series is not good to about 1e-5 (for a preview 1e-3); the rest is interpolated.
NodeSeries refined_nodes(int first, int last, const NodeEvaluator& evaluate, Accuracy accuracy = Accuracy::full);

}  // namespace anyslice
