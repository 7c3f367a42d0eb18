// Groups bins into channels and writes their samples.
#include "core/api/workspace_writer.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace anyslice::api {
namespace {

const char* const poi = "mu";

struct WorkspaceChannel {
  std::string name;
  std::vector<std::size_t> bins;
};

/// The effects on one sample in one bin: pull and size.
std::vector<std::pair<std::string, double>> effects_on(const CardYields& yields, std::size_t sample, std::size_t bin) {
  std::vector<std::pair<std::string, double>> result;
  for (const YieldEffect& effect : yields.effects) {
    if (effect.sample == sample && effect.bin == bin) result.emplace_back(effect.pull, effect.relative);
  }
  return result;
}

std::vector<WorkspaceChannel> group(const CardYields& yields) {
  std::vector<WorkspaceChannel> whole;
  for (std::size_t i = 0; i < yields.bins.size(); ++i) {
    if (whole.empty() || whole.back().name != yields.channels[i]) {
      const bool is_new = std::none_of(whole.begin(), whole.end(),
                                       [&](const auto& channel) { return channel.name == yields.channels[i]; });
      if (is_new) whole.push_back({yields.channels[i], {}});
    }
    for (WorkspaceChannel& channel : whole) {
      if (channel.name == yields.channels[i]) channel.bins.push_back(i);
    }
  }
  std::vector<WorkspaceChannel> result;
  for (WorkspaceChannel& channel : whole) {
    bool alike = true;
    for (const std::size_t bin : channel.bins) {
      for (std::size_t s = 0; s < yields.samples.size(); ++s) {
        const auto& events = yields.samples[s].events;
        alike = alike && events[bin].has_value() == events[channel.bins.front()].has_value() &&
                effects_on(yields, s, bin) == effects_on(yields, s, channel.bins.front());
      }
    }
    if (alike) {
      result.push_back(std::move(channel));
    } else {
      for (const std::size_t bin : channel.bins) result.push_back({channel.name + " " + yields.bins[bin], {bin}});
    }
  }
  return result;
}

Json modifier(const std::string& name, const char* type, Json data) {
  return {{"name", name}, {"type", type}, {"data", std::move(data)}};
}

Json sample_json(const CardYields& yields, const WorkspaceChannel& channel, std::size_t s) {
  const YieldSample& sample = yields.samples[s];
  Json data = Json::array(), modifiers = Json::array(), errors = Json::array();
  bool has_error = false;
  for (const std::size_t bin : channel.bins) {
    data.push_back(*sample.events[bin]);
    errors.push_back(yields.signal_error[bin]);
    has_error = has_error || yields.signal_error[bin] > 0;
  }
  if (sample.is_signal) modifiers.push_back(modifier(poi, "normfactor", nullptr));
  for (const auto& [pull, relative] : effects_on(yields, s, channel.bins.front())) {
    if (yields.constraint == stats::Constraint::lognormal) {
      modifiers.push_back(modifier(pull, "normsys", {{"hi", 1 + relative}, {"lo", 1 / (1 + relative)}}));
    } else {
      Json up = Json::array(), down = Json::array();
      for (const std::size_t bin : channel.bins) {
        const double events = *sample.events[bin], shift = relative * events;
        up.push_back(events + shift);
        down.push_back(events - shift);
      }
      modifiers.push_back(modifier(pull, "histosys", {{"hi_data", std::move(up)}, {"lo_data", std::move(down)}}));
    }
  }
  if (sample.is_signal && has_error) modifiers.push_back(modifier("staterror " + channel.name, "staterror", errors));
  return {{"name", sample.name}, {"data", std::move(data)}, {"modifiers", std::move(modifiers)}};
}

}  // namespace

Json write_workspace(const CardYields& yields, const std::string& measurement) {
  Json channels = Json::array(), observations = Json::array();
  for (const WorkspaceChannel& channel : group(yields)) {
    Json samples = Json::array(), counts = Json::array();
    for (std::size_t s = 0; s < yields.samples.size(); ++s) {
      if (yields.samples[s].events[channel.bins.front()]) samples.push_back(sample_json(yields, channel, s));
    }
    for (const std::size_t bin : channel.bins) counts.push_back(yields.counts[bin]);
    channels.push_back({{"name", channel.name}, {"samples", std::move(samples)}});
    observations.push_back({{"name", channel.name}, {"data", std::move(counts)}});
  }
  // Far enough for any limit: pyhf does not look beyond.
  double signal = 0, total = 0;
  for (std::size_t i = 0; i < yields.bins.size(); ++i) {
    signal += *yields.samples[0].events[i];
    total += yields.counts[i];
  }
  const double largest = signal > 0 ? std::max(10.0, std::ceil(10 * (total + 10) / signal)) : 10;
  Json parameters = Json::array();
  parameters.push_back({{"name", poi}, {"bounds", {{0.0, largest}}}, {"inits", {1.0}}});
  if (yields.constraint == stats::Constraint::gaussian) {
    const double limit = stats::CountingModel().pull_limit;
    std::set<std::string> pulls;
    for (const YieldEffect& effect : yields.effects) pulls.insert(effect.pull);
    for (const std::string& pull : pulls) parameters.push_back({{"name", pull}, {"bounds", {{-limit, limit}}}});
  }
  return {
      {"channels", std::move(channels)},
      {"measurements", {{{"name", measurement}, {"config", {{"poi", poi}, {"parameters", std::move(parameters)}}}}}},
      {"observations", std::move(observations)},
      {"version", "1.0.0"}};
}

}  // namespace anyslice::api
