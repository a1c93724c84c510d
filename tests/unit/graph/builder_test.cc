#include "analyzer/graph/builder.h"

#include <gtest/gtest.h>

#include <set>

#include "analyzer/graph/verify.h"
#include "base/status_matchers.h"

namespace latcast::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr DType kFloat = DType::kFloat32;

// Module calls nest: paths grow, parents precede children, operators belong to the innermost call.
TEST(GraphBuilderTest, NestsCalls) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 8});
  const CallId layer = b.EnterCall("layer1", "Sequential", {x});
  const CallId inner = b.EnterCall("0", "ReLU", {x}, {{"inplace", false}});
  const ValueId y = b.AddActivation(kFloat, {1, 8});
  const OpId relu = b.AddOp("relu", {x}, {y});
  b.LeaveCall({y});
  const ValueId z = b.AddActivation(kFloat, {1, 8});
  const OpId add = b.AddOp("add", {x, y}, {z});
  b.LeaveCall({z});
  const Graph g = std::move(b).Finish({z});

  EXPECT_OK(Verify(g));
  EXPECT_EQ(g.name, "net");
  EXPECT_EQ(g.producer, "test");
  ASSERT_EQ(g.calls.size(), 3U);
  EXPECT_EQ(g.calls[0].path, "");
  EXPECT_EQ(g.calls[0].class_name, "net");
  EXPECT_EQ(g.calls[0].parent, kNone);
  EXPECT_THAT(g.calls[0].inputs, ElementsAre(x));
  EXPECT_THAT(g.calls[0].outputs, ElementsAre(z));
  EXPECT_EQ(g.calls[1].path, "layer1");
  EXPECT_EQ(g.calls[1].parent, 0);
  EXPECT_EQ(g.calls[2].path, "layer1.0");
  EXPECT_EQ(g.calls[2].class_name, "ReLU");
  EXPECT_EQ(g.calls[2].parent, layer);
  EXPECT_THAT(g.calls[2].inputs, ElementsAre(x));
  EXPECT_THAT(g.calls[2].outputs, ElementsAre(y));
  EXPECT_EQ(g.calls[2].attributes.count("inplace"), 1U);
  EXPECT_EQ(g.ops[static_cast<size_t>(relu)].call, inner);
  EXPECT_EQ(g.ops[static_cast<size_t>(add)].call, layer);
  EXPECT_THAT(g.inputs, ElementsAre(x));
  EXPECT_THAT(g.outputs, ElementsAre(z));
}

// Parameters and buffers are named by the call that owns them and listed in it alone.
TEST(GraphBuilderTest, QualifiesParameters) {
  GraphBuilder b("net", "test");
  const ValueId top = b.AddParameter("scale", kFloat, {4});
  b.EnterCall("features", "Sequential");
  b.EnterCall("bn", "BatchNorm2d");
  const ValueId weight = b.AddParameter("weight", kFloat, {4}, /*requires_grad=*/false);
  const ValueId mean = b.AddBuffer("running_mean", kFloat, {4});
  b.LeaveCall({});
  b.LeaveCall({});
  const Graph g = std::move(b).Finish({});

  EXPECT_EQ(g.value(top).name, "scale");
  EXPECT_EQ(g.value(top).kind, ValueKind::kParameter);
  EXPECT_TRUE(g.value(top).requires_grad);
  EXPECT_EQ(g.value(weight).name, "features.bn.weight");
  EXPECT_FALSE(g.value(weight).requires_grad);
  EXPECT_EQ(g.value(mean).name, "features.bn.running_mean");
  EXPECT_EQ(g.value(mean).kind, ValueKind::kBuffer);
  EXPECT_THAT(g.calls[0].parameters, ElementsAre(top));
  EXPECT_THAT(g.calls[1].parameters, IsEmpty());
  EXPECT_THAT(g.calls[2].parameters, ElementsAre(weight, mean));
}

// Every value has a storage of its own, but for an alias, which has its source's.
TEST(GraphBuilderTest, SharesStorageOfAliases) {
  GraphBuilder b("net", "test");
  const ValueId x = b.AddInput("x", kFloat, {1, 2, 2});
  const ValueId w = b.AddParameter("w", kFloat, {2});
  const ValueId y = b.AddActivation(kFloat, {1, 2, 2});
  const ValueId flat = b.AddActivation(kFloat, {1, 4}, y);
  const ValueId again = b.AddActivation(kFloat, {4}, flat);
  const Graph& g = b.graph();
  EXPECT_NE(g.value(x).storage, g.value(w).storage);
  EXPECT_NE(g.value(w).storage, g.value(y).storage);
  EXPECT_NE(g.value(x).storage, g.value(y).storage);
  EXPECT_EQ(g.value(flat).storage, g.value(y).storage);
  EXPECT_EQ(g.value(again).storage, g.value(y).storage);
  EXPECT_NE(g.value(flat).name, g.value(again).name);
}

// Operators are named by their type and a number, unique even where a type looks like such a name.
TEST(GraphBuilderTest, UniqueOperatorNames) {
  GraphBuilder b("net", "test");
  ValueId x = b.AddInput("x", kFloat, {1});
  for (const char* type : {"add", "add_2", "add", "add", "relu"}) {
    const ValueId y = b.AddActivation(kFloat, {1});
    b.AddOp(type, {x}, {y});
    x = y;
  }
  const Graph g = std::move(b).Finish({x});
  EXPECT_OK(Verify(g));
  std::vector<std::string> names;
  for (const Op& op : g.ops) names.push_back(op.name);
  EXPECT_THAT(names, ElementsAre("add", "add_2", "add_1", "add_3", "relu"));
}

// The calls of one module are numbered; another module starts anew.
TEST(GraphBuilderTest, CountsCallsOfAModule) {
  GraphBuilder b("net", "test");
  for (const char* name : {"relu", "conv", "relu", "relu"}) {
    b.EnterCall(name, "M");
    b.LeaveCall({});
  }
  const Graph g = std::move(b).Finish({});
  std::vector<int32_t> indices;
  for (const ModuleCall& call : g.calls) indices.push_back(call.index);
  EXPECT_THAT(indices, ElementsAre(0, 0, 0, 1, 2));
}

// Shapes print with x between dimensions.
TEST(ShapeTest, ToString) {
  EXPECT_EQ(ToString(Shape{1, 3, 224, 224}), "1x3x224x224");
  EXPECT_EQ(ToString(Shape{}), "scalar");
}

// Every data type has a name of its own and the size it takes in memory.
TEST(DTypeTest, NamesAndSizes) {
  EXPECT_EQ(ByteSize(DType::kFloat32), 4);
  EXPECT_EQ(ByteSize(DType::kFloat64), 8);
  EXPECT_EQ(ByteSize(DType::kFloat16), 2);
  EXPECT_EQ(ByteSize(DType::kBFloat16), 2);
  EXPECT_EQ(ByteSize(DType::kInt64), 8);
  EXPECT_EQ(ByteSize(DType::kBool), 1);
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(DType::kBool); ++i) {
    EXPECT_GT(ByteSize(static_cast<DType>(i)), 0);
    names.insert(Name(static_cast<DType>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(DType::kBool) + 1);
  EXPECT_EQ(names.count(""), 0U);
}

}  // namespace
}  // namespace latcast::graph
