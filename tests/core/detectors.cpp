// The detectors and fluxes in data/, and what of path segments their boxes rest on.
#include <cmath>

#include "core/generate/beam_flux.hpp"
#include "core/geometry/read_geometry.hpp"
#include "core/random/counter_random.hpp"
#include "support.hpp"

using namespace anyslice;
using anyslice::geometry::Box;
using anyslice::geometry::Detector;
using anyslice::geometry::path_segment;
using anyslice::testing::near;
using anyslice::testing::repository_json;
using Eigen::Vector3d;

namespace {

Detector detector(const std::string& name) {
  const std::string path = "data/detectors/" + name + ".json";
  const Json document = repository_json(path);
  return geometry::read_detector(JsonReader(document, path));
}

const geometry::Region& region(const Detector& detector, const std::string& name) {
  const geometry::Region* found = detector.find(name);
  REQUIRE_MESSAGE(found != nullptr, name);
  return *found;
}

bool is_fiducial(const geometry::Region& region) { return region.name.find("fiducial") != std::string::npos; }

/// Tonnes of an element in the regions that `wanted` accepts.
template <typename Wanted>
double mass(const Detector& detector, const std::string& element, const Wanted& wanted) {
  double sum = 0;
  for (const auto& region : detector.regions) {
    const auto found = region.mass_t.find(element);
    if (found != region.mass_t.end() && wanted(region)) sum += found->second;
  }
  return sum;
}

bool overlap(const Box& a, const Box& b) {
  return (a.low.array() < b.high.array()).all() && (b.low.array() < a.high.array()).all();
}

void check_box(const Box& box, const Vector3d& low, const Vector3d& high) {
  CHECK((box.low - low).norm() < 1e-9);
  CHECK((box.high - high).norm() < 1e-9);
}

}  // namespace

TEST_CASE("ND280 holds the masses of the published analysis") {
  // arXiv:2205.12273, Table II and Appendix B, with the digits of its authors' code.
  const Detector nd280 = detector("nd280");
  const auto active = [](const geometry::Region& region) { return !is_fiducial(region); };
  const std::map<std::string, double> totals = {{"C", 8.0839}, {"O", 2.7124}, {"Cu", 1.65},
                                                {"Zn", 0.85},  {"Pb", 3.108}, {"Ar", 0.01602}};
  for (const auto& entry : totals) {
    CAPTURE(entry.first);
    CHECK(mass(nd280, entry.first, active) == near(entry.second, 2e-5));
  }
  const auto fiducial_tpc = [](const geometry::Region& region) { return is_fiducial(region) && region.part == "TPC"; };
  CHECK(mass(nd280, "Ar", fiducial_tpc) == near(0.010043, 1e-6));
  const auto fiducial_fgd = [](const geometry::Region& region) { return region.name == "FGD1 fiducial"; };
  CHECK(mass(nd280, "C", fiducial_fgd) == near(0.8051, 1e-4));
  CHECK(mass(nd280, "O", fiducial_fgd) == near(0.03458, 1e-4));

  // Polystyrene-like modules by their masses per area, water modules in FGD2 alone: g/cm^2 x 186.4^2 cm^2.
  const double area = 186.4 * 186.4 * 1e-6;
  CHECK(region(nd280, "FGD1").mass_t.at("C") == near(15 * 1.8486 * area, 1e-5));
  CHECK(region(nd280, "FGD2").mass_t.at("C") == near((7 * 1.8486 + 6 * 0.422) * area, 1e-5));
  CHECK(region(nd280, "FGD2").mass_t.at("O") == near((7 * 0.0794 + 6 * 2.0601) * area, 1e-5));
  CHECK(region(nd280, "P0D water").mass_t.at("Cu") == near(25 * 0.1 * 0.66, 1e-6));
  CHECK(region(nd280, "P0D ECAL1").mass_t.at("Pb") == near(7 * 0.222, 1e-6));
  // CH2 and water: carbon to hydrogen 12 : 2, oxygen to hydrogen 16 : 2.
  CHECK(region(nd280, "P0D ECAL2").mass_t.at("C") == near(7 * 0.192 * 12 / 14, 1e-6));
  CHECK(region(nd280, "P0D water").mass_t.at("O") == near(2.5 * 16 / 18, 1e-6));
  CHECK(region(nd280, "P0D water").mass_t.at("H") == near(26 * 0.192 * 2 / 14 + 2.5 * 2 / 18, 1e-6));
}

