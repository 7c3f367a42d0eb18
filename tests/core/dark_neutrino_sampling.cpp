// What events of dark neutrinos are drawn from and what follows from a draw: energies, momentum transfers, kinematics,
// cuts, reconstruction, weights and the roulette.
#include <cmath>
#include <limits>

#include "core/generate/beam_flux.hpp"
#include "core/generate/dark_neutrino_event.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/generate/dark_neutrino_weight.hpp"
#include "core/generate/lepton_response.hpp"
#include "core/generate/russian_roulette.hpp"
#include "core/generate/transfer_sampler.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/upscattering.hpp"
#include "core/random/counter_random.hpp"
#include "core/random/distributions.hpp"
#include "dark_neutrino_support.hpp"

using namespace anyslice;
using namespace anyslice::generate;
using anyslice::testing::dot;
using anyslice::testing::integral;
using anyslice::testing::nd280_reference;
using anyslice::testing::near;
using anyslice::testing::repository_json;
using anyslice::testing::square;
using anyslice::testing::sum;
using physics::FourMomentum;

namespace {

BeamFlux flux_of(const std::string& beam, const std::string& neutrino) {
  const std::string path = "data/fluxes/t2k-nd280-2016.json";
  const Json document = repository_json(path);
  return read_beam_flux(JsonReader(document, path), beam, neutrino);
}

/// The elements of the built-in recipe, with their targets.
const Element& element(const std::string& symbol) {
  static const DarkNeutrinoRecipe recipe = read_dark_neutrino_recipe(testing::built_in_recipe("nd280-heavy"));
  for (const auto& candidate : recipe.elements)
    if (candidate.symbol == symbol) return candidate;
  FAIL(symbol << " is not in the recipe");
  return recipe.elements.front();
}

/// int flux E^power from low to high.
double flux_integral(const BeamFlux& flux, double low, double high, int power) {
  const double next = power + 1;
  double sum = 0;
  for (std::size_t i = 0; i < flux.density.size(); ++i) {
    const double from = std::max(low, flux.edges[i]), to = std::min(high, flux.edges[i + 1]);
    if (to > from) sum += flux.density[i] * (std::pow(to, next) - std::pow(from, next)) / next;
  }
  return sum;
}

/// From the rest frame of `parent` into the frame where it has that momentum, axes parallel: the general boost.
FourMomentum boosted(const FourMomentum& p, const FourMomentum& parent) {
  const double mass = std::sqrt(dot(parent, parent));
  const double along = p[1] * parent[1] + p[2] * parent[2] + p[3] * parent[3];
  const double energy = (parent[0] * p[0] + along) / mass;
  const double factor = (p[0] + energy) / (parent[0] + mass);
  return {energy, p[1] + factor * parent[1], p[2] + factor * parent[2], p[3] + factor * parent[3]};
}

/// A random event of a given mass on a given target, somewhere in its phase space.
DarkNeutrinoDraw random_draw(std::uint64_t index, double mN, double target_mass) {
  CounterRandom random(31, index);
  DarkNeutrinoDraw draw;
  draw.mN = mN;
  draw.energy = physics::upscattering_threshold(mN, target_mass) * (1 + 9 * random.uniform());
  const auto range = physics::transfer_range(draw.energy, mN, target_mass);
  draw.Q2 = range.low * std::pow(range.high / range.low, random.uniform());
  const double least = 4 * square(physics::kElectronMassGeV / mN);
  draw.decay.y = least + (1 - least) * random.uniform();
  draw.decay.cos_neutrino = 2 * random.uniform() - 1;
  draw.decay.cos_electron = 2 * random.uniform() - 1;
  draw.decay.phi_electron = 2 * physics::kPi * random.uniform();
  draw.azimuth_decay = 2 * physics::kPi * random.uniform();
  return draw;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("energies follow flux x E^power above the threshold, and their weights undo it") {
  const BeamFlux flux = flux_of("FHC", "numu");
  for (const int power : {0, 1, 3}) {
    const EnergySampler sampler(flux, power);
    // Inside a bin, at an edge, in the wide bins at the end.
    for (const double threshold : {0.0, 0.0213, 0.317, 0.5, 2.0301, 12.3, 20.0}) {
      CAPTURE(power);
      CAPTURE(threshold);
      const double all = flux_integral(flux, threshold, 30, power);
      constexpr int kDraws = 4000;
      double mean = 0, weighted_energy = 0, worst = 0, previous = threshold;
      bool ordered = true;
      for (int i = 0; i < kDraws; ++i) {
        const double uniform = (i + 0.5) / kDraws;
        const auto draw = sampler.draw(uniform, threshold);
        ordered = ordered && draw.energy >= previous && flux.at(draw.energy) > 0;
        previous = draw.energy;
        worst = std::max(worst, std::abs(flux_integral(flux, threshold, draw.energy, power) / all - uniform));
        CHECK(draw.weight == near(all / std::pow(draw.energy, power), 1e-9));
        mean += draw.weight / kDraws;
        weighted_energy += draw.weight * draw.energy / kDraws;
      }
      CHECK(ordered);
      CHECK(worst < 1e-9);
      // Even steps of the uniform hold few low energies where weights fall as E^-3.
      if (power == 0 || threshold >= (power == 3 ? 0.5 : 0.1)) {
        CHECK(mean == near(flux_integral(flux, threshold, 30, 0), power == 0 ? 1e-12 : 1e-4));
        CHECK(weighted_energy == near(flux_integral(flux, threshold, 30, 1), 3e-4));
      }
    }
  }
}

TEST_CASE("random energies fill the histogram of the flux") {
  const BeamFlux flux = flux_of("RHC", "numubar");
  for (const int power : {0, 1, 3}) {
    const EnergySampler sampler(flux, power);
    const double threshold = 0.317, all = flux_integral(flux, threshold, 30, power);
    constexpr int kDraws = 40000;
    std::vector<int> counts(flux.density.size());
    CounterRandom random(5, static_cast<std::uint64_t>(power));
    for (int i = 0; i < kDraws; ++i) {
      const double energy = sampler.draw(random.uniform(), threshold).energy;
      ++counts[static_cast<std::size_t>(std::upper_bound(flux.edges.begin(), flux.edges.end(), energy) -
                                        flux.edges.begin() - 1)];
    }
    double chi2 = 0, bins = 0, rest = 0, rest_expected = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double expected =
          kDraws *
          flux_integral(flux, std::max(threshold, flux.edges[i]), std::max(threshold, flux.edges[i + 1]), power) / all;
      if (expected < 10) {
        rest += counts[i];
        rest_expected += expected;
        continue;
      }
      chi2 += square(counts[i] - expected) / expected;
      ++bins;
    }
    CAPTURE(power);
    CHECK(std::abs(rest - rest_expected) < 4 * std::sqrt(rest_expected + 1));
    CHECK(std::abs(chi2 - bins) < 4 * std::sqrt(2 * bins));
  }
}

TEST_CASE("energies at the ends: empty bins, thresholds beyond the flux, the last of the uniforms") {
  const BeamFlux flux{{0, 1, 2, 3, 4, 6}, {3, 0, 1, 2, 0}};
  for (const int power : {0, 1, 3}) {
    const EnergySampler sampler(flux, power);
    CAPTURE(power);
    for (int i = 0; i < 1000; ++i) CHECK(flux.at(sampler.draw((i + 0.5) / 1000, 0).energy) > 0);
    CHECK(sampler.draw(0.5, 4.0).weight == 0);
    CHECK(sampler.draw(0.5, 5.0).weight == 0);
    CHECK(sampler.draw(0.5, 6.0).weight == 0);
    CHECK(sampler.draw(0.5, 60.0).weight == 0);
    // Within an empty bin the next one begins.
    CHECK(sampler.draw(1e-9, 1.4).energy == near(2, 1e-6));
    CHECK(sampler.draw(1e-9, 1.4).weight == near(flux_integral(flux, 1.4, 6, power) / std::pow(2, power), 1e-6));
    for (const double threshold : {0.0, 0.9, 1.5, 3.999}) {
      const auto first = sampler.draw(0x1p-53, threshold);
      CHECK(first.energy >= threshold);
      const auto last = sampler.draw(1 - 0x1p-53, threshold);
      CHECK(last.energy == near(4, 1e-8));
      CHECK(last.weight == near(flux_integral(flux, threshold, 6, power) / std::pow(4, power), 1e-6));
    }
  }
}

TEST_CASE("momentum transfers: sums of weight times shape are integrals of the shape") {
  const auto& lead = element("Pb").target;
  const auto shape = [&](double Q2) { return lead.tensor(Q2).convective / square(Q2 + 0.01); };
  const TransferSampler sampler(shape, 2, 1024);
  struct Range {
    double low, high;
  };
  // From nearly nothing to the end of the table and beyond, within one cell, across a zero of the form factor.
  for (const Range& limits : {Range{1e-15, 1}, Range{0, 4}, Range{1e-6, 100}, Range{0.0011, 0.0011001},
                              Range{0.01, 0.03}, Range{0.4, 4.2}, Range{1e-8, 2e-8}}) {
    CAPTURE(limits.low);
    CAPTURE(limits.high);
    const physics::TransferRange range{limits.low, limits.high};
    constexpr int kDraws = 20000;
    double found = 0, flat = 0;
    bool inside = true;
    double previous = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto draw = sampler.draw((i + 0.5) / kDraws, range);
      inside = inside && draw.Q2 >= range.low && draw.Q2 <= std::min(range.high, 4.0) && draw.Q2 >= previous;
      previous = draw.Q2;
      found += draw.weight * shape(draw.Q2) / kDraws;
      flat += draw.weight * std::exp(-draw.Q2 / 0.001) / kDraws;
    }
    CHECK(inside);
    const double high = std::min(range.high, 4.0);
    const auto in_Q = [](const auto& function) { return [&function](double Q) { return function(Q * Q) * 2 * Q; }; };
    const double expected = integral(in_Q(shape), std::sqrt(range.low), std::sqrt(high), 400);
    CHECK(found == near(expected, 5e-4));
    // Any other function of Q2, too.
    const double exponential = 0.001 * (std::exp(-range.low / 0.001) - std::exp(-high / 0.001));
    if (exponential > 1e-6) CHECK(flat == near(exponential, 0.01));
  }
}

