// Limits on the signal strength of a binned model.
#pragma once

#include "core/stats/binned_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// "cls-asymptotic", "cls-toys", "delta-lnl-1".
const std::vector<std::string>& binned_method_names();

/// Where -ln L, profiled in all other parameters, has risen by delta_log_likelihood(level, 1) above its lowest value.
struct ProfileInterval {
  double best = 0;  ///< mu_hat >= 0
  double low = 0;   ///< 0 if no signal is inside
  Limit high;
  double rise_without_signal = 0;  ///< of -ln L from mu_hat to mu = 0
};

/// The upper limits by the named method. `delta-lnl-1` gives the upper edge of the interval, of the data and (as
/// median) of the Asimov data without signal. A model without any signal has no limit, and says so.
/// Throws InputError for bad options or a bad model, Cancelled if `progress` says so; what cannot be computed is a
/// limit with a reason.
UpperLimits binned_limits(const BinnedModel& model, const LimitOptions& options, const ProgressCallback& progress = {});

/// CLs at signal strength mu by cls-asymptotic or cls-toys; 1 for a model without any signal. Throws as above, and
/// where CLs cannot be computed.
ClsValues binned_cls(const BinnedModel& model, double mu, const LimitOptions& options,
                     const ProgressCallback& progress = {});

/// Throws InputError for a bad model or level, one without signal, and where a fit does not converge.
ProfileInterval binned_interval(const BinnedModel& model, double level);

/// How many events a single bin would need for the same skewness that the sum of the events of all bins has when each
/// is weighted by signal over expectation, (sum w^2 nu)^3 / (sum w^3 nu)^2: what decides how well asymptotic formulas
/// hold.
double effective_count(const std::vector<double>& signal, const std::vector<double>& expected);

}  // namespace anyslice::stats
