// The effective likelihood: reference values, its integral, its limits, and levels of the likelihood ratio.
#include <doctest/doctest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>
#include <limits>

#include "core/random/incomplete_gamma.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::stats;
using anyslice::testing::kInfinity;
using anyslice::testing::near;

namespace {

/// mean - center - center ln(mean / center), with the digits of difference = mean - center where that is small.
double half_deviance(double center, double mean, double difference) {
  const double relative = difference / center;
  if (std::fabs(relative) < 0.5) return -center * boost::math::log1pmx(relative, DoublePrecision());
  return difference - center * std::log(mean / center);
}

/// The trapezoidal rule in u on a peak at 0 of about this width, out to where the integrand e^exponent(u) ends; it
/// converges exponentially for such integrands. Returns the logarithm.
template <class Exponent>
double log_integral(double width, Exponent&& exponent) {
  const double step = width / 16, top = exponent(0.0);
  double sum = 1;
  for (const double direction : {-step, step}) {
    double term = 0;
    for (int i = 1; term > -45; ++i) {
      term = exponent(direction * i) - top;
      sum += std::exp(term);
    }
  }
  return top + std::log(step * sum);
}

/// ln of what Eq. 3.16 of arXiv:1901.04645 is the closed form of: the Poisson probability averaged over the gamma
/// distribution of the mean with shape alpha and rate beta, divided by the integral of that distribution. Its mode is
/// mu, so it is e^(-beta half_deviance(mu, mean)) up to a constant.
double averaged_poisson(double count, double mu, double sigma2) {
  const double beta = mu / sigma2, alpha = mu * beta + 1;
  // Over u with mean = peak e^u, where peak = mu + shift; the small differences would be lost in mean - mu.
  const auto integral = [&](double shift, double shape, auto&& exponent) {
    const double peak = mu + shift;
    return std::log(peak) + log_integral(1 / std::sqrt(shape), [&](double u) {
             return exponent(peak * std::exp(u), shift + peak * std::expm1(u)) + u;
           });
  };
  const auto gamma = [&](double mean, double difference) { return -beta * half_deviance(mu, mean, difference); };
  const double without = integral(1 / beta, alpha, gamma);
  const double with = integral((count + 1 - mu) / (1 + beta), count + alpha, [&](double mean, double difference) {
    return gamma(mean, difference) - half_deviance(count, mean, (mu - count) + difference);
  });
  // Poisson(count | mean) is e^-half_deviance over sqrt(2 pi count) and Stirling's series (NIST DLMF 5.11.1).
  const double stirling = (1 / 12.0 - 1 / (360 * count * count)) / count;
  return with - without - 0.5 * std::log(2 * std::acos(-1) * count) - stirling;
}

}  // namespace

TEST_CASE("effective likelihood: every reference value") {
  const Json reference = testing::repository_json("tests/validation/effective_likelihood/reference.json");
  REQUIRE(reference["points"].size() == 41);
  for (const Json& point : reference["points"]) {
    const double count = point["k"], mu = point["mu"], sigma2 = point["sigma2"];
    CAPTURE(count);
    CAPTURE(mu);
    CAPTURE(sigma2);
    const double value = effective_log_likelihood(count, mu, sigma2);
    const double expected = point["log_likelihood"].is_null() ? -kInfinity : point["log_likelihood"].get<double>();
    if (expected == 0 || expected == -kInfinity) {
      CHECK(value == expected);
    } else {
      CHECK(value == near(expected, 2e-14));
    }
  }
}

TEST_CASE("effective likelihood: nothing counted has a closed form") {
  for (const double mu : {1e-12, 1e-3, 0.7, 5.0, 1e3, 1e8}) {
    for (const double s : {1e-3, 0.2, 1.0, 30.0, 1e9}) {
      // alpha ln(beta / (1 + beta)), where alpha = mu / s + 1 and beta = 1 / s
      CHECK(effective_log_likelihood(0, mu, s * mu) == near(-(mu / s + 1) * std::log1p(s), 1e-13));
    }
    CHECK(effective_log_likelihood(0, mu, 0) == -mu);
    CHECK(poisson_log_likelihood(0, mu) == -mu);
  }
}

