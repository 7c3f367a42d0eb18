// Interpolation codes 1, 4 and 4p with their derivatives.
#include "core/stats/yield_response.hpp"

#include <cmath>

namespace anyslice::stats {
namespace {

ResponseValue exponential(double log_base, double sign, double parameter) {
  const double slope = sign * log_base, value = std::exp(slope * parameter);
  return {value, slope * value, slope * slope * value};
}

}  // namespace

YieldResponse::YieldResponse(ResponseShape shape, std::size_t parameter, double up, double down)
    : shape_(shape), parameter_(parameter), up_(up), down_(down) {
  if (shape != ResponseShape::exponential && shape != ResponseShape::smooth_exponential) return;
  log_up_ = std::log(up);
  log_down_ = std::log(down);
  // Code 4: a polynomial of degree 6 that is 1 at 0 and agrees with the exponentials at +-1 in value, slope and
  // curvature. Its odd and even part have three unknowns and three conditions each.
  const double odd_value = 0.5 * (up - down), even_value = 0.5 * (up + down) - 1;
  const double odd_slope = 0.5 * (up * log_up_ - down * log_down_);
  const double even_slope = 0.5 * (up * log_up_ + down * log_down_);
  const double odd_curvature = 0.5 * (up * log_up_ * log_up_ - down * log_down_ * log_down_);
  const double even_curvature = 0.5 * (up * log_up_ * log_up_ + down * log_down_ * log_down_);
  coefficients_[0] = 1;
  coefficients_[5] = (odd_curvature - 3 * odd_slope + 3 * odd_value) / 8;
  coefficients_[3] = 0.5 * (odd_slope - odd_value) - 2 * coefficients_[5];
  coefficients_[1] = odd_value - coefficients_[3] - coefficients_[5];
  coefficients_[6] = (even_curvature - 5 * even_slope + 8 * even_value) / 8;
  coefficients_[4] = 0.5 * even_slope - even_value - 2 * coefficients_[6];
  coefficients_[2] = even_value - coefficients_[4] - coefficients_[6];
}

ResponseValue YieldResponse::at(double parameter) const {
  const double x = parameter;
  switch (shape_) {
    case ResponseShape::factor:
      return {x, 1, 0};
    case ResponseShape::linear:
      return {up_ * x, up_, 0};
    case ResponseShape::exponential:
      return x >= 0 ? exponential(log_up_, 1, x) : exponential(log_down_, -1, x);
    case ResponseShape::smooth_exponential: {
      if (x >= 1) return exponential(log_up_, 1, x);
      if (x <= -1) return exponential(log_down_, -1, x);
      ResponseValue result;
      for (int power = 6; power >= 0; --power) {
        result.second = result.second * x + 2 * result.first;
        result.first = result.first * x + result.value;
        result.value = result.value * x + coefficients_[power];
      }
      return result;
    }
    case ResponseShape::smooth_linear:
      break;
  }
  if (x >= 1) return {up_ * x, up_, 0};
  if (x <= -1) return {-down_ * x, -down_, 0};
  // Code 4p: odd part linear, even part with value, slope and curvature of the straight lines at +-1.
  const double odd = 0.5 * (up_ - down_), even = 0.0625 * (up_ + down_), square = x * x;
  return {x * (odd + x * even * (15 + square * (-10 + 3 * square))),
          odd + x * even * (30 + square * (-40 + 18 * square)), even * (30 + square * (-120 + 90 * square))};
}

}  // namespace anyslice::stats
