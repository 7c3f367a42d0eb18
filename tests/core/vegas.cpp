// VEGAS: known integrals, honest errors, and maps that survive being written down.
#include "core/generate/vegas.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "core/random/counter_random.hpp"
#include "support.hpp"
#include "vegas_integrands.hpp"

using namespace anyslice;
using namespace anyslice::generate;

namespace {

VegasResult integrate(const testing::KnownIntegrand& integrand, const VegasSettings& settings, std::uint64_t seed) {
  VegasMap map(integrand.dimensions, settings.increments);
  return vegas_integrate(map, integrand.value, settings, seed);
}

VegasSettings settings_for(std::size_t dimensions) {
  VegasSettings settings;
  settings.warmup_iterations = 8;
  settings.warmup_calls = dimensions == 9 ? 5000 : 2000;
  settings.iterations = 8;
  settings.calls = settings.warmup_calls;
  return settings;
}

}  // namespace

TEST_CASE("VEGAS agrees with known integrals within its errors, which 200 seeds show to be honest") {
  for (const auto& integrand : testing::known_integrands()) {
    CAPTURE(integrand.name);
    const auto settings = settings_for(integrand.dimensions);
    constexpr int kSeeds = 200;
    double sum = 0, squares = 0, chi2 = 0;
    int beyond = 0;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      const auto result = integrate(integrand, settings, seed);
      const double pull = (result.integral - integrand.integral) / result.error;
      sum += pull, squares += pull * pull, chi2 += result.chi2_per_dof;
      beyond += std::abs(pull) > 3;
    }
    const double width = std::sqrt(squares / kSeeds);
    MESSAGE(integrand.name << ": pulls " << sum / kSeeds << " +- " << width << ", chi2/dof " << chi2 / kSeeds);
    // The width of 200 normal pulls is known to 1 / sqrt(400) = 5 %, their mean to 7 %.
    CHECK(std::abs(width - 1) < 0.2);
    CHECK(std::abs(sum / kSeeds) < 0.3);
    CHECK(beyond <= 4);
    CHECK(std::abs(chi2 / kSeeds - 1) < 0.2);
  }
}

TEST_CASE("VEGAS agrees with adaptive quadrature") {
  const auto integrand = [](double x) { return std::exp(-20 * x) * std::cos(7 * x) * std::cos(7 * x); };
  const double exact = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(integrand, 0.0, 1.0, 15, 1e-12);
  VegasMap map(1, 100);
  const auto result = vegas_integrate(
      map, [&](auto x) { return integrand(x[0]); }, {}, 5);
  CHECK(std::abs(result.integral - exact) < 3 * result.error);
  CHECK(result.error < 1e-5 * exact);
}

TEST_CASE("a constant is integrated exactly, an integrand that is zero gives zero") {
  VegasMap map(3, 20);
  const auto constant = vegas_integrate(
      map, [](auto) { return 2.5; }, {}, 1);
  CHECK(constant.integral == testing::near(2.5, 1e-12));
  CHECK(constant.error < 1e-12);
  const auto nothing = vegas_integrate(
      map, [](auto) { return 0.0; }, {}, 1);
  CHECK(nothing.integral == 0);
  CHECK(std::isfinite(nothing.error));
}

TEST_CASE("an adapted map keeps the integral: its jacobians average to one and its points stay inside") {
  const auto integrand = testing::known_integrands()[2];
  VegasMap map(integrand.dimensions, 50);
  vegas_integrate(map, integrand.value, settings_for(4), 3);
  std::array<double, 4> uniforms, point;
  double sum = 0, squares = 0;
  constexpr int kPoints = 20000;
  for (std::uint64_t i = 0; i < kPoints; ++i) {
    CounterRandom(77, i).fill(uniforms);
    const double jacobian = map(uniforms, point);
    for (const double x : point) REQUIRE((x > 0 && x < 1));
    sum += jacobian, squares += jacobian * jacobian;
  }
  const double mean = sum / kPoints;
  CHECK(std::abs(mean - 1) < 4 * std::sqrt((squares / kPoints - mean * mean) / kPoints));
}

TEST_CASE("the same seed gives the same result, and a map read back is the same map") {
  const auto integrand = testing::known_integrands()[1];
  const auto settings = settings_for(4);
  VegasMap first(4, 64), second(4, 64);
  const auto a = vegas_integrate(first, integrand.value, settings, 9);
  const auto b = vegas_integrate(second, integrand.value, settings, 9);
  CHECK(a.integral == b.integral);
  CHECK(a.error == b.error);
  const Json document = parse_json(first.document().dump(), "map");
  const auto again = VegasMap::read(JsonReader(document, "map"));
  CHECK(again.document() == second.document());
}

TEST_CASE("a map that is none is refused") {
  const auto message = [](const char* text) {
    const Json document = parse_json(text, "map");
    return testing::error_of([&] { VegasMap::read(JsonReader(document, "map")); });
  };
  CHECK(message(R"({"edges": []})").find("edges") != std::string::npos);
  CHECK(message(R"({"edges": [[0, 0.5, 1], [0, 1]]})").find("edges[1]") != std::string::npos);
  CHECK(message(R"({"edges": [[0, 0.7, 0.5, 1]]})").find("rise") != std::string::npos);
  CHECK(message(R"({"edges": [[0.1, 0.5, 1]]})").find("edges[0]") != std::string::npos);
  CHECK(message(R"({"edges": [[]]})").find("edges[0]") != std::string::npos);
}

TEST_CASE("VEGAS can be cancelled") {
  VegasMap map(2, 10);
  CHECK_THROWS_AS(vegas_integrate(
                      map, [](auto) { return 1.0; }, {}, 1, 0, [](double) { return false; }),
                  Cancelled);
}
