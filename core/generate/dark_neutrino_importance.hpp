// How much an event matters to the predictions that a table must give: its largest share in any of them.
//
// A short-lived N decays where it was made, a long-lived one anywhere: the events that make the rate at one lifetime
// are not those that make it at another. A pilot run measures the rates over a grid of parameters; the importance of an
// event is its largest relative contribution to any of them. It only steers the roulette: approximations cost rows, not
// truth.
#pragma once

#include <memory>
#include <vector>

#include "core/generate/dark_neutrino_event.hpp"

namespace anyslice::generate {

/// Bins in the masses, here and in the bounds of the roulette.
inline constexpr double kImportanceBinsPerDecade = 10;

/// An event that passed some cuts and can decay in some volume; where all stages of the selection count, any event.
struct SelectedEvent {
  const DarkNeutrinoDraw* draw;
  bool passes;             ///< some cuts, or needs to pass none
  double weight;           ///< without propagators and probability to decay
  std::size_t beam, part;  ///< of the recipe; parts are numbered by their names
  double momentum_N;
  /// Of the first crossing, and of all together, cm.
  double first_entry, total_length;
  struct Segment {
    double entry, length;
  };
  std::array<Segment, kMostVolumes> segments;
  std::size_t segment_count;
};

class Importance {
 public:
  virtual ~Importance() = default;
  /// Adds an event of the pilot.
  virtual void learn(const SelectedEvent& event) = 0;
  /// After the last learn() or after read().
  virtual void prepare() = 0;
  virtual double of(const SelectedEvent& event) const = 0;
  /// What was learned, for another process.
  virtual Json document() const = 0;
  virtual void read(const JsonReader& reader) = 0;
};

/// For a heavy mediator: the rates over (mN, mZ, ctau0 / mN) by beam; for a light one, over (mN, mZ) by beam and part,
/// of which `parts` lists the names. Where all stages count, also the rates before the decay and those before the cuts.
std::unique_ptr<Importance> make_importance(const DarkNeutrinoRecipe& recipe, const std::vector<std::string>& parts);

}  // namespace anyslice::generate
