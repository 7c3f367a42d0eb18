// The 15-point Gauss-Legendre rule on one panel.
#pragma once

#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cstddef>

namespace anyslice::stats {

inline constexpr std::size_t gauss_points = 15;

struct GaussRule {
  std::array<double, gauss_points> points, weights;  ///< on [-1, 1]
};

inline const GaussRule& gauss_rule() {
  static const GaussRule rule = [] {
    using Boost = boost::math::quadrature::gauss<double, gauss_points>;
    GaussRule result;
    // Boost stores the points from 0 upwards and leaves their mirror images out.
    constexpr std::size_t middle = gauss_points / 2;
    for (std::size_t i = 0; i <= middle; ++i) {
      result.points[middle + i] = Boost::abscissa()[i];
      result.points[middle - i] = -Boost::abscissa()[i];
      result.weights[middle + i] = result.weights[middle - i] = Boost::weights()[i];
    }
    return result;
  }();
  return rule;
}

template <class Function>
double integrate_panel(double low, double high, Function&& function) {
  const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
  double sum = 0;
  for (std::size_t i = 0; i < gauss_points; ++i) {
    sum += gauss_rule().weights[i] * function(middle + half * gauss_rule().points[i]);
  }
  return half * sum;
}

}  // namespace anyslice::stats
