// Costs of detectors' operators and the boxes that depend on data; shapes, types and what autograd
// saves are held against torchvision in torch_elementwise_test.cc.
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

graph::Attributes Pooled(int64_t sampling_ratio) {
  return {{"pooled_height", int64_t{2}},
          {"pooled_width", int64_t{3}},
          {"sampling_ratio", sampling_ratio}};
}

const Operands kBoxes = {In({1, 12, 9, 9}), In({5, 5})};

// Every output element averages sampling_ratio squared samples of 7 FLOPs, one where boxes decide.
TEST(RoiTest, CostsBySamples) {
  ASSERT_OK_AND_ASSIGN(const OpCost two, CostOf("roi_align", kBoxes, Pooled(2)));
  EXPECT_EQ(two.output_elements, 5 * 12 * 6);
  EXPECT_EQ(two.flops, 4 * 8 * 360);
  EXPECT_EQ(two.bytes_read, 4 * (972 + 25));
  ASSERT_OK_AND_ASSIGN(const OpCost any, CostOf("roi_align", kBoxes, Pooled(-1)));
  EXPECT_EQ(any.flops, 8 * 360);
  ASSERT_OK_AND_ASSIGN(const OpCost parts, CostOf("ps_roi_align", kBoxes, Pooled(2)));
  EXPECT_EQ(parts.flops, 4 * 8 * 60);  // 2 of 12 channels
  EXPECT_EQ(parts.bytes_written, 2 * 4 * 60);
  ASSERT_OK_AND_ASSIGN(const OpCost pooled, CostOf("roi_pool", kBoxes, Pooled(0)));
  EXPECT_EQ(pooled.flops, 360);
}

// Boxes and channels that do not fit are refused.
TEST(RoiTest, Refusals) {
  EXPECT_THAT(ShapeOf("roi_align", {In({1, 12, 9, 9}), In({5, 4})}, Pooled(2)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rois 5x4, boxes of 5")));
  EXPECT_THAT(ShapeOf("ps_roi_align", {In({1, 10, 9, 9}), In({5, 5})}, Pooled(2)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10 channels for the 6")));
  EXPECT_THAT(ShapeOf("roi_align", kBoxes, {{"pooled_height", int64_t{0}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pooled_height: 0")));
}

// Every pair of boxes is compared; what is kept depends on the boxes.
TEST(NmsTest, KeepsWhatWasSeen) {
  const Operands boxes = {In({10, 4}), In({10})};
  EXPECT_THAT(ShapeOf("nms", boxes, {{"count", int64_t{7}}}), IsOkAndHolds(graph::Shape{7}));
  EXPECT_THAT(ShapeOf("nms", boxes),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("attribute count must give")));
  EXPECT_THAT(ShapeOf("nms", boxes, {{"count", int64_t{11}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("11 of 10 boxes")));
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("nms", boxes, {{"count", int64_t{7}}}));
  EXPECT_EQ(cost.flops, 45 * 13 + 10 * 3);
  EXPECT_EQ(cost.bytes_written, 56);
  const Operands odd = {In({9, 4}), In({9})};
  ASSERT_OK_AND_ASSIGN(const OpCost of_odd, CostOf("nms", odd, {{"count", int64_t{7}}}));
  EXPECT_EQ(of_odd.flops, 36 * 13 + 9 * 3);
  const int64_t huge = int64_t{1} << 32;
  EXPECT_THAT(CostOf("nms", {In({huge, 4}), In({huge})}, {{"count", int64_t{7}}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("FLOPs")));
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("nms", boxes, {{"count", int64_t{7}}}));
  EXPECT_THAT(
      WithInputs(graph, {.batch = 20}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("input 0 was 10x4 and would be 20x4, but the size of the result")));
}

graph::Attributes Deform(int64_t groups, bool mask) {
  graph::Attributes attributes = {{"groups", groups}, {"offset_groups", int64_t{2}}};
  for (const char* name : {"stride_h", "stride_w", "pad_h", "pad_w", "dilation_h", "dilation_w"}) {
    attributes[name] = int64_t{1};
  }
  attributes["use_mask"] = mask;
  return attributes;
}

// The MACs of a convolution, and for every element of every window a sample between four others.
TEST(DeformConv2dTest, CountsProductsAndSamples) {
  const Operands inputs = {In({2, 4, 5, 5}), Weight({6, 2, 3, 3}), In({2, 36, 5, 5}),
                           In({2, 18, 5, 5}), Weight({6})};
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("deform_conv2d", inputs, Deform(2, true)));
  EXPECT_EQ(cost.macs, 50 * 6 * 2 * 9);
  EXPECT_EQ(cost.flops, 2 * cost.macs + 50 * 6 + 50 * 4 * 9 * 8);
  EXPECT_EQ(cost.mac_class, MacClass::kGrouped);
  EXPECT_EQ(cost.weight_elements, 108 + 6);
  ASSERT_OK_AND_ASSIGN(const OpCost unmasked, CostOf("deform_conv2d", inputs, Deform(2, false)));
  EXPECT_EQ(unmasked.flops, cost.flops - 50 * 4 * 9);
}

// Offsets, mask and weight must belong together.
TEST(DeformConv2dTest, Refusals) {
  const Operand x = In({2, 4, 5, 5});
  const Operand w = Weight({6, 2, 3, 3});
  const Operand offset = In({2, 36, 5, 5});
  const Operand mask = In({2, 18, 5, 5});
  const std::pair<Operands, std::string> cases[] = {
      {{x, w, In({2, 18, 5, 5}), mask, Weight({6})}, "offset 2x18x5x5, 2x36x5x5 expected"},
      {{x, w, offset, In({2, 9, 5, 5}), Weight({6})}, "mask 2x9x5x5, 2x18x5x5 expected"},
      {{x, w, offset, mask, Weight({4})}, "bias 4, 6 expected"},
      {{x, Weight({6, 4, 3, 3}), offset, mask, Weight({6})}, "weight 6x4x3x3 in 2 groups"},
      {{x, Weight({6, 2, 8, 3}), offset, mask, Weight({6})}, "a kernel of 8"},
  };
  for (const auto& [inputs, message] : cases) {
    EXPECT_THAT(ShapeOf("deform_conv2d", inputs, Deform(2, true)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  }
}

}  // namespace
}  // namespace latcast::ops
