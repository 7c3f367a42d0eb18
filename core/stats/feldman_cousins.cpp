// Acceptance regions are runs of counts; where they change as the signal moves is known in closed form.
//
// With h(n) = n ln n - n for n >= b and its tangent n ln b - b below, ln R(n | x) = n ln x - x - h(n) for an
// expectation x = s + b. As h is convex, R has one maximum in n, and two counts change their order at one x only: where
// ln x is the slope of the chord of h between them.
#include "core/stats/feldman_cousins.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "core/random/incomplete_gamma.hpp"
#include "core/stats/background_counts.hpp"
#include "core/stats/poisson_nll.hpp"

namespace anyslice::stats {
namespace {

/// P(N <= n) and P(N >= n) at expectation x; n may be -1.
double at_most(double n, double x) { return n < 0 ? 0 : (x > 0 ? gamma_q(n + 1, x) : 1); }
double at_least(double n, double x) { return n <= 0 ? 1 : (x > 0 ? gamma_p(n, x) : 0); }

double log_ratio(double n, double background, double x) {
  return poisson_nll(n, std::max(n, background)) - poisson_nll(n, x);
}

/// The expectation above which `larger` counts are more likely, by their R, than `smaller` ones.
double change_of_order(double smaller, double larger, double background) {
  if (larger <= background) return background;
  const double reference = larger;
  // The chord relative to the tangent at the larger count.
  const double rise = poisson_nll(smaller, reference) - poisson_nll(smaller, std::max(smaller, background));
  return reference * std::exp(-rise / (larger - smaller));
}

/// The expectation on one side of `from` at which ln R of `n` has fallen to `log_value`.
double where_ratio_is(double n, double background, double from, double log_value, bool above) {
  double inside = from, outside = from;
  for (double step = 1 + std::sqrt(from); log_ratio(n, background, outside) > log_value; step *= 2) {
    inside = outside;
    outside = above ? outside + step : std::max(outside - step, 0.0);
    if (outside == 0) break;
  }
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (inside + outside);
    (log_ratio(n, background, middle) > log_value ? inside : outside) = middle;
  }
  return outside;
}

/// Where p, above `risk` at one end of the segment only, passes it.
template <class Probability>
double crossing(Probability&& p, double low, double high, double risk) {
  const auto excess = [&](double x) { return p(x) - risk; };
  const double at_low = excess(low), at_high = excess(high);
  if (at_low == 0) return low;
  if (at_high == 0) return high;
  std::uintmax_t iterations = 100;
  const auto root = boost::math::tools::toms748_solve(excess, low, high, at_low, at_high,
                                                      boost::math::tools::eps_tolerance<double>(48), iterations);
  return 0.5 * (root.first + root.second);
}

// Between two changes of order p falls and then rises again, so within a segment whose ends lie on the two sides of
// `risk` there is one crossing. Where ln R is below ln(risk / 2), p is below risk: by Chernoff's bound neither tail has
// more than R of the observed count.

double upper_end(double observed, double background, double risk) {
  const double mode = std::max(observed, background);
  const double outside = where_ratio_is(observed, background, mode, std::log(0.5 * risk), true);
  // The largest count that has passed the observed one at `outside`.
  double low = observed, high = observed + 1;
  while (change_of_order(observed, high, background) < outside) {
    low = high;
    high = observed + 2 * (high - observed);
  }
  while (high - low > 1) {
    const double middle = std::floor(0.5 * (low + high));
    (change_of_order(observed, middle, background) < outside ? low : high) = middle;
  }
  double end = outside, block = 1;
  for (double count = low;; --count) {
    // Over many segments at once p is at most the lower tail where they begin and the wider upper one where they end:
    // blocks that stay below the risk are left out, and they grow as long as they do.
    while (block >= 1 && count - block > observed) {
      const double start = std::max(change_of_order(observed, count - block + 1, background), background);
      if (at_most(observed, start) + at_least(count - block + 2, end) <= risk) {
        count -= block;
        end = std::min(end, start);
        block *= 2;
      } else {
        block = std::floor(0.5 * block);
      }
    }
    block = 1;
    const double start = count > observed ? change_of_order(observed, count, background) : background;
    const auto p = [&](double x) { return at_most(observed, x) + at_least(count + 1, x); };
    if (start < end) {
      if (p(end) > risk) return end;
      if (p(start) > risk) return crossing(p, start, end, risk);
    }
    if (count == observed) return background;  // only for risks above about one half: nothing but s = 0
    end = std::max(start, background);
  }
}

double lower_end(double observed, double background, double risk) {
  if (observed <= background) return background;
  double start = std::max(where_ratio_is(observed, background, observed, std::log(0.5 * risk), false), background);
  // The smallest count that the observed one has not passed at `start`.
  double low = -1, high = observed;
  while (high - low > 1) {
    const double middle = std::floor(0.5 * (low + high));
    (change_of_order(middle, observed, background) <= start ? low : high) = middle;
  }
  double block = 1;
  for (double count = high; count < observed; ++count) {
    // As for the upper end.
    while (block >= 1 && count + block < observed) {
      const double end = change_of_order(count + block - 1, observed, background);
      if (at_least(observed, end) + at_most(count + block - 2, start) <= risk) {
        count += block;
        start = end;
        block *= 2;
      } else {
        block = std::floor(0.5 * block);
      }
    }
    block = 1;
    const double end = change_of_order(count, observed, background);
    const auto p = [&](double x) { return at_least(observed, x) + at_most(count - 1, x); };
    if (p(start) > risk) return start;
    if (p(end) > risk) return crossing(p, start, end, risk);
    start = end;
  }
  return start;
}

}  // namespace

