// The interior-point iteration.
#include "core/stats/interior_newton.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice::stats {
namespace {

constexpr int most_iterations = 400;
// Where rounding keeps the method from its goal, this is good enough, and after so many steps at one barrier it stops
// to insist.
constexpr double acceptable = 1e-7;
constexpr int patience = 25;
constexpr double first_barrier = 0.1, last_barrier = 1e-13;
// Of the way to the nearest limit that a step may go.
constexpr double keep_inside = 0.99;

// The largest multiple up to 1 of `change` that leaves value + multiple x change above (1 - keep_inside) value.
double allowed(double value, double change) { return change < 0 ? std::min(1.0, -keep_inside * value / change) : 1.0; }

// Cholesky decomposition within the envelope (A. George and J. W. Liu, Computer Solution of Large Sparse Positive
// Definite Systems, Prentice-Hall 1981, chapter 4): `first` is where each row of the lower triangle begins. False if
// the matrix is not positive definite.
bool decompose(Curvature& matrix, std::vector<Eigen::Index>& first) {
  const Eigen::Index size = matrix.rows();
  first.resize(static_cast<std::size_t>(size));
  for (Eigen::Index i = 0; i < size; ++i) {
    double* row = matrix.data() + i * size;
    Eigen::Index begin = 0;
    while (begin < i && row[begin] == 0) ++begin;
    first[static_cast<std::size_t>(i)] = begin;
    double square = 0;
    for (Eigen::Index j = begin; j < i; ++j) {
      const double* other = matrix.data() + j * size;
      double sum = row[j];
      for (Eigen::Index k = std::max(begin, first[static_cast<std::size_t>(j)]); k < j; ++k) sum -= row[k] * other[k];
      row[j] = sum / other[j];
      square += row[j] * row[j];
    }
    const double pivot = row[i] - square;
    // A pivot that is all rounding is none.
    if (!(pivot > 1e-15 * std::fabs(row[i]) && pivot < INFINITY)) return false;
    row[i] = std::sqrt(pivot);
  }
  return true;
}

void solve(const Curvature& decomposed, const std::vector<Eigen::Index>& first, Eigen::VectorXd& x) {
  const Eigen::Index size = decomposed.rows();
  for (Eigen::Index i = 0; i < size; ++i) {
    const double* row = decomposed.data() + i * size;
    double sum = x[i];
    for (Eigen::Index k = first[static_cast<std::size_t>(i)]; k < i; ++k) sum -= row[k] * x[k];
    x[i] = sum / row[i];
  }
  for (Eigen::Index i = size - 1; i >= 0; --i) {
    const double* row = decomposed.data() + i * size;
    x[i] /= row[i];
    for (Eigen::Index k = first[static_cast<std::size_t>(i)]; k < i; ++k) x[k] -= row[k] * x[i];
  }
}

}  // namespace

