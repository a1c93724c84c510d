#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;
constexpr auto kInt64 = graph::DType::kInt64;

// Only the rows that are looked up are read, never more than there are.
TEST(EmbeddingTest, ReadsTheRowsLookedUp) {
  ASSERT_OK_AND_ASSIGN(const OpCost few,
                       CostOf("embedding", {Weight({1000, 16}), In({2, 3}, kInt64)}));
  EXPECT_EQ(few.weight_elements, 6 * 16);
  EXPECT_EQ(few.input_elements, 6);
  EXPECT_EQ(few.output_elements, 6 * 16);
  EXPECT_EQ(few.bytes_read, 6 * 16 * 4 + 6 * 8);
  EXPECT_EQ(few.flops, 0);
  ASSERT_OK_AND_ASSIGN(const OpCost many, CostOf("embedding", {Weight({4, 16}), In({50}, kInt64)}));
  EXPECT_EQ(many.weight_elements, 4 * 16);
  EXPECT_EQ(many.output_elements, 50 * 16);
}

// 12 rows of 8 into 3 bags: an addition an element, a division a result, a product a weight.
TEST(EmbeddingTest, BagsAddUp) {
  const Operands bags = {Weight({100, 8}), In({12}, kInt64), In({3}, kInt64)};
  ASSERT_OK_AND_ASSIGN(const OpCost sum, CostOf("embedding_bag", bags));
  EXPECT_EQ(sum.flops, 96);
  EXPECT_EQ(sum.weight_elements, 96);
  EXPECT_EQ(sum.output_elements, 24);
  ASSERT_OK_AND_ASSIGN(const OpCost mean, CostOf("embedding_bag", bags, {{"mode", int64_t{1}}}));
  EXPECT_EQ(mean.flops, 96 + 24);
  Operands weighted = bags;
  weighted.push_back(In({12}));
  ASSERT_OK_AND_ASSIGN(const OpCost products, CostOf("embedding_bag", weighted));
  EXPECT_EQ(products.flops, 192);
}

TEST(EmbeddingTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands,
                          graph::Attributes attributes, const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("embedding", {Weight({4, 16}), In({5})}, {}, "indices are float32");
  refused("embedding", {Weight({4}), In({5}, kInt64)}, {}, "weight 4: rank 1, 2 expected");
  const Operands bags = {Weight({4, 8}), In({5}, kInt64), In({0}, kInt64)};
  refused("embedding_bag", bags, {{"mode", int64_t{3}}}, "attribute mode: 3");
  refused("embedding_bag", bags, {{"include_last_offset", true}}, "the last offset is missing");
  refused("embedding_bag", {Weight({4, 8}), In({5}, kInt64), In({1}, kInt64), In({4})}, {},
          "per_sample_weights 4, 5 expected");
  refused("one_hot", {In({5}, kInt64)}, {}, "number of classes");
}

}  // namespace
}  // namespace latcast::ops
