// Display tables: events before cuts and acceptance, weighed at stages of the selection; against sums written by hand
// and against the main table.
#include <cmath>

#include "core/base/sha256.hpp"
#include "core/generate/dark_neutrino_recipe.hpp"
#include "core/physics/upscattering.hpp"
#include "core/reweight/totals.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

std::vector<std::uint8_t> make_table(const std::string& recipe_name, std::uint64_t events, std::uint64_t rows) {
  const auto recipe = testing::built_in_recipe(recipe_name, [&](Json& document) {
    document["events"] = events;
    document["pilot_events"] = 100000;
    document["roulette"]["rows"] = rows;
    if (!document.contains("maps")) return;
    document["maps"]["mN_bins_per_decade"] = 6;
    document["maps"]["points"] = 1024;
  });
  return write_table(generate::generate(recipe, generate::Shard::whole(recipe)), recipe_name);
}

/// The heavy card with small tables of its own recipes.
struct Small {
  std::vector<std::uint8_t> main = make_table("nd280-heavy", 300000, 20000);
  std::vector<std::uint8_t> display = make_table("nd280-heavy-display", 200000, 8000);
  Json card = testing::repository_json("data/analyses/nd280-dark-neutrino-heavy.json");

  Small() {
    card["tables"]["events"]["sha256"] = sha256_hex(main);
    card["display"]["table"]["sha256"] = sha256_hex(display);
  }
  std::unique_ptr<api::Analysis> open(const std::function<void(Json&)>& change = {}) const {
    Json document = card;
    if (change) change(document);
    auto analysis = std::make_unique<api::Analysis>(CardDocuments{{"/cards/c.json", document.dump()}}, "/cards/c.json");
    analysis->attach_table("events", main, "main");
    return analysis;
  }
};

const Small& small() {
  static const Small value;
  return value;
}

std::unique_ptr<api::Analysis> open_with_display(const std::function<void(Json&)>& change = {}) {
  auto analysis = small().open(change);
  analysis->attach_table("display", small().display, "display");
  return analysis;
}

const Json kPoint = {{"mN", 0.12}, {"mZ", 0.9}, {"epsilon", 0.01}, {"alphaD", 0.3}, {"UmuN2", 1e-6}, {"VN2", 0.5}};

}  // namespace

