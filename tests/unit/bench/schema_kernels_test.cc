// Operators that run through LibTorch's dispatcher: shapes of whole graphs are those the rules
// give, and a few results are held against the direct call.
#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/graph/builder.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"
#include "bench/executor/executor.h"

namespace latcast::bench {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::Shape;
using graph::ValueId;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

at::Tensor ToTensor(const HostTensor& host) {
  return at::tensor(at::ArrayRef<float>(host.values)).view(host.shape);
}

struct Case {
  std::string type;
  std::vector<Shape> inputs;
  std::vector<Shape> parameters = {};
  Attributes attributes = {};
};

// One operator whose outputs are the graph's.
Graph Single(const Case& c) {
  GraphBuilder builder("single", "test");
  std::vector<ValueId> ids;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    ids.push_back(builder.AddInput("x" + std::to_string(i), DType::kFloat32, c.inputs[i]));
  }
  for (size_t i = 0; i < c.parameters.size(); ++i) {
    ids.push_back(builder.AddParameter("p" + std::to_string(i), DType::kFloat32, c.parameters[i]));
  }
  const auto outputs = ops::AddInferred(builder, c.type, ids, c.attributes);
  EXPECT_OK(outputs.status());
  return std::move(builder).Finish(*outputs);
}

using Ints = std::vector<int64_t>;

const Case kCases[] = {
    {"conv1d", {{2, 4, 9}}, {{6, 4, 3}, {6}}, {{"padding", int64_t{1}}}},
    {"conv3d", {{1, 2, 4, 5, 6}}, {{3, 2, 2, 2, 2}}, {{"stride", int64_t{2}}}},
    {"conv_transpose2d", {{1, 4, 5, 5}}, {{4, 2, 3, 3}}, {{"stride", Ints{2, 2}}}},
    {"conv2d", {{1, 4, 8, 8}}, {{4, 4, 2, 2}}, {{"padding", std::string("same")}}},
    {"layer_norm", {{2, 3, 8}}, {{8}, {8}}, {{"normalized_shape", Ints{8}}, {"eps", 1e-5}}},
    {"group_norm", {{2, 8, 4, 4}}, {{8}, {8}}, {{"num_groups", int64_t{4}}}},
    {"scaled_dot_product_attention", {{1, 2, 5, 4}, {1, 2, 7, 4}, {1, 2, 7, 6}}},
    {"log_softmax", {{2, 5}}, {}, {{"dim", int64_t{1}}}},
    {"interpolate",
     {{1, 2, 4, 4}},
     {},
     {{"mode", std::string("bilinear")}, {"align_corners", false}, {"output_size", Ints{8, 9}}}},
    {"interpolate",
     {{1, 2, 4, 4}},
     {},
     {{"mode", std::string("nearest")}, {"scale_factors", std::vector<double>{2.0, 2.0}}}},
    {"grid_sample",
     {{1, 2, 4, 4}, {1, 3, 3, 2}},
     {},
     {{"interpolation_mode", int64_t{0}}, {"padding_mode", int64_t{0}}, {"align_corners", false}}},
    {"max_pool1d", {{1, 2, 9}}, {}, {{"kernel_size", Ints{3}}}},
    {"exp", {{3, 4}}},
    {"pow", {{3, 4}}, {}, {{"exponent", 2.0}}},
    {"maximum", {{3, 4}, {4}}},
    {"split", {{4, 6}}, {}, {{"split_size", int64_t{4}}, {"dim", int64_t{1}}}},
    {"select", {{4, 6}}, {}, {{"dim", int64_t{0}}, {"index", int64_t{1}}}},
    {"expand", {{1, 6}}, {}, {{"size", Ints{3, -1}}}},
    {"unsqueeze", {{4, 6}}, {}, {{"dim", int64_t{1}}}},
};

class SchemaKernels : public ::testing::TestWithParam<Case> {};

// The graph runs, and its outputs have the shapes that the operator's rule gave them.
TEST_P(SchemaKernels, RunsWithTheShapesOfTheRules) {
  const Graph graph = Single(GetParam());
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph));
  ASSERT_OK(executor->Run());
  ASSERT_OK(executor->Run());
  for (const ValueId output : graph.outputs) {
    ASSERT_OK_AND_ASSIGN(const HostTensor tensor, executor->Read(output));
    EXPECT_THAT(tensor.shape, ElementsAreArray(graph.value(output).shape));
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, SchemaKernels, ::testing::ValuesIn(kCases),
                         [](const auto& suite) {
                           return suite.param.type + "_" + std::to_string(suite.index);
                         });

// Arguments reach the operator: the result is that of the direct call.
TEST(SchemaKernelsTest, ResultsAreThoseOfTheDirectCall) {
  const Graph graph = Single(
      {"layer_norm", {{2, 3, 8}}, {{8}, {8}}, {{"normalized_shape", Ints{8}}, {"eps", 0.5}}});
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph));
  ASSERT_OK(executor->Run());
  std::vector<at::Tensor> read;
  for (const ValueId id :
       {graph.ops[0].inputs[0], graph.ops[0].inputs[1], graph.ops[0].inputs[2], graph.outputs[0]}) {
    ASSERT_OK_AND_ASSIGN(const HostTensor tensor, executor->Read(id));
    read.push_back(ToTensor(tensor));
  }
  EXPECT_TRUE(at::allclose(read[3], at::layer_norm(read[0], {8}, read[1], read[2], 0.5)));
}

// An operator nobody has, and one whose attributes fit no form of it, are refused by name.
TEST(SchemaKernelsTest, Refusals) {
  Graph graph = Single({"exp", {{3}}});
  graph.ops[0].type = "no_such_operator";
  EXPECT_THAT(Executor::Create(graph).status(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("(no_such_operator): the bench cannot run this operator")));
  graph.ops[0].type = "exp";
  graph.ops[0].attributes["base"] = int64_t{2};
  EXPECT_THAT(Executor::Create(graph).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no argument takes attribute 'base'")));
}

}  // namespace
}  // namespace latcast::bench
