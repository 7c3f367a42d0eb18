// The expression language of cards.
#include <cmath>
#include <map>

#include "core/card/expression.hpp"
#include "support.hpp"

using anyslice::Expression;
using anyslice::Table1d;
using anyslice::testing::error_of;
using anyslice::testing::near;

namespace {

double evaluate(const std::string& text, const std::map<std::string, double>& names = {}) {
  auto expression = Expression::parse(text, "card.json", "derived.x.expression");
  std::vector<double> slots;
  static const Table1d table{{1, 2, 4}, {10, 20, 10}, Table1d::Interpolation::linear};
  expression.bind(
      [&](const std::string& name) {
        slots.push_back(names.at(name));
        return slots.size() - 1;
      },
      [&](const std::string&) { return &table; });
  return expression.evaluate(slots);
}

}  // namespace

TEST_CASE("expressions follow the usual precedence") {
  CHECK(evaluate("1 + 2 * 3") == 7);
  CHECK(evaluate("(1 + 2) * 3") == 9);
  CHECK(evaluate("2 ^ 3 ^ 2") == 512);
  CHECK(evaluate("-2 ^ 2") == -4);
  CHECK(evaluate("2 ^ -1") == 0.5);
  CHECK(evaluate("8 / 4 / 2") == 1);
  CHECK(evaluate("8 - 4 - 2") == 2);
  CHECK(evaluate("1 < 2 && 2 < 1 || 1") == 1);
  CHECK(evaluate("!0 + 1") == 2);
  CHECK(evaluate("1 < 2 ? 3 : 4 < 5 ? 6 : 7") == 3);
  CHECK(evaluate("0 ? 3 : 0 ? 6 : 7") == 7);
  CHECK(evaluate("3 != 3") == 0);
  CHECK(evaluate("1.5e-3*2") == 3e-3);
  CHECK(evaluate("x*y - x", {{"x", 3}, {"y", 5}}) == 12);
}

TEST_CASE("whole powers are those of the standard library, for single points and for many") {
  for (const double exponent : {-2, -1, 0, 1, 2, 3, 4, 5, 6}) {
    const std::string text = "x ^ (" + std::to_string(static_cast<int>(exponent)) + ")";
    auto expression = Expression::parse(text, "card.json", "derived.x.expression");
    expression.bind([](const std::string&) { return std::size_t{0}; }, [](const std::string&) { return nullptr; });
    const std::vector<double> bases = {-3.7, -0.3, 0.013, 1.1, 2.9, 71.3};
    const double* const column = bases.data();
    std::vector<double> values(bases.size());
    const std::vector<double> slots = {0};
    expression.evaluate_points(slots, std::span(&column, 1), values);
    for (std::size_t i = 0; i < bases.size(); ++i) {
      CAPTURE(exponent);
      CAPTURE(bases[i]);
      CHECK(evaluate("x ^ y", {{"x", bases[i]}, {"y", exponent}}) == near(std::pow(bases[i], exponent), 1e-15));
      CHECK(values[i] == near(std::pow(bases[i], exponent), 1e-15));
    }
  }
}

TEST_CASE("functions of expressions are those of the standard library") {
  CHECK(evaluate("exp(log(2)) + sqrt(9) + pow(2, 10)") == doctest::Approx(1029));
  CHECK(evaluate("min(2, 3) + max(2, 3) + abs(-4)") == 9);
  CHECK(evaluate("expm1(1e-12)") == std::expm1(1e-12));
  CHECK(evaluate("log1p(1e-12)") == std::log1p(1e-12));
  CHECK(evaluate("2*pi") == doctest::Approx(6.283185307179586));
}

TEST_CASE("tabulated functions interpolate and do not extrapolate") {
  CHECK(evaluate("f(1.5)") == 15);
  CHECK(evaluate("f(3)") == 15);
  CHECK(evaluate("f(4)") == 10);
  CHECK(std::isnan(evaluate("f(0.99)")));
  CHECK(std::isnan(evaluate("f(4.01)")));
  // What has no value does not get one by being compared or chosen by.
  CHECK(std::isnan(evaluate("max(0, f(0.5))")));
  CHECK(std::isnan(evaluate("min(1, f(0.5))")));
  CHECK(std::isnan(evaluate("f(0.5) > 0 ? 1 : 2")));
  CHECK(std::isnan(evaluate("f(0.5) && 1")));
  CHECK(std::isnan(evaluate("!f(0.5)")));
  CHECK(evaluate("1 ? 3 : f(0.5)") == 3);
  const Table1d log_table{{1, 100}, {1, 10000}, Table1d::Interpolation::log};
  CHECK(log_table(10) == doctest::Approx(100));
}

TEST_CASE("a syntax error names field, position and what was expected") {
  const std::map<std::string, std::string> cases = {{"1 +", "expected a number, a name or '(' at character 4"},
                                                    {"(1 + 2", "expected ')' at character 7"},
                                                    {"1 2", "expected an operator or the end at character 3"},
                                                    {"pow(1)", "','"},
                                                    {"exp + 1", "'(' after the function exp"},
                                                    {"a ? b", "':'"},
                                                    {"0x10", "expected a number"},
                                                    {"1e999", "range of double precision"},
                                                    {"", "the end"},
                                                    {"1 $ 2", "'$ 2'"}};
  for (const auto& item : cases) {
    const std::string message = error_of([&] { Expression::parse(item.first, "card.json", "derived.x.expression"); });
    CAPTURE(item.first);
    CHECK(message.find("card.json: derived.x.expression: expected") == 0);
    CHECK(message.find(item.second) != std::string::npos);
  }
  CHECK(error_of([] { Expression::parse(std::string(100000, '('), "card.json", "f"); }).find("nested") !=
        std::string::npos);
  CHECK(error_of([] { Expression::parse(std::string(100000, '-'), "card.json", "f"); }).find("nested") !=
        std::string::npos);
  CHECK(error_of([] { Expression::parse(std::string(100000, '1') + "$", "card.json", "f"); }).size() < 200);
}