TEST_CASE("energies and momentum transfers drawn together give the folded cross section") {
  const BeamFlux flux = flux_of("FHC", "numu");
  for (const std::string symbol : {"C", "Pb", "H"}) {
    const auto& hit = element(symbol);
    const TransferSampler transfers(
        [&](double Q2) {
          return (hit.target.tensor(Q2).convective + 0.05 * hit.legacy.tensor(Q2).convective) / square(Q2 + 0.0036);
        },
        2, 1024);
    for (const double mN : {0.02, 0.3, 1.0}) {
      const int power = mN < 0.1 ? 1 : 3;
      const EnergySampler energies(flux, power);
      const double mZ = 0.1, threshold = physics::upscattering_threshold(mN, hit.target.mass);
      constexpr int kDraws = 20000;
      double found = 0;
      for (int i = 0; i < kDraws; ++i) {
        // Even in both uniforms: a lattice with the golden ratio.
        const auto energy = energies.draw((i + 0.5) / kDraws, threshold);
        const auto transfer = transfers.draw(std::fmod((i + 0.5) * 0.61803398874989485, 1),
                                             physics::transfer_range(energy.energy, mN, hit.target.mass));
        if (transfer.weight == 0) continue;
        found += energy.weight * transfer.weight *
                 physics::differential_cross_section(energy.energy, transfer.Q2, mN, mZ, 1, hit.target) / kDraws;
      }
      CAPTURE(symbol);
      CAPTURE(mN);
      CHECK(found == near(interactions_per_nucleus(flux, hit.target, 2, mN, {mZ}).front(), 2e-3));
    }
  }
}

