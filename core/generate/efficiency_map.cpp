// Maps of the efficiency.
#include "core/generate/efficiency_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/generate/dark_neutrino_weight.hpp"

namespace anyslice::generate {
namespace {

/// Rounded to five digits: a map's numbers are not better than that, and shorter.
Json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return std::strtod(text, nullptr);
}

}  // namespace

EfficiencyMap::EfficiencyMap(const DarkNeutrinoRecipe& recipe, const ProgressCallback& progress) : recipe_(recipe) {
  const double low = recipe.mN.low(), high = std::max(recipe.mN.high(), low * 1.0001);
  ln_low_ = std::log(low);
  bins_ = std::max<std::size_t>(
      1,
      static_cast<std::size_t>(std::lround(static_cast<double>(recipe.map_bins_per_decade) * std::log10(high / low))));
  bins_per_unit_ = static_cast<double>(bins_) / std::log(high / low);
  for (std::size_t i = 0; i < bins_; ++i)
    centres_.push_back(std::exp(ln_low_ + (static_cast<double>(i) + 0.5) / bins_per_unit_));
  const std::size_t cells = recipe.beams.size() * recipe.elements.size() * bins_ * recipe.map_mZ_GeV.size();
  thrown_.assign(cells, 0);
  thrown_squares_.assign(cells, 0);
  passed_.assign(recipe.cuts.size(), thrown_);
  interactions_.assign(cells, 0);
  slopes_.assign(cells, 0);
  const auto& mZ = recipe.map_mZ_GeV;
  for (std::size_t b = 0; b < recipe.beams.size(); ++b)
    for (std::size_t e = 0; e < recipe.elements.size(); ++e)
      for (std::size_t m = 0; m < bins_; ++m) {
        const std::size_t done = (b * recipe.elements.size() + e) * bins_ + m;
        report_progress(progress, static_cast<double>(done * mZ.size()) / static_cast<double>(cells));
        const auto rates = interactions_per_nucleus(recipe.beams[b].flux, recipe.elements[e].target,
                                                    recipe.largest_Q_GeV, centres_[m], mZ);
        for (std::size_t k = 0; k < mZ.size(); ++k) {
          interactions_[cell(b, e, m, k)] = rates[k];
          if (m == 0 || !(interactions_[cell(b, e, m - 1, k)] > 0) || !(rates[k] > 0)) continue;
          slopes_[cell(b, e, m, k)] = std::log(rates[k] / interactions_[cell(b, e, m - 1, k)]) * bins_per_unit_;
          if (m == 1) slopes_[cell(b, e, 0, k)] = slopes_[cell(b, e, 1, k)];
        }
      }
}

std::size_t EfficiencyMap::cell(std::size_t beam, std::size_t element, std::size_t mass, std::size_t mediator) const {
  return ((beam * recipe_.elements.size() + element) * bins_ + mass) * recipe_.map_mZ_GeV.size() + mediator;
}

void EfficiencyMap::add(const DarkNeutrinoDraw& draw, double weight, std::uint32_t passed) {
  const Stratum& stratum = recipe_.strata[draw.stratum];
  const double place = (std::log(draw.mN) - ln_low_) * bins_per_unit_;
  const std::size_t mass = place > 0 ? std::min(static_cast<std::size_t>(place), bins_ - 1) : 0;
  // The rate falls steeply with mN: without this a bin would stand for its lower end.
  const double distance = std::log(draw.mN / centres_[mass]);
  const std::size_t first = cell(stratum.beam, stratum.element, mass, 0);
  weight *= std::exp(-slopes_[first + recipe_.map_mZ_GeV.size() / 2] * distance);
  const auto count = [&](std::size_t mediator, double value) {
    const std::size_t i = first + mediator;
    thrown_[i] += value;
    thrown_squares_[i] += value * value;
    for (std::size_t c = 0; c < passed_.size(); ++c)
      if ((passed >> c & 1) != 0) passed_[c][i] += value;
  };
  const auto& masses = recipe_.map_mZ_GeV;
  if (recipe_.mediator == Mediator::light) {
    const auto nearer = [&](double a, double b) {
      return std::abs(std::log(a / draw.mZ)) < std::abs(std::log(b / draw.mZ));
    };
    const auto nearest = std::min_element(masses.begin(), masses.end(), nearer);
    count(static_cast<std::size_t>(nearest - masses.begin()),
          weight * propagators(draw, Mediator::light, draw.mN, *nearest));
    return;
  }
  for (std::size_t k = 0; k < masses.size(); ++k) {
    if (masses[k] <= draw.mN) continue;
    // L(x), which all of a cell share nearly, cancels in the ratio.
    const double both =
        1 / ((draw.Q2 + masses[k] * masses[k]) * (1 - draw.mN * draw.mN / (masses[k] * masses[k]) * draw.decay.y));
    count(k, weight * both * both);
  }
}

Json EfficiencyMap::document() const {
  Json beams = Json::array(), elements = Json::array();
  for (const auto& beam : recipe_.beams) beams.push_back(beam.name);
  for (const auto& element : recipe_.elements) elements.push_back(element.symbol);
  const auto& mZ = recipe_.map_mZ_GeV;
  const bool heavy = recipe_.mediator == Mediator::heavy;
  const auto possible = [&](std::size_t mass, std::size_t k) {
    return heavy ? mZ[k] > centres_[mass] : mZ[k] < centres_[mass];
  };
  const auto collect = [&](const auto& value_of) {
    Json all = Json::array();
    for (std::size_t b = 0; b < recipe_.beams.size(); ++b) {
      all.push_back(Json::array());
      for (std::size_t e = 0; e < recipe_.elements.size(); ++e) {
        all[b].push_back(Json::array());
        for (std::size_t m = 0; m < bins_; ++m) {
          Json row = Json::array();
          for (std::size_t k = 0; k < mZ.size(); ++k)
            row.push_back(possible(m, k) ? rounded(value_of(cell(b, e, m, k))) : Json());
          all[b][e].push_back(std::move(row));
        }
      }
    }
    return all;
  };
  Json centres = Json::array();
  for (const double centre : centres_) centres.push_back(rounded(centre));
  Json result = {{"mN_GeV", std::move(centres)},
                 {"mZ_GeV", mZ},
                 {"beams", std::move(beams)},
                 {"elements", std::move(elements)},
                 {"interactions", collect([&](std::size_t i) { return interactions_[i]; })}};
  for (std::size_t c = 0; c < passed_.size(); ++c) {
    const auto& name = recipe_.cuts[c].name;
    result["efficiency"][name] = collect([&](std::size_t i) { return passed_[c][i] / thrown_[i]; });
  }
  for (std::size_t b = 0; b < recipe_.beams.size(); ++b)
    for (std::size_t e = 0; e < recipe_.elements.size(); ++e)
      for (std::size_t m = 0; m < bins_; ++m) {
        double sum = 0;
        for (std::size_t k = 0; k < mZ.size(); ++k) {
          const std::size_t i = cell(b, e, m, k);
          if ((!heavy || k == mZ.size() / 2) && thrown_squares_[i] > 0)
            sum += thrown_[i] * thrown_[i] / thrown_squares_[i];
        }
        result["effective_events"][b][e].push_back(std::round(sum));
      }
  return result;
}

}  // namespace anyslice::generate
