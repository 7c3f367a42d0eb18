// Importances of dark neutrino events.
#include "core/generate/dark_neutrino_importance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/generate/dark_neutrino_weight.hpp"
#include "core/generate/log_axis.hpp"

namespace anyslice::generate {
namespace {

/// Fewer events than this say little about a bin: it then counts as unseen.
constexpr std::uint32_t kEnoughEvents = 20;

/// Of an event where the pilot saw too few: it is kept whenever the early bound lets it through.
constexpr double kUnseen = std::numeric_limits<double>::infinity();

std::vector<double> read_rates(const JsonReader& reader, std::size_t size) {
  auto rates = reader.at("rates").numbers();
  if (std::any_of(rates.begin(), rates.end(), [](double rate) { return rate < 0; }))
    reader.at("rates").fail("expected numbers that are not negative");
  if (rates.size() != size) reader.at("rates").fail("expected " + std::to_string(size) + " numbers");
  return rates;
}

class LifetimeImportance : public Importance {
 public:
  explicit LifetimeImportance(const DarkNeutrinoRecipe& recipe)
      : beams_(recipe.beams.size()),
        masses_(recipe.mN.low(), recipe.mN.high(), kImportanceBinsPerDecade),
        lifetimes_(recipe.roulette->ctau0_over_mN_cm_per_GeV),
        mediators_(recipe.roulette->mZ_GeV.size()) {
    if (recipe.staged) lifetimes_.push_back(kAnyDecay);
    rates_.assign(beams_ * masses_.bins * mediators_ * lifetimes_.size(), 0);
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
    counts_.resize(beams_ * masses_.bins, 0);
    ++counts_[event.beam * masses_.bins + m];
    std::array<double, kMost> factors{};
    fill_propagators(event, m, factors);
    for (std::size_t s = 0; s < lifetimes_.size(); ++s) {
      const double lambda = event.momentum_N * lifetimes_[s];  // beta gamma ctau0 = (p / mN) ctau0
      double probability = lifetimes_[s] == kAnyDecay ? 1 : 0;
      for (std::size_t j = 0; j < event.segment_count && lifetimes_[s] != kAnyDecay; ++j) {
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
    const std::size_t rates_of_bin = mediators_ * lifetimes_.size();
    for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
      if (counts_[bin] >= kEnoughEvents) continue;
      std::fill_n(rates_.begin() + static_cast<std::ptrdiff_t>(bin * rates_of_bin), rates_of_bin, 0.0);
    }
    const std::size_t entries = entries_.bins + 1, lifetimes = lifetimes_.size();
    std::vector<double> reaches(entries * lifetimes), decays(lengths_.bins * lifetimes);
    for (std::size_t s = 0; s < lifetimes; ++s) {
      for (std::size_t e = 0; e < entries; ++e)
        reaches[e * lifetimes + s] =
            e == 0 || lifetimes_[s] == kAnyDecay ? 1 : std::exp(-entries_.centre(e - 1) / lifetimes_[s]);
      for (std::size_t l = 0; l < lengths_.bins; ++l)
        decays[l * lifetimes + s] = lifetimes_[s] == kAnyDecay ? 1 : -std::expm1(-lengths_.centre(l) / lifetimes_[s]);
    }
    // largest_[...] = max over lifetimes of P(decay) / rate, against entry / p and length / p.
    largest_.assign(beams_ * masses_.bins * entries * lengths_.bins * mediators_, 0);
    // Weights have units and can be far from one; single precision has not their range.
    scale_ = std::max(*std::max_element(rates_.begin(), rates_.end()), std::numeric_limits<double>::min());
    seen_.assign(beams_ * masses_.bins, false);
    constexpr double kLargest = std::numeric_limits<float>::max();
    std::vector<double> inverse(lifetimes * mediators_);
    for (std::size_t b = 0; b < beams_; ++b)
      for (std::size_t m = 0; m < masses_.bins; ++m) {
        const double* rate = &rates_[(b * masses_.bins + m) * lifetimes * mediators_];
        seen_[b * masses_.bins + m] = std::any_of(rate, rate + inverse.size(), [](double value) { return value > 0; });
        for (std::size_t i = 0; i < inverse.size(); ++i) inverse[i] = rate[i] > 0 ? 1 / rate[i] : 0;
        for (std::size_t e = 0; e < entries; ++e)
          for (std::size_t l = 0; l < lengths_.bins; ++l) {
            float* largest = &largest_[cell(b, m, e, l)];
            for (std::size_t s = 0; s < lifetimes; ++s) {
              const double probability = reaches[e * lifetimes + s] * decays[l * lifetimes + s];
              for (std::size_t k = 0; k < mediators_; ++k)
                largest[k] = std::max(largest[k], static_cast<float>(std::min(
                                                      scale_ * probability * inverse[s * mediators_ + k], kLargest)));
            }
          }
      }
  }

  double of(const SelectedEvent& event) const override {
    const std::size_t m = masses_.bin(event.draw->mN);
    if (!seen_[event.beam * masses_.bins + m]) return kUnseen;
    const double entry = event.first_entry / event.momentum_N, length = event.total_length / event.momentum_N;
    const float* largest =
        &largest_[cell(event.beam, m, entry > 0 ? 1 + entries_.bin(entry) : 0, lengths_.bin(length))];
    std::array<double, kMost> factors{};
    fill_propagators(event, m, factors);
    double importance = 0;
    for (std::size_t k = 0; k < mediators_; ++k) importance = std::max(importance, factors[k] * largest[k]);
    return event.weight / scale_ * importance;
  }

  Json document() const override { return {{"rates", rates_}}; }
  void read(const JsonReader& reader) override { rates_ = read_rates(reader, rates_.size()); }

 private:
  static constexpr std::size_t kMost = 16;
  /// Stands among the lifetimes for N that may decay anywhere.
  static constexpr double kAnyDecay = 0;
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
  double scale_ = 1;
  LogAxis masses_;
  LogAxis entries_{1e-2, 1e4, 6}, lengths_{1e-2, 1e4, 4};  // cm/GeV
  std::vector<double> lifetimes_;
  std::size_t mediators_;
  std::vector<double> rates_;          // beam, mass, lifetime, mediator
  std::vector<Point> points_;          // mass, mediator
  std::vector<bool> seen_;             // beam, mass: whether the pilot had an event there
  std::vector<std::uint32_t> counts_;  // beam, mass; of the events learned here, not of a document's
  std::vector<float> largest_;         // times scale_
};

class CellImportance : public Importance {
 public:
  CellImportance(const DarkNeutrinoRecipe& recipe, const std::vector<std::string>& parts)
      : masses_(recipe.mN.low(), recipe.mN.high(), kImportanceBinsPerDecade),
        mediators_(recipe.mZ->low(), recipe.mZ->high(), kImportanceBinsPerDecade),
        factors_(parts.size(), 1),
        rates_(recipe.beams.size() * parts.size() * masses_.bins * mediators_.bins, 0) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto& given = recipe.roulette->importance_by_part;
      if (const auto factor = given.find(parts[i]); factor != given.end()) factors_[i] = factor->second;
    }
  }