TEST_CASE("momentum transfers where there is nothing to draw") {
  const TransferSampler sampler([](double Q2) { return std::exp(-Q2); }, 0.5, 64);
  for (const double uniform : {0x1p-33, 0.5, 1 - 0x1p-33}) {
    CHECK(sampler.draw(uniform, {0, 0}).weight == 0);
    CHECK(sampler.draw(uniform, {0.1, 0.1}).weight == 0);
    CHECK(sampler.draw(uniform, {0.25, 0.5}).weight == 0);  // above the table
    CHECK(sampler.draw(uniform, {0.3, 9}).weight == 0);
    CHECK(sampler.draw(uniform, {0.2, 9}).weight > 0);
    CHECK(sampler.draw(uniform, {0.2, 9}).Q2 >= 0.2);
    CHECK(sampler.draw(uniform, {0.2, 9}).Q2 <= 0.25);
    CHECK(sampler.draw(uniform, {0, 1e-20}).weight > 0);
    CHECK(sampler.draw(uniform, {0, 1e-20}).Q2 <= 1e-20);
  }
  // Ranges as narrow as rounding: still within.
  for (int i = 1; i < 200; ++i) {
    const double low = 0.00124 * i, high = std::nextafter(low, 1.0);
    for (const double uniform : {0x1p-33, 0.5, 1 - 0x1p-33}) {
      const double Q2 = sampler.draw(uniform, {low, high}).Q2;
      CHECK(Q2 >= low);
      CHECK(Q2 <= high);
    }
  }
}

