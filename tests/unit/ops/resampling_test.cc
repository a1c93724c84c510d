#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;
using Reals = std::vector<double>;

struct ResamplingCase {
  std::string name;
  graph::Shape input;
  graph::Attributes attributes;
  graph::Shape shape;
  int64_t flops = 0;
};

// Sizes from either attribute; a weighted sum of n elements is n multiplications and n - 1
// additions.
TEST(InterpolateTest, ShapesAndCosts) {
  const ResamplingCase cases[] = {
      {"the nearest is copied",
       {1, 2, 4, 4},
       {{"mode", "nearest"}, {"scale_factors", Reals{2, 2}}},
       {1, 2, 8, 8},
       0},
      {"of a signal",
       {1, 2, 4},
       {{"mode", "nearest-exact"}, {"output_size", Ints{9}}},
       {1, 2, 9},
       0},
      {"of a volume, one factor for all",
       {1, 2, 3, 4, 5},
       {{"mode", "nearest"}, {"scale_factors", 1.5}},
       {1, 2, 4, 6, 7},
       0},
      {"2 elements",
       {2, 3, 4},
       {{"mode", "linear"}, {"output_size", Ints{10}}},
       {2, 3, 10},
       60 * 3},
      {"4 elements: segmentation heads",
       {1, 21, 28, 28},
       {{"mode", "bilinear"}, {"output_size", Ints{224, 224}}},
       {1, 21, 224, 224},
       21 * 224 * 224 * 7},
      {"8 elements",
       {1, 1, 2, 2, 2},
       {{"mode", "trilinear"}, {"scale_factors", Reals{2, 1, 1}}},
       {1, 1, 4, 2, 2},
       16 * 15},
      {"16 elements",
       {1, 1, 4, 4},
       {{"mode", "bicubic"}, {"scale_factors", Reals{0.5, 0.3}}},
       {1, 1, 2, 1},
       2 * 31},
      {"width, then height, 2 elements enlarging",
       {1, 1, 4, 4},
       {{"mode", "bilinear"}, {"antialias", true}, {"output_size", Ints{8, 6}}},
       {1, 1, 8, 6},
       4 * 6 * 3 + 8 * 6 * 3},
      {"width, then height, wider windows shrinking by 4 and 2",
       {1, 1, 16, 16},
       {{"mode", "bicubic"}, {"antialias", true}, {"output_size", Ints{8, 4}}},
       {1, 1, 8, 4},
       16 * 4 * 31 + 8 * 4 * 15},
  };
  for (const ResamplingCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ShapeOf("interpolate", {In(c.input)}, c.attributes), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("interpolate", {In(c.input)}, c.attributes));
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.macs, 0);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// Modes, sizes and factors that make no sense.
TEST(InterpolateTest, Refusals) {
  const auto refused = [](graph::Shape input, graph::Attributes attributes,
                          const std::string& message) {
    EXPECT_THAT(ShapeOf("interpolate", {In(std::move(input))}, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  const graph::Attribute two = int64_t{2};
  refused({1, 1, 4, 4}, {{"output_size", two}}, "mode is missing");
  refused({1, 1, 4, 4}, {{"mode", "area"}, {"output_size", two}}, "\"area\"");
  refused({1, 1, 4}, {{"mode", "bilinear"}, {"output_size", two}}, "rank 3, 4 expected");
  refused({1, 4}, {{"mode", "nearest"}, {"output_size", two}}, "rank 2");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}}, "either output_size or scale_factors");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"output_size", two}, {"scale_factors", 2.0}},
          "either output_size or scale_factors");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"output_size", int64_t{0}}}, "output_size: 0");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"output_size", Ints{1, 2, 3}}}, "found 3");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"scale_factors", 0.2}}, "size 4 times 0.2");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"scale_factors", -1.0}}, "times -1");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"scale_factors", 1e300}}, "no size");
  refused({1, 1, 0, 4}, {{"mode", "nearest"}, {"output_size", two}}, "1x1x0x4 is empty");
  refused({1, 1, 4, 4}, {{"mode", "nearest"}, {"output_size", two}, {"antialias", true}},
          "antialias with mode \"nearest\"");
}

// Counts beyond 64 bits are errors.
TEST(InterpolateTest, OverflowIsOutOfRange) {
  EXPECT_THAT(CostOf("interpolate", {In({1, 1, 4, 4})},
                     {{"mode", "bicubic"}, {"output_size", int64_t{1} << 30}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("FLOPs")));
}

// A grid of positions is read beside the input; each output is a weighted sum.
TEST(GridSampleTest, ShapesAndCosts) {
  const auto flops = [](const graph::Shape& input, const graph::Shape& grid, int64_t mode) {
    const graph::Attributes attributes = {{"interpolation_mode", mode}};
    const auto cost = CostOf("grid_sample", {In(input), In(grid)}, attributes);
    EXPECT_OK(cost);
    return cost.ok() ? cost->flops : -1;
  };
  const Operands operands = {In({2, 3, 8, 8}), In({2, 5, 6, 2})};
  EXPECT_THAT(ShapeOf("grid_sample", operands), IsOkAndHolds(graph::Shape{2, 3, 5, 6}));
  EXPECT_EQ(flops({2, 3, 8, 8}, {2, 5, 6, 2}, 0), 180 * 7);
  EXPECT_EQ(flops({2, 3, 8, 8}, {2, 5, 6, 2}, 1), 0);
  EXPECT_EQ(flops({2, 3, 8, 8}, {2, 5, 6, 2}, 2), 180 * 31);
  EXPECT_EQ(flops({1, 1, 4, 4, 4}, {1, 2, 2, 2, 3}, 0), 8 * 15);
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("grid_sample", operands));
  EXPECT_EQ(cost.input_elements, 384 + 120);
  EXPECT_EQ(cost.output_elements, 180);
}

// A grid that does not fit its input.
TEST(GridSampleTest, Refusals) {
  const auto refused = [](const Operands& operands, graph::Attributes attributes,
                          const std::string& message) {
    EXPECT_THAT(ShapeOf("grid_sample", operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused({In({2, 3, 8}), In({2, 5, 1})}, {}, "rank 3");
  refused({In({2, 3, 8, 8}), In({2, 5, 6, 3})}, {}, "batch 2 and 2 coordinates");
  refused({In({2, 3, 8, 8}), In({1, 5, 6, 2})}, {}, "grid 1x5x6x2");
  refused({In({2, 3, 8, 0}), In({2, 5, 6, 2})}, {}, "is empty");
  refused({In({2, 3, 8, 8}), In({2, 5, 6, 2})}, {{"interpolation_mode", int64_t{3}}},
          "interpolation_mode 3");
  refused({In({1, 1, 4, 4, 4}), In({1, 2, 2, 2, 3})}, {{"interpolation_mode", int64_t{2}}},
          "bicubic");
}

}  // namespace
}  // namespace latcast::ops
