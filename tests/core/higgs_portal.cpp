// The Higgs-portal scalar: closed forms, an independent table, and the card that states the same formulas.
#include "core/physics/higgs_portal.hpp"

#include <cmath>

#include "core/physics/constants.hpp"
#include "core/physics/two_body.hpp"
#include "core/random/counter_random.hpp"
#include "support.hpp"

using namespace anyslice;
using namespace anyslice::physics;

TEST_CASE("kinematics of K+ at rest conserve energy and momentum") {
  const HiggsPortalConstants constants;
  for (double mass = 0.002; mass < 0.35; mass += 0.01) {
    const double p = two_body_momentum(constants.kaon_mass, mass, constants.pion_mass);
    const double energy = std::hypot(p, mass) + std::hypot(p, constants.pion_mass);
    CHECK(energy == testing::near(constants.kaon_mass, 1e-12));
  }
  CHECK(two_body_momentum(1, 0.5, 0.5) == 0);
  CHECK(kallen(10, 4, 1) == 9);
  CHECK(kallen(9, 4, 1) == 0);  // threshold: (2 + 1)^2 = 9
}

TEST_CASE("widths in limits with closed forms") {
  const HiggsPortalConstants constants;
  // Far above threshold the velocity factor is one.
  const double heavy = scalar_to_leptons_width(100, constants.electron_mass, 1);
  CHECK(heavy ==
        testing::near(std::pow(constants.electron_mass / constants.higgs_vacuum_value, 2) * 100 / (8 * kPi), 1e-9));
  CHECK(scalar_to_leptons_width(2 * constants.electron_mass, constants.electron_mass, 1) == 0);
  CHECK(scalar_to_leptons_width(0.001, constants.electron_mass, 1) == 0);
  CHECK(kaon_to_pion_scalar_width(0.36, 1) == 0);
  CHECK(kaon_to_pion_scalar_width(0.1, 2e-4) == testing::near(4e-8 * kaon_to_pion_scalar_width(0.1, 1), 1e-12));
}

TEST_CASE("branching ratio, lifetime and kinematics agree with an independent calculation") {
  const Json reference = testing::repository_json("tests/validation/microboone/reference.json");
  const HiggsPortalConstants constants;
  for (const auto& row : reference["scalar"]["rows"]) {
    const double mass = row[0].get<double>() / 1000;
    CAPTURE(mass);
    const double p = two_body_momentum(constants.kaon_mass, mass, constants.pion_mass);
    CHECK(1000 * p == testing::near(row[1].get<double>(), 1e-5));
    CHECK(std::hypot(p, mass) / mass == testing::near(row[2].get<double>(), 1e-4));
    CHECK(p / std::hypot(p, mass) == testing::near(row[3].get<double>(), 1e-5));
    CHECK(kaon_to_pion_scalar_branching(mass, 1) == testing::near(row[4].get<double>(), 1e-4));
    CHECK(scalar_ctau0(mass, 1) == testing::near(row[5].get<double>(), 1e-4));
  }
}

TEST_CASE("the card's expressions equal the formulas in C++ at random points") {
  const auto analysis = testing::open_built_in("microboone-kdar-scalar");
  const Model& model = analysis->model();
  for (std::uint64_t i = 0; i < 1000; ++i) {
    CounterRandom random(2024, i);
    const double mass_MeV = 1.1 + random.uniform() * (210 - 1.1), theta = std::exp(std::log(1e-6) * random.uniform());
    const auto slots = model.slots_at({{"mS", mass_MeV}, {"theta", theta}}, {}, "test");
    const double mass = mass_MeV / 1000;
    const HiggsPortalConstants constants;
    const auto same = [&](const char* name, double expected) {
      return std::abs(slots[model.slot(name)] / expected - 1) < 1e-10;
    };
    CAPTURE(mass_MeV);
    CHECK(same("width_S_ee", scalar_to_leptons_width(mass, constants.electron_mass, theta)));
    CHECK(same("BR_K_piS", kaon_to_pion_scalar_branching(mass, theta)));
    CHECK(same("ctau0", scalar_ctau0(mass, theta)));
    CHECK(same("p_S", two_body_momentum(constants.kaon_mass, mass, constants.pion_mass)));
  }
}
