// Keeps one reweighter per stage of a display table.
#include "core/api/display_table.hpp"

#include "core/base/error.hpp"
#include "core/card/display_stage.hpp"

namespace anyslice::api {

void DisplayTable::attach(std::shared_ptr<const EventTable> table, const std::string& source) {
  for (const auto& name : card_.display->table.columns) table->column(name, source);
  stages_.clear();
  recipe_.reset();
  table_ = std::move(table);
  source_ = source;
}

const EventTable& DisplayTable::table() const {
  if (!table_) throw InputError(card_.source, "display.table", "has not been loaded yet");
  return *table_;
}

const DisplayTable::Stage& DisplayTable::stage(const std::string& name, const EventTable& rates_of) const {
  table();
  if (const auto known = stages_.find(name); known != stages_.end()) return known->second;
  Stage stage;
  stage.name = name;
  stage.model = std::make_unique<Model>(card_at_stage(card_, name));
  for (const auto& one : card_.display->stages) {
    if (one.name == name) stage.label = one.label;
  }
  stage.reweighter = std::make_unique<Reweighter>(*stage.model, table_, source_, &rates_of);
  return stages_.emplace(name, std::move(stage)).first->second;
}

const generate::Recipe& DisplayTable::recipe() const {
  if (!recipe_) recipe_ = std::make_unique<generate::Recipe>(generate::recipe_of_table(table(), source_));
  return *recipe_;
}

}  // namespace anyslice::api
