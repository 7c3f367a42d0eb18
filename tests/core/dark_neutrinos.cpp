// The dark neutrino generator: rates of the benchmarks, agreement of its ways of sampling, reproducibility.
#include <cmath>
#include <functional>

#include "core/generate/dark_neutrino.hpp"
#include "core/generate/dark_neutrino_weight.hpp"
#include "core/physics/constants.hpp"
#include "core/physics/dark_neutrino.hpp"
#include "core/physics/upscattering.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::generate;

namespace {

struct Sum {
  double value = 0, squares = 0;
  void add(double weight) { value += weight, squares += weight * weight; }
  double error() const { return std::sqrt(squares); }
};

struct ModelPoint {
  double mN, mZ, UmuN2, VN2, alphaD, epsilon2;
};
const ModelPoint kA = {0.1, 0.03, 8e-9, 8e-9, 0.25, 2e-10 / physics::kFineStructure};
const ModelPoint kB = {0.1, 1.25, 2.2e-7, 1, 0.4, 4.6e-4};
constexpr double kExposureI[] = {1.234, 0.629}, kExposureII[] = {1.192, 0.629};  // FHC, RHC, 1e21 POT
constexpr double kReconstruction = 0.1;

double coupling(const ModelPoint& point) {
  return physics::upscattering_coupling(point.UmuN2, point.alphaD, std::sqrt(point.epsilon2));
}

EventTable run(const Recipe& recipe) { return generate::generate(recipe, Shard::whole(recipe)); }

/// A direct simulation at the masses of a point; all events become rows.
Recipe direct_recipe(const std::string& name, const ModelPoint& point, std::uint64_t events, std::uint64_t seed = 1) {
  return testing::built_in_recipe(name, [&](Json& document) {
    document["parameters"]["mN"] = point.mN;
    if (document["parameters"].contains("mZ")) document["parameters"]["mZ"] = point.mZ;
    document["rows"]["which"] = "all";
    document["events"] = events;
    document["seed"] = seed;
    document.erase("sorted_by");
    for (const char* name : {"weight", "legacy_weight"}) document["columns"][name] = {{"unit", "GeV^4"}};
  });
}

struct HeavyRates {
  Sum interactions, printed, coded, printed_decays, coded_decays;
};

HeavyRates heavy_rates(const EventTable& table, const ModelPoint& point, const char* weight_column = "weight") {
  const auto column = [&](const std::string& name) -> const std::vector<double>& {
    return table.column(name, "test").values;
  };
  const auto& elements = table.column("element", "test").labels;
  const double x = point.mN * point.mN / (point.mZ * point.mZ);
  const double length = physics::ctau0_cm(
      physics::off_shell_width(point.mN, point.mZ, point.alphaD, std::sqrt(point.epsilon2), point.VN2));
  HeavyRates rates;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (elements[static_cast<std::size_t>(column("element")[row])] == "H") continue;
    const double y = std::pow(column("pair_mass_over_mN")[row], 2);
    const double both = 1 / ((column("Q2")[row] + point.mZ * point.mZ) * (1 - x * y));
    const double weight = column(weight_column)[row] * coupling(point) * both * both /
                          physics::propagator_enhancement(x) *
                          kExposureI[static_cast<std::size_t>(column("beam")[row])];
    const double lambda = column("momentum")[row] / point.mN * length;
    double decays = 0;
    for (const char* j : {"1", "2", "3"}) {
      const double entry = column(std::string("entry_") + j)[row], inside = column(std::string("length_") + j)[row];
      decays += std::exp(-entry / lambda) * -std::expm1(-inside / lambda);
    }
    rates.interactions.add(weight);
    const double selected = weight * kReconstruction;
    if (column("pass_printed")[row] != 0) rates.printed.add(selected), rates.printed_decays.add(selected * decays);
    if (column("pass_coded")[row] != 0) rates.coded.add(selected), rates.coded_decays.add(selected * decays);
  }
  return rates;
}

/// Equal within `tolerance` of the reference and one error of the simulation, which must be half of that at most.
void check_rate(const Sum& found, double reference, double tolerance) {
  CAPTURE(found.value);
  CAPTURE(found.error());
  CHECK(found.error() < 0.5 * tolerance * reference);
  CHECK(std::abs(found.value - reference) < tolerance * reference + found.error());
}

