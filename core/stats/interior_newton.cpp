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
// What a fit that stalls may miss: of a statistic that decides on a limit (about 2) that is 1e-5.
constexpr double tolerance = 1e-5;
constexpr double first_barrier = 0.1, last_barrier = 1e-13;
// A quantity of order one that is a sum is known to a few times 1e-16: the barrier must not ask for less.
constexpr double smallest_quantity = 4e-15;
// Weights in the matrix of a step, relative to its other entries.
constexpr double largest_weight = 1e6;
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

// The symmetric system of a Newton step. A quantity close to its limit adds its gradient times itself with so large a
// weight that all else would drown in rounding. Only a moderate part of such a weight is added to the matrix; the rest
// is kept apart, as the rows of the primal-dual system that have not been eliminated (Nocedal and Wright, Eq. 19.12).
class StepSystem {
 public:
  struct Row {
    const PositiveQuantity* quantity;
    double compliance;  // one over the weight that is not in the matrix
    double target;      // of the change of the quantity
  };
  std::vector<Row> rows;

  // False if the matrix is not positive definite.
  bool prepare(const Curvature& hessian, const Eigen::VectorXd& own, double damping) {
    is_whole_ = false;
    matrix_ = hessian;
    matrix_.diagonal() += damping * own;
    if (!decompose(matrix_, first_)) return false;
    if (rows.empty()) return true;
    const auto count = static_cast<Eigen::Index>(rows.size());
    reactions_.resize(own.size(), count);
    Eigen::MatrixXd coupling(count, count);
    Eigen::VectorXd column;
    for (Eigen::Index j = 0; j < count; ++j) {
      column.setZero(own.size());
      for (const auto& part : row(j).quantity->parts) column[part.variable] += part.first;
      solve(matrix_, first_, column);
      reactions_.col(j) = column;
    }
    for (Eigen::Index i = 0; i < count; ++i) {
      for (Eigen::Index j = 0; j < count; ++j) coupling(i, j) = along(row(i), reactions_.col(j));
      coupling(i, i) += row(i).compliance;
    }
    coupling_.compute(coupling);
    return true;
  }

  // The matrix need be positive along the limits of the rows only. Then the system is solved as a whole, and whether
  // the step goes down is for the caller to see. False without rows.
  bool prepare_whole(const Curvature& hessian, const Eigen::VectorXd& own, double damping) {
    if (rows.empty()) return false;
    is_whole_ = true;
    const Eigen::Index size = own.size(), count = static_cast<Eigen::Index>(rows.size());
    Eigen::MatrixXd whole = Eigen::MatrixXd::Zero(size + count, size + count);
    whole.topLeftCorner(size, size) = hessian.selfadjointView<Eigen::Lower>();
    whole.diagonal().head(size) += damping * own;
    for (Eigen::Index i = 0; i < count; ++i) {
      for (const auto& part : row(i).quantity->parts) {
        whole(size + i, part.variable) += part.first;
        whole(part.variable, size + i) -= part.first;
      }
      whole(size + i, size + i) = row(i).compliance;
    }
    whole_.compute(whole);
    return true;
  }

  // The step for minus this gradient with the targets of the rows.
  void step(const Eigen::VectorXd& minus_gradient, Eigen::VectorXd& result) {
    if (is_whole_) {
      Eigen::VectorXd right(minus_gradient.size() + static_cast<Eigen::Index>(rows.size()));
      right.head(minus_gradient.size()) = minus_gradient;
      for (std::size_t i = 0; i < rows.size(); ++i)
        right[minus_gradient.size() + static_cast<Eigen::Index>(i)] = rows[i].target;
      result = whole_.solve(right).head(minus_gradient.size());
      return;
    }
    result = minus_gradient;
    solve(matrix_, first_, result);
    if (rows.empty()) return;
    Eigen::VectorXd missing(static_cast<Eigen::Index>(rows.size()));
    for (Eigen::Index i = 0; i < missing.size(); ++i) missing[i] = row(i).target - along(row(i), result);
    result += reactions_ * coupling_.solve(missing);
  }

