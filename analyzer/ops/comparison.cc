// Comparisons, and the logic of their results.
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/saved.h"

namespace latcast::ops {
namespace {

OpDef Row(std::string_view type, std::string_view doc, std::vector<std::string_view> inputs,
          InferFn infer) {
  return {type, "comparison", doc, std::move(inputs), infer, Flops<1>, SavesNothing};
}

}  // namespace

std::vector<OpDef> ComparisonOps() {
  constexpr auto kBool = Pointwise<Gives::kBool>;
  constexpr auto kWhole = Pointwise<Gives::kWhole>;
  const std::vector<std::string_view> one = {"input"};
  const std::vector<std::string_view> two = {"input", "other"};
  const std::vector<std::string_view> number = {"input", "other?"};  // other may be an attribute
  return {
      Row("eq", "input = other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("ne", "input != other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("lt", "input < other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("le", "input <= other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("gt", "input > other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("ge", "input >= other, broadcast. FLOPs: 1 an output element.", number, kBool),
      Row("isnan", "Whether an element is no number. FLOPs: 1 an element.", one, kBool),
      Row("isinf", "Whether an element is infinite. FLOPs: 1 an element.", one, kBool),
      Row("isfinite", "Whether an element is finite. FLOPs: 1 an element.", one, kBool),
      Row("logical_not", "Whether an element is 0. FLOPs: 1 an element.", one, kBool),
      Row("logical_and", "Whether neither is 0, broadcast. FLOPs: 1 an output element.", two,
          kBool),
      Row("logical_or", "Whether not both are 0, broadcast. FLOPs: 1 an output element.", two,
          kBool),
      Row("logical_xor", "Whether exactly one is 0, broadcast. FLOPs: 1 an output element.", two,
          kBool),
      Row("bitwise_not", "Every bit of an integer or boolean turned. FLOPs: 1 an element.", one,
          kWhole),
      Row("bitwise_and", "Bit by bit, broadcast. FLOPs: 1 an output element.", number, kWhole),
      Row("bitwise_or", "Bit by bit, broadcast. FLOPs: 1 an output element.", number, kWhole),
      Row("bitwise_xor", "Bit by bit, broadcast. FLOPs: 1 an output element.", number, kWhole),
      Row("bitwise_left_shift", "input 2^other, broadcast. FLOPs: 1 an output element.", number,
          kWhole),
      Row("bitwise_right_shift", "floor(input / 2^other), broadcast. FLOPs: 1 an output element.",
          number, kWhole),
  };
}

}  // namespace latcast::ops
