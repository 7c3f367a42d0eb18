// The search for the limit: bracket by doubling, then Boost's TOMS 748 in ln mu.
#include "core/stats/limit_search.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <exception>
#include <stdexcept>

#include "core/base/error.hpp"

namespace anyslice::stats {

namespace {

Limit search(const std::function<double(double)>& log_cls, double level, double guess) {
  const double target = std::log1p(-level);
  // CLs underflows to zero far above the limit; the search needs a finite number there.
  const auto excess = [&](double log_mu) {
    const double value = log_cls(std::exp(log_mu));
    if (std::isnan(value)) throw std::runtime_error("CLs is not a number");
    return std::max(value, -1e10) - target;
  };
  double low = std::log(guess), high = low;
  double at_low = excess(low), at_high = at_low;
  double step = 0.3;
  while (at_high > 0) {
    low = high;
    at_low = at_high;
    if (high - std::log(guess) > std::log(1e9)) {
      return {std::nullopt, 0, "CLs stays above " + std::to_string(1 - level) + " for any signal strength"};
    }
    high += step;
    step *= 1.5;
    at_high = excess(high);
  }
  step = 0.3;
  // CLs(0) = 1, so a bracket is found unless rounding makes CLs flat.
  while (at_low < 0 && low > -1000) {
    high = low;
    at_high = at_low;
    low -= step;
    step *= 1.5;
    at_low = excess(low);
  }
  if (at_low == 0) return {std::exp(low), 0, ""};
  if (at_high == 0) return {std::exp(high), 0, ""};
  if (!(at_low > 0 && at_high < 0)) return {std::nullopt, 0, "CLs could not be followed down to signal strength 0"};
  std::uintmax_t iterations = 100;
  const auto root = boost::math::tools::toms748_solve(excess, low, high, at_low, at_high,
                                                      boost::math::tools::eps_tolerance<double>(44), iterations);
  return {std::exp(0.5 * (root.first + root.second)), 0, ""};
}

}  // namespace

Limit find_limit(const std::function<double(double)>& log_cls, double level, double guess) {
  try {
    return search(log_cls, level, guess);
  } catch (const InputError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    return {std::nullopt, 0, std::string("the limit cannot be computed: ") + error.what()};
  }
}

}  // namespace anyslice::stats
