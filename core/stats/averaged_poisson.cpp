// Which pulls matter for a count, the systematics that act on several components, and the quantiles of the count.
#include "core/stats/averaged_poisson.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "core/base/error.hpp"
#include "core/random/distributions.hpp"
#include "core/stats/gauss_legendre.hpp"
#include "core/stats/normal.hpp"
#include "core/stats/poisson_tail.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_shared_systematics = 3;
constexpr std::size_t most_shared_points = 200000;
constexpr double largest_tabulated_count = 1500;
// A tail this deep (in ln) is averaged around its saddle point; above, the plain sums lose nothing.
constexpr double deep_tail = -30;

}  // namespace

AveragedPoisson::AveragedPoisson(const CountingModel& model, ProgressCallback progress)
    : model_(model),
      progress_(std::move(progress)),
      pull_limit_(model.constraint == Constraint::gaussian ? model.pull_limit : infinity),
      signal_{model.signal, YieldFactor(model.constraint, model.pull_limit, {}), {}, {}} {
  const std::size_t count = model.backgrounds.size();
  std::vector<std::vector<double>> own(count + 1), shared(count + 1), all(count + 1);
  std::string shared_names;
  for (std::size_t k = 0; k < model.systematics.size(); ++k) {
    const Systematic& systematic = model.systematics[k];
    std::vector<std::size_t> acts_on;
    const auto size = [&](std::size_t i) { return i < count ? systematic.on_background[i] : systematic.on_signal; };
    for (std::size_t i = 0; i <= count; ++i) {
      all[i].push_back(YieldFactor::response(model.constraint, size(i)));
      if (size(i) > 0 && (i == count || model.backgrounds[i].expected > 0)) acts_on.push_back(i);
    }
    if (acts_on.empty()) continue;
    if (acts_on.size() == 1) {
      own[acts_on[0]].push_back(size(acts_on[0]));
      continue;
    }
    for (std::size_t i = 0; i <= count; ++i) shared[i].push_back(all[i].back());
    shared_.push_back(k);
    shared_names += (shared_names.empty() ? "" : ", ") + systematic.name;
  }
  if (shared_.size() > most_shared_systematics) {
    throw InputError("cls-hybrid", "systematics",
                     "at most 3 systematics can act on several components at once, found " +
                         std::to_string(shared_.size()) + " (" + shared_names + "): use cls-toys or cls-asymptotic");
  }
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double expected = model.backgrounds[i].expected;
    if (expected <= 0) continue;
    backgrounds_.push_back(
        {expected, YieldFactor(model.constraint, model.pull_limit, own[i]), shared[i], std::move(all[i])});
    double square = 0;
    for (const auto* sizes : {&own[i], &shared[i]}) {
      for (const double size : *sizes) square += size * size;
    }
    mean += expected;
    variance += expected + expected * expected * square;
  }
  signal_ = {model.signal, YieldFactor(model.constraint, model.pull_limit, own[count]), shared[count],
             std::move(all[count])};

  // The quantiles of a small background come from its distribution, computed once.
  for (double last = std::ceil(mean + 4 * std::sqrt(variance)) + 8; last <= largest_tabulated_count; last *= 2) {
    const AveragedTail all_counts = tail(last);
    std::vector<double> sum(static_cast<std::size_t>(last) + 1, 0.0);
    for (const AveragedTail::Part& part : all_counts.parts_) {
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part.counts[k];
    }
    cumulative_.clear();
    double total = 0;
    for (const double probability : sum) {
      total += probability * std::exp(all_counts.log_scale_) / all_counts.total_weight_;
      cumulative_.push_back(total);
    }
    if (total > 0.9999) return;
  }
  cumulative_.clear();
}

double AveragedPoisson::shift(const Component& component, const std::vector<double>& pulls) const {
  double sum = 0;
  for (std::size_t i = 0; i < pulls.size(); ++i) sum += component.shared_response[i] * pulls[i];
  return sum;
}