TEST_CASE("the argon of ND280 has one density, in the active and in the fiducial volume") {
  for (const char* name : {"nd280", "nd280-upgrade"}) {
    const Detector found = detector(name);
    for (const auto& region : found.regions) {
      if (region.part != "TPC") continue;
      CAPTURE(region.name);
      const double density = region.mass_t.at("Ar") * 1e6 / region.box.volume();  // g/cm^3
      CHECK(density == near(1.785e-3, 0.01));                                     // argon near normal conditions
    }
  }
}

TEST_CASE("the boxes of ND280 are where the published analysis has them") {
  const Detector nd280 = detector("nd280");
  check_box(region(nd280, "P0D ECAL1").box, {-105.15, -111.95, 0}, {105.15, 111.95, 30.5});
  check_box(region(nd280, "P0D water").box, {-105.15, -111.95, 30.5}, {105.15, 111.95, 209.6});
  check_box(region(nd280, "P0D ECAL2").box, {-105.15, -111.95, 209.6}, {105.15, 111.95, 240});
  constexpr double kPitch = 136.5;
  for (const int i : {0, 1, 2}) {
    const double z = kPitch * i;
    const std::string tpc = "TPC" + std::to_string(i + 1);
    check_box(region(nd280, tpc).box, {-93, -103, 250.95 + z}, {93, 103, 329.05 + z});
    check_box(region(nd280, tpc + " fiducial").box, {-85, -98, 256 + z}, {85, 98, 312.3 + z});
    if (i < 2)
      check_box(region(nd280, "FGD" + std::to_string(i + 1)).box, {-93.2, -93.2, 343.1 + z}, {93.2, 93.2, 373.4 + z});
  }
  const Box fgd1 = region(nd280, "FGD1 fiducial").box;
  CHECK((fgd1.high - fgd1.low - Vector3d(174.9, 174.9, 28.76)).norm() < 1e-9);
}

TEST_CASE("active regions do not overlap, and fiducial ones lie in theirs") {
  for (const char* name : {"nd280", "nd280-upgrade"}) {
    const Detector found = detector(name);
    for (const auto& a : found.regions) {
      CAPTURE(a.name);
      CHECK(a.box.volume() > 0);
      CHECK((a.box.low + a.box.high).head<1>().norm() < 1e-9);  // centred in x
      for (const auto& b : found.regions)
        if (&a != &b && is_fiducial(a) == is_fiducial(b)) CHECK_FALSE(overlap(a.box, b.box));
      if (!is_fiducial(a)) continue;
      const geometry::Region* active = found.find(a.name.substr(0, a.name.find(" fiducial")));
      if (active == nullptr) continue;  // the new TPCs, of which only the fiducial volume is known
      CHECK(active->box.contains(a.box.low));
      CHECK(active->box.contains(a.box.high));
      // Materials in proportion to the volume.
      const double share = a.box.volume() / active->box.volume();
      for (const auto& element : a.mass_t)
        CHECK(element.second == near(share * active->mass_t.at(element.first), 0.01));
    }
  }
}

TEST_CASE("the upgrade adds the argon of two fiducial volumes") {
  const Detector old = detector("nd280"), upgrade = detector("nd280-upgrade");
  const auto fiducial_tpc = [](const geometry::Region& region) { return is_fiducial(region) && region.part == "TPC"; };
  // Phase 2 of arXiv:2205.12273: 0.010043 t (1 + V_new / 3 V_fid).
  const double added = 2.0 * (200 - 32) * (80 - 20) * (180 - 43.6);
  const double argon = 0.010043 * (1 + added / (3 * 170 * 196 * 56.3));
  CHECK(mass(upgrade, "Ar", fiducial_tpc) == near(argon, 1e-4));
  double volume = 0;
  for (const auto& region : upgrade.regions)
    if (old.find(region.name) == nullptr) volume += region.box.volume();
  CHECK(volume == near(added, 1e-9));
  // The P0D makes room; everything else stays.
  for (const auto& before : old.regions) {
    CAPTURE(before.name);
    const geometry::Region* after = upgrade.find(before.name);
    CHECK((after == nullptr) == (before.part == "P0D"));
    if (after == nullptr) continue;
    check_box(after->box, before.box.low, before.box.high);
    CHECK(after->mass_t == before.mass_t);
  }
}

