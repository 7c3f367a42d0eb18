// The slots of a model at many points at once: what is the same at all of them is kept and computed once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/card/expression.hpp"

namespace anyslice {

/// A number for each of several points, or one for all.
class PointValues {
 public:
  PointValues(double common) : common_(common) {}
  PointValues(std::vector<double> each) : each_(std::move(each)) {}

  bool varies() const { return !each_.empty(); }
  double operator[](std::size_t point) const { return each_.empty() ? common_ : each_[point]; }
  std::vector<double> take() && { return std::move(each_); }

 private:
  double common_ = 0;
  std::vector<double> each_;
};

class PointSlots {
 public:
  /// `count` points that agree in everything, until columns are set.
  PointSlots(std::vector<double> slots, std::size_t count) : common_(std::move(slots)), count_(count) {
    columns_.resize(common_.size());
    pointers_.resize(common_.size(), nullptr);
  }
  /// Of points that each have all slots; at least one.
  explicit PointSlots(std::span<const std::vector<double>> points);
  PointSlots(const PointSlots& other) : PointSlots(other.common_, other.count_) {
    for (std::size_t slot = 0; slot < columns_.size(); ++slot) {
      if (other.varies(slot)) set(slot, other.columns_[slot]);
    }
  }
  PointSlots(PointSlots&&) = default;
  PointSlots& operator=(const PointSlots&) = delete;

  std::size_t size() const { return count_; }
  bool varies(std::size_t slot) const { return pointers_[slot] != nullptr; }
  double at(std::size_t slot, std::size_t point) const {
    return pointers_[slot] == nullptr ? common_[slot] : pointers_[slot][point];
  }
  /// All slots of a point.
  std::vector<double> point(std::size_t point) const;

  void set(std::size_t slot, double value);
  /// One value a point.
  void set(std::size_t slot, std::vector<double> values);
  void set(std::size_t slot, PointValues values);

  /// An expression without columns of events.
  PointValues evaluate(const Expression& expression) const;

 private:
  std::vector<double> common_;
  std::size_t count_;
  std::vector<std::vector<double>> columns_;  ///< by slot; empty where common_ holds
  std::vector<const double*> pointers_;       ///< to them, or null
};

/// Which points agree in some of their slots.
class DistinctPoints {
 public:
  static constexpr std::uint32_t kNone = ~0u;

  /// Points for which `counts` is zero are left out (empty: all count).
  DistinctPoints(const PointSlots& points, std::span<const std::size_t> slots, std::span<const char> counts = {});

  std::size_t count() const { return first_.size(); }
  /// The number of the distinct point that a point is, in the order of their first ones; kNone where it is left out.
  std::uint32_t of(std::size_t point) const { return of_[point]; }
  std::size_t first(std::size_t distinct) const { return first_[distinct]; }

 private:
  std::vector<std::uint32_t> of_;
  std::vector<std::size_t> first_;
};

}  // namespace anyslice
