// Quadtree refinement, marching squares, root polishing and the chaining of segments to rings.
#include "core/slice/contour.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace anyslice {
namespace {

using Key = std::uint64_t;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// A step as long as half the side of a finest cell is the unit: nodes of the finest grid have two even coordinates,
/// the middle of an edge has one that is odd, the centre of a cell two. One key then names any of them.
struct Position {
  int x, y;
};

Position operator+(Position a, Position b) { return {a.x + b.x, a.y + b.y}; }
Position operator*(int factor, Position a) { return {factor * a.x, factor * a.y}; }

/// The sides of a cell in counter-clockwise order, from `kCorners[side]` in the direction `kDirections[side]`.
constexpr Position kCorners[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
constexpr Position kDirections[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};

/// Of a node: `outside` and `inside` the region, `nowhere` outside what the field is defined on.
enum class State : unsigned char { unsampled, unknown, nowhere, outside, inside };

/// The field at what has been asked of it so far.
class SampledField {
 public:
  SampledField(const FieldEvaluator& field, double level, int size, const ContourOptions& options,
               const ProgressCallback& progress)
      : field_(field), level_(level), size_(size), options_(options), progress_(progress) {
    report_progress(progress_, 0);
  }

  int size() const { return size_; }  ///< of the unit square, in steps
  Key key(Position p) const { return static_cast<Key>(p.x) * (static_cast<Key>(size_) + 1) + static_cast<Key>(p.y); }
  Position position(Key key) const {
    const Key stride = static_cast<Key>(size_) + 1;
    return {static_cast<int>(key / stride), static_cast<int>(key % stride)};
  }
  UnitPoint point(double x, double y) const { return {x / size_, y / size_}; }

  void want(Position p) {
    if (values_.emplace(key(p), std::nullopt).second) wanted_.push_back(p);
  }
  /// Evaluates all that is wanted.
  void evaluate_wanted() {
    std::vector<UnitPoint> points;
    for (const Position p : wanted_) points.push_back(point(p.x, p.y));
    const auto values = evaluate(points);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values_[key(wanted_[i])] = values[i];
      if (std::isnan(values[i]) && options_.is_outside && options_.is_outside(points[i])) {
        nowhere_.insert(key(wanted_[i]));
      }
    }
    wanted_.clear();
  }
  /// Values minus the level, anywhere.
  std::vector<double> evaluate(const std::vector<UnitPoint>& points) {
    std::vector<double> values(points.size(), kUnknown);
    if (points.empty()) return values;
    field_(points, values);
    for (double& value : values) value -= level_;
    if (first_batch_ == 0) first_batch_ = static_cast<double>(points.size());
    evaluated_ += static_cast<double>(points.size());
    // How many points will follow is not known before; the coarse grid is about a third of a usual field.
    report_progress(progress_, 1 - std::exp(-evaluated_ / (2 * first_batch_)));
    return values;
  }
  void finish() const { report_progress(progress_, 1); }

  double value(Position p) const { return values_.at(key(p)).value(); }
  State state(Position p) const {
    const auto found = values_.find(key(p));
    if (found == values_.end() || !found->second) return State::unsampled;
    if (std::isnan(*found->second)) return nowhere_.contains(found->first) ? State::nowhere : State::unknown;
    return *found->second >= 0 ? State::inside : State::outside;
  }

 private:
  const FieldEvaluator& field_;
  double level_;
  int size_;
  const ContourOptions& options_;
  const ProgressCallback& progress_;
  std::unordered_map<Key, std::optional<double>> values_;  ///< empty while only wanted
  std::unordered_set<Key> nowhere_;
  std::vector<Position> wanted_;
  double first_batch_ = 0, evaluated_ = 0;
};

/// Cell (column, row) of the grid that was halved `depth` times.
struct Cell {
  int depth, column, row;
};

/// The quadtree. When refined, the finest cells are the only ones that the level crosses, so nothing is ever drawn in
/// cells of different sizes side by side and there are no cracks.
class Mesh {
 public:
  Mesh(SampledField& field, int cells, int halvings)
      : field_(field), cells_(cells), halvings_(halvings), halved_(static_cast<std::size_t>(halvings)) {
    for (int x = 0; x <= cells; ++x) {
      for (int y = 0; y <= cells; ++y) field_.want(side({0, 0, 0}) * Position{x, y});
    }
    do {
      field_.evaluate_wanted();
      list_leaves();
    } while (halve_once());
  }

