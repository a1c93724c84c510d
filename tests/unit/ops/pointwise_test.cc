// What is computed element by element: functions, arithmetic, comparisons, selection.
#include "analyzer/graph/attributes.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string type;
  size_t tensors = 1;  // of 2 x 3 x 5
  graph::Attributes attributes;
  int64_t flops_per_element = 0;
};

// FLOPs an element as documented; every tensor is read once, the result written once.
TEST(PointwiseTest, Costs) {
  const Case cases[] = {
      {"exp", 1, {}, 1},
      {"rsqrt", 1, {}, 2},
      {"logit", 1, {}, 3},
      {"frac", 1, {}, 2},
      {"nan_to_num", 1, {}, 3},
      {"elu", 1, {}, 4},
      {"celu", 1, {}, 5},
      {"selu", 1, {}, 5},
      {"softplus", 1, {}, 5},
      {"mish", 1, {}, 8},
      {"log_sigmoid", 1, {}, 6},
      {"hardshrink", 1, {}, 2},
      {"softshrink", 1, {}, 3},
      {"threshold", 1, {{"threshold", 0.5}, {"value", 1.0}}, 1},
      {"rrelu", 1, {}, 2},
      {"rsub", 1, {{"other", int64_t{1}}}, 1},
      {"rsub", 2, {{"alpha", 0.5}}, 2},
      {"div", 2, {}, 1},
      {"div", 2, {{"rounding_mode", "floor"}}, 2},
      {"remainder", 1, {{"other", 2.0}}, 4},
      {"fmod", 2, {}, 4},
      {"pow", 1, {{"exponent", int64_t{2}}}, 1},
      {"maximum", 2, {}, 1},
      {"hypot", 2, {}, 4},
      {"logaddexp", 2, {}, 6},
      {"eq", 2, {}, 1},
      {"logical_and", 2, {}, 1},
      {"clamp", 1, {{"min", 0.0}}, 1},
      {"clamp", 1, {{"min", 0.0}, {"max", 1.0}}, 2},
      {"clamp", 3, {}, 2},
      {"lerp", 2, {{"weight", 0.5}}, 3},
      {"addcmul", 3, {}, 2},
      {"addcdiv", 3, {{"value", 2.0}}, 3},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    ASSERT_OK_AND_ASSIGN(const OpCost cost,
                         CostOf(c.type, Operands(c.tensors, In({2, 3, 5})), c.attributes));
    const auto tensors = static_cast<int64_t>(c.tensors);
    EXPECT_EQ(cost.flops, 30 * c.flops_per_element);
    EXPECT_EQ(cost.macs, 0);
    EXPECT_EQ(cost.input_elements, 30 * tensors);
    EXPECT_EQ(cost.bytes_read, 120 * tensors);
    EXPECT_EQ(cost.output_elements, 30);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// glu counts what it writes: half of what it reads.
TEST(PointwiseTest, GluHalves) {
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("glu", {In({2, 6, 4})}, {{"dim", int64_t{1}}}));
  EXPECT_EQ(cost.flops, 24 * 5);
  EXPECT_EQ(cost.input_elements, 48);
  EXPECT_EQ(cost.output_elements, 24);
}

// A mask of a byte an element is read beside what it selects; a comparison writes bytes.
TEST(PointwiseTest, MasksAreBytes) {
  ASSERT_OK_AND_ASSIGN(
      const OpCost fill,
      CostOf("masked_fill", {In({4, 5}), In({5}, graph::DType::kBool)}, {{"value", 0.0}}));
  EXPECT_EQ(fill.bytes_read, 80 + 5);
  EXPECT_EQ(fill.bytes_written, 80);
  EXPECT_EQ(fill.flops, 20);
  ASSERT_OK_AND_ASSIGN(const OpCost equal, CostOf("eq", {In({4, 5})}, {{"other", int64_t{0}}}));
  EXPECT_EQ(equal.bytes_written, 20);
}

// Refusals name the operand.
TEST(PointwiseTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands,
                          graph::Attributes attributes, const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("pow", {kAbsent, kAbsent}, {}, "either input 0 or the attribute self");
  refused("where", {In({2}, graph::DType::kBool), In({2})}, {}, "input 2 or the attribute other");
  refused("where", {In({2}), In({2}), In({2})}, {}, "'x0' is float32, bool expected");
  refused("clamp", {In({2})}, {}, "min, max or both");
  refused("neg", {In({2}, graph::DType::kBool)}, {}, "not defined for bool");
  refused("bitwise_and", {In({2}), In({2})}, {}, "not defined for float32");
  refused("eq", {In({2})}, {{"other", "0"}}, "attribute other: a number expected");
  refused("glu", {In({3})}, {}, "dimension 0 of 3 is odd");
  refused("addcdiv", Operands(3, In({2}, graph::DType::kInt64)), {}, "quotient of integers");
  refused("exp", {In({2}, graph::DType::kInt64)}, {{"inplace", true}},
          "float32 does not fit int64");
  refused("add", {In({2}, graph::DType::kBool)}, {{"other", int64_t{1}}, {"inplace", true}},
          "int64 does not fit bool");
}

}  // namespace
}  // namespace latcast::ops
