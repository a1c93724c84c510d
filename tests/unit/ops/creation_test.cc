// Tensors from numbers, random ones, what overwrites a tensor.
#include "analyzer/graph/attributes.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string type;
  Operands operands;
  graph::Attributes attributes;
  int64_t read = 0;  // bytes
  int64_t written = 0;
  int64_t flops = 0;
};

// A template is not read, an overwritten tensor neither; memory that nobody writes costs nothing.
TEST(CreationTest, Costs) {
  const Case cases[] = {
      {"zeros", {}, {{"size", Ints{4, 5}}}, 0, 80, 0},
      {"full", {}, {{"size", Ints{4, 5}}, {"fill_value", int64_t{7}}}, 0, 160, 0},
      {"new_ones", {In({100})}, {{"size", Ints{3}}, {"dtype", "float16"}}, 0, 6, 0},
      {"zeros_like", {In({4, 5})}, {}, 0, 80, 0},
      {"arange", {}, {{"end", int64_t{10}}}, 0, 80, 20},
      {"arange", {}, {{"start", 0.5}, {"end", 3.0}, {"step", 0.5}}, 0, 20, 10},
      {"linspace", {}, {{"start", 0.0}, {"end", 1.0}, {"steps", int64_t{6}}}, 0, 24, 12},
      {"eye", {}, {{"n", int64_t{3}}}, 0, 36, 0},
      {"scalar_tensor", {}, {{"s", 1.0}}, 0, 4, 0},
      {"randn", {}, {{"size", Ints{5}}}, 0, 20, 0},
      {"bernoulli", {In({5})}, {}, 20, 20, 5},
      {"bernoulli", {In({5})}, {{"p", 0.5}, {"inplace", true}}, 0, 20, 5},
      {"uniform", {In({5})}, {{"inplace", true}}, 0, 20, 10},
      {"fill", {In({5})}, {{"value", 1.0}, {"inplace", true}}, 0, 20, 0},
      {"fill", {In({5}), In({})}, {{"inplace", true}}, 4, 20, 0},
      {"zero", {In({5})}, {{"inplace", true}}, 0, 20, 0},
      {"copy", {In({4, 5}), In({5}, graph::DType::kFloat16)}, {{"inplace", true}}, 10, 80, 0},
      {"to", {In({4, 5})}, {{"dtype", "float16"}}, 80, 40, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type + " " + graph::ToString(c.attributes));
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOf(c.type, c.operands, c.attributes));
    EXPECT_EQ(cost.bytes_read, c.read);
    EXPECT_EQ(cost.bytes_written, c.written);
    EXPECT_EQ(cost.flops, c.flops);
    EXPECT_EQ(cost.kernels, 1);
  }
  ASSERT_OK_AND_ASSIGN(const OpCost empty, CostOf("empty", {}, {{"size", Ints{4, 5}}}));
  EXPECT_EQ(empty.bytes_written, 0);
  EXPECT_EQ(empty.kernels, 0);
}

// A change of type costs nothing where a capture saw the input itself returned.
TEST(CreationTest, ToItsOwnTypeIsFree) {
  graph::GraphBuilder builder("to", "test");
  const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {6});
  const graph::ValueId y = builder.AddActivation(graph::DType::kFloat32, {6}, x);
  builder.AddOp("to", {x}, {y}, {{"dtype", "float32"}});
  const graph::Graph graph = std::move(builder).Finish({y});
  ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp("to"), MakeCall(graph, graph.ops[0])));
  EXPECT_EQ(cost.kernels, 0);
  EXPECT_EQ(cost.bytes_read, 0);
}

// Numbers that make no tensor are refused by name.
TEST(CreationTest, Refusals) {
  const auto refused = [](const std::string& type, const Operands& operands,
                          graph::Attributes attributes, const std::string& message) {
    EXPECT_THAT(ShapeOf(type, operands, std::move(attributes)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused("zeros", {}, {}, "attribute size is missing");
  refused("zeros", {}, {{"size", Ints{2, -1}}}, "dimension -1 is negative");
  refused("zeros", {}, {{"size", Ints{2}}, {"dtype", "float8"}}, "a data type expected");
  refused("zeros", {In({2})}, {{"size", Ints{2}}}, "at most 0 inputs");
  refused("zeros", {}, {{"size", Ints{2}}, {"inplace", true}}, "input 0 is absent");
  refused("full", {}, {{"size", Ints{2}}}, "attribute fill_value is missing");
  refused("arange", {}, {{"start", int64_t{3}}}, "attribute end is missing");
  refused("arange", {}, {{"end", int64_t{3}}, {"step", int64_t{0}}}, "step is 0");
  refused("arange", {}, {{"end", int64_t{-3}}}, "is no range");
  refused("copy", {In({5}), In({4, 5})}, {}, "source 4x5 does not fit 5");
  refused("fill", {In({5})}, {}, "attribute value");
  EXPECT_THAT(ShapeOf("arange", {}, {{"end", 1e300}, {"dtype", "int64"}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("number of steps")));
}

}  // namespace
}  // namespace latcast::ops
