// Neutrino fluxes.
#include "core/generate/beam_flux.hpp"

#include <algorithm>
#include <cmath>

namespace anyslice::generate {

double BeamFlux::at(double energy) const {
  if (!(energy >= edges.front() && energy < edges.back())) return 0;
  const auto bin = std::upper_bound(edges.begin(), edges.end(), energy) - edges.begin() - 1;
  return density[static_cast<std::size_t>(bin)];
}

double BeamFlux::integral() const {
  double sum = 0;
  for (std::size_t i = 0; i < density.size(); ++i) sum += density[i] * (edges[i + 1] - edges[i]);
  return sum;
}

BeamFlux read_beam_flux(const JsonReader& file, const std::string& beam, const std::string& neutrino) {
  file.allow_only({"anyslice_flux", "name", "about", "unit", "energy_edges_GeV", "beams"});
  if (file.at("anyslice_flux").text() != "1") file.at("anyslice_flux").fail("expected version \"1\"");
  static const std::vector<std::string> units = {"per cm^2 per 1e21 POT per 50 MeV"};
  file.at("unit").one_of(units);
  constexpr double kUnitWidthGeV = 0.05;
  BeamFlux flux;
  const JsonReader edges = file.at("energy_edges_GeV");
  flux.edges = edges.numbers();
  if (flux.edges.size() < 2 || flux.edges.front() < 0 ||
      std::adjacent_find(flux.edges.begin(), flux.edges.end(), std::greater_equal<>()) != flux.edges.end()) {
    edges.fail("expected at least two energies that rise from zero or above");
  }
  const JsonReader histogram = file.at("beams").at(beam).at(neutrino);
  flux.density = histogram.numbers();
  if (flux.density.size() + 1 != flux.edges.size()) {
    histogram.fail("expected " + std::to_string(flux.edges.size() - 1) + " numbers, one a bin");
  }
  for (double& density : flux.density) {
    if (!(density >= 0)) histogram.fail("expected numbers that are not negative");
    density /= kUnitWidthGeV;
  }
  if (!(flux.integral() > 0)) histogram.fail("expected a flux above zero");
  return flux;
}

EnergySampler::EnergySampler(const BeamFlux& flux, int power)
    : power_(power), edges_(flux.edges), density_(flux.density), cumulative_{0} {
  // A uniform that rounds to one must not end in an empty bin.
  while (density_.size() > 1 && density_.back() == 0) {
    density_.pop_back();
    edges_.pop_back();
  }
  for (const double edge : edges_) edge_primitives_.push_back(primitive(edge));
  for (std::size_t i = 0; i < density_.size(); ++i) {
    cumulative_.push_back(cumulative_.back() + density_[i] * (edge_primitives_[i + 1] - edge_primitives_[i]));
  }
  const auto fill_guide = [](std::vector<std::uint32_t>& guide, const std::vector<double>& rising) {
    constexpr std::size_t kSteps = 1024;
    std::size_t bin = 0;
    for (std::size_t i = 0; i <= kSteps; ++i) {
      const double value = rising.front() + (rising.back() - rising.front()) * static_cast<double>(i) / kSteps;
      while (bin + 2 < rising.size() && rising[bin + 1] <= value) ++bin;
      guide.push_back(static_cast<std::uint32_t>(bin));
    }
  };
  fill_guide(energy_guide_, edges_);
  fill_guide(cumulative_guide_, cumulative_);
}

namespace {

std::size_t guided(const std::vector<std::uint32_t>& guide, const std::vector<double>& rising, double value) {
  const double place =
      (value - rising.front()) / (rising.back() - rising.front()) * static_cast<double>(guide.size() - 1);
  std::size_t bin = guide[static_cast<std::size_t>(place)];
  while (bin + 2 < rising.size() && rising[bin + 1] <= value) ++bin;
  return bin;
}

}  // namespace

double EnergySampler::primitive(double energy) const {
  if (power_ == 0) return energy;
  const double square = energy * energy;
  return power_ == 1 ? square / 2 : square * square / 4;
}

double EnergySampler::inverse_primitive(double value) const {
  if (power_ == 0) return value;
  return power_ == 1 ? std::sqrt(2 * value) : std::sqrt(2 * std::sqrt(value));
}

EnergySampler::Draw EnergySampler::draw(double uniform, double threshold) const {
  double below = 0;
  if (threshold > edges_.front()) {
    if (threshold >= edges_.back()) return {threshold, 0};
    const std::size_t bin = guided(energy_guide_, edges_, threshold);
    below = cumulative_[bin] + density_[bin] * (primitive(threshold) - edge_primitives_[bin]);
  }
  const double above = cumulative_.back() - below;
  if (!(above > 0)) return {threshold, 0};
  const double target = below + uniform * above;
  const std::size_t bin = guided(cumulative_guide_, cumulative_, target);
  const double energy =
      std::max(threshold, inverse_primitive(edge_primitives_[bin] + (target - cumulative_[bin]) / density_[bin]));
  const double power = power_ == 0 ? 1 : power_ == 1 ? energy : energy * energy * energy;
  return {energy, above / power};
}

}  // namespace anyslice::generate