TEST_CASE("smeared electrons have the quantiles of the response") {
  const std::string path = "data/responses/nd280-electrons.json";
  const Json document = repository_json(path);
  const LeptonResponse response = read_lepton_response(JsonReader(document, path));
  const auto probabilities = document["probabilities"].get<std::vector<double>>();
  const auto energies = document["momentum"]["true_GeV"].get<std::vector<double>>();
  const auto ratios = document["momentum"]["reconstructed_over_true"].get<std::vector<std::vector<double>>>();
  const auto angles = document["angle"]["true_rad"].get<std::vector<double>>();
  const auto shifts = document["angle"]["shift_rad"].get<std::vector<std::vector<double>>>();
  const double kAzimuth = 2.3;
  const auto track = [&](double momentum, double angle) {
    return std::array<double, 3>{momentum * std::sin(angle) * std::cos(kAzimuth),
                                 momentum * std::sin(angle) * std::sin(kAzimuth), momentum * std::cos(angle)};
  };
  const auto size = [](const std::array<double, 3>& p) { return std::hypot(std::hypot(p[0], p[1]), p[2]); };
  // Negative on the other side of the beam.
  const auto angle_of = [&](const std::array<double, 3>& p) {
    const double across = p[0] * std::cos(kAzimuth) + p[1] * std::sin(kAzimuth);
    CHECK(std::abs(p[1] * std::cos(kAzimuth) - p[0] * std::sin(kAzimuth)) < 1e-15);  // the azimuth is kept
    return std::atan2(across, p[2]);
  };
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    const double score = normal_quantile(probabilities[k]);
    for (std::size_t i = 0; i < energies.size(); ++i) {
      CHECK(size(response.smear(track(energies[i], 0.4), score, 0)) == near(energies[i] * ratios[i][k], 1e-12));
      if (i == 0) continue;
      const double between = 0.3 * energies[i - 1] + 0.7 * energies[i];
      const double ratio = 0.3 * ratios[i - 1][k] + 0.7 * ratios[i][k];
      CHECK(size(response.smear(track(between, 0.4), score, 0)) == near(between * ratio, 1e-12));
    }
    for (std::size_t i = 0; i < angles.size(); ++i) {
      CHECK(angle_of(response.smear(track(0.3, angles[i]), 0.7, score)) ==
            doctest::Approx(angles[i] + shifts[i][k]).epsilon(1e-12));
      if (i == 0) continue;
      const double between = 0.6 * angles[i - 1] + 0.4 * angles[i];
      CHECK(angle_of(response.smear(track(0.3, between), -0.7, score)) ==
            doctest::Approx(between + 0.6 * shifts[i - 1][k] + 0.4 * shifts[i][k]).epsilon(1e-12));
    }
    // Beyond the ends of the table its last rows hold.
    CHECK(size(response.smear(track(9, 0.4), score, 0)) == near(9 * ratios.back()[k], 1e-12));
    CHECK(size(response.smear(track(0.001, 0.4), score, 0)) == near(0.001 * ratios.front()[k], 1e-12));
    CHECK(angle_of(response.smear(track(0.3, 2.0), 0, score)) ==
          doctest::Approx(2.0 + shifts.back()[k]).epsilon(1e-12));
  }
  // Linear in the score between and beyond its quantiles.
  const auto score = [&](std::size_t k) { return normal_quantile(probabilities[k]); };
  const auto ratio = [&](double z) { return size(response.smear(track(energies[5], 0.4), z, 0)) / energies[5]; };
  CHECK(ratio((score(2) + score(3)) / 2) == near((ratios[5][2] + ratios[5][3]) / 2, 1e-12));
  CHECK(ratio(2 * score(4) - score(3)) == near(2 * ratios[5][4] - ratios[5][3], 1e-12));
  // A straight lower tail ends at one per cent.
  CHECK(ratio(-20) == near(0.01, 1e-12));
  for (const double z : {-6.0, -3.0, 0.0, 3.0, 6.0})
    for (const double momentum : {0.0005, 0.03, 0.5, 20.0})
      for (const double theta : {0.0, 1e-3, 0.5, 3.0}) {
        const double found = size(response.smear(track(momentum, theta), z, -z));
        CHECK(found >= 0.01 * momentum * (1 - 1e-12));
        CHECK(found < 1e3 * momentum);
      }
  // A lepton along the beam has no azimuth to keep.
  const auto along = response.smear({0, 0, 0.5}, 0, 1);
  CHECK(std::atan2(std::hypot(along[0], along[1]), along[2]) > 0);
}

TEST_CASE("a response that cannot be used says why") {
  const auto message = [](const std::function<void(Json&)>& change) {
    Json document = repository_json("data/responses/nd280-electrons.json");
    change(document);
    return testing::error_of([&] { read_lepton_response(JsonReader(document, "r.json")); });
  };
  CHECK(has(message([](Json& r) { r["anyslice_response"] = "0"; }), "anyslice_response"));
  CHECK(has(message([](Json& r) { r["probabilities"][4] = 1; }), "between 0 and 1"));
  CHECK(has(message([](Json& r) { r["probabilities"][1] = 0.7; }), "rise"));
  CHECK(has(message([](Json& r) { r["probabilities"] = {0.5}; }), "at least two"));
  CHECK(has(message([](Json& r) { r["momentum"]["true_GeV"][2] = 0.01; }), "momentum.true_GeV"));
  CHECK(has(message([](Json& r) { r["momentum"]["true_GeV"] = Json::array(); }), "momentum.true_GeV"));
  CHECK(has(message([](Json& r) { r["angle"]["shift_rad"][3].erase(0); }), "angle.shift_rad[3]"));
  CHECK(has(message([](Json& r) { r["angle"]["shift_rad"][3][1] = 3; }), "angle.shift_rad[3]"));
  CHECK(has(message([](Json& r) { r["angle"]["shift_rad"].erase(0); }), "expected 8 rows"));
  CHECK(has(message([](Json& r) { r["angle"]["true_deg"] = 1; }), "angle.true_deg"));
  CHECK(has(message([](Json& r) { r.erase("momentum"); }), "momentum"));
}

