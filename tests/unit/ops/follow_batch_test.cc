// Attributes that hold the batch of a capture, at another batch; see also infer_test.cc.
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

// Images (batch x 6) joined with a parameter that one operator widens to the batch.
absl::StatusOr<graph::Graph> Token(int64_t batch, const graph::Shape& token, std::string type,
                                   graph::Attributes attributes) {
  graph::GraphBuilder b("token", "test");
  const graph::ValueId x = b.AddInput("x", graph::DType::kFloat32, {batch, 6});
  const graph::ValueId w = b.AddParameter("w", graph::DType::kFloat32, token);
  ASSIGN_OR_RETURN(const auto widened, AddInferred(b, std::move(type), {w}, std::move(attributes)));
  ASSIGN_OR_RETURN(const auto joined,
                   AddInferred(b, "cat", {widened[0], x}, {{"dim", int64_t{1}}}));
  return std::move(b).Finish({joined[0]});
}

// A class token widened to the batch by any operator follows the batch, from 1 and from 2 images.
TEST(FollowBatchTest, TokensFollow) {
  for (const int64_t batch : {1, 2}) {
    const std::pair<std::string, graph::Attributes> cases[] = {
        {"expand", {{"size", Ints{batch, -1}}}},
        {"expand", {{"size", Ints{batch, 4}}}},
        {"repeat", {{"repeats", Ints{batch, 1}}}},
        {"tile", {{"dims", Ints{batch, 1}}}},
    };
    for (const auto& [type, attributes] : cases) {
      SCOPED_TRACE(absl::StrCat(type, " at ", batch));
      ASSERT_OK_AND_ASSIGN(const graph::Graph graph, Token(batch, {1, 4}, type, attributes));
      ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.batch = 8}));
      EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{8, 10}));
    }
  }
}

// So does one whose batch dimension the operator puts in front.
TEST(FollowBatchTest, NewDimensionsFollow) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, Token(2, {4}, "expand", {{"size", Ints{2, 4}}}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.batch = 5}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{5, 10}));
}

// A repeat of one image that does something else too says nothing of the batch: the join refuses.
TEST(FollowBatchTest, OtherNumbersStay) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                       Token(1, {1, 4}, "repeat", {{"repeats", Ints{1, 2}}}));
  EXPECT_THAT(WithInputs(graph, {.batch = 8}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("input 1 is 8x6")));
}

// Where the input followed the batch, so does the entry over it, and no other.
TEST(FollowBatchTest, EntriesFollowTheirDimension) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                       SingleOp("expand", {In({2, 1, 2})}, {{"size", Ints{2, 2, 5, 2}}}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.batch = 4}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{2, 4, 5, 2}));
}

// The batch that unflatten splits off follows; sizes that say something else are refused.
TEST(FollowBatchTest, UnflattenedBatchesFollow) {
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph graph,
      SingleOp("unflatten", {In({2, 6})}, {{"dim", int64_t{0}}, {"sizes", Ints{2, 1}}}));
  ASSERT_OK_AND_ASSIGN(const graph::Graph larger, WithInputs(graph, {.batch = 8}));
  EXPECT_EQ(larger.value(larger.outputs[0]).shape, (graph::Shape{8, 1, 6}));
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph other,
      SingleOp("unflatten", {In({2, 6})}, {{"dim", int64_t{0}}, {"sizes", Ints{1, 2}}}));
  EXPECT_FALSE(WithInputs(other, {.batch = 8}).ok());
}

}  // namespace
}  // namespace latcast::ops