  const std::vector<Cell>& leaves() const { return leaves_; }
  int side(Cell cell) const { return 2 << (halvings_ - cell.depth); }
  Position origin(Cell cell) const { return side(cell) * Position{cell.column, cell.row}; }
  Position corner(Cell cell, int index) const { return origin(cell) + side(cell) * kCorners[index]; }

  bool has_corner(Cell cell, State state) const {
    for (int i = 0; i < 4; ++i) {
      if (field_.state(corner(cell, i)) == state) return true;
    }
    return false;
  }
  bool masked(Cell cell) const { return has_corner(cell, State::unknown) || has_corner(cell, State::nowhere); }
  /// Whether there is nothing to draw at the centre of a finest cell: outside the frame or in a masked cell.
  bool nothing_at(Position centre) const {
    const int size = field_.size();
    return centre.x < 0 || centre.y < 0 || centre.x > size || centre.y > size || masked(leaf_at(centre));
  }

 private:
  bool is_halved(Cell cell) const {
    return cell.depth < halvings_ &&
           halved_[static_cast<std::size_t>(cell.depth)].count(field_.key({cell.column, cell.row})) > 0;
  }
  Cell leaf_at(Position p) const {
    for (int depth = 0;; ++depth) {
      const int length = side({depth, 0, 0});
      const Cell cell{depth, p.x / length, p.y / length};
      if (!is_halved(cell)) return cell;
    }
  }
  void list_leaves() {
    leaves_.clear();
    for (int row = 0; row < cells_; ++row) {
      for (int column = 0; column < cells_; ++column) append_leaves({0, column, row}, leaves_);
    }
  }
  void append_leaves(Cell cell, std::vector<Cell>& leaves) const {
    if (!is_halved(cell)) {
      leaves.push_back(cell);
      return;
    }
    for (const Position p : kCorners) {
      append_leaves({cell.depth + 1, 2 * cell.column + p.x, 2 * cell.row + p.y}, leaves);
    }
  }

  bool halve(Cell cell) {
    const int across = cells_ << cell.depth;
    if (cell.depth >= halvings_ || cell.column < 0 || cell.row < 0 || cell.column >= across || cell.row >= across) {
      return false;
    }
    if (!halved_[static_cast<std::size_t>(cell.depth)].insert(field_.key({cell.column, cell.row})).second) return false;
    if (cell.depth > 0) halve({cell.depth - 1, cell.column / 2, cell.row / 2});
    const int half = side(cell) / 2;
    constexpr Position kNew[] = {{1, 0}, {0, 1}, {1, 1}, {2, 1}, {1, 2}};
    for (const Position p : kNew) field_.want(origin(cell) + half * p);
    return true;
  }
  /// Halves a cell, the cells that it is part of and all their neighbours: what is found in a small cell then is
  /// followed just as if it had been found in a coarse one.
  bool halve_around(Cell cell) {
    bool any = false;
    for (; cell.depth >= 0; cell = {cell.depth - 1, cell.column / 2, cell.row / 2}) {
      for (int right = -1; right <= 1; ++right) {
        for (int up = -1; up <= 1; ++up) any |= halve({cell.depth, cell.column + right, cell.row + up});
      }
    }
    return any;
  }
  bool halve_once() {
    bool any = false;
    for (const Cell leaf : leaves_) {
      bool inside = false, outside = false, unknown = false, nowhere = false;
      // Smaller neighbours may have found something on the border that the corners do not show.
      for (int i = 0; i < 4; ++i) {
        for (int step = 0; step < side(leaf); step += 2) {
          const State state = field_.state(corner(leaf, i) + step * kDirections[i]);
          inside |= state == State::inside;
          outside |= state == State::outside;
          unknown |= state == State::unknown;
          nowhere |= state == State::nowhere;
        }
      }
      if (inside && outside) any |= halve_around(leaf);
      // What is known should not end in coarse steps, nor should what is masked where the field ends.
      if (int{inside || outside} + int{unknown} + int{nowhere} > 1) any |= halve(leaf);
    }
    return any;
  }

