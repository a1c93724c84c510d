// Conventions of tools that hook modules: what each counts of one module.
#include <gmock/gmock.h>

#include "analyzer/conventions/convention.h"
#include "analyzer/ops/infer.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::conventions {
namespace {

using graph::Attributes;
using graph::Graph;
using graph::GraphBuilder;
using graph::Shape;
using graph::ValueId;
using ops::Ints;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Module {
  std::string class_name;
  Shape input;
  std::vector<std::pair<std::string, Shape>> parameters = {};
  Attributes attributes = {};  // of the constructor
  std::string op = {};
  Attributes op_attributes = {};
  int calls = 1;
};

// The module inside a network that calls it so many times on the same input.
absl::StatusOr<Graph> InNetwork(const Module& module) {
  GraphBuilder builder("network", "test");
  const ValueId x = builder.AddInput("x", graph::DType::kFloat32, module.input);
  std::vector<ValueId> parameters;
  std::vector<ValueId> outputs;
  for (int i = 0; i < module.calls; ++i) {
    builder.EnterCall("m", module.class_name, {x}, module.attributes);
    if (i == 0) {
      for (const auto& [name, shape] : module.parameters) {
        parameters.push_back(builder.AddParameter(name, graph::DType::kFloat32, shape));
      }
    }
    std::vector<ValueId> inputs = {x};
    inputs.insert(inputs.end(), parameters.begin(), parameters.end());
    ASSIGN_OR_RETURN(outputs, ops::AddInferred(builder, module.op, inputs, module.op_attributes));
    builder.LeaveCall(outputs);
  }
  Graph graph = std::move(builder).Finish(outputs);
  // As a capture has it: every call lists the parameters of its module.
  for (size_t i = 2; i < graph.calls.size(); ++i) graph.calls[i].parameters = parameters;
  return graph;
}

struct Case {
  std::string_view convention;
  std::vector<double> totals;
};

void Check(const Module& module, const std::vector<Case>& cases) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, InNetwork(module));
  for (const Case& c : cases) {
    ASSERT_OK_AND_ASSIGN(const Table table, FindConvention(c.convention)->count(graph));
    const std::vector<std::optional<double>> expected(c.totals.begin(), c.totals.end());
    EXPECT_EQ(table.totals, expected) << module.class_name << ", " << c.convention;
  }
}

// A linear layer on vectors and on sequences of them: torchstat knows matrices only.
TEST(ModuleConventionsTest, Linear) {
  Module linear = {.class_name = "Linear",
                   .input = {2, 8},
                   .parameters = {{"weight", {5, 8}}, {"bias", {5}}},
                   .attributes = {{"in_features", int64_t{8}}},
                   .op = "linear"};
  Check(linear, {{"thop", {80, 45}},
                 {"ptflops", {(80 + 10) / 2}},
                 {"torchinfo", {90, 45, 64 + 56, 80, 180}},
                 {"torchstat", {80, 75, 4 * (16 + 2 * 45), 40, 20}}});
  linear.input = {1, 3, 8};
  Check(linear, {{"thop", {120, 45}},
                 {"ptflops", {120 + 15}},
                 {"torchinfo", {135, 45, 96 + 56, 120, 180}},
                 {"torchstat", {0, 0, 0, 0, 0}}});
}

// An activation that is a module counts twice to ptflops, ReLU6 once; a reused one counts each
// call.
TEST(ModuleConventionsTest, Activations) {
  Module relu = {.class_name = "ReLU", .input = {1, 4, 3, 3}, .op = "relu", .calls = 2};
  Check(relu,
        {{"thop", {0, 0}}, {"ptflops", {2 * 2 * 36}}, {"torchstat", {72, 72, 288, 288, 288}}});
  Check({.class_name = "ReLU6", .input = {1, 4, 3, 3}, .op = "relu6"},
        {{"ptflops", {36}}, {"torchstat", {36, 36, 144, 144, 144}}});
}