std::size_t label_index(const EventTable& table, const char* column, const std::string& label) {
  const auto& labels = table.column(column, "test").labels;
  return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

Recipe small_recipe(const std::string& name, const std::function<void(Json&)>& change = {}) {
  return testing::built_in_recipe(name, [&](Json& document) {
    document["events"] = 40001;
    if (document.contains("pilot_events")) document["pilot_events"] = 20000;
    if (document.contains("roulette")) document["roulette"]["rows"] = 1500;
    if (document.contains("maps")) {
      document["maps"]["mZ_GeV"] = {0.05, 0.5};
      document["maps"]["mN_bins_per_decade"] = 2;
      document["maps"]["points"] = 512;
    }
    if (document.contains("vegas")) {
      document["vegas"]["iterations"] = 3;
      document["vegas"]["calls"] = 1000;
    }
    if (change) change(document);
  });
}

}  // namespace

TEST_CASE("benchmark B: interactions, selected events and decays agree with an independent calculation") {
  const auto table = run(direct_recipe("nd280-heavy", kB, 300000));
  const auto rates = heavy_rates(table, kB);
  check_rate(rates.interactions, 13423, 0.01);
  check_rate(rates.coded, 532, 0.02);
  check_rate(rates.printed, 594, 0.02);
  CHECK(std::abs(rates.coded_decays.value - 4.7) < 0.03 * 4.7 + 2 * rates.coded_decays.error());
  CHECK(rates.printed_decays.value > rates.coded_decays.value);

  SUBCASE("with the form factor and the unit of the published analysis") {
    constexpr double kLegacyUnit = 3.9204e-28 / physics::kHbarCSquaredGeV2Cm2;
    const auto legacy = heavy_rates(table, kB, "legacy_weight");
    CHECK(legacy.interactions.value * kLegacyUnit == testing::near(14050, 0.01));
    CHECK(legacy.coded.value * kLegacyUnit == testing::near(565, 0.02));
  }
}

TEST_CASE("benchmark A: events in the argon and in the first FGD agree with an independent calculation") {
  const auto table = run(direct_recipe("nd280-light", kA, 60000));
  const auto column = [&](const std::string& name) -> const std::vector<double>& {
    return table.column(name, "test").values;
  };
  const auto fgd = static_cast<double>(label_index(table, "region", "FGD1 fiducial"));
  const auto hydrogen = static_cast<double>(label_index(table, "element", "H"));
  const double k = (kA.mN * kA.mN - 2 * kA.mZ * kA.mZ) / (kA.mN * kA.mN + 2 * kA.mZ * kA.mZ);
  Sum argon, argon_reversed, plastic, plastic_reversed;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (column("element")[row] == hydrogen) continue;
    const bool in_fgd = column("region")[row] == fgd;
    const auto beam = static_cast<std::size_t>(column("beam")[row]);
    const double propagator = 1 / (column("Q2")[row] + kA.mZ * kA.mZ), c = column("cos_neutrino")[row];
    const double weight = column("weight")[row] * coupling(kA) * propagator * propagator * kReconstruction *
                          (in_fgd ? kExposureII[beam] : kExposureI[beam]);
    const double reversed = weight * (1 - k * c) / (1 + k * c);
    if (in_fgd) plastic.add(weight), plastic_reversed.add(reversed);
    if (!in_fgd && column("pass_coded")[row] != 0) argon.add(weight), argon_reversed.add(reversed);
  }
  CHECK(argon.value + plastic.value == testing::near(8.4, 0.03));
  CHECK(argon.value == testing::near(0.091, 0.03));
  // Twice the width in the integrand and the reversed spin, as published.
  CHECK(2 * (argon_reversed.value + plastic_reversed.value) == testing::near(16.9, 0.03));
  CHECK(argon_reversed.value == testing::near(0.146, 0.03));
}

