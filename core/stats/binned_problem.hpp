// -ln L of a binned model as a function of what moves in a fit, with exact derivatives.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "core/stats/binned_model.hpp"
#include "core/stats/interior_newton.hpp"
#include "core/stats/poisson_nll.hpp"
#include "core/stats/profile_likelihood.hpp"

namespace anyslice::stats {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr std::size_t no_variable = static_cast<std::size_t>(-1);

inline bool moves(const BinnedParameter& parameter) { return parameter.lower < parameter.upper; }

/// What a parameter costs: -ln of its measurement's likelihood, zero at its best.
inline double penalty(const BinnedParameter& parameter, double measured, double value) {
  if (parameter.measurement == Measurement::none || !moves(parameter)) return 0;
  if (parameter.measurement == Measurement::poisson) return poisson_nll(measured, parameter.width * value);
  const double pull = (value - measured) / parameter.width;
  return 0.5 * pull * pull;
}

/// poisson_nll(count, from + change) - poisson_nll(count, from).
inline double poisson_difference(double count, double from, double change) {
  if (count == 0) return change;
  return change / from > -1 ? change - count * std::log1p(change / from) : infinity;
}

/// What all fits of a model share: which variable each parameter is, and through what it acts on each term.
struct BinnedLayout {
  struct Slot {
    std::size_t variable;
    std::vector<std::size_t> factors, shifts;  // responses
  };
  BinnedLayout(const BinnedModel& model, const std::vector<std::size_t>& moving)
      : variable_of(model.parameters.size(), no_variable), slots(model.terms.size()), terms_of(model.bins.size()) {
    for (std::size_t k = 0; k < moving.size(); ++k) variable_of[moving[k]] = k;
    for (std::size_t t = 0; t < model.terms.size(); ++t) {
      const BinnedTerm& term = model.terms[t];
      terms_of[term.bin].push_back(t);
      const auto slot_of = [&](std::size_t variable) -> Slot& {
        for (Slot& slot : slots[t])
          if (slot.variable == variable) return slot;
        return slots[t].emplace_back(Slot{variable, {}, {}});
      };
      for (const auto* list : {&term.factors, &term.shifts}) {
        for (const std::size_t index : *list) {
          const std::size_t variable = variable_of[model.responses[index].parameter()];
          if (variable == no_variable) continue;
          Slot& slot = slot_of(variable);
          (list == &term.factors ? slot.factors : slot.shifts).push_back(index);
        }
      }
      bool shifts = false;
      for (const Slot& slot : slots[t]) shifts = shifts || !slot.shifts.empty();
      if (shifts) shifted.push_back(t);
      // Where nothing is expected nominally, shifts start on their limit: give it a hair's breadth.
      double size = 0;
      for (const std::size_t index : term.shifts)
        size += std::fabs(model.responses[index].up()) + std::fabs(model.responses[index].down());
      allowance.push_back(term.nominal > 0 ? 0 : 1e-9 * size);
    }
    find_escapes(model);
  }
  /// A parameter that could explain an excess by one term of a bin alone: the slope of the logarithm of that term, and
  /// how far the slopes of the terms of the bin differ.
  struct Escape {
    std::size_t parameter, term;
    double slope, difference;
  };
  void find_escapes(const BinnedModel& model) {
    std::map<std::pair<std::size_t, std::size_t>, std::map<std::size_t, double>> slopes;  // [parameter, bin][term]
    for (std::size_t t = 0; t < model.terms.size(); ++t) {
      for (const std::size_t index : model.terms[t].factors) {
        const YieldResponse& response = model.responses[index];
        const std::size_t p = response.parameter();
        if (response.shape() == ResponseShape::factor || model.parameters[p].measurement != Measurement::gaussian ||
            variable_of[p] == no_variable)
          continue;
        slopes[{p, model.terms[t].bin}][t] += std::log(response.up());
      }
    }
    for (const auto& [place, of_terms] : slopes) {
      const bool all = of_terms.size() == terms_of[place.second].size();
      double low = all ? infinity : 0, high = all ? -infinity : 0;
      for (const auto& [term, slope] : of_terms) {
        low = std::min(low, slope);
        high = std::max(high, slope);
      }
      for (const auto& [term, slope] : of_terms) {
        if (high > low && slope != 0) escapes.push_back({place.first, term, slope, high - low});
      }
    }
  }
  std::vector<std::size_t> variable_of;
  std::vector<Escape> escapes;
  std::vector<std::vector<Slot>> slots;            // of the terms
  std::vector<std::vector<std::size_t>> terms_of;  // of the bins
  std::vector<std::size_t> shifted;                // terms that parameters shift
  std::vector<double> allowance;                   // of the terms
};

/// -ln L as a function of the parameters that move and, in a free fit, of mu in units of one signal event (last).
class BinnedProblem : public SmoothProblem {
 public:
  BinnedProblem(const BinnedModel& model, const BinnedLayout& layout, const ProfileData& data,
                const std::vector<std::size_t>& moving, double unit, bool free, double mu,
                const std::vector<double>& pulls)
      : model_(model),
        layout_(layout),
        data_(data),
        moving_(moving),
        unit_(unit),
        free_(free),
        mu_(mu),
        pulls_(pulls),
        mu_variable_(moving.size()),
        largest_strength_(1e6 * (10 + std::accumulate(data.counts.begin(), data.counts.end(), 0.0))) {}

