// A cheap upper bound on the importance of events, for a roulette before their kinematics are drawn.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_importance.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/log_axis.hpp"

namespace anyslice::generate {

/// The largest importance that a pilot saw by stratum and mN: an event can be dropped on the strength of it before its
/// kinematics are drawn. Where an importance exceeds it after all, the event is kept less often than it deserves, with
/// the weight that goes with that.
class EarlyBounds {
 public:
  explicit EarlyBounds(const DarkNeutrinoRecipe& recipe)
      : masses_(recipe.mN.low(), recipe.mN.high(), kImportanceBinsPerDecade),
        bounds_(recipe.strata.size() * masses_.bins, 0),
        counts_(bounds_.size(), 0) {}

  double of(const DarkNeutrinoDraw& draw) const { return bounds_[cell(draw)]; }
  void raise(const DarkNeutrinoDraw& draw, double importance) {
    ++counts_[cell(draw)];
    // A document cannot hold an infinite number.
    bounds_[cell(draw)] = std::max(bounds_[cell(draw)], std::min(importance, std::numeric_limits<double>::max()));
  }
  const std::vector<double>& values() const { return bounds_; }
  /// Where the pilot saw few events the bound is the largest of all: the largest of a few says little about the next.
  void fill_gaps() {
    constexpr std::uint32_t kEnoughEvents = 20;
    const double largest = *std::max_element(bounds_.begin(), bounds_.end());
    for (std::size_t i = 0; i < bounds_.size(); ++i)
      if (counts_[i] < kEnoughEvents) bounds_[i] = largest;
  }
  void read(const JsonReader& reader) {
    const auto values = reader.numbers();
    if (values.size() != bounds_.size()) reader.fail("expected " + std::to_string(bounds_.size()) + " numbers");
    if (!(*std::min_element(values.begin(), values.end()) > 0)) reader.fail("expected numbers above zero");
    bounds_ = values;
  }

 private:
  std::size_t cell(const DarkNeutrinoDraw& draw) const { return draw.stratum * masses_.bins + masses_.bin(draw.mN); }

  LogAxis masses_;
  std::vector<double> bounds_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace anyslice::generate