TEST_CASE("sums of a direct simulation are the integrals that quadrature gives") {
  for (const ModelPoint& point : {kB, ModelPoint{0.02, 0.1, 1, 1, 1, 1}, ModelPoint{0.4, 3, 1, 1, 1, 1}}) {
    const auto recipe = direct_recipe("nd280-heavy", point, 60000, 3);
    const auto table = run(recipe);
    const auto found = heavy_rates(table, point).interactions;
    const Json nuclei = parse_json(table.metadata["nuclei"].get<std::string>(), "nuclei");
    const Json targets = testing::repository_json("data/nuclei/fourier-bessel.json");
    double expected = 0;
    for (std::size_t beam = 0; beam < 2; ++beam) {
      const auto flux = read_beam_flux(recipe.input("flux"), beam == 0 ? "FHC" : "RHC", beam == 0 ? "numu" : "numubar");
      for (const auto& [region, elements] : nuclei.items()) {
        for (const auto& [element, number] : elements.items()) {
          if (element == "H") continue;
          for (const auto& nucleus : targets["nuclei"]) {
            if (nucleus["name"] != targets["elements"][element]["nucleus"]) continue;
            const physics::Target target{
                "", nucleus["charge"].get<int>(), nucleus["mass_GeV"].get<double>(),
                physics::FourierBessel(nucleus["radius_fm"].get<double>(),
                                       nucleus["coefficients_e_per_fm3"].get<std::vector<double>>())};
            expected += kExposureI[beam] * coupling(point) * number.get<double>() *
                        interactions_per_nucleus(flux, target, 2, point.mN, {point.mZ}).front();
          }
        }
      }
    }
    CAPTURE(point.mN);
    CHECK(std::abs(found.value - expected) < 4 * found.error());
    CHECK(found.error() < 0.03 * expected);
  }
}

TEST_CASE("VEGAS and the strata agree at one point") {
  const auto strata = heavy_rates(run(direct_recipe("nd280-heavy", kB, 100000)), kB);
  const auto vegas = heavy_rates(run(direct_recipe("nd280-heavy-vegas", kB, 60000)), kB);
  const auto compare = [](const Sum& a, const Sum& b) {
    CAPTURE(a.value);
    CAPTURE(b.value);
    CHECK(std::abs(a.value - b.value) < 4 * std::hypot(a.error(), b.error()));
  };
  compare(strata.interactions, vegas.interactions);
  compare(strata.printed, vegas.printed);
  compare(strata.coded, vegas.coded);
}

TEST_CASE("the roulette keeps expectations, by beam and by lifetime, and evens out the weights") {
  const auto table_with = [](bool roulette) {
    return run(testing::built_in_recipe("nd280-heavy", [&](Json& document) {
      document["events"] = 400000;
      document["pilot_events"] = 100000;
      document["parameters"]["mN"] = {{"low", 0.08}, {"high", 0.12}};
      document.erase("maps");
      document["roulette"]["rows"] = 6000;
      if (!roulette) {
        document.erase("roulette");
        document.erase("pilot_events");
        for (auto& [name, column] : document["columns"].items())
          if (name == "weight" || name == "legacy_weight") column["quantisation"]["low"] = 1e-9;
      }
    }));
  };
  const auto full = table_with(false), thinned = table_with(true);
  CHECK(thinned.rows == testing::near(6000, 0.1));
  const auto sums = [](const EventTable& table, std::size_t beam, double lifetime) {
    Sum sum;
    const auto column = [&](const std::string& name) -> const std::vector<double>& {
      return table.column(name, "test").values;
    };
    for (std::size_t row = 0; row < table.rows; ++row) {
      if (column("beam")[row] != static_cast<double>(beam)) continue;
      const double lambda = column("momentum")[row] * lifetime;
      double decays = 0;
      for (const char* j : {"1", "2", "3"}) {
        const double entry = column(std::string("entry_") + j)[row], inside = column(std::string("length_") + j)[row];
        decays += std::exp(-entry / lambda) * -std::expm1(-inside / lambda);
      }
      sum.add(column("weight")[row] * decays / std::pow(column("Q2")[row] + 1, 2));
    }
    return sum;
  };
  for (const std::size_t beam : {0, 1}) {
    for (const double lifetime : {1e-3, 1.0, 30.0, 1e4}) {
      CAPTURE(beam);
      CAPTURE(lifetime);
      const auto a = sums(full, beam, lifetime), b = sums(thinned, beam, lifetime);
      CHECK(std::abs(a.value - b.value) < 4 * std::hypot(a.error(), b.error()));
      CHECK(b.value * b.value / b.squares > 50);  // effective rows
    }
  }
}

