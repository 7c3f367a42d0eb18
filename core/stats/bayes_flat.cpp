// The posterior above mu, its quantiles and the interval of highest density.
//
// For given pulls, with signal factor f and background b, the integral over the signal strength is a difference of
// Poisson tails: int_mu^inf P(N = n | m f s + b) dm = Q(n + 1, b + mu f s) / (f s). So the posterior probability above
// mu is <Q(n + 1, b + mu f s) / f> / <Q(n + 1, b) / f>: the hybrid CLs with weights 1 / f.
#include "core/stats/bayes_flat.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <optional>

#include "core/base/error.hpp"
#include "core/stats/averaged_poisson.hpp"
#include "core/stats/background_counts.hpp"
#include "core/stats/cls_exact.hpp"
#include "core/stats/poisson_tail.hpp"

namespace anyslice::stats {
namespace {

// Why the posterior cannot be normalised; empty where it can. Near a factor f = 0 its average is that of 1 / f.
std::string why_improper(const CountingModel& model) {
  if (model.constraint == Constraint::lognormal) return {};
  const bool limited = model.constraint == Constraint::gaussian;
  double reach = 0;
  for (const Systematic& systematic : model.systematics) {
    if (systematic.on_signal > 0) reach += systematic.on_signal * (limited ? model.pull_limit : INFINITY);
  }
  if (reach < 1) return {};
  return "the posterior of a flat prior cannot be normalised: pulls that act linearly can scale the signal down to "
         "nothing, so that no signal strength is too large (lognormal uncertainties do not)";
}

class Posterior {
 public:
  /// `averaged` is null without systematics.
  Posterior(const CountingModel& model, const AveragedPoisson* averaged, double count)
      : background_(model.total_background()), signal_(model.signal), count_(count) {
    if (averaged == nullptr) {
      log_background_ = log_poisson_tail(count, background_);
      return;
    }
    integral_.emplace(averaged->integral_tail(count));
    at_most_.emplace(averaged->tail(count));
    if (count > 0) below_.emplace(averaged->tail(count - 1));
  }

  bool exists() const { return !integral_ || std::isfinite(integral_->log_background()); }

  /// ln of the posterior probability above mu.
  double log_above(double mu) {
    if (integral_) return integral_->log_cls(mu);
    return log_poisson_tail(count_, background_ + mu * signal_) - log_background_;
  }

  /// ln of the posterior density, up to a constant.
  double log_density(double mu) {
    if (!at_most_) {
      const double events = background_ + mu * signal_;
      return count_ > 0 ? count_ * std::log(events) - events : -events;
    }
    const double at_most = at_most_->log_probability(mu);
    return below_ ? at_most + std::log(-std::expm1(below_->log_probability(mu) - at_most)) : at_most;
  }

  /// The mu below which the share `probability` lies.
  Limit quantile(double probability) {
    if (!integral_) {
      Limit limit = exact_event_limit(count_, background_, probability);
      if (limit.value) *limit.value /= signal_;
      return limit;
    }
    const double guess = exact_event_limit(count_, background_, probability).value.value_or(count_ + 3) / signal_;
    return find_limit([&](double mu) { return log_above(mu); }, probability, guess);
  }

 private:
  double background_, signal_, count_, log_background_ = 0;
  std::optional<AveragedTail> integral_, at_most_, below_;
};

// [low, high] with the share `level` and equal densities at both ends; from 0 where the density is highest there.
std::optional<SignalInterval> highest_density(Posterior& posterior, double level, double upper_limit) {
  const auto upper_end = [&](double low) {
    return posterior.quantile(level - std::expm1(posterior.log_above(low))).value.value_or(NAN);
  };
  // The density at the lower end above that at the upper one, with the lower end moving up to its largest.
  const auto excess = [&](double low) {
    return posterior.log_density(low) - posterior.log_density(low > 0 ? upper_end(low) : upper_limit);
  };
  const double at_zero = excess(0);
  if (std::isnan(at_zero)) return std::nullopt;
  if (at_zero >= 0) return SignalInterval{"highest-density", 0, upper_limit};
  const Limit largest = posterior.quantile((1 - level) * (1 - 1e-9));
  if (!largest.value) return std::nullopt;
  const double at_largest = excess(*largest.value);
  if (!(at_largest > 0)) return std::nullopt;
  // Without background the density vanishes at zero: its logarithm is too low for the search.
  double start = 0, at_start = at_zero;
  if (!std::isfinite(at_zero)) {
    for (start = 0.5 * *largest.value; start > 0; start *= 0.5) {
      at_start = excess(start);
      if (!(at_start >= 0)) break;
    }
  }
  std::uintmax_t iterations = 100;
  const auto root = boost::math::tools::toms748_solve(excess, start, *largest.value, at_start, at_largest,
                                                      boost::math::tools::eps_tolerance<double>(36), iterations);
  const SignalInterval interval{"highest-density", 0.5 * (root.first + root.second), upper_end(root.first)};
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return std::nullopt;
  return interval;
}

void add_intervals(Posterior& posterior, double level, UpperLimits& limits) {
  const Limit low = posterior.quantile(0.5 * (1 - level)), high = posterior.quantile(0.5 * (1 + level));
  if (low.value && high.value) limits.intervals.push_back({"central", *low.value, *high.value});
  try {
    const auto interval = highest_density(posterior, level, *limits.observed.value);
    if (interval) {
      limits.intervals.push_back(*interval);
      return;
    }
  } catch (const std::exception& error) {
    if (dynamic_cast<const Cancelled*>(&error) != nullptr) throw;
  }
  limits.warnings.push_back("the interval of highest density could not be found");
}

}  // namespace

UpperLimits bayes_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "bayes-flat";
  limits.level = level;
  if (const std::string reason = why_improper(model); !reason.empty()) {
    limits.observed.reason = model.observed ? reason : "a projection has no observed count";
    for (Limit& limit : limits.expected) limit.reason = reason;
    return limits;
  }
  const auto keep = [&](double) {
    report_progress(progress, 0);
    return true;
  };
  std::optional<AveragedPoisson> averaged;
  if (!model.systematics.empty()) averaged.emplace(model, keep);
  const AveragedPoisson* average = averaged ? &*averaged : nullptr;
  const std::string improbable = "the count is too improbable for a quadrature over the uncertainties";
  fill_by_count(
      model, background_counts(model, keep),
      [&](double count) {
        Posterior posterior(model, average, count);
        return posterior.exists() ? posterior.quantile(level) : Limit{std::nullopt, 0, improbable};
      },
      limits, progress);
  if (limits.observed.value) {
    Posterior posterior(model, average, *model.observed);
    add_intervals(posterior, level, limits);
  }
  return limits;
}

ClsValues bayes_values(const CountingModel& model, double mu, const ProgressCallback& progress) {
  if (const std::string reason = why_improper(model); !reason.empty()) {
    throw InputError("bayes-flat", "constraint", reason);
  }
  std::optional<AveragedPoisson> averaged;
  if (!model.systematics.empty()) averaged.emplace(model, progress);
  const auto above = [&](double count) {
    Posterior posterior(model, averaged ? &*averaged : nullptr, count);
    const double value = posterior.exists() ? posterior.log_above(mu) : NAN;
    if (std::isnan(value)) {
      throw InputError("bayes-flat", "observed",
                       "the count is too improbable for a quadrature over the uncertainties: use cls-asymptotic");
    }
    return std::min(std::exp(value), 1.0);
  };
  ClsValues values;
  if (model.observed) values.observed = above(*model.observed);
  const auto counts = background_counts(model, progress);
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = above(counts[i]);
  return values;
}

}  // namespace anyslice::stats