TEST_CASE("events conserve energy and momentum, with N and the target on shell") {
  for (const double M : {physics::kProtonMassGeV, 11.17486428, 193.6876912}) {
    for (const double mN : {0.005, 0.1, 0.9}) {
      CAPTURE(M);
      CAPTURE(mN);
      for (std::uint64_t i = 0; i < 100; ++i) {
        const auto draw = random_draw(i, mN, M);
        auto event = pair_in_laboratory(draw, M);
        const double electron_mass = physics::kElectronMassGeV / mN;
        const auto momenta = physics::three_body_momenta(draw.decay, electron_mass);
        add_leptons(draw, momenta, event);
        CAPTURE(i);
        CAPTURE(draw.energy);
        CAPTURE(draw.Q2);

        const FourMomentum N{event.energy_N, event.momentum_N * event.sin_N, 0, event.momentum_N * event.cos_N};
        const FourMomentum q = sum({draw.energy, 0, 0, draw.energy}, N, -1), recoil = sum(q, {M, 0, 0, 0});
        const double scale = draw.energy * draw.energy;
        CHECK(std::abs(dot(N, N) - mN * mN) < 1e-12 * scale);
        CHECK(std::abs(dot(q, q) + draw.Q2) < 1e-12 * scale);
        CHECK(std::abs(dot(recoil, recoil) - M * M) < 1e-12 * (scale + M * M));
        CHECK(std::abs(event.cos_N) <= 1 + 1e-12);

        // The decay, turned about the flight, the flight turned to the beam, then the general boost.
        const auto into_laboratory = [&](const FourMomentum& p) {
          const double c = std::cos(draw.azimuth_decay), s = std::sin(draw.azimuth_decay);
          const double x = mN * (p[1] * c - p[2] * s), y = mN * (p[1] * s + p[2] * c), z = mN * p[3];
          return boosted({mN * p[0], x * event.cos_N + z * event.sin_N, y, z * event.cos_N - x * event.sin_N}, N);
        };
        const FourMomentum electron = into_laboratory(momenta.electron), positron = into_laboratory(momenta.positron);
        const FourMomentum pair = sum(electron, positron);
        for (std::size_t axis = 0; axis < 3; ++axis) {
          CHECK(std::abs(event.electron[axis] - electron[axis + 1]) < 1e-11 * draw.energy);
          CHECK(std::abs(event.positron[axis] - positron[axis + 1]) < 1e-11 * draw.energy);
        }
        const auto length = [](const FourMomentum& p) { return std::sqrt(p[1] * p[1] + p[2] * p[2] + p[3] * p[3]); };
        CHECK(event.pair.energy == near(pair[0], 1e-10));
        CHECK(event.pair.momentum == near(length(pair), 1e-7));
        CHECK(event.pair.cos_beam == doctest::Approx(pair[3] / length(pair)).epsilon(1e-7));
        CHECK(event.pair.mass == near(mN * std::sqrt(draw.decay.y), 1e-14));
        CHECK(std::abs(dot(pair, pair) - square(event.pair.mass)) < 1e-11 * scale);
        CHECK(std::abs(square(pair_mass(event.electron, event.positron)) - square(event.pair.mass)) < 1e-11 * scale);
        const double missing = pair[0] - pair[3], transverse2 = square(pair[1]) + square(pair[2]);
        CHECK(std::abs(event.pair.t_pair - missing * missing - transverse2) < 1e-10 * scale);
        const double each = square(electron[1]) + square(electron[2]) + square(positron[1]) + square(positron[2]);
        CHECK(std::abs(event.pair.t_each - missing * missing - each) < 1e-10 * scale);
        const double cosine = (electron[1] * positron[1] + electron[2] * positron[2] + electron[3] * positron[3]) /
                              (length(electron) * length(positron));
        CHECK(event.pair.cos_opening == doctest::Approx(cosine).epsilon(1e-6));
        // The neutrino takes the rest.
        const FourMomentum neutrino = sum(N, pair, -1);
        CHECK(std::abs(dot(neutrino, neutrino)) < 1e-11 * scale);
        CHECK(neutrino[0] > 0);
      }
    }
  }
}

TEST_CASE("an electron and a positron back to back, and side by side, have the mass of the formula") {
  const double m = physics::kElectronMassGeV, p = 0.3, energy = std::hypot(p, m);
  CHECK(pair_mass({0, 0, p}, {0, 0, -p}) == near(2 * energy, 1e-14));
  CHECK(pair_mass({0, 0, p}, {0, p, 0}) == near(std::sqrt(2 * m * m + 2 * energy * energy), 1e-14));
  CHECK(pair_mass({0, 0, 0}, {0, 0, 0}) == near(2 * m, 1e-14));
  CHECK(pair_mass({p, p, p}, {p, p, p}) == near(2 * m, 1e-6));
}

TEST_CASE("each cut removes what lies on or beyond its limit, and nothing else") {
  PairObservables pair;
  pair.energy = 0.5;
  pair.momentum = 0.4;
  pair.mass = 0.1;
  pair.t_pair = 0.02;
  pair.t_each = 0.025;
  pair.cos_opening = 0.3;
  pair.cos_beam = 0.995;
  const auto passes = [&](const PairCuts& cuts) { return pair_passes(cuts, pair) && leptons_pass(cuts, pair); };
  CHECK(passes(PairCuts{}));
  const auto lower = [&](std::optional<double> PairCuts::*limit, double value) {
    PairCuts cuts;
    cuts.*limit = std::nextafter(value, -10.0);
    CHECK(passes(cuts));
    cuts.*limit = value;
    CHECK_FALSE(passes(cuts));
    cuts.*limit = std::nextafter(value, 10.0);
    CHECK_FALSE(passes(cuts));
  };
  lower(&PairCuts::energy_above_GeV, pair.energy);
  lower(&PairCuts::momentum_above_GeV, pair.momentum);
  lower(&PairCuts::cos_opening_above, pair.cos_opening);
  lower(&PairCuts::cos_beam_above, pair.cos_beam);
  const auto upper = [&](std::optional<double> PairCuts::*limit, double value, bool each) {
    PairCuts cuts;
    cuts.t_of_each_lepton = each;
    cuts.*limit = std::nextafter(value, 10.0);
    CHECK(passes(cuts));
    cuts.*limit = value;
    CHECK_FALSE(passes(cuts));
  };
  upper(&PairCuts::pair_mass_below_GeV, pair.mass, false);
  upper(&PairCuts::t_below_GeV2, pair.t_pair, false);
  upper(&PairCuts::t_below_GeV2, pair.t_each, true);
  // What needs the leptons is not asked before they are there.
  PairCuts late;
  late.cos_opening_above = 0.9;
  CHECK(pair_passes(late, pair));
  CHECK_FALSE(leptons_pass(late, pair));
  late = {};
  late.t_below_GeV2 = 0.001;
  CHECK_FALSE(pair_passes(late, pair));
  CHECK(leptons_pass(late, pair));
  late.t_of_each_lepton = true;
  CHECK(pair_passes(late, pair));
  CHECK_FALSE(leptons_pass(late, pair));
}

