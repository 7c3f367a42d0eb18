// A recursive-descent parser and a stack evaluator for the expressions of cards.
#include "core/card/expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

#include "core/base/joined.hpp"
#include "core/card/expression_operations.hpp"

namespace anyslice {
namespace {

const std::map<std::string, std::pair<Operation, int>> kFunctions = {
    {"exp", {Operation::exp, 1}},   {"log", {Operation::log, 1}},     {"sqrt", {Operation::sqrt, 1}},
    {"pow", {Operation::power, 2}}, {"min", {Operation::min, 2}},     {"max", {Operation::max, 2}},
    {"abs", {Operation::abs, 1}},   {"expm1", {Operation::expm1, 1}}, {"log1p", {Operation::log1p, 1}}};
constexpr double kPi = 3.14159265358979323846;
constexpr int kDeepestNesting = 200;

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

}  // namespace

class ExpressionParser {
 public:
  ExpressionParser(const std::string& text, const std::string& source, const std::string& field)
      : text_(text), source_(source), field_(field) {}

  Expression run() {
    result_.text_ = text_;
    condition();
    skip_space();
    if (position_ != text_.size()) fail("an operator or the end");
    int depth = 0, deepest = 0;
    for (const auto& instruction : result_.instructions_) {
      depth += stack_change(instruction.operation);
      deepest = std::max(deepest, depth);
    }
    result_.depth_ = static_cast<std::size_t>(deepest);
    for (auto& instruction : result_.instructions_) {
      if (instruction.operation != Operation::column) continue;
      const auto place = result_.columns_.find(instruction.text);
      instruction.slot = static_cast<std::size_t>(std::distance(result_.columns_.begin(), place));
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    const std::string found =
        position_ < text_.size() ? "'" + text_.substr(position_, 12) + "'" : std::string("the end");
    // A long expression is quoted around the place that is wrong.
    constexpr std::size_t kShown = 60;
    const std::size_t from =
        text_.size() <= kShown ? 0 : std::min(position_ - std::min(position_, kShown / 2), text_.size() - kShown);
    const std::string quoted =
        (from > 0 ? "..." : "") + text_.substr(from, kShown) + (from + kShown < text_.size() ? "..." : "");
    throw InputError(source_, field_,
                     "expected " + expected + " at character " + std::to_string(position_ + 1) + " of \"" + quoted +
                         "\", found " + found);
  }

  void skip_space() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_]))) ++position_;
  }

  bool accept(const std::string& token) {
    skip_space();
    if (text_.compare(position_, token.size(), token) != 0) return false;
    position_ += token.size();
    return true;
  }

  void emit(Operation operation) { result_.instructions_.push_back({.operation = operation}); }

  void condition() {
    if (++nesting_ > kDeepestNesting) fail("a simpler expression: this one is nested too deeply");
    either();
    if (accept("?")) {
      condition();
      if (!accept(":")) fail("':'");
      condition();
      emit(Operation::select);
    }
    --nesting_;
  }

  void either() {
    both();
    while (accept("||")) both(), emit(Operation::logical_or);
  }

  void both() {
    comparison();
    while (accept("&&")) comparison(), emit(Operation::logical_and);
  }

  void comparison() {
    static const std::array<std::pair<const char*, Operation>, 6> operators = {{{"==", Operation::equal},
                                                                                {"!=", Operation::not_equal},
                                                                                {"<=", Operation::less_equal},
                                                                                {">=", Operation::greater_equal},
                                                                                {"<", Operation::less},
                                                                                {">", Operation::greater}}};
    sum();
    for (const auto& [token, operation] : operators) {
      if (accept(token)) {
        sum();
        emit(operation);
        return;
      }
    }
  }

  void sum() {
    product();
    while (true) {
      if (accept("+"))
        product(), emit(Operation::add);
      else if (accept("-"))
        product(), emit(Operation::subtract);
      else
        return;
    }
  }

  void product() {
    sign();
    while (true) {
      if (accept("*"))
        sign(), emit(Operation::multiply);
      else if (accept("/"))
        sign(), emit(Operation::divide);
      else
        return;
    }
  }

  void sign() {
    if (++nesting_ > kDeepestNesting) fail("a simpler expression: this one is nested too deeply");
    skip_space();
    if (accept("-"))
      sign(), emit(Operation::negate);
    else if (text_.compare(position_, 2, "!=") != 0 && accept("!"))
      sign(), emit(Operation::logical_not);
    else
      power();
    --nesting_;
  }

  void power() {
    value();
    if (accept("^")) sign(), emit(Operation::power);
  }

  void value() {
    skip_space();
    if (accept("(")) {
      condition();
      if (!accept(")")) fail("')'");
      return;
    }
    if (position_ < text_.size() && starts_name(text_[position_])) return name();
    if (position_ < text_.size() &&
        (std::isdigit(static_cast<unsigned char>(text_[position_])) || text_[position_] == '.')) {
      return number();
    }
    fail("a number, a name or '('");
  }

  void number() {
    // strtod also takes "0x1p3", "inf" and "nan", which are not part of the language.
    std::size_t end = position_;
    const auto digits = [&] {
      while (end < text_.size() && std::isdigit(static_cast<unsigned char>(text_[end]))) ++end;
    };
    digits();
    if (end < text_.size() && text_[end] == '.') ++end, digits();
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t exponent = end + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      if (exponent < text_.size() && std::isdigit(static_cast<unsigned char>(text_[exponent]))) {
        end = exponent;
        digits();
      }
    }
    const std::string token = text_.substr(position_, end - position_);
    if (token == "." || (end < text_.size() && continues_name(text_[end]))) fail("a number");
    const double parsed = std::strtod(token.c_str(), nullptr);
    if (!std::isfinite(parsed)) fail("a number in the range of double precision");
    position_ = end;
    result_.instructions_.push_back({.operation = Operation::number, .number = parsed});
  }

  void name() {
    const std::size_t start = position_;
    while (position_ < text_.size() && continues_name(text_[position_])) ++position_;
    const std::string word = text_.substr(start, position_ - start);
    if (word == "event" && position_ < text_.size() && text_[position_] == '.') return column();
    if (accept("(")) return call(word);
    if (word == "pi") {
      result_.instructions_.push_back({.operation = Operation::number, .number = kPi});
      return;
    }
    if (kFunctions.contains(word)) fail("'(' after the function " + word);
    result_.names_.insert(word);
    result_.instructions_.push_back({.operation = Operation::name, .text = word});
  }

  void column() {
    const std::size_t start = ++position_;
    while (position_ < text_.size() && continues_name(text_[position_])) ++position_;
    const std::string word = text_.substr(start, position_ - start);
    if (!is_valid_name(word)) fail("the name of a column after \"event.\"");
    result_.columns_.insert(word);
    result_.instructions_.push_back({.operation = Operation::column, .text = word});
  }

  void call(const std::string& word) {
    const auto built_in = kFunctions.find(word);
    const int arguments = built_in == kFunctions.end() ? 1 : built_in->second.second;
    for (int i = 0; i < arguments; ++i) {
      if (i > 0 && !accept(",")) fail("',' (" + word + " takes " + std::to_string(arguments) + " arguments)");
      condition();
    }
    if (!accept(")"))
      fail("')' (" + word + " takes " + std::to_string(arguments) + " argument" + (arguments > 1 ? "s)" : ")"));
    if (built_in != kFunctions.end()) return emit(built_in->second.first);
    result_.functions_.insert(word);
    result_.instructions_.push_back({.operation = Operation::table, .text = word});
  }

  const std::string& text_;
  std::string source_, field_;
  std::size_t position_ = 0;
  int nesting_ = 0;
  Expression result_;
};