TEST_CASE("effective likelihood: without variance it is Poisson") {
  for (const double mu : {1e-12, 0.1, 1.0, 7.7, 120.0}) {
    double factorial = 1;
    for (int count = 1; count <= 100; ++count) {
      factorial *= count;
      const double expected = count * std::log(mu) - mu - std::log(factorial);
      CHECK(poisson_log_likelihood(count, mu) == near(expected, 1e-12));
      CHECK(effective_log_likelihood(count, mu, 0) == poisson_log_likelihood(count, mu));
    }
    for (const double count : {1e-9, 0.5, 2.5, 38.9, 39.1, 45.2}) {
      const double expected = count * std::log(mu) - mu - std::lgamma(count + 1);
      CHECK(poisson_log_likelihood(count, mu) == near(expected, 1e-12));
    }
  }
  CHECK(poisson_log_likelihood(0, 0) == 0);
  CHECK(poisson_log_likelihood(2, 0) == -kInfinity);
  CHECK(poisson_log_likelihood(-1, 2) == -kInfinity);
}

TEST_CASE("effective likelihood: it approaches Poisson smoothly as the variance goes to zero") {
  for (const double count : {0.0, 0.3, 1.0, 2.0, 12.5, 20.0, 39.0, 40.0, 41.5, 300.0, 1e4}) {
    for (const double relative : {0.4, 1.3}) {
      const double mu = relative * (count + 1);
      const double poisson = poisson_log_likelihood(count, mu);
      // The first order in s = sigma2 / mu of Eq. 3.16.
      const double slope = ((count - mu) * (count - mu) + count - 2 * mu) / (2 * mu);
      CAPTURE(count);
      CAPTURE(mu);
      double last = kInfinity;
      for (double s = 1e-4; s > 1e-300; s /= 10) {
        const double difference = effective_log_likelihood(count, mu, s * mu) - poisson;
        const double rounding = 1e-14 * std::fabs(poisson);
        CHECK(std::fabs(difference) <= last + rounding);
        // What is left is of second order.
        CHECK(std::fabs(difference - s * slope) <= s * s * std::pow(count + mu + 1, 3) + rounding);
        last = std::fabs(difference);
      }
    }
  }
}

TEST_CASE("effective likelihood: many counts agree with the integral it stands for") {
  for (const double count : {50.0, 1e4, 1e5}) {
    for (const double relative : {0.1, 0.9, 0.99, 1.0, 1.01, 1.1, 3.0}) {
      for (double sigma2 = 1e-12; sigma2 < 2e6; sigma2 *= 10) {
        const double mu = relative * count;
        CAPTURE(count);
        CAPTURE(mu);
        CAPTURE(sigma2);
        CHECK(effective_log_likelihood(count, mu, sigma2) == near(averaged_poisson(count, mu, sigma2), 1e-11));
      }
    }
    for (const double mu : {1e-3, 1.0, 30.0}) {  // sigma2 far above mu^2
      for (const double sigma2 : {1.0, 1e3, 1e6}) {
        CAPTURE(count);
        CAPTURE(mu);
        CAPTURE(sigma2);
        CHECK(effective_log_likelihood(count, mu, sigma2) == near(averaged_poisson(count, mu, sigma2), 1e-11));
      }
    }
  }
}

TEST_CASE("effective likelihood: the probabilities of all counts add up to 1") {
  for (const double mu : {0.01, 3.0, 60.0}) {
    for (const double s : {0.0, 1e-6, 0.3, 5.0}) {
      double sum = 0;
      for (int count = 0; count < 3000; ++count) sum += std::exp(effective_log_likelihood(count, mu, s * mu));
      CHECK(sum == near(1, 1e-12));
    }
  }
}

