// Card + table + point -> predicted signal: the sum over events of the product of the weight factors
// (Eq. 24 of arXiv:2205.12273).
//
//   factor    what it multiplies a row by                                         depends on
//   column    a stored column (generator weight, efficiency)                      nothing
//   scale     an expression of the parameters (couplings, branching ratios)       the parameters in it
//   decay     sum over segments of exp(-a/lambda) (1 - exp(-l/lambda))            those of ctau0 and beta_gamma
//
// The columns are multiplied once; the scale is taken out of the sum; the decay factor depends on the parameters
// through one number, u = ctau0 * beta_gamma (each row's lambda is u, or u times its beta_gamma column), so the sum is
// a function of u alone and is interpolated on an error-controlled grid. plain_sum() is the same without any of this.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/card/model.hpp"
#include "core/reweight/lifetime_grid.hpp"
#include "core/reweight/weighted_sum.hpp"
#include "core/table/event_table.hpp"

namespace anyslice {

class Reweighter {
 public:
  /// Throws InputError when the table lacks a column, a weight, entry or length is negative, or units do not match.
  Reweighter(const Model& model, std::shared_ptr<const EventTable> table, const std::string& table_source);

  /// The prediction at the parameters in `slots` (derived quantities evaluated), by the fast path: within 1e-4
  /// relative of plain_sum(). Throws InputError where a factor has no finite, non-negative value.
  WeightedSum predict(std::span<const double> slots) const;

  /// The same by a plain sum over all events, every factor evaluated for every row.
  WeightedSum plain_sum(std::span<const double> slots) const;

  /// The plain sum apart for each value of an integer column (or each label of a U8 column), as (name, sum).
  std::vector<std::pair<std::string, WeightedSum>> breakdown(std::span<const double> slots,
                                                             const std::string& column) const;

 private:
  struct Segments {
    std::span<const double> entry, length;
  };
  struct RowFactors {
    double scale = 1;     ///< product of the scale factors
    double lifetime = 0;  ///< u; 0 when there is no decay factor
  };
  RowFactors row_factors(std::span<const double> slots) const;
  double row_weight(std::size_t row, double lifetime) const;
  LifetimeNode exact_node(double log_lifetime) const;

  const Model& model_;
  std::shared_ptr<const EventTable> table_;
  std::string table_source_;
  std::vector<double> constant_weight_;  ///< product of the column factors
  const FactorSpecification* decay_ = nullptr;
  std::vector<Segments> segments_;
  std::span<const double> beta_gamma_column_;
  WeightedSum constant_sum_;  ///< the whole sum when there is no decay factor
  mutable std::unique_ptr<LifetimeGrid> grid_;
};

}  // namespace anyslice
