// Integrands over the unit hypercube with known integrals.
#pragma once

#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace anyslice::testing {

struct KnownIntegrand {
  std::string name;
  std::size_t dimensions;
  double integral;
  std::function<double(std::span<const double>)> value;
};

/// The integral of a normal density of this mean and width over (0, 1).
inline double normal_share(double mean, double width) {
  const double scale = width * std::sqrt(2.0);
  return 0.5 * (std::erf((1 - mean) / scale) - std::erf(-mean / scale));
}

inline double normal_density(double x, double mean, double width) {
  return std::exp(-0.5 * (x - mean) * (x - mean) / (width * width)) / (width * std::sqrt(2 * 3.14159265358979323846));
}

inline std::vector<KnownIntegrand> known_integrands() {
  std::vector<KnownIntegrand> result;
  result.push_back({"a narrow peak on a slope, 1 dimension", 1, normal_share(0.3, 0.01) + 0.5,
                    [](auto x) { return normal_density(x[0], 0.3, 0.01) + x[0]; }});
  result.push_back({"a Gaussian in each of 4 dimensions", 4, std::pow(normal_share(0.4, 0.1), 4), [](auto x) {
                      double product = 1;
                      for (const double value : x) product *= normal_density(value, 0.4, 0.1);
                      return product;
                    }});
  // Two peaks on the diagonal: no product of one-dimensional densities describes them.
  const double near = normal_share(0.33, 0.1), far = normal_share(0.67, 0.1);
  result.push_back(
      {"two peaks on the diagonal of 4 dimensions", 4, 0.5 * (std::pow(near, 4) + std::pow(far, 4)), [](auto x) {
         double first = 0.5, second = 0.5;
         for (const double value : x) {
           first *= normal_density(value, 0.33, 0.1);
           second *= normal_density(value, 0.67, 0.1);
         }
         return first + second;
       }});
  result.push_back({"powers and exponentials in 9 dimensions", 9,
                    std::pow(0.25, 3) * std::pow((1 - std::exp(-5.0)) / 5, 3) * std::pow(2.0 / 3, 3), [](auto x) {
                      return std::pow(x[0] * x[1] * x[2], 3) * std::exp(-5 * (x[3] + x[4] + x[5])) *
                             std::sqrt(x[6] * x[7] * x[8]);
                    }});
  return result;
}

}  // namespace anyslice::testing
