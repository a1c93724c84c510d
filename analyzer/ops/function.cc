// Functions of one number, applied to every element.
#include "analyzer/ops/families.h"
#include "analyzer/ops/pointwise.h"
#include "analyzer/ops/saved.h"

namespace latcast::ops {
namespace {

OpDef Function(std::string_view type, std::string_view doc, InferFn infer, CostFn cost,
               SavedFn saved) {
  return {type, "function", doc, {"input"}, infer, cost, saved};
}

}  // namespace

std::vector<OpDef> FunctionOps() {
  constexpr auto kSame = Pointwise<Gives::kSame>;
  constexpr auto kNumber = Pointwise<Gives::kNumber>;
  constexpr auto kFraction = Pointwise<Gives::kFraction>;
  return {
      Function("exp", "e to the x. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("exp2", "2 to the x. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("expm1", "exp(x) - 1. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("log", "Natural logarithm. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("log2", "Logarithm to base 2. FLOPs: 1 an element.", kFraction, Flops<1>,
               SavesInput),
      Function("log10", "Logarithm to base 10. FLOPs: 1 an element.", kFraction, Flops<1>,
               SavesInput),
      Function("log1p", "log(1 + x). FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("sqrt", "Square root. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("rsqrt", "1 / sqrt(x). FLOPs: 2 an element.", kFraction, Flops<2>, SavesOutput),
      Function("square", "x^2. FLOPs: 1 an element.", Pointwise<Gives::kPower>, Flops<1>,
               SavesInput),
      Function("reciprocal", "1 / x. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("abs", "|x|. FLOPs: 1 an element.", kSame, Flops<1>, SavesInput),
      Function("neg", "-x. FLOPs: 1 an element.", kNumber, Flops<1>, SavesNothing),
      Function("sign", "-1, 0 or 1. FLOPs: 1 an element.", kSame, Flops<1>, SavesNothing),
      Function("sin", "Sine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("cos", "Cosine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("tan", "Tangent. FLOPs: 1 an element.", kFraction, Flops<1>, SavesOutput),
      Function("asin", "Arc sine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("acos", "Arc cosine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("atan", "Arc tangent. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("sinh", "Hyperbolic sine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("cosh", "Hyperbolic cosine. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("erf", "Error function. FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("erfc", "1 - erf(x). FLOPs: 1 an element.", kFraction, Flops<1>, SavesInput),
      Function("erfinv", "The inverse of erf. FLOPs: 1 an element.", kFraction, Flops<1>,
               SavesInput),
      Function("logit", "log(x / (1 - x)), x kept eps from 0 and 1. FLOPs: 3 an element.",
               kFraction, Flops<3>, SavesInput),
      Function("floor", "The next integer below. FLOPs: 1 an element.", kSame, Flops<1>,
               SavesNothing),
      Function("ceil", "The next integer above. FLOPs: 1 an element.", kSame, Flops<1>,
               SavesNothing),
      Function("round",
               "The nearest number of so many decimals, 0 by default. FLOPs: 1 an element.", kSame,
               Flops<1>, SavesNothing),
      Function("trunc", "The next integer towards 0. FLOPs: 1 an element.", kSame, Flops<1>,
               SavesNothing),
      Function("frac", "x - trunc(x). FLOPs: 2 an element.", kSame, Flops<2>, SavesNothing),
      Function("nan_to_num", "NaN and the infinities replaced by numbers. FLOPs: 3 an element.",
               kSame, Flops<3>, SavesInput),
  };
}

}  // namespace latcast::ops