TEST_CASE("tabulated hadron tensors follow the exact ones") {
  for (const std::string symbol : {"H", "C", "Ar", "Pb"}) {
    for (const bool legacy : {false, true}) {
      const auto& target = legacy ? element(symbol).legacy : element(symbol).target;
      const TabulatedTensor table(target, 2);
      CAPTURE(target.name);
      CAPTURE(legacy);
      // The form factor itself, with its sign; that of the proton has no zero.
      const auto form_factor = [&](double Q) {
        if (const auto* measured = std::get_if<physics::FourierBessel>(&target.shape)) return (*measured)(Q * Q);
        if (const auto* fermi = std::get_if<physics::LegacyFermi>(&target.shape)) return (*fermi)(Q * Q);
        return std::sqrt(target.tensor(Q * Q).convective);
      };
      double worst = 0, worst_difference = 0;
      int compared = 0;
      for (int i = 0; i < 20000; ++i) {
        const double Q = 2 * (i + 0.5) / 20000;
        const auto exact = target.tensor(Q * Q), found = table(Q * Q);
        if (exact.transverse > 0) CHECK(found.transverse == near(exact.transverse, 1e-6));
        worst_difference = std::max(worst_difference, std::abs(found.convective - exact.convective));
        // A straight line misses F^2 by cell^2 (F'^2 + F F'') / 4: left out is where F changes much within 40 cells.
        const double F = form_factor(Q), reach = 40 * 2.0 / 8192;
        const double change =
            std::max(std::abs(form_factor(Q + reach) - F), std::abs(form_factor(std::max(0.0, Q - reach)) - F));
        if (change < 0.25 * std::abs(F)) {
          ++compared;
          worst = std::max(worst, std::abs(found.convective / exact.convective - 1));
        }
      }
      CHECK(worst < 1e-4);
      CHECK(compared > 1000);
      CHECK(worst_difference < 5e-6 * target.tensor(0).convective);
      CHECK(table(0).convective == target.tensor(0).convective);
      CHECK(table(4).convective == near(target.tensor(4).convective, 1e-9));
    }
  }
}

TEST_CASE("interactions per nucleus are the flux folded with the cross section") {
  const BeamFlux flux = flux_of("FHC", "numu");
  for (const std::string symbol : {"H", "C", "Pb"}) {
    const auto& target = element(symbol).target;
    for (const double mN : {0.01, 0.1, 0.6}) {
      const std::vector<double> masses = {0.03, 1.25};
      const auto found = interactions_per_nucleus(flux, target, 2, mN, masses);
      REQUIRE(found.size() == masses.size());
      const double threshold = physics::upscattering_threshold(mN, target.mass);
      for (std::size_t i = 0; i < masses.size(); ++i) {
        double folded = 0;
        for (std::size_t bin = 0; bin < flux.density.size(); ++bin) {
          const double low = std::max(flux.edges[bin], threshold), high = flux.edges[bin + 1];
          if (!(high > low)) continue;
          folded += flux.density[bin] *
                    boost::math::quadrature::gauss<double, 7>::integrate(
                        [&](double energy) { return physics::total_cross_section(energy, mN, masses[i], 1, target); },
                        low, high);
        }
        CAPTURE(symbol);
        CAPTURE(mN);
        CAPTURE(masses[i]);
        CHECK(found[i] == near(folded, 2e-4));
      }
    }
  }
  // Out of reach of the flux.
  CHECK(interactions_per_nucleus(flux, element("C").target, 2, 20, {1}).front() == 0);
}

TEST_CASE("the interactions of the benchmarks in ND280") {
  struct Exposure {
    const char *beam, *neutrino;
    double pot_1e21;
  };
  const std::vector<Exposure> exposures = {{"FHC", "numu", 1.234}, {"RHC", "numubar", 0.629}};
  const std::map<std::string, double> tonnes = {{"C", 8.0839}, {"O", 2.7124}, {"Cu", 1.65},
                                                {"Zn", 0.85},  {"Pb", 3.108}, {"Ar", 0.01602}};
  const auto count = [&](const Exposure& exposure, const std::string& symbol, bool legacy, const std::string& name) {
    const Json& point = nd280_reference()["benchmarks"][name];
    const double epsilon2 = point.contains("epsilon2")
                                ? point["epsilon2"].get<double>()
                                : point["alpha_epsilon2"].get<double>() / physics::kFineStructure;
    const double coupling = physics::upscattering_coupling(point["UmuN2"], point["alphaD"], std::sqrt(epsilon2));
    const auto& hit = element(symbol);
    const double nuclei = tonnes.at(symbol) * 1e6 / hit.molar_mass_g * physics::kAvogadroPerMole;
    return coupling * nuclei * exposure.pot_1e21 *
           interactions_per_nucleus(flux_of(exposure.beam, exposure.neutrino), legacy ? hit.legacy : hit.target, 2,
                                    point["mN_GeV"], {point["mZ_GeV"].get<double>()})
               .front();
  };
  double all = 0, legacy = 0;
  for (const auto& exposure : exposures) {
    for (const auto& entry : tonnes) {
      all += count(exposure, entry.first, false, "B");
      legacy += count(exposure, entry.first, true, "B");
    }
  }
  const Json& expected = nd280_reference()["rates"]["B"];
  // The reference interpolates between the centres of the flux's bins.
  CHECK(all == near(expected["physics"]["interactions"].get<double>(), 0.002));
  // The published analysis took 3.9204e-28 for GeV^-2 in cm^2.
  CHECK(legacy * 3.9204e-28 / physics::kHbarCSquaredGeV2Cm2 ==
        near(expected["legacy"]["interactions"].get<double>(), 0.001));
  for (const std::string name : {"A", "B"})
    CHECK(count(exposures[0], "Pb", false, name) ==
          near(nd280_reference()["interactions_on_lead"][name].get<double>(), 0.003));
}

