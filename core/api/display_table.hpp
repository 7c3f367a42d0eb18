// The display table of a card: its events, weighed at any stage of the selection.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/card/model.hpp"
#include "core/generate/recipe.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/table/event_table.hpp"

namespace anyslice::api {

class DisplayTable {
 public:
  /// Takes a card with a display that no Model has bound yet.
  explicit DisplayTable(Card card) : card_(std::move(card)) {}

  void attach(std::shared_ptr<const EventTable> table, const std::string& source);

  /// The card at one stage with the table.
  struct Stage {
    std::string name, label;
    std::unique_ptr<Model> model;
    std::unique_ptr<Reweighter> reweighter;
  };
  /// `rates_of`: the main table, whose metadata hold the rates of the card. Throws InputError where the table is not
  /// attached, does not fit the card, or the stage is unknown.
  const Stage& stage(const std::string& name, const EventTable& rates_of) const;

  /// The recipe that the table was made by, with its inputs.
  const generate::Recipe& recipe() const;

 private:
  const EventTable& table() const;

  Card card_;
  std::shared_ptr<const EventTable> table_;
  std::string source_;
  mutable std::map<std::string, Stage> stages_;  ///< as far as they have been asked for
  mutable std::unique_ptr<generate::Recipe> recipe_;
};

}  // namespace anyslice::api