TEST_CASE("stages of a display table are sums over its events written by hand") {
  const auto analysis = open_with_display([](Json& card) {
    // Flattened rates would have to be written by hand, too.
    for (auto& factor : card["weight"]) factor.erase("flatten");
  });
  const EventTable table = read_table(small().display, "display");
  const auto column = [&](const char* name) -> const std::vector<double>& { return table.column(name, "t").values; };
  const auto& elements = table.column("element", "t").labels;
  const double mN = 0.12, mZ = 0.9, alpha = 1 / 137.03599908, pi = std::acos(-1), x = mN * mN / mZ / mZ;
  const double L = 12 / std::pow(x, 4) * (x - x * x / 2 - std::pow(x, 3) / 6 + (1 - x) * std::log1p(-x));
  const double width = alpha * 0.3 * 1e-4 * 0.5 * std::pow(mN, 5) / (48 * pi * std::pow(mZ, 4)) * L;
  const double ctau0 = 0.1973269804e-13 / width, coupling = 1e-6 * 0.3 * 4 * pi * alpha * 1e-4;
  const double bandwidth = 0.1 * small().card["display"]["wider"]["mN"].get<double>();
  double made = 0, made_squares = 0, made_in_bin = 0, selected = 0, accepted = 0, final = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double u = std::log10(mN / column("mN")[row]) / bandwidth;
    if (std::abs(u) >= 1 || elements[static_cast<std::size_t>(column("element")[row])] == "H") continue;
    const double y = std::pow(column("pair_mass_over_mN")[row], 2), lambda = ctau0 * column("momentum")[row] / mN;
    const double propagators = (column("Q2")[row] + mZ * mZ) * (1 - x * y);
    const double weight = column("weight")[row] * coupling / L / propagators / propagators * 0.75 * (1 - u * u) /
                          bandwidth * (column("beam")[row] == 0 ? 1.234 : 0.629);
    double decays = 0;
    for (const std::string segment : {"1", "2", "3"}) {
      decays += std::exp(-column(("entry_" + segment).c_str())[row] / lambda) *
                -std::expm1(-column(("length_" + segment).c_str())[row] / lambda);
    }
    const bool passes = column("pass_printed")[row] != 0;
    made += weight, made_squares += weight * weight, accepted += weight * decays;
    if (column("z")[row] >= 100 && column("z")[row] < 110) made_in_bin += weight;
    if (passes) selected += 0.1 * weight, final += 0.1 * weight * decays;
  }
  const Json found =
      analysis->distribution({{"set", kPoint}, {"observable", "z"}, {"stages", Json::array()}})["stages"];
  REQUIRE(found.size() == 4);
  const auto total = [&](std::size_t stage) { return found[stage]["total"]["mu"].get<double>(); };
  // The kernel is cut where the table ends; at this mass it lies inside.
  CHECK(total(0) == near(made, 1e-6));
  CHECK(total(1) == near(selected, 1e-6));
  CHECK(total(2) == near(accepted, 1e-5));
  CHECK(total(3) == near(final, 1e-5));
  CHECK(found[0]["mu"][10].get<double>() == near(made_in_bin, 1e-6));
  CHECK(found[0]["total"]["effective_events"].get<double>() == near(made * made / made_squares, 1e-6));

  // A bandwidth of the request is widened as the card's is.
  const Json same = analysis->distribution(
      {{"set", kPoint}, {"observable", "z"}, {"stages", {"made"}}, {"bandwidth", {{"mN", 0.1}}}});
  CHECK(same["stages"][0]["total"]["mu"].get<double>() == near(made, 1e-6));

  // A map adds up to the same.
  const Json map = analysis->distribution_map({{"set", kPoint}, {"map", "vertex"}});
  double sum = map["outside"]["mu"].get<double>();
  for (const auto& row : map["mu"])
    for (const auto& value : row) sum += value.get<double>();
  CHECK(sum == near(final, 1e-5));
  CHECK(map["outside"]["mu"].get<double>() == 0);
  CHECK(map["stage"]["name"] == "final");
}

TEST_CASE("a display table predicts what the main table and its totals do") {
  const auto analysis = open_with_display();
  for (const double mN : {0.03, 0.1, 0.4}) {
    Json set = kPoint;
    set["mN"] = mN;
    const Json rate = analysis->rate({{"set", set}});
    const Json stages = analysis->distribution(
        {{"set", set}, {"observable", "z"}, {"stages", Json::array({"made", "final"})}})["stages"];
    const auto differs = [](const Json& sum, double mu, double error) {
      return (sum["mu"].get<double>() - mu) / std::hypot(sum["mu_mc_error"].get<double>(), error);
    };
    CHECK(std::abs(differs(stages[0]["total"], rate["totals"]["interactions"]["value"].get<double>(), 0)) < 4);
    CHECK(std::abs(differs(stages[1]["total"], rate["mu"].get<double>(), rate["mu_mc_error"].get<double>())) < 4);
    CHECK(stages[1]["total"]["effective_events"].get<double>() > 40);
  }
}

TEST_CASE("a ratio of totals is their quotient, and has no value where the model does not exist") {
  const auto analysis = small().open();
  const Json totals = analysis->rate({{"set", kPoint}})["totals"];
  const double share = totals["selected"]["value"].get<double>() / totals["interactions"]["value"].get<double>() / 0.1;
  const Json map = analysis->ratio_map({{"set", kPoint},
                                        {"ratio", "selection-efficiency"},
                                        {"columns", 2},
                                        {"rows", 3},
                                        {"x_range", {0.12, 0.5}},
                                        {"y_range", {0.2, 0.9}}});
  CHECK(map["at"].get<double>() == near(share, 1e-12));
  CHECK(map["values"][2][0].get<double>() == near(share, 1e-9));
  CHECK(map["values"][0][0].is_number());
  CHECK(map["values"][0][1].is_null());  // mN = 0.5 > mZ = 0.2
}

