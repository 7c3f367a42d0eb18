// What a recipe of generator "dark-neutrino" says: beams, materials, detector, parameters, cuts, sampling.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/generate/beam_flux.hpp"
#include "core/generate/lepton_response.hpp"
#include "core/generate/recipe.hpp"
#include "core/geometry/detector.hpp"
#include "core/physics/hadron.hpp"

namespace anyslice::generate {

/// Volumes that a recipe may have: an event holds a path segment for each.
inline constexpr std::size_t kMostVolumes = 8;

/// heavy: mZ > mN, N -> nu e- e+ off shell. light: mZ < mN, N -> nu Z', Z' -> e- e+.
enum class Mediator { heavy, light };

/// A model parameter: one value, or a range sampled uniformly in its logarithm, in pieces of given shares.
struct SampledParameter {
  struct Piece {
    double low, high, share;
  };
  std::vector<Piece> pieces;  ///< empty: fixed
  double value = 0;           ///< where fixed

  bool fixed() const { return pieces.empty(); }
  double low() const { return fixed() ? value : pieces.front().low; }
  double high() const { return fixed() ? value : pieces.back().high; }
};

/// Cuts on the pair; a limit that is not given does not cut. arXiv:2205.12273, Eq. 15.
struct PairCuts {
  std::string name;
  std::optional<double> energy_above_GeV, momentum_above_GeV, pair_mass_below_GeV, t_below_GeV2, cos_opening_above,
      cos_beam_above;
  /// |t| = (sum (E - pz))^2 + pT^2 of the pair, or with pT^2 of each lepton added.
  bool t_of_each_lepton = false;
};

struct Beam {
  std::string name, neutrino;
  BeamFlux flux;
  double share;  ///< of the events, relative
};

struct Element {
  std::string symbol;
  double molar_mass_g;
  physics::Target target;
  physics::Target legacy;  ///< with the form factor of the published analysis
};

/// One element of one region, hit by one beam.
struct Stratum {
  std::size_t beam, element, region;
  double targets;      ///< nuclei
  double probability;  ///< of an event to lie in it
};

/// Rows with near-equal weights where they matter: keeps an event with a probability that follows its importance.
struct RouletteSettings {
  std::uint64_t rows;                                ///< wanted
  std::map<std::string, double> importance_by_part;  ///< light: a factor for each sub-detector; 1 where not given
  std::vector<double> mZ_GeV;                        ///< heavy: the mediator masses to be good at
  std::vector<double> ctau0_over_mN_cm_per_GeV;      ///< heavy: the lifetimes
  /// Keeps events by systematic sampling within cells of like events, a block of events at a time.
  struct Systematic {
    double bins_per_decade;  ///< of the masses that are sampled
    std::uint64_t block_events;
  };
  std::optional<Systematic> systematic;
};

struct VegasRecipe {
  double mZ_power, mN_power;  ///< the prior q of the paper: mZ^mZ_power mN^mN_power
  std::uint64_t warmup_iterations, warmup_calls, iterations, calls;
};

struct DarkNeutrinoRecipe {
  Mediator mediator = Mediator::heavy;
  SampledParameter mN;
  std::optional<SampledParameter> mZ;  ///< none: not sampled, rows are re-weighted exactly
  std::vector<Beam> beams;
  std::vector<Element> elements;
  geometry::Detector detector;  ///< the regions where N is made
  /// Where N must decay; empty: in the region where it was made.
  std::vector<geometry::Region> volumes;
  std::vector<Stratum> strata;
  std::vector<PairCuts> cuts;
  /// For each of detector.regions: whether its events must pass some cuts to become rows.
  std::vector<bool> region_is_cut;
  bool keep_all = false;  ///< every event may become a row
  /// The roulette goes by what an event contributes at any stage of the selection: made, passing cuts, decaying.
  bool staged = false;
  double largest_Q_GeV = 2;
  /// Energies are drawn from the flux, from flux x E for mN above this, GeV, and from flux x E^3 above twice as much.
  double high_energies_above_mN = std::numeric_limits<double>::infinity();
  double near_fraction = 0, near_fraction_in_volume = 0, smallest_distance_cm = 0;
  std::optional<LeptonResponse> response;
  std::optional<RouletteSettings> roulette;
  std::optional<VegasRecipe> vegas;
  /// Maps of the efficiency of the cuts, kept with the table.
  std::vector<double> map_mZ_GeV;
  std::uint64_t map_bins_per_decade = 10;
  std::uint64_t map_points = 0;  ///< thrown at each pair of masses (heavy: at each mN) for each beam and element
  /// Light mediator: maps whose axis is the mZ of the kinematics, with so many times that in the propagator.
  std::vector<double> map_propagator_over_mZ;
  std::uint64_t pilot_events = 0;  ///< thrown to weigh the roulette

  /// The highest energy of any beam in GeV.
  double highest_energy() const;
};

/// Throws InputError with the field and what was expected, also where mN is out of reach of the whole flux.
DarkNeutrinoRecipe read_dark_neutrino_recipe(const Recipe& recipe);

}  // namespace anyslice::generate
