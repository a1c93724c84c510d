#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

// MACs are input features for every output element, whatever the leading dimensions.
TEST(LinearTest, ShapesAndCosts) {
  const Operands head = {In({1, 512}), Weight({1000, 512}), Weight({1000})};
  EXPECT_THAT(ShapeOf("linear", head), IsOkAndHolds(graph::Shape{1, 1000}));
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("linear", head));
  EXPECT_EQ(cost.macs, 512'000);
  EXPECT_EQ(cost.flops, 1'025'000);
  EXPECT_EQ(cost.mac_class, MacClass::kMatmul);
  EXPECT_EQ(cost.weight_elements, 513'000);

  const Operands tokens = {In({2, 7, 4}), Weight({6, 4})};
  EXPECT_THAT(ShapeOf("linear", tokens), IsOkAndHolds(graph::Shape{2, 7, 6}));
  ASSERT_OK_AND_ASSIGN(const OpCost per_token, CostOf("linear", tokens));
  EXPECT_EQ(per_token.macs, 2 * 7 * 6 * 4);
  EXPECT_EQ(per_token.flops, 2 * 2 * 7 * 6 * 4);

  EXPECT_THAT(ShapeOf("linear", {In({4}), Weight({6, 4})}), IsOkAndHolds(graph::Shape{6}));
}

// Features must match.
TEST(LinearTest, Refusals) {
  EXPECT_THAT(ShapeOf("linear", {In({1, 25088}), Weight({4096, 9216})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("takes 9216 features")));
  EXPECT_THAT(ShapeOf("linear", {In({1, 4}), Weight({6, 4}), Weight({4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bias 4, 6 elements")));
  EXPECT_THAT(ShapeOf("linear", {In({}), Weight({6, 4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rank 0")));
  EXPECT_THAT(ShapeOf("linear", {In({1, 4}, graph::DType::kFloat16), Weight({6, 4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one type")));
  EXPECT_THAT(ShapeOf("linear", {In({1, 4}), Weight({6, 4}), Weight({6}), Weight({6})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 3 inputs")));
}

struct MatmulCase {
  graph::Shape a;
  graph::Shape b;
  graph::Shape shape;
  int64_t macs = 0;
};

// Matrices, vectors and batches of matrices, broadcast.
TEST(MatmulTest, ShapesAndCosts) {
  const MatmulCase cases[] = {
      {{2, 3}, {3, 4}, {2, 4}, 24},
      {{3}, {3}, {}, 3},
      {{3}, {3, 4}, {4}, 12},
      {{2, 3}, {3}, {2}, 6},
      {{5, 2, 3}, {3, 4}, {5, 2, 4}, 120},
      {{5, 2, 3}, {3}, {5, 2}, 30},
      {{3}, {5, 3, 4}, {5, 4}, 60},
      {{8, 1, 2, 3}, {6, 3, 4}, {8, 6, 2, 4}, 8 * 6 * 24},
  };
  for (const MatmulCase& c : cases) {
    SCOPED_TRACE(ToString(c.a) + " " + ToString(c.b));
    EXPECT_THAT(ShapeOf("matmul", {In(c.a), In(c.b)}), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf("matmul", {In(c.a), In(c.b)}));
    EXPECT_EQ(cost.macs, c.macs);
    EXPECT_EQ(cost.flops, 2 * c.macs);
    EXPECT_EQ(cost.mac_class, MacClass::kMatmul);
  }
}

// Inner dimensions and batches must agree.
TEST(MatmulTest, Refusals) {
  EXPECT_THAT(ShapeOf("matmul", {In({2, 3}), In({4, 3})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 and 4 differ")));
  EXPECT_THAT(ShapeOf("matmul", {In({2, 2, 3}), In({3, 3, 4})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("do not broadcast")));
  EXPECT_THAT(ShapeOf("matmul", {In({}), In({3})}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rank 0")));
}

}  // namespace
}  // namespace latcast::ops
