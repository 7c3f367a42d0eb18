// Sorts rows unless the table is sorted already, as generated tables are.
#include "core/reweight/row_order.hpp"

#include <algorithm>
#include <numeric>

#include "core/reweight/kernel.hpp"

namespace anyslice {

RowOrder::RowOrder(std::size_t rows, const std::vector<double>* first) : size_(rows), first_(first) {
  if (first == nullptr || std::is_sorted(first->begin(), first->end())) return;
  places_.resize(rows);
  std::iota(places_.begin(), places_.end(), 0u);
  std::stable_sort(places_.begin(), places_.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return (*first)[a] < (*first)[b]; });
}

std::vector<std::uint32_t> RowOrder::rows(RowRun places) const {
  std::vector<std::uint32_t> result(places.end - places.begin);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = row(places.begin + i);
  return result;
}

RowRun RowOrder::between(KernelDistance distance, double low, double high) const {
  if (first_ == nullptr) return {0, size_};
  const auto first_that = [&](const auto& is_beyond) {
    std::size_t begin = 0, end = size_;
    while (begin < end) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (is_beyond(kernel_coordinate(distance, (*first_)[row(middle)]))) {
        end = middle;
      } else {
        begin = middle + 1;
      }
    }
    return begin;
  };
  const std::size_t begin = first_that([&](double at) { return at >= low; });
  return {begin, std::max(begin, first_that([&](double at) { return at > high; }))};
}

}  // namespace anyslice
