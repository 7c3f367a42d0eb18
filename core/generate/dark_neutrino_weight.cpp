// Weights of dark neutrino events.
#include "core/generate/dark_neutrino_weight.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"

namespace anyslice::generate {
namespace {

// N from a neutrino; the mirrored decay of N from an antineutrino looks the same in the laboratory.
constexpr int kHelicity = -1;

/// three_body_norm, tabulated in me/mN.
double contact_norm(double electron_mass) {
  constexpr std::size_t kNodes = 4096;
  static const std::vector<double> nodes = [] {
    std::vector<double> result;
    for (std::size_t i = 0; i <= kNodes; ++i) {
      const double mass = 0.5 * static_cast<double>(i) / kNodes;
      result.push_back(i == kNodes ? 0 : physics::three_body_norm(mass));
    }
    return result;
  }();
  const double place = std::min(electron_mass * 2 * kNodes, kNodes - 1e-6);
  const auto i = static_cast<std::size_t>(place);
  return nodes[i] + (place - static_cast<double>(i)) * (nodes[i + 1] - nodes[i]);
}

}  // namespace

double decay_density(const DarkNeutrinoDraw& draw, Mediator mediator, const physics::ThreeBodyMomenta& momenta) {
  if (mediator == Mediator::light)
    return physics::two_body_density(draw.decay.cos_neutrino, draw.mN, draw.mZ, kHelicity);
  const double electron_mass = physics::kElectronMassGeV / draw.mN;
  return physics::three_body_shape(draw.decay, momenta, kHelicity, electron_mass) / contact_norm(electron_mass);
}

double reduced_rate(const DarkNeutrinoDraw& draw, Mediator mediator, const physics::ThreeBodyMomenta& momenta,
                    const physics::Target& target) {
  return physics::reduced_cross_section(draw.energy, draw.Q2, draw.mN, 1, target) *
         decay_density(draw, mediator, momenta);
}

double propagators(const DarkNeutrinoDraw& draw, Mediator mediator, double mN, double mZ) {
  const double upscattering = 1 / (draw.Q2 + mZ * mZ);
  if (mediator == Mediator::light) return upscattering * upscattering;
  const double x = mN * mN / (mZ * mZ);
  const double both = upscattering / (1 - x * draw.decay.y);
  return both * both / physics::propagator_enhancement(x);
}

TabulatedTensor::TabulatedTensor(const physics::Target& target, double largest_Q_GeV) {
  constexpr std::size_t kCells = 8192;
  width_ = largest_Q_GeV / kCells;
  for (std::size_t i = 0; i <= kCells; ++i) {
    const double Q = width_ * static_cast<double>(i);
    nodes_.push_back(target.tensor(Q * Q));
  }
}

physics::HadronTensor TabulatedTensor::operator()(double Q2) const {
  const double place = std::sqrt(Q2) / width_;
  const auto i = std::min(static_cast<std::size_t>(place), nodes_.size() - 2);
  const double fraction = std::min(1.0, place - static_cast<double>(i));
  const auto between = [fraction](double a, double b) { return a + fraction * (b - a); };
  return {between(nodes_[i].convective, nodes_[i + 1].convective),
          between(nodes_[i].transverse, nodes_[i + 1].transverse)};
}

std::vector<double> interactions_per_nucleus(const BeamFlux& flux, const physics::Target& target, double largest_Q_GeV,
                                             double mN, const std::vector<double>& mZ) {
  const TabulatedTensor tensor(target, largest_Q_GeV);
  using TransferRule = boost::math::quadrature::gauss<double, 60>;
  const double threshold = physics::upscattering_threshold(mN, target.mass);
  std::vector<double> result;
  for (const double mass : mZ) {
    // The variable of total_cross_section(), with a fixed rule.
    const double mZ2 = mass * mass, shift = std::min(mZ2, 1e-3);
    const auto cross_section = [&](double energy) {
      auto range = physics::transfer_range(energy, mN, target.mass);
      range.high = std::min(range.high, largest_Q_GeV * largest_Q_GeV);
      if (!(range.high > range.low)) return 0.0;
      const auto integrand = [&](double v) {
        const double Q2 = std::max(0.0, std::exp(v) - shift), propagator = 1 / (Q2 + mZ2);
        const auto hadron = tensor(Q2);
        return (hadron.convective * physics::convective_contraction(energy, Q2, mN, target.mass) +
                hadron.transverse * physics::transverse_contraction(Q2, mN)) *
               propagator * propagator * (Q2 + shift);
      };
      const double flux_factor = 2 * target.mass * energy;
      return TransferRule::integrate(integrand, std::log(range.low + shift), std::log(range.high + shift)) /
             (4 * flux_factor * flux_factor);
    };
    double sum = 0;
    for (std::size_t bin = 0; bin < flux.density.size(); ++bin) {
      const double low = std::max(flux.edges[bin], threshold), high = flux.edges[bin + 1];
      if (!(high > low) || flux.density[bin] == 0) continue;
      // Gauss with two points: a bin is narrow against the scale on which the cross section changes.
      const double middle = (low + high) / 2, offset = (high - low) / 2 / std::sqrt(3.0);
      sum += flux.density[bin] * (high - low) / 2 * (cross_section(middle - offset) + cross_section(middle + offset));
    }
    result.push_back(sum * physics::kHbarCSquaredGeV2Cm2);
  }
  return result;
}

}  // namespace anyslice::generate
