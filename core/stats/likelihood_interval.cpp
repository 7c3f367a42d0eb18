// The two crossings of -ln L with its level.
#include "core/stats/likelihood_interval.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "core/base/error.hpp"
#include "core/stats/background_counts.hpp"
#include "core/stats/effective_likelihood.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {
namespace {

class Rise {
 public:
  Rise(const CountingModel& model, double count)
      : likelihood_(make_profile_likelihood(model)),
        data_{{count}, std::vector<double>(model.systematics.size(), 0.0)},
        best_(likelihood_->fit_free(data_, pulls_)) {}

  double best() const { return best_.signal_strength; }
  double operator()(double mu) { return std::max(likelihood_->fit(data_, mu, pulls_) - best_.nll, 0.0); }

  /// The mu above the best one at which -ln L has risen by `rise`.
  Limit upper_end(double rise, double level, double guess) {
    if (!std::isfinite(best())) return {std::nullopt, 0, "every signal strength fits the count equally well"};
    // The search wants ln(1 - level) where the rise is reached.
    const double scale = std::log1p(-level) / rise;
    Limit limit = find_limit([&](double above) { return scale * (*this)(best() + above); }, level, guess);
    if (limit.value) {
      *limit.value += best();
    } else if (limit.reason.find("any signal strength") != std::string::npos) {
      limit.reason =
          "-ln L stays below its limit for any signal strength: a downward fluctuation of the signal's own "
          "constrained systematics explains any signal away";
    }
    return limit;
  }

  /// 0 where no signal is within the rise, too.
  double lower_end(double rise) {
    const auto excess = [&](double mu) { return (*this)(mu)-rise; };
    const double at_zero = excess(0);
    if (!(at_zero > 0)) return 0;
    if (at_zero == INFINITY) {
      // Events over no background: -ln L falls like -n ln(mu).
      double low = best();
      while (excess(low) < 0) low *= 0.5;
      return bracketed(excess, low, 2 * low);
    }
    return bracketed(excess, 0, best());
  }

 private:
  template <class Function>
  static double bracketed(Function&& excess, double low, double high) {
    std::uintmax_t iterations = 200;
    const auto root = boost::math::tools::toms748_solve(excess, low, high, excess(low), excess(high),
                                                        boost::math::tools::eps_tolerance<double>(44), iterations);
    return 0.5 * (root.first + root.second);
  }

  std::unique_ptr<ProfileLikelihood> likelihood_;
  ProfileData data_;
  std::vector<double> pulls_;
  FreeFit best_;
};

std::string method_name(int parameters) { return likelihood_method_names()[static_cast<std::size_t>(parameters) - 1]; }

}  // namespace

UpperLimits likelihood_limits(const CountingModel& model, double level, int parameters,
                              const ProgressCallback& progress) {
  UpperLimits limits;
  limits.method = method_name(parameters);
  limits.level = level;
  const double rise = delta_log_likelihood(level, parameters);
  const auto limit_of = [&](double count) {
    return Rise(model, count).upper_end(rise, level, (std::sqrt(count + 1) + 1) / model.signal);
  };
  std::array<double, 5> counts{};
  std::string unknown;
  try {
    counts = background_counts(model);
  } catch (const InputError& error) {
    // The observed limit is known without them.
    unknown = "the counts to expect cannot be averaged over the uncertainties: " + error.expected();
  }
  if (unknown.empty()) {
    fill_by_count(model, counts, limit_of, limits, progress);
  } else {
    limits.observed =
        model.observed ? limit_of(*model.observed) : Limit{std::nullopt, 0, "a projection has no observed count"};
    for (Limit& limit : limits.expected) limit.reason = unknown;
  }
  if (limits.observed.value) {
    limits.intervals.push_back({"likelihood", Rise(model, *model.observed).lower_end(rise), *limits.observed.value});
  }
  return limits;
}

ClsValues likelihood_values(const CountingModel& model, double mu, int parameters, const ProgressCallback& progress) {
  ClsValues values;
  const auto p = [&](double count) {
    const double rise = Rise(model, count)(mu);
    return parameters == 1 ? std::erfc(std::sqrt(rise)) : std::exp(-rise);
  };
  if (model.observed) values.observed = p(*model.observed);
  const auto counts = background_counts(model, progress);
  for (std::size_t i = 0; i < band.size(); ++i) values.expected[i] = p(counts[i]);
  return values;
}

}  // namespace anyslice::stats
