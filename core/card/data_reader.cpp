// Reads the data of a card: channels with their bins, systematic uncertainties, and what can be shown of the events.
#include <algorithm>
#include <cmath>
#include <set>

#include "core/card/card_scope.hpp"

namespace anyslice {
namespace {

class DataReader {
 public:
  DataReader(const CardScope& scope, const JsonReader& root) : scope_(scope), card_(scope.card()), root_(root) {}

  void run() {
    read_channels();
    read_systematics();
    read_parts();
    read_observables();
  }

 private:
  void read_channels() {
    for (const auto& [name, entry] : root_.at("channels").fields()) {
      entry.allow_only({"label", "histogram", "bins"});
      ChannelSpecification channel;
      channel.name = channel.label = name;
      if (const auto label = entry.find("label")) channel.label = label->text();
      if (const auto histogram = entry.find("histogram")) {
        histogram->allow_only({"expression", "unit", "label"});
        channel.histogram = scope_.expression(histogram->at("expression"), ExpressionScope::row);
        channel.histogram_unit = histogram->at("unit").text();
        channel.histogram_label = histogram->at("label").text();
      }
      card_.channels.push_back(std::move(channel));
      const auto bins = entry.at("bins").items();
      if (bins.empty()) entry.at("bins").fail("expected at least one bin");
      for (const auto& bin : bins) read_bin(bin, card_.channels.back());
    }
    if (card_.bins.empty()) root_.at("channels").fail("expected at least one bin");
  }

  void read_bin(const JsonReader& entry, const ChannelSpecification& channel) {
    entry.allow_only({"name", "observed", "source", "backgrounds", "events", "scale", "range"});
    BinSpecification bin;
    bin.channel = channel.name;
    bin.name = entry.at("name").text();
    if (!bin_names_.insert(bin.name).second) entry.at("name").fail("expected a name no other bin has");
    if (const auto source = entry.find("source")) source->text();
    bin.observed = static_cast<double>(entry.at("observed").whole_number());
    for (const auto& [name, background] : entry.at("backgrounds").fields()) {
      background.allow_only({"expected", "label"});
      if (name == "signal") background.fail("expected another name: \"signal\" stands for the signal");
      const JsonReader expected = background.at("expected");
      if (expected.json().is_number()) {
        expected.non_negative_number();
        bin.backgrounds.push_back(
            {name, Expression::parse(expected.json().dump(), expected.source(), expected.path())});
      } else {
        bin.backgrounds.push_back({name, scope_.expression(expected, ExpressionScope::fixed)});
      }
    }
    if (const auto events = entry.find("events")) bin.events = scope_.conditions(*events);
    bin.scale = scope_.optional_expression(entry, "scale", ExpressionScope::model);
    if (entry.has("range") != channel.histogram.has_value()) {
      entry.fail("expected a \"range\" where, and only where, the channel has a \"histogram\"");
    }
    if (const auto range = entry.find("range")) {
      bin.range = read_range(*range);
      // Bins of the same events must not share any, and be in order.
      for (auto other = card_.bins.rbegin(); other != card_.bins.rend() && other->channel == channel.name; ++other) {
        if (!same_conditions(other->events, bin.events)) continue;
        if (bin.range->first < other->range->second) range->fail("expected ranges that increase and do not overlap");
        break;
      }
    }
    card_.bins.push_back(std::move(bin));
  }

  static bool same_conditions(const std::vector<RowCondition>& a, const std::vector<RowCondition>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const RowCondition& x, const RowCondition& y) {
      return x.column == y.column && x.labels == y.labels && x.values == y.values;
    });
  }

