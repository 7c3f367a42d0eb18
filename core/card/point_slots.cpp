// Columns of slots, and the hash table that finds equal points.
#include "core/card/point_slots.hpp"

#include <cstring>

namespace anyslice {
namespace {

/// NaN equals itself here.
std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

}  // namespace

PointSlots::PointSlots(std::span<const std::vector<double>> points) : PointSlots(points.front(), points.size()) {
  for (std::size_t slot = 0; slot < common_.size(); ++slot) {
    const std::uint64_t bits = bits_of(common_[slot]);
    bool is_common = true;
    for (const auto& point : points) is_common = is_common && bits_of(point[slot]) == bits;
    if (is_common) continue;
    std::vector<double> values;
    values.reserve(points.size());
    for (const auto& point : points) values.push_back(point[slot]);
    set(slot, std::move(values));
  }
}

std::vector<double> PointSlots::point(std::size_t point) const {
  std::vector<double> result = common_;
  for (std::size_t slot = 0; slot < result.size(); ++slot) {
    if (pointers_[slot] != nullptr) result[slot] = pointers_[slot][point];
  }
  return result;
}

void PointSlots::set(std::size_t slot, double value) {
  common_[slot] = value;
  columns_[slot].clear();
  pointers_[slot] = nullptr;
}

void PointSlots::set(std::size_t slot, std::vector<double> values) {
  columns_[slot] = std::move(values);
  pointers_[slot] = columns_[slot].data();
}

void PointSlots::set(std::size_t slot, PointValues values) {
  if (!values.varies()) return set(slot, values[0]);
  set(slot, std::move(values).take());
}

PointValues PointSlots::evaluate(const Expression& expression) const {
  if (!expression.varies(pointers_)) return expression.evaluate(common_);
  std::vector<double> values(count_);
  expression.evaluate_points(common_, pointers_, values);
  return values;
}

DistinctPoints::DistinctPoints(const PointSlots& points, std::span<const std::size_t> slots,
                               std::span<const char> counts)
    : of_(points.size(), kNone) {
  std::vector<std::size_t> varying;
  for (const std::size_t slot : slots) {
    if (points.varies(slot)) varying.push_back(slot);
  }
  std::size_t room = 2;
  while (room < 2 * points.size()) room *= 2;
  std::vector<std::uint32_t> table(room, kNone);
  std::size_t last = points.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!counts.empty() && counts[i] == 0) continue;
    const auto is_at = [&](std::size_t other) {
      for (const std::size_t slot : varying) {
        if (bits_of(points.at(slot, i)) != bits_of(points.at(slot, other))) {
          return false;
        }
      }
      return true;
    };
    if (last < points.size() && is_at(last)) {
      of_[i] = of_[last];
      continue;
    }
    std::uint64_t hash = 0;
    for (const std::size_t slot : varying) {
      hash = (hash ^ bits_of(points.at(slot, i))) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    std::size_t place = static_cast<std::size_t>(hash) & (table.size() - 1);
    while (table[place] != kNone && !is_at(first_[table[place]])) place = (place + 1) & (table.size() - 1);
    if (table[place] == kNone) {
      table[place] = static_cast<std::uint32_t>(first_.size());
      first_.push_back(i);
    }
    of_[i] = table[place];
    last = i;
  }
}

}  // namespace anyslice
