// Proposals for dark neutrino events.
#include "core/generate/dark_neutrino_proposal.hpp"

#include <algorithm>
#include <cmath>

#include "core/generate/dark_neutrino_weight.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"

namespace anyslice::generate {
namespace {

constexpr double kLn10 = 2.302585092994045684;
constexpr double kTwoPi = 2 * physics::kPi;

/// Places in EventUniforms.
enum Uniform : std::size_t {
  kStratum,
  kMassN,
  kMassZ,
  kEnergy = kEarlyRouletteUniform + 1,
  kTransfer,
  kPairMass,
  kCosNeutrino,
  kCosElectron,
  kPhiElectron,
  kAzimuthN,
  kAzimuthDecay,
  kAcross,
  kUp,
  kAlong,
  kAlongChoice
};
static_assert(kMassZ < kEarlyRouletteUniform && kAlongChoice < kUniformsPerEvent);
static_assert(kKinematicUniforms == std::array<std::size_t, 7>{kEnergy, kTransfer, kPairMass, kCosNeutrino,
                                                               kCosElectron, kPhiElectron, kAzimuthDecay});

double least_pair_mass(double mN) {
  const double ratio = 2 * physics::kElectronMassGeV / mN;
  return ratio * ratio;
}

/// The part of the (ln mN, ln mZ) plane below the diagonal mZ < mN, filled evenly.
struct LightTriangle {
  double origin, width, first, last;  ///< ln mZ_low; ln(mZ_high / mZ_low); ends of ln(mN / mZ_low)

  LightTriangle(const SampledParameter& mN, const SampledParameter& mZ)
      : origin(std::log(mZ.low())),
        width(std::log(mZ.high() / mZ.low())),
        first(std::max(0.0, std::log(mN.low()) - origin)),
        last(std::log(mN.high()) - origin) {}