TEST_CASE("a small pilot costs rows, not events") {
  const auto table_with = [](bool roulette) {
    return run(testing::built_in_recipe("nd280-heavy", [&](Json& document) {
      document["events"] = 150000;
      document.erase("maps");
      for (const char* name : {"weight", "legacy_weight"}) document["columns"][name] = {{"unit", "GeV^4"}};
      if (roulette) {
        document["pilot_events"] = 20000;
        document["roulette"]["rows"] = 20000;
      } else {
        document.erase("roulette");
        document.erase("pilot_events");
      }
    }));
  };
  const auto full = table_with(false), thinned = table_with(true);
  CHECK(thinned.rows < full.rows);
  // By half a decade in mN, so that no range can be lost unseen.
  for (double low = 0.004; low < 1.2; low *= 3.16) {
    const auto sum_of = [&](const EventTable& table) {
      Sum sum;
      for (std::size_t row = 0; row < table.rows; ++row) {
        const double mN = table.column("mN", "test").values[row];
        if (mN < low || mN >= low * 3.16) continue;
        sum.add(table.column("weight", "test").values[row] / std::pow(table.column("Q2", "test").values[row] + 1, 2));
      }
      return sum;
    };
    CAPTURE(low);
    const auto a = sum_of(full), b = sum_of(thinned);
    CHECK(b.value > 0);
    CHECK(std::abs(a.value - b.value) < 4 * std::hypot(a.error(), b.error()));
  }
}

TEST_CASE("VEGAS and the strata agree over the masses") {
  for (const char* mediator : {"heavy", "light"}) {
    const bool heavy = std::string(mediator) == "heavy";
    const auto strata = run(testing::built_in_recipe(std::string("nd280-") + mediator, [&](Json& document) {
      document["events"] = heavy ? 400000 : 100000;
      for (const char* field : {"roulette", "maps", "pilot_events"}) document.erase(field);
      for (const char* name : {"weight", "legacy_weight"}) document["columns"][name] = {{"unit", "GeV^4"}};
    }));
    const auto vegas = run(testing::built_in_recipe(std::string("nd280-") + mediator + "-vegas", [&](Json& document) {
      document["events"] = 60000;
      document["vegas"]["iterations"] = 5;
      document["vegas"]["calls"] = 4000;
    }));
    for (const auto& range : std::vector<std::pair<double, double>>{{0.02, 0.1}, {0.1, 0.3}, {0.3, 0.8}}) {
      const double low = range.first, high = range.second;
      // Heavy: per log10 mZ over a range of mZ, which the strata do not sample; without propagators it only counts how
      // many of the events have such an mZ.
      constexpr double kMediatorLow = 1, kMediatorHigh = 9;
      const auto sum_of = [&](const EventTable& table, bool sampled) {
        Sum sum;
        const auto* mZ = table.find("mZ");
        for (std::size_t row = 0; row < table.rows; ++row) {
          const double mN = table.column("mN", "test").values[row];
          if (mN < low || mN >= high) continue;
          if (table.column("element", "test")
                  .labels[static_cast<std::size_t>(table.column("element", "test").values[row])] == "H")
            continue;
          double weight =
              table.column("weight", "test").values[row] / std::pow(table.column("Q2", "test").values[row] + 0.01, 2);
          if (heavy && sampled) {
            if (mZ->values[row] < kMediatorLow || mZ->values[row] >= kMediatorHigh) continue;
            weight /= std::log10(kMediatorHigh / kMediatorLow);
          } else if (!heavy && (mZ->values[row] < 0.006 || mZ->values[row] >= 0.9)) {
            continue;
          }
          sum.add(weight);
        }
        return sum;
      };
      const auto a = sum_of(strata, false), b = sum_of(vegas, true);
      CAPTURE(mediator);
      CAPTURE(low);
      CAPTURE(a.value);
      CAPTURE(b.value);
      CHECK(std::abs(a.value - b.value) < 4 * std::hypot(a.error(), b.error()));
      CHECK(b.error() < 0.2 * b.value);
    }
  }
}

TEST_CASE("shards of every dark neutrino recipe merge into the single run, also with a written adaptation") {
  for (const char* name : {"nd280-heavy", "nd280-light", "nd280-heavy-vegas", "nd280-light-vegas"}) {
    CAPTURE(name);
    // Shards begin within the blocks of a systematic choice; some hold the end of one and the start of the next.
    const auto recipe = small_recipe(name, [](Json& document) {
      if (!document.contains("roulette") || !document["roulette"].contains("systematic")) return;
      document["roulette"]["systematic"]["block_events"] = 15000;
      // From fewer events the roulette knows too little to drop any.
      document["pilot_events"] = 200000;
    });
    const auto rows = run(recipe);
    // Most events are dropped where there is a roulette, so that it matters which.
    CHECK((std::string(name).ends_with("vegas") || rows.rows < 3000));
    const auto whole = write_table(rows, "whole");
    const Json adaptation = parse_json(adapt(recipe).dump(), "adaptation");
    std::vector<EventTable> shards;
    for (const std::uint64_t i : {2, 4, 1, 3}) {
      const auto shard = generate::generate(recipe, Shard::of(recipe, i, 4), JsonReader(adaptation, "adaptation"));
      shards.push_back(read_table(write_table(shard, "shard"), "shard"));
    }
    CHECK(write_table(merge_tables(shards, {"b", "d", "a", "c"}), "merged") == whole);
  }
}