TEST_CASE("flux and cross sections of a display table make its interactions") {
  const auto analysis = open_with_display();
  const Json found = analysis->interactions({{"set", kPoint}});
  const auto recipe = generate::read_dark_neutrino_recipe(testing::built_in_recipe("nd280-heavy-display"));
  const Json& sections = found["cross_sections"];
  const double coupling = physics::upscattering_coupling(1e-6, 0.3, 0.01);
  double events = 0;
  for (std::size_t e = 0; e < sections["elements"].size(); ++e) {
    const Json& element = sections["elements"][e];
    const auto& target = recipe.elements[e].target;
    CHECK(
        element["values"][100].get<double>() * element["molar_mass_g"].get<double>() ==
        near(physics::total_cross_section(sections["energies"][100].get<double>(), 0.12, 0.9, coupling, target), 1e-6));
    CHECK(element["values"][0] == 0);  // below threshold
    if (element["element"] == "H") continue;
    // The middle of each bin of the flux stands for it: 1 % too much near the threshold.
    for (const auto& flux : found["fluxes"]) {
      const double pot = flux["beam"] == "FHC" ? 1.234 : 0.629;
      for (std::size_t bin = 0; bin < flux["values"].size(); ++bin) {
        const double low = flux["edges"][bin].get<double>(), high = flux["edges"][bin + 1].get<double>();
        if (low > 8) break;  // slow, and less than 1 % of the rate
        const auto sigma = [&](double energy) {
          return physics::total_cross_section(energy, 0.12, 0.9, coupling, target);
        };
        events += pot * element["nuclei"].get<double>() * flux["values"][bin].get<double>() * (high - low) *
                  sigma((low + high) / 2);
      }
    }
  }
  const double total = analysis->rate({{"set", kPoint}})["totals"]["interactions"]["value"].get<double>();
  CHECK(events == near(total, 0.02));
  CHECK(found["left_out"].size() == 2);
}

TEST_CASE("what a display cannot answer is refused by name") {
  const auto analysis = small().open();
  const Json request = {{"observable", "z"}, {"stages", Json::array()}};
  CHECK(testing::error_of([&] { analysis->distribution(request); }).find("display.table: has not been loaded yet") !=
        std::string::npos);
  analysis->attach_table("display", small().display, "display");
  const auto message = [&](const Json& change) {
    Json changed = request;
    changed.update(change);
    return testing::error_of([&] { analysis->distribution(changed); });
  };
  CHECK(message({{"observable", "colour"}}).find("pair-energy") != std::string::npos);
  CHECK(message({{"stages", {"cooked"}}}).find("accepted") != std::string::npos);
  CHECK(message({{"stages", "made"}}).find("stages") != std::string::npos);
  CHECK(testing::error_of([&] { analysis->distribution_map({{"map", "world"}}); }).find("vertex") != std::string::npos);
  CHECK(testing::error_of([&] {
          analysis->ratio_map({{"ratio", "selection-efficiency"}, {"columns", 2}, {"rows", 2}, {"x_range", {0.1, 7}}});
        }).find("x_range") != std::string::npos);
  const auto other = testing::open_built_in("microboone-kdar-scalar");
  CHECK(testing::error_of([&] { other->distribution(request); }).find("has no display table") != std::string::npos);
  CHECK(testing::error_of([&] { other->interactions(Json::object()); }).find("no display table") != std::string::npos);
  // A main table keeps no inputs.
  CHECK(testing::error_of([&] {
          generate::recipe_of_table(read_table(small().main, "main"), "main");
        }).find("inputs") != std::string::npos);
}
