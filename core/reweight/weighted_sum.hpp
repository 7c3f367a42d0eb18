// The sum of event weights and what is known of its accuracy.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace anyslice {

/// Sum over the events of a table. The statistical error is that of a fixed number of thrown events N,
/// sqrt(sum w^2 - (sum w)^2 / N): an estimator whose weights are all equal and all kept is exact.
struct WeightedSum {
  double sum = 0, sum_of_squares = 0;
  std::uint64_t thrown = 0;

  double error() const {
    const double spread = sum_of_squares - sum * sum / static_cast<double>(thrown);
    return std::sqrt(std::max(spread, 0.0));
  }
  /// (sum w)^2 / sum w^2, the number of equal weights as accurate as these (L. Kish, Survey Sampling, 1965).
  double effective_events() const { return sum_of_squares > 0 ? sum * sum / sum_of_squares : 0; }
  void add(double weight) {
    sum += weight;
    sum_of_squares += weight * weight;
  }
  void multiply(double factor) {
    sum *= factor;
    sum_of_squares *= factor * factor;
  }
  WeightedSum& operator+=(const WeightedSum& other) {
    sum += other.sum;
    sum_of_squares += other.sum_of_squares;
    thrown = other.thrown;
    return *this;
  }
};

/// The expected signal at one point of parameter space.
struct Prediction {
  bool exists = false;            ///< whether every factor of the weight has a value there
  std::vector<WeightedSum> bins;  ///< in the order of the card
  /// The bins of a prediction do not share events.
  WeightedSum total() const {
    WeightedSum result;
    for (const auto& bin : bins) result += bin;
    return result;
  }
};

/// The expected signal at many points.
class Predictions {
 public:
  Predictions(std::size_t points, std::size_t bins) : bins_(bins), exists_(points, 0), sums_(points * bins) {}

  std::size_t size() const { return exists_.size(); }
  bool exists(std::size_t point) const { return exists_[point] != 0; }
  std::span<const WeightedSum> bins(std::size_t point) const { return {sums_.data() + point * bins_, bins_}; }
  /// One of them; without bins where it does not exist.
  Prediction at(std::size_t point) const {
    if (!exists(point)) return {};
    return {true, {bins(point).begin(), bins(point).end()}};
  }

  void set(std::size_t point, bool exists) { exists_[point] = exists; }
  std::span<WeightedSum> bins(std::size_t point) { return {sums_.data() + point * bins_, bins_}; }

 private:
  std::size_t bins_;
  std::vector<char> exists_;
  std::vector<WeightedSum> sums_;  ///< [point][bin]
};

}  // namespace anyslice
