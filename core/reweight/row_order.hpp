// The rows of a table in the order of the kernel's first coordinate, so that a window of the kernel is a run of them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/card/card.hpp"
#include "core/reweight/decay_sums.hpp"
#include "core/table/event_table.hpp"

namespace anyslice {

class RowOrder {
 public:
  RowOrder() = default;
  /// `first`: the coordinate's column; null: the order of the table.
  RowOrder(std::size_t rows, const std::vector<double>* first);

  std::size_t size() const { return size_; }
  /// The row of the table at a place of the order.
  std::uint32_t row(std::size_t place) const {
    return places_.empty() ? static_cast<std::uint32_t>(place) : places_[place];
  }
  std::vector<std::uint32_t> rows(RowRun places) const;
  /// The places where the coordinate, measured with `distance`, lies from `low` to `high`.
  RowRun between(KernelDistance distance, double low, double high) const;

 private:
  std::size_t size_ = 0;
  const std::vector<double>* first_ = nullptr;
  std::vector<std::uint32_t> places_;  ///< rows; empty where they are those of the table
};

}  // namespace anyslice
