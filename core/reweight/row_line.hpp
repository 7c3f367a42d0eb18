// Sums as functions of the lifetime and of one more parameter that acts through ratios alone (the mass of a mediator):
// computed at a few of its values and interpolated between them.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/reweight/window_sums.hpp"

namespace anyslice {

class RowLine {
 public:
  /// From exp(low) to exp(high) of the parameter, for the nodes `first` to `last` of the lifetime.
  RowLine(const Parameter& parameter, double low, double high, int first, int last, Accuracy accuracy)
      : parameter_(&parameter), low_(low), high_(high), first_(first), last_(last), accuracy_(accuracy) {}
  RowLine() = default;

  const Parameter* parameter() const { return parameter_; }
  double low() const { return low_; }
  double high() const { return high_; }
  int first() const { return first_; }
  int last() const { return last_; }
  /// Whether it can be used at all; what it does not know at single places is NaN there.
  bool is_good() const { return is_good_; }

  /// `slots` are those of any point on the line.
  void compute(const Model& model, const RowWindows& windows, std::span<const double> slots);

  /// The curve of each bin of the card at a value of the parameter, given by its logarithm.
  std::vector<LifetimeCurve> curves(double log_value) const;

 private:
  /// A part of the line where a sum is v^power times the exponential of a polynomial, with v = 1 / (1 + (p / p_low)^2):
  /// propagators 1 / (Q^2 + p^2) are smooth functions of v over any range, and fall like powers of it.
  struct Panel {
    double low = 0, high = 0;
    double power = 0;
    std::size_t nodes = 0;  ///< of the parameter
    /// By bin: [(node of the parameter) * lifetimes + (node of the lifetime)], less the power of v.
    std::vector<std::vector<double>> sums, squares;

    void set_ends(double from, double to) { low = from, high = to; }
    double log_value(std::size_t node) const;
    double log_v(double log_value) const;
    double middle() const;
    std::vector<double> weights_at(double log_value) const;
    double coordinate(double log_value) const;
    double from_coordinate(double coordinate) const;
  };
  struct Weights;

  bool weights_of(const Panel& panel, const Model& model, const RowWindows& windows,
                  const std::vector<WindowRows>& rows, std::span<const double> slots,
                  std::vector<Weights>& weights) const;
  /// Tries a few lifetimes, and finds the power. The number of nodes that resolve the panel: its own if they do, an
  /// estimate if not.
  std::size_t nodes_needed(Panel& panel, const RowWindows& windows, const std::vector<WindowRows>& rows,
                           const std::vector<Weights>& weights) const;
  void fill(Panel& panel, const Model& model, const RowWindows& windows, const std::vector<WindowRows>& rows,
            const std::vector<Weights>& weights) const;
  void forget_unresolved(Panel& panel, std::size_t& known, std::size_t& lost) const;
  std::size_t lifetimes() const { return static_cast<std::size_t>(last_ - first_ + 1); }

  const Parameter* parameter_ = nullptr;
  double low_ = 0, high_ = 0;
  int first_ = 0, last_ = -1;
  Accuracy accuracy_ = Accuracy::full;
  bool is_good_ = false;
  std::vector<Panel> panels_;  ///< in the order of the parameter
};

}  // namespace anyslice
