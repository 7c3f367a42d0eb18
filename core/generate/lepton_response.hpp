// The reconstruction of electrons, parametrised by quantiles of momentum and polar angle.
#pragma once

#include <array>
#include <vector>

#include "core/base/json_reader.hpp"

namespace anyslice::generate {

/// Quantiles of a reconstructed quantity against the true one, linear between the tabulated true values and between the
/// normal scores of the tabulated probabilities; beyond either end the last straight line (scores) or value (true).
class QuantileTable {
 public:
  QuantileTable() = default;
  QuantileTable(std::vector<double> truth, std::vector<std::vector<double>> quantiles, std::vector<double> scores)
      : truth_(std::move(truth)), quantiles_(std::move(quantiles)), scores_(std::move(scores)) {}
  double operator()(double truth, double score) const;

 private:
  std::vector<double> truth_;
  std::vector<std::vector<double>> quantiles_;
  std::vector<double> scores_;
};

struct LeptonResponse {
  QuantileTable momentum_ratio;  ///< reconstructed / true, of the true momentum in GeV
  QuantileTable angle_shift;     ///< reconstructed - true in rad, of the true angle to the beam

  /// The momentum as reconstructed, for two standard normal numbers; the azimuth is kept.
  [[gnu::noinline]] std::array<double, 3> smear(const std::array<double, 3>& momentum, double momentum_score,
                                                double angle_score) const;
};

/// A response file, data/responses.
LeptonResponse read_lepton_response(const JsonReader& reader);

}  // namespace anyslice::generate