TEST_CASE("a detector file that cannot be used says why") {
  const auto message = [](const std::function<void(Json&)>& change) {
    Json document = repository_json("data/detectors/nd280.json");
    change(document);
    return testing::error_of([&] { geometry::read_detector(JsonReader(document, "d.json")); });
  };
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(has(message([](Json& d) { d["anyslice_detector"] = "2"; }), "version"));
  CHECK(has(message([](Json& d) { d["regions"] = Json::array(); }), "at least one region"));
  CHECK(has(message([](Json& d) { d["regions"][1]["name"] = "P0D ECAL1"; }), "regions[1].name"));
  CHECK(has(message([](Json& d) { d["regions"][0]["box_cm"]["low"][2] = 30.5; }), "low < high"));
  CHECK(has(message([](Json& d) { d["regions"][0]["box_cm"]["low"] = {1, 2}; }), "three numbers"));
  CHECK(has(message([](Json& d) { d["regions"][0]["mass_t"]["C"] = -1; }), "regions[0].mass_t.C"));
  CHECK(has(message([](Json& d) { d["regions"][2].erase("part"); }), "regions[2].part"));
  CHECK(has(message([](Json& d) { d["regions"][0]["mass"] = 1; }), "regions[0].mass"));
}

TEST_CASE("the T2K flux has the integrals of the release") {
  const std::string path = "data/fluxes/t2k-nd280-2016.json";
  const Json document = repository_json(path);
  const JsonReader file(document, path);
  struct Expected {
    const char *beam, *neutrino;
    double per_cm2_per_pot, mean_energy;
  };
  for (const Expected& expected :
       {Expected{"FHC", "numu", 1.917e-8, 0.853}, Expected{"RHC", "numubar", 1.544e-8, 0.712},
        Expected{"FHC", "numubar", 1.216e-9, 0}, Expected{"RHC", "numu", 1.603e-9, 0}}) {
    CAPTURE(expected.beam);
    CAPTURE(expected.neutrino);
    const auto flux = generate::read_beam_flux(file, expected.beam, expected.neutrino);
    CHECK(flux.integral() == near(expected.per_cm2_per_pot * 1e21, 4e-4));
    double energy = 0, sum = 0;
    for (std::size_t i = 0; i < flux.density.size(); ++i) {
      const double low = flux.edges[i], high = flux.edges[i + 1];
      CHECK(flux.at(low) == flux.density[i]);
      CHECK(flux.at((low + high) / 2) == flux.density[i]);
      CHECK(flux.at(std::nextafter(high, 0)) == flux.density[i]);
      energy += flux.density[i] * (high * high - low * low) / 2;
      sum += flux.density[i] * (high - low);
    }
    CHECK(sum == near(flux.integral(), 1e-12));
    if (expected.mean_energy > 0) CHECK(energy / sum == near(expected.mean_energy, 1e-3));
    CHECK(flux.at(-0.1) == 0);
    CHECK(flux.at(flux.highest_energy()) == 0);
    CHECK(flux.highest_energy() == 30);
  }
  // The peak of the horn's neutrinos, at 0.6 GeV.
  const auto flux = generate::read_beam_flux(file, "FHC", "numu");
  CHECK(flux.at(0.575) == near(1.7e12 / 0.05, 1e-12));
}

TEST_CASE("a flux file that cannot be used says why") {
  const auto message = [](const std::function<void(Json&)>& change, const std::string& neutrino = "numu") {
    Json document = repository_json("data/fluxes/t2k-nd280-2016.json");
    change(document);
    return testing::error_of([&] { generate::read_beam_flux(JsonReader(document, "f.json"), "FHC", neutrino); });
  };
  const auto has = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(has(message([](Json& f) { f["anyslice_flux"] = 1; }), "anyslice_flux"));
  CHECK(has(message([](Json& f) { f["unit"] = "per m^2"; }), "unit"));
  CHECK(has(message([](Json& f) { f["energy_edges_GeV"][3] = 0.05; }), "energy_edges_GeV"));
  CHECK(has(message([](Json& f) { f["energy_edges_GeV"][0] = -1; }), "energy_edges_GeV"));
  CHECK(has(message([](Json& f) { f["energy_edges_GeV"].erase(5); }), "expected 219 numbers"));
  CHECK(has(message([](Json& f) { f["beams"]["FHC"]["numu"][7] = -1; }), "beams.FHC.numu"));
  CHECK(has(message([](Json& f) {
              for (auto& value : f["beams"]["FHC"]["numu"]) value = 0;
            }),
            "above zero"));
  CHECK(has(message([](Json&) {}, "nutau"), "beams.FHC.nutau"));
}

