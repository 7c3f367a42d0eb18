// VEGAS against that of the GNU Scientific Library, at equal calls.
#include <gsl/gsl_monte_vegas.h>

#include <cmath>

#include "../support.hpp"
#include "../vegas_integrands.hpp"
#include "core/generate/vegas.hpp"

using namespace anyslice;
using namespace anyslice::generate;

namespace {

double call(double* point, std::size_t dimensions, void* parameters) {
  return static_cast<const testing::KnownIntegrand*>(parameters)->value(std::span<const double>(point, dimensions));
}

/// The mean over seeds of the squared deviation from the true integral: errors that the programs state are not
/// compared.
struct Deviations {
  double ours = 0, theirs = 0;
};

Deviations compare(testing::KnownIntegrand integrand, std::size_t warmup_calls, std::size_t calls, int seeds) {
  constexpr std::size_t kWarmup = 5, kIterations = 5;
  Deviations result;
  for (int seed = 1; seed <= seeds; ++seed) {
    VegasSettings settings;
    settings.warmup_iterations = kWarmup;
    settings.warmup_calls = warmup_calls;
    settings.iterations = kIterations;
    settings.calls = calls;
    VegasMap map(integrand.dimensions, settings.increments);
    const auto found = vegas_integrate(map, integrand.value, settings, static_cast<std::uint64_t>(seed));
    REQUIRE(found.calls <= kWarmup * warmup_calls + kIterations * calls);
    result.ours += std::pow(found.integral / integrand.integral - 1, 2) / seeds;

    gsl_monte_function function = {call, integrand.dimensions, &integrand};
    std::vector<double> low(integrand.dimensions, 0.0), high(integrand.dimensions, 1.0);
    gsl_rng* random = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(random, static_cast<unsigned long>(seed));
    gsl_monte_vegas_state* state = gsl_monte_vegas_alloc(integrand.dimensions);
    gsl_monte_vegas_params parameters;
    gsl_monte_vegas_params_get(state, &parameters);
    parameters.iterations = kWarmup;
    gsl_monte_vegas_params_set(state, &parameters);
    double value = 0, error = 0;
    gsl_monte_vegas_integrate(&function, low.data(), high.data(), integrand.dimensions, warmup_calls, random, state,
                              &value, &error);
    parameters.stage = 1;  // keeps the grid, forgets the estimates
    parameters.iterations = kIterations;
    gsl_monte_vegas_params_set(state, &parameters);
    gsl_monte_vegas_integrate(&function, low.data(), high.data(), integrand.dimensions, calls, random, state, &value,
                              &error);
    result.theirs += std::pow(value / integrand.integral - 1, 2) / seeds;
    gsl_monte_vegas_free(state);
    gsl_rng_free(random);
  }
  return result;
}

}  // namespace

TEST_CASE("the variance is no worse than that of GSL's VEGAS at equal calls") {
  for (const auto& integrand : testing::known_integrands()) {
    const std::size_t calls = integrand.dimensions == 9 ? 10000 : 4000;
    constexpr int kSeeds = 150;
    const auto deviations = compare(integrand, calls, calls, kSeeds);
    MESSAGE(integrand.name << ": variance " << deviations.ours / deviations.theirs << " of GSL's, relative error "
                           << std::sqrt(deviations.ours));
    // The ratio of two variances of 150 values is known to 16 %.
    CHECK(deviations.ours < 1.1 * (1 + 2 * 0.16) * deviations.theirs);
  }
}
