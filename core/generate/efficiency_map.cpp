// Maps of the efficiency.
#include "core/generate/efficiency_map.hpp"

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/generate/dark_neutrino_weight.hpp"
#include "core/random/counter_random.hpp"

namespace anyslice::generate {
namespace {

/// Shifts of the points, from whose spread errors follow.
constexpr std::size_t kShifts = 8;
/// Where few points pass, more are thrown: twice as many until efficiencies are known to this, three times at most.
constexpr double kWantedError = 0.005;
constexpr std::size_t kMostDoublings = 3;
/// mZ over mN up to which interactions are kept for a light mediator: a kernel of 0.2 in log10 mN, twice that of the
/// cards, reaches rows at 1.6, and cubics take the point beyond.
constexpr double kFarthestExchanged = 2;
constexpr std::size_t kDimensions = kKinematicUniforms.size();

/// Rounded to five digits: a map's numbers are not better than that, and shorter.
Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return std::strtod(text, nullptr);
}

/// The first points of a Sobol sequence, one after the other.
std::vector<double> sobol_points(std::size_t count) {
  boost::random::sobol engine(kDimensions);
  std::vector<double> points(count * kDimensions);
  for (double& coordinate : points) coordinate = static_cast<double>(engine()) * 0x1p-64;
  return points;
}

}  // namespace

EfficiencyMap::EfficiencyMap(const DarkNeutrinoRecipe& recipe, std::uint64_t seed, const ProgressCallback& progress)
    : recipe_(recipe) {
  const double low = recipe.mN.low(), high = std::max(recipe.mN.high(), low * 1.0001), width = std::log10(high / low);
  const auto cells = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::lround(static_cast<double>(recipe.map_bins_per_decade) * width)));
  for (std::size_t i = 0; i <= cells; ++i)
    masses_.push_back(low * std::pow(10.0, width * static_cast<double>(i) / static_cast<double>(cells)));
  const std::size_t size = recipe.beams.size() * recipe.elements.size() * masses_.size() * recipe.map_mZ_GeV.size();
  interactions_.assign(size, 0);
  efficiencies_.resize(size);
  kinematic_.assign(recipe.map_propagator_over_mZ.size(), std::vector<Efficiency>(size));
  integrate_interactions([&](double share) { return !progress || progress(0.3 * share); });
  throw_points(seed, [&](double share) { return !progress || progress(0.3 + 0.7 * share); });
}

std::size_t EfficiencyMap::cell(std::size_t beam, std::size_t element, std::size_t mass, std::size_t mediator) const {
  return ((beam * recipe_.elements.size() + element) * masses_.size() + mass) * recipe_.map_mZ_GeV.size() + mediator;
}

bool EfficiencyMap::possible(std::size_t mass, std::size_t mediator) const {
  const double mN = masses_[mass], mZ = recipe_.map_mZ_GeV[mediator];
  return recipe_.mediator == Mediator::heavy ? mZ > mN : mZ < mN;
}

void EfficiencyMap::integrate_interactions(const ProgressCallback& progress) {
  const auto& mZ = recipe_.map_mZ_GeV;
  for (std::size_t b = 0; b < recipe_.beams.size(); ++b)
    for (std::size_t e = 0; e < recipe_.elements.size(); ++e)
      for (std::size_t m = 0; m < masses_.size(); ++m) {
        const std::size_t first = cell(b, e, m, 0);
        report_progress(progress, static_cast<double>(first) / static_cast<double>(interactions_.size()));
        const auto rates = interactions_per_nucleus(recipe_.beams[b].flux, recipe_.elements[e].target,
                                                    recipe_.largest_Q_GeV, masses_[m], mZ);
        std::copy(rates.begin(), rates.end(), interactions_.begin() + static_cast<std::ptrdiff_t>(first));
      }
}

