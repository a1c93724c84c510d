// Functions, arithmetic, comparisons and selection, element by element.
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Op;

bool FloorOfQuotient(const Context&, Op& op) {
  op.attributes["rounding_mode"] = std::string("floor");
  return true;
}

bool Inplace(const Context&, Op& op) {
  op.attributes["inplace"] = true;
  return true;
}

// 2 ** x has its base as an attribute and its exponent as the only tensor.
bool NumberToThePower(const Context&, Op& op) {
  if (op.inputs.size() == 1 && op.attributes.contains("self")) {
    op.inputs.insert(op.inputs.begin(), graph::kNone);
  }
  return op.inputs.size() == 2 || op.attributes.contains("exponent");
}

// One operand may be a number.
bool ThreeOperands(const Context&, Op& op) {
  const bool number = op.attributes.contains("self");
  if (number && op.inputs.size() == 2) op.inputs.insert(op.inputs.begin() + 1, graph::kNone);
  return op.inputs.size() == 3 || op.attributes.contains("other");
}

// A tensor as the only bound stands second; ours has the upper bound third.
bool UpperBound(const Context&, Op& op) {
  if (op.inputs.size() == 2) op.inputs.insert(op.inputs.begin() + 1, graph::kNone);
  return true;
}

// Of a condition alone: where it is true.
bool Where(const Context& context, Op& op) {
  if (op.inputs.size() != 1 || !op.attributes.empty()) return ThreeOperands(context, op);
  op.type = "nonzero_numpy";
  return KeepCount(context, op);
}

constexpr Rule kRules[] = {
    // Activations.
    {"elu", "elu", {"alpha", "scale", "input_scale"}},
    {"celu", "celu", {"alpha"}},
    {"selu", "selu"},
    {"softplus", "softplus", {"beta", "threshold"}},
    {"mish", "mish"},
    {"log_sigmoid", "log_sigmoid"},
    {"log_sigmoid_forward", "log_sigmoid", {}, {}, FirstResultOnly},
    {"hardshrink", "hardshrink", {"lambd"}},
    {"softshrink", "softshrink", {"lambd"}},
    {"threshold", "threshold", {"threshold", "value"}},
    {"rrelu", "rrelu", {"lower", "upper", "training"}},
    {"glu", "glu", {"dim"}},
    {"special_expit", "sigmoid"},
    // Functions.
    {"exp", "exp"},
    {"exp2", "exp2"},
    {"special_exp2", "exp2"},
    {"expm1", "expm1"},
    {"special_expm1", "expm1"},
    {"log", "log"},
    {"log2", "log2"},
    {"log10", "log10"},
    {"log1p", "log1p"},
    {"special_log1p", "log1p"},
    {"sqrt", "sqrt"},
    {"rsqrt", "rsqrt"},
    {"square", "square"},
    {"reciprocal", "reciprocal"},
    {"abs", "abs"},
    {"absolute", "abs"},
    {"neg", "neg"},
    {"negative", "neg"},
    {"sign", "sign"},
    {"sgn", "sign"},
    {"sin", "sin"},
    {"cos", "cos"},
    {"tan", "tan"},
    {"asin", "asin"},
    {"arcsin", "asin"},
    {"acos", "acos"},
    {"arccos", "acos"},
    {"atan", "atan"},
    {"arctan", "atan"},
    {"sinh", "sinh"},
    {"cosh", "cosh"},
    {"erf", "erf"},
    {"special_erf", "erf"},
    {"erfc", "erfc"},
    {"erfinv", "erfinv"},
    {"logit", "logit", {"eps"}},
    {"special_logit", "logit", {"eps"}},
    {"floor", "floor"},
    {"ceil", "ceil"},
    {"round", "round", {"decimals"}},
    {"trunc", "trunc"},
    {"fix", "trunc"},
    {"frac", "frac"},
    {"nan_to_num", "nan_to_num", {"nan", "posinf", "neginf"}},
    // Arithmetic.
    {"subtract", "sub", {"other", "alpha"}},
    {"rsub", "rsub", {"other", "alpha"}},
    {"multiply", "mul", {"other"}},
    {"divide", "div", {"other", "rounding_mode"}},
    {"true_divide", "div", {"other"}},
    {"floor_divide", "div", {"other", "rounding_mode"}, {}, FloorOfQuotient},
    {"remainder", "remainder", {"other"}},
    {"fmod", "fmod", {"other"}},
    {"pow", "pow", {"self", "exponent"}, {}, NumberToThePower},
    {"maximum", "maximum"},
    {"minimum", "minimum"},
    {"atan2", "atan2"},
    {"arctan2", "atan2"},
    {"hypot", "hypot"},
    {"logaddexp", "logaddexp"},
    // Comparisons.
    {"eq", "eq", {"other"}},
    {"ne", "ne", {"other"}},
    {"not_equal", "ne", {"other"}},
    {"lt", "lt", {"other"}},
    {"less", "lt", {"other"}},
    {"le", "le", {"other"}},
    {"less_equal", "le", {"other"}},
    {"gt", "gt", {"other"}},
    {"greater", "gt", {"other"}},
    {"ge", "ge", {"other"}},
    {"greater_equal", "ge", {"other"}},
    {"isnan", "isnan"},
    {"isinf", "isinf"},
    {"isfinite", "isfinite"},
    {"logical_not", "logical_not"},
    {"logical_and", "logical_and"},
    {"logical_or", "logical_or"},
    {"logical_xor", "logical_xor"},
    {"bitwise_not", "bitwise_not"},
    {"bitwise_and", "bitwise_and", {"other"}},
    {"__and__", "bitwise_and", {"other"}},
    {"__iand__", "bitwise_and", {"other"}, {}, Inplace},
    {"bitwise_or", "bitwise_or", {"other"}},
    {"__or__", "bitwise_or", {"other"}},
    {"__ior__", "bitwise_or", {"other"}, {}, Inplace},
    {"bitwise_xor", "bitwise_xor", {"other"}},
    {"__xor__", "bitwise_xor", {"other"}},
    {"__ixor__", "bitwise_xor", {"other"}, {}, Inplace},
    {"bitwise_left_shift", "bitwise_left_shift", {"other"}},
    {"__lshift__", "bitwise_left_shift", {"other"}},
    {"bitwise_right_shift", "bitwise_right_shift", {"other"}},
    {"__rshift__", "bitwise_right_shift", {"other"}},
    // Selection.
    {"where", "where", {"self", "other", "count"}, {}, Where},
    {"masked_fill", "masked_fill", {"value"}},
    {"clamp", "clamp", {"min", "max"}},
    {"clip", "clamp", {"min", "max"}},
    {"clamp_min", "clamp", {"min"}},
    {"clamp_max", "clamp", {"max"}, {}, UpperBound},
    {"lerp", "lerp", {"weight"}},
    {"addcmul", "addcmul", {"value"}},
    {"addcdiv", "addcdiv", {"value"}},
};

}  // namespace

std::span<const Rule> ElementwiseRules() { return kRules; }

}  // namespace latcast::import
