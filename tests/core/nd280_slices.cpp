// The ND280 cards on a small table of their own recipes: factors against sums written by hand, the fast path against
// the plain sum, planes and contours.
#include <cmath>

#include "core/random/counter_random.hpp"
#include "core/reweight/reweighter.hpp"
#include "core/slice/plane.hpp"
#include "core/slice/scan.hpp"
#include "support.hpp"

using namespace anyslice;
using testing::near;

namespace {

/// An ND280 analysis with a table of fewer events than the shipped one.
struct SmallAnalysis {
  std::shared_ptr<const EventTable> table;
  Model model;
  Reweighter reweighter;

  static Card card(const std::string& name) {
    const std::string path = "/cards/nd280-dark-neutrino-" + name + ".json";
    return read_card({{path, testing::repository_file("data/analyses/nd280-dark-neutrino-" + name + ".json")}}, path);
  }
  static std::shared_ptr<const EventTable> make_table(const std::string& name) {
    const auto recipe = testing::built_in_recipe("nd280-" + name, [](Json& document) {
      document["events"] = 300000;
      document["pilot_events"] = 100000;
      document["roulette"]["rows"] = 20000;
      document["maps"]["mN_bins_per_decade"] = 6;
      document["maps"]["points"] = 512;
    });
    const auto bytes = write_table(generate::generate(recipe, generate::Shard::whole(recipe)), name);
    return std::make_shared<const EventTable>(read_table(bytes, name));
  }
  explicit SmallAnalysis(const std::string& name)
      : table(make_table(name)), model(card(name)), reweighter(model, table, name) {}
};

const SmallAnalysis& heavy() {
  static const SmallAnalysis analysis("heavy");
  return analysis;
}
const SmallAnalysis& light() {
  static const SmallAnalysis analysis("light");
  return analysis;
}

double power_between(CounterRandom& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

}  // namespace

TEST_CASE("a prediction of the heavy card is the sum over events written by hand") {
  // Flattened rates cancel where all rows of a group have one, so the sum by hand leaves them out and so does the card.
  Card card = SmallAnalysis::card("heavy");
  for (auto& factor : card.weight) factor.flatten.clear();
  const Model model(std::move(card));
  const Reweighter reweighter(model, heavy().table, "heavy");
  const double mN = 0.12, mZ = 0.9, epsilon = 0.01, alphaD = 0.3, mixing = 1e-6, VN2 = 0.5;
  const auto slots = model.slots_at(
      {{"mN", mN}, {"mZ", mZ}, {"epsilon", epsilon}, {"alphaD", alphaD}, {"UmuN2", mixing}, {"VN2", VN2}}, {}, "t");
  const double alpha = 1 / 137.03599908, pi = std::acos(-1), x = mN * mN / mZ / mZ;
  const double L = 12 / std::pow(x, 4) * (x - x * x / 2 - std::pow(x, 3) / 6 + (1 - x) * std::log1p(-x));
  const double width = alpha * alphaD * epsilon * epsilon * VN2 * std::pow(mN, 5) / (48 * pi * std::pow(mZ, 4)) * L;
  const double ctau0 = 0.1973269804e-13 / width;
  CHECK(slots[model.slot("ctau0")] == near(ctau0, 1e-6));
  const auto column = [&](const char* name) -> const std::vector<double>& {
    return heavy().table->column(name, "t").values;
  };
  const auto& labels = heavy().table->column("element", "t").labels;
  double sums[2] = {0, 0}, squares[2] = {0, 0};
  for (std::size_t row = 0; row < heavy().table->rows; ++row) {
    const double u = std::log10(mN / column("mN")[row]) / 0.1;
    if (std::abs(u) >= 1 || column("pass_printed")[row] == 0) continue;
    if (labels[static_cast<std::size_t>(column("element")[row])] == "H") continue;
    const double y = std::pow(column("pair_mass_over_mN")[row], 2), lambda = ctau0 * column("momentum")[row] / mN;
    double probability = 0;
    for (const char* segment : {"1", "2", "3"}) {
      const double entry = column((std::string("entry_") + segment).c_str())[row];
      const double length = column((std::string("length_") + segment).c_str())[row];
      probability += std::exp(-entry / lambda) - std::exp(-(entry + length) / lambda);
    }
    const bool is_rhc = column("beam")[row] != 0;
    const double weight = column("weight")[row] * mixing * alphaD * 4 * pi * alpha * epsilon * epsilon * 0.1 *
                          (is_rhc ? 0.629 : 1.234) * 0.75 / 0.1 * (1 - u * u) / L /
                          std::pow((column("Q2")[row] + mZ * mZ) * (1 - x * y), 2) * probability;
    sums[is_rhc] += weight, squares[is_rhc] += weight * weight;
  }
  for (const Prediction& found : {reweighter.plain_sum(slots), reweighter.predict(slots)}) {
    REQUIRE(found.bins.size() == 2);
    for (int beam = 0; beam < 2; ++beam) {
      CHECK(found.bins[static_cast<std::size_t>(beam)].sum == near(sums[beam], 1e-5));
      CHECK(found.bins[static_cast<std::size_t>(beam)].sum_of_squares == near(squares[beam], 1e-5));
    }
  }
}

TEST_CASE("the fast path of the ND280 cards keeps its contract of 1e-4 with the plain sum") {
  double worst = 0, worst_squares = 0;
  int compared = 0;
  const auto compare = [&](const Prediction& fast, const Prediction& plain) {
    for (std::size_t bin = 0; bin < plain.bins.size(); ++bin) {
      if (plain.bins[bin].sum < 1e-20) {
        CHECK(fast.bins[bin].sum < 1.1e-20);
        continue;
      }
      worst = std::max(worst, std::abs(fast.bins[bin].sum / plain.bins[bin].sum - 1));
      worst_squares =
          std::max(worst_squares, std::abs(fast.bins[bin].sum_of_squares / plain.bins[bin].sum_of_squares - 1));
      ++compared;
    }
  };
  SUBCASE("at random points, one by one") {
    for (std::uint64_t i = 0; i < 500; ++i) {
      CounterRandom random(11, i);
      const double mN = power_between(random, 0.005, 1);
      const Point heavy_point = {{"mN", mN},
                                 {"mZ", power_between(random, std::max(1.01 * mN, 0.02), 10)},
                                 {"epsilon", power_between(random, 1e-5, 0.1)},
                                 {"VN2", power_between(random, 1e-6, 1)}};
      const auto heavy_slots = heavy().model.slots_at(heavy_point, {}, "t");
      compare(heavy().reweighter.predict(heavy_slots), heavy().reweighter.plain_sum(heavy_slots));
      const double other = power_between(random, 0.01, 1);
      const Point light_point = {{"mN", other},
                                 {"mZ", power_between(random, 0.005, 0.99 * other)},
                                 {"UmuN2", power_between(random, 1e-10, 1e-4)}};
      const auto light_slots = light().model.slots_at(light_point, {}, "t");
      compare(light().reweighter.predict(light_slots), light().reweighter.plain_sum(light_slots));
    }
  }
  SUBCASE("on planes, where it interpolates in the lifetime and in the mass of the mediator") {
    const auto on_plane = [&](const SmallAnalysis& analysis, const char* x, double x0, double x1, const char* y,
                              double y0, double y1, Point others = {}) {
      std::vector<std::vector<double>> points;
      for (int i = 0; i < 40; ++i) {
        for (int j = 0; j < 40; ++j) {
          others[x] = x0 * std::pow(x1 / x0, i / 39.0);
          others[y] = y0 * std::pow(y1 / y0, j / 39.0);
          points.push_back(analysis.model.slots_at(others, {}, "t"));
        }
      }
      const auto fast = analysis.reweighter.predict_many(points);
      for (std::uint64_t i = 0; i < 150; ++i) {
        CounterRandom random(12, i);
        const auto at = static_cast<std::size_t>(random.uniform() * static_cast<double>(points.size()));
        REQUIRE(fast[at].exists);
        compare(fast[at], analysis.reweighter.plain_sum(points[at]));
      }
    };
    on_plane(heavy(), "mZ", 0.13, 10, "epsilon", 1e-5, 0.1);
    // Close to where the mediator goes on its mass shell in the decay, and long lifetimes.
    on_plane(heavy(), "mZ", 0.13, 10, "VN2", 3e-7, 1, {{"mN", 0.129}});
    on_plane(heavy(), "mN", 0.005, 1, "UmuN2", 1e-11, 1);
    on_plane(heavy(), "mN", 0.01, 0.3, "mZ", 0.31, 8);
    on_plane(light(), "mZ", 0.005, 0.095, "epsilon", 1e-6, 1e-2);
    on_plane(light(), "mN", 0.04, 1, "UmuN2", 1e-10, 1e-4);
  }
  MESSAGE("compared " << compared << " sums: worst " << worst << ", of squares " << worst_squares);
  CHECK(compared > 500);
  CHECK(worst < 1e-4);
  CHECK(worst_squares < 1e-4);
}

TEST_CASE("a preview is close to what replaces it, and nothing of it stays") {
  const auto compare = [](const SmallAnalysis& analysis, const std::string& y, double low, double high, Point others) {
    std::vector<std::vector<double>> points;
    for (int i = 0; i < 25; ++i) {
      others["mZ"] = 0.16 * std::pow(10 / 0.16, i / 24.0);
      for (int j = 0; j < 25; ++j) {
        others[y] = low * std::pow(high / low, j / 24.0);
        points.push_back(analysis.model.slots_at(others, {}, "t"));
      }
    }
    const PointSlots slots(points);
    const Reweighter reweighter(analysis.model, analysis.table, "t"), fresh(analysis.model, analysis.table, "t");
    const Predictions preview = reweighter.predict_many(slots, {}, {}, Accuracy::preview);
    const Predictions full = reweighter.predict_many(slots), expected = fresh.predict_many(slots);
    for (std::size_t i = 0; i < points.size(); ++i) {
      REQUIRE(preview.exists(i));
      for (std::size_t bin = 0; bin < expected.bins(i).size(); ++bin) {
        const WeightedSum &wanted = expected.bins(i)[bin], &seen = preview.bins(i)[bin];
        if (wanted.sum < 1e-20) continue;
        CHECK(seen.sum == near(wanted.sum, 5e-3));
        CHECK(seen.sum_of_squares == near(wanted.sum_of_squares, 1e-2));
        CHECK(full.bins(i)[bin].sum == near(wanted.sum, 3e-5));
        CHECK(full.bins(i)[bin].sum_of_squares == near(wanted.sum_of_squares, 1e-4));
      }
    }
  };
  compare(heavy(), "epsilon", 1e-5, 0.1, {{"mN", 0.1}});
  compare(heavy(), "VN2", 3e-7, 1, {{"mN", 0.155}});
}

TEST_CASE("a prediction does not depend on which windows of the kernel were needed before") {
  // Apart, overlapping from above and from below, and within what is there.
  const std::vector<double> masses = {0.1, 0.5, 0.56, 0.44, 0.48, 0.02, 0.1};
  for (const SmallAnalysis* analysis : {&heavy(), &light()}) {
    const Reweighter moving(analysis->model, analysis->table, "t");
    for (const double mN : masses) {
      const auto slots =
          analysis->model.slots_at({{"mN", mN}, {"mZ", analysis == &heavy() ? 1.25 : 0.4 * mN}}, {}, "t");
      const Reweighter fresh(analysis->model, analysis->table, "t");
      const Prediction found = moving.predict(slots), expected = fresh.predict(slots);
      const Prediction plain = moving.plain_sum(slots), expected_plain = fresh.plain_sum(slots);
      REQUIRE(expected.total().sum > 0);
      for (std::size_t bin = 0; bin < expected.bins.size(); ++bin) {
        CHECK(found.bins[bin].sum == expected.bins[bin].sum);
        CHECK(found.bins[bin].sum_of_squares == expected.bins[bin].sum_of_squares);
        CHECK(plain.bins[bin].sum == expected_plain.bins[bin].sum);
      }
    }
  }
}

TEST_CASE("a point that was known takes another lifetime after the kernel's window has been elsewhere") {
  const Reweighter moving(heavy().model, heavy().table, "t");
  const auto slots = [&](double mN, double epsilon) {
    return heavy().model.slots_at({{"mN", mN}, {"mZ", 1.25}, {"epsilon", epsilon}}, {}, "t");
  };
  // One point at a time, and several, known and unknown, together.
  moving.predict(slots(0.1, 1e-3));
  moving.predict(slots(0.5, 1e-3));
  const auto check = [&](const Prediction& found, const std::vector<double>& at) {
    const Prediction expected = Reweighter(heavy().model, heavy().table, "t").predict(at);
    REQUIRE(expected.total().sum > 0);
    for (std::size_t bin = 0; bin < expected.bins.size(); ++bin) {
      CHECK(found.bins[bin].sum == near(expected.bins[bin].sum, 1e-5));
    }
  };
  check(moving.predict(slots(0.1, 3e-3)), slots(0.1, 3e-3));
  const std::vector<std::vector<double>> points = {slots(0.5, 5e-3), slots(0.02, 1e-3), slots(0.1, 7e-3),
                                                   slots(0.9, 1e-3)};
  const auto together = moving.predict_many(points);
  for (std::size_t i = 0; i < points.size(); ++i) check(together[i], points[i]);
}

TEST_CASE("quantities at many points are exactly those of each, and equal points are found") {
  const Model& model = light().model;
  const std::size_t mN = model.slot("mN"), mZ = model.slot("mZ"), mixing = model.slot("UmuN2"), VN2 = model.slot("VN2");
  std::vector<double> column_mN, column_mZ, column_mixing, column_VN2;
  for (std::uint64_t i = 0; i < 700; ++i) {
    CounterRandom random(13, i);
    column_mN.push_back(power_between(random, 0.01, 1));
    column_mZ.push_back(power_between(random, 0.005, 1.1 * column_mN.back()));  // beyond mN there is no width
    column_mixing.push_back(i % 7 == 0 ? 2e-9 : power_between(random, 1e-10, 1));
    column_VN2.push_back(i % 2 == 0 ? 1e-5 : std::nan(""));  // or as UmuN2, its lower bound
  }
  PointSlots points(model.initial_slots({}, "t"), column_mN.size());
  points.set(mN, column_mN);
  points.set(mZ, column_mZ);
  points.set(mixing, column_mixing);
  points.set(VN2, column_VN2);
  model.evaluate_derived(points);
  const std::vector<char> are_inside = model.are_within_bounds(points);
  int without_width = 0, outside = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> slots = model.initial_slots({}, "t");
    slots[mN] = column_mN[i], slots[mZ] = column_mZ[i], slots[mixing] = column_mixing[i];
    slots[VN2] = column_VN2[i];
    model.evaluate_derived(slots);
    const std::vector<double> found = points.point(i);
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      CHECK((found[slot] == slots[slot] || (std::isnan(found[slot]) && std::isnan(slots[slot]))));
    }
    CHECK((are_inside[i] != 0) == (model.out_of_bounds(slots) == nullptr));
    without_width += std::isnan(slots[model.slot("width_N")]) ? 1 : 0;
    outside += are_inside[i] == 0 ? 1 : 0;
  }
  CHECK(without_width > 0);
  CHECK(outside > 100);
  const std::vector<std::size_t> slots = {mixing};
  const DistinctPoints distinct(points, slots);
  CHECK(distinct.count() == 601);
  CHECK(distinct.of(7) == distinct.of(0));
  CHECK(distinct.first(distinct.of(699)) == 699);
}

