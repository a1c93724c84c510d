#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

// Scale and shift an element in eval mode; statistics come on top in training.
TEST(BatchNormTest, Costs) {
  const Operands operands = {In({2, 3, 4, 4}), Weight({3}), Weight({3}), Weight({3}), Weight({3})};
  ASSERT_OK_AND_ASSIGN(const OpCost eval, CostOf("batch_norm", operands));
  EXPECT_EQ(eval.flops, 192);
  EXPECT_EQ(eval.weight_elements, 12);
  EXPECT_EQ(eval.input_elements, 96);
  EXPECT_EQ(eval.output_elements, 96);
  ASSERT_OK_AND_ASSIGN(const OpCost train,
                       CostOf("batch_norm", {In({2, 3, 4, 4})}, {{"training", true}}));
  EXPECT_EQ(train.flops, 576);
  EXPECT_EQ(train.weight_elements, 0);
}

// Channels must match, and eval mode needs the running statistics.
TEST(BatchNormTest, Refusals) {
  EXPECT_THAT(ShapeOf("batch_norm", {In({3})}, {{"training", true}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least 2 expected")));
  EXPECT_THAT(
      ShapeOf("batch_norm", {In({2, 3}), Weight({4})}, {{"training", true}}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("weight 4, shape 3 expected")));
  EXPECT_THAT(
      ShapeOf("batch_norm", {In({2, 3}), kAbsent, kAbsent, Weight({3}), Weight({2})}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("running_var 2, shape 3 expected")));
  EXPECT_THAT(ShapeOf("batch_norm", {In({2, 3}), Weight({3}), Weight({3})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("running_mean")));
  EXPECT_THAT(
      ShapeOf("batch_norm", {In({2, 3}), Weight({3}), Weight({3})}, {{"training", int64_t{1}}}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("true or false expected")));
}

struct NormCase {
  std::string type;
  Operands scales;
  graph::Attributes attributes;
  int64_t flops_per_element = 0;
};

// Every normalization keeps the shape, reads and writes each element once, and costs what its
// documentation says.
TEST(NormalizationTest, ShapesAndCosts) {
  const NormCase cases[] = {
      {"instance_norm", {}, {{"use_input_stats", true}}, 6},
      {"instance_norm", {}, {}, 6},
      {"instance_norm",
       {Weight({4}), Weight({4}), Weight({4}), Weight({4})},
       {{"use_input_stats", false}},
       2},
      {"group_norm", {}, {{"num_groups", int64_t{2}}}, 6},
      {"group_norm", {Weight({4}), Weight({4})}, {{"num_groups", int64_t{4}}}, 6},
      {"layer_norm", {}, {{"normalized_shape", Ints{5, 7}}}, 6},
      {"layer_norm", {Weight({7})}, {{"normalized_shape", Ints{7}}}, 7},
      {"layer_norm", {Weight({7}), Weight({7})}, {{"normalized_shape", int64_t{7}}}, 8},
      {"rms_norm", {}, {{"normalized_shape", Ints{7}}}, 3},
      {"rms_norm", {Weight({4, 5, 7})}, {{"normalized_shape", Ints{4, 5, 7}}}, 4},
  };
  for (const NormCase& c : cases) {
    SCOPED_TRACE(c.type);
    Operands operands = {In({3, 4, 5, 7})};
    operands.insert(operands.end(), c.scales.begin(), c.scales.end());
    EXPECT_THAT(ShapeOf(c.type, operands, c.attributes), IsOkAndHolds(graph::Shape{3, 4, 5, 7}));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, operands, c.attributes));
    EXPECT_EQ(cost.flops, 420 * c.flops_per_element);
    EXPECT_EQ(cost.macs, 0);
    EXPECT_EQ(cost.input_elements, 420);
    EXPECT_EQ(cost.output_elements, 420);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// What does not fit is refused with its numbers.
TEST(NormalizationTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands,
                          graph::Attributes attributes, const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("instance_norm", {In({2, 3, 4})}, {{"use_input_stats", false}}, "running_mean");
  refused("instance_norm", {In({2, 3, 4}), Weight({4})}, {}, "weight 4, shape 3 expected");
  refused("group_norm", {In({2, 6, 4})}, {}, "num_groups is missing");
  refused("group_norm", {In({2, 6, 4})}, {{"num_groups", int64_t{4}}}, "num_groups 4");
  refused("group_norm", {In({2, 6, 4})}, {{"num_groups", int64_t{0}}}, "num_groups 0");
  refused("group_norm", {In({6})}, {{"num_groups", int64_t{1}}}, "rank 1");
  refused("layer_norm", {In({2, 6})}, {}, "normalized_shape is missing");
  refused("layer_norm", {In({2, 6})}, {{"normalized_shape", Ints{}}}, "does not end in");
  refused("layer_norm", {In({2, 6})}, {{"normalized_shape", Ints{2}}}, "normalized_shape 2");
  refused("layer_norm", {In({2, 6})}, {{"normalized_shape", Ints{1, 2, 6}}}, "1x2x6");
  refused("layer_norm", {In({2, 6}), kAbsent, Weight({2})}, {{"normalized_shape", Ints{6}}},
          "bias 2, shape 6 expected");
  refused("rms_norm", {In({2, 6}), Weight({2, 6})}, {{"normalized_shape", Ints{6}}},
          "weight 2x6, shape 6 expected");
}

}  // namespace
}  // namespace latcast::ops