  Eigen::Index size() const { return static_cast<Eigen::Index>(moving_.size() + (free_ ? 1 : 0)); }

  void unpack(const Eigen::VectorXd& x, std::vector<double>& pulls, double& mu) const {
    pulls = pulls_;
    for (std::size_t k = 0; k < moving_.size(); ++k) pulls[moving_[k]] = x[static_cast<Eigen::Index>(k)];
    mu = free_ ? x[static_cast<Eigen::Index>(mu_variable_)] * unit_ : mu_;
  }

  Eigen::VectorXd pack(const std::vector<double>& pulls, double mu) const {
    Eigen::VectorXd x(size());
    for (std::size_t k = 0; k < moving_.size(); ++k) x[static_cast<Eigen::Index>(k)] = pulls[moving_[k]];
    if (free_) x[static_cast<Eigen::Index>(mu_variable_)] = mu / unit_;
    return x;
  }

  double value(const Eigen::VectorXd& x) const override {
    evaluate(x, trial_);
    double sum = 0;
    for (std::size_t i = 0; i < trial_.bins.size(); ++i) {
      if (data_.counts[i] > 0 && !(trial_.bins[i] > 0)) return infinity;
      sum += poisson_nll(data_.counts[i], trial_.bins[i]);
    }
    for (std::size_t p = 0; p < model_.parameters.size(); ++p)
      sum += penalty(model_.parameters[p], data_.auxiliary[p], trial_.pulls[p]);
    return sum;
  }

  // `from` is where derivatives() was last asked for.
  double difference(const Eigen::VectorXd&, const Eigen::VectorXd& to) const override {
    evaluate(to, trial_);
    double sum = 0;
    for (std::size_t i = 0; i < trial_.bins.size(); ++i)
      sum += poisson_difference(data_.counts[i], here_.bins[i], trial_.bins[i] - here_.bins[i]);
    for (const std::size_t p : moving_) {
      const BinnedParameter& parameter = model_.parameters[p];
      const double from = here_.pulls[p], change = trial_.pulls[p] - from, measured = data_.auxiliary[p];
      if (parameter.measurement == Measurement::gaussian)
        sum += change * (from - measured + 0.5 * change) / (parameter.width * parameter.width);
      if (parameter.measurement == Measurement::poisson)
        sum += poisson_difference(measured, parameter.width * from, parameter.width * change);
    }
    return sum;
  }

