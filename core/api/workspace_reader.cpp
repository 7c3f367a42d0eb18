// From channels, samples and modifiers to the terms of a binned model.
#include "core/api/workspace_reader.hpp"

#include <cmath>
#include <map>
#include <set>

namespace anyslice::api {
namespace {

using stats::BinnedParameter;
using stats::Measurement;
using stats::ResponseShape;
using stats::YieldResponse;

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

class Reader {
 public:
  Reader(const Json& document, const std::string& source, const std::optional<std::string>& measurement)
      : root_(document, source) {
    root_.allow_only({"channels", "measurements", "observations", "version"});
    if (root_.at("version").text() != "1.0.0") {
      root_.at("version").fail("expected \"1.0.0\", found " + root_.at("version").json().dump());
    }
    choose_measurement(measurement);
    for (const JsonReader& channel : nonempty(root_.at("channels"))) read_channel(channel);
    read_observations();
    if (!poi_used_) {
      config_->at("poi").fail("expected the name of a normfactor of the workspace, found " + in_quotes(result_.poi));
    }
    for (const auto& [name, entry] : settings_) {
      if (used_.count(name) == 0 && name != result_.poi)
        result_.warnings.push_back("parameter " + in_quotes(name) + " of the measurement belongs to no modifier");
    }
  }

  Workspace take() { return std::move(result_); }

 private:
  static std::vector<JsonReader> nonempty(const JsonReader& list) {
    std::vector<JsonReader> items = list.items();
    if (items.empty()) list.fail("expected at least one entry");
    return items;
  }

  void choose_measurement(const std::optional<std::string>& wanted) {
    std::vector<std::string> names;
    for (const JsonReader& measurement : nonempty(root_.at("measurements"))) {
      measurement.allow_only({"name", "config"});
      names.push_back(measurement.at("name").text());
      if (config_ || (wanted && *wanted != names.back())) continue;
      config_ = measurement.at("config");
      result_.measurement = names.back();
    }
    if (!config_)
      throw InputError(root_.source(), "measurements",
                       "expected " + join_choices(names) + ", found " + in_quotes(*wanted));
    config_->allow_only({"poi", "parameters"});
    result_.poi = config_->at("poi").text();
    for (const JsonReader& entry : config_->at("parameters").items()) {
      entry.allow_only({"name", "inits", "bounds", "auxdata", "factors", "sigmas", "fixed"});
      const std::string name = entry.at("name").text();
      if (!settings_.emplace(name, entry).second) entry.fail("is a second entry for parameter " + in_quotes(name));
    }
    const auto poi = settings_.find(result_.poi);
    if (poi == settings_.end()) return;
    const JsonReader& entry = poi->second;
    if (entry.has("fixed") && entry.at("fixed").boolean()) {
      entry.at("fixed").fail("expected a parameter of interest that is not fixed");
    }
    if (const auto bounds = entry.find("bounds")) {
      const auto pairs = bounds->items();
      if (pairs.size() == 1 && pairs[0].numbers().size() == 2 && pairs[0].numbers()[0] != 0) {
        result_.warnings.push_back("the signal strength " + in_quotes(result_.poi) +
                                   " is taken from 0 upwards, not from its bound " + pairs[0].items()[0].json().dump());
      }
    }
  }

  /// What the measurement says about a parameter of `count` values that starts as `parameter`; i-th value.
  BinnedParameter configured(const std::string& name, BinnedParameter parameter, std::size_t count, std::size_t i) {
    used_.insert(name);
    const auto found = settings_.find(name);
    if (found == settings_.end()) return parameter;
    const JsonReader& entry = found->second;
    const auto list = [&](const char* field) -> std::optional<double> {
      const auto value = entry.find(field);
      if (!value) return std::nullopt;
      const std::vector<double> numbers = value->numbers();
      if (numbers.size() != count) value->fail("expected " + std::to_string(count) + " numbers");
      return numbers[i];
    };
    if (const auto value = list("inits")) parameter.nominal = *value;
    const auto auxiliary = list("auxdata"), width = list("sigmas"), factor = list("factors");
    const bool is_scalar = parameter.measurement == Measurement::gaussian && parameter.name == name;
    if (factor || ((auxiliary || width) && !is_scalar)) {
      entry.fail("expected no auxdata, sigmas or factors for " + in_quotes(name) + ", which its modifier defines");
    }
    if (auxiliary) parameter.measured = *auxiliary;
    if (width) {
      parameter.width = *width;
      if (!(*width > 0)) entry.at("sigmas").fail("expected a standard deviation above 0");
    }
    if (const auto bounds = entry.find("bounds")) {
      const auto pairs = bounds->items();
      if (pairs.size() != count) bounds->fail("expected " + std::to_string(count) + " pairs");
      const auto pair = pairs[i].numbers();
      if (pair.size() != 2 || !(pair[0] < pair[1])) pairs[i].fail("expected [lower, upper] with lower < upper");
      parameter.lower = pair[0];
      parameter.upper = pair[1];
    }
    if (!(parameter.nominal >= parameter.lower && parameter.nominal <= parameter.upper)) {
      entry.fail("expected a starting value within the bounds");
    }
    if (entry.has("fixed") && entry.at("fixed").boolean()) parameter.lower = parameter.upper = parameter.nominal;
    return parameter;
  }