// The integrand at its largest bounds the average from below, so pulls of a density below e^-40 of it do not matter.
// Its place is the best fit of the count at fixed mu.
AveragedPoisson::Saddle AveragedPoisson::saddle(double count, double mu) const {
  Saddle result;
  double mean = mu * signal_.expected;
  for (const Component& component : backgrounds_) mean += component.expected;
  std::vector<double> pulls(model_.systematics.size(), 0.0);
  double height = log_poisson_tail(count, mean);
  if (height < -1 && !pulls.empty()) {
    try {
      make_profile_likelihood(model_)->fit({{count}, pulls}, mu, pulls);
    } catch (const std::runtime_error&) {
      pulls.assign(model_.systematics.size(), 0.0);  // a lower bound all the same
    }
  }
  const auto events = [&](const Component& component, double expected) {
    double response = 0;
    for (std::size_t k = 0; k < pulls.size(); ++k) response += component.response[k] * pulls[k];
    return expected * std::max(component.factor.factor(response), 0.0);
  };
  result.signal = events(signal_, mu * signal_.expected);
  result.total = result.signal;
  for (const Component& component : backgrounds_) {
    result.backgrounds.push_back(events(component, component.expected));
    result.total += result.backgrounds.back();
  }
  height = log_poisson_tail(count, result.total);
  for (const double pull : pulls) height -= 0.5 * pull * pull;
  result.reach = std::sqrt(80 - 2 * height);
  if (height < deep_tail && result.total >= count) {
    result.tilt = count > 0 ? 1 - count / result.total : 1;
    for (const std::size_t k : shared_) result.shared_pulls.push_back(pulls[k]);
  } else {
    result.signal = result.total = 0;
    result.backgrounds.assign(backgrounds_.size(), 0.0);
  }
  return result;
}

// Tensor product over the shared pulls, pull by pull: the trapezoidal rule, which converges exponentially for smooth
// decaying integrands, or panels between the kinks where limits on pulls or on yields cut the density off.
void AveragedPoisson::add_shared_points(std::vector<double>& pulls, double log_weight, double count,
                                        const Saddle& saddle, std::vector<SharedPoint>& points) const {
  const std::size_t index = pulls.size();
  if (index == shared_.size()) {
    points.push_back({pulls, log_weight});
    if (points.size() > most_shared_points) {
      throw InputError("cls-hybrid", "systematics",
                       "the systematics on several components are too precise or too many for a quadrature at such "
                       "counts: use cls-toys or cls-asymptotic");
    }
    return;
  }
  const bool logarithmic = model_.constraint == Constraint::lognormal;
  const double reach = saddle.reach, high = std::min(pull_limit_, reach);
  const double top = std::max(count, saddle.total);
  double low = -high, rate = signal_.shared_response[index] * (top + 3);
  std::vector<double> cuts;
  const auto consider = [&](const Component& component) {
    const double response = component.shared_response[index];
    if (response == 0) return;
    rate += response * (logarithmic ? top + 3 : component.expected);
    if (logarithmic) return;
    for (std::size_t later = index + 1; later < shared_.size(); ++later) {
      if (component.shared_response[later] > 0) return;  // smoothed by the later pull
    }
    const double edge = -(1 + shift(component, pulls)) / response;
    const double blur = component.factor.deviation() / response;
    if (blur == 0) {
      low = std::max(low, edge);
    } else if (blur < 1) {
      for (const double step : {-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0}) cuts.push_back(edge + step * blur);
    }
  };
  for (const Component& component : backgrounds_) consider(component);
  consider(signal_);
  if (low >= high) return;

  const double normalisation = std::isfinite(pull_limit_) ? std::erf(pull_limit_ / std::numbers::sqrt2) : 1.0;
  double square = 0;
  for (const double pull : pulls) square += pull * pull;
  const auto add = [&](double pull, double step) {
    if (square + pull * pull > reach * reach) return;
    pulls.push_back(pull);
    add_shared_points(pulls, log_weight + std::log(step / normalisation) + log_normal_density(pull), count, saddle,
                      points);
    pulls.pop_back();
  };
  const double resolution = std::sqrt((logarithmic ? top : count) + 1) / rate;
  // Panels of a single pull may grow with the distance from a saddle point in a deep tail.
  const bool graded = saddle.tilt > 0 && shared_.size() == 1;
  if (cuts.empty() && low == -reach && high == reach && !graded) {
    const double step = std::min(0.45, 0.8 * resolution);
    if (reach / step > static_cast<double>(most_shared_points)) points.resize(most_shared_points);
    const auto last = static_cast<long long>(std::min(reach / step, 2.0 * most_shared_points));
    for (long long i = -last; i <= last; ++i) add(step * static_cast<double>(i), step);
    return;
  }
  if (graded) cuts.push_back(saddle.shared_pulls[index]);
  cuts.push_back(low);
  cuts.push_back(high);
  std::sort(cuts.begin(), cuts.end());
  const auto add_panel = [&](double from, double to) {
    const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
    for (std::size_t point = 0; point < gauss_points; ++point) {
      add(middle + half * gauss_rule().points[point], half * gauss_rule().weights[point]);
    }
  };
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double from = std::max(cuts[i], low), to = std::min(cuts[i + 1], high);
    if (from >= to) continue;
    if (!graded) {
      const double wanted = std::ceil((to - from) / std::min(2.5, 4 * resolution));
      if (wanted > static_cast<double>(most_shared_points)) points.resize(most_shared_points);
      const auto panels = static_cast<long long>(std::min(wanted, 2.0 * most_shared_points));
      const double width = (to - from) / static_cast<double>(panels);
      for (long long panel = 0; panel < panels; ++panel) {
        add_panel(from + width * static_cast<double>(panel), from + width * static_cast<double>(panel + 1));
      }
      continue;
    }
    for (double t = from; t < to;) {
      const double distance = t - saddle.shared_pulls[index];
      // Towards the saddle point a panel may take a quarter of the way that is left, beyond it a third of the way gone.
      const double growth = distance < 0 ? -0.25 * distance : 0.33 * distance;
      const double next = std::min(to, t + std::min(1.0, std::max(2 * resolution, growth)));
      if (next <= t) break;
      add_panel(t, next);
      t = next;
    }
  }
}

