// Normalised kernels in one to three dimensions.
#include "core/reweight/kernel.hpp"

#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

namespace anyslice {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The volume of the unit ball.
double ball_volume(std::size_t dimensions) {
  const double half = static_cast<double>(dimensions) / 2;
  return std::pow(kPi, half) / std::tgamma(half + 1);
}

/// The integral of the kernel along the last axis where `inside` is true, the distances on the others given in `place`.
class LineIntegral {
 public:
  LineIntegral(KernelShape shape, const std::function<bool(std::span<const double>)>& inside)
      : shape_(shape), inside_(inside) {}

  double along(std::span<double> place, std::size_t axis, double r_squared) const {
    const double reach = kernel_reach(shape_);
    const double end = std::sqrt(std::max(reach * reach - r_squared, 0.0));
    if (axis + 1 < place.size()) {
      return boost::math::quadrature::gauss<double, 40>::integrate(
          [&](double t) {
            place[axis] = t;
            return along(place, axis + 1, r_squared + t * t);
          },
          -end, end);
    }
    // The border of what is inside cuts the line at a few places; between them the kernel is smooth.
    constexpr int kScan = 24;
    double sum = 0, from = -end;
    bool was_inside = is_inside(place, axis, -end);
    for (int i = 1; i <= kScan; ++i) {
      const double left = -end + 2 * end * (i - 1) / kScan, right = -end + 2 * end * i / kScan;
      const bool now = is_inside(place, axis, right);
      if (now == was_inside) continue;
      const double border = border_between(place, axis, left, right);
      if (was_inside) sum += smooth(from, border, r_squared);
      from = border;
      was_inside = now;
    }
    if (was_inside) sum += smooth(from, end, r_squared);
    return sum;
  }

 private:
  bool is_inside(std::span<double> place, std::size_t axis, double t) const {
    place[axis] = t;
    return inside_(place);
  }

  double border_between(std::span<double> place, std::size_t axis, double left, double right) const {
    const bool at_left = is_inside(place, axis, left);
    for (int step = 0; step < 30; ++step) {
      const double middle = (left + right) / 2;
      (is_inside(place, axis, middle) == at_left ? left : right) = middle;
    }
    return (left + right) / 2;
  }

  double smooth(double low, double high, double r_squared) const {
    return boost::math::quadrature::gauss<double, 20>::integrate(
        [&](double t) { return kernel_shape(shape_, r_squared + t * t); }, low, high);
  }

  KernelShape shape_;
  const std::function<bool(std::span<const double>)>& inside_;
};

}  // namespace

double kernel_coordinate(KernelDistance distance, double value) {
  switch (distance) {
    case KernelDistance::log10:
      return std::log10(value);
    case KernelDistance::ln:
      return std::log(value);
    default:
      return value;
  }
}

double value_at_coordinate(KernelDistance distance, double coordinate) {
  switch (distance) {
    case KernelDistance::log10:
      return std::pow(10, coordinate);
    case KernelDistance::ln:
      return std::exp(coordinate);
    default:
      return coordinate;
  }
}

double kernel_shape(KernelShape shape, double r_squared) {
  const double reach = kernel_reach(shape);
  if (!(r_squared < reach * reach)) return 0;
  switch (shape) {
    case KernelShape::epanechnikov:
      return 1 - r_squared;
    case KernelShape::gaussian:
      return std::exp(-r_squared / 2);
    default:
      return 1;
  }
}

double kernel_integral(KernelShape shape, std::size_t dimensions) {
  const auto d = static_cast<double>(dimensions);
  switch (shape) {
    case KernelShape::epanechnikov:
      return ball_volume(dimensions) * 2 / (d + 2);
    case KernelShape::gaussian:
      return std::pow(2 * kPi, d / 2);
    default:
      return ball_volume(dimensions);
  }
}

double kernel_reach(KernelShape shape) { return shape == KernelShape::gaussian ? 6 : 1; }

double kernel_share_inside(KernelShape shape, std::size_t dimensions,
                           const std::function<bool(std::span<const double>)>& inside) {
  std::array<double, 3> place{};
  const std::span<double> used(place.data(), dimensions);
  return LineIntegral(shape, inside).along(used, 0, 0) / kernel_integral(shape, dimensions);
}

}  // namespace anyslice
