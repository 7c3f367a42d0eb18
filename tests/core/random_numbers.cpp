// The counter-based generator: known answers, independence of the order of use, and its distributions.
#include <doctest/doctest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"
#include "core/random/incomplete_gamma.hpp"
#include "near.hpp"

using namespace anyslice;
using anyslice::testing::near;

TEST_CASE("random numbers are Philox4x32-10 with the published answers") {
  // Known-answer vector of the Random123 distribution: counter 0, key 0 -> 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  CounterRandom random(0, 0, 0);
  const double expected_first = (std::ldexp(static_cast<double>(0xe169c58d6627e8d5ULL >> 12), 0) + 0.5) * 0x1p-52;
  const double expected_second = (std::ldexp(static_cast<double>(0x9b00dbd8bc57ac4cULL >> 12), 0) + 0.5) * 0x1p-52;
  CHECK(random.uniform() == expected_first);
  CHECK(random.uniform() == expected_second);
}

TEST_CASE("seed, index and stream each give other numbers, and the same ones again") {
  const auto first = [](std::uint64_t seed, std::uint64_t index, std::uint32_t stream) {
    return CounterRandom(seed, index, stream).uniform();
  };
  const double reference = first(7, 11, 3);
  CHECK(reference == first(7, 11, 3));
  CHECK(reference != first(8, 11, 3));
  CHECK(reference != first(7, 12, 3));
  CHECK(reference != first(7, 11, 4));
  CHECK(reference != first(7 + (1ULL << 32), 11, 3));
  CHECK(reference != first(7, 11 + (1ULL << 32), 3));
}

TEST_CASE("uniforms have the moments of the uniform distribution and do not repeat from block to block") {
  double sum = 0, square = 0, product = 0, previous = 0.5;
  const int count = 200000;
  CounterRandom random(42, 0);
  for (int i = 0; i < count; ++i) {
    const double u = random.uniform();
    REQUIRE((u > 0 && u < 1));
    sum += u;
    square += u * u;
    product += (u - 0.5) * (previous - 0.5);
    previous = u;
  }
  CHECK(sum / count == near(0.5, 4 * 0.2887 / std::sqrt(count) / 0.5));
  CHECK(square / count == near(1.0 / 3, 4 * 0.2981 / std::sqrt(count) * 3));
  CHECK(std::fabs(product / count) < 4 / 12.0 / std::sqrt(count));
}

TEST_CASE("the normal quantile agrees with Boost from one tail to the other") {
  const boost::math::normal_distribution<double, DoublePrecision> normal;
  for (const double p : {1e-300, 1e-20, 1e-9, 0.003, 0.02275, 0.0749, 0.0751, 0.3, 0.5000001, 0.84, 0.97, 1 - 1e-9}) {
    CHECK(normal_quantile(p) == near(boost::math::quantile(normal, p), 1e-14));
  }
  CHECK(normal_quantile(0.5) == 0);
}

TEST_CASE("Poisson quantiles are the smallest count with enough probability") {
  for (const double mean : {1e-9, 0.3, 1.9, 29.9, 30.1, 250.0, 1e5, 3e9}) {
    const PoissonQuantile table(mean);
    for (const double p : {1e-12, 1e-4, 0.02275, 0.1587, 0.5, 0.8413, 0.9772, 0.99999, 1 - 1e-12}) {
      const double count = static_cast<double>(poisson_quantile(p, mean));
      CAPTURE(mean);
      CAPTURE(p);
      CHECK(gamma_q(count + 1, mean) >= p - 1e-14);
      if (count > 0) CHECK(gamma_q(count, mean) < p + 1e-14);
      CHECK(static_cast<double>(table(p)) == count);
    }
  }
  CHECK(poisson_quantile(0.999, 0) == 0);
}

TEST_CASE("Poisson counts have the right mean and variance and do not decrease with the mean") {
  for (const double mean : {0.7, 12.0, 90.0}) {
    double sum = 0, square = 0;
    const int count = 50000;
    for (int i = 0; i < count; ++i) {
      const double k = static_cast<double>(CounterRandom(5, static_cast<std::uint64_t>(i)).poisson(mean));
      sum += k;
      square += (k - mean) * (k - mean);
      REQUIRE(CounterRandom(5, static_cast<std::uint64_t>(i)).poisson(1.01 * mean) >= k);
    }
    CHECK(std::fabs(sum / count - mean) < 4 * std::sqrt(mean / count));
    CHECK(std::fabs(square / count / mean - 1) < 4 * std::sqrt((2 + 1 / mean) / count));
  }
}
