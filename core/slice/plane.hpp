// A plane through parameter space: two parameters as axes, the others fixed or profiled; predictions, likelihood and
// contours on it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/card_likelihood.hpp"
#include "core/slice/contour.hpp"
#include "core/slice/slice_likelihood.hpp"

namespace anyslice {

struct PlaneAxis {
  std::string parameter;
  std::optional<std::pair<double, double>> range;  ///< empty: the card's
};

struct PlaneRequest {
  PlaneAxis x, y;
  Point fixed;          ///< values of other parameters (defaults otherwise)
  std::string profile;  ///< a parameter over which -ln L is minimised within its bounds; may be empty
  Selection selection;
  LikelihoodRequest likelihood;
  double base_offset = 0;                 ///< added to the -ln L of the best point
  std::optional<double> limit_in_events;  ///< instead of -ln L: the field is ln(mu / limit)
  Accuracy accuracy = Accuracy::full;
};

struct BestPoint {
  double x = 0, y = 0;
  double minus_log_likelihood = 0;
  bool without_signal = false;  ///< no signal at all is best: x and y are those of the best point with one
};

class Plane {
 public:
  /// Throws InputError for unknown or equal axes, ranges that are reversed or leave the parameter's, and what the
  /// likelihood's request may have wrong.
  Plane(const Model& model, const Reweighter& reweighter, PlaneRequest request);

  std::pair<double, double> x_range() const { return {axes_[0].low, axes_[0].high}; }
  std::pair<double, double> y_range() const { return {axes_[1].low, axes_[1].high}; }
  double x_at(double u) const { return axes_[0].at(u); }
  double y_at(double v) const { return axes_[1].at(v); }
  const CardLikelihood& likelihood() const { return likelihood_.likelihood(); }

  /// Points at unit coordinates of the visible window, see SliceLikelihood::at().
  std::vector<SlicePoint> at(std::span<const UnitPoint> points, double shift = 0, const ProgressCallback& progress = {},
                             bool with_likelihood = true) const;

  /// The best point over the full ranges of both axes and no signal. It does not depend on the visible window, unless
  /// `coarse_cells` is given: then axes along which points are expensive are tried at lines of a grid of so many cells
  /// over the window, which a contour needs anyway, and continued beyond it; -ln L is then found less closely.
  BestPoint best(const ProgressCallback& progress = {}, std::size_t coarse_cells = 0) const;

  /// The contour where -ln L is `level` above that of the best point (plus the offset), or where mu is the limit in
  /// events. `shift` as in at(). `outside` is where there is no prediction: beyond the model or the table.
  Contours contour(const BestPoint& best, double level, const ContourOptions& options, double shift = 0,
                   const ProgressCallback& progress = {}) const;

  /// Whether a contour may be moved along this axis by evaluating between grid lines, or whether that is expensive.
  bool is_cheap_along(std::size_t axis) const;

 private:
  struct Axis {
    const Parameter* parameter = nullptr;
    double low = 0, high = 0;
    double at(double unit) const;
  };
  /// Every other line of a grid of `cells` cells over the window, and as far apart over the rest of the full range.
  std::vector<double> lines_of(const Axis& axis, std::size_t cells) const;
  /// Of those, the one with the value and index, and the lines of the grid beside it.
  std::vector<double> lines_around(const Axis& axis, std::size_t cells, double value, std::size_t index) const;
  Axis find_axis(const PlaneAxis& axis, const char* field) const;
  std::array<Axis, 2> find_axes() const;
  const Model& model_;
  const Reweighter& reweighter_;
  PlaneRequest request_;
  std::array<Axis, 2> axes_;
  SliceLikelihood likelihood_;
};

}  // namespace anyslice
