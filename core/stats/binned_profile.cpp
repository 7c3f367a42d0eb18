// -ln L of a binned model with exact derivatives, and where its fits start.
#include "core/stats/binned_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "core/base/error.hpp"
#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"
#include "core/stats/interior_newton.hpp"
#include "core/stats/poisson_nll.hpp"

namespace anyslice::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t none = static_cast<std::size_t>(-1);

bool moves(const BinnedParameter& parameter) { return parameter.lower < parameter.upper; }

// The parameter that its auxiliary measurement alone would give.
double preferred(const BinnedParameter& parameter, double measured) {
  if (!moves(parameter) || parameter.measurement == Measurement::none) return parameter.nominal;
  return parameter.measurement == Measurement::poisson ? measured / parameter.width : measured;
}

double penalty(const BinnedParameter& parameter, double measured, double value) {
  if (parameter.measurement == Measurement::none || !moves(parameter)) return 0;
  if (parameter.measurement == Measurement::poisson) return poisson_nll(measured, parameter.width * value);
  const double pull = (value - measured) / parameter.width;
  return 0.5 * pull * pull;
}

// poisson_nll(count, from + change) - poisson_nll(count, from).
double poisson_difference(double count, double from, double change) {
  if (count == 0) return change;
  return change / from > -1 ? change - count * std::log1p(change / from) : infinity;
}

}  // namespace

/// What all fits of a model share: which variable each parameter is, and through what it acts on each term.
struct BinnedProfile::Layout {
  struct Slot {
    std::size_t variable;
    std::vector<std::size_t> factors, shifts;  // responses
  };
  Layout(const BinnedModel& model, const std::vector<std::size_t>& moving)
      : variable_of(model.parameters.size(), none), slots(model.terms.size()), terms_of(model.bins.size()) {
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
          if (variable == none) continue;
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
  }
  std::vector<std::size_t> variable_of;
  std::vector<std::vector<Slot>> slots;            // of the terms
  std::vector<std::vector<std::size_t>> terms_of;  // of the bins
  std::vector<std::size_t> shifted;                // terms that parameters shift
  std::vector<double> allowance;                   // of the terms
};

