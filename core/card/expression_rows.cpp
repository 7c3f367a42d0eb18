// Evaluation of expressions for many rows or points at once.
#include <algorithm>
#include <array>

#include "core/card/expression_operations.hpp"

namespace anyslice {

/// Runs the instructions on blocks of rows: each entry of the stack is one number or a block of them.
class Expression::RowEvaluator {
 public:
  static constexpr std::size_t kBlock = 256;

  /// `slot_columns`: by slot, its values row by row, or null where it is the same for all; empty: all are.
  RowEvaluator(const Expression& expression, std::span<const double> slots, std::span<const double* const> slot_columns,
               std::span<const double* const> column_values)
      : expression_(expression),
        slots_(slots),
        slot_columns_(slot_columns),
        columns_(column_values),
        stack_(expression.depth_) {}

  void run(std::size_t begin, std::span<double> values) {
    rows_ = values.size();
    std::size_t top = 0;
    for (const auto& instruction : expression_.instructions_) {
      switch (instruction.operation) {
        case Operation::number:
          stack_[top++].set(instruction.number);
          break;
        case Operation::name:
          if (!slot_columns_.empty() && slot_columns_[instruction.slot] != nullptr) {
            stack_[top++].refer_to(slot_columns_[instruction.slot] + begin);
          } else {
            stack_[top++].set(slots_[instruction.slot]);
          }
          break;
        case Operation::column:
          if (columns_.empty()) {  // there is no row
            stack_[top++].set(std::numeric_limits<double>::quiet_NaN());
          } else {
            stack_[top++].refer_to(columns_[instruction.slot] + begin);
          }
          break;
        case Operation::table:
          unary(stack_[top - 1], *instruction.table);
          break;
        case Operation::select:
          choose(stack_[top - 3], stack_[top - 2], stack_[top - 1]);
          top -= 2;
          break;
        default:
          if (stack_change(instruction.operation) == 0) {
            with_unary(instruction.operation, [&](auto&& apply) { unary(stack_[top - 1], apply); });
          } else {
            binary(instruction.operation, stack_[top - 2], stack_[top - 1]);
            --top;
          }
      }
    }
    stack_[0].spread(rows_);
    std::copy_n(stack_[0].data, rows_, values.begin());
  }

 private:
  struct Entry {
    bool varies = false;
    double value = 0;              // where it does not vary
    const double* data = nullptr;  // where it does: a column, or the block
    std::array<double, kBlock> block;

    void set(double number) {
      varies = false;
      value = number;
    }
    void refer_to(const double* values) {
      varies = true;
      data = values;
    }
    void spread(std::size_t rows) {
      if (varies) return;
      std::fill_n(block.begin(), rows, value);
      refer_to(block.data());
    }
  };

  template <typename Apply>
  void unary(Entry& entry, const Apply& apply) {
    if (!entry.varies) return entry.set(apply(entry.value));
    for (std::size_t i = 0; i < rows_; ++i) entry.block[i] = apply(entry.data[i]);
    entry.refer_to(entry.block.data());
  }

  void binary(Operation operation, Entry& a, Entry& b) {
    // A square row by row is worth its own loop: it can be vectorised, a general power cannot.
    const bool square = operation == Operation::power && a.varies && !b.varies && (b.value == 2 || b.value == -2);
    if (square) {
      for (std::size_t i = 0; i < rows_; ++i) a.block[i] = a.data[i] * a.data[i];
      a.refer_to(a.block.data());
      if (b.value < 0) unary(a, [](double x) { return 1 / x; });
      return;
    }
    with_binary(operation, [&](auto&& apply) {
      if (!a.varies && !b.varies) return a.set(apply(a.value, b.value));
      if (!b.varies) {
        for (std::size_t i = 0; i < rows_; ++i) a.block[i] = apply(a.data[i], b.value);
      } else if (!a.varies) {
        for (std::size_t i = 0; i < rows_; ++i) a.block[i] = apply(a.value, b.data[i]);
      } else {
        for (std::size_t i = 0; i < rows_; ++i) a.block[i] = apply(a.data[i], b.data[i]);
      }
      a.refer_to(a.block.data());
    });
  }

  void choose(Entry& condition, Entry& yes, Entry& no) {
    if (!condition.varies) {
      if (std::isnan(condition.value)) return;
      const Entry& chosen = condition.value != 0 ? yes : no;
      if (!chosen.varies) return condition.set(chosen.value);
      std::copy_n(chosen.data, rows_, condition.block.begin());
      condition.refer_to(condition.block.data());
      return;
    }
    yes.spread(rows_);
    no.spread(rows_);
    for (std::size_t i = 0; i < rows_; ++i) {
      const double value = condition.data[i];
      condition.block[i] = std::isnan(value) ? value : value != 0 ? yes.data[i] : no.data[i];
    }
    condition.refer_to(condition.block.data());
  }

  const Expression& expression_;
  std::span<const double> slots_;
  std::span<const double*const> slot_columns_, columns_;
  std::vector<Entry> stack_;
  std::size_t rows_ = 0;
};

void Expression::evaluate_rows(std::span<const double> slots, std::span<const double* const> column_values,
                               std::span<double> values) const {
  run_blocks(slots, {}, column_values, values);
}

void Expression::evaluate_points(std::span<const double> slots, std::span<const double* const> slot_columns,
                                 std::span<double> values) const {
  run_blocks(slots, slot_columns, {}, values);
}

void Expression::run_blocks(std::span<const double> slots, std::span<const double* const> slot_columns,
                            std::span<const double* const> column_values, std::span<double> values) const {
  RowEvaluator evaluator(*this, slots, slot_columns, column_values);
  for (std::size_t begin = 0; begin < values.size(); begin += RowEvaluator::kBlock) {
    evaluator.run(begin, values.subspan(begin, std::min(RowEvaluator::kBlock, values.size() - begin)));
  }
}

bool Expression::varies(std::span<const double* const> slot_columns) const {
  return std::any_of(instructions_.begin(), instructions_.end(), [&](const Instruction& instruction) {
    return instruction.operation == Operation::name && slot_columns[instruction.slot] != nullptr;
  });
}

}  // namespace anyslice