double feldman_cousins_p_value(double observed, double background, double signal) {
  const double x = background + signal;
  if (x <= 0) return observed == 0 ? 1 : 0;
  const double own = log_ratio(observed, background, x);
  // Equal up to rounding is equal.
  const auto is_before = [&](double n) { return log_ratio(n, background, x) > own + 1e-12 * (1 + std::fabs(own)); };
  const bool upwards = is_before(observed + 1);
  if (!upwards && !(observed > 0 && is_before(observed - 1))) return 1;
  if (upwards) {
    double last = observed + 1, outside = observed + 2;
    while (is_before(outside)) {
      last = outside;
      outside = observed + 2 * (outside - observed);
    }
    while (outside - last > 1) {
      const double middle = std::floor(0.5 * (last + outside));
      (is_before(middle) ? last : outside) = middle;
    }
    return std::min(at_most(observed, x) + at_least(last + 1, x), 1.0);
  }
  double outside = -1, last = observed - 1;
  // R rises with n up to x, so the counts that come before are those from `last` on.
  while (last - outside > 1) {
    const double middle = std::floor(0.5 * (last + outside));
    (is_before(middle) ? last : outside) = middle;
  }
  return std::min(at_least(observed, x) + at_most(last - 1, x), 1.0);
}

SignalInterval feldman_cousins_interval(double observed, double background, double level) {
  const double risk = 1 - level;
  return {"feldman-cousins", lower_end(observed, background, risk) - background,
          upper_end(observed, background, risk) - background};
}

UpperLimits feldman_cousins_limits(const CountingModel& model, double level, const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = "feldman-cousins";
  limits.level = level;
  const double background = model.total_background();
  fill_by_count(
      model, background_counts(model),
      [&](double count) -> Limit {
        const double high = feldman_cousins_interval(count, background, level).high;
        if (high > 0) return {high / model.signal, 0, ""};
        return {std::nullopt, 0, "at this level the interval holds nothing but a signal of zero"};
      },
      limits, progress);
  if (limits.observed.value) {
    SignalInterval interval = feldman_cousins_interval(*model.observed, background, level);
    interval.low /= model.signal;
    interval.high /= model.signal;
    limits.intervals.push_back(interval);
  }
  return limits;
}

ClsValues feldman_cousins_values(const CountingModel& model, double mu) {
  ClsValues values;
  const double background = model.total_background();
  const auto p = [&](double count) { return feldman_cousins_p_value(count, background, mu * model.signal); };
  if (model.observed) values.observed = p(*model.observed);
  const auto counts = background_counts(model);
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = p(counts[i]);
  return values;
}

}  // namespace anyslice::stats
