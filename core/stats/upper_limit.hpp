// The result of every upper-limit construction, and the constructions by name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.hpp"
#include "core/stats/counting_model.hpp"

namespace anyslice::stats {

/// One limit on the signal strength mu. `value` is empty where no limit exists; `reason` then says why.
struct Limit {
  std::optional<double> value;
  double error = 0;  ///< Monte Carlo standard error of the value (0: the construction is deterministic)
  std::string reason;
};

/// A two-sided interval of the signal strength on the observed count.
struct SignalInterval {
  std::string kind;  ///< "feldman-cousins", "central", "highest-density" or "likelihood"
  double low = 0, high = 0;
};

/// Observed limit and the expected ones at -2, -1, 0, +1, +2 standard deviations of the background-only outcome.
struct UpperLimits {
  std::string method;
  double level = 0.95;  ///< confidence level
  Limit observed;
  std::array<Limit, 5> expected;
  std::vector<std::string> warnings;
  std::vector<SignalInterval> intervals;  ///< of the constructions that have them; empty without an observation
};

/// What a construction compares with 1 - level at one signal strength, observed and expected in the same order as
/// UpperLimits, with Monte Carlo errors: CLs; for bayes-flat the posterior probability of a larger signal; for
/// feldman-cousins and delta-lnl the p-value.
struct ClsValues {
  std::optional<double> observed;
  double observed_error = 0;
  std::array<double, 5> expected{};
  std::array<double, 5> expected_error{};
};

struct LimitOptions {
  std::string method = "cls-hybrid";  ///< one of method_names()
  double level = 0.95;                ///< confidence level, 0 < level < 1
  std::uint64_t toys = 100000;        ///< per hypothesis and tested mu (where needs_toys()), 100 to 1e8
  std::uint64_t seed = 1;             ///< of the toys
  /// Use CountingModel::combined(): one pull for all systematics that act on one and the same single component. With
  /// limited pulls (gaussian) this is what bounds the yields: ten separate pulls of -3 could remove any signal.
  bool combine_systematics = true;
  /// Throws InputError for an unknown method, a level outside 1e-6..1 - 1e-9 or other than 100 to 1e8 toys.
  void validate(const std::string& source) const;
};

/// "cls-hybrid", "cls-toys", "cls-asymptotic", "cls-exact", "bayes-flat", "feldman-cousins", "delta-lnl-1",
/// "delta-lnl-2".
const std::vector<std::string>& method_names();
/// The last two: by the rise of -ln L for one and for two parameters.
const std::vector<std::string>& likelihood_method_names();
/// The others.
const std::vector<std::string>& event_method_names();

/// Whether the construction throws toys: cls-toys, and feldman-cousins where there are uncertainties.
bool needs_toys(const CountingModel& model, const std::string& method);

/// Throws InputError on bad options or a model that is bad for this method.
void check_input(const CountingModel& model, const LimitOptions& options, const std::string& method);

/// The upper limits on mu by the named construction. Throws InputError on bad options or a bad model, Cancelled if
/// `progress` says so, and nothing else: what cannot be computed is a limit with a reason.
UpperLimits upper_limits(const CountingModel& model, const LimitOptions& options,
                         const ProgressCallback& progress = {});

/// CLs at signal strength mu by the named construction; 0 where it is below the smallest positive number.
/// Throws InputError on bad options, a bad model or mu, or where CLs cannot be computed.
ClsValues cls_values(const CountingModel& model, double mu, const LimitOptions& options,
                     const ProgressCallback& progress = {});

}  // namespace anyslice::stats
