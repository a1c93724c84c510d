// A small arithmetic expression over the shapes and attributes of a call, for operators that only
// their user knows how to count:
//
//   out0.numel * in0.shape[1] * attr.kernel_size[0]
//
// Whole numbers with + - * / % (division rounds down), parentheses, min(a, b), max(a, b),
// ceil_div(a, b), and these names, inN and outN being the N-th tensor read and written:
//
//   in0.numel  in0.rank  in0.bytes  in0.shape[i]   also with out0; negative i counts from the end
//   params                                         parameter elements read
//   attr.NAME  attr.NAME[i]                        an attribute: a whole number or a list of them;
//                                                  false and true are 0 and 1
//
// Arithmetic is checked: what does not fit 64 bits is OUT_OF_RANGE.
#ifndef LATCAST_ANALYZER_COST_EXPRESSION_H_
#define LATCAST_ANALYZER_COST_EXPRESSION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::cost {

// What an expression is evaluated over.
struct ExpressionScope {
  std::vector<const graph::Value*> inputs;  // tensors read, parameters left out
  std::vector<const graph::Value*> outputs;
  int64_t parameters = 0;
  const graph::Attributes* attributes = nullptr;
};

class Expression {
 public:
  // INVALID_ARGUMENT naming the column and what is wrong there.
  static absl::StatusOr<Expression> Parse(std::string_view text);

  // INVALID_ARGUMENT when a name stands for nothing in this scope, or on a division by zero;
  // OUT_OF_RANGE when a step does not fit 64 bits.
  absl::StatusOr<int64_t> Evaluate(const ExpressionScope& scope) const;

  const std::string& text() const { return text_; }

  enum class Code : uint8_t {
    kNumber,
    kNumel,
    kRank,
    kBytes,
    kDim,
    kParameters,
    kAttribute,
    kAttributeItem,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kRemainder,
    kMin,
    kMax,
    kCeilDiv,
  };
  // One step of the expression in postfix order.
  struct Step {
    Code code;
    int64_t number = 0;  // kNumber: the number; tensors: 2 N for inN, 2 N + 1 for outN
    std::string name;    // of an attribute
  };

 private:
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace latcast::cost

#endif  // LATCAST_ANALYZER_COST_EXPRESSION_H_
