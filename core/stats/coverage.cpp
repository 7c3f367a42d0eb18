// Draws experiments and asks the construction about each; one answer per count where nothing else differs.
#include "core/stats/coverage.hpp"

#include <cmath>
#include <map>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/stats/profile_likelihood.hpp"
#include "core/stats/toy_statistics.hpp"

namespace anyslice::stats {
namespace {

constexpr double most_true_events = 1e7;

double factor(const CountingModel& model, std::size_t component, const std::vector<double>& pulls) {
  const bool logarithmic = model.constraint == Constraint::lognormal;
  double response = 0;
  for (std::size_t k = 0; k < pulls.size(); ++k) {
    const Systematic& systematic = model.systematics[k];
    const double size =
        component < model.backgrounds.size() ? systematic.on_background[component] : systematic.on_signal;
    response += (logarithmic ? std::log1p(size) : size) * pulls[k];
  }
  return logarithmic ? std::exp(response) : 1 + response;
}

// From the constraint density restricted to the allowed region, by drawing again.
void draw_pulls(const CountingModel& model, CounterRandom& random, std::vector<double>& pulls) {
  constexpr int most_attempts = 100000;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    bool allowed = true;
    for (double& pull : pulls) {
      pull = random.normal();
      allowed = allowed && !(model.constraint == Constraint::gaussian && std::fabs(pull) > model.pull_limit);
    }
    for (std::size_t j = 0; allowed && j <= model.backgrounds.size(); ++j) allowed = factor(model, j, pulls) >= 0;
    if (allowed) return;
  }
  throw InputError("coverage", "systematics", "almost no values of the pulls give yields >= 0: nothing can be drawn");
}

// The model whose auxiliary measurements came out at `pulls`: exact for lognormal constraints.
CountingModel measured(const CountingModel& model, const std::vector<double>& pulls) {
  CountingModel result = model;
  for (std::size_t j = 0; j < model.backgrounds.size(); ++j) result.backgrounds[j].expected *= factor(model, j, pulls);
  result.signal *= factor(model, model.backgrounds.size(), pulls);
  return result;
}

bool covers(const CountingModel& model, double mu, const LimitOptions& options) {
  return *cls_values(model, mu, options).observed > 1 - options.level;
}

}  // namespace

// Drawn, so that no other seed or experiment has the same toys.
std::uint64_t seed_of_inner_toys(std::uint64_t seed, std::uint64_t experiment) {
  CounterRandom random(seed, experiment, static_cast<std::uint32_t>(ToyStream::seeds));
  return static_cast<std::uint64_t>(std::ldexp(random.uniform(), 52));
}

double Coverage::error() const {
  const double count = static_cast<double>(experiments), share = value();
  return std::sqrt(std::max(share * (1 - share), 1 / count) / count);
}

Coverage coverage(const CountingModel& given, const LimitOptions& options, const CoverageRequest& request,
                  const ProgressCallback& progress) {
  check_input(given, options, options.method);
  if (!(request.mu >= 0 && request.mu * given.signal + given.total_background() <= most_true_events)) {
    throw InputError("coverage", "mu", "expected a true signal strength >= 0 with at most 1e7 events in total");
  }
  if (request.experiments < 1 || request.experiments > 100000000) {
    throw InputError("coverage", "experiments", "expected 1 to 100000000 experiments");
  }
  const bool drawn = request.nuisances == TrueNuisances::drawn;
  CountingModel model = options.combine_systematics ? given.combined() : given;
  if (!drawn && !model.systematics.empty() && model.constraint != Constraint::lognormal) {
    throw InputError("coverage", "nuisances",
                     "\"nominal\" is for lognormal constraints only, found " + to_string(model.constraint));
  }
  const auto likelihood = make_profile_likelihood(model);
  std::vector<double> pulls(model.systematics.size()), expected;
  const std::vector<double> nominal(model.systematics.size(), 0.0);
  std::map<double, bool> by_count;
  Coverage result;
  for (std::uint64_t i = 0; i < request.experiments; ++i) {
    report_progress(progress, static_cast<double>(i) / static_cast<double>(request.experiments));
    CounterRandom random(options.seed, request.first + i, static_cast<std::uint32_t>(ToyStream::coverage));
    if (drawn) {
      draw_pulls(model, random, pulls);
    } else {
      for (double& pull : pulls) pull = random.normal();
    }
    likelihood->expected(request.mu, drawn ? pulls : nominal, expected);
    model.observed = static_cast<double>(random.poisson(expected[0]));
    bool covered = false;
    if (drawn || pulls.empty()) {
      const auto known = by_count.find(*model.observed);
      covered = known != by_count.end() ? known->second : covers(model, request.mu, options);
      by_count.emplace(*model.observed, covered);
    } else {
      // The strength stays the true one: the measurement of the yields is what has moved.
      LimitOptions own = options;
      own.seed = seed_of_inner_toys(options.seed, request.first + i);
      covered = covers(measured(model, pulls), request.mu, own);
    }
    ++result.experiments;
    if (covered) ++result.covered;
  }
  report_progress(progress, 1);
  return result;
}

}  // namespace anyslice::stats
