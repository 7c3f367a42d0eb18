// How the variables of dark neutrino events are drawn: by strata and tabulated densities, or by VEGAS.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/generate/beam_flux.hpp"
#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/transfer_sampler.hpp"
#include "core/generate/vegas.hpp"

namespace anyslice::generate {

/// How much of the legacy form factor is mixed into the density of Q2: rows can then be re-weighted to it where the
/// other one vanishes.
inline constexpr double kLegacyShare = 0.05;

/// Uniforms that the variables of an event consume.
inline constexpr std::size_t kUniformsPerEvent = 16;
/// The first three are for stratum and masses, the fourth for the roulette: one block of the random number generator.
inline constexpr std::size_t kEarlyRouletteUniform = 3;
using EventUniforms = std::array<double, kUniformsPerEvent>;
/// Those that the strata's energy, Q2 and decay, and with them the cuts, follow from.
inline constexpr std::array<std::size_t, 7> kKinematicUniforms = {4, 5, 6, 7, 8, 9, 11};

/// Where in a region the vertex lies: evenly across; along the beam partly evenly, partly with equal shares in every
/// factor of the distance to the next volume, since a short-lived N decays close to where it was made.
class VertexSampler {
 public:
  VertexSampler(const geometry::Region& region, const DarkNeutrinoRecipe& recipe);
  struct Draw {
    Eigen::Vector3d position;
    double weight;  ///< even density / density of the draw
  };
  Draw draw(double across, double up, double along, double choice) const;

 private:
  geometry::Box box_;
  double near_share_ = 0, face_ = 0, nearest_ = 0, farthest_ = 0;
};

/// Turns the uniforms of one event into its variables.
class DarkNeutrinoProposal {
 public:
  virtual ~DarkNeutrinoProposal() = default;
  /// Stratum and masses, from the uniforms before kEarlyRouletteUniform. `index` is the event's place in the run.
  virtual void draw_masses(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const = 0;
  /// Then energy, Q2 and decay. The weight is not divided by the number of events.
  virtual void draw_kinematics(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const = 0;
  /// Then what the cuts do not depend on: vertex and azimuth of N.
  void place(const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const;

 protected:
  explicit DarkNeutrinoProposal(const DarkNeutrinoRecipe& recipe);
  const DarkNeutrinoRecipe& recipe_;

 private:
  std::vector<VertexSampler> vertices_;  // by region
};

/// Masses evenly in their logarithms, energies from the flux, Q2 from the form factor, everything else evenly.
class StratifiedProposal : public DarkNeutrinoProposal {
 public:
  explicit StratifiedProposal(const DarkNeutrinoRecipe& recipe);
  void draw_masses(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const override;
  void draw_kinematics(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const override;

 private:
  const TransferSampler& transfers_of(std::size_t element, double mZ) const;

  std::vector<double> cumulative_strata_;
  std::vector<std::uint16_t> guide_;
  std::vector<std::array<EnergySampler, 3>> energies_;   // by beam; for light, heavier and the heaviest N
  std::vector<std::vector<TransferSampler>> transfers_;  // by element and, for a light mediator, by mZ
};

/// The integrand of VEGAS over the unit hypercube, for one beam and element: arXiv:2205.12273, Eq. 21. Its axes are mN
/// and mZ (in their triangle, without the half that cannot happen; left out where fixed), the energy, Q2 (light: ln Q2)
/// and the variables of the decay that matter.
class DarkNeutrinoHypercube {
 public:
  explicit DarkNeutrinoHypercube(const DarkNeutrinoRecipe& recipe);
  std::size_t dimensions() const;
  /// Fills everything but azimuths, stratum and vertex. The weight is flux x jacobian, per unit of log10 mN and log10
  /// mZ, without the nuclei.
  DarkNeutrinoDraw place(std::size_t beam, std::size_t element, std::span<const double> point) const;
  /// Flux x cross section x decay density x width x prior at a point, per nucleus, at couplings of one.
  double integrand(std::size_t beam, std::size_t element, std::span<const double> point) const;

 private:
  const DarkNeutrinoRecipe& recipe_;
};

/// Draws from adapted, frozen grids: one for each beam and element in turn.
class VegasProposal : public DarkNeutrinoProposal {
 public:
  struct Group {
    std::size_t beam, element;
    VegasMap map;
  };
  VegasProposal(const DarkNeutrinoRecipe& recipe, std::vector<Group> groups, std::uint64_t events);
  void draw_masses(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const override;
  void draw_kinematics(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const override;

 private:
  DarkNeutrinoHypercube hypercube_;
  std::vector<Group> groups_;
  std::vector<double> group_weights_;             // events of the run / events of the group
  std::vector<std::vector<std::size_t>> strata_;  // of each group
  std::vector<double> group_targets_;
};

}  // namespace anyslice::generate
