// A card at one stage of the selection.
#include "core/card/display_stage.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace anyslice {

Card card_at_stage(Card card, const std::string& stage_name) {
  if (!card.display) throw InputError("request", "stages", card.name + " has no display table");
  const Display display = *card.display;
  const auto stage = std::find_if(display.stages.begin(), display.stages.end(),
                                  [&](const DisplayStage& one) { return one.name == stage_name; });
  if (stage == display.stages.end()) {
    std::vector<std::string> names;
    for (const auto& one : display.stages) names.push_back(one.name);
    throw InputError("request", "stages", "expected " + join_choices(names) + ", found \"" + stage_name + "\"");
  }
  for (auto& constant : card.constants) {
    if (const auto changed = stage->constants.find(constant.name); changed != stage->constants.end()) {
      constant.value = changed->second;
    }
  }
  card.tables = {display.table};
  card.observables = display.observables;
  for (auto& factor : card.weight) {
    for (auto& axis : factor.axes) {
      if (const auto wider = display.wider.find(axis.parameter); wider != display.wider.end()) {
        axis.bandwidth *= wider->second;
      }
    }
  }
  if (!display.channels.empty()) {
    const auto is_left_out = [&](const std::string& channel) {
      return std::find(display.channels.begin(), display.channels.end(), channel) == display.channels.end();
    };
    for (auto& systematic : card.systematics) {
      std::vector<bool> kept;
      for (std::size_t bin = 0; bin < card.bins.size(); ++bin) {
        if (!is_left_out(card.bins[bin].channel)) kept.push_back(systematic.on_bins[bin]);
      }
      systematic.on_bins = std::move(kept);
    }
    std::erase_if(card.bins, [&](const BinSpecification& bin) { return is_left_out(bin.channel); });
    std::erase_if(card.channels, [&](const ChannelSpecification& channel) { return is_left_out(channel.name); });
    // Parts may be those of the events that are not there.
    card.parts.clear();
  }
  return card;
}

}  // namespace anyslice
