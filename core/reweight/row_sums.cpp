// What is kept of row points: single lifetimes, curves, and lines that many row points lie on.
#include "core/reweight/row_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/reweight/window_sums.hpp"

namespace anyslice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kOctave = 0.69314718055994531;
/// So many single values are computed at a row point before a curve is made, or made longer: with rows and weights kept
/// a value costs some thirtieth of that.
constexpr std::size_t kMostDirect = 24;
constexpr std::size_t kMostKeptBytes = 48u << 20;
/// Nodes added on either side of a line, and of a curve that is made for a single value: the next ones will be near.
constexpr int kRoomAround = 12;
constexpr std::size_t kMostRowPoints = 3000, kMostLines = 150;
/// Interpolating between row points pays from this many on.
constexpr std::size_t kFewestOnLine = 6;

int node_below(double log_lifetime) { return static_cast<int>(std::floor(log_lifetime / LifetimeCurve::kStep)); }

}  // namespace

// ---------------------------------------------------------------- reading

RowSums::Places RowSums::places(double log_lifetime) const {
  Places result;
  if (preparation_.decay() == nullptr) return result;
  if (log_lifetime <= bounds_.log_longest) {
    result.at[0] = std::max(log_lifetime, bounds_.log_shortest);
    return result;
  }
  // A sum times u is a polynomial in 1/u there: through the longest lifetime, its half and its quarter.
  const double t = std::exp(bounds_.log_longest - log_lifetime);
  result.count = 3;
  for (std::size_t i = 0; i < 3; ++i) result.at[i] = bounds_.log_longest - static_cast<double>(i) * kOctave;
  result.weights = {(t - 2) * (t - 4) / 3, -(t - 1) * (t - 4) / 2, (t - 1) * (t - 2) / 6};
  return result;
}

bool RowSums::is_stored(const BinSums& bin, double log_lifetime) {
  return bin.curve.has(LifetimeCurve::cell_of(log_lifetime)) || bin.direct.contains(log_lifetime);
}

std::optional<LogSums> RowSums::stored(const BinSums& bin, double log_lifetime, const LifetimeCurve::Place& place) {
  if (!bin.direct.empty()) {
    if (const auto direct = bin.direct.find(log_lifetime); direct != bin.direct.end()) return direct->second;
  }
  if (bin.curve.has(place.cell)) return bin.curve.at(place);
  return std::nullopt;
}

bool RowSums::read(const RowPoint& point, double log_lifetime, std::span<LogSums> bins) const {
  const bool is_lifetime = preparation_.decay() != nullptr;
  // Before the first volume nothing is seen.
  const double way = is_lifetime && bounds_.nearest_entry > 0 ? bounds_.nearest_entry * std::exp(-log_lifetime) : 0;
  if (way > DecayBounds::kFarthestSeen) {
    std::fill(bins.begin(), bins.end(), LogSums{kNone, kNone});
    return true;
  }
  const Places from = places(log_lifetime);
  if (from.count == 1) {
    const LifetimeCurve::Place place(from.at[0]);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      const auto value = stored(point.bins[bin], from.at[0], place);
      if (!value) return false;
      bins[bin] = {value->sum - way, value->squares - 2 * way};
    }
    return true;
  }
  std::fill(bins.begin(), bins.end(), LogSums{-log_lifetime - way, -2 * log_lifetime - 2 * way});
  for (std::size_t i = 0; i < from.count; ++i) {
    const LifetimeCurve::Place place(from.at[i]);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      const auto value = stored(point.bins[bin], from.at[i], place);
      if (!value) return false;
      if (bins[bin].sum == kNone) continue;
      if (value->sum == kNone) {
        bins[bin] = {kNone, kNone};
        continue;
      }
      bins[bin].sum += from.weights[i] * (value->sum + from.at[i]);
      bins[bin].squares += from.weights[i] * (value->squares + 2 * from.at[i]);
    }
  }
  return true;
}

std::vector<LogSums> RowSums::values(const Request& request) {
  RowPoint& point = row_point(request.row_point);
  const std::size_t count = model_.card().bins.size();
  std::vector<LogSums> result(request.log_lifetimes.size() * count, {kUnknown, kUnknown});
  for (std::size_t k = 0; k < request.log_lifetimes.size(); ++k) {
    const std::span<LogSums> bins(result.data() + k * count, count);
    const double log_lifetime = request.log_lifetimes[k];
    if (read(point, log_lifetime, bins)) continue;
    fill({request.row_point, request.slots, {log_lifetime}}, point);
    if (!read(point, log_lifetime, bins)) std::fill(bins.begin(), bins.end(), LogSums{kUnknown, kUnknown});
  }
  return result;
}

// ---------------------------------------------------------------- row points

RowSums::RowPoint& RowSums::row_point(const std::vector<double>& key) {
  RowPoint& point = points_[key];
  if (point.bins.empty()) point.bins.resize(model_.card().bins.size());
  return point;
}