  std::size_t parameter_for(const JsonReader& modifier, const std::string& kind, const BinnedParameter& initial) {
    claim(modifier, initial.name, kind);
    return result_.model.parameter(configured(initial.name, initial, 1, 0));
  }

  /// A parameter can be shared, but only between modifiers of the same kind of constraint.
  void claim(const JsonReader& modifier, const std::string& name, const std::string& kind) {
    const auto [found, is_new] = kinds_.emplace(name, kind);
    if (!is_new && found->second != kind) {
      modifier.fail("is " + kind + " " + in_quotes(name) + ", but there is a " + found->second + " of that name");
    }
  }

  std::size_t response(const YieldResponse& wanted) {
    auto& responses = result_.model.responses;
    for (std::size_t i = 0; i < responses.size(); ++i) {
      const YieldResponse& one = responses[i];
      if (one.shape() == wanted.shape() && one.parameter() == wanted.parameter() && one.up() == wanted.up() &&
          one.down() == wanted.down())
        return i;
    }
    responses.push_back(wanted);
    return responses.size() - 1;
  }

  std::vector<double> numbers(const JsonReader& list, std::size_t count) {
    const std::vector<double> values = list.numbers();
    if (values.size() != count) {
      list.fail("expected " + std::to_string(count) + " numbers, one for each bin of the channel, found " +
                std::to_string(values.size()));
    }
    return values;
  }

  void read_channel(const JsonReader& channel) {
    channel.allow_only({"name", "samples"});
    const std::string name = channel.at("name").text();
    if (!channels_.emplace(name, std::pair{result_.model.bins.size(), std::size_t{0}}).second) {
      channel.at("name").fail("is the second channel " + in_quotes(name));
    }
    const auto samples = nonempty(channel.at("samples"));
    bin_count_ = samples.front().at("data").numbers().size();
    first_bin_ = result_.model.bins.size();
    if (bin_count_ == 0) samples.front().at("data").fail("expected at least one bin");
    channels_[name].second = bin_count_;
    for (std::size_t i = 0; i < bin_count_; ++i) {
      result_.model.bins.push_back(bin_count_ == 1 ? name : name + "[" + std::to_string(i) + "]");
    }
    statistics_.clear();
    std::set<std::string> names;
    for (const JsonReader& sample : samples) {
      sample.allow_only({"name", "data", "modifiers"});
      if (!names.insert(sample.at("name").text()).second) sample.at("name").fail("is a second sample of that name");
      read_sample(sample);
    }
    for (const auto& [statistics, entry] : statistics_) add_statistics(statistics, entry);
  }

  void read_sample(const JsonReader& sample) {
    const std::string name = sample.at("name").text();
    yields_ = numbers(sample.at("data"), bin_count_);
    for (std::size_t i = 0; i < bin_count_; ++i) {
      if (!(yields_[i] >= 0)) sample.at("data").items()[i].fail("expected a number of events >= 0");
    }
    first_term_ = result_.model.terms.size();
    for (std::size_t i = 0; i < bin_count_; ++i) {
      result_.model.terms.push_back({first_bin_ + i, name, yields_[i], false, {}, {}});
    }
    std::set<std::pair<std::string, std::string>> seen;
    for (const JsonReader& modifier : sample.at("modifiers").items()) {
      modifier.allow_only({"name", "type", "data"});
      const std::string type = modifier.at("type").text(), parameter = modifier.at("name").text();
      if (!seen.emplace(type, parameter).second) modifier.fail("is a second " + type + " " + in_quotes(parameter));
      if (type == "normfactor") {
        read_norm_factor(modifier, parameter);
      } else if (type == "normsys") {
        read_norm_systematic(modifier, parameter);
      } else if (type == "histosys") {
        read_shape_shift(modifier, parameter);
      } else if (type == "lumi") {
        read_luminosity(modifier, parameter);
      } else if (type == "shapesys") {
        read_shape_statistics(modifier, parameter);
      } else if (type == "staterror") {
        collect_statistics(modifier, parameter);
      } else {
        modifier.fail("is modifier " + in_quotes(parameter) + " of type " + in_quotes(type) +
                      ", which is not known here; expected normfactor, normsys, histosys, lumi, shapesys or staterror");
      }
    }
  }

