// Throwing one dark neutrino event: variables, laboratory, cuts, path through the volumes, weight.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_importance.hpp"
#include "core/generate/dark_neutrino_proposal.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_weight.hpp"
#include "core/geometry/box.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"

namespace anyslice::generate {

/// Streams of random numbers of one event index.
enum RandomStream : std::uint32_t { kEvents = 0, kResponse = 1, kPilot = 2, kMaps = 3, kSystematic = 4, kVegas = 16 };

/// Everything that throwing an event needs, built once.
class Thrower {
 public:
  Thrower(const DarkNeutrinoRecipe& recipe, std::unique_ptr<DarkNeutrinoProposal> proposal)
      : recipe_(recipe), proposal_(std::move(proposal)) {
    for (const auto& element : recipe.elements) {
      tensors_.emplace_back(element.target, recipe.largest_Q_GeV);
      legacy_tensors_.emplace_back(element.legacy, recipe.largest_Q_GeV);
    }
    for (const auto& region : recipe.detector.regions) {
      const auto found = std::find(part_names_.begin(), part_names_.end(), region.part);
      parts_.push_back(static_cast<std::size_t>(found - part_names_.begin()));
      if (found == part_names_.end()) part_names_.push_back(region.part);
      own_volumes_.push_back(region.box);
    }
    for (const auto& volume : recipe.volumes) volumes_.push_back(volume.box);
  }

  const std::vector<std::string>& parts() const { return part_names_; }

  struct Event {
    DarkNeutrinoDraw draw;
    physics::ThreeBodyMomenta momenta;
    LabEvent lab;
    std::uint32_t passed = 0;  ///< bit i: the i-th set of cuts
    bool selected = false;     ///< passes some cuts (or needs none) and crosses a volume
    std::array<geometry::PathSegment, kMostVolumes> segments;
    std::size_t segment_count = 0;
    Eigen::Vector3d direction = Eigen::Vector3d::Zero();
  };

  const Stratum& stratum_of(const Event& event) const { return recipe_.strata[event.draw.stratum]; }

  void draw_masses(std::uint64_t index, const EventUniforms& uniforms, Event& event) const {
    proposal_->draw_masses(index, uniforms, event.draw);
  }

  /// Draws the rest of the event and applies the cuts. The leptons are left out where the event cannot be selected and
  /// `whole` is false.
  void throw_event(std::uint64_t index, const EventUniforms& uniforms, bool whole, Event& event) const {
    proposal_->draw_kinematics(index, uniforms, event.draw);
    event.selected = false;
    event.passed = 0;
    if (event.draw.weight == 0) return;
    const Stratum& stratum = stratum_of(event);
    event.lab = pair_in_laboratory(event.draw, recipe_.elements[stratum.element].target.mass);
    for (std::size_t i = 0; i < recipe_.cuts.size(); ++i)
      if (pair_passes(recipe_.cuts[i], event.lab.pair)) event.passed |= 1u << i;
    const bool uncut = !recipe_.region_is_cut[stratum.region];
    if (event.passed == 0 && !uncut && !whole) return;
    event.momenta = physics::three_body_momenta(event.draw.decay, physics::kElectronMassGeV / event.draw.mN);
    add_leptons(event.draw, event.momenta, event.lab);
    for (std::size_t i = 0; i < recipe_.cuts.size(); ++i)
      if (!leptons_pass(recipe_.cuts[i], event.lab.pair)) event.passed &= ~(1u << i);
    event.selected = event.passed != 0 || uncut;
  }

  /// The vertex, and the path of N through the volumes; an event that misses them all is no longer selected.
  void follow(const EventUniforms& uniforms, Event& event) const {
    proposal_->place(uniforms, event.draw);
    const double azimuth = event.draw.azimuth_N;
    event.direction = {event.lab.sin_N * std::cos(azimuth), event.lab.sin_N * std::sin(azimuth), event.lab.cos_N};
    bool crosses = false;
    if (volumes_.empty()) {
      event.segments[0] =
          geometry::path_segment(own_volumes_[stratum_of(event).region], event.draw.vertex, event.direction);
      event.segment_count = 1;
      crosses = event.segments[0].length > 0;
    } else {
      event.segment_count = volumes_.size();
      for (std::size_t j = 0; j < volumes_.size(); ++j) {
        event.segments[j] = geometry::path_segment(volumes_[j], event.draw.vertex, event.direction);
        crosses |= event.segments[j].length > 0;
      }
    }
    event.selected = event.selected && crosses;
  }

  /// The weight but for the number of events, from the tabulated form factor.
  double approximate_weight(const Event& event) const {
    return weight_with(event, tensors_[stratum_of(event).element](event.draw.Q2));
  }

  /// The weight that the roulette goes by: with the share of the legacy form factor that events are drawn with, or rows
  /// re-weighted to it would have no bound where the other one vanishes.
  double roulette_weight(const Event& event) const {
    const std::size_t element = stratum_of(event).element;
    auto tensor = tensors_[element](event.draw.Q2);
    tensor.convective += kLegacyShare * legacy_tensors_[element](event.draw.Q2).convective;
    return weight_with(event, tensor);
  }

  double exact_weight(const Event& event, bool legacy = false) const {
    const Element& element = recipe_.elements[stratum_of(event).element];
    return event.draw.weight *
           reduced_rate(event.draw, recipe_.mediator, event.momenta, legacy ? element.legacy : element.target);
  }

  SelectedEvent selected(const Event& event, double weight) const {
    SelectedEvent result;
    result.draw = &event.draw;
    result.passes = event.passed != 0 || !recipe_.region_is_cut[stratum_of(event).region];
    result.weight = weight;
    result.beam = stratum_of(event).beam;
    result.part = parts_[stratum_of(event).region];
    result.momentum_N = event.lab.momentum_N;
    result.first_entry = INFINITY;
    result.total_length = 0;
    result.segment_count = 0;
    for (std::size_t j = 0; j < event.segment_count; ++j) {
      const auto& segment = event.segments[j];
      if (segment.length == 0) continue;
      result.segments[result.segment_count++] = {segment.entry, segment.length};
      result.first_entry = std::min(result.first_entry, segment.entry);
      result.total_length += segment.length;
    }
    return result;
  }

 private:
  double weight_with(const Event& event, const physics::HadronTensor& tensor) const {
    const double mass = recipe_.elements[stratum_of(event).element].target.mass;
    const double flux_factor = 2 * mass * event.draw.energy;
    const double squared =
        tensor.convective * physics::convective_contraction(event.draw.energy, event.draw.Q2, event.draw.mN, mass) +
        tensor.transverse * physics::transverse_contraction(event.draw.Q2, event.draw.mN);
    return event.draw.weight * physics::kHbarCSquaredGeV2Cm2 * squared / (4 * flux_factor * flux_factor) *
           decay_density(event.draw, recipe_.mediator, event.momenta);
  }

  const DarkNeutrinoRecipe& recipe_;
  std::unique_ptr<DarkNeutrinoProposal> proposal_;
  std::vector<TabulatedTensor> tensors_, legacy_tensors_;  // by element
  std::vector<std::string> part_names_;
  std::vector<std::size_t> parts_;  // by region
  std::vector<geometry::Box> own_volumes_, volumes_;
};

}  // namespace anyslice::generate