double Table1d::operator()(double argument) const {
  if (!(argument >= x.front() && argument <= x.back())) return std::numeric_limits<double>::quiet_NaN();
  const auto above = std::upper_bound(x.begin() + 1, x.end() - 1, argument);
  const auto i = static_cast<std::size_t>(above - x.begin());
  if (interpolation == Interpolation::linear) {
    const double share = (argument - x[i - 1]) / (x[i] - x[i - 1]);
    return y[i - 1] + share * (y[i] - y[i - 1]);
  }
  const double share = std::log(argument / x[i - 1]) / std::log(x[i] / x[i - 1]);
  return y[i - 1] * std::pow(y[i] / y[i - 1], share);
}

Expression Expression::parse(const std::string& text, const std::string& source, const std::string& field) {
  return ExpressionParser(text, source, field).run();
}

void Expression::bind(const std::function<std::size_t(const std::string&)>& slot_of,
                      const std::function<const Table1d*(const std::string&)>& table_of) {
  for (auto& instruction : instructions_) {
    if (instruction.operation == Operation::name) instruction.slot = slot_of(instruction.text);
    if (instruction.operation == Operation::table) instruction.table = table_of(instruction.text);
  }
}

std::string Expression::why_undefined(std::span<const double> slots) const {
  std::string problem;
  run(slots, &problem);
  return problem;
}