TEST_CASE("parts add up to the whole, and a bandwidth can be chosen") {
  const Model& model = heavy().model;
  const Reweighter& reweighter = heavy().reweighter;
  const auto slots = model.slots_at({}, {}, "t");
  const double whole = reweighter.predict(slots).total().sum;
  double sum = 0;
  for (const char* part : {"P0D", "argon", "FGD"}) sum += reweighter.predict(slots, {{}, part}).total().sum;
  CHECK(sum == near(whole, 1e-4));
  const auto wide = reweighter.predict(slots, {{{"mN", 0.2}}, ""}).total();
  CHECK(wide.sum != near(whole, 1e-6));
  CHECK(wide.effective_events() > reweighter.predict(slots).total().effective_events());
  CHECK(testing::error_of([&] {
          reweighter.predict(slots, {{}, "roof"});
        }).find("expected P0D, argon or FGD") != std::string::npos);
  CHECK(testing::error_of([&] {
          reweighter.predict(slots, {{{"mZ", 0.2}}, ""});
        }).find("bandwidth.mZ") != std::string::npos);
}

TEST_CASE("a distribution adds up to the prediction, bin by bin of a sum by hand") {
  const Model& model = heavy().model;
  const auto slots = model.slots_at({}, {}, "t");
  const auto& observables = model.card().observables;
  REQUIRE_FALSE(observables.empty());
  const std::vector<double> edges = {0.1, 0.5, 1, 3, 30};
  for (const auto& observable : observables) {
    if (observable.name != "neutrino-energy") continue;
    const auto both = heavy().reweighter.distribution(slots, *observable.expression, edges, {true, true});
    const auto first = heavy().reweighter.distribution(slots, *observable.expression, edges, {true, false});
    double sum = 0, of_first = 0;
    for (const auto& bin : both) sum += bin.sum;
    for (const auto& bin : first) of_first += bin.sum;
    const auto prediction = heavy().reweighter.predict(slots);
    CHECK(sum == near(prediction.total().sum, 1e-5));
    CHECK(of_first == near(prediction.bins[0].sum, 1e-5));
    CHECK(both.back().sum == 0);  // the flux ends within the axis
    CHECK(both[2].sum > both[0].sum);
  }
}