void EfficiencyMap::throw_points(std::uint64_t seed, const ProgressCallback& progress) {
  const auto& mZ = recipe_.map_mZ_GeV;
  const bool heavy = recipe_.mediator == Mediator::heavy;
  const Thrower thrower(recipe_, std::make_unique<StratifiedProposal>(recipe_));
  const std::size_t count = std::max<std::size_t>(1, recipe_.map_points / kShifts);
  const std::vector<double> points = sobol_points(count << kMostDoublings);
  EventUniforms shifts[kShifts], uniforms{};
  for (std::size_t s = 0; s < kShifts; ++s) CounterRandom(seed, s, kMaps).fill_coarse(shifts[s]);

  Thrower::Event event;
  // What the points of one mN, and for a light mediator one mZ, add to the mediator masses from `first` up to `last`.
  const auto throw_at = [&](std::size_t b, std::size_t e, std::size_t m, std::size_t first, std::size_t last,
                            std::size_t stratum) {
    const std::size_t cuts = recipe_.cuts.size(), columns = last - first;
    std::vector<std::vector<Sums>> own(columns, std::vector<Sums>(kShifts, Sums{0, std::vector<double>(cuts, 0)}));
    const auto& ratios = recipe_.map_propagator_over_mZ;
    std::vector<std::vector<Sums>> others(ratios.size(), own.front());
    const auto throw_points_from = [&](std::size_t s, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t d = 0; d < kDimensions; ++d) {
          const double shifted = points[i * kDimensions + d] + shifts[s][kKinematicUniforms[d]];
          uniforms[kKinematicUniforms[d]] = shifted < 1 ? shifted : shifted - 1;
        }
        event.draw = {};
        event.draw.stratum = stratum;
        event.draw.mN = masses_[m];
        event.draw.mZ = heavy ? 0 : mZ[first];
        event.draw.weight = 1;
        // The density of a heavy mediator's decay needs the leptons, also of those that fail.
        thrower.throw_event(i, uniforms, heavy, event);
        if (event.draw.weight == 0) continue;
        const double weight = thrower.approximate_weight(event);
        const auto count_in = [&](Sums& sums, double value) {
          sums.thrown += value;
          for (std::size_t c = 0; c < cuts; ++c)
            if ((event.passed >> c & 1) != 0) sums.passed[c] += value;
        };
        for (std::size_t k = first; k < last; ++k) {
          if (possible(m, k))
            count_in(own[k - first][s], weight * propagators(event.draw, recipe_.mediator, masses_[m], mZ[k]));
        }
        for (std::size_t r = 0; r < ratios.size(); ++r) {
          count_in(others[r][s], weight * propagators(event.draw, recipe_.mediator, masses_[m], ratios[r] * mZ[first]));
        }
      }
    };
    std::size_t thrown = 0;
    for (std::size_t doublings = 0; doublings <= kMostDoublings; ++doublings) {
      for (std::size_t s = 0; s < kShifts; ++s) throw_points_from(s, thrown, count << doublings);
      thrown = count << doublings;
      for (std::size_t k = first; k < last; ++k)
        if (possible(m, k)) efficiencies_[cell(b, e, m, k)] = efficiency_of(own[k - first]);
      double error = 0;
      for (std::size_t c = 0; c < cuts; ++c) error = std::max(error, relative_error(cell(b, e, m, first), columns, c));
      if (error <= kWantedError) break;
    }
    for (std::size_t r = 0; r < ratios.size(); ++r) kinematic_[r][cell(b, e, m, first)] = efficiency_of(others[r]);
  };

  for (std::size_t b = 0; b < recipe_.beams.size(); ++b)
    for (std::size_t e = 0; e < recipe_.elements.size(); ++e) {
      const auto stratum = std::find_if(recipe_.strata.begin(), recipe_.strata.end(), [&](const Stratum& candidate) {
        return candidate.beam == b && candidate.element == e && recipe_.region_is_cut[candidate.region];
      });
      if (stratum == recipe_.strata.end()) continue;
      const auto place = static_cast<std::size_t>(stratum - recipe_.strata.begin());
      for (std::size_t m = 0; m < masses_.size(); ++m) {
        report_progress(progress, static_cast<double>(cell(b, e, m, 0)) / static_cast<double>(interactions_.size()));
        if (heavy) throw_at(b, e, m, 0, mZ.size(), place);
        for (std::size_t k = 0; !heavy && k < mZ.size(); ++k)
          if (possible(m, k)) throw_at(b, e, m, k, k + 1, place);
      }
    }
}