TEST_CASE("path segments that start on a face, an edge or a corner") {
  const Box box{{0, 0, 0}, {1, 2, 4}};
  // On a face, going in and going out.
  auto segment = path_segment(box, {0, 1, 1}, {1, 0, 0});
  CHECK(segment.entry == 0);
  CHECK(segment.length == 1);
  CHECK(segment.entry_face == -1);
  CHECK(path_segment(box, {0, 1, 1}, {-1, 0, 0}).length == 0);
  CHECK(path_segment(box, {1, 1, 1}, {1, 0, 0}).length == 0);
  CHECK(path_segment(box, {0, 3, 1}, {0, 1, 0}).entry_face == -1);
  // In a corner, along an edge and away from the box.
  CHECK(path_segment(box, {0, 0, 0}, {0, 0, 1}).length == 4);
  CHECK(path_segment(box, {1, 2, 4}, {0, -1, 0}).length == 2);
  CHECK(path_segment(box, {1, 2, 4}, {0, 1, 0}).length == 0);
  CHECK(path_segment(box, {0, 0, 0}, Vector3d(-1, 1, 1).normalized()).length == 0);
  // Along an edge from outside; a hair beside it.
  CHECK(path_segment(box, {0, 2, -3}, {0, 0, 1}).entry == 3);
  CHECK(path_segment(box, {0, 2, -3}, {0, 0, 1}).length == 4);
  CHECK(path_segment(box, {0, std::nextafter(2.0, 3.0), -3}, {0, 0, 1}).length == 0);
  CHECK(path_segment(box, {-1e-300, 1, -3}, {0, 0, 1}).length == 0);
  // A negative zero is parallel, too.
  CHECK(path_segment(box, {0.5, 0, -3}, {-0.0, -0.0, 1}).length == 4);
  // Through a corner only, and through one edge into the box.
  CHECK(path_segment(box, {-1, 1, 0}, Vector3d(1, -1, 0).normalized()).length == 0);
  CHECK(path_segment(box, {-1, 1, 2}, Vector3d(1, -1, 0).normalized()).length == 0);
  CHECK(path_segment(box, {-1, 1, 2}, Vector3d(1, -1, 0).normalized()).entry_face == -1);
  segment = path_segment(box, {-1, -1, 2}, Vector3d(1, 1, 0).normalized());
  CHECK(segment.entry == near(std::sqrt(2.0), 1e-14));
  CHECK(segment.length == near(std::sqrt(2.0), 1e-14));
}

TEST_CASE("every face of a box is entered from its own side") {
  const Box box{{-1, -2, -3}, {1, 2, 3}};
  for (int axis = 0; axis < 3; ++axis) {
    for (const bool forward : {true, false}) {
      const Vector3d direction = Vector3d::Unit(axis) * (forward ? 1 : -1);
      const auto segment = path_segment(box, -10 * direction, direction);
      CHECK(segment.entry_face == 2 * axis + (forward ? 0 : 1));
      CHECK(segment.entry == 10 - box.high[axis]);
      CHECK(segment.length == 2 * box.high[axis]);
    }
  }
}

TEST_CASE("a segment turned around has the same length, and ends of ND280's volumes are exact") {
  const Detector nd280 = detector("nd280");
  for (const auto& region : nd280.regions) {
    // Along the beam through the middle.
    const auto straight = path_segment(region.box, {0, 0, -10}, {0, 0, 1});
    CHECK(straight.entry == near(region.box.low[2] + 10, 1e-14));
    CHECK(straight.length == near(region.box.high[2] - region.box.low[2], 1e-14));
    for (std::uint64_t i = 0; i < 50; ++i) {
      CounterRandom random(23, i);
      const Vector3d inside =
          region.box.low + (region.box.high - region.box.low)
                               .cwiseProduct(Vector3d(random.uniform(), random.uniform(), random.uniform()));
      const Vector3d direction = Vector3d(random.normal(), random.normal(), random.normal()).normalized();
      const auto forward = path_segment(region.box, inside, direction),
                 backward = path_segment(region.box, inside, -direction);
      CHECK(forward.entry == 0);
      CHECK(forward.entry_face == -1);
      const auto through = path_segment(region.box, inside - 1000 * direction, direction);
      CHECK(through.length == near(forward.length + backward.length, 1e-10));
      CHECK(through.entry == near(1000 - backward.length, 1e-12));
      const auto turned = path_segment(region.box, inside + 1000 * direction, -direction);
      CHECK(turned.length == near(through.length, 1e-10));
      CHECK(turned.entry_face != through.entry_face);
    }
  }
}