std::vector<double> RowSums::missing(const RowGroup& group, const Request& request, const RowPoint& point) const {
  std::vector<double> result;
  for (const double log_lifetime : request.log_lifetimes) {
    const Places from = places(log_lifetime);
    for (std::size_t i = 0; i < from.count; ++i) {
      const bool is_there = std::all_of(group.bins.begin(), group.bins.end(),
                                        [&](std::size_t bin) { return is_stored(point.bins[bin], from.at[i]); });
      if (!is_there) result.push_back(from.at[i]);
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool RowSums::needs_rows(const Request& request) {
  const RowPoint& point = row_point(request.row_point);
  return std::any_of(rows().groups.begin(), rows().groups.end(), [&](const RowGroup& group) {
    if (preparation_.decay() == nullptr) return point.bins[group.bins.front()].direct.empty();
    return !missing(group, request, point).empty();
  });
}

void RowSums::fill(const Request& request, RowPoint& point) {
  for (std::size_t g = 0; g < rows().groups.size(); ++g) {
    const RowGroup& group = rows().groups[g];
    const BinSums& first_bin = point.bins[group.bins.front()];
    if (preparation_.decay() == nullptr) {
      if (first_bin.direct.empty()) fill_group(g, request, point, {0.0}, 0, -1);
      continue;
    }
    std::vector<double> wanted = missing(group, request, point);
    if (wanted.empty()) continue;
    if (first_bin.direct.size() + wanted.size() <= kMostDirect) {
      fill_group(g, request, point, wanted, 0, -1);
      continue;
    }
    const int room = wanted.size() == 1 ? kRoomAround : 0;
    int first = node_below(wanted.front()) - LifetimeCurve::kMargin - room;
    int last = node_below(wanted.back()) + 1 + LifetimeCurve::kMargin + room;
    const LifetimeCurve& curve = first_bin.curve;
    const bool is_known = curve.size() > 0 && first >= curve.first() && last < curve.first() + curve.size();
    if (curve.size() > 0) {
      first = std::min(first, curve.first());
      last = std::max(last, curve.first() + curve.size() - 1);
    }
    if (!is_known) {
      for (const auto bin : group.bins) point.bins[bin].direct.clear();
      fill_group(g, request, point, {}, first, last);
      wanted = missing(group, request, point);
    }
    // What the curve cannot give is computed for itself.
    if (!wanted.empty()) fill_group(g, request, point, wanted, 0, -1);
  }
}

std::size_t RowSums::Collected::bytes() const {
  const DecayColumns& decay = window.gathered_decay;
  return sizeof(float) * (weights.size() + decay.entry.size() + decay.length.size()) +
         sizeof(FurtherCrossing) * decay.further.size();
}

void RowSums::require(std::span<const std::vector<double>* const> points) {
  if (!windows_.require(points)) return;
  for (auto& [key, point] : points_) point.collected.clear();
  kept_bytes_ = 0;
}

const RowSums::Collected& RowSums::collect(std::size_t g, const Request& request, RowPoint& point, bool is_kept,
                                           Collected& own) {
  if (!point.collected.empty() && !point.collected[g].normed.rows.empty()) return point.collected[g];
  const std::vector<double>* const slots = &request.slots;
  require({&slots, 1});
  const RowGroup& group = rows().groups[g];
  own.window = windows_.make(group, request.slots);
  own.log_norm = windows_.ratio_weights(group, own.window, request.slots, own.weights);
  own.normed.add(own.weights, own.log_norm);
  if (!is_kept) return own;
  // Only what sums over decays need.
  own.window.weight = {};
  own.window.columns = {};
  own.window.gathered_columns = {};
  if (kept_bytes_ + own.bytes() > kMostKeptBytes) {
    for (auto& [key, other] : points_) other.collected.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += own.bytes();
  point.collected.resize(rows().groups.size());
  return point.collected[g] = std::move(own);
}

void RowSums::fill_group(std::size_t g, const Request& request, RowPoint& point, const std::vector<double>& direct,
                         int first_node, int last_node) {
  const RowGroup& group = rows().groups[g];
  const auto nodes = static_cast<std::size_t>(std::max(last_node - first_node + 1, 0));
  Collected own;
  const Collected& kept = collect(g, request, point, nodes == 0 && preparation_.decay() != nullptr, own);
  if (const double log_norm = kept.log_norm; !std::isfinite(log_norm)) {
    for (const auto bin : group.bins) {
      for (const double at : direct) point.bins[bin].direct[at] = {log_norm, log_norm};
      if (nodes > 0) {
        point.bins[bin].curve = LifetimeCurve(first_node, std::vector<LogSums>(nodes, {log_norm, log_norm}));
      }
    }
    return;
  }
  if (!direct.empty()) {
    std::vector<double> lifetimes;
    for (const double at : direct) {
      if (preparation_.decay() != nullptr) lifetimes.push_back(std::exp(at));
    }
    const NodeSeries sums = sums_at_lifetimes(kept.window, kept.normed, lifetimes);
    for (std::size_t i = 0; i < group.bins.size(); ++i) {
      for (std::size_t k = 0; k < direct.size(); ++k) point.bins[group.bins[i]].direct[direct[k]] = sums[i][k];
    }
  }
  if (nodes == 0) return;
  const auto at_nodes = [&](const std::vector<int>& wanted) {
    return sums_at_nodes(kept.window, kept.normed, wanted, bounds_.log_longest);
  };
  NodeSeries series = refined_nodes(first_node, last_node, at_nodes, point.of_curves);
  for (std::size_t i = 0; i < group.bins.size(); ++i) {
    point.bins[group.bins[i]].curve = LifetimeCurve(first_node, std::move(series[i]), point.of_curves);
  }
}

void RowSums::provide(std::vector<Request>& requests, Accuracy accuracy, const ProgressCallback& progress) {
  if (points_.size() + requests.size() > kMostRowPoints) {
    points_.clear();
    kept_bytes_ = 0;
  }
  if (lines(accuracy).size() > kMostLines) lines(accuracy).clear();
  for (const auto& request : requests) {
    RowPoint& point = row_point(request.row_point);
    const bool has_curves = point.bins.front().curve.size() > 0;
    if (has_curves && (accuracy == Accuracy::preview || point.of_curves == Accuracy::full)) continue;
    for (auto& bin : point.bins) bin.curve = {};
    point.of_curves = accuracy;
  }
  provide_lines(requests, accuracy);
  std::vector<const std::vector<double>*> unknown;
  for (const auto& request : requests) {
    if (!windows_.has(request.slots) && needs_rows(request)) unknown.push_back(&request.slots);
  }
  require(unknown);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    report_progress(progress, static_cast<double>(i) / static_cast<double>(requests.size()));
    fill(requests[i], row_point(requests[i].row_point));
  }
}

// ---------------------------------------------------------------- lines through row points

void RowSums::provide_lines(std::vector<Request>& requests, Accuracy accuracy) {
  if (preparation_.decay() == nullptr) return;
  const auto& names = preparation_.row_parameters();
  for (std::size_t parameter = 0; parameter < names.size(); ++parameter) {
    if (!preparation_.acts_through_ratios_only(names[parameter])) continue;
    std::map<std::vector<double>, std::vector<Request*>> families;
    for (auto& request : requests) {
      if (!(request.row_point[parameter] > 0) || request.log_lifetimes.empty()) continue;
      std::vector<double> key = request.row_point;
      key[parameter] = 0;
      families[key].push_back(&request);
    }
    for (auto& [key, family] : families) {
      const auto line = lines(accuracy).find(key);
      if (family.size() >= kFewestOnLine || (line != lines(accuracy).end() && line->second.is_good())) {
        provide_line(family, parameter, accuracy);
      }
    }
  }
}

void RowSums::provide_line(std::vector<Request*>& family, std::size_t index, Accuracy accuracy) {
  const Parameter& parameter = *model_.card().find_parameter(preparation_.row_parameters()[index]);
  std::vector<double> key = family.front()->row_point;
  key[index] = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  double shortest = low, longest = -low;
  for (const Request* request : family) {
    const double at = std::log(request->row_point[index]);
    low = std::min(low, at), high = std::max(high, at);
    const auto [lowest, highest] = std::minmax_element(request->log_lifetimes.begin(), request->log_lifetimes.end());
    const Places from = places(*lowest);
    shortest = std::min(shortest, from.at[from.count - 1]);
    longest = std::max(longest, places(*highest).at[0]);
  }
  int first = node_below(shortest) - LifetimeCurve::kMargin;
  int last = node_below(longest) + 1 + LifetimeCurve::kMargin;

  RowLine& line = lines(accuracy)[key];
  const bool is_same = line.parameter() == &parameter;
  const bool covers =
      is_same && line.low() <= low && line.high() >= high && line.first() <= first && line.last() >= last;
  if (!covers) {
    if (family.size() < kFewestOnLine || !(high > low)) return;
    if (is_same) {
      // An older line may be asked for again.
      low = std::min(low, line.low()), high = std::max(high, line.high());
      first = std::min(first, line.first()), last = std::max(last, line.last());
    }
    // The next ones will be near.
    const int shortest_read = std::min(last, node_below(bounds_.log_shortest) - LifetimeCurve::kMargin);
    const int longest_read = std::max(first, node_below(bounds_.log_longest) + 1 + LifetimeCurve::kMargin);
    first = std::max(first - kRoomAround, std::min(first, shortest_read));
    last = std::min(last + kRoomAround, std::max(last, longest_read));
    line = RowLine(parameter, low, high, first, last, accuracy);
    const std::vector<double>* const slots = &family.front()->slots;
    require({&slots, 1});
    line.compute(model_, windows_, family.front()->slots);
  }
  if (!line.is_good()) return;
  for (const Request* request : family) {
    RowPoint& point = row_point(request->row_point);
    if (point.bins.front().curve.size() > 0) continue;
    std::vector<LifetimeCurve> curves = line.curves(std::log(request->row_point[index]));
    for (std::size_t bin = 0; bin < point.bins.size(); ++bin) point.bins[bin].curve = std::move(curves[bin]);
  }
}

}  // namespace anyslice
