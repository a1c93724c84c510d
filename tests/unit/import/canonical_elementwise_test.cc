// Names of functions, arithmetic, comparisons and selection.
#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::kNone;
using graph::Op;
using graph::ValueId;
using Inputs = std::vector<ValueId>;

struct Case {
  std::string type;
  size_t inputs = 1;
  Attributes attributes;
  std::string canonical;
  Attributes expected;
  Inputs expected_inputs;
};

// Overloads, aliases and in-place forms; a number stands where a tensor would.
TEST(CanonicalElementwise, Names) {
  const Case cases[] = {
      {"aten.exp.default", 1, {}, "exp", {}, {0}},
      {"aten.exp_.default", 1, {}, "exp", {{"inplace", true}}, {0}},
      {"aten.absolute.default", 1, {}, "abs", {}, {0}},
      {"aten.special_expit.default", 1, {}, "sigmoid", {}, {0}},
      {"aten.elu.default",
       1,
       {{"alpha", 1.0}, {"scale", int64_t{1}}, {"input_scale", int64_t{1}}},
       "elu",
       {{"alpha", 1.0}, {"scale", int64_t{1}}, {"input_scale", int64_t{1}}},
       {0}},
      {"aten.rsub.Scalar",
       1,
       {{"other", int64_t{1}}, {"alpha", int64_t{1}}},
       "rsub",
       {{"other", int64_t{1}}, {"alpha", int64_t{1}}},
       {0}},
      {"aten.div.Tensor_mode",
       2,
       {{"rounding_mode", "trunc"}},
       "div",
       {{"rounding_mode", "trunc"}},
       {0, 1}},
      {"aten.floor_divide.default", 2, {}, "div", {{"rounding_mode", "floor"}}, {0, 1}},
      {"aten.pow.Tensor_Scalar",
       1,
       {{"exponent", int64_t{2}}},
       "pow",
       {{"exponent", int64_t{2}}},
       {0}},
      {"aten.pow.Tensor_Tensor", 2, {}, "pow", {}, {0, 1}},
      {"aten.pow.Scalar", 1, {{"self", int64_t{2}}}, "pow", {{"self", int64_t{2}}}, {kNone, 0}},
      {"aten.ne.Scalar", 1, {{"other", int64_t{0}}}, "ne", {{"other", int64_t{0}}}, {0}},
      {"aten.__and__.Tensor", 2, {}, "bitwise_and", {}, {0, 1}},
      {"aten.__iand__.Tensor", 2, {}, "bitwise_and", {{"inplace", true}}, {0, 1}},
      {"aten.where.self", 3, {}, "where", {}, {0, 1, 2}},
      {"aten.where.ScalarOther", 2, {{"other", 0.0}}, "where", {{"other", 0.0}}, {0, 1}},
      {"aten.where.ScalarSelf", 2, {{"self", 1.0}}, "where", {{"self", 1.0}}, {0, kNone, 1}},
      {"aten.where.Scalar",
       1,
       {{"self", 1.0}, {"other", 0.0}},
       "where",
       {{"self", 1.0}, {"other", 0.0}},
       {0}},
      {"aten.masked_fill_.Scalar",
       2,
       {{"value", -1e9}},
       "masked_fill",
       {{"value", -1e9}, {"inplace", true}},
       {0, 1}},
      {"aten.clamp_min.default", 1, {{"min", 1e-12}}, "clamp", {{"min", 1e-12}}, {0}},
      {"aten.clamp_max.Tensor", 2, {}, "clamp", {}, {0, kNone, 1}},
      {"aten.clip.default", 1, {{"max", 1.0}}, "clamp", {{"max", 1.0}}, {0}},
      {"aten.addcmul.default",
       3,
       {{"value", int64_t{1}}},
       "addcmul",
       {{"value", int64_t{1}}},
       {0, 1, 2}},
  };
  for (const Case& c : cases) {
    const Op op = OneOp(c.type, std::vector<graph::Shape>(c.inputs, kImage), c.attributes);
    EXPECT_EQ(op.type, c.canonical) << c.type;
    EXPECT_EQ(op.attributes, c.expected) << c.type;
    EXPECT_EQ(op.inputs, c.expected_inputs) << c.type;
  }
}

}  // namespace
}  // namespace latcast::import