/// -ln L as a function of the parameters that move and, in a free fit, of mu in units of one signal event (last).
class BinnedProfile::Problem : public SmoothProblem {
 public:
  Problem(const BinnedModel& model, const Layout& layout, const ProfileData& data,
          const std::vector<std::size_t>& moving, double unit, bool free, double mu, const std::vector<double>& pulls)
      : model_(model),
        layout_(layout),
        data_(data),
        moving_(moving),
        unit_(unit),
        free_(free),
        mu_(mu),
        pulls_(pulls),
        mu_variable_(moving.size()) {}

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
    if (free_) bound(size() - 1, x[size() - 1], 1);
    for (const std::size_t t : layout_.shifted) {
      if (!counts(model_.terms[t])) continue;
      PositiveQuantity& quantity = add(model_.terms[t].nominal + layout_.allowance[t]);
      for (const std::size_t index : model_.terms[t].shifts) {
        const YieldResponse& response = model_.responses[index];
        const std::size_t variable = layout_.variable_of[response.parameter()];
        const ResponseValue shift =
            response.at(variable == none ? pulls_[response.parameter()] : x[static_cast<Eigen::Index>(variable)]);
        quantity.value += shift.value;
        if (with_parts && variable != none)
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
  using Slot = Layout::Slot;
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
  const Layout& layout_;
  const ProfileData& data_;
  const std::vector<std::size_t>& moving_;
  double unit_;
  bool free_;
  double mu_;
  std::vector<double> pulls_;
  std::size_t mu_variable_;
  mutable Evaluation here_, trial_;
  mutable Eigen::VectorXd slope_;
  mutable std::vector<Eigen::Index> touched_;
  mutable std::vector<Local> local_;
};

BinnedProfile::BinnedProfile(const BinnedModel& model, const std::string& source) : model_(model) {
  model_.validate(source);
  const double signal = model_.nominal_total(true);
  if (!(signal >= 1e-200 && signal <= 1e200)) {
    throw InputError(source, "signal", "expected signal events at signal strength 1 (1e-200 to 1e200)");
  }
  unit_ = 1 / signal;
  for (std::size_t p = 0; p < model_.parameters.size(); ++p) {
    if (moves(model_.parameters[p])) moving_.push_back(p);
  }
  order_variables();
  layout_ = std::make_shared<const Layout>(model_, moving_);
  // -ln nu of what is linear in all parameters together is convex, and so are the measurements.
  for (const BinnedTerm& term : model_.terms) {
    const std::size_t degree = term.factors.size() + (term.is_signal ? 1 : 0) + (term.shifts.empty() ? 0 : 1);
    is_convex_ = is_convex_ && degree <= 1;
    for (const auto* list : {&term.factors, &term.shifts}) {
      for (const std::size_t index : *list) {
        const ResponseShape shape = model_.responses[index].shape();
        is_convex_ = is_convex_ && (shape == ResponseShape::factor || shape == ResponseShape::linear);
      }
    }
  }
}

// Parameters of one bin first, bin by bin: their part of the Hessian is then narrow (see Curvature).
void BinnedProfile::order_variables() {
  const std::size_t several = model_.bins.size();
  std::vector<std::size_t> bin_of(model_.parameters.size(), none);
  for (const BinnedTerm& term : model_.terms) {
    for (const auto* list : {&term.factors, &term.shifts}) {
      for (const std::size_t index : *list) {
        std::size_t& bin = bin_of[model_.responses[index].parameter()];
        bin = bin == none || bin == term.bin ? term.bin : several;
      }
    }
  }
  std::stable_sort(moving_.begin(), moving_.end(), [&](std::size_t a, std::size_t b) { return bin_of[a] < bin_of[b]; });
}

ProfileData BinnedProfile::own_data() const {
  ProfileData data{model_.observed, {}};
  for (const BinnedParameter& parameter : model_.parameters) data.auxiliary.push_back(parameter.measured);
  return data;
}

void BinnedProfile::expected(double mu, const std::vector<double>& pulls, std::vector<double>& counts) const {
  counts.assign(model_.bins.size(), 0.0);
  const auto at = [&](std::size_t index) {
    return model_.responses[index].at(pulls[model_.responses[index].parameter()]).value;
  };
  for (const BinnedTerm& term : model_.terms) {
    if (term.is_signal && mu == 0) continue;
    double yield = term.nominal;
    for (const std::size_t index : term.shifts) yield += at(index);
    yield = std::max(yield, 0.0) * (term.is_signal ? mu : 1);
    for (const std::size_t index : term.factors) yield *= at(index);
    counts[term.bin] += yield;
  }
}

double BinnedProfile::nll(const ProfileData& data, double mu, const std::vector<double>& pulls) const {
  for (const BinnedTerm& term : model_.terms) {
    double yield = term.nominal, size = term.nominal;
    for (const std::size_t index : term.shifts) {
      const YieldResponse& response = model_.responses[index];
      yield += response.at(pulls[response.parameter()]).value;
      size += std::fabs(response.up()) + std::fabs(response.down());
    }
    if (yield < -2e-9 * size) return infinity;
  }
  std::vector<double> counts;
  expected(mu, pulls, counts);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) sum += poisson_nll(data.counts[i], counts[i]);
  for (std::size_t p = 0; p < pulls.size(); ++p) sum += penalty(model_.parameters[p], data.auxiliary[p], pulls[p]);
  return sum;
}

void BinnedProfile::derivatives(const ProfileData& data, double mu, const std::vector<double>& pulls,
                                Eigen::VectorXd& gradient, Eigen::MatrixXd& hessian) const {
  const Problem problem(model_, *layout_, data, moving_, 1, true, mu, pulls);
  Curvature lower;
  Eigen::VectorXd slope;
  problem.derivatives(problem.pack(pulls, mu), slope, lower);
  // From the order of the fits to that of the parameters; those that do not move have no derivatives.
  const auto size = static_cast<Eigen::Index>(pulls.size()) + 1;
  gradient.setZero(size);
  hessian.setZero(size, size);
  const auto place = [&](Eigen::Index k) {
    return k + 1 == slope.size() ? size - 1 : static_cast<Eigen::Index>(moving_[static_cast<std::size_t>(k)]);
  };
  for (Eigen::Index k = 0; k < slope.size(); ++k) {
    gradient[place(k)] = slope[k];
    for (Eigen::Index l = 0; l <= k; ++l) hessian(place(k), place(l)) = hessian(place(l), place(k)) = lower(k, l);
  }
}

double BinnedProfile::minimise_from(const ProfileData& data, double& mu, bool free, std::vector<double>& pulls) const {
  // Strictly inside all bounds, and on the way to the nominal parameters until no yield is negative.
  for (const std::size_t p : moving_) {
    const BinnedParameter& parameter = model_.parameters[p];
    const double lower = parameter.lower, upper = parameter.upper, width = upper - lower;
    const double margin = std::min(1e-2 * width, 1e-2 * std::max(1.0, std::fabs(parameter.nominal)));
    pulls[p] = std::clamp(pulls[p], lower + margin, upper - margin);
  }
  if (free && !(mu > 0)) mu = unit_;
  const Problem problem(model_, *layout_, data, moving_, unit_, free, mu, pulls);
  Eigen::VectorXd x = problem.pack(pulls, mu), inside = x;
  for (std::size_t k = 0; k < moving_.size(); ++k) {
    const BinnedParameter& parameter = model_.parameters[moving_[k]];
    const double width = parameter.upper - parameter.lower, margin = std::min(1e-2 * width, 1e-2);
    inside[static_cast<Eigen::Index>(k)] =
        std::clamp(parameter.nominal, parameter.lower + margin, parameter.upper - margin);
  }
  std::vector<PositiveQuantity> quantities;
  for (int attempt = 0;; ++attempt) {
    problem.positive(x, quantities, false);
    const bool is_inside = std::all_of(quantities.begin(), quantities.end(), [](const auto& q) { return q.value > 0; });
    if (is_inside && std::isfinite(problem.value(x))) break;
    if (attempt > 60) {
      problem.unpack(x, pulls, mu);
      return infinity;
    }
    x = attempt == 60 ? inside : (0.5 * (x + inside)).eval();
  }
  const Minimum minimum = minimise(problem, x);
  if (!minimum.converged) {
    throw std::runtime_error("profile fit did not converge in " + std::to_string(minimum.iterations) +
                             " steps: -ln L is still about " + std::to_string(minimum.distance) + " above its minimum");
  }
  problem.unpack(x, pulls, mu);
  return problem.value(x);
}

double BinnedProfile::minimise_from_all(const ProfileData& data, double& mu, bool free,
                                        std::vector<double>& pulls) const {
  const std::vector<double> preferred_pulls = pulls;
  const double first_mu = mu;
  double best = minimise_from(data, mu, free, pulls);
  if (is_convex_ || !std::isfinite(best)) return best;

  // The concave part -n ln nu has at most n l^2 / 4 of curvature along a parameter whose logarithmic response is l,
  // against that of its measurement.
  std::vector<double> counts;
  expected(first_mu, preferred_pulls, counts);
  for (const std::size_t p : moving_) {
    const BinnedParameter& parameter = model_.parameters[p];
    if (parameter.measurement != Measurement::gaussian) continue;
    double start = 0;
    for (const BinnedTerm& term : model_.terms) {
      const double excess = data.counts[term.bin] - counts[term.bin];
      if (!(excess > 0) || (term.is_signal && first_mu == 0)) continue;
      for (const std::size_t index : term.factors) {
        const YieldResponse& response = model_.responses[index];
        if (response.parameter() != p || response.shape() == ResponseShape::factor) continue;
        const double l = std::log(response.up());
        if (data.counts[term.bin] * l * l * parameter.width * parameter.width <= 4) continue;
        const double own = term.nominal * (term.is_signal ? first_mu : 1);
        if (own > 0) start = std::max(std::fabs(start), std::log1p(excess / own) / std::fabs(l)) * (l > 0 ? 1 : -1);
      }
    }
    if (start == 0) continue;
    std::vector<double> other = preferred_pulls;
    double other_mu = first_mu;
    other[p] += start;
    const double value = minimise_from(data, other_mu, free, other);
    if (value < best) {
      best = value;
      pulls = other;
      mu = other_mu;
    }
  }
  return best;
}

double BinnedProfile::fit(const ProfileData& data, double mu, std::vector<double>& pulls) const {
  pulls.resize(pull_count());
  for (std::size_t p = 0; p < pulls.size(); ++p) pulls[p] = preferred(model_.parameters[p], data.auxiliary[p]);
  return minimise_from_all(data, mu, false, pulls);
}

FreeFit BinnedProfile::fit_free(const ProfileData& data, std::vector<double>& pulls) const {
  pulls.resize(pull_count());
  for (std::size_t p = 0; p < pulls.size(); ++p) pulls[p] = preferred(model_.parameters[p], data.auxiliary[p]);
  // As many signal events as there are more than expected where signal is.
  std::vector<double> counts;
  expected(0, pulls, counts);
  std::vector<bool> has_signal(counts.size(), false);
  for (const BinnedTerm& term : model_.terms) has_signal[term.bin] = has_signal[term.bin] || term.is_signal;
  double excess = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) excess += has_signal[i] ? data.counts[i] - counts[i] : 0;
  double mu = unit_ * std::max(excess, 0.5);
  double best = minimise_from_all(data, mu, true, pulls);
  if (!is_convex_ && std::isfinite(best)) {
    // Signal and uncertainties can explain an excess in turns. Other minima are looked for from no signal and, where
    // counts are far from what is expected, from the signal that each bin asks for.
    std::vector<double> strengths = {0}, signal, pulls_there;
    for (std::size_t p = 0; p < pull_count(); ++p)
      pulls_there.push_back(preferred(model_.parameters[p], data.auxiliary[p]));
    expected(unit_, pulls_there, signal);
    for (std::size_t i = 0; i < counts.size() && strengths.size() < 10; ++i) {
      const double more = data.counts[i] - counts[i], per_unit = signal[i] - counts[i];
      if (more > 3 * std::sqrt(counts[i] + 1) && per_unit > 1e-3 * more) strengths.push_back(unit_ * more / per_unit);
    }
    for (const double strength : strengths) {
      const double there = fit(data, strength, pulls_there);
      if (strength == 0 && there >= best) continue;
      double other_mu = std::max(strength, 1e-3 * unit_);
      const double value = minimise_from(data, other_mu, true, pulls_there);
      if (value < best) {
        best = value;
        mu = other_mu;
        pulls = pulls_there;
      }
    }
  }
  // The interior-point method only comes close to no signal at all.
  return {mu < 1e-9 * unit_ ? 0.0 : mu, best};
}

void BinnedProfile::auxiliary_means(const std::vector<double>& pulls, std::vector<double>& means) const {
  means.resize(pulls.size());
  for (std::size_t p = 0; p < pulls.size(); ++p) {
    const BinnedParameter& parameter = model_.parameters[p];
    means[p] = parameter.measurement == Measurement::poisson ? parameter.width * pulls[p] : pulls[p];
    if (parameter.measurement == Measurement::none) means[p] = 0;
  }
}

void BinnedProfile::draw_auxiliary(const std::vector<double>& pulls, CounterRandom& random,
                                   std::vector<double>& auxiliary) const {
  auxiliary.resize(pulls.size());
  for (std::size_t p = 0; p < pulls.size(); ++p) {
    const BinnedParameter& parameter = model_.parameters[p];
    const double uniform = random.uniform();
    auxiliary[p] = 0;
    if (parameter.measurement == Measurement::gaussian)
      auxiliary[p] = pulls[p] + parameter.width * normal_quantile(uniform);
    if (parameter.measurement == Measurement::poisson)
      auxiliary[p] = static_cast<double>(poisson_quantile(uniform, parameter.width * pulls[p]));
  }
}

}  // namespace anyslice::stats
