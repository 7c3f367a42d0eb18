// The field "chain" of a card: how the expected signal of some channels comes about, step by step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/card/model.hpp"

namespace anyslice {

/// One line: an expression, a total, or a sum over events.
struct ChainStep {
  std::string label, unit, source;
  Json formula;      ///< {text, latex}
  std::string name;  ///< what expressions call it; may be empty
  /// Of what the card knows, of totals and sums of the chain, and of steps before it. The values of the steps stand
  /// behind all slots of the model, in their order.
  std::optional<Expression> expression;
  std::string total, part;  ///< public name of a total, and a label of its `per`; may be empty
  bool is_sum = false;      ///< the sum over the events of the chain's channels
  bool with_decay = true;   ///< that sum: with the factor for the decay in the detector
  bool is_factor = false;   ///< the factors of a chain multiply up to its prediction
};

struct Chain {
  std::string label;
  std::vector<std::string> channels;  ///< never empty
  std::vector<ChainStep> steps;
};

/// Reads and binds the chains of the model's card, none where it has no such field. Throws InputError(card, field,
/// ...).
std::vector<Chain> read_chains(const Model& model);

}  // namespace anyslice