TEST_CASE("a plane refuses what makes no sense") {
  const auto message = [&](const std::function<void(PlaneRequest&)>& change) {
    PlaneRequest request;
    request.x.parameter = "mZ";
    request.y.parameter = "epsilon";
    change(request);
    return testing::error_of([&] { Plane(heavy().model, heavy().reweighter, request); });
  };
  CHECK(message([](PlaneRequest& r) { r.y.parameter = "mZ"; }) ==
        "request: y: expected another parameter than the x axis has");
  CHECK(message([](PlaneRequest& r) {
          r.x.range = {10, 1};
        }).find("x.range: expected a lower end below") != std::string::npos);
  CHECK(message([](PlaneRequest& r) {
          r.x.range = {1, 100};
        }).find("x.range: expected a range within") != std::string::npos);
  CHECK(message([](PlaneRequest& r) { r.x.range = {1, std::nan("")}; }).find("x.range") != std::string::npos);
  CHECK(message([](PlaneRequest& r) { r.x.parameter = "mass"; }).find("x: expected a parameter of") !=
        std::string::npos);
  CHECK(message([](PlaneRequest& r) {
          r.fixed = {{"VN2", 2}};
        }).find("VN2: expected a value from") != std::string::npos);
  CHECK(message([](PlaneRequest& r) {
          r.profile = "mZ";
        }).find("profile: expected a parameter that is not on an axis") != std::string::npos);
}

