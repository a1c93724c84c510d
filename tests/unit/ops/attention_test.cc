#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

constexpr char kAttention[] = "scaled_dot_product_attention";

struct AttentionCase {
  std::string name;
  Operands operands;
  graph::Attributes attributes;
  graph::Shape shape;
  int64_t macs = 0;
  int64_t scores = 0;
};

// Two products for every score, whatever is masked; 6 FLOPs a score, 7 with a mask.
TEST(AttentionTest, ShapesAndCosts) {
  const AttentionCase cases[] = {
      {"ViT-B/16, one layer: 12 heads of 64 over 197 positions",
       {In({1, 12, 197, 64}), In({1, 12, 197, 64}), In({1, 12, 197, 64})},
       {},
       {1, 12, 197, 64},
       12 * 197 * 197 * 128,
       12 * 197 * 197},
      {"a causal one costs the same",
       {In({2, 4, 8, 16}), In({2, 4, 8, 16}), In({2, 4, 8, 16})},
       {{"is_causal", true}},
       {2, 4, 8, 16},
       2 * 4 * 64 * 32,
       2 * 4 * 64},
      {"few queries, deep values, no heads",
       {In({3, 2, 4}), In({3, 5, 4}), In({3, 5, 7})},
       {},
       {3, 2, 7},
       3 * 10 * 11,
       30},
      {"no batch", {In({2, 4}), In({5, 4}), In({5, 4})}, {}, {2, 4}, 10 * 8, 10},
      {"three query heads a key",
       {In({1, 6, 2, 4}), In({1, 2, 5, 4}), In({1, 2, 5, 4})},
       {{"enable_gqa", true}},
       {1, 6, 2, 4},
       6 * 10 * 8,
       60},
      {"keys and values of one head serve all",
       {In({2, 4, 2, 8}), In({2, 1, 5, 8}), In({2, 1, 5, 8})},
       {},
       {2, 4, 2, 8},
       8 * 10 * 16,
       80},
  };
  for (const AttentionCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(ShapeOf(kAttention, c.operands, c.attributes), IsOkAndHolds(c.shape));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(kAttention, c.operands, c.attributes));
    EXPECT_EQ(cost.macs, c.macs);
    EXPECT_EQ(cost.flops, 2 * c.macs + 6 * c.scores);
    EXPECT_EQ(cost.mac_class, MacClass::kMatmul);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// A mask is read and costs one FLOP a score; numbers and truth values both do.
TEST(AttentionTest, Mask) {
  for (const graph::DType dtype : {graph::DType::kFloat32, graph::DType::kBool}) {
    const Operands operands = {In({2, 4, 3, 8}), In({2, 4, 5, 8}), In({2, 4, 5, 8}),
                               In({3, 5}, dtype)};
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(kAttention, operands));
    EXPECT_EQ(cost.macs, 8 * 15 * 16);
    EXPECT_EQ(cost.flops, 2 * cost.macs + 7 * 8 * 15);
    EXPECT_EQ(cost.input_elements, 8 * (3 + 5 + 5) * 8 + 15);
    EXPECT_EQ(cost.output_elements, 8 * 3 * 8);
  }
}

// What PyTorch refuses, with the numbers.
TEST(AttentionTest, Refusals) {
  const auto refused = [](const Operands& operands, graph::Attributes attributes,
                          const std::string& message) {
    EXPECT_THAT(ShapeOf(kAttention, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  const auto query = In({2, 4, 3, 8});
  const auto key = In({2, 4, 5, 8});
  refused({In({8}), key, key}, {}, "query 8: rank 1");
  refused({query, In({2, 4, 5, 7}), key}, {}, "depths 8 and 7 differ");
  refused({query, key, In({2, 4, 6, 8})}, {}, "5 positions expected");
  refused({query, In({2, 3, 5, 8}), In({2, 3, 5, 8})}, {}, "do not broadcast");
  refused({query, In({2, 3, 5, 8}), In({2, 3, 5, 8})}, {{"enable_gqa", true}},
          "3 heads of the key do not divide 4");
  refused({In({3, 8}), In({5, 8}), In({5, 8})}, {{"enable_gqa", true}}, "heads are needed");
  refused({query, key, key, In({4, 5})}, {}, "do not broadcast");
  refused({query, key, key, In({7, 2, 4, 3, 5})}, {}, "attn_mask 7x2x4x3x5 does not fit");
  refused({query, key, key, In({3, 5}, graph::DType::kInt64)}, {}, "int64");
  refused({query, key}, {}, "input 2 (value) is absent");
}

// Counts beyond 64 bits are errors.
TEST(AttentionTest, OverflowIsOutOfRange) {
  const auto tokens = In({1, int64_t{1} << 31, 64});
  EXPECT_THAT(CostOf(kAttention, {tokens, tokens, tokens}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("MACs")));
}

}  // namespace
}  // namespace latcast::ops