  template <class Add>
  void on_terms(Add&& add) {
    for (std::size_t i = 0; i < bin_count_; ++i) add(result_.model.terms[first_term_ + i], i);
  }

  void read_norm_factor(const JsonReader& modifier, const std::string& name) {
    if (name == result_.poi) {
      claim(modifier, name, "normfactor");
      poi_used_ = true;
      on_terms([](auto& term, std::size_t) { term.is_signal = true; });
      return;
    }
    const std::size_t parameter = parameter_for(modifier, "normfactor", {name, 1, 0, 10, Measurement::none, 0, 1});
    const std::size_t index = response({ResponseShape::factor, parameter});
    on_terms([&](auto& term, std::size_t) { term.factors.push_back(index); });
  }

  /// The pull that normsys and histosys of one name share.
  std::size_t pull(const JsonReader& modifier, const std::string& name) {
    return parameter_for(modifier, "normsys or histosys", {name, 0, -5, 5, Measurement::gaussian, 0, 1});
  }

  void read_norm_systematic(const JsonReader& modifier, const std::string& name) {
    const JsonReader data = modifier.at("data");
    data.allow_only({"hi", "lo"});
    const double up = data.at("hi").positive_number(), down = data.at("lo").positive_number();
    const std::size_t index = response({ResponseShape::smooth_exponential, pull(modifier, name), up, down});
    on_terms([&](auto& term, std::size_t) { term.factors.push_back(index); });
  }

  void read_shape_shift(const JsonReader& modifier, const std::string& name) {
    const JsonReader data = modifier.at("data");
    data.allow_only({"hi_data", "lo_data"});
    const auto up = numbers(data.at("hi_data"), bin_count_), down = numbers(data.at("lo_data"), bin_count_);
    const std::size_t parameter = pull(modifier, name);
    on_terms([&](auto& term, std::size_t i) {
      if (up[i] == yields_[i] && down[i] == yields_[i]) return;
      term.shifts.push_back(
          response({ResponseShape::smooth_linear, parameter, up[i] - yields_[i], down[i] - yields_[i]}));
    });
  }

  void read_luminosity(const JsonReader& modifier, const std::string& name) {
    const auto found = settings_.find(name);
    if (found == settings_.end() || !found->second.has("sigmas") || !found->second.has("auxdata")) {
      modifier.fail("is lumi " + in_quotes(name) +
                    ": expected its auxdata and sigmas among the parameters of the measurement");
    }
    const std::size_t parameter = parameter_for(modifier, "lumi", {name, 1, 0, 10, Measurement::gaussian, 1, 1});
    const std::size_t index = response({ResponseShape::factor, parameter});
    on_terms([&](auto& term, std::size_t) { term.factors.push_back(index); });
  }

  std::vector<double> uncertainties(const JsonReader& modifier) {
    const JsonReader list = modifier.at("data");
    const std::vector<double> values = numbers(list, bin_count_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!(values[i] >= 0)) list.items()[i].fail("expected an uncertainty in events >= 0");
    }
    return values;
  }

  void read_shape_statistics(const JsonReader& modifier, const std::string& name) {
    if (!kinds_.emplace(name, "shapesys").second) {
      modifier.fail("is shapesys " + in_quotes(name) + ": expected a name that nothing else has");
    }
    const std::vector<double> uncertainty = uncertainties(modifier);
    std::vector<std::size_t> present;  // as in pyhf, bins without events or uncertainty have no parameter
    for (std::size_t i = 0; i < bin_count_; ++i) {
      if (yields_[i] > 0 && uncertainty[i] > 0) present.push_back(i);
    }
    for (std::size_t k = 0; k < present.size(); ++k) {
      const std::size_t i = present[k];
      const double count = std::pow(yields_[i] / uncertainty[i], 2);
      const BinnedParameter initial = {
          name + "[" + std::to_string(k) + "]", 1, 1e-10, 10, Measurement::poisson, count, count};
      claim(modifier, initial.name, "shapesys");
      const BinnedParameter parameter = configured(name, initial, present.size(), k);
      const std::size_t index = response({ResponseShape::factor, result_.model.parameter(parameter)});
      result_.model.terms[first_term_ + i].factors.push_back(index);
    }
    used_.insert(name);
  }

