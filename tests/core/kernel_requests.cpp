// Kernels as they are asked about and flattened: studies of them, tabulated rates and how they are interpolated.
#include <cmath>
#include <functional>

#include "core/base/sha256.hpp"
#include "core/reweight/rate_table.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// A table of few events for the heavy ND280 analysis.
const std::vector<std::uint8_t>& heavy_table() {
  static const std::vector<std::uint8_t> bytes = [] {
    const auto recipe = testing::built_in_recipe("nd280-heavy", [](Json& document) {
      document["events"] = 200000;
      document["pilot_events"] = 50000;
      document["roulette"]["rows"] = 10000;
      document["maps"] = {{"mN_bins_per_decade", 4}, {"points", 128}, {"mZ_GeV", {1.25, 10}}};
    });
    return write_table(generate::generate(recipe, generate::Shard::whole(recipe)), "heavy");
  }();
  return bytes;
}

/// The analysis with that table, its kernel changed.
std::unique_ptr<api::Analysis> heavy_with(const std::function<void(Json& kernel)>& change) {
  Json card = testing::repository_json("data/analyses/nd280-dark-neutrino-heavy.json");
  card["tables"]["events"]["sha256"] = sha256_hex(heavy_table());
  for (auto& factor : card["weight"]) {
    if (factor["factor"] == "kernel") change(factor);
  }
  const std::string path = "/cards/heavy.json";
  auto made = std::make_unique<api::Analysis>(CardDocuments{{path, card.dump()}}, path);
  made->attach_table("events", heavy_table(), "heavy");
  return made;
}

api::Analysis& heavy_analysis() {
  static const std::unique_ptr<api::Analysis> analysis = heavy_with([](Json&) {});
  return *analysis;
}

}  // namespace

TEST_CASE("a study of the kernel has the predictions of each bandwidth, and how far two of them may differ by chance") {
  const Json study = heavy_analysis().kernel_study({{"on", "mN"}, {"count", 4}, {"low", 0.05}, {"high", 0.2}});
  CHECK(study["reference"]["distance"] == "log10");
  CHECK(study["reference"]["default"] == 0.1);
  CHECK(study["reference"]["bandwidth"] == 0.1);
  REQUIRE(study["curves"].size() == 1);
  const Json& curve = study["curves"][0];
  CHECK(curve["bandwidth"] == study["bandwidth"]);
  REQUIRE(curve["bandwidth"].size() == 4);
  const double here = heavy_analysis().rate(Json::object())["mu"];
  CHECK(study["reference"]["mu"].get<double>() == near(here, 1e-4));
  for (std::size_t i = 0; i < 4; ++i) {
    const Json rate = heavy_analysis().rate({{"bandwidth", {{"mN", curve["bandwidth"][i]}}}});
    const double mu = curve["mu"][i], error = curve["mu_mc_error"][i], change = curve["difference"][i],
                 of_change = curve["difference_mc_error"][i];
    CHECK(mu == near(rate["mu"].get<double>(), 1e-4));
    CHECK(error == near(rate["mu_mc_error"].get<double>(), 1e-3));
    CHECK(curve["effective_events"][i].get<double>() == near(rate["effective_events"].get<double>(), 1e-3));
    CHECK(change == near(mu - here, 1e-3 * here / std::abs(mu - here)));
    // Errors are lengths of vectors of weights, but for a term of the size of 1 / events.
    const double reference = heavy_analysis().rate(Json::object())["mu_mc_error"];
    CHECK(of_change < (error + reference) * 1.001);
    CHECK(of_change > std::abs(error - reference) * 0.999);
  }
  // From the bandwidth in force, which the request may change, a prediction does not differ.
  const Json wide = heavy_analysis().kernel_study(
      {{"on", "mN"}, {"count", 2}, {"low", 0.15}, {"high", 0.2}, {"bandwidth", {{"mN", 0.15}}}});
  CHECK(wide["reference"]["bandwidth"] == 0.15);
  CHECK(wide["curves"][0]["difference"][0] == 0);
  CHECK(wide["curves"][0]["difference_mc_error"][0] == 0);
  CHECK(wide["curves"][0]["difference_mc_error"][1] > 0);
}