TEST_CASE("rows are sorted by mN, lie where the recipe says, and are labelled") {
  const auto table = read_table(write_table(run(small_recipe("nd280-heavy")), "t"), "t");
  const auto& mN = table.column("mN", "t").values;
  CHECK(std::is_sorted(mN.begin(), mN.end()));
  CHECK(mN.front() > 0.0039);
  CHECK(mN.back() < 1.27);
  CHECK(table.column("element", "t").labels == std::vector<std::string>{"C", "O", "Cu", "Zn", "Pb", "Ar", "H"});
  CHECK(table.column("beam", "t").labels == std::vector<std::string>{"FHC", "RHC"});
  const auto light = run(small_recipe("nd280-light"));
  for (std::size_t row = 0; row < light.rows; ++row) {
    REQUIRE(light.column("mZ", "t").values[row] <= light.column("mN", "t").values[row]);
    REQUIRE(light.column("length", "t").values[row] > 0);
    const double ratio = light.column("reconstructed_over_pair_mass", "t").values[row];
    // A light pair of high momentum is seen as heavy as its angles are wrong.
    REQUIRE((ratio > 0 && ratio < 1e5));
  }
}

TEST_CASE("the efficiency of the cuts agrees with an independent map") {
  const auto recipe = testing::built_in_recipe("nd280-heavy", [](Json& document) {
    document["parameters"]["mN"] = {{"low", 0.1}, {"high", 0.16}};
    document["maps"]["mN_bins_per_decade"] = 5;
    document["maps"]["points"] = 8192;
    document.erase("pilot_events");
    document["maps"]["mZ_GeV"] = {0.2, 0.5, 1.25, 5.0};
    document.erase("roulette");
  });
  const Json maps = adapt(recipe)["maps"];
  const std::vector<double> coded = {0.469, 0.415, 0.393, 0.394}, printed = {0.523, 0.464, 0.440, 0.443};
  const auto table = run(small_recipe("nd280-heavy"));
  const Json nuclei = parse_json(table.metadata["nuclei"].get<std::string>(), "nuclei");
  for (std::size_t k = 0; k < 4; ++k) {
    double thrown = 0, passed_coded = 0, passed_printed = 0;
    for (std::size_t beam = 0; beam < 2; ++beam)
      for (std::size_t e = 0; e < maps["elements"].size(); ++e) {
        const std::string element = maps["elements"][e];
        if (element == "H") continue;
        double number = 0;
        for (const auto& [region, elements] : nuclei.items()) number += elements.value(element, 0.0);
        const double rate = number * kExposureI[beam] * maps["interactions"][beam][e][0][k].get<double>();
        thrown += rate;
        passed_coded += rate * maps["efficiency"]["coded"][beam][e][0][k].get<double>();
        passed_printed += rate * maps["efficiency"]["printed"][beam][e][0][k].get<double>();
      }
    CAPTURE(k);
    CHECK(passed_coded / thrown == testing::near(coded[k], 0.04));
    CHECK(passed_printed / thrown == testing::near(printed[k], 0.04));
  }
}

