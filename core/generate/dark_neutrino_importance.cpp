// Importances of dark neutrino events.
#include "core/generate/dark_neutrino_importance.hpp"

#include <algorithm>
#include <cmath>

#include "core/generate/dark_neutrino_weight.hpp"

namespace anyslice::generate {
namespace {

/// Equal bins in a logarithm; values outside belong to the end bins.
struct LogAxis {
  double ln_low = 0, per_unit = 1;
  std::size_t bins = 1;

  LogAxis(double low, double high, double per_decade)
      : ln_low(std::log(low)), bins(static_cast<std::size_t>(std::ceil(per_decade * std::log10(high / low) - 1e-9))) {
    bins = std::max<std::size_t>(bins, 1);
    per_unit = static_cast<double>(bins) / std::log(high / low);
  }
  std::size_t bin(double value) const {
    const double place = (std::log(value) - ln_low) * per_unit;
    return place > 0 ? std::min(static_cast<std::size_t>(place), bins - 1) : 0;
  }
  double centre(std::size_t i) const { return std::exp(ln_low + (static_cast<double>(i) + 0.5) / per_unit); }
};

constexpr double kMassBinsPerDecade = 15;

std::vector<double> read_rates(const JsonReader& reader, std::size_t size) {
  auto rates = reader.at("rates").numbers();
  if (rates.size() != size) reader.at("rates").fail("expected " + std::to_string(size) + " numbers");
  return rates;
}

class LifetimeImportance : public Importance {
 public:
  explicit LifetimeImportance(const DarkNeutrinoRecipe& recipe)
      : beams_(recipe.beams.size()),
        masses_(recipe.mN.low(), recipe.mN.high(), kMassBinsPerDecade),
        lifetimes_(recipe.roulette->ctau0_over_mN_cm_per_GeV),
        mediators_(recipe.roulette->mZ_GeV.size()),
        rates_(beams_ * masses_.bins * mediators_ * lifetimes_.size(), 0) {
    for (std::size_t m = 0; m < masses_.bins; ++m) {
      for (const double mZ : recipe.roulette->mZ_GeV) {
        // The decay must stay off its pole across the bin.
        const double mass = std::max(mZ, 1.15 * masses_.centre(m));
        const double x = masses_.centre(m) * masses_.centre(m) / (mass * mass);
        points_.push_back({mass * mass, x, 1 / physics::propagator_enhancement(x)});
      }
    }
  }

  void learn(const SelectedEvent& event) override {
    const std::size_t m = masses_.bin(event.draw->mN);
    std::array<double, kMost> factors{};
    fill_propagators(event, m, factors);
    for (std::size_t s = 0; s < lifetimes_.size(); ++s) {
      const double lambda = event.momentum_N * lifetimes_[s];  // beta gamma ctau0 = (p / mN) ctau0
      double probability = 0;
      for (std::size_t j = 0; j < event.segment_count; ++j) {
        const auto& segment = event.segments[j];
        if (segment.entry > 80 * lambda) continue;
        probability += std::exp(-segment.entry / lambda) * -std::expm1(-segment.length / lambda);
      }
      if (probability == 0) continue;
      double* rate = &rates_[((event.beam * masses_.bins + m) * lifetimes_.size() + s) * mediators_];
      for (std::size_t k = 0; k < mediators_; ++k) rate[k] += event.weight * factors[k] * probability;
    }
  }

  void prepare() override {
    // largest_[...] = max over lifetimes of P(decay) / rate, against entry / p and length / p.
    largest_.assign(beams_ * masses_.bins * (entries_.bins + 1) * lengths_.bins * mediators_, 0);
    for (std::size_t b = 0; b < beams_; ++b)
      for (std::size_t m = 0; m < masses_.bins; ++m)
        for (std::size_t e = 0; e <= entries_.bins; ++e)
          for (std::size_t l = 0; l < lengths_.bins; ++l)
            for (std::size_t s = 0; s < lifetimes_.size(); ++s) {
              const double entry = e == 0 ? 0 : entries_.centre(e - 1);
              const double probability =
                  std::exp(-entry / lifetimes_[s]) * -std::expm1(-lengths_.centre(l) / lifetimes_[s]);
              const double* rate = &rates_[((b * masses_.bins + m) * lifetimes_.size() + s) * mediators_];
              double* largest = &largest_[cell(b, m, e, l)];
              for (std::size_t k = 0; k < mediators_; ++k)
                if (rate[k] > 0) largest[k] = std::max(largest[k], probability / rate[k]);
            }
  }