// Parameters of a reused module count once, its operations at every call.
TEST(ModuleConventionsTest, ReusedConvolution) {
  Check({.class_name = "Conv2d",
         .input = {1, 3, 8, 8},
         .parameters = {{"weight", {4, 3, 3, 3}}, {"bias", {4}}},
         .op = "conv2d",
         .calls = 2},
        {{"thop", {2 * 3888, 112}},
         {"ptflops", {2 * (3888 + 144)}},
         {"torchinfo", {2 * 112 * 36, 112, 768 + 56, 2 * 2 * 576, 448}},
         {"torchstat", {2 * (3888 + 144), 2 * 2 * 3888, 2 * 4 * (192 + 112), 2 * 576, 2 * 576}}});
}

// THOP takes the quotient of the sizes for the window of an adaptive pool, whole or not.
TEST(ModuleConventionsTest, AdaptiveAverage) {
  Module pool = {.class_name = "AdaptiveAvgPool2d",
                 .input = {1, 2, 7, 7},
                 .op = "adaptive_avg_pool2d",
                 .op_attributes = {{"output_size", Ints{1, 1}}}};
  Check(pool, {{"thop", {2 * 50, 0}}, {"ptflops", {2 * 98}}, {"torchstat", {0, 0, 0, 0, 8}}});
  pool.op_attributes = {{"output_size", Ints{3, 3}}};
  Check(pool, {{"thop", {116, 0}}});  // (49 / 9 + 1) * 18, down to a whole number
}

// Pools of images, whose MAdd is by windows.
TEST(ModuleConventionsTest, Pools) {
  Check({.class_name = "MaxPool2d",
         .input = {1, 2, 8, 8},
         .attributes = {{"kernel_size", int64_t{2}}},
         .op = "max_pool2d",
         .op_attributes = {{"kernel_size", Ints{2, 2}}}},
        {{"thop", {0, 0}}, {"ptflops", {2 * 128}}, {"torchstat", {128, 3 * 32, 512, 128, 128}}});
  Check({.class_name = "AvgPool2d",
         .input = {1, 2, 8, 8},
         .attributes = {{"kernel_size", int64_t{2}}},
         .op = "avg_pool2d",
         .op_attributes = {{"kernel_size", Ints{2, 2}}}},
        {{"thop", {32, 0}}, {"torchstat", {128, 4 * 32, 512, 128, 128}}});
}

// A file may give any class to a call of any shape: conventions count or refuse, and read nothing
// that is not there.
TEST(ModuleConventionsTest, StrangeShapes) {
  const std::vector<Shape> shapes = {{}, {4}, {2, 3}, {2, 3, 4, 5, 6}};
  for (const char* class_name :
       {"Conv2d", "ConvTranspose2d", "Linear", "BatchNorm2d", "LayerNorm", "ReLU", "PReLU",
        "Softmax", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "Upsample", "MultiheadAttention",
        "RNN", "LSTM", "GRUCell", "Dropout"}) {
    for (const Shape& shape : shapes) {
      for (const bool with_weight : {false, true}) {
        Module module = {.class_name = class_name, .input = shape, .op = "mul"};
        if (with_weight) module.parameters = {{"weight", {}}};
        if (!with_weight) module.op = "relu";
        ASSERT_OK_AND_ASSIGN(const Graph graph, InNetwork(module));
        for (const Convention& convention : BuiltinConventions()) {
          const absl::Status status = convention.count(graph).status();
          EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status))
              << convention.name << " " << class_name << status;
        }
      }
    }
  }
}

// A class nobody hooks is lost, and the note says what it would have counted.
TEST(ModuleConventionsTest, UnknownClass) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, InNetwork({.class_name = "MyLinear",
                                                     .input = {2, 8},
                                                     .parameters = {{"weight", {5, 8}}},
                                                     .op = "linear"}));
  ASSERT_OK_AND_ASSIGN(const Table table, FindConvention("thop")->count(graph));
  EXPECT_THAT(table.totals, ElementsAre(0.0, 0.0));
  EXPECT_THAT(table.notes, ElementsAre("linear: 80 MACs in 1 call are missed"));
}

}  // namespace
}  // namespace latcast::conventions