TEST_CASE("a light mediator's maps have the efficiency of a direct simulation, and know their errors") {
  const auto recipe = testing::built_in_recipe("nd280-light", [](Json& document) {
    document["parameters"]["mN"] = {{"low", 0.1}, {"high", 0.13}};
    document["maps"] = {{"mN_bins_per_decade", 4},
                        {"points", 8192},
                        {"mZ_GeV", {0.03, 0.06, 0.15, 0.3}},
                        {"propagator_over_mZ", {1, 2}}};
    for (const char* field : {"roulette", "pilot_events"}) document.erase(field);
  });
  const Json maps = adapt(recipe)["maps"];
  constexpr std::size_t kArgon = 2;
  CHECK(maps["elements"][kArgon] == "Ar");
  CHECK(maps["efficiency"]["printed"][0][0][0][0].is_null());  // carbon is in the FGD, which has no cuts
  const auto table = run(direct_recipe("nd280-light", kA, 200000, 3));
  const auto column = [&](const char* name) -> const std::vector<double>& { return table.column(name, "test").values; };
  for (const std::string cuts : {"printed", "coded"})
    for (std::size_t beam = 0; beam < 2; ++beam) {
      double thrown = 0, passed = 0, squares = 0, thrown_twice = 0, passed_twice = 0;
      const auto argon = static_cast<double>(label_index(table, "element", "Ar"));
      const auto& pass = column(cuts == "printed" ? "pass_printed" : "pass_coded");
      const double found = maps["efficiency"][cuts][beam][kArgon][0][0];
      for (std::size_t row = 0; row < table.rows; ++row) {
        if (column("element")[row] != argon || column("beam")[row] != static_cast<double>(beam)) continue;
        const double weight = column("weight")[row] / std::pow(column("Q2")[row] + kA.mZ * kA.mZ, 2);
        thrown += weight, passed += pass[row] * weight;
        squares += std::pow((pass[row] - found) * weight, 2);
        const double twice =
            weight * std::pow((column("Q2")[row] + kA.mZ * kA.mZ) / (column("Q2")[row] + 4 * kA.mZ * kA.mZ), 2);
        thrown_twice += twice, passed_twice += pass[row] * twice;
      }
      const double error = std::sqrt(squares) / thrown;
      CAPTURE(cuts);
      CAPTURE(error);
      CHECK(error < 0.02 * found);
      CHECK(std::abs(passed / thrown - found) < 3 * error);
      const double relative = maps["relative_error"][cuts][beam][kArgon][0];
      CHECK((relative > 0 && relative < 0.01));
      // Once the mZ in the propagator is the efficiency; twice is what re-weighting the simulation gives.
      const Json& kinematic = maps["kinematic_efficiency"][cuts][beam][kArgon][0];
      CHECK(kinematic[0] == maps["efficiency"][cuts][beam][kArgon][0]);
      CHECK(kinematic[1][0] != kinematic[0][0]);
      CHECK(std::abs(passed_twice / thrown_twice - kinematic[1][0].get<double>()) < 4 * error);
    }
  // What is exchanged may be heavier than N, which cannot decay to it then; maps need not go on for ever.
  const Json &interactions = maps["interactions"][0][kArgon][0],
             &efficiencies = maps["efficiency"]["printed"][0][kArgon][0];
  CHECK(interactions[2].get<double>() < interactions[1].get<double>());
  CHECK(interactions[3].is_null());
  CHECK(efficiencies[1].get<double>() > 0);
  CHECK(efficiencies[2].is_null());
}

TEST_CASE("an adaptation of another recipe is refused, and generation can be cancelled") {
  const auto recipe = small_recipe("nd280-heavy");
  const auto other = small_recipe("nd280-heavy", [](Json& document) { document["seed"] = 5; });
  const Json adaptation = adapt(other);
  CHECK(testing::error_of([&] {
          generate::generate(recipe, Shard::whole(recipe), JsonReader(adaptation, "adaptation.json"));
        }).find("another recipe") != std::string::npos);
  CHECK_THROWS_AS(adapt(recipe, [](double) { return false; }), Cancelled);
}

TEST_CASE("masses that nothing can make are refused with the energy that would be needed") {
  const auto message = [](const std::function<void(Json&)>& change) {
    return testing::error_of([&] { adapt(small_recipe("nd280-heavy", change)); });
  };
  CHECK(message([](Json& d) { d["parameters"]["mN"] = 60; }).find("flux ends at") != std::string::npos);
  CHECK(message([](Json& d) { d["parameters"]["mN"] = 0.0005; }).find("electron masses") != std::string::npos);
  CHECK(message([](Json& d) {
          d["mixture"] = Json::parse(R"([{"share": 1, "elements": ["Ar"]}])");
        }).find("leaves out") != std::string::npos);
  CHECK(message([](Json& d) {
          d["parameters"]["mZ"] = {{"low", 0.1}, {"high", 1}};
          d.erase("roulette");
        }).find("vegas only") != std::string::npos);
  CHECK(message([](Json& d) { d["rows"]["which"] = "all"; }).find("selected") != std::string::npos);
  CHECK(message([](Json& d) { d["detector"]["regions"] = Json::parse(R"(["P0D"])"); }).find("not a region") !=
        std::string::npos);
}