AveragedTail AveragedPoisson::tail(double count, double mu) const { return AveragedTail(*this, count, mu, false); }

AveragedTail AveragedPoisson::integral_tail(double count) const { return AveragedTail(*this, count, 0, false, true); }

double AveragedPoisson::signal_response() const {
  if (model_.constraint != Constraint::lognormal) return 0;
  double square = 0;
  for (const double response : signal_.response) square += response * response;
  return std::sqrt(square);
}

double AveragedPoisson::log_cls(double count, double mu) const {
  if (mu == 0) return 0;
  AveragedTail background = tail(count);
  // The pulls that matter without signal still do for a moderate one; a strong one draws other pulls.
  const double nearby = background.log_cls(mu);
  if (nearby > -15) return nearby;
  return tail(count, mu).log_probability(mu) - background.log_background();
}

double AveragedPoisson::background_probability(double count) const {
  return std::exp(AveragedTail(*this, count, 0, true).log_background());
}

double AveragedPoisson::background_quantile(double probability) const {
  if (!cumulative_.empty() && probability <= cumulative_.back()) {
    const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), probability);
    return static_cast<double>(found - cumulative_.begin());
  }
  // In standard deviations the distribution function is nearly a straight line of the count: false position with the
  // halving of a stuck end (Illinois) needs few steps.
  const double target = normal_quantile(probability);
  const auto excess = [&](double count) {
    return normal_quantile(std::clamp(background_probability(count), 1e-300, 1 - 1e-16)) - target;
  };
  double high = 0;
  for (const Component& component : backgrounds_) high += component.expected;
  high = std::ceil(high);
  double low = -1, at_low = -40 - target, at_high = excess(high);
  for (double step = std::ceil(2 * std::sqrt(high + 1)); at_high < 0; step *= 3) {
    low = high;
    at_low = at_high;
    high += step;
    at_high = excess(high);
  }
  for (double step = std::ceil(2 * std::sqrt(high + 1)); low == -1 && high - step > 0; step *= 3) {
    const double trial = high - step, value = excess(trial);
    if (value < 0) {
      low = trial;
      at_low = value;
    } else {
      high = trial;
      at_high = value;
    }
  }
  for (int side = 0, steps = 0; high - low > 1; ++steps) {
    double middle = std::floor(low + (high - low) * at_low / (at_low - at_high));
    if (steps > 30) middle = std::floor(0.5 * (low + high));
    middle = std::clamp(middle, low + 1, high - 1);
    const double value = excess(middle);
    if (value >= 0) {
      high = middle;
      at_high = value;
      if (side == 1) at_low *= 0.5;
      side = 1;
    } else {
      low = middle;
      at_low = value;
      if (side == -1) at_high *= 0.5;
      side = -1;
    }
  }
  return high;
}

}  // namespace anyslice::stats