TEST_CASE("a contour lies where the likelihood has the level, and profiling only takes away from it") {
  PlaneRequest request;
  request.x = {"mZ", std::pair(0.2, 9.0)};
  request.y = {"epsilon", std::pair(1e-5, 0.1)};
  const Plane plane(heavy().model, heavy().reweighter, request);
  const BestPoint best = plane.best();
  CHECK(best.without_signal);
  ContourOptions options;
  options.cells = 24;
  options.halvings = 1;
  const Contours contours = plane.contour(best, 2.302585, options);
  REQUIRE_FALSE(contours.rings.empty());
  for (const auto& ring : contours.rings) {
    CHECK(ring.front().u == ring.back().u);
    CHECK(ring.front().v == ring.back().v);
  }
  double worst = 0;
  for (const auto& edge : contours.edges) {
    const auto points = plane.at(edge);
    for (const auto& point : points) {
      if (point.status != SlicePoint::Status::known) continue;
      worst = std::max(worst, std::abs(point.minus_log_likelihood - best.minus_log_likelihood - 2.302585));
    }
  }
  CHECK(worst < 0.05);

  request.profile = "VN2";
  const Plane profiled(heavy().model, heavy().reweighter, request);
  for (double u = 0.05; u < 1; u += 0.1) {
    for (double v = 0.05; v < 1; v += 0.1) {
      const UnitPoint place{u, v};
      const auto fixed = plane.at({&place, 1}).front(), lowest = profiled.at({&place, 1}).front();
      CHECK(lowest.minus_log_likelihood <= fixed.minus_log_likelihood + 1e-6);
    }
  }
}

