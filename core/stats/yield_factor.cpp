// Densities of sums of truncated Gaussian pulls and quadrature nodes graded to the Poisson distribution.
#include "core/stats/yield_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/stats/gauss_legendre.hpp"
#include "core/stats/normal.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t chebyshev_points = 16;
// The density of a sum gains one derivative with each pull, so the kinks of later sums need no panel edges.
constexpr std::size_t most_kinks = 64;
// A pull this much narrower than the widest matters by the square of that; it only adds its variance.
constexpr double negligible_width = 1e-6;
// Limits further out than this leave no trace in double precision.
constexpr double widest_pull_limit = 8.5;

double chebyshev_point(std::size_t index) {
  return -std::cos(std::numbers::pi * static_cast<double>(index) / (chebyshev_points - 1));
}

// Barycentric interpolation at Chebyshev points of the second kind (Berrut and Trefethen, SIAM Review 46 (2004) 501).
double interpolate(const std::vector<double>& values, double x) {
  static const std::vector<double> points = [] {
    std::vector<double> result;
    for (std::size_t i = 0; i < chebyshev_points; ++i) result.push_back(chebyshev_point(i));
    return result;
  }();
  double numerator = 0, denominator = 0;
  for (std::size_t i = 0; i < chebyshev_points; ++i) {
    const double distance = x - points[i];
    if (distance == 0) return values[i];
    double weight = (i % 2 ? -1.0 : 1.0) / distance;
    if (i == 0 || i + 1 == chebyshev_points) weight *= 0.5;
    numerator += weight * values[i];
    denominator += weight;
  }
  return numerator / denominator;
}

}  // namespace

double YieldFactor::response(Constraint constraint, double size) {
  return constraint == Constraint::lognormal ? std::log1p(size) : size;
}

double YieldFactor::factor(double response) const { return logarithmic_ ? std::exp(response) : 1 + response; }

YieldFactor::YieldFactor(Constraint constraint, double pull_limit, const std::vector<double>& sizes)
    : logarithmic_(constraint == Constraint::lognormal),
      pull_limit_(constraint == Constraint::gaussian && pull_limit < widest_pull_limit ? pull_limit : infinity) {
  std::vector<double> widths;
  for (const double size : sizes) {
    if (size > 0) widths.push_back(response(constraint, size));
  }
  if (widths.empty()) return;
  std::sort(widths.begin(), widths.end(), std::greater<>());
  double square = 0;
  for (const double width : widths) square += width * width;
  if (!std::isfinite(pull_limit_)) {
    deviation_ = std::sqrt(square);
    bound_ = infinity;
    return;
  }
  deviation_ = widths.front();
  bound_ = pull_limit_ * widths.front();
  kinks_ = {-bound_, bound_};
  for (std::size_t i = 1; i < widths.size() && widths[i] > negligible_width * widths[0]; ++i) convolve(widths[i]);
  deviation_ = std::sqrt(square);
}

double YieldFactor::log_density(double response) const {
  if (std::fabs(response) > bound_) return -infinity;
  if (panels_.empty()) {
    const double inside = std::isfinite(pull_limit_) ? std::erf(pull_limit_ / std::numbers::sqrt2) : 1.0;
    return log_normal_density(response / deviation_) - std::log(deviation_ * inside);
  }
  auto panel = std::upper_bound(panels_.begin(), panels_.end(), response,
                                [](double value, const Panel& candidate) { return value < candidate.high; });
  if (panel == panels_.end()) --panel;
  const double value =
      interpolate(panel->values, (2 * response - panel->low - panel->high) / (panel->high - panel->low));
  return value > 0 ? std::log(value) : -infinity;
}