  void derivatives(const Eigen::VectorXd& x, Eigen::VectorXd& gradient, Curvature& hessian) const override {
    evaluate(x, here_);
    gradient.setZero(size());
    hessian.setZero(size(), size());
    slope_.resize(size());
    for (std::size_t bin = 0; bin < model_.bins.size(); ++bin) {
      const double count = data_.counts[bin], nu = here_.bins[bin];
      const double excess = count > 0 ? 1 - count / nu : 1;
      touched_.clear();
      for (const std::size_t index : layout_.terms_of[bin]) {
        if (counts(model_.terms[index])) add_term(index, excess, hessian);
      }
      for (const Eigen::Index k : touched_) gradient[k] += excess * slope_[k];
      if (count == 0) continue;
      for (const Eigen::Index k : touched_) {
        for (const Eigen::Index l : touched_) {
          if (l <= k) hessian(k, l) += count * (slope_[k] / nu) * (slope_[l] / nu);
        }
      }
    }
    for (std::size_t k = 0; k < moving_.size(); ++k) {
      const BinnedParameter& parameter = model_.parameters[moving_[k]];
      const double at = here_.pulls[moving_[k]], measured = data_.auxiliary[moving_[k]], width = parameter.width;
      const auto i = static_cast<Eigen::Index>(k);
      if (parameter.measurement == Measurement::gaussian) {
        gradient[i] += (at - measured) / (width * width);
        hessian(i, i) += 1 / (width * width);
      } else if (parameter.measurement == Measurement::poisson) {
        gradient[i] += width - measured / at;
        hessian(i, i) += measured / (at * at);
      }
    }
  }

  void positive(const Eigen::VectorXd& x, std::vector<PositiveQuantity>& quantities, bool with_parts) const override {
    std::size_t used = 0;
    const auto add = [&](double value) -> PositiveQuantity& {
      if (used == quantities.size()) quantities.emplace_back();
      quantities[used].value = value;
      quantities[used].parts.clear();
      return quantities[used++];
    };
    const auto bound = [&](Eigen::Index variable, double value, double sign) {
      PositiveQuantity& quantity = add(value);
      if (with_parts) quantity.parts.push_back({variable, sign, 0});
    };
    for (std::size_t k = 0; k < moving_.size(); ++k) {
      const BinnedParameter& parameter = model_.parameters[moving_[k]];
      const auto i = static_cast<Eigen::Index>(k);
      if (std::isfinite(parameter.lower)) bound(i, x[i] - parameter.lower, 1);
      if (std::isfinite(parameter.upper)) bound(i, parameter.upper - x[i], -1);
    }
    if (free_) {
      bound(size() - 1, x[size() - 1], 1);
      PositiveQuantity& quantity = add(1 - x[size() - 1] / largest_strength_);
      if (with_parts) quantity.parts.push_back({size() - 1, -1 / largest_strength_, 0});
    }
    for (const std::size_t t : layout_.shifted) {
      if (!counts(model_.terms[t])) continue;
      PositiveQuantity& quantity = add(model_.terms[t].nominal + layout_.allowance[t]);
      for (const std::size_t index : model_.terms[t].shifts) {
        const YieldResponse& response = model_.responses[index];
        const std::size_t variable = layout_.variable_of[response.parameter()];
        const ResponseValue shift = response.at(variable == no_variable ? pulls_[response.parameter()]
                                                                        : x[static_cast<Eigen::Index>(variable)]);
        quantity.value += shift.value;
        if (with_parts && variable != no_variable)
          quantity.parts.push_back({static_cast<Eigen::Index>(variable), shift.first, shift.second});
      }
      // In units of what is expected, so that all limits are of order one.
      const double unit = 1 / (model_.terms[t].nominal > 0 ? model_.terms[t].nominal : layout_.allowance[t] * 1e9);
      quantity.value *= unit;
      for (auto& part : quantity.parts) {
        part.first *= unit;
        part.second *= unit;
      }
    }
    quantities.resize(used);
  }

 private:
  using Slot = BinnedLayout::Slot;
  struct Evaluation {
    std::vector<double> pulls, sums, products, bins;  // sums and products: of the terms, the latter with mu
    std::vector<ResponseValue> responses;
    double mu = 0;
  };

