// Reads chains: every name is known, and what expressions use is there before it is asked for.
#include "core/card/chain.hpp"

#include <algorithm>
#include <map>

namespace anyslice {
namespace {

class ChainReader {
 public:
  explicit ChainReader(const Model& model) : model_(model), card_(model.card()) {
    const auto add = [&](const auto& quantities) {
      for (const auto& quantity : quantities) slots_[quantity.name] = model.slot(quantity.name);
    };
    add(card_.constants), add(card_.switches), add(card_.parameters), add(card_.derived);
    for (const auto& channel : card_.channels) channels_.push_back(channel.name);
  }

  std::vector<Chain> run(const JsonReader& root) {
    std::vector<Chain> chains;
    for (const auto& entry : root.items()) chains.push_back(read_chain(entry));
    return chains;
  }

 private:
  Chain read_chain(const JsonReader& entry) {
    entry.allow_only({"label", "channels", "steps"});
    Chain chain;
    chain.label = entry.at("label").text();
    read_channels(entry, chain);
    const auto entries = entry.at("steps").items();
    // Totals and sums need no step: all expressions may use them, but of the expressions only those before.
    own_.clear();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!entries[i].has("expression")) claim(entries[i], i);
    }
    bool has_factor = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      chain.steps.push_back(read_step(entries[i]));
      if (chain.steps.back().expression) claim(entries[i], i);
      has_factor = has_factor || chain.steps.back().is_factor;
    }
    if (!has_factor) entry.at("steps").fail("expected at least one factor");
    return chain;
  }

  void read_channels(const JsonReader& entry, Chain& chain) {
    if (!entry.has("channels")) {
      if (!used_.empty()) entry.fail("is for all channels, but another chain has some of them");
      chain.channels = used_ = channels_;
      return;
    }
    const auto items = entry.at("channels").items();
    if (items.empty()) entry.at("channels").fail("expected at least one channel");
    for (const auto& item : items) {
      chain.channels.push_back(item.one_of(channels_));
      if (std::find(used_.begin(), used_.end(), chain.channels.back()) != used_.end()) item.fail("has a chain already");
      used_.push_back(chain.channels.back());
    }
  }

  void claim(const JsonReader& entry, std::size_t step) {
    const auto reader = entry.find("name");
    if (!reader) return;
    const std::string name = reader->text();
    if (!is_valid_name(name)) reader->fail("expected a name of letters, digits and underscores");
    if (is_reserved_name(name)) reader->fail("expected another name: this one belongs to the expression language");
    if (slots_.contains(name) || card_.functions.contains(name) || own_.contains(name))
      reader->fail("expected a name that is not taken");
    own_[name] = slots_.size() + step;
  }

  ChainStep read_step(const JsonReader& entry) const {
    entry.allow_only({"name", "label", "formula", "unit", "source", "factor", "expression", "total", "part", "events"});
    ChainStep step;
    step.label = entry.at("label").text();
    step.unit = entry.at("unit").text();
    step.source = entry.at("source").text();
    const JsonReader formula = entry.at("formula");
    formula.allow_only({"text", "latex"});
    formula.at("text").text();
    if (const auto latex = formula.find("latex")) latex->text();
    step.formula = formula.json();
    if (const auto name = entry.find("name")) step.name = name->text();
    if (const auto factor = entry.find("factor")) step.is_factor = factor->boolean();
    int kinds = 0;
    if (const auto expression = entry.find("expression")) {
      ++kinds;
      step.expression = read_expression(*expression);
    }
    if (const auto total = entry.find("total")) {
      ++kinds;
      read_total(*total, entry.find("part"), step);
    } else if (const auto part = entry.find("part")) {
      part->fail("belongs to a total, and there is none");
    }
    if (const auto events = entry.find("events")) {
      ++kinds;
      static const std::vector<std::string> names = {"all", "before-decay"};
      step.is_sum = true;
      step.with_decay = events->one_of(names) == "all";
    }
    if (kinds != 1) entry.fail("expected one of expression, total and events");
    return step;
  }

  Expression read_expression(const JsonReader& entry) const {
    Expression result = Expression::parse(entry.text(), entry.source(), entry.path());
    if (!result.columns().empty()) {
      entry.fail("uses event." + *result.columns().begin() + ", but it is not evaluated event by event");
    }
    const auto slot_of = [&](const std::string& name) {
      if (const auto own = own_.find(name); own != own_.end()) return own->second;
      const auto known = slots_.find(name);
      if (known == slots_.end()) entry.fail("uses \"" + name + "\", which neither the card nor a step before defines");
      return known->second;
    };
    const auto table_of = [&](const std::string& name) {
      const auto known = card_.functions.find(name);
      if (known == card_.functions.end()) entry.fail("calls \"" + name + "\", which is not a function of this card");
      return &known->second;
    };
    result.bind(slot_of, table_of);
    return result;
  }

  void read_total(const JsonReader& entry, const std::optional<JsonReader>& part, ChainStep& step) const {
    step.total = entry.text();
    std::vector<std::string> names, labels;
    for (const auto& total : card_.totals) {
      names.push_back(total.name);
      if (total.name != step.total) continue;
      for (const auto& [label, expression] : total.per) labels.push_back(label);
    }
    if (std::find(names.begin(), names.end(), step.total) == names.end()) {
      std::sort(names.begin(), names.end());
      names.erase(std::unique(names.begin(), names.end()), names.end());
      entry.fail(names.empty() ? "asks for a total, of which this card has none"
                               : "expected " + join_choices(names) + ", found \"" + step.total + "\"");
    }
    if (!part) return;
    if (labels.empty()) part->fail("belongs to a total without parts");
    step.part = part->one_of(labels);
  }

  const Model& model_;
  const Card& card_;
  std::map<std::string, std::size_t> slots_, own_;
  std::vector<std::string> channels_, used_;
};

}  // namespace

std::vector<Chain> read_chains(const Model& model) {
  const JsonReader root(model.card().document, model.card().source);
  const auto chain = root.find("chain");
  return chain ? ChainReader(model).run(*chain) : std::vector<Chain>();
}

}  // namespace anyslice
