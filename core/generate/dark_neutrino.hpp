// Dark neutrinos made by coherent upscattering in a detector and decaying in it: nu A -> N A, N -> nu e- e+.
//
// arXiv:2205.12273. A run has two steps. Adapting throws a pilot: it adapts the VEGAS grids, measures the efficiency of
// the cuts and weighs the roulette. Its result is a function of the recipe alone, so every shard can do it for itself
// or be given it. Throwing then makes events that depend on (recipe, seed, event index) only.
#pragma once

#include "core/base/progress.hpp"
#include "core/generate/recipe.hpp"

namespace anyslice::generate {

inline constexpr const char* kDarkNeutrinoName = "dark-neutrino";
/// Changes whenever the same recipe would give other events.
inline constexpr const char* kDarkNeutrinoVersion = "1";

/// The adaptation: VEGAS grids with their results, roulette, maps of the efficiency. Checks the whole recipe first.
Json adapt_dark_neutrinos(const Recipe& recipe, const ProgressCallback& progress = {});

/// Rows of the shard, in the order of their events. Columns are named in the recipe, out of: weight, mN, mZ, Q2,
/// pair_mass_over_mN, energy, momentum, cos_neutrino, legacy_weight, pair_energy, pair_momentum, t_pair, t_each,
/// opening_angle, beam_angle, reconstructed_over_pair_mass, x, y, z, direction_x, direction_y, direction_z, beam,
/// element, region, pass_CUTS for each set of cuts, and entry_I, length_I for each volume (or length where N must decay
/// in the region it was made in). The weight is in GeV^4 events per 1e21 POT for C = |V_muN|^2 alpha_D (e epsilon)^2 =
/// 1, without the propagators (Q2 + mZ^2)^-2 [(1 - x y)^-2 / L(x)], x = (mN/mZ)^2, y = (pair_mass_over_mN)^2, per unit
/// of log10 mN (and log10 mZ) where they are sampled.
EventTable generate_dark_neutrinos(const Recipe& recipe, const Shard& shard, const JsonReader& adaptation,
                                   const ProgressCallback& progress = {});

}  // namespace anyslice::generate