  /// Without signal its terms are left out, so that no limit of theirs matters.
  bool counts(const BinnedTerm& term) const { return free_ || mu_ != 0 || !term.is_signal; }

  void evaluate(const Eigen::VectorXd& x, Evaluation& at) const {
    unpack(x, at.pulls, at.mu);
    at.responses.clear();
    for (const YieldResponse& response : model_.responses)
      at.responses.push_back(response.at(at.pulls[response.parameter()]));
    at.bins.assign(model_.bins.size(), 0.0);
    at.sums.assign(model_.terms.size(), 0.0);
    at.products.assign(model_.terms.size(), 0.0);
    for (std::size_t bin = 0; bin < at.bins.size(); ++bin) {
      for (const std::size_t t : layout_.terms_of[bin]) {
        const BinnedTerm& term = model_.terms[t];
        if (!counts(term)) continue;
        double sum = term.nominal, product = term.is_signal ? at.mu : 1;
        for (const std::size_t index : term.shifts) sum += at.responses[index].value;
        for (const std::size_t index : term.factors) product *= at.responses[index].value;
        at.sums[t] = sum;
        at.products[t] = product;
        at.bins[bin] += sum * product;
      }
    }
  }

  // Adds the slope of one term to slope_ and excess x its Hessian. With yield = sum x product: the logarithm of the
  // product is a sum over variables, as is the sum.
  void add_term(std::size_t index, double excess, Curvature& hessian) const {
    const double sum = here_.sums[index], product = here_.products[index];
    local_.clear();
    const auto touch = [&](std::size_t variable) {
      const auto k = static_cast<Eigen::Index>(variable);
      if (std::find(touched_.begin(), touched_.end(), k) != touched_.end()) return;
      touched_.push_back(k);
      slope_[k] = 0;
    };
    for (const Slot& slot : layout_.slots[index]) {
      Local local{static_cast<Eigen::Index>(slot.variable), 0, 0, 0, 0};
      for (const std::size_t f : slot.factors) {
        const ResponseValue& response = here_.responses[f];
        const double relative = response.first / response.value;
        local.log_first += relative;
        local.log_second += response.second / response.value - relative * relative;
      }
      for (const std::size_t s : slot.shifts) {
        local.sum_first += here_.responses[s].first;
        local.sum_second += here_.responses[s].second;
      }
      local_.push_back(local);
      touch(slot.variable);
    }
    if (free_ && model_.terms[index].is_signal) {
      const double relative = unit_ / here_.mu;
      local_.push_back({static_cast<Eigen::Index>(mu_variable_), relative, -relative * relative, 0, 0});
      touch(mu_variable_);
    }
    for (const Local& a : local_) {
      slope_[a.variable] += product * (a.sum_first + sum * a.log_first);
      for (const Local& b : local_) {
        if (b.variable > a.variable) continue;
        double second = a.sum_first * b.log_first + b.sum_first * a.log_first + sum * a.log_first * b.log_first;
        if (a.variable == b.variable) second += a.sum_second + sum * a.log_second;
        hessian(a.variable, b.variable) += excess * product * second;
      }
    }
  }

  struct Local {
    Eigen::Index variable;
    double log_first, log_second, sum_first, sum_second;
  };
  const BinnedModel& model_;
  const BinnedLayout& layout_;
  const ProfileData& data_;
  const std::vector<std::size_t>& moving_;
  double unit_;
  bool free_;
  double mu_;
  std::vector<double> pulls_;
  std::size_t mu_variable_;
  /// In units of one event. Where measurements want a signal below zero and the counts one above, -ln L falls for ever
  /// as the strength rises and the factor of the signal vanishes: by less than matters from here on.
  double largest_strength_;
  mutable Evaluation here_, trial_;
  mutable Eigen::VectorXd slope_;
  mutable std::vector<Eigen::Index> touched_;
  mutable std::vector<Local> local_;
};

}  // namespace anyslice::stats
