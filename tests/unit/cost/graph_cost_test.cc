#include "analyzer/cost/graph_cost.h"

#include "analyzer/graph/verify.h"
#include "tests/support/resnet18.h"

namespace latcast::cost {
namespace {

using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::ValueId;
using ::testing::HasSubstr;

size_t FindCall(const Graph& graph, const std::string& path) {
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    if (graph.calls[i].path == path) return i;
  }
  ADD_FAILURE() << "no call " << path;
  return 0;
}

int64_t ByClass(const CostSum& sum, ops::MacClass mac_class) {
  return sum.macs_by_class[static_cast<size_t>(mac_class)];
}

// The numbers everyone knows of ResNet-18, and its true FLOPs worked out by hand.
TEST(ComputeCostTest, ResNet18) {
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK(graph::Verify(graph));
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(graph));
  EXPECT_EQ(cost.total.macs, 1'814'073'344);
  EXPECT_EQ(ByClass(cost.total, ops::MacClass::kMatmul), 512'000);
  EXPECT_EQ(ByClass(cost.total, ops::MacClass::kPointwise), 3 * 6'422'528);
  EXPECT_EQ(ByClass(cost.total, ops::MacClass::kDense), 1'814'073'344 - 512'000 - 3 * 6'422'528);
  // MACs twice, bias of fc, two a normalised element, one a rectified one, 3 x 3 a pooled output,
  // the average's inputs, the residual sums.
  EXPECT_EQ(cost.total.flops, int64_t{2} * 1'814'073'344 + 1'000 + 4'967'424 + 2'308'096 +
                                  200'704 * 9 + 25'088 + 752'640);
  EXPECT_EQ(cost.total.kernels, 68);
  EXPECT_EQ(cost.total.ops, 69);
  EXPECT_EQ(cost.total.completeness, Completeness::kComplete);
  EXPECT_TRUE(cost.unknown_ops.empty());
  EXPECT_EQ(cost.parameters.parameters(), 11'689'512);
  EXPECT_EQ(cost.parameters.trainable, 11'689'512);
  EXPECT_EQ(cost.parameters.parameter_bytes, 4 * 11'689'512);
  EXPECT_EQ(cost.parameters.buffers, 9'600);
}

// A module call holds its children's costs; those of siblings add up to their parent's.
TEST(ComputeCostTest, CallsIncludeTheirChildren) {
  const Graph graph = ResNet18Builder::Build();
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(graph));
  const CostSum& layer = cost.calls[FindCall(graph, "layer2")];
  const CostSum& first = cost.calls[FindCall(graph, "layer2.0")];
  const CostSum& second = cost.calls[FindCall(graph, "layer2.1")];
  EXPECT_EQ(second.macs, 2 * 115'605'504);
  EXPECT_EQ(layer.macs, first.macs + second.macs);
  EXPECT_EQ(layer.flops, first.flops + second.flops);
  EXPECT_EQ(layer.bytes_read, first.bytes_read + second.bytes_read);
  EXPECT_EQ(layer.bytes_written, first.bytes_written + second.bytes_written);
  EXPECT_EQ(layer.output_elements, first.output_elements + second.output_elements);
  EXPECT_EQ(layer.kernels, first.kernels + second.kernels);
  EXPECT_EQ(layer.ops, first.ops + second.ops);
  EXPECT_EQ(second.kernels, 7);
  const ParameterCount& block = cost.call_parameters[FindCall(graph, "layer2.1")];
  EXPECT_EQ(block.parameters(), 2 * (128 * 128 * 9 + 2 * 128));
  EXPECT_EQ(block.buffers, 4 * 128);
}

// The total is the sum over the operators, whatever the batch.
TEST(ComputeCostTest, TotalIsTheSumOfOperators) {
  for (const int64_t batch : {1, 3}) {
    ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(ResNet18Builder::Build(batch)));
    ops::OpCost sum;
    for (const auto& op : cost.ops) {
      ASSERT_TRUE(op.has_value());
      sum.macs += op->macs;
      sum.flops += op->flops;
      sum.bytes_read += op->bytes_read;
      sum.bytes_written += op->bytes_written;
      sum.output_elements += op->output_elements;
      sum.kernels += op->kernels;
    }
    EXPECT_EQ(sum.macs, batch * 1'814'073'344);
    EXPECT_EQ(cost.total.macs, sum.macs);
    EXPECT_EQ(cost.total.flops, sum.flops);
    EXPECT_EQ(cost.total.bytes_read, sum.bytes_read);
    EXPECT_EQ(cost.total.bytes_written, sum.bytes_written);
    EXPECT_EQ(cost.total.output_elements, sum.output_elements);
    EXPECT_EQ(cost.total.kernels, sum.kernels);
  }
}

// Operators nobody knows are listed by type and make every enclosing sum partial, no other.
TEST(ComputeCostTest, UnknownOperatorsArePartial) {
  GraphBuilder b("net", "test");
  ValueId x = b.AddInput("x", DType::kFloat32, {4});
  const auto unknown = [&](const std::string& type) {
    const ValueId y = b.AddActivation(DType::kFloat32, {4});
    b.AddOp(type, {x}, {y});
    x = y;
  };
  b.EnterCall("known", "ReLU");
  ASSERT_OK_AND_ASSIGN(const auto y, ops::AddInferred(b, "relu", {x}));
  x = y[0];
  b.LeaveCall({x});
  b.EnterCall("strange", "Strange");
  unknown("zeta");
  unknown("zeta");
  unknown("eta");
  b.LeaveCall({x});
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(std::move(b).Finish({x})));
  EXPECT_EQ(cost.total.completeness, Completeness::kPartial);
  EXPECT_EQ(cost.calls[0].completeness, Completeness::kPartial);
  EXPECT_EQ(cost.calls[1].completeness, Completeness::kComplete);
  EXPECT_EQ(cost.calls[2].completeness, Completeness::kPartial);
  EXPECT_EQ(cost.total.flops, 4);
  EXPECT_EQ(cost.total.ops, 4);
  EXPECT_FALSE(cost.ops[1].has_value());
  ASSERT_EQ(cost.unknown_ops.size(), 2U);
  EXPECT_EQ(cost.unknown_ops[0].type, "eta");
  EXPECT_EQ(cost.unknown_ops[0].calls, 1);
  EXPECT_EQ(cost.unknown_ops[1].type, "zeta");
  EXPECT_EQ(cost.unknown_ops[1].calls, 2);
}

// A graph that contradicts itself is refused at the operator.
TEST(ComputeCostTest, RefusalsNameTheOperator) {
  Graph graph = ResNet18Builder::Build();
  graph.value(graph.ops[3].outputs[0]).shape = {1, 64, 55, 55};
  EXPECT_THAT(ComputeCost(graph),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("operator 3 'max_pool2d' (max_pool2d): output 0 is recorded as")));
}

// A sum beyond 64 bits is an error although every operator fits.
TEST(ComputeCostTest, SumsDoNotWrap) {
  GraphBuilder b("huge", "test");
  ValueId x = b.AddInput("x", DType::kFloat32, {int64_t{1} << 60});
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto y, ops::AddInferred(b, "relu", {x}));
    x = y[0];
  }
  EXPECT_THAT(ComputeCost(std::move(b).Finish({x})),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("operator 1 'relu_1' (relu): the sum of bytes read")));
}

// An empty network costs nothing.
TEST(ComputeCostTest, EmptyGraph) {
  ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(GraphBuilder("empty", "test").Finish({})));
  EXPECT_EQ(cost.total.ops, 0);
  EXPECT_EQ(cost.parameters.parameters(), 0);
}

}  // namespace
}  // namespace latcast::cost