  void learn(const SelectedEvent& event) override {
    rates_[cell(event)] += contribution(event);
    counts_.resize(rates_.size(), 0);
    ++counts_[cell(event)];
  }
  void prepare() override {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if (counts_[i] < kEnoughEvents) rates_[i] = 0;
  }
  double of(const SelectedEvent& event) const override {
    const double rate = rates_[cell(event)];
    return rate > 0 ? factors_[event.part] * contribution(event) / rate : kUnseen;
  }
  Json document() const override { return {{"rates", rates_}}; }
  void read(const JsonReader& reader) override { rates_ = read_rates(reader, rates_.size()); }

 private:
  std::size_t cell(const SelectedEvent& event) const {
    const std::size_t group = event.beam * factors_.size() + event.part;
    return (group * masses_.bins + masses_.bin(event.draw->mN)) * mediators_.bins + mediators_.bin(event.draw->mZ);
  }
  static double contribution(const SelectedEvent& event) {
    return event.weight * propagators(*event.draw, Mediator::light, event.draw->mN, event.draw->mZ);
  }

  LogAxis masses_, mediators_;
  std::vector<double> factors_;        // part
  std::vector<double> rates_;          // beam, part, mass, mediator
  std::vector<std::uint32_t> counts_;  // the same; of the events learned here, not of a document's
};

/// Where all stages count: the larger of an event's importances among all events and among those that pass.
class StagedImportance : public Importance {
 public:
  StagedImportance(std::unique_ptr<Importance> among_all, std::unique_ptr<Importance> among_passing)
      : all_(std::move(among_all)), passing_(std::move(among_passing)) {}

  void learn(const SelectedEvent& event) override {
    all_->learn(event);
    if (event.passes) passing_->learn(event);
  }
  void prepare() override { all_->prepare(), passing_->prepare(); }
  double of(const SelectedEvent& event) const override {
    const double among_all = all_->of(event);
    return event.passes ? std::max(among_all, passing_->of(event)) : among_all;
  }
  Json document() const override { return {{"all", all_->document()}, {"passing", passing_->document()}}; }
  void read(const JsonReader& reader) override { all_->read(reader.at("all")), passing_->read(reader.at("passing")); }

 private:
  std::unique_ptr<Importance> all_, passing_;
};

std::unique_ptr<Importance> make_plain(const DarkNeutrinoRecipe& recipe, const std::vector<std::string>& parts) {
  if (recipe.mediator == Mediator::heavy) return std::make_unique<LifetimeImportance>(recipe);
  return std::make_unique<CellImportance>(recipe, parts);
}

}  // namespace

std::unique_ptr<Importance> make_importance(const DarkNeutrinoRecipe& recipe, const std::vector<std::string>& parts) {
  if (!recipe.staged) return make_plain(recipe, parts);
  return std::make_unique<StagedImportance>(make_plain(recipe, parts), make_plain(recipe, parts));
}

}  // namespace anyslice::generate
