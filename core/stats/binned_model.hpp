// Counts in any number of bins: what is expected in them, and the parameters with which that changes.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "core/stats/yield_response.hpp"

namespace anyslice::stats {

/// How an auxiliary measurement holds a parameter.
enum class Measurement {
  none,      ///< a free parameter
  gaussian,  ///< measured ~ Normal(parameter, width)
  poisson,   ///< measured ~ Poisson(width x parameter): the statistics of a simulation or a side band
};

struct BinnedParameter {
  std::string name;
  double nominal = 0;  ///< where fits start and, between equal bounds, stay
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  Measurement measurement = Measurement::none;
  double measured = 0, width = 1;
};

/// The events of one sample in one bin: (nominal + shifts) x factors, times the signal strength mu if it is signal, and
/// nominal + shifts never below zero.
struct BinnedTerm {
  std::size_t bin = 0;
  std::string sample;
  double nominal = 0;
  bool is_signal = false;
  std::vector<std::size_t> factors, shifts;  ///< indices into BinnedModel::responses
};

/// A parameter may act on any terms: that is how systematics are correlated between samples, bins and analyses.
struct BinnedModel {
  std::vector<std::string> bins;  ///< names
  std::vector<double> observed;   ///< one count per bin; need not be whole
  /// Whether these are data. Otherwise they stand for what is expected without signal, and there is no observed limit.
  bool is_observed = true;
  std::vector<BinnedParameter> parameters;
  std::vector<YieldResponse> responses;
  std::vector<BinnedTerm> terms;

  /// Throws InputError(source, field, ...) for: no bins; another number of counts; counts and yields that are not from
  /// 0 to 1e10, or signals up to 1e200; parameters with crossed bounds, a nominal value outside them, a width that is
  /// not positive, measured values that are not finite; indices that lead nowhere; a count where nothing is expected
  /// whatever the parameters.
  void validate(const std::string& source) const;
  /// Events of all bins at the nominal parameters: signal at mu = 1, or all but the signal.
  double nominal_total(bool of_signal) const;
  /// Index of the parameter, which is added if there is none of that name.
  std::size_t parameter(const BinnedParameter& wanted);
};

}  // namespace anyslice::stats