TEST_CASE("kernels of other shapes and distances are compared as wide, and are those of a card that has them") {
  const Json study = heavy_analysis().kernel_study({{"on", "mN"},
                                                    {"count", 2},
                                                    {"low", 0.1},
                                                    {"high", 0.15},
                                                    {"kernels",
                                                     {{{"shape", "gaussian"}},
                                                      {{"shape", "top-hat"}},
                                                      {{"distance", "ln"}},
                                                      {{"distance", "linear"}},
                                                      {{"flatten", false}}}}});
  // Standard deviations: 1 / sqrt(5) of the half-width under 1 - r^2, 1 / sqrt(3) of that of a box.
  const Json& curves = study["curves"];
  REQUIRE(curves.size() == 5);
  CHECK(curves[0]["bandwidth"][0].get<double>() == near(0.1 / std::sqrt(5.0), 1e-12));
  CHECK(curves[1]["bandwidth"][0].get<double>() == near(0.1 * std::sqrt(3.0 / 5), 1e-12));
  CHECK(curves[2]["bandwidth"][0].get<double>() == near(0.1 * std::log(10.0), 1e-12));
  CHECK(curves[3]["bandwidth"][0].get<double>() == near(0.1 * 0.1 * std::log(10.0), 1e-12));
  // ln and log10 are the same distance in other units.
  CHECK(curves[2]["mu"][0].get<double>() == near(study["reference"]["mu"].get<double>(), 1e-12));
  // Smoothing in the values themselves is not.
  CHECK(std::abs(curves[3]["difference"][0].get<double>()) > 0);

  // Each is what the card with such a kernel predicts.
  const struct {
    std::size_t curve;
    const char* shape;
    const char* distance;
    bool flatten;
  } kernels[] = {{0, "gaussian", "log10", true},
                 {1, "top-hat", "log10", true},
                 {3, "epanechnikov", "linear", true},
                 {4, "epanechnikov", "log10", false}};
  for (const auto& kernel : kernels) {
    CAPTURE(kernel.curve);
    const auto changed = heavy_with([&](Json& factor) {
      factor["shape"] = kernel.shape;
      factor["axes"][0]["distance"] = kernel.distance;
      factor["axes"][0]["bandwidth"] = curves[kernel.curve]["bandwidth"][1];
      // Weights are divided by the density of the events per unit of the distance, which is even in log10.
      if (kernel.distance == std::string("linear")) factor["sampling_density"] = "1/(event.mN*2.302585092994046)";
      if (!kernel.flatten) factor.erase("flatten");
    });
    const Json rate = changed->rate(Json::object());
    CHECK(curves[kernel.curve]["mu"][1].get<double>() == near(rate["mu"].get<double>(), 1e-4));
    CHECK(curves[kernel.curve]["mu_mc_error"][1].get<double>() == near(rate["mu_mc_error"].get<double>(), 1e-3));
  }
}

TEST_CASE("a study of the kernel says what it cannot do") {
  const auto refusal = [](const Json& request) {
    return testing::error_of([&] { heavy_analysis().kernel_study(request); });
  };
  CHECK(refusal({{"on", "mZ"}, {"count", 4}}).find("on") != std::string::npos);
  CHECK(refusal({{"on", "mN"}, {"count", 1}}).find("count") != std::string::npos);
  CHECK(refusal({{"on", "mN"}, {"count", 3}, {"low", 0.3}, {"high", 0.1}}).find("low < high") != std::string::npos);
  CHECK(refusal({{"on", "mN"}, {"count", 3}, {"kernels", {{{"shape", "cosine"}}}}}).find("top-hat") !=
        std::string::npos);
  CHECK(refusal({{"on", "mN"}, {"count", 3}, {"kernels", Json::array()}}).find("1 to 12") != std::string::npos);
  const auto without = testing::open_built_in("microboone-kdar-scalar");
  CHECK(testing::error_of([&] {
          without->kernel_study({{"on", "mS"}, {"count", 3}});
        }).find("kernel") != std::string::npos);
}

TEST_CASE("tabulated rates are interpolated by cubics in the logarithms, and go on as straight lines") {
  const std::vector<double> mN = {0.1, 0.13, 0.2, 0.24, 0.31}, mZ = {1, 2, 3.5, 7};
  const auto log_rate = [](double m, double z) {
    const double x = std::log(m), y = std::log(z);
    return 1 + 2 * x - 0.7 * x * x + 0.3 * x * x * x + x * y - 0.4 * y * y * y;
  };
  Json rates = Json::array();
  for (const double m : mN) {
    Json row = Json::array();
    for (const double z : mZ) row.push_back(std::exp(log_rate(m, z)));
    rates.push_back(std::move(row));
  }
  EventTable table;
  table.metadata["maps"] = Json{{"mN", mN}, {"mZ", mZ}, {"rate", rates}}.dump();
  const RateTable tabulated({"rate", {}, {{"mN", "mN"}, {"mZ", "mZ"}}, {"/rate"}}, table, "t");
  const auto at = [&](double m, double z) {
    return tabulated.log_rate(0, {tabulated.place(0, m), tabulated.place(1, z)});
  };
  for (const double m : {0.1, 0.11, 0.15, 0.22, 0.3})
    for (const double z : {1.0, 1.3, 2.7, 6.0}) CHECK(at(m, z) == near(log_rate(m, z), 1e-5));
  // Beyond the first axis the last straight line, beyond the second its end.
  const double slope = (log_rate(0.31, 2) - log_rate(0.24, 2)) / std::log(0.31 / 0.24);
  CHECK(at(0.5, 2) == near(log_rate(0.31, 2) + slope * std::log(0.5 / 0.31), 1e-5));
  CHECK(at(0.15, 20) == near(log_rate(0.15, 7), 1e-5));
}
