// Minimisation of a smooth function with exact derivatives where variables and quantities that depend on them must stay
// positive: a primal-dual interior-point Newton method.
//
// Method: Nocedal and Wright, Numerical Optimization (2nd ed., Springer 2006), chapter 19; each constraint c_i > 0 adds
// -barrier ln c_i, and the barrier is taken to (nearly) zero. Where the Hessian is not positive its diagonal is raised.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <utility>
#include <vector>

namespace anyslice::stats {

/// Lower triangle of a symmetric matrix, by rows. What stands before the first element of a row that is not zero costs
/// nothing: variables that couple to few others should come first.
using Curvature = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// One quantity that must stay positive: its value and what it depends on, one variable at a time (it is a sum of
/// functions of single variables).
struct PositiveQuantity {
  double value = 0;
  struct Part {
    Eigen::Index variable;
    double first, second;  ///< derivatives
  };
  std::vector<Part> parts;
};

class SmoothProblem {
 public:
  virtual ~SmoothProblem() = default;
  /// The function at `x`; infinity or NaN where it does not exist.
  virtual double value(const Eigen::VectorXd& x) const = 0;
  /// Gradient and Hessian (lower triangle) at `x`.
  virtual void derivatives(const Eigen::VectorXd& x, Eigen::VectorXd& gradient, Curvature& hessian) const = 0;
  /// f(to) - f(from), as accurate as it can be had.
  virtual double difference(const Eigen::VectorXd& from, const Eigen::VectorXd& to) const {
    return value(to) - value(from);
  }
  /// The quantities that must stay positive, always the same number in the same order; `with_parts` asks for what they
  /// depend on.
  virtual void positive(const Eigen::VectorXd& x, std::vector<PositiveQuantity>& quantities, bool with_parts) const = 0;
};

struct Minimum {
  bool converged = false;
  int iterations = 0;
  double distance = 0;  ///< estimate of how far the function is above its minimum
};

/// Moves `x`, where every quantity must be positive, to a local minimum. The function is then above it by at most about
/// 1e-13 per quantity at its limit, or by what rounding leaves of a quantity of order one (4e-15) times the slope
/// there; where the steps stall, by at most 1e-5. Otherwise it has not converged. With `coarsest` > 0 it ends at that
/// barrier already, where the point still keeps a distance from all limits.
Minimum minimise(const SmoothProblem& problem, Eigen::VectorXd& x, double coarsest = 0);

}  // namespace anyslice::stats