double Expression::run(std::span<const double> slots, std::string* problem) const {
  // What is left for run_on() has nothing to clean up: it is called for every point of every plane.
  constexpr std::size_t kUsualDepth = 32;
  if (depth_ > kUsualDepth) return run_on(std::vector<double>(depth_).data(), slots, problem);
  double stack[kUsualDepth];
  return run_on(stack, slots, problem);
}

void Expression::note_outside(const Instruction& instruction, double argument, std::string& problem) {
  if (!problem.empty() || std::isnan(argument) || !std::isnan((*instruction.table)(argument))) return;
  problem = joined(instruction.text, "(", argument, ") lies outside its table, ", instruction.table->x.front(), " to ",
                   instruction.table->x.back());
}

double Expression::run_on(double* stack, std::span<const double> slots, std::string* problem) const {
  std::size_t top = 0;  // number of values on the stack
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& instruction : instructions_) {
    double& last = stack[top > 0 ? top - 1 : 0];
    switch (instruction.operation) {
      case Operation::number:
        stack[top++] = instruction.number;
        break;
      case Operation::name:
        stack[top++] = slots[instruction.slot];
        break;
      case Operation::column:  // there is no row
        stack[top++] = nan;
        break;
      case Operation::table:
        if (problem != nullptr) note_outside(instruction, last, *problem);
        last = (*instruction.table)(last);
        break;
      case Operation::select:
        stack[top - 3] = std::isnan(stack[top - 3]) ? nan : stack[top - 3] != 0 ? stack[top - 2] : stack[top - 1];
        top -= 2;
        break;
      // The usual ones first: the others take two more switches.
      case Operation::add:
        stack[top - 2] += last;
        --top;
        break;
      case Operation::subtract:
        stack[top - 2] -= last;
        --top;
        break;
      case Operation::multiply:
        stack[top - 2] *= last;
        --top;
        break;
      case Operation::divide:
        stack[top - 2] /= last;
        --top;
        break;
      default:
        if (stack_change(instruction.operation) == 0) {
          with_unary(instruction.operation, [&](auto&& apply) { last = apply(last); });
        } else {
          with_binary(instruction.operation,
                      [&](auto&& apply) { stack[top - 2] = apply(stack[top - 2], stack[top - 1]); });
          --top;
        }
    }
  }
  return stack[0];
}

bool is_reserved_name(const std::string& name) { return name == "pi" || name == "event" || kFunctions.contains(name); }

bool is_valid_name(const std::string& name) {
  return !name.empty() && starts_name(name[0]) && std::all_of(name.begin(), name.end(), continues_name);
}

}  // namespace anyslice