TEST_CASE("a coarse contour finds the best point closely enough for its level") {
  PlaneRequest request;
  request.x = {"mN", std::pair(0.0358, 1.0)};
  request.y = {"UmuN2", std::pair(1e-10, 1e-4)};
  request.likelihood.channels = {"analysis-II"};
  const auto difference = [&request](const Model& model, const Reweighter& reweighter) {
    request.accuracy = Accuracy::full;
    const double close = Plane(model, reweighter, request).best().minus_log_likelihood;
    request.accuracy = Accuracy::preview;
    return std::abs(Plane(model, reweighter, request).best({}, 16).minus_log_likelihood - close);
  };
  for (const double mZ : {0.015, 0.03}) {
    request.fixed = {{"mZ", mZ}, {"epsilon", 1.6555e-4}};
    // Of a level of 2.3, and in a field that rises by more than that within a hundredth of the axis.
    CHECK(difference(light().model, light().reweighter) < 0.05);
  }
  // With an excess the best point lies in the plane, not where there is no signal.
  Card card = SmallAnalysis::card("light");
  for (auto& bin : card.bins) {
    if (bin.name == "FHC") bin.observed = 6;
    if (bin.name == "RHC") bin.observed = 3;
    if (bin.name == "FHC 0-10 MeV") bin.observed += 200;
  }
  const Model model(std::move(card));
  const Reweighter reweighter(model, light().table, "light");
  request.x = {"mZ", std::pair(0.005, 0.095)};
  request.likelihood.channels = {};
  request.fixed = {{"mN", 0.1}, {"epsilon", 1.6555e-4}};
  CHECK_FALSE(Plane(model, reweighter, request).best().without_signal);
  const double with_excess = difference(model, reweighter);
  MESSAGE("with an excess, off by " << with_excess);
  CHECK(with_excess < 0.3);
}