 private:
  const Row& row(Eigen::Index i) const { return rows[static_cast<std::size_t>(i)]; }
  template <class Vector>
  static double along(const Row& row, const Vector& x) {
    double sum = 0;
    for (const auto& part : row.quantity->parts) sum += part.first * x[part.variable];
    return sum;
  }

  Curvature matrix_;
  std::vector<Eigen::Index> first_;
  Eigen::MatrixXd reactions_;
  Eigen::LDLT<Eigen::MatrixXd> coupling_;
  Eigen::PartialPivLU<Eigen::MatrixXd> whole_;
  bool is_whole_ = false;
};

}  // namespace

Minimum minimise(const SmoothProblem& problem, Eigen::VectorXd& x, double coarsest) {
  Minimum result;
  const Eigen::Index size = x.size();
  if (size == 0) {
    result.converged = true;
    return result;
  }
  // Buffers that live on avoid allocations, which would cost more than the algebra of a small problem.
  thread_local std::vector<PositiveQuantity> here, there;
  thread_local std::vector<double> multipliers, changes;
  thread_local Eigen::VectorXd gradient, remaining, own, step, trial, correction, correction_step;
  thread_local Curvature hessian;
  thread_local std::vector<std::size_t> stiff;
  thread_local StepSystem system;
  problem.positive(x, here, true);
  const std::size_t count = here.size();
  double barrier = count > 0 ? first_barrier : 0;
  multipliers.resize(count);
  changes.resize(count);
  for (std::size_t i = 0; i < count; ++i) multipliers[i] = barrier / here[i].value;
  double damping = 0;
  bool polished = false;
  int steps_at_barrier = 0;
  double lowest_barrier = last_barrier;
  const auto is_lowest = [&] { return barrier <= 2 * lowest_barrier; };
  const auto accept_if_close = [&] {
    // Multipliers times quantities are what the limits keep the function above its minimum.
    double held = 0;
    for (std::size_t i = 0; i < count; ++i) held += multipliers[i] * here[i].value;
    result.converged = result.distance < tolerance && (held < tolerance || is_lowest());
    result.distance += held;
    return result;
  };

  for (; result.iterations < most_iterations; ++result.iterations) {
    problem.derivatives(x, gradient, hessian);
    problem.positive(x, here, true);
    double largest_product = 0, noise = 0;
    for (std::size_t i = 0; i < count; ++i) {
      // Multipliers far from their equation would spoil the Hessian.
      multipliers[i] = std::clamp(multipliers[i], 1e-8 * barrier / here[i].value, 1e8 * barrier / here[i].value);
      noise = std::max(noise, smallest_quantity * multipliers[i]);
      largest_product = std::max(largest_product, std::fabs(multipliers[i] * here[i].value - barrier));
      for (const auto& part : here[i].parts) {
        hessian(part.variable, part.variable) -= multipliers[i] * part.second;
        if (here[i].parts.size() > 1) continue;
        hessian(part.variable, part.variable) += multipliers[i] / here[i].value * part.first * part.first;
      }
    }
    own = hessian.diagonal().cwiseAbs().cwiseMax(1e-300);
    // `gradient` with the barrier, `remaining` what is left of it beside the rows of the system.
    remaining = gradient;
    system.rows.clear();
    stiff.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const double weight = multipliers[i] / here[i].value, slope = barrier / here[i].value;
      double in_matrix = weight;
      if (here[i].parts.size() > 1) {
        for (const auto& part : here[i].parts) {
          if (part.first == 0) continue;
          in_matrix = std::min(in_matrix, largest_weight * own[part.variable] / (part.first * part.first));
        }
        for (const auto& a : here[i].parts) {
          for (const auto& b : here[i].parts) {
            if (b.variable <= a.variable) hessian(a.variable, b.variable) += in_matrix * a.first * b.first;
          }
        }
      }
      const double share = in_matrix / weight;
      for (const auto& part : here[i].parts) {
        gradient[part.variable] -= slope * part.first;
        remaining[part.variable] -= (share * slope + (1 - share) * multipliers[i]) * part.first;
      }
      if (share < 1) {
        system.rows.push_back({&here[i], 1 / (weight - in_matrix), barrier / multipliers[i] - here[i].value});
        stiff.push_back(i);
      }
    }
    // Newton step with a positive definite matrix; the damping is relative to each variable's own curvature.
    double decrement = -1;
    for (int attempt = 0; attempt < 60; ++attempt) {
      if (system.prepare(hessian, own, damping) || system.prepare_whole(hessian, own, damping)) {
        system.step(-remaining, step);
        decrement = -remaining.dot(step);
        for (std::size_t k = 0; k < stiff.size(); ++k) {
          const PositiveQuantity& quantity = here[stiff[k]];
          const double share = 1 - 1 / system.rows[k].compliance / (multipliers[stiff[k]] / quantity.value);
          double change = 0;
          for (const auto& part : quantity.parts) change += part.first * step[part.variable];
          decrement += (1 - share) * (barrier / quantity.value - multipliers[stiff[k]]) * change;
        }
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
    lowest_barrier = std::max({last_barrier, coarsest, noise});
    // Below this, differences of the function are rounding, and the step is better than what they can tell.
    const bool tiny = decrement < std::max(1e-11, noise);
    const auto is_better = [&](double fraction) {
      problem.positive(trial, there, false);
      double rise = 0;
      for (std::size_t i = 0; i < count; ++i) {
        // Not NaN either, and not closer to the limit than a hundredth of before.
        if (!(there[i].value > (1 - keep_inside) * 0.5 * here[i].value)) return false;
        rise -= barrier * std::log(there[i].value / here[i].value);
      }
      if (rise < INFINITY) rise += problem.difference(x, trial);
      return rise <= -1e-4 * fraction * decrement || (tiny && rise <= std::max(1e-9, noise));
    };
    double taken = 0;
    for (double fraction = reach; fraction > 1e-14 && taken == 0; fraction *= 0.4) {
      trial = x + fraction * step;
      if (is_better(fraction)) taken = fraction;
      // A step along a limit that is curved leaves it, and only tiny ones would not. Second-order corrections (Nocedal
      // and Wright, chapter 15.6) take the quantities to where the step would have them if they were linear.
      for (int attempt = 0; attempt < 3 && taken == 0 && fraction > 1e-3; ++attempt) {
        correction.setZero(size);
        bool curved = false;
        for (std::size_t i = 0; i < count; ++i) {
          const double missing = here[i].value + fraction * changes[i] - there[i].value;
          if (!std::isfinite(missing)) continue;
          curved = curved || std::fabs(missing) > 0.1 * here[i].value;
          double weight = multipliers[i] / here[i].value;
          for (std::size_t k = 0; k < stiff.size(); ++k) {
            if (stiff[k] != i) continue;
            system.rows[k].target = missing;
            weight -= 1 / system.rows[k].compliance;
          }
          for (const auto& part : here[i].parts) correction[part.variable] += weight * missing * part.first;
        }
        if (!curved) break;
        system.step(correction, correction_step);
        trial += correction_step;
        if (is_better(fraction)) taken = fraction;
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
    if (stuck && is_lowest()) return accept_if_close();
    if (is_lowest() && largest_product <= 10 * barrier) {
      // One step more, whose error is the square of that before.
      if (polished || decrement < 1e-22 || coarsest > 0) {
        result.converged = true;
        return result;
      }
      polished = true;
    }
    // Within reach of Newton's method all the time, it goes down faster and faster.
    barrier = count > 0 ? std::max(std::min(0.1 * barrier, std::pow(barrier, 1.5)), lowest_barrier) : 0;
  }
  return accept_if_close();
}

}  // namespace anyslice::stats
