// Cards and tables of every released format version stay readable, with the numbers they always gave.
#include "support.hpp"

using namespace anyslice;
using testing::near;

TEST_CASE("version 1 of card and table") {
  const CardDocuments documents = {{"/v1/card.json", testing::repository_file("tests/fixtures/v1/card.json")}};
  const std::string table = testing::repository_file("tests/fixtures/v1/table.safetensors");
  api::Analysis analysis(documents, "/v1/card.json");
  CHECK(analysis.model().card().tables.front().url == "/v1/table.safetensors");
  CHECK(analysis.attach_table("events", {reinterpret_cast<const std::uint8_t*>(table.data()), table.size()}, "table") ==
        300);
  CHECK(analysis.rate(Json::object())["mu"].get<double>() == near(18.971899396360588, 1e-5));
  CHECK(analysis.rate({{"variant", "published"}})["mu"].get<double>() == near(2 * 18.971899396360588, 1e-5));
  const Json limit = analysis.limit({{"versus", {{"parameter", "lifetime"}, {"values", {1e-6}}}}});
  CHECK(limit["points"][0]["observed"].get<double>() == near(21830908.26646456, 1e-4));
}