  SampledField& field_;
  int cells_, halvings_;
  std::vector<std::unordered_set<Key>> halved_;  ///< by depth
  std::vector<Cell> leaves_;
};

/// Part of the border of the region, which is to its left. Ends are nodes or (middles of) edges that the level crosses.
struct Segment {
  Key from, to;
  bool level;        ///< else along the frame or a masked cell
  std::size_t leaf;  ///< which drew it
};

class MarchingSquares {
 public:
  MarchingSquares(SampledField& field, const Mesh& mesh) : field_(field), mesh_(mesh) {
    for (const Cell leaf : mesh_.leaves()) {
      if (!mesh_.masked(leaf) && is_saddle(corners_inside(leaf))) field_.want(centre(leaf));
    }
    field_.evaluate_wanted();
    for (std::size_t i = 0; i < mesh_.leaves().size(); ++i) draw(i);
  }

  std::vector<Segment> take() { return std::move(segments_); }

 private:
  using Corners = std::array<bool, 4>;
  static bool is_saddle(const Corners& inside) {
    return inside[0] == inside[2] && inside[1] == inside[3] && inside[0] != inside[1];
  }
  Corners corners_inside(Cell leaf) const {
    Corners inside;
    for (int i = 0; i < 4; ++i) inside[static_cast<std::size_t>(i)] = is_inside(mesh_.corner(leaf, i));
    return inside;
  }
  bool is_inside(Position p) const { return field_.state(p) == State::inside; }
  Position centre(Cell leaf) const { return mesh_.origin(leaf) + Position{1, 1}; }

  void draw(std::size_t index) {
    const Cell leaf = mesh_.leaves()[index];
    if (mesh_.masked(leaf)) return;
    const Corners inside = corners_inside(leaf);
    const auto count = std::count(inside.begin(), inside.end(), true);
    if (count == 0) return;
    if (count < 4) draw_level(index, inside);
    for (int i = 0; i < 4; ++i) draw_border(index, i, count == 4);
  }

  /// From each edge where a counter-clockwise walk around the cell leaves the region to where it is entered again.
  void draw_level(std::size_t index, const Corners& inside) {
    const Cell leaf = mesh_.leaves()[index];
    const auto leaves_region = [&](int i) {
      return inside[static_cast<std::size_t>(i)] && !inside[static_cast<std::size_t>((i + 1) % 4)];
    };
    const auto enters_region = [&](int i) {
      return !inside[static_cast<std::size_t>(i)] && inside[static_cast<std::size_t>((i + 1) % 4)];
    };
    const auto crossing = [&](int i) { return field_.key(mesh_.corner(leaf, i) + kDirections[i]); };
    // In a saddle the next edge cuts off an outer corner, the previous one an inner corner.
    const int turn = is_saddle(inside) && !is_inside(centre(leaf)) ? 3 : 1;
    for (int i = 0; i < 4; ++i) {
      if (!leaves_region(i)) continue;
      int other = (i + turn) % 4;
      while (!enters_region(other)) other = (other + turn) % 4;
      segments_.push_back({crossing(i), crossing(other), true, index});
    }
  }