TEST_CASE("what lies outside physical bounds is refused, and no part of a plane") {
  const Model& model = heavy().model;
  CHECK(testing::error_of([&] {
          model.slots_at({{"UmuN2", 0.1}, {"VN2", 0.01}}, {}, "t");
        }) == "t: VN2: expected a value within its bounds at this point, 0.1 to 1, found 0.01");
  PlaneRequest request;
  request.x.parameter = "UmuN2";
  request.y.parameter = "VN2";
  const Plane plane(model, heavy().reweighter, request);
  const UnitPoint above{0.3, 0.9}, below{0.9, 0.3};
  CHECK(plane.at({&above, 1}).front().status == SlicePoint::Status::known);
  CHECK(plane.at({&below, 1}).front().status == SlicePoint::Status::outside);
}

TEST_CASE("a scan has the points of a plane, profiled or not, and names its gaps") {
  ScanRequest request;
  request.on = "mZ";
  request.count = 41;
  PlaneRequest plane_request;
  plane_request.x.parameter = "mZ";
  plane_request.y.parameter = "epsilon";
  for (const char* profile : {"", "VN2"}) {
    request.profile = plane_request.profile = profile;
    const Plane plane(heavy().model, heavy().reweighter, plane_request);
    request.fixed = {{"epsilon", plane.y_at(0.7)}};
    const Scan scan(heavy().model, heavy().reweighter, request);
    std::vector<UnitPoint> places;
    for (int i = 0; i < 41; ++i) places.push_back({i / 40.0, 0.7});
    const std::vector<SlicePoint> expected = plane.at(places);
    std::size_t known = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const ScanPoint& point = scan.points()[i];
      REQUIRE(point.found.status == expected[i].status);
      const bool in_gap = std::any_of(scan.gaps().begin(), scan.gaps().end(), [&](const ScanGap& gap) {
        return point.value >= gap.low && point.value <= gap.high;
      });
      CHECK(in_gap == (point.found.status != SlicePoint::Status::known));
      if (in_gap) continue;
      ++known;
      CHECK(point.found.minus_log_likelihood == near(expected[i].minus_log_likelihood, 1e-6));
    }
    CHECK(known > 10);
    // Below the mass of N the mediator is not heavy: the card has no prediction there, and says so.
    REQUIRE_FALSE(scan.gaps().empty());
    CHECK(scan.gaps().front().status == SlicePoint::Status::outside);
    CHECK(scan.gaps().front().low == heavy().model.card().find_parameter("mZ")->low);
    CHECK_FALSE(scan.gaps().front().reason.empty());
    CHECK(scan.best().without_signal);
    for (const bool above : {false, true}) {
      for (const auto& interval : scan.intervals(2.705543, above)) {
        CHECK(interval.low < interval.high);
        for (const auto& [end, at] : {std::pair(interval.low_end, interval.low), {interval.high_end, interval.high}}) {
          if (end == ScanInterval::End::crossing) CHECK(std::abs(scan.rise(scan.at(at).found) - 2.705543) < 1e-2);
        }
      }
    }
  }
}
