#include "analyzer/cost/parameters.h"

#include "analyzer/graph/builder.h"

namespace latcast::cost {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::ValueId;
using ::testing::HasSubstr;

// Trainable, frozen and buffers apart, bytes by type.
TEST(CountParametersTest, KindsAndBytes) {
  GraphBuilder b("net", "test");
  b.AddInput("x", DType::kFloat32, {100});
  b.AddParameter("a", DType::kFloat16, {2, 3});
  b.AddParameter("b", DType::kFloat32, {5}, /*requires_grad=*/false);
  b.AddBuffer("c", DType::kInt64, {});
  ASSERT_OK_AND_ASSIGN(const auto counts, CountParameters(std::move(b).Finish({})));
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].trainable, 6);
  EXPECT_EQ(counts[0].frozen, 5);
  EXPECT_EQ(counts[0].parameters(), 11);
  EXPECT_EQ(counts[0].buffers, 1);
  EXPECT_EQ(counts[0].parameter_bytes, 12 + 20);
  EXPECT_EQ(counts[0].buffer_bytes, 8);
}

// A tensor shared by two modules counts in each of them and once above them, also when the two
// values differ and only the storage is shared.
TEST(CountParametersTest, SharedTensorsCountOnce) {
  GraphBuilder b("net", "test");
  b.EnterCall("head", "Sequential");
  b.EnterCall("encoder", "Linear");
  const ValueId first = b.AddParameter("weight", DType::kFloat32, {10, 4});
  b.AddParameter("bias", DType::kFloat32, {10});
  b.LeaveCall({});
  b.EnterCall("decoder", "Linear");
  const ValueId second = b.AddParameter("weight", DType::kFloat32, {4, 10});
  b.AddParameter("bias", DType::kFloat32, {4});
  b.LeaveCall({});
  b.LeaveCall({});
  Graph graph = std::move(b).Finish({});
  graph.value(second).storage = graph.value(first).storage;
  ASSERT_OK_AND_ASSIGN(const auto counts, CountParameters(graph));
  EXPECT_EQ(counts[2].parameters(), 50);
  EXPECT_EQ(counts[3].parameters(), 44);
  EXPECT_EQ(counts[1].parameters(), 54);
  EXPECT_EQ(counts[0].parameters(), 54);
}

// A module called twice lists its parameters with both calls; they count once.
TEST(CountParametersTest, RepeatedCallsCountOnce) {
  GraphBuilder b("net", "test");
  b.EnterCall("fc", "Linear");
  b.AddParameter("weight", DType::kFloat32, {3, 3});
  b.LeaveCall({});
  b.EnterCall("fc", "Linear");
  b.LeaveCall({});
  Graph graph = std::move(b).Finish({});
  graph.calls[2].parameters = graph.calls[1].parameters;
  ASSERT_OK_AND_ASSIGN(const auto counts, CountParameters(graph));
  EXPECT_EQ(counts[1].parameters(), 9);
  EXPECT_EQ(counts[2].parameters(), 9);
  EXPECT_EQ(counts[0].parameters(), 9);
}

// Parameters that no call claims still belong to the network.
TEST(CountParametersTest, UnownedParametersCountInTheTotal) {
  GraphBuilder b("net", "test");
  b.EnterCall("fc", "Linear");
  b.AddParameter("weight", DType::kFloat32, {7});
  b.LeaveCall({});
  Graph graph = std::move(b).Finish({});
  graph.calls[1].parameters.clear();
  ASSERT_OK_AND_ASSIGN(const auto counts, CountParameters(graph));
  EXPECT_EQ(counts[0].parameters(), 7);
  EXPECT_EQ(counts[1].parameters(), 0);
}

// A chain of twenty thousand nested calls, each with a parameter, is counted without a square.
TEST(CountParametersTest, DeepTreesAreCheap) {
  constexpr int64_t kDepth = 20'000;
  Graph graph = GraphBuilder("deep", "test").Finish({});
  for (int32_t i = 0; i < kDepth; ++i) {
    graph.values.push_back(
        {"p" + std::to_string(i), graph::ValueKind::kParameter, DType::kFloat32, {2}, i, true});
    graph::ModuleCall call;
    call.parent = i;
    call.parameters = {i};
    graph.calls.push_back(std::move(call));
  }
  ASSERT_OK_AND_ASSIGN(const auto counts, CountParameters(graph));
  EXPECT_EQ(counts[0].parameters(), 2 * kDepth);
  EXPECT_EQ(counts[1].parameters(), 2 * kDepth);
  EXPECT_EQ(counts[kDepth].parameters(), 2);
  EXPECT_EQ(counts[kDepth / 2].parameters(), kDepth + 2);
}

// Counts beyond 64 bits name the call.
TEST(CountParametersTest, OverflowIsOutOfRange) {
  GraphBuilder b("huge", "test");
  for (const char* name : {"a", "b"}) {
    b.AddParameter(name, DType::kInt8, {int64_t{1} << 62});
  }
  EXPECT_THAT(CountParameters(std::move(b).Finish({})),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("module call 0")));
}

}  // namespace
}  // namespace latcast::cost
