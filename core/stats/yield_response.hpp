// How yields answer to a parameter, with first and second derivatives: the interpolations of HistFactory.
#pragma once

#include <cstddef>

namespace anyslice::stats {

/// What a parameter does to a yield. The first three multiply it, the others add events to it; `up` and `down` are what
/// they give at parameter +1 and -1. Names and codes of interpolation as in HistFactory (CERN-OPEN-2012-016) and pyhf
/// (doi:10.21105/joss.02823).
enum class ResponseShape {
  factor,              ///< x parameter
  exponential,         ///< x up^parameter above 0, x down^-parameter below (code 1); a lognormal if down = 1 / up
  smooth_exponential,  ///< the same beyond +-1, between them the polynomial of degree 6 that joins smoothly (code 4)
  linear,              ///< + up x parameter; `down` is not used
  smooth_linear,       ///< + up x parameter above 1, - down x parameter below -1, smooth between (code 4p)
};

inline bool is_additive(ResponseShape shape) {
  return shape == ResponseShape::linear || shape == ResponseShape::smooth_linear;
}

struct ResponseValue {
  double value = 0, first = 0, second = 0;  ///< with derivatives by the parameter
};

/// One response of one parameter. Factors `up` and `down` must be above 0, the shifts of an additive one finite.
class YieldResponse {
 public:
  YieldResponse(ResponseShape shape, std::size_t parameter, double up = 0, double down = 0);
  ResponseValue at(double parameter) const;
  ResponseShape shape() const { return shape_; }
  std::size_t parameter() const { return parameter_; }
  double up() const { return up_; }
  double down() const { return down_; }

 private:
  ResponseShape shape_;
  std::size_t parameter_;
  double up_, down_, log_up_ = 0, log_down_ = 0;
  double coefficients_[7] = {};  // of code 4
};

}  // namespace anyslice::stats