  /// A side of a cell, where it is the frame or meets masked cells. Only finest cells are not `all_inside`.
  void draw_border(std::size_t index, int i, bool all_inside) {
    const Cell leaf = mesh_.leaves()[index];
    const Position ahead = kDirections[i], to_the_right{ahead.y, -ahead.x};
    for (int step = 0; step < mesh_.side(leaf); step += 2) {
      const Position from = mesh_.corner(leaf, i) + step * ahead, middle = from + ahead, to = middle + ahead;
      if (!mesh_.nothing_at(middle + to_the_right)) continue;
      const bool from_inside = all_inside || is_inside(from), to_inside = all_inside || is_inside(to);
      if (!from_inside && !to_inside) continue;
      segments_.push_back({field_.key(from_inside ? from : middle), field_.key(to_inside ? to : middle), false, index});
    }
  }

  SampledField& field_;
  const Mesh& mesh_;
  std::vector<Segment> segments_;
};

/// Where along an edge of a finest cell (0 to 1) the field has the level: a bracket that shrinks.
class Crossing {
 public:
  Crossing(const SampledField& field, Position middle, const ContourOptions& options)
      : middle_(middle), along_u_(middle.x % 2 != 0) {
    const Position ahead = along_u_ ? Position{1, 0} : Position{0, 1};
    at_low_ = field.value(middle + -1 * ahead);
    at_high_ = field.value(middle + ahead);
    if (along_u_ ? options.polish_u : options.polish_v) polish_left_ = kMostPolishing;
  }

  UnitPoint point(const SampledField& field) const { return point_at(field, interpolated()); }
  UnitPoint candidate_point(const SampledField& field) const { return point_at(field, candidate_); }

  /// Chooses where to evaluate next; false when there is no need to.
  bool choose_candidate() {
    if (done_ || at_low_ == 0 || at_high_ == 0) return false;
    if (!finite()) {
      candidate_ = 0.5 * (low_ + high_);
      return bisections_left_-- > 0;
    }
    if (polish_left_-- <= 0) return false;
    const double low = weight_low_ * at_low_, high = weight_high_ * at_high_;
    // Not too close to an end: if that end is nowhere near the crossing, the bracket would not shrink.
    candidate_ = low_ + (high_ - low_) * std::clamp(low / (low - high), kMargin, 1 - kMargin);
    return true;
  }

  /// The value at the candidate.
  void add(double value) {
    if (std::isnan(value)) {
      done_ = true;
      return;
    }
    // Illinois: an end that stays twice counts half, else it might stay for ever.
    const bool was_finite = finite(), replaces_low = (value >= 0) == (at_low_ >= 0);
    const double before = interpolated();
    const int replaced = replaces_low ? -1 : 1;
    double& other_weight = replaces_low ? weight_high_ : weight_low_;
    if (was_finite && replaced == last_replaced_) other_weight *= 0.5;
    if (replaces_low) {
      low_ = candidate_, at_low_ = value, weight_low_ = 1;
    } else {
      high_ = candidate_, at_high_ = value, weight_high_ = 1;
    }
    last_replaced_ = was_finite ? replaced : 0;
    done_ = was_finite && std::abs(interpolated() - before) < kTolerance;
  }

 private:
  static constexpr int kMostPolishing = 3, kMostBisections = 6;
  static constexpr double kMargin = 0.01, kTolerance = 2e-3;

  bool finite() const { return std::isfinite(at_low_) && std::isfinite(at_high_); }
  double interpolated() const {
    if (at_low_ == 0) return low_;
    if (at_high_ == 0) return high_;
    return finite() ? low_ + (high_ - low_) * (at_low_ / (at_low_ - at_high_)) : 0.5 * (low_ + high_);
  }
  UnitPoint point_at(const SampledField& field, double t) const {
    // At an end this is exactly the node, so that points which coincide can be told.
    return along_u_ ? field.point(middle_.x - 1 + 2 * t, middle_.y) : field.point(middle_.x, middle_.y - 1 + 2 * t);
  }