// The density of t + width * pull: an integral over the pull, split where the pull meets its limits or t a kink.
void YieldFactor::convolve(double width) {
  std::vector<double> edges_of_old = kinks_;
  for (const Panel& panel : panels_) edges_of_old.push_back(panel.low);
  std::sort(edges_of_old.begin(), edges_of_old.end());

  std::vector<double> kinks;
  const double bound = bound_ + pull_limit_ * width;
  if (2 * kinks_.size() <= most_kinks) {
    for (const double kink : kinks_) {
      kinks.push_back(kink - pull_limit_ * width);
      kinks.push_back(kink + pull_limit_ * width);
    }
    std::sort(kinks.begin(), kinks.end());
  } else {
    kinks = {-bound, bound};
  }
  kinks.front() = -bound;
  kinks.back() = bound;

  const double deviation = std::hypot(deviation_, width);
  const double inside = std::erf(pull_limit_ / std::numbers::sqrt2);
  std::vector<Panel> panels;
  for (std::size_t i = 0; i + 1 < kinks.size(); ++i) {
    const double length = kinks[i + 1] - kinks[i];
    if (length < 1e-13 * bound) continue;  // two pulls of one width share a kink
    const double coarsest = kinks.size() > 2 || kinks_.size() == 2 ? 1.0 : 0.25;
    const auto pieces = static_cast<std::size_t>(std::ceil(length / (coarsest * deviation)));
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      Panel panel{kinks[i] + length * static_cast<double>(piece) / static_cast<double>(pieces),
                  kinks[i] + length * static_cast<double>(piece + 1) / static_cast<double>(pieces),
                  {}};
      for (std::size_t point = 0; point < chebyshev_points; ++point) {
        const double t = 0.5 * (panel.low + panel.high + (panel.high - panel.low) * chebyshev_point(point));
        std::vector<double> cuts = {-pull_limit_, pull_limit_};
        for (const double edge : edges_of_old) {
          const double pull = (t - edge) / width;
          if (std::fabs(pull) < pull_limit_) cuts.push_back(pull);
        }
        std::sort(cuts.begin(), cuts.end());
        double sum = 0;
        for (std::size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
          const double middle = 0.5 * (cuts[cut] + cuts[cut + 1]);
          if (std::fabs(t - width * middle) > bound_) continue;
          const auto steps = static_cast<std::size_t>(std::ceil((cuts[cut + 1] - cuts[cut]) / 2));
          const double step = (cuts[cut + 1] - cuts[cut]) / static_cast<double>(std::max<std::size_t>(steps, 1));
          for (std::size_t s = 0; s < steps; ++s) {
            const double low = cuts[cut] + step * static_cast<double>(s);
            sum += integrate_panel(low, low + step, [&](double pull) {
              return std::exp(log_normal_density(pull) + log_density(std::clamp(t - width * pull, -bound_, bound_)));
            });
          }
        }
        panel.values.push_back(sum / inside);
      }
      panels.push_back(std::move(panel));
    }
  }
  kinks_ = std::move(kinks);
  panels_ = std::move(panels);
  bound_ = bound;
  deviation_ = deviation;
}

std::vector<YieldNode> YieldFactor::nodes(double expected, double shift, const YieldFocus& focus) const {
  if (deviation_ == 0) {
    const double value = factor(shift);
    return value >= 0 ? std::vector<YieldNode>{{expected * value, 0.0}} : std::vector<YieldNode>{};
  }
  double low = std::max(-bound_, -focus.reach * deviation_);
  const double high = std::min(bound_, focus.reach * deviation_);
  if (!logarithmic_) low = std::max(low, -(1 + shift));
  std::vector<YieldNode> result;
  if (low >= high) return result;

  std::vector<double> edges = {low};
  for (const double kink : kinks_) {
    if (kink > low && kink < high) edges.push_back(kink);
  }
  edges.push_back(high);

  // A Poisson probability of k changes over sqrt(k + 1) events near k events; a saddle point at x > count events is
  // sqrt(x) wide for exponential responses and up to x / sqrt(count + 1) for linear ones. Far above both the integrand
  // falls exponentially: there, panels may grow with the distance from where they began to matter.
  const double top = std::max(focus.count, focus.saddle);
  const double flat_above =
      std::max(top + (focus.tilt > 0 ? 10 : 8) * std::sqrt(top + 1), expected * factor(low + shift));
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    double t = edges[i];
    while (t < edges[i + 1]) {
      const double events = expected * factor(t + shift);
      const double rate = logarithmic_ ? events : expected;
      double events_step = 4 * std::sqrt(std::min(events, logarithmic_ ? top : focus.count) + 1);
      if (!logarithmic_) events_step *= std::max(1.0, std::min(events, top) / (focus.count + 1));
      events_step += 0.5 * std::max(events - flat_above, 0.0);
      double step = logarithmic_ ? std::log1p(events_step / std::max(rate, 1e-300)) : events_step / rate;
      // Where a limit cuts the integrand off on its flank, that is steep.
      const double slope = std::fabs(t / (deviation_ * deviation_) + focus.tilt * rate);
      if (!logarithmic_ && slope > 0) step = std::min(step, std::max(12 / slope, 0.5 * (t - low)));
      step = std::min(step, 2 * deviation_);
      if (focus.inverse && !logarithmic_) step = std::min(step, 1 + t + shift);
      // No sliver of a panel at the end.
      const double rest = edges[i + 1] - t;
      const double next = rest <= 1.01 * step ? edges[i + 1] : (rest < 2 * step ? t + 0.5 * rest : t + step);
      const double middle = 0.5 * (t + next), half = 0.5 * (next - t);
      for (std::size_t point = 0; point < gauss_points; ++point) {
        const double response = middle + half * gauss_rule().points[point];
        const double log_weight = std::log(half * gauss_rule().weights[point]) + log_density(response);
        if (std::isfinite(log_weight)) {
          result.push_back({expected * std::max(factor(response + shift), 0.0), log_weight});
        }
      }
      if (next <= t) break;
      t = next;
    }
  }
  return result;
}

}  // namespace anyslice::stats
