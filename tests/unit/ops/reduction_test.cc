// What reduces dimensions, and what runs along one.
#include "analyzer/graph/attributes.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string type;
  graph::Attributes attributes;
  int64_t flops = 0;
  int64_t written = 0;  // bytes
};

// Over the last dimension of 4 x 5 x 6, 120 elements: FLOPs an input and an output element, 20
// each.
TEST(ReductionOpsTest, Costs) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {"sum", {}, 120, 80},
      {"nansum", {}, 240, 80},
      {"prod", {}, 120, 80},
      {"any", {}, 120, 20},
      {"count_nonzero", {}, 240, 160},
      {"max", {}, 120, 80 + 160},
      {"amax", {}, 120, 80},
      {"aminmax", {}, 240, 160},
      {"argmax", {}, 120, 160},
      {"var", {}, 480, 80},
      {"std", {}, 480 + 20, 80},
      {"var_mean", {}, 480, 160},
      {"std_mean", {}, 480 + 20, 160},
      {"linalg_vector_norm", {}, 240 + 20, 80},
      {"linalg_vector_norm", {{"ord", int64_t{1}}}, 240, 80},
      {"linalg_vector_norm", {{"ord", infinity}}, 240, 80},
      {"linalg_vector_norm", {{"ord", 3.0}}, 360 + 20, 80},
      {"logsumexp", {}, 480 + 40, 80},
      {"log_softmax", {}, 600, 480},
      {"cumsum", {}, 120, 480},
      {"cummax", {}, 120, 480 + 960},
      {"logcumsumexp", {}, 720, 480},
  };
  for (Case c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    c.attributes["dim"] = int64_t{-1};
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, {In({4, 5, 6})}, c.attributes));
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.bytes_read, 480);
    EXPECT_EQ(cost.bytes_written, c.written);
    EXPECT_EQ(cost.kernels, 1);
  }
}

// Without a dimension the maximum is one number, and nobody asks where it is.
TEST(ReductionOpsTest, MaximumOfAll) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp("max", {In({4, 5})}));
  EXPECT_EQ(graph.outputs.size(), 1U);
  EXPECT_EQ(graph.value(graph.outputs[0]).shape, graph::Shape{});
}

// Dimensions must exist and be named once; an extremum of nothing does not exist.
TEST(ReductionOpsTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands,
                          graph::Attributes attributes, const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("sum", {In({2, 3})}, {{"dim", Ints{1, -1}}}, "dim -1 repeats");
  refused("sum", {In({2, 3})}, {{"dim", Ints{2}}}, "outside [-2, 1]");
  refused("amax", {In({2, 0})}, {}, "dimension 1 of 2x0 is empty");
  refused("var", {In({2}, graph::DType::kInt64)}, {}, "input is int64");
  refused("cumsum", {In({2})}, {}, "attribute dim is missing");
}

}  // namespace
}  // namespace latcast::ops