  void read_systematics() {
    std::vector<std::string> components = {"signal"};
    for (const auto& bin : card_.bins) {
      for (const auto& background : bin.backgrounds) components.push_back(background.name);
    }
    std::sort(components.begin(), components.end());
    components.erase(std::unique(components.begin(), components.end()), components.end());
    const auto systematics = root_.find("systematics");
    if (!systematics) return;
    std::set<std::string> taken;
    for (const auto& entry : systematics->items()) {
      entry.allow_only({"name", "label", "on", "bins", "channels", "relative", "statistical", "each_bin", "source"});
      SystematicSpecification systematic;
      systematic.name = entry.at("name").text();
      if (!taken.insert(systematic.name).second) entry.at("name").fail("expected a name no other systematic has");
      for (const auto& component : entry.at("on").items()) systematic.on.push_back(component.one_of(components));
      if (systematic.on.empty()) entry.at("on").fail("expected at least one component");
      // A number of percent would be a plausible mistake.
      systematic.relative = entry.at("relative").number_in(0, 10, "a fraction from 0 to 10 (0.3 is 30 %)");
      if (const auto statistical = entry.find("statistical")) systematic.statistical = statistical->boolean();
      if (const auto each_bin = entry.find("each_bin")) systematic.each_bin = each_bin->boolean();
      systematic.on_bins = bins_of(entry);
      card_.systematics.push_back(std::move(systematic));
    }
  }

  std::vector<bool> bins_of(const JsonReader& entry) const {
    if (entry.has("bins") && entry.has("channels")) entry.fail("expected \"bins\" or \"channels\", not both");
    std::vector<bool> result(card_.bins.size(), !entry.has("bins") && !entry.has("channels"));
    if (const auto bins = entry.find("bins")) {
      const std::vector<std::string> names(bin_names_.begin(), bin_names_.end());
      for (const auto& item : bins->items()) {
        const std::string name = item.one_of(names);
        for (std::size_t i = 0; i < card_.bins.size(); ++i) result[i] = result[i] || card_.bins[i].name == name;
      }
    }
    if (const auto channels = entry.find("channels")) {
      for (const auto& item : channels->items()) {
        const std::string name = item.one_of(channel_names());
        for (std::size_t i = 0; i < card_.bins.size(); ++i) result[i] = result[i] || card_.bins[i].channel == name;
      }
    }
    return result;
  }

  std::vector<std::string> channel_names() const {
    std::vector<std::string> names;
    for (const auto& channel : card_.channels) names.push_back(channel.name);
    return names;
  }

  void read_parts() {
    const auto parts = root_.find("parts");
    if (!parts) return;
    for (const auto& [name, entry] : parts->fields()) {
      entry.allow_only({"label", "events"});
      entry.at("label").text();
      card_.parts.push_back({name, scope_.conditions(entry.at("events"))});
    }
  }

  void read_observables() {
    const auto observables = root_.find("observables");
    if (!observables) return;
    for (const auto& [name, entry] : observables->fields()) {
      card_.observables.push_back(read_observable(scope_, name, entry));
    }
  }

  const CardScope& scope_;
  Card& card_;
  const JsonReader& root_;
  std::set<std::string> bin_names_;
};

}  // namespace

std::size_t number_of_bins(const JsonReader& reader) {
  const double bins = reader.number_in(1, 200, "a whole number from 1 to 200");
  if (bins != std::floor(bins)) reader.fail("expected a whole number from 1 to 200");
  return static_cast<std::size_t>(bins);
}

ObservableSpecification read_observable(const CardScope& scope, const std::string& name, const JsonReader& entry) {
  entry.allow_only({"label", "unit", "expression", "range", "scale", "bins", "spans", "comment"});
  ObservableSpecification observable;
  observable.name = name;
  observable.label = entry.at("label").text();
  observable.unit = entry.at("unit").text();
  observable.expression = scope.expression(entry.at("expression"), ExpressionScope::row);
  std::tie(observable.low, observable.high) = read_range(entry.at("range"));
  observable.scale = read_scale(entry.at("scale"));
  if (observable.scale == Scale::log && !(observable.low > 0)) {
    entry.at("range").fail("expected a range above 0 on a log scale");
  }
  observable.bins = number_of_bins(entry.at("bins"));
  if (const auto comment = entry.find("comment")) comment->text();
  if (const auto spans = entry.find("spans")) {
    spans->allow_only({"label", "ranges"});
    spans->at("label").text();
    for (const auto& range : spans->at("ranges").items()) read_range(range);
  }
  return observable;
}

void read_data_of_card(const CardScope& scope, const JsonReader& root) { DataReader(scope, root).run(); }

}  // namespace anyslice
