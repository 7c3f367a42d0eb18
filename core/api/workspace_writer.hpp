// Writes the yields of a card at one point as a workspace of pyhf (HistFactory JSON, version 1.0.0).
#pragma once

#include <string>

#include "core/api/card_yields.hpp"

namespace anyslice::api {

/// Channels are those of the card, or single bins where a systematic does not act on all bins of a channel alike. The
/// parameter of interest is `mu`, a normfactor of the signal. Systematics are normsys of (1 + r, 1 / (1 + r)) for
/// lognormal constraints (pyhf interpolates them by its code 4, which is within 1e-4 of a lognormal for r up to 0.5)
/// and histosys for Gaussian ones, limited as here. The Monte Carlo error of the signal is a staterror. A projection's
/// observation is what is expected without signal.
Json write_workspace(const CardYields& yields, const std::string& measurement);

}  // namespace anyslice::api
