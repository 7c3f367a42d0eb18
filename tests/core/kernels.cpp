// Kernels: normalised in any dimension, and by the share that lies where a table has events.
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "core/random/counter_random.hpp"
#include "core/reweight/decay_in_volume.hpp"
#include "core/reweight/decay_sums.hpp"
#include "core/reweight/kernel.hpp"
#include "core/reweight/lifetime_curve.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// The integral over the surface of spheres: area of the unit sphere times r^(d-1).
double integral_by_shells(KernelShape shape, std::size_t dimensions) {
  const double pi = std::acos(-1), areas[] = {2, 2 * pi, 4 * pi};
  const auto shell = [&](double r) {
    return areas[dimensions - 1] * std::pow(r, static_cast<double>(dimensions) - 1) * kernel_shape(shape, r * r);
  };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(shell, 0.0, kernel_reach(shape), 10, 1e-12);
}

}  // namespace

TEST_CASE("kernels are normalised in one, two and three dimensions") {
  for (const KernelShape shape : {KernelShape::epanechnikov, KernelShape::gaussian, KernelShape::top_hat}) {
    for (const std::size_t dimensions : {1, 2, 3}) {
      CHECK(kernel_integral(shape, dimensions) == near(integral_by_shells(shape, dimensions), 1e-7));
      CHECK(kernel_share_inside(shape, dimensions, [](auto) { return true; }) == near(1, 1e-4));
    }
  }
  // 0.75 (1 - u^2) in one dimension and 2 / pi (1 - r^2) in two.
  CHECK(1 / kernel_integral(KernelShape::epanechnikov, 1) == near(0.75, 1e-14));
  CHECK(1 / kernel_integral(KernelShape::epanechnikov, 2) == near(2 / std::acos(-1), 1e-14));
}

TEST_CASE("the share of a kernel inside a region") {
  const auto half = [](std::span<const double> place) { return place.back() > 0; };
  for (const std::size_t dimensions : {1, 2, 3}) {
    for (const KernelShape shape : {KernelShape::epanechnikov, KernelShape::gaussian, KernelShape::top_hat}) {
      CHECK(kernel_share_inside(shape, dimensions, half) == near(0.5, 1e-4));
    }
  }
  // Below the diagonal, shifted: the integral of 0.75 (1 - t^2) up to 0.4 in the direction across it.
  const auto below = [](std::span<const double> place) { return place[1] < place[0] + 0.4 * std::sqrt(2.0); };
  // A two-dimensional Epanechnikov kernel has the marginal 8/(3 pi) (1 - t^2)^1.5.
  const double pi = std::acos(-1);
  const double expected = boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
      [&](double t) { return 8 / (3 * pi) * std::pow(1 - t * t, 1.5); }, -1.0, 0.4, 10, 1e-12);
  CHECK(kernel_share_inside(KernelShape::epanechnikov, 2, below) == near(expected, 1e-3));
}

TEST_CASE("coordinates of kernels go there and back") {
  for (const KernelDistance distance : {KernelDistance::log10, KernelDistance::ln, KernelDistance::linear}) {
    CHECK(value_at_coordinate(distance, kernel_coordinate(distance, 0.37)) == near(0.37, 1e-14));
  }
  CHECK(kernel_coordinate(KernelDistance::log10, 100) == near(2, 1e-15));
}

TEST_CASE("sums over many weights and lifetimes agree with double precision") {
  DecayColumns columns;
  std::vector<float> first, second;
  for (std::uint64_t i = 0; i < 1003; ++i) {
    CounterRandom random(3, i);
    columns.entry.push_back(static_cast<float>(random.uniform() < 0.2 ? 0 : 500 * random.uniform()));
    columns.length.push_back(static_cast<float>(90 * random.uniform()));
    if (random.uniform() < 0.4) columns.further.push_back({static_cast<std::uint32_t>(i), 600, 50});
    first.push_back(static_cast<float>(random.uniform()));
    second.push_back(static_cast<float>(std::exp(-8 * random.uniform())));
  }
  const std::vector<double> u = {0.01, 0.3, 2, 10, 55, 300, 4e3, 1e5, 1e9};
  const std::vector<const float*> weights = {first.data(), second.data(), first.data()};
  const RowRun run{17, 990};
  std::vector<double> sums(weights.size() * u.size(), 0.0), squares(sums.size(), 0.0);
  const DecayRows rows = columns.rows();
  std::vector<const float*> of_run;
  for (const float* one : weights) of_run.push_back(one + run.begin);
  DecaySummation(u).add(rows.part(run.begin, run.end), of_run, sums, squares);
  for (std::size_t w = 0; w < weights.size(); ++w) {
    for (std::size_t k = 0; k < u.size(); ++k) {
      double sum = 0, square = 0;
      for (std::size_t row = run.begin; row < run.end; ++row) {
        double probability = decay_probability(rows.entry[row], rows.length[row], u[k]);
        for (const auto& crossing : rows.further) {
          if (crossing.row == row) probability += decay_probability(crossing.entry, crossing.length, u[k]);
        }
        const double weight = static_cast<double>(weights[w][row]) * probability;
        sum += weight, square += weight * weight;
      }
      CHECK(sums[w * u.size() + k] == near(sum, 1e-5));
      CHECK(squares[w * u.size() + k] == near(square, 1e-5));
      const auto exact = exact_decay_sum(rows.part(run.begin, run.end), of_run[w], u[k]);
      CHECK(exact.sum == near(sum, 1e-12));
      CHECK(exact.sum_of_squares == near(square, 1e-12));
    }
  }
}

TEST_CASE("a lifetime curve is accurate or says nothing") {
  const auto exact = [](double x) { return LogSums{std::log(std::exp(-std::exp(-x)) + 0.01), -std::exp(-x)}; };
  std::vector<LogSums> values;
  for (int i = -60; i <= 120; ++i) values.push_back(exact(i * LifetimeCurve::kStep));
  const LifetimeCurve curve(-60, values);
  CHECK_FALSE(curve.at(100).has_value());
  CHECK_FALSE(curve.at(-100).has_value());
  int answered = 0;
  for (double x = -5; x < 9; x += 0.011) {
    const auto found = curve.at(x);
    if (!found) continue;
    ++answered;
    CHECK(std::abs(found->sum - exact(x).sum) < 1e-4);
    CHECK(std::abs(found->squares - exact(x).squares) < 1e-4);
  }
  CHECK(answered > 600);
}