TEST_CASE("decay densities are normalised over the variables of a draw, with and without propagators") {
  const auto moment = [](Mediator mediator, double mN, double mZ, bool with_propagators) {
    DarkNeutrinoDraw draw;
    draw.mN = mN;
    draw.mZ = mZ;
    draw.Q2 = 0.02;
    const double electron_mass = physics::kElectronMassGeV / mN, least = 4 * square(electron_mass);
    // The angles at two points of Gauss in each cosine and four azimuths: exact for an amplitude quadratic in momenta.
    const auto at_y = [&](double y) {
      double mean = 0;
      for (const double cos_neutrino : {-1 / std::sqrt(3.0), 1 / std::sqrt(3.0)})
        for (const double cos_electron : {-1 / std::sqrt(3.0), 1 / std::sqrt(3.0)})
          for (int i = 0; i < 4; ++i) {
            draw.decay = {y, cos_neutrino, cos_electron, physics::kPi * (i + 0.3) / 2};
            const auto momenta = physics::three_body_momenta(draw.decay, electron_mass);
            double value = decay_density(draw, mediator, momenta) / 16;
            if (with_propagators) value *= propagators(draw, mediator, mN, mZ) * square(draw.Q2 + mZ * mZ);
            mean += value;
          }
      return mean;
    };
    if (mediator == Mediator::light) return at_y(square(mZ / mN));
    return integral([&](double v) { return at_y(least + (1 - least) * v * v) * 2 * v * (1 - least); }, 0, 1, 20);
  };
  for (const double mN : {0.003, 0.01, 0.1, 1.0}) {
    CAPTURE(mN);
    CHECK(moment(Mediator::heavy, mN, 0, false) == near(1, 1e-7));
    CHECK(moment(Mediator::light, mN, 0.6 * mN, false) == near(1, 1e-12));
    CHECK(moment(Mediator::light, mN, 0.6 * mN, true) == near(1, 1e-12));
  }
  // L leaves out the mass of the electrons: the integral is too large by 12 r (1 - 1/L), r = (me/mN)^2, to leading
  // order.
  for (const double ratio : {1.3, 3.0, 20.0}) {
    const double excess =
        12 * square(physics::kElectronMassGeV / 0.1) * (1 - 1 / physics::propagator_enhancement(1 / square(ratio)));
    CHECK(std::abs(moment(Mediator::heavy, 0.1, 0.1 * ratio, true) - 1 - excess) < 0.05 * excess + 1e-7);
  }
}

TEST_CASE("rates re-weight exactly to other mediators") {
  const auto& carbon = element("C").target;
  const double mN = 0.1;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto draw = random_draw(i, mN, carbon.mass);
    const auto momenta = physics::three_body_momenta(draw.decay, physics::kElectronMassGeV / mN);
    for (const Mediator mediator : {Mediator::heavy, Mediator::light}) {
      const double rate = reduced_rate(draw, mediator, momenta, carbon);
      CHECK(rate == near(physics::reduced_cross_section(draw.energy, draw.Q2, mN, 1, carbon) *
                             decay_density(draw, mediator, momenta),
                         1e-13));
    }
    for (const double mZ : {0.11, 0.5, 5.0}) {
      const double q2 = square(mN) * draw.decay.y;
      const double width = physics::propagator_enhancement(square(mN / mZ)) / std::pow(mZ, 4);
      CHECK(propagators(draw, Mediator::heavy, mN, mZ) ==
            near(1 / square(draw.Q2 + mZ * mZ) / square(q2 - mZ * mZ) / width, 1e-12));
      CHECK(propagators(draw, Mediator::light, mN, mZ) == near(1 / square(draw.Q2 + mZ * mZ), 1e-13));
    }
  }
}

namespace {

/// Importances over many orders of magnitude.
std::vector<double> spread_importances(std::size_t count) {
  std::vector<double> importances;
  for (std::size_t i = 0; i < count; ++i) importances.push_back(std::exp(3 * CounterRandom(17, i).normal()));
  return importances;
}

}  // namespace