EfficiencyMap::Efficiency EfficiencyMap::efficiency_of(const std::vector<Sums>& by_shift) const {
  Efficiency result;
  for (std::size_t c = 0; c < recipe_.cuts.size(); ++c) {
    double thrown = 0, passed = 0, squares = 0;
    for (const Sums& sums : by_shift) {
      thrown += sums.thrown;
      passed += sums.passed[c];
    }
    const double mean = passed / thrown, shifts = static_cast<double>(by_shift.size());
    for (const Sums& sums : by_shift) squares += std::pow((sums.passed[c] - mean * sums.thrown) / thrown * shifts, 2);
    result.mean.push_back(mean);
    result.error.push_back(std::sqrt(squares / shifts / (shifts - 1)));
  }
  return result;
}

double EfficiencyMap::relative_error(std::size_t first, std::size_t count, std::size_t cuts) const {
  double squares = 0, known = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    if (efficiencies_[i].mean.empty() || !(efficiencies_[i].mean[cuts] > 0)) continue;
    squares += std::pow(efficiencies_[i].error[cuts] / efficiencies_[i].mean[cuts], 2);
    ++known;
  }
  return known > 0 ? std::sqrt(squares / known) : INFINITY;
}

Json EfficiencyMap::document() const {
  Json beams = Json::array(), elements = Json::array();
  for (const auto& beam : recipe_.beams) beams.push_back(beam.name);
  for (const auto& element : recipe_.elements) elements.push_back(element.symbol);
  const auto& mZ = recipe_.map_mZ_GeV;
  // [beam][element][mN] of what a function gives for mN and the cell of its first mediator mass.
  const auto collect = [&](const auto& value_of) {
    Json all = Json::array();
    for (std::size_t b = 0; b < recipe_.beams.size(); ++b) {
      all.push_back(Json::array());
      for (std::size_t e = 0; e < recipe_.elements.size(); ++e) {
        all[b].push_back(Json::array());
        for (std::size_t m = 0; m < masses_.size(); ++m) all[b][e].push_back(value_of(m, cell(b, e, m, 0)));
      }
    }
    return all;
  };
  const auto row_of = [&](std::size_t first, const auto& is_known, const auto& value_of) {
    Json row = Json::array();
    for (std::size_t k = 0; k < mZ.size(); ++k) row.push_back(is_known(k) ? value_of(first + k) : Json());
    return row;
  };
  const auto is_exchanged = [&](std::size_t m, std::size_t k) {
    return recipe_.mediator == Mediator::light ? mZ[k] <= kFarthestExchanged * masses_[m] : possible(m, k);
  };
  Json masses = Json::array();
  for (const double mass : masses_) masses.push_back(rounded(mass));
  Json result = {{"mN_GeV", std::move(masses)},
                 {"mZ_GeV", mZ},
                 {"beams", std::move(beams)},
                 {"elements", std::move(elements)},
                 {"interactions", collect([&](std::size_t m, std::size_t first) {
                    return row_of(
                        first, [&](std::size_t k) { return is_exchanged(m, k); },
                        [&](std::size_t i) { return rounded(interactions_[i]); });
                  })}};
  const auto means_of = [&](const std::vector<Efficiency>& efficiencies, std::size_t c, std::size_t m,
                            std::size_t first) {
    return row_of(
        first, [&](std::size_t k) { return possible(m, k); },
        [&](std::size_t i) { return efficiencies[i].mean.empty() ? Json() : rounded(efficiencies[i].mean[c]); });
  };
  if (!kinematic_.empty()) result["propagator_over_mZ"] = recipe_.map_propagator_over_mZ;
  for (std::size_t c = 0; c < recipe_.cuts.size(); ++c) {
    const auto& name = recipe_.cuts[c].name;
    result["efficiency"][name] =
        collect([&](std::size_t m, std::size_t first) { return means_of(efficiencies_, c, m, first); });
    if (!kinematic_.empty()) {
      result["kinematic_efficiency"][name] = collect([&](std::size_t m, std::size_t first) {
        Json rows = Json::array();
        for (const auto& efficiencies : kinematic_) rows.push_back(means_of(efficiencies, c, m, first));
        return rows;
      });
    }
    result["relative_error"][name] =
        collect([&](std::size_t, std::size_t first) { return rounded(relative_error(first, mZ.size(), c)); });
  }
  return result;
}

}  // namespace anyslice::generate