  Position middle_;
  bool along_u_;
  double low_ = 0, high_ = 1, at_low_ = 0, at_high_ = 0;
  double weight_low_ = 1, weight_high_ = 1, candidate_ = 0;
  int last_replaced_ = 0;  ///< -1: the low end, 1: the high end, 0: none yet
  int polish_left_ = 0, bisections_left_ = kMostBisections;
  bool done_ = false;
};

using Points = std::unordered_map<Key, UnitPoint>;

/// The points of all ends of segments; one batch per round for all crossings together.
Points locate(SampledField& field, const std::vector<Segment>& segments, const ContourOptions& options) {
  Points points;
  std::vector<std::pair<Key, Crossing>> crossings;
  for (const Segment& segment : segments) {
    const Position p = field.position(segment.from);
    const bool is_new = points.emplace(segment.from, field.point(p.x, p.y)).second;
    const bool is_node = p.x % 2 == 0 && p.y % 2 == 0;
    if (is_new && !is_node) crossings.emplace_back(segment.from, Crossing(field, p, options));
  }
  for (;;) {
    std::vector<Crossing*> moving;
    std::vector<UnitPoint> candidates;
    for (auto& [key, crossing] : crossings) {
      if (!crossing.choose_candidate()) continue;
      moving.push_back(&crossing);
      candidates.push_back(crossing.candidate_point(field));
    }
    if (moving.empty()) break;
    const auto values = field.evaluate(candidates);
    for (std::size_t i = 0; i < moving.size(); ++i) moving[i]->add(values[i]);
  }
  for (const auto& [key, crossing] : crossings) points[key] = crossing.point(field);
  return points;
}

/// A corner of a ring, and whether what follows it is the level.
struct RingCorner {
  UnitPoint point;
  bool level;
};
using Ring = std::vector<RingCorner>;

bool same(UnitPoint a, UnitPoint b) { return a.u == b.u && a.v == b.v; }

/// Segments chained to closed rings.
std::vector<Ring> chain(std::vector<Segment> segments, const Points& points) {
  const auto order = [](const Segment& a, const Segment& b) {
    return std::tie(a.from, a.leaf) < std::tie(b.from, b.leaf);
  };
  std::sort(segments.begin(), segments.end(), order);
  // As many segments begin at a point as end there. It is more than one where two cells meet at a corner between two
  // masked ones: each then goes on in its own cell, so that rings touch but do not cross.
  const auto next = [&](const Segment& segment) {
    const auto first = std::lower_bound(segments.begin(), segments.end(), Segment{segment.to, 0, false, 0}, order);
    const auto second = first + 1;
    const bool is_second = second != segments.end() && second->from == segment.to && second->leaf == segment.leaf;
    return static_cast<std::size_t>((is_second ? second : first) - segments.begin());
  };
  std::vector<Ring> rings;
  std::vector<bool> used(segments.size(), false);
  for (std::size_t start = 0; start < segments.size(); ++start) {
    if (used[start]) continue;
    rings.emplace_back();
    for (std::size_t i = start; !used[i]; i = next(segments[i])) {
      used[i] = true;
      rings.back().push_back({points.at(segments[i].from), segments[i].level});
    }
  }
  return rings;
}

/// Without what is left of a ring where the field has the level exactly at nodes: points that coincide, and parts that
/// lead somewhere and the same way back.
Ring without_spikes(const Ring& ring) {
  Ring kept;
  for (const RingCorner corner : ring) {
    const std::size_t count = kept.size();
    if (count > 1 && same(kept[count - 2].point, corner.point)) kept.pop_back();
    if (!kept.empty() && same(kept.back().point, corner.point)) {
      kept.back().level = corner.level;
    } else {
      kept.push_back(corner);
    }
  }
  // The same where the end meets the beginning.
  std::size_t first = 0, end = kept.size();
  while (end - first > 1) {
    if (same(kept[end - 1].point, kept[first].point) || same(kept[end - 2].point, kept[first].point)) {
      --end;
    } else if (same(kept[end - 1].point, kept[first + 1].point)) {
      ++first;
    } else {
      break;
    }
  }
  return {kept.begin() + static_cast<std::ptrdiff_t>(first), kept.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// Without the corners within straight parts of the frame and of masked cells.
Ring without_straight_corners(const Ring& ring) {
  Ring kept;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const RingCorner &before = ring[(i + ring.size() - 1) % ring.size()], &after = ring[(i + 1) % ring.size()];
    const UnitPoint a = before.point, b = ring[i].point, c = after.point;
    const bool straight = (a.u == b.u && b.u == c.u) || (a.v == b.v && b.v == c.v);
    if (before.level || ring[i].level || !straight) kept.push_back(ring[i]);
  }
  return kept;
}

double area(const Ring& ring) {
  double twice = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const UnitPoint a = ring[i].point, b = ring[(i + 1) % ring.size()].point;
    twice += a.u * b.v - b.u * a.v;
  }
  return 0.5 * twice;
}

/// Adds the parts of a ring that are the level.
void append_edges(const Ring& ring, std::vector<std::vector<UnitPoint>>& edges) {
  std::size_t start = 0;
  while (start < ring.size() && ring[start].level) ++start;
  bool open = false;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const RingCorner &corner = ring[(start + i) % ring.size()], &after = ring[(start + i + 1) % ring.size()];
    if (corner.level) {
      if (!open) edges.push_back({corner.point});
      edges.back().push_back(after.point);
    }
    open = corner.level;
  }
}