  struct Statistics {
    std::vector<double> variance, events;
    std::vector<std::size_t> terms;      // first terms of the samples
    std::optional<JsonReader> modifier;  // the first of this name
  };

  void collect_statistics(const JsonReader& modifier, const std::string& name) {
    claim(modifier, name, "staterror");
    Statistics& entry = statistics_[name];
    if (!entry.modifier) entry.modifier = modifier;
    entry.variance.resize(bin_count_, 0);
    entry.events.resize(bin_count_, 0);
    const std::vector<double> uncertainty = uncertainties(modifier);
    for (std::size_t i = 0; i < bin_count_; ++i) {
      if (!(yields_[i] > 0)) continue;
      entry.variance[i] += uncertainty[i] * uncertainty[i];
      entry.events[i] += yields_[i];
    }
    entry.terms.push_back(first_term_);
  }

  /// One factor per bin for all samples of a channel, as uncertain as their sum (Barlow and Beeston's method as
  /// HistFactory simplifies it). Channels that use the same name have factors of their own all the same.
  void add_statistics(const std::string& name, const Statistics& entry) {
    std::size_t& used = statistics_used_[name];
    for (std::size_t i = 0; i < bin_count_; ++i) {
      const BinnedParameter initial = {
          name + "[" + std::to_string(used + i) + "]", 1, 1e-10, 10, Measurement::gaussian, 1, 1};
      BinnedParameter parameter = configured(name, initial, bin_count_, i);
      if (!(entry.variance[i] > 0)) continue;  // pyhf fixes it
      claim(*entry.modifier, initial.name, "staterror");
      parameter.width = std::sqrt(entry.variance[i]) / entry.events[i];
      const std::size_t index = response({ResponseShape::factor, result_.model.parameter(parameter)});
      for (const std::size_t first : entry.terms) result_.model.terms[first + i].factors.push_back(index);
    }
    used += bin_count_;
  }

  void read_observations() {
    result_.model.observed.assign(result_.model.bins.size(), 0);
    std::set<std::string> seen;
    for (const JsonReader& observation : nonempty(root_.at("observations"))) {
      observation.allow_only({"name", "data"});
      const std::string name = observation.at("name").text();
      const auto channel = channels_.find(name);
      if (channel == channels_.end())
        observation.at("name").fail("expected the name of a channel, found " + in_quotes(name));
      if (!seen.insert(name).second)
        observation.at("name").fail("is a second observation of channel " + in_quotes(name));
      const auto [first, count] = channel->second;
      const std::vector<double> counts = numbers(observation.at("data"), count);
      for (std::size_t i = 0; i < count; ++i) {
        if (!(counts[i] >= 0 && std::isfinite(counts[i])))
          observation.at("data").items()[i].fail("expected a number of events >= 0");
        result_.model.observed[first + i] = counts[i];
      }
    }
    for (const auto& [name, place] : channels_) {
      if (seen.count(name) == 0) root_.at("observations").fail("expected an observation of channel " + in_quotes(name));
    }
  }

  JsonReader root_;
  Workspace result_;
  std::optional<JsonReader> config_;
  std::map<std::string, JsonReader> settings_;  // of parameters, by the measurement
  std::map<std::string, std::string> kinds_;    // of modifiers, by parameter
  std::set<std::string> used_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> channels_;  // first bin and number of bins
  std::map<std::string, Statistics> statistics_;                         // of the channel
  std::map<std::string, std::size_t> statistics_used_;                   // factors of this name so far
  bool poi_used_ = false;
  // Of the channel and sample being read.
  std::size_t first_bin_ = 0, bin_count_ = 0, first_term_ = 0;
  std::vector<double> yields_;
};

}  // namespace

Workspace read_workspace(const Json& document, const std::string& source,
                         const std::optional<std::string>& measurement) {
  Workspace workspace = Reader(document, source, measurement).take();
  workspace.model.validate(source);
  return workspace;
}

}  // namespace anyslice::api