  double of(const SelectedEvent& event) const override {
    const std::size_t m = masses_.bin(event.draw->mN);
    const double entry = event.first_entry / event.momentum_N, length = event.total_length / event.momentum_N;
    const double* largest =
        &largest_[cell(event.beam, m, entry > 0 ? 1 + entries_.bin(entry) : 0, lengths_.bin(length))];
    std::array<double, kMost> factors{};
    fill_propagators(event, m, factors);
    double importance = 0;
    for (std::size_t k = 0; k < mediators_; ++k) importance = std::max(importance, factors[k] * largest[k]);
    return event.weight * importance;
  }

  Json document() const override { return {{"rates", rates_}}; }
  void read(const JsonReader& reader) override { rates_ = read_rates(reader, rates_.size()); }

 private:
  static constexpr std::size_t kMost = 16;
  struct Point {
    double mZ2, x, normalisation;
  };

  std::size_t cell(std::size_t beam, std::size_t mass, std::size_t entry, std::size_t length) const {
    return (((beam * masses_.bins + mass) * (entries_.bins + 1) + entry) * lengths_.bins + length) * mediators_;
  }

  void fill_propagators(const SelectedEvent& event, std::size_t mass, std::array<double, kMost>& factors) const {
    for (std::size_t k = 0; k < mediators_; ++k) {
      const Point& point = points_[mass * mediators_ + k];
      const double both = 1 / ((event.draw->Q2 + point.mZ2) * (1 - point.x * event.draw->decay.y));
      factors[k] = both * both * point.normalisation;
    }
  }

  std::size_t beams_;
  LogAxis masses_;
  LogAxis entries_{1e-3, 1e4, 10}, lengths_{1e-3, 1e4, 6};  // cm/GeV
  std::vector<double> lifetimes_;
  std::size_t mediators_;
  std::vector<double> rates_;  // beam, mass, lifetime, mediator
  std::vector<Point> points_;  // mass, mediator
  std::vector<double> largest_;
};

class CellImportance : public Importance {
 public:
  CellImportance(const DarkNeutrinoRecipe& recipe, std::size_t parts)
      : parts_(parts),
        masses_(recipe.mN.low(), recipe.mN.high(), kMassBinsPerDecade),
        mediators_(recipe.mZ->low(), recipe.mZ->high(), kMassBinsPerDecade),
        rates_(recipe.beams.size() * parts * masses_.bins * mediators_.bins, 0) {}

  void learn(const SelectedEvent& event) override { rates_[cell(event)] += contribution(event); }
  void prepare() override {}
  double of(const SelectedEvent& event) const override {
    const double rate = rates_[cell(event)];
    return rate > 0 ? contribution(event) / rate : 0;
  }
  Json document() const override { return {{"rates", rates_}}; }
  void read(const JsonReader& reader) override { rates_ = read_rates(reader, rates_.size()); }

 private:
  std::size_t cell(const SelectedEvent& event) const {
    const std::size_t group = event.beam * parts_ + event.part;
    return (group * masses_.bins + masses_.bin(event.draw->mN)) * mediators_.bins + mediators_.bin(event.draw->mZ);
  }
  static double contribution(const SelectedEvent& event) {
    return event.weight * propagators(*event.draw, Mediator::light, event.draw->mN, event.draw->mZ);
  }

  std::size_t parts_;
  LogAxis masses_, mediators_;
  std::vector<double> rates_;  // beam, part, mass, mediator
};

}  // namespace

std::unique_ptr<Importance> make_importance(const DarkNeutrinoRecipe& recipe, std::size_t parts) {
  if (recipe.mediator == Mediator::heavy) return std::make_unique<LifetimeImportance>(recipe);
  return std::make_unique<CellImportance>(recipe, parts);
}

}  // namespace anyslice::generate
