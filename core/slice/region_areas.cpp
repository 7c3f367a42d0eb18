// Areas by a sweep from left to right over the edges of both regions.
#include "core/slice/region_areas.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/error.hpp"

namespace anyslice {
namespace {

/// A side of a ring from left to right, in the coordinates of the axes.
struct Side {
  double x0, y0, x1, y1;
  std::size_t region;
  /// Of boxes, which may overlap: how many more of them lie above than below.
  int step = 0;

  double at(double x) const { return y0 + (x - x0) / (x1 - x0) * (y1 - y0); }
};

constexpr std::size_t kLeftOut = 2;  // the "region" of the sides of boxes

/// Where a strip meets a side.
struct Cut {
  double y;
  std::size_t region;
  int step;
};

/// The window in the coordinates of the axes.
struct Window {
  std::array<double, 2> x, y;
};

std::array<double, 2> ends(const AreaAxis& axis, const char* field) {
  const bool log = axis.scale == Scale::log;
  if (!(axis.low < axis.high) || (log && axis.low <= 0))
    throw InputError("request", field, "expected low < high, both positive on a logarithmic axis");
  return log ? std::array{std::log10(axis.low), std::log10(axis.high)} : std::array{axis.low, axis.high};
}

double coordinate(double value, const AreaAxis& axis, const std::array<double, 2>& window) {
  if (axis.scale == Scale::linear) return value;
  // What has no logarithm lies far below: a side that ends there falls all but upright, as it is drawn.
  constexpr double kFarBelow = 1000;  // decades, more than doubles have
  return value > 0 ? std::log10(value) : window[0] - kFarBelow;
}

void append_sides(std::vector<Side>& sides, const Region& region, std::size_t index, const AreaAxis& x,
                  const AreaAxis& y, const Window& window) {
  for (const auto& ring : region) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const auto& [from_x, from_y] = ring[i];
      const auto& [to_x, to_y] = ring[(i + 1) % ring.size()];
      Side side{coordinate(from_x, x, window.x), coordinate(from_y, y, window.y), coordinate(to_x, x, window.x),
                coordinate(to_y, y, window.y), index};
      if (side.x1 < side.x0) {
        std::swap(side.x0, side.x1);
        std::swap(side.y0, side.y1);
      }
      if (side.x0 < side.x1 && side.x1 > window.x[0] && side.x0 < window.x[1]) sides.push_back(side);
    }
  }
}

void append_boxes(std::vector<Side>& sides, const std::vector<std::array<double, 4>>& boxes, const AreaAxis& x,
                  const AreaAxis& y, const Window& window) {
  for (const auto& [x0, y0, x1, y1] : boxes) {
    const double left = coordinate(x0, x, window.x), right = coordinate(x1, x, window.x);
    const double low = coordinate(y0, y, window.y), high = coordinate(y1, y, window.y);
    if (!(left < right) || right <= window.x[0] || left >= window.x[1]) continue;
    sides.push_back({left, low, right, low, kLeftOut, 1});
    sides.push_back({left, high, right, high, kLeftOut, -1});
  }
}

/// Where, strictly between `left` and `right`, a straight line with these differences at both ends is zero.
void append_zero(std::vector<double>& found, double left, double right, double at_left, double at_right) {
  if ((at_left < 0) == (at_right < 0)) return;
  const double x = left + at_left / (at_left - at_right) * (right - left);
  if (x > left && x < right) found.push_back(x);
}

/// Adds the strip of this width whose sections are, in the mean, that at `x`: exact where no sides cross in it.
void add_strip(RegionAreas& areas, const std::vector<Side>& active, double x, double width, const Window& window,
               std::vector<Cut>& cuts) {
  cuts.clear();
  for (const Side& side : active)
    cuts.push_back({std::clamp(side.at(x), window.y[0], window.y[1]), side.region, side.step});
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.y < b.y; });
  std::array<bool, 2> inside = {false, false};
  int boxes = 0;
  double below = window.y[0];
  for (const auto& [y, region, step] : cuts) {
    const double area = (y - below) * width;
    if (boxes > 0) {
      areas.left_out += area;
    } else {
      if (inside[0]) areas.first += area;
      if (inside[1]) areas.second += area;
      if (inside[0] && !inside[1]) areas.only_first += area;
      if (inside[1] && !inside[0]) areas.only_second += area;
    }
    if (region == kLeftOut)
      boxes += step;
    else
      inside[region] = !inside[region];
    below = y;
  }
}

}  // namespace

RegionAreas region_areas(const Region& first, const Region& second, const AreaAxis& x, const AreaAxis& y,
                         const std::vector<std::array<double, 4>>& left_out) {
  const Window window{ends(x, "x.range"), ends(y, "y.range")};
  RegionAreas areas;
  areas.window = (window.x[1] - window.x[0]) * (window.y[1] - window.y[0]);
  std::vector<Side> sides;
  append_sides(sides, first, 0, x, y, window);
  append_sides(sides, second, 1, x, y, window);
  append_boxes(sides, left_out, x, y, window);
  std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) { return a.x0 < b.x0; });
  std::vector<double> abscissae = {window.x[0], window.x[1]};
  for (const Side& side : sides) {
    for (const double end : {side.x0, side.x1}) {
      if (end > window.x[0] && end < window.x[1]) abscissae.push_back(end);
    }
  }
  std::sort(abscissae.begin(), abscissae.end());
  abscissae.erase(std::unique(abscissae.begin(), abscissae.end()), abscissae.end());

  std::vector<Side> active;
  std::vector<double> splits;
  std::vector<Cut> cuts;
  std::size_t next = 0;
  for (std::size_t i = 0; i + 1 < abscissae.size(); ++i) {
    const double left = abscissae[i], right = abscissae[i + 1];
    std::erase_if(active, [&](const Side& side) { return side.x1 <= left; });
    for (; next < sides.size() && sides[next].x0 <= left; ++next) active.push_back(sides[next]);
    splits.assign({left, right});
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double at_left = active[a].at(left), at_right = active[a].at(right);
      for (const double edge : window.y) append_zero(splits, left, right, at_left - edge, at_right - edge);
      for (std::size_t b = 0; b < a; ++b)
        append_zero(splits, left, right, at_left - active[b].at(left), at_right - active[b].at(right));
    }
    std::sort(splits.begin(), splits.end());
    for (std::size_t k = 0; k + 1 < splits.size(); ++k)
      add_strip(areas, active, (splits[k] + splits[k + 1]) / 2, splits[k + 1] - splits[k], window, cuts);
  }
  return areas;
}

}  // namespace anyslice