TEST_CASE("the roulette keeps the wanted number of rows") {
  const auto importances = spread_importances(5000);
  for (const double rows : {1.0, 100.0, 2000.0, 19000.0}) {
    constexpr double kEvents = 20000;
    const auto choice = choose_roulette(importances, 5000, kEvents, rows);
    double kept = 0, capped = 0;
    for (const double importance : importances) {
      const double p = choice.roulette.probability(importance);
      CHECK(p > 0);
      CHECK(p <= 1);
      kept += p;
      if (p == 1) ++capped;
    }
    CAPTURE(rows);
    CHECK(kept * kEvents / 5000 == near(rows, 1e-10));
    CHECK(choice.capped_share == doctest::Approx(capped / kept));
    CHECK(choice.roulette.probability(0) == 0);
    // The order of the pilot's events does not matter.
    auto reversed = importances;
    std::reverse(reversed.begin(), reversed.end());
    CHECK(choose_roulette(reversed, 5000, kEvents, rows).roulette.factor == near(choice.roulette.factor, 1e-12));
  }
}

TEST_CASE("the roulette leaves sums what they are, on average over seeds") {
  constexpr std::size_t kEvents = 500;
  const auto importances = spread_importances(kEvents);
  const auto roulette = choose_roulette(importances, kEvents, kEvents, 100).roulette;
  // Weights that follow the importance, and weights that do not.
  std::vector<double> follows, ignores;
  double follows_sum = 0, ignores_sum = 0, follows_variance = 0, ignores_variance = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    CounterRandom random(18, i);
    follows.push_back(importances[i] * (0.5 + random.uniform()));
    ignores.push_back(random.uniform());
    const double p = roulette.probability(importances[i]);
    follows_sum += follows[i];
    ignores_sum += ignores[i];
    follows_variance += square(follows[i]) * (1 - p) / p;
    ignores_variance += square(ignores[i]) * (1 - p) / p;
  }
  constexpr std::uint64_t kSeeds = 4000;
  double rows = 0, follows_mean = 0, ignores_mean = 0, follows_spread = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CounterRandom random(seed, 77);
    double follows_kept = 0, ignores_kept = 0;
    for (std::size_t i = 0; i < kEvents; ++i) {
      const double p = roulette.probability(importances[i]);
      if (!(random.uniform() < p)) continue;
      rows += 1.0 / kSeeds;
      follows_kept += follows[i] / p;
      ignores_kept += ignores[i] / p;
    }
    follows_mean += follows_kept / kSeeds;
    ignores_mean += ignores_kept / kSeeds;
    follows_spread += square(follows_kept - follows_sum) / kSeeds;
  }
  CHECK(std::abs(rows - 100) < 4 * std::sqrt(100.0 / kSeeds));
  CHECK(std::abs(follows_mean - follows_sum) < 4 * std::sqrt(follows_variance / kSeeds));
  CHECK(std::abs(ignores_mean - ignores_sum) < 4 * std::sqrt(ignores_variance / kSeeds));
  CHECK(follows_spread == near(follows_variance, 4 * std::sqrt(2.0 / kSeeds)));
  // Thinning by what matters costs little of it.
  CHECK(std::sqrt(follows_variance) < 0.1 * follows_sum);
}

TEST_CASE("the roulette caps what is too important and copes with too little") {
  // One event outshines 99 equal ones: it stays, nine of the others do.
  std::vector<double> one_large(100, 1.0);
  one_large[40] = 1e6;
  auto choice = choose_roulette(one_large, 100, 100, 10);
  CHECK(choice.roulette.probability(1e6) == 1);
  CHECK(choice.roulette.probability(1) == near(9.0 / 99, 1e-9));
  CHECK(choice.capped_share == near(0.1, 1e-12));
  choice = choose_roulette(std::vector<double>(100, 3.0), 100, 1000, 50);
  CHECK(choice.roulette.probability(3) == near(0.05, 1e-12));
  CHECK(choice.capped_share == 0);
  // Events of no importance are not counted on.
  std::vector<double> half(100, 0.0);
  std::fill(half.begin(), half.begin() + 50, 2.0);
  half[99] = std::numeric_limits<double>::quiet_NaN();
  choice = choose_roulette(half, 100, 100, 10);
  CHECK(choice.roulette.probability(2) == near(0.2, 1e-12));
  // No importance at all, fewer important events than rows, exactly as many.
  for (const auto& few : {std::vector<double>{}, std::vector<double>{0, 0}, std::vector<double>{1, 1e-9, 0}}) {
    choice = choose_roulette(few, 10, 10, 5);
    CHECK(choice.roulette.probability(1e-30) == 1);
    CHECK(choice.capped_share == 1);
  }
  CHECK(choose_roulette({1, 2, 3}, 3, 3, 3).roulette.probability(1e-3) == 1);
  // A few events beyond all others together, by more digits than a double has.
  for (const double large : {1e12, 1e16, 1e18, 1e100}) {
    std::vector<double> wide(1005, 1.0);
    for (std::size_t i = 0; i < 5; ++i) wide[200 * i] = large;
    choice = choose_roulette(wide, 1005, 1005, 105);
    CHECK(choice.roulette.probability(large) == 1);
    CHECK(choice.roulette.probability(1) == near(0.1, 1e-12));
    CHECK(choice.capped_share == near(5.0 / 105, 1e-12));
  }
}
