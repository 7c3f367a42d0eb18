// The card as it weighs its display table: at one stage of the selection.
#pragma once

#include <string>

#include "core/card/card.hpp"

namespace anyslice {

/// `card` with the constants of the stage, and with table, wider kernel, channels and observables of its display.
/// Takes a card that no Model has bound yet. Throws InputError("request", "stages", ...) for a stage that the card does
/// not name.
Card card_at_stage(Card card, const std::string& stage);

}  // namespace anyslice
