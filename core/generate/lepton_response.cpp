// Smearing of electrons.
#include "core/generate/lepton_response.hpp"

#include <algorithm>
#include <cmath>

#include "core/random/distributions.hpp"

namespace anyslice::generate {

double QuantileTable::operator()(double truth, double score) const {
  const auto across = [&](const std::vector<double>& quantiles) {
    const auto next = std::upper_bound(scores_.begin() + 1, scores_.end() - 1, score);
    const auto i = static_cast<std::size_t>(next - scores_.begin());
    const double fraction = (score - scores_[i - 1]) / (scores_[i] - scores_[i - 1]);
    return quantiles[i - 1] + fraction * (quantiles[i] - quantiles[i - 1]);
  };
  if (truth <= truth_.front()) return across(quantiles_.front());
  if (truth >= truth_.back()) return across(quantiles_.back());
  const auto i = static_cast<std::size_t>(std::upper_bound(truth_.begin(), truth_.end(), truth) - truth_.begin());
  const double fraction = (truth - truth_[i - 1]) / (truth_[i] - truth_[i - 1]);
  return (1 - fraction) * across(quantiles_[i - 1]) + fraction * across(quantiles_[i]);
}

std::array<double, 3> LeptonResponse::smear(const std::array<double, 3>& momentum, double momentum_score,
                                            double angle_score) const {
  const double transverse = std::hypot(momentum[0], momentum[1]);
  const double size = std::hypot(transverse, momentum[2]), angle = std::atan2(transverse, momentum[2]);
  // The straight continuation of the lower tail can cross zero; no track is reconstructed with less than 1 % of its
  // momentum.
  const double reconstructed = size * std::max(0.01, momentum_ratio(size, momentum_score));
  const double tilted = angle + angle_shift(angle, angle_score);
  // A negative angle is one on the other side of the beam; the azimuth of a lepton along the beam is arbitrary.
  const double across = reconstructed * std::sin(tilted);
  const double x = transverse > 0 ? momentum[0] / transverse : 1, y = transverse > 0 ? momentum[1] / transverse : 0;
  return {across * x, across * y, reconstructed * std::cos(tilted)};
}

namespace {

QuantileTable read_quantiles(const JsonReader& reader, const std::string& truth_field, const std::string& value_field,
                             const std::vector<double>& scores) {
  reader.allow_only({truth_field, value_field});
  const auto truth = reader.at(truth_field).numbers();
  if (truth.empty() || std::adjacent_find(truth.begin(), truth.end(), std::greater_equal<>()) != truth.end()) {
    reader.at(truth_field).fail("expected numbers that rise");
  }
  std::vector<std::vector<double>> quantiles;
  for (const auto& row : reader.at(value_field).items()) {
    quantiles.push_back(row.numbers());
    if (quantiles.back().size() != scores.size()) {
      row.fail("expected " + std::to_string(scores.size()) + " numbers, one a probability");
    }
    if (!std::is_sorted(quantiles.back().begin(), quantiles.back().end())) row.fail("expected quantiles that rise");
  }
  if (quantiles.size() != truth.size()) {
    reader.at(value_field).fail("expected " + std::to_string(truth.size()) + " rows, one a true value");
  }
  return {truth, std::move(quantiles), scores};
}

}  // namespace

LeptonResponse read_lepton_response(const JsonReader& reader) {
  reader.allow_only({"anyslice_response", "about", "probabilities", "momentum", "angle"});
  if (reader.at("anyslice_response").text() != "1") reader.at("anyslice_response").fail("expected version \"1\"");
  std::vector<double> scores;
  const JsonReader probabilities = reader.at("probabilities");
  for (const double probability : probabilities.numbers()) {
    if (!(probability > 0 && probability < 1)) probabilities.fail("expected numbers between 0 and 1");
    scores.push_back(normal_quantile(probability));
  }
  if (scores.size() < 2 || std::adjacent_find(scores.begin(), scores.end(), std::greater_equal<>()) != scores.end()) {
    probabilities.fail("expected at least two numbers that rise");
  }
  return {read_quantiles(reader.at("momentum"), "true_GeV", "reconstructed_over_true", scores),
          read_quantiles(reader.at("angle"), "true_rad", "shift_rad", scores)};
}

}  // namespace anyslice::generate