Minimum minimise(const SmoothProblem& problem, Eigen::VectorXd& x) {
  Minimum result;
  const Eigen::Index size = x.size();
  if (size == 0) {
    result.converged = true;
    return result;
  }
  // Buffers that live on avoid allocations, which would cost more than the algebra of a small problem.
  thread_local std::vector<PositiveQuantity> here, there;
  thread_local std::vector<double> multipliers, changes;
  thread_local Eigen::VectorXd gradient, step, trial;
  thread_local Curvature hessian, matrix;
  thread_local std::vector<Eigen::Index> first;
  problem.positive(x, here, true);
  const std::size_t count = here.size();
  double barrier = count > 0 ? first_barrier : 0;
  multipliers.resize(count);
  changes.resize(count);
  for (std::size_t i = 0; i < count; ++i) multipliers[i] = barrier / here[i].value;
  double damping = 0;
  bool polished = false;
  int steps_at_barrier = 0;
  const auto accept_if_close = [&] {
    result.converged = barrier <= 1e-9 && result.distance < acceptable;
    return result;
  };

  for (; result.iterations < most_iterations; ++result.iterations) {
    problem.derivatives(x, gradient, hessian);
    problem.positive(x, here, true);
    double largest_product = 0;
    for (std::size_t i = 0; i < count; ++i) {
      // Multipliers far from their equation would spoil the Hessian.
      multipliers[i] = std::clamp(multipliers[i], 1e-8 * barrier / here[i].value, 1e8 * barrier / here[i].value);
      largest_product = std::max(largest_product, std::fabs(multipliers[i] * here[i].value - barrier));
      const double weight = multipliers[i] / here[i].value;
      for (const auto& a : here[i].parts) {
        gradient[a.variable] -= barrier / here[i].value * a.first;
        hessian(a.variable, a.variable) -= multipliers[i] * a.second;
        for (const auto& b : here[i].parts) {
          if (b.variable <= a.variable) hessian(a.variable, b.variable) += weight * a.first * b.first;
        }
      }
    }
    // Newton step with a positive definite matrix; the damping is relative to each variable's own curvature.
    double decrement = -1;
    for (int attempt = 0; attempt < 60; ++attempt) {
      matrix = hessian;
      for (Eigen::Index k = 0; k < size; ++k) {
        matrix(k, k) += damping * std::max(std::fabs(hessian(k, k)), 1e-300);
      }
      if (decompose(matrix, first)) {
        step = -gradient;
        solve(matrix, first, step);
        decrement = -gradient.dot(step);
        if (step.allFinite() && decrement >= 0) break;
      }
      decrement = -1;
      damping = std::max(4 * damping, 1e-3);
    }
    if (!(decrement >= 0)) return accept_if_close();
    result.distance = 0.5 * decrement;
    const bool undamped = damping == 0;

    double reach = 1, reach_multipliers = 1;
    for (std::size_t i = 0; i < count; ++i) {
      double change = 0;
      for (const auto& part : here[i].parts) change += part.first * step[part.variable];
      changes[i] = change;
      reach = std::min(reach, allowed(here[i].value, change));
    }
    // Below this, differences of the function are rounding, and the step is better than what they can tell.
    const bool tiny = decrement < 1e-11;
    double taken = 0;
    for (double fraction = reach; fraction > 1e-14; fraction *= 0.4) {
      trial = x + fraction * step;
      problem.positive(trial, there, false);
      double rise = 0;
      for (std::size_t i = 0; i < count; ++i) {
        // Not NaN either, and not closer to the limit than a hundredth of before.
        if (!(there[i].value > (1 - keep_inside) * 0.5 * here[i].value)) rise = INFINITY;
        rise -= barrier * std::log(there[i].value / here[i].value);
      }
      if (rise < INFINITY) rise += problem.difference(x, trial);
      if (rise <= -1e-4 * fraction * decrement || (tiny && rise <= 1e-9)) {
        taken = fraction;
        break;
      }
    }
    if (taken == 0) {
      // The quadratic model holds in a smaller region only.
      if (damping > 1e12) return accept_if_close();
      damping = std::max(10 * damping, 1e-2);
      continue;
    }
    damping = damping < 1e-4 ? 0 : 0.1 * damping;
    for (std::size_t i = 0; i < count; ++i) {
      const double target = (barrier - multipliers[i] * changes[i]) / here[i].value - multipliers[i];
      reach_multipliers = std::min(reach_multipliers, allowed(multipliers[i], target));
      changes[i] = target;
    }
    for (std::size_t i = 0; i < count; ++i) multipliers[i] += reach_multipliers * changes[i];
    x = trial;

    const bool centred = undamped && taken == 1 && decrement < std::max(0.1 * barrier, 1e-12);
    const bool stuck = ++steps_at_barrier > patience && decrement < acceptable;
    if (!centred && !stuck) {
      polished = false;
      continue;
    }
    steps_at_barrier = 0;
    if (stuck && barrier <= last_barrier) return accept_if_close();
    if (barrier <= last_barrier && largest_product <= 10 * last_barrier) {
      // One step more, whose error is the square of that before.
      if (polished || decrement < 1e-22) {
        result.converged = true;
        return result;
      }
      polished = true;
    }
    // Within reach of Newton's method all the time, it goes down faster and faster.
    barrier = count > 0 ? std::max(std::min(0.1 * barrier, std::pow(barrier, 1.5)), last_barrier) : 0;
  }
  return accept_if_close();
}

}  // namespace anyslice::stats
