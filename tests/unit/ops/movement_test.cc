// Costs and refusals of copies; shapes, types and what autograd saves are held against PyTorch in
// torch_elementwise_test.cc.
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct CopyCase {
  std::string type;
  Operands inputs;
  graph::Attributes attributes;
  int64_t read;  // elements
  int64_t written;
  int64_t flops = 0;
};

const Operands kImage = {In({2, 4, 6, 6})};

// One kernel that reads its input once and writes its output once.
TEST(MovementTest, CopiesMoveEveryElementOnce) {
  const int64_t two = 2;
  const graph::Attributes windows = {{"kernel_size", Ints{3, 3}}, {"padding", Ints{1, 1}}};
  graph::Attributes image = windows;
  image["output_size"] = Ints{6, 6};
  const CopyCase cases[] = {
      {"stack", {In({3}), In({3})}, {}, 6, 6},
      {"roll", kImage, {{"shifts", Ints{1}}, {"dims", Ints{2}}}, 288, 288},
      {"flip", kImage, {{"dims", Ints{3}}}, 288, 288},
      {"tril", kImage, {}, 288, 288},
      {"triu", kImage, {{"diagonal", two}}, 288, 288},
      {"repeat", kImage, {{"repeats", Ints{2, 1, 1, 1, 3}}}, 288, 1728},
      {"tile", kImage, {{"dims", Ints{2}}}, 288, 576},
      {"repeat_interleave", kImage, {{"repeats", two}, {"dim", two}}, 288, 576},
      {"pad", kImage, {{"pad", Ints{1, 1, 1, 1}}}, 288, 512},
      {"pad", kImage, {{"pad", Ints{-1, -1}}}, 288, 192},
      {"pixel_shuffle", kImage, {{"upscale_factor", two}}, 288, 288},
      {"pixel_unshuffle", kImage, {{"downscale_factor", two}}, 288, 288},
      {"channel_shuffle", kImage, {{"groups", two}}, 288, 288},
      {"im2col", kImage, windows, 288, 2592},
      {"col2im", {In({2, 36, 36})}, image, 2592, 288, 2592},
  };
  for (const CopyCase& c : cases) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, c.inputs, c.attributes));
    EXPECT_EQ(cost.input_elements, c.read);
    EXPECT_EQ(cost.output_elements, c.written);
    EXPECT_EQ(cost.bytes_read, 4 * c.read);
    EXPECT_EQ(cost.bytes_written, 4 * c.written);
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.kernels, 1);
    EXPECT_EQ(cost.macs, 0);
  }
}

struct RefusalCase {
  std::string type;
  Operands inputs;
  graph::Attributes attributes;
  std::string message;
};

// Refusals give the numbers that do not fit.
TEST(MovementTest, Refusals) {
  const Ints five = {5, 5};
  const RefusalCase cases[] = {
      {"stack", {In({2}), In({3})}, {}, "input 1 is 3, the first one 2"},
      {"roll", kImage, {{"shifts", Ints{1, 2}}, {"dims", Ints{0}}}, "2 shifts for 1 dims"},
      {"flip", kImage, {{"dims", Ints{0, -4}}}, "dim -4 repeats"},
      {"tril", {In({3})}, {}, "rank 1"},
      {"repeat", kImage, {{"repeats", Ints{2}}}, "1 repeats for input 2x4x6x6"},
      {"repeat", kImage, {{"repeats", Ints{1, 1, -1, 1}}}, "-1 repetitions of dimension 2"},
      {"pad", kImage, {{"pad", Ints{1}}}, "1 paddings"},
      {"pad", kImage, {{"pad", Ints{-4, -3}}}, "padding 6 by -4 and -3 leaves -1"},
      {"pad", kImage, {{"pad", Ints{6, 0}}, {"mode", "reflect"}}, "holds no images"},
      {"pad", kImage, {{"pad", Ints{6, 0, 0, 0}}, {"mode", "reflect"}}, "padding by 6 reaches"},
      {"pad", kImage, {{"pad", Ints{7, 0, 0, 0}}, {"mode", "circular"}}, "padding by 7 reaches"},
      {"pad", kImage, {{"pad", Ints{1, 1}}, {"mode", "mirror"}}, "mode: \"mirror\""},
      {"pixel_shuffle",
       kImage,
       {{"upscale_factor", int64_t{3}}},
       "4 channels are no multiple of 9"},
      {"pixel_unshuffle", kImage, {{"downscale_factor", int64_t{0}}}, "downscale_factor: 0"},
      {"channel_shuffle", kImage, {{"groups", int64_t{3}}}, "4 channels are no multiple of 3"},
      {"im2col", kImage, {{"kernel_size", Ints{7, 1}}}, "a window of 7 with dilation 1"},
      {"col2im",
       {In({2, 36, 36})},
       {{"kernel_size", Ints{3, 3}}, {"output_size", five}},
       "36 columns, an image of 5x5 has 9 windows"},
  };
  for (const RefusalCase& c : cases) {
    EXPECT_THAT(ShapeOf(c.type, c.inputs, c.attributes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
}

// Sizes that do not fit 64 bits are an error, not a wrap.
TEST(MovementTest, OverflowIsOutOfRange) {
  const int64_t huge = int64_t{1} << 40;
  const RefusalCase cases[] = {
      {"repeat", {In({huge})}, {{"repeats", Ints{huge}}}, "the repeated dimension"},
      {"pad", {In({2})}, {{"pad", Ints{INT64_MAX, 1}}}, "the padded dimension"},
      {"pixel_shuffle", kImage, {{"upscale_factor", huge}}, "upscale_factor squared"},
      {"im2col", kImage, {{"kernel_size", Ints{huge, 1}}, {"dilation", Ints{huge, 1}}}, "padded"},
  };
  for (const RefusalCase& c : cases) {
    EXPECT_THAT(ShapeOf(c.type, c.inputs, c.attributes),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr(c.message)));
  }
}

// Repetitions in a tensor: their sum is what was seen, for the same number of entries only.
TEST(MovementTest, RepetitionsThatDependOnData) {
  const Operands operands = {In({2, 3}), In({3}, graph::DType::kInt64)};
  EXPECT_THAT(ShapeOf("repeat_interleave", operands, {{"dim", int64_t{1}}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("depends on its data, not on its shape: attribute output_size")));
  const graph::Attributes seen = {{"dim", int64_t{1}}, {"output_size", int64_t{7}}};
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("repeat_interleave", operands, seen));
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, (graph::Shape{2, 7}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph taller, WithInputs(graph, {.inputs = {{5, 3}, {3}}}));
  EXPECT_EQ(taller.value(taller.outputs[0]).shape, (graph::Shape{5, 7}));
  EXPECT_THAT(WithInputs(graph, {.inputs = {{2, 4}, {4}}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("input 1 was 3 and would be 4, but the size of the result")));
  // One number for all entries: then their number counts too.
  ASSERT_OK_AND_ASSIGN(const graph::Graph alike,
                       SingleOp("repeat_interleave", {In({2, 3}), In({}, graph::DType::kInt64)},
                                {{"dim", int64_t{0}}, {"output_size", int64_t{4}}}));
  EXPECT_THAT(WithInputs(alike, {.inputs = {{3, 3}, {}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 0 was 2x3")));
}

}  // namespace
}  // namespace latcast::ops