TEST_CASE("effective likelihood: counts between whole ones lie between them, on either side of every form") {
  for (const double mu : {0.2, 3.0, 38.0, 500.0}) {
    for (const double s : {0.0, 1e-9, 0.05, 1.0, 40.0, 1e6}) {
      for (int count = 1; count <= 60; ++count) {
        CAPTURE(count);
        CAPTURE(mu);
        CAPTURE(s);
        const auto value = [&](double k) { return effective_log_likelihood(k, mu, s * mu); };
        const double slope = (value(count + 1e-4) - value(count - 1e-4)) / 2;
        CHECK(std::fabs(value(count + 1e-4) - value(count) - slope) < 1e-7);
        // ln L is concave in the count.
        CHECK(value(count + 0.5) > 0.5 * (value(count) + value(count + 1)) - 1e-12 * std::fabs(value(count)));
      }
    }
  }
}

TEST_CASE("effective likelihood: never NaN, never above 1, whatever finite numbers are given") {
  const double extremes[] = {0,    5e-324, 1e-308, 1e-200, 1e-100, 1e-20, 1e-8, 0.5,   1,     2,     9.5,    39,
                             39.5, 40,     50,     1e4,    1e8,    1e16,  1e20, 1e100, 1e200, 1e307, 1.7e308};
  bool sane = true;
  for (const double count : extremes) {
    for (const double mu : extremes) {
      for (const double sigma2 : extremes) {
        const double value = effective_log_likelihood(count, mu, sigma2);
        if (!(value <= 1e-13)) {
          sane = false;
          MESSAGE("ln L_eff(" << count << " | " << mu << ", " << sigma2 << ") = " << value);
        }
      }
    }
  }
  CHECK(sane);
  CHECK(effective_log_likelihood(-1, 1, 1) == -kInfinity);
  CHECK(effective_log_likelihood(1, 1, -1) == -kInfinity);
  CHECK(effective_log_likelihood(0, -1, 1) == 0);
  CHECK(std::isnan(effective_log_likelihood(std::nan(""), 1, 1)));
  CHECK(std::isnan(effective_log_likelihood(1, std::nan(""), 1)));
  CHECK(std::isnan(effective_log_likelihood(1, 1, std::nan(""))));
}

TEST_CASE("levels of the likelihood ratio are half the quantiles of the chi-square distribution") {
  // References in double precision, as WebAssembly emulates anything wider.
  using ChiSquared = boost::math::chi_squared_distribution<double, DoublePrecision>;
  for (const double level : {1e-6, 0.1, 0.6827, 0.9, 0.95, 0.9973, 1 - 1e-9}) {
    for (const int parameters : {1, 2}) {
      CAPTURE(level);
      CAPTURE(parameters);
      CHECK(delta_log_likelihood(level, parameters) ==
            near(0.5 * boost::math::quantile(ChiSquared(parameters), level), 1e-9));
    }
    CHECK(delta_log_likelihood(level, 2) == near(-std::log1p(-level), 1e-14));
    CHECK(std::erf(std::sqrt(delta_log_likelihood(level, 1))) == near(level, 1e-13));
  }
  CHECK(delta_log_likelihood(0.9, 1) == near(1.353, 1e-3));
  CHECK(delta_log_likelihood(0.9, 2) == near(2.303, 1e-3));
  CHECK(delta_log_likelihood(0.95, 2) == near(3.00, 2e-3));
  for (const double level : {0.0, 1.0, -0.1, 95.0, std::nan("")}) {
    CHECK(testing::error_of([&] { delta_log_likelihood(level, 1); }).find("level") != std::string::npos);
  }
  CHECK(testing::error_of([] { delta_log_likelihood(0.9, 3); }).find("1 or 2") != std::string::npos);
}