/// Masked cells as few rectangles: runs along u, merged where the next row has the same. Those of which all unknown
/// corners are outside what the field is defined on, or all others.
std::vector<std::array<double, 4>> masked_rectangles(const SampledField& field, const Mesh& mesh, bool outside) {
  struct Run {
    int row, from, to;
  };
  std::vector<Run> runs;
  for (const Cell leaf : mesh.leaves()) {
    if (!mesh.masked(leaf) || mesh.has_corner(leaf, State::unknown) == outside) continue;
    const Position low = mesh.corner(leaf, 0), high = mesh.corner(leaf, 2);
    for (int row = low.y; row < high.y; row += 2) runs.push_back({row, low.x, high.x});
  }
  std::sort(runs.begin(), runs.end(),
            [](const Run& a, const Run& b) { return std::tie(a.row, a.from) < std::tie(b.row, b.from); });
  std::vector<Run> merged;
  for (const Run run : runs) {
    const bool continues = !merged.empty() && merged.back().row == run.row && merged.back().to == run.from;
    if (continues) {
      merged.back().to = run.to;
    } else {
      merged.push_back(run);
    }
  }

  std::vector<std::array<double, 4>> rectangles;
  std::map<std::pair<int, int>, std::size_t> last;  // rectangle by its ends along u
  for (const Run run : merged) {
    const UnitPoint low = field.point(run.from, run.row), high = field.point(run.to, run.row + 2);
    const auto found = last.find({run.from, run.to});
    if (found != last.end() && rectangles[found->second][3] == low.v) {
      rectangles[found->second][3] = high.v;
    } else {
      last[{run.from, run.to}] = rectangles.size();
      rectangles.push_back({low.u, low.v, high.u, high.v});
    }
  }
  return rectangles;
}

}  // namespace

Contours trace_contours(const FieldEvaluator& field, double level, const ContourOptions& options,
                        const ProgressCallback& progress) {
  const int cells = static_cast<int>(options.cells);
  SampledField sampled(field, level, (2 * cells) << options.halvings, options, progress);
  const Mesh mesh(sampled, cells, options.halvings);
  const auto segments = MarchingSquares(sampled, mesh).take();
  const auto points = locate(sampled, segments, options);

  constexpr double kSmallestArea = 1e-14;
  Contours contours;
  for (const Ring& raw : chain(segments, points)) {
    const Ring ring = without_straight_corners(without_spikes(raw));
    if (ring.size() < 3 || std::abs(area(ring)) < kSmallestArea) continue;
    auto& closed = contours.rings.emplace_back();
    for (const RingCorner& corner : ring) closed.push_back(corner.point);
    closed.push_back(closed.front());
    append_edges(ring, contours.edges);
  }
  contours.masked = masked_rectangles(sampled, mesh, false);
  contours.outside = masked_rectangles(sampled, mesh, true);
  sampled.finish();
  return contours;
}

}  // namespace anyslice
