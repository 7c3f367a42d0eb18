// A counting experiment: observed count, expected backgrounds and signal, and their constrained uncertainties.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace anyslice::stats {

/// How the yield of a component answers to the pull delta (in standard deviations) of a constrained systematic
/// of relative size r.
enum class Constraint {
  gaussian,   ///< yield x (1 + r delta), pull limited to +-pull_limit (the RooStats habit), yield never negative
  truncated,  ///< yield x (1 + r delta) with the factor of each component never negative and no other pull limit
  lognormal,  ///< yield x (1 + r)^delta: median at the nominal yield, one standard deviation up is 1 + r
};

/// Names as in cards and on the command line: "gaussian", "truncated", "lognormal".
/// Throws InputError for another name.
Constraint parse_constraint(const std::string& name, const std::string& source, const std::string& field);
std::string to_string(Constraint constraint);

/// One named uncertainty: a unit-Gaussian constrained pull that moves one or several components together.
struct Systematic {
  std::string name;
  std::vector<double> on_background;  ///< relative size on each background component (0: does not act)
  double on_signal = 0;               ///< relative size on the signal
};

/// The most events, counted or expected, of a counting model, and the most for averages over uncertainties.
inline constexpr double largest_events = 1e10;
inline constexpr double largest_averaged_events = 1e7;

struct Background {
  std::string name;
  double expected = 0;  ///< events
};

/// One counting bin. `signal` is the expectation in events at signal strength mu = 1.
struct CountingModel {
  std::optional<double> observed;  ///< count; none for a projection, whose observed limit does not exist
  std::vector<Background> backgrounds;
  double signal = 1;
  std::vector<Systematic> systematics;
  Constraint constraint = Constraint::lognormal;
  double pull_limit = 3;  ///< 0.01 to 1000, used by Constraint::gaussian only

  double total_background() const;
  /// Throws InputError(source, field, ...) unless the count is whole and it and the backgrounds, one by one and in
  /// total, are from 0 to largest_events, the signal from 1e-200 to 1e200, relative sizes from 0 to 100, and every
  /// systematic has one entry per background.
  void validate(const std::string& source) const;
  /// Throws InputError(source, field, ...) if there are systematics and the count or the total background is above
  /// largest_averaged_events: quadrature and toys are tested up to there.
  void validate_averaged(const std::string& source) const;
  /// The same model with the systematics that act on one and the same single component added in quadrature:
  /// exactly equivalent for unbounded Gaussian pulls and, in the logarithm, for lognormal ones. Systematics that act
  /// on several components stay apart.
  CountingModel combined() const;
};

}  // namespace anyslice::stats
