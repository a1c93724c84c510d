// What becomes of a captured network with inputs of other sizes.
//
// The network's code reads sizes off tensors, computes with them and hands the results to
// operators: x.view(n, h * w, c). A capture sees the numbers alone. It also records how they were
// computed, as expressions over the sizes of values, and what the code asked of sizes on its way: a
// network that asked whether a window is larger than the image does the same again only where the
// answer is the same. ops/follow_sizes.h evaluates this.
#ifndef LATCAST_ANALYZER_GRAPH_SIZES_H_
#define LATCAST_ANALYZER_GRAPH_SIZES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace latcast::graph {

using ValueId = int32_t;
using OpId = int32_t;
using CallId = int32_t;
inline constexpr int32_t kNone = -1;

enum class SizeOperator : uint8_t {
  kConstant,  // the number `left`
  kDim,       // the size of value `left` along axis `right`
  // Of the expressions `left` and `right`, which come earlier.
  kAdd,
  kSubtract,
  kMultiply,
  kFloorDivide,  // -7 / 2 is -4
  kModulo,       // -7 modulo 2 is 1
};

struct SizeExpression {
  SizeOperator op = SizeOperator::kConstant;
  int64_t left = 0;
  int64_t right = 0;
};

enum class SizeComparison : uint8_t { kEqual, kLess, kLessEqual };

// Asked when all operators before `op` had run.
struct SizeCondition {
  OpId op = 0;
  CallId call = 0;
  SizeComparison comparison = SizeComparison::kEqual;
  int32_t left = 0;  // expressions
  int32_t right = 0;
  bool holds = true;
};

// A dimension of an input that has to stay as it is.
struct FixedDim {
  int32_t input = 0;  // position among the graph's inputs
  int32_t axis = 0;
  std::string reason;  // for people: what went wrong with another size
};

// A constant that is made for a size.
struct SizedConstant {
  ValueId value = kNone;
  OpId op = 0;                 // the first operator that reads it
  std::vector<int32_t> shape;  // an expression for each dimension
};

// Whether a result shares memory with its source can depend on whether a dimension is 1. Where this
// one becomes 1, or ceases to be, the values have these storages instead of their own.
struct StorageChange {
  int32_t input = 0;
  int32_t axis = 0;
  std::vector<ValueId> values;
  std::vector<int32_t> storages;
};

// A number among attributes that no entry of an operator names (SizeEntry in graph.h) is a
// constant.
struct Sizes {
  std::vector<SizeExpression> expressions;
  std::vector<SizeCondition> conditions;  // by operator
  std::vector<FixedDim> fixed;
  std::vector<SizedConstant> constants;  // by operator
  std::vector<StorageChange> storages;
};

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_SIZES_H_
