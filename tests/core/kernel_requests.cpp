// Kernels as they are asked about and flattened: scans of the bandwidth, tabulated rates and how they are interpolated.
#include <cmath>

#include "core/base/sha256.hpp"
#include "core/reweight/rate_table.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// The heavy ND280 analysis with a table of few events.
api::Analysis& heavy_analysis() {
  static const std::unique_ptr<api::Analysis> analysis = [] {
    const auto recipe = testing::built_in_recipe("nd280-heavy", [](Json& document) {
      document["events"] = 200000;
      document["pilot_events"] = 50000;
      document["roulette"]["rows"] = 10000;
      document["maps"] = {{"mN_bins_per_decade", 4}, {"points", 128}, {"mZ_GeV", {1.25, 10}}};
    });
    const auto bytes = write_table(generate::generate(recipe, generate::Shard::whole(recipe)), "heavy");
    Json card = testing::repository_json("data/analyses/nd280-dark-neutrino-heavy.json");
    card["tables"]["events"]["sha256"] = sha256_hex(bytes);
    const std::string path = "/cards/heavy.json";
    auto made = std::make_unique<api::Analysis>(CardDocuments{{path, card.dump()}}, path);
    made->attach_table("events", bytes, "heavy");
    return made;
  }();
  return *analysis;
}

}  // namespace

TEST_CASE("a scan of the bandwidth has the predictions of each, and knows how far two of them may differ by chance") {
  const Json scan = heavy_analysis().bandwidth_scan({{"parameter", "mN"}, {"count", 4}, {"low", 0.05}, {"high", 0.2}});
  CHECK(scan["distance"] == "log10");
  CHECK(scan["default"] == 0.1);
  CHECK(scan["reference"] == 0.1);
  REQUIRE(scan["bandwidth"].size() == 4);
  const double here = heavy_analysis().rate(Json::object())["mu"];
  for (std::size_t i = 0; i < 4; ++i) {
    const Json rate = heavy_analysis().rate({{"bandwidth", {{"mN", scan["bandwidth"][i]}}}});
    const double mu = scan["mu"][i], error = scan["mu_mc_error"][i], change = scan["difference"][i],
                 of_change = scan["difference_mc_error"][i];
    CHECK(mu == near(rate["mu"].get<double>(), 1e-4));
    CHECK(error == near(rate["mu_mc_error"].get<double>(), 1e-3));
    CHECK(scan["effective_events"][i].get<double>() == near(rate["effective_events"].get<double>(), 1e-3));
    CHECK(change == near(mu - here, 1e-3 * here / std::abs(mu - here)));
    // Errors are lengths of vectors of weights, but for a term of the size of 1 / events.
    const double reference = heavy_analysis().rate(Json::object())["mu_mc_error"];
    CHECK(of_change < (error + reference) * 1.001);
    CHECK(of_change > std::abs(error - reference) * 0.999);
  }
  // From the bandwidth in force, which the request may change, a prediction does not differ.
  const Json wide = heavy_analysis().bandwidth_scan(
      {{"parameter", "mN"}, {"count", 2}, {"low", 0.15}, {"high", 0.2}, {"bandwidth", {{"mN", 0.15}}}});
  CHECK(wide["reference"] == 0.15);
  CHECK(wide["difference"][0] == 0);
  CHECK(wide["difference_mc_error"][0] == 0);
  CHECK(wide["difference_mc_error"][1] > 0);
}

TEST_CASE("a scan of the bandwidth says what it cannot do") {
  const auto refusal = [](const Json& request) {
    return testing::error_of([&] { heavy_analysis().bandwidth_scan(request); });
  };
  CHECK(refusal({{"parameter", "mZ"}, {"count", 4}}).find("parameter") != std::string::npos);
  CHECK(refusal({{"parameter", "mN"}, {"count", 1}}).find("count") != std::string::npos);
  CHECK(refusal({{"parameter", "mN"}, {"count", 3}, {"low", 0.3}, {"high", 0.1}}).find("low < high") !=
        std::string::npos);
  const auto without = testing::open_built_in("microboone-kdar-scalar");
  CHECK(testing::error_of([&] {
          without->bandwidth_scan({{"parameter", "mS"}, {"count", 3}});
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