  double area_below(double x) const { return x < width ? x * x / 2 : width * width / 2 + width * (x - width); }
  double area() const { return area_below(last) - area_below(first); }
  double ln_mN(double uniform) const {
    const double target = area_below(first) + uniform * area();
    return origin + (target < width * width / 2 ? std::sqrt(2 * target) : width / 2 + target / width);
  }
  double ln_mZ(double ln_mN, double uniform) const { return origin + uniform * std::min(width, ln_mN - origin); }
};

}  // namespace

VertexSampler::VertexSampler(const geometry::Region& region, const DarkNeutrinoRecipe& recipe) : box_(region.box) {
  const double front = box_.low[2], back = box_.high[2];
  bool found = false;
  for (const auto& volume : recipe.volumes) {
    const double face = volume.box.low[2];
    if (face > front && (!found || face < face_)) {
      face_ = face;
      found = true;
    }
  }
  if (!found) return;
  nearest_ = std::max(recipe.smallest_distance_cm, face_ - back);
  farthest_ = face_ - front;
  if (farthest_ <= nearest_) return;
  near_share_ = face_ < back ? recipe.near_fraction_in_volume : recipe.near_fraction;
}

VertexSampler::Draw VertexSampler::draw(double across, double up, double along, double choice) const {
  const Eigen::Vector3d size = box_.high - box_.low;
  double z = box_.low[2] + along * size[2];
  if (near_share_ == 0) return {{box_.low[0] + across * size[0], box_.low[1] + up * size[1], z}, 1};
  const double logarithm = std::log(farthest_ / nearest_);
  if (choice < near_share_) z = face_ - nearest_ * std::exp(along * logarithm);
  const double distance = face_ - z;
  double density = 1 - near_share_;  // relative to the even one
  if (distance >= nearest_ && distance <= farthest_) density += near_share_ * size[2] / (distance * logarithm);
  return {{box_.low[0] + across * size[0], box_.low[1] + up * size[1], z}, 1 / density};
}

DarkNeutrinoProposal::DarkNeutrinoProposal(const DarkNeutrinoRecipe& recipe) : recipe_(recipe) {
  for (const auto& region : recipe.detector.regions) vertices_.emplace_back(region, recipe);
}

void DarkNeutrinoProposal::place(const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const {
  const auto vertex = vertices_[recipe_.strata[draw.stratum].region].draw(uniforms[kAcross], uniforms[kUp],
                                                                          uniforms[kAlong], uniforms[kAlongChoice]);
  draw.azimuth_N = kTwoPi * uniforms[kAzimuthN];
  draw.vertex = vertex.position;
  draw.weight *= vertex.weight;
}

StratifiedProposal::StratifiedProposal(const DarkNeutrinoRecipe& recipe) : DarkNeutrinoProposal(recipe) {
  double sum = 0;
  for (const auto& stratum : recipe.strata) cumulative_strata_.push_back(sum += stratum.probability);
  cumulative_strata_.back() = 1;
  constexpr std::size_t kGuide = 256;
  std::size_t stratum = 0;
  for (std::size_t i = 0; i < kGuide; ++i) {
    while (cumulative_strata_[stratum] <= static_cast<double>(i) / kGuide) ++stratum;
    guide_.push_back(static_cast<std::uint16_t>(stratum));
  }
  for (const auto& beam : recipe.beams) {
    energies_.push_back({EnergySampler(beam.flux, 0), EnergySampler(beam.flux, 1), EnergySampler(beam.flux, 3)});
  }

  for (const auto& element : recipe.elements) {
    // A twentieth of the legacy form factor is mixed in: rows can then be re-weighted to it where the other one
    // vanishes.
    const double charge2 = element.target.charge * element.target.charge;
    const auto form_factor2 = [&element, charge2](double Q2) {
      const auto tensor = element.target.tensor(Q2), legacy = element.legacy.tensor(Q2);
      return (tensor.convective + kLegacyShare * legacy.convective) / charge2;
    };
    std::vector<TransferSampler> samplers;
    if (recipe.mediator == Mediator::heavy) {
      // Good from light to infinitely heavy mediators: half the events from each extreme.
      constexpr double kLightScale2 = 0.0036;  // GeV^2, a mediator of 60 MeV
      const auto light = [](double Q2) { return 1 / ((Q2 + kLightScale2) * (Q2 + kLightScale2)); };
      double heavy_integral = 0, light_integral = 0;
      constexpr int kSteps = 4000;
      for (int i = 0; i < kSteps; ++i) {
        const double step = recipe.largest_Q_GeV / kSteps, Q = step * (i + 0.5);
        heavy_integral += form_factor2(Q * Q) * 2 * Q * step;
        light_integral += form_factor2(Q * Q) * light(Q * Q) * 2 * Q * step;
      }
      samplers.emplace_back(
          [&](double Q2) { return form_factor2(Q2) * (1 / heavy_integral + light(Q2) / light_integral); },
          recipe.largest_Q_GeV, 1024);
    } else {
      constexpr int kPerDecade = 8;
      const double low = recipe.mZ->low(), high = std::max(low, std::min(recipe.mZ->high(), recipe.largest_Q_GeV));
      const int steps = static_cast<int>(std::ceil(kPerDecade * std::log10(high / low)));
      for (int i = 0; i <= steps; ++i) {
        const double mass = low * std::pow(10.0, static_cast<double>(i) / kPerDecade), scale2 = mass * mass;
        samplers.emplace_back([&](double Q2) { return form_factor2(Q2) / ((Q2 + scale2) * (Q2 + scale2)); },
                              recipe.largest_Q_GeV, 4096);
      }
    }
    transfers_.push_back(std::move(samplers));
  }
}

const TransferSampler& StratifiedProposal::transfers_of(std::size_t element, double mZ) const {
  const auto& samplers = transfers_[element];
  if (samplers.size() == 1) return samplers.front();
  constexpr double kPerDecade = 8;
  const double place = kPerDecade * std::log10(mZ / recipe_.mZ->low()) + 0.5;
  return samplers[std::min(static_cast<std::size_t>(std::max(0.0, place)), samplers.size() - 1)];
}

void StratifiedProposal::draw_masses(std::uint64_t, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const {
  std::size_t s = guide_[static_cast<std::size_t>(uniforms[kStratum] * static_cast<double>(guide_.size()))];
  while (cumulative_strata_[s] <= uniforms[kStratum]) ++s;
  draw.stratum = s;
  draw.weight = recipe_.strata[s].targets / recipe_.strata[s].probability;
  if (recipe_.mN.fixed()) {
    draw.mN = recipe_.mN.value;
    if (recipe_.mZ) draw.mZ = recipe_.mZ->value;
    return;
  }
  if (recipe_.mediator == Mediator::light) {
    const LightTriangle triangle(recipe_.mN, *recipe_.mZ);
    const double ln_mN = triangle.ln_mN(uniforms[kMassN]);
    draw.mN = std::exp(ln_mN);
    draw.mZ = std::exp(triangle.ln_mZ(ln_mN, uniforms[kMassZ]));
    draw.weight *= triangle.area() / (kLn10 * kLn10);
    return;
  }
  double uniform = uniforms[kMassN];
  const auto* piece = &recipe_.mN.pieces.back();
  for (const auto& candidate : recipe_.mN.pieces) {
    if (uniform < candidate.share || &candidate == piece) {
      piece = &candidate;
      break;
    }
    uniform -= candidate.share;
  }
  const double logarithm = std::log(piece->high / piece->low);
  draw.mN = piece->low * std::exp(std::min(1.0, uniform / piece->share) * logarithm);
  draw.weight *= logarithm / kLn10 / piece->share;
}

void StratifiedProposal::draw_kinematics(std::uint64_t, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const {
  const Stratum& stratum = recipe_.strata[draw.stratum];
  const double target_mass = recipe_.elements[stratum.element].target.mass;
  const std::size_t band = draw.mN <= recipe_.high_energies_above_mN       ? 0
                           : draw.mN <= 2 * recipe_.high_energies_above_mN ? 1
                                                                           : 2;
  const auto energy =
      energies_[stratum.beam][band].draw(uniforms[kEnergy], physics::upscattering_threshold(draw.mN, target_mass));
  draw.energy = energy.energy;
  const auto transfer = transfers_of(stratum.element, draw.mZ)
                            .draw(uniforms[kTransfer], physics::transfer_range(draw.energy, draw.mN, target_mass));
  draw.Q2 = transfer.Q2;
  draw.weight *= energy.weight * transfer.weight;

  if (recipe_.mediator == Mediator::heavy) {
    const double least = least_pair_mass(draw.mN);
    draw.decay.y = least + (1 - least) * uniforms[kPairMass];
    draw.weight *= 1 - least;
  } else {
    draw.decay.y = draw.mZ * draw.mZ / (draw.mN * draw.mN);
  }
  draw.decay.cos_neutrino = 2 * uniforms[kCosNeutrino] - 1;
  draw.decay.cos_electron = 2 * uniforms[kCosElectron] - 1;
  draw.decay.phi_electron = kTwoPi * uniforms[kPhiElectron];
  draw.azimuth_decay = kTwoPi * uniforms[kAzimuthDecay];
}

DarkNeutrinoHypercube::DarkNeutrinoHypercube(const DarkNeutrinoRecipe& recipe) : recipe_(recipe) {}

std::size_t DarkNeutrinoHypercube::dimensions() const {
  // Energy and Q2; the decay: y and three angles, or one angle (the Z' decays isotropically).
  const std::size_t observables = recipe_.mediator == Mediator::heavy ? 6 : 3;
  return observables + (recipe_.mN.fixed() ? 0 : 2);
}

DarkNeutrinoDraw DarkNeutrinoHypercube::place(std::size_t beam, std::size_t element,
                                              std::span<const double> point) const {
  DarkNeutrinoDraw draw;
  std::size_t axis = 0;
  const auto next = [&] { return point[axis++]; };
  const bool heavy = recipe_.mediator == Mediator::heavy;
  draw.weight = 1;
  if (recipe_.mN.fixed()) {
    draw.mN = recipe_.mN.value;
    draw.mZ = recipe_.mZ->value;
  } else {
    const auto& mZ = *recipe_.mZ;
    double low = recipe_.mN.low(), high = recipe_.mN.high();
    if (heavy)
      high = std::min(high, mZ.high());
    else
      low = std::max(low, mZ.low());
    draw.mN = low + (high - low) * next();
    const double mZ_low = heavy ? std::max(mZ.low(), draw.mN) : mZ.low();
    const double mZ_high = heavy ? mZ.high() : std::min(mZ.high(), draw.mN);
    draw.mZ = mZ_low + (mZ_high - mZ_low) * next();
    // Linear in the masses; per unit of their log10 it is less by d log10 m / dm = 1 / (m ln 10).
    draw.weight *= (high - low) * (mZ_high - mZ_low) / (kLn10 * kLn10 * draw.mN * draw.mZ);
  }
  const auto& flux = recipe_.beams[beam].flux;
  const double target_mass = recipe_.elements[element].target.mass;
  const double threshold = std::max(physics::upscattering_threshold(draw.mN, target_mass), flux.edges.front());
  draw.energy = threshold + (flux.highest_energy() - threshold) * next();
  draw.weight *= std::max(0.0, flux.highest_energy() - threshold) * flux.at(draw.energy);

  auto range = physics::transfer_range(draw.energy, draw.mN, target_mass);
  range.high = std::min(range.high, recipe_.largest_Q_GeV * recipe_.largest_Q_GeV);
  if (!(range.high > range.low)) {
    draw.weight = 0;
    range = {1, 1};
  }
  if (heavy) {
    draw.Q2 = range.low + (range.high - range.low) * next();
    draw.weight *= range.high - range.low;
    const double least = least_pair_mass(draw.mN);
    draw.decay.y = least + (1 - least) * next();
    draw.weight *= 1 - least;
    draw.decay.cos_neutrino = 2 * next() - 1;
    draw.decay.cos_electron = 2 * next() - 1;
    draw.decay.phi_electron = kTwoPi * next();
  } else {
    const double logarithm = std::log(range.high / range.low);
    draw.Q2 = range.low * std::exp(logarithm * next());
    draw.weight *= logarithm * draw.Q2;
    draw.decay.y = draw.mZ * draw.mZ / (draw.mN * draw.mN);
    draw.decay.cos_neutrino = 2 * next() - 1;
  }
  return draw;
}

double DarkNeutrinoHypercube::integrand(std::size_t beam, std::size_t element, std::span<const double> point) const {
  const auto draw = place(beam, element, point);
  if (draw.weight == 0) return 0;
  const auto momenta = physics::three_body_momenta(draw.decay, physics::kElectronMassGeV / draw.mN);
  const double prior = std::pow(draw.mZ, recipe_.vegas->mZ_power) * std::pow(draw.mN, recipe_.vegas->mN_power);
  // The prior makes cross section times width even over the masses: the width stays in the integrand, and leaves the
  // weights of the events, as in the authors' code. (Eq. 21 prints 1 / width.)
  const double width = recipe_.mediator == Mediator::heavy ? physics::off_shell_width(draw.mN, draw.mZ, 1, 1, 1)
                                                           : physics::on_shell_width(draw.mN, draw.mZ, 1, 1);
  // Uniform in the masses themselves, as the prior is meant.
  const double measure = recipe_.mN.fixed() ? 1 : kLn10 * kLn10 * draw.mN * draw.mZ;
  return draw.weight * measure * prior * width *
         reduced_rate(draw, recipe_.mediator, momenta, recipe_.elements[element].target) *
         propagators(draw, recipe_.mediator, draw.mN, draw.mZ);
}

VegasProposal::VegasProposal(const DarkNeutrinoRecipe& recipe, std::vector<Group> groups, std::uint64_t events)
    : DarkNeutrinoProposal(recipe), hypercube_(recipe), groups_(std::move(groups)) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::uint64_t share = events / groups_.size() + (g < events % groups_.size() ? 1 : 0);
    group_weights_.push_back(share == 0 ? 0 : static_cast<double>(events) / static_cast<double>(share));
    strata_.emplace_back();
    group_targets_.push_back(0);
    for (std::size_t s = 0; s < recipe.strata.size(); ++s) {
      if (recipe.strata[s].beam != groups_[g].beam || recipe.strata[s].element != groups_[g].element) continue;
      strata_.back().push_back(s);
      group_targets_.back() += recipe.strata[s].targets;
    }
  }
}

// The grid may bind masses and kinematics together: all is drawn at the second step.
void VegasProposal::draw_masses(std::uint64_t, const EventUniforms&, DarkNeutrinoDraw&) const {}

void VegasProposal::draw_kinematics(std::uint64_t index, const EventUniforms& uniforms, DarkNeutrinoDraw& draw) const {
  const auto g = static_cast<std::size_t>(index % groups_.size());
  const Group& group = groups_[g];
  // The map's axes take the uniforms of masses and kinematics in their order; those of the vertex stay free.
  constexpr std::array<std::size_t, 8> kAxes = {kMassN,    kMassZ,       kEnergy,      kTransfer,
                                                kPairMass, kCosNeutrino, kCosElectron, kPhiElectron};
  std::array<double, kAxes.size()> place, point;
  for (std::size_t axis = 0; axis < kAxes.size(); ++axis) place[axis] = uniforms[kAxes[axis]];
  const std::span<double> used(point.data(), hypercube_.dimensions());
  const double jacobian = group.map(std::span<const double>(place.data(), used.size()), used);
  draw = hypercube_.place(group.beam, group.element, used);
  if (recipe_.mediator == Mediator::light) {
    draw.decay.cos_electron = 2 * uniforms[kCosElectron] - 1;
    draw.decay.phi_electron = kTwoPi * uniforms[kPhiElectron];
  }
  draw.azimuth_decay = kTwoPi * uniforms[kAzimuthDecay];
  double remaining = uniforms[kStratum] * group_targets_[g];
  draw.stratum = strata_[g].back();
  for (const std::size_t s : strata_[g]) {
    if (remaining < recipe_.strata[s].targets) {
      draw.stratum = s;
      break;
    }
    remaining -= recipe_.strata[s].targets;
  }
  draw.weight *= jacobian * group_targets_[g] * group_weights_[g];
}

}  // namespace anyslice::generate
