// Views of several outputs, and what views cost; their shapes are held against PyTorch's in
// torch_shapes_test.cc.
#include <map>

#include "analyzer/graph/builder.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct ViewCase {
  std::string type;
  Operands inputs;
  graph::Attributes attributes;
  size_t outputs = 1;
};

const Operands kOne = {In({2, 6, 1, 4})};

std::vector<ViewCase> Views() {
  const int64_t one = 1;
  const Operands vectors = {In({2}), In({3}), In({4})};
  return {
      {"select", kOne, {{"dim", one}, {"index", -one}}},
      {"slice", kOne, {{"dim", one}, {"start", one}, {"end", INT64_MAX}, {"step", int64_t{2}}}},
      {"narrow", kOne, {{"dim", one}, {"start", one}, {"length", int64_t{2}}}},
      {"diagonal", kOne, {}},
      {"unfold", kOne, {{"dimension", one}, {"size", int64_t{3}}, {"step", one}}},
      {"as_strided", kOne, {{"size", Ints{3, 2}}, {"stride", Ints{2, 1}}}},
      {"split", kOne, {{"dim", one}, {"split_size", int64_t{4}}}, 2},
      {"split", kOne, {{"dim", one}, {"split_size", Ints{1, 2, 3}}}, 3},
      {"chunk", kOne, {{"dim", one}, {"chunks", int64_t{3}}}, 3},
      {"tensor_split", kOne, {{"dim", one}, {"sections", int64_t{4}}}, 4},
      {"unbind", kOne, {{"dim", one}}, 6},
      {"expand", kOne, {{"size", Ints{2, 6, 9, 4}}}},
      {"expand_as", {In({1, 4}), In({3, 4})}, {}},
      {"broadcast_tensors", {In({1, 4}), In({3, 1})}, {}, 2},
      {"meshgrid", vectors, {{"indexing", std::string("ij")}}, 3},
      {"squeeze", kOne, {}},
      {"unsqueeze", kOne, {{"dim", int64_t{0}}}},
      {"unflatten", kOne, {{"dim", one}, {"sizes", Ints{2, -1}}}},
      {"view_as", {In({2, 3}), In({6})}, {}},
      {"view", kOne, {{"dtype", std::string("float16")}}},
      {"movedim", kOne, {{"source", one}, {"destination", int64_t{-1}}}},
      {"alias", kOne, {}},
      {"detach", kOne, {}},
  };
}

// Every output shares the storage of the input it shows, and no kernel runs.
TEST(ViewTest, AliasAndCostNothing) {
  for (const ViewCase& c : Views()) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, SingleOp(c.type, c.inputs, c.attributes));
    EXPECT_EQ(graph.outputs.size(), c.outputs);
    const OpDef& def = *FindOp(c.type);
    EXPECT_TRUE(def.is_view);
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const graph::ValueId source = graph.inputs[AliasedInput(def, i)];
      EXPECT_EQ(graph.value(graph.outputs[i]).storage, graph.value(source).storage);
    }
    const OpCall call = MakeCall(graph, graph.ops[0]);
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(def, call));
    EXPECT_EQ(cost.kernels + cost.flops + cost.bytes_read + cost.bytes_written, 0);
    ASSERT_OK_AND_ASSIGN(const Saved saved, def.saved(call));
    EXPECT_EQ(saved.inputs + saved.outputs, 0U);
    EXPECT_EQ(saved.extra_bytes, 0);
  }
}

// Grids and broadcasts show input i in output i.
TEST(ViewTest, ListsAliasOneByOne) {
  EXPECT_EQ(AliasedInput(*FindOp("meshgrid"), 2), 2U);
  EXPECT_EQ(AliasedInput(*FindOp("broadcast_tensors"), 1), 1U);
  EXPECT_EQ(AliasedInput(*FindOp("unbind"), 2), 0U);
  EXPECT_EQ(AliasedInput(*FindOp("relu"), 0), 0U);
}

struct CopyCase {
  std::string type;
  graph::Attributes attributes;
  int64_t read;
  int64_t written;
};

// A capture that saw copies (split_copy, slice_copy) pays for what is copied: no more is read than
// there is, nor than is written.
TEST(ViewTest, CopiesPayForWhatIsCopied) {
  const CopyCase cases[] = {
      {"slice", {{"dim", int64_t{1}}, {"end", int64_t{2}}}, 64, 64},
      {"chunk", {{"dim", int64_t{1}}, {"chunks", int64_t{2}}}, 192, 192},
      {"expand", {{"size", Ints{2, 6, 5, 4}}}, 192, 960},
  };
  for (const CopyCase& c : cases) {
    SCOPED_TRACE(c.type);
    ASSERT_OK_AND_ASSIGN(graph::Graph graph, SingleOp(c.type, kOne, c.attributes));
    for (const graph::ValueId id : graph.outputs) graph.value(id).storage += 1;
    ASSERT_OK_AND_ASSIGN(const OpCost cost, CostOp(*FindOp(c.type), MakeCall(graph, graph.ops[0])));
    EXPECT_EQ(cost.bytes_read, c.read);
    EXPECT_EQ(cost.bytes_written, c.written);
    EXPECT_EQ(cost.kernels, 1);
  }
}

struct RefusalCase {
  std::string type;
  graph::Attributes attributes;
  std::string message;
};

// Refusals give the numbers that do not fit.
TEST(ViewTest, Refusals) {
  const int64_t one = 1;
  const RefusalCase cases[] = {
      {"select", {{"dim", one}, {"index", int64_t{6}}}, "index 6 does not lie in dimension 1"},
      {"select", {{"dim", one}}, "index is missing"},
      {"slice", {{"step", int64_t{0}}}, "step: 0"},
      {"narrow",
       {{"dim", one}, {"start", int64_t{5}}, {"length", int64_t{2}}},
       "2 entries from 5 on do not lie in dimension 1 of 2x6x1x4"},
      {"diagonal", {{"dim1", one}, {"dim2", int64_t{-3}}}, "both 1"},
      {"diagonal", {{"dim1", one}, {"offset", INT64_MIN}}, "both 1"},
      {"unfold",
       {{"dimension", one}, {"size", int64_t{7}}, {"step", one}},
       "no windows of 7 every 1 in 6 entries"},
      {"as_strided", {{"size", Ints{2}}, {"stride", Ints{-1}}}, "negative"},
      {"as_strided", {{"size", Ints{-2}}, {"stride", Ints{1}}}, "negative"},
      {"as_strided", {{"size", Ints{2}}, {"stride", Ints{1, 1}}}, "1 sizes and 2 strides"},
      {"split", {{"dim", one}, {"split_size", int64_t{0}}}, "parts of 0 do not make up 6"},
      {"split", {{"dim", one}, {"split_size", Ints{2, 3}}}, "adds up to 5"},
      {"split", {{"dim", one}, {"split_size", Ints{7, -1}}}, "-1 is negative"},
      {"chunk", {{"dim", one}, {"chunks", int64_t{0}}}, "chunks: 0"},
      {"tensor_split", {{"dim", one}, {"sections", int64_t{0}}}, "sections: 0"},
      {"tensor_split", {{"dim", one}, {"sections", int64_t{65537}}}, "65537 parts, at most 65536"},
      {"tensor_split", {{"dim", one}, {"indices", Ints(65536, 1)}}, "65537 parts, at most 65536"},
      {"expand", {{"size", Ints{2, 6, 3, 5}}}, "input 2x6x1x4 does not expand to [2, 6, 3, 5]"},
      {"squeeze", {{"dim", Ints{2, -2}}}, "dim -2 repeats"},
      {"unflatten", {{"dim", one}, {"sizes", Ints{}}}, "sizes is empty"},
      {"movedim", {{"source", Ints{0, 1}}, {"destination", Ints{1}}}, "2 sources"},
  };
  for (const RefusalCase& c : cases) {
    EXPECT_THAT(ShapeOf(c.type, kOne, c.attributes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
}

// Nobody builds very many outputs: the error names the operator and its place in the graph.
TEST(ViewTest, TooManyParts) {
  const auto build = [](std::string_view type, graph::Attributes attributes) {
    graph::GraphBuilder builder("net", "test");
    const graph::ValueId x = builder.AddInput("x", graph::DType::kFloat32, {int64_t{1} << 40});
    return AddInferred(builder, std::string(type), {x}, std::move(attributes)).status();
  };
  const std::string parts = "1099511627776 parts, at most 65536";
  for (const auto& [type, attributes] : std::map<std::string_view, graph::Attributes>{
           {"unbind", {}},
           {"split", {{"split_size", int64_t{1}}}},
           {"chunk", {{"chunks", int64_t{1} << 40}}},
           {"tensor_split", {{"sections", int64_t{1} << 40}}}}) {
    EXPECT_THAT(build(type, attributes),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(parts), HasSubstr(std::string(type)))));
  }
  EXPECT_OK(build("split", {{"split_size", int64_t{1} << 24}}));  // 65536 parts
}

// Another type for the same memory: the last dimension holds the same bytes.
TEST(ViewTest, AnotherType) {
  const auto view = [](const char* dtype) {
    return SingleOp("view", {In({2, 6})}, {{"dtype", std::string(dtype)}});
  };
  ASSERT_OK_AND_ASSIGN(const graph::Graph halves, view("float16"));
  EXPECT_EQ(halves.value(halves.outputs[0]).shape, (graph::Shape{2, 12}));
  EXPECT_EQ(halves.value(halves.outputs[0]).dtype, graph::DType::kFloat16);
  ASSERT_OK_AND_ASSIGN(const graph::Graph doubles, view("float64"));
  EXPECT_EQ(doubles.value(doubles.outputs[0]).shape, (graph::Shape{2, 3}));
  EXPECT_THAT(SingleOp("view", {In({2, 3})}, {{"dtype", std::string("float64")}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("rows of 12 bytes do not make up elements of 8")));
}

// As many parts as were recorded, or none: not what the shapes say.
TEST(ViewTest, RecordedOutputsAreTheCount) {
  ASSERT_OK_AND_ASSIGN(graph::Graph graph, SingleOp("unbind", kOne, {{"dim", int64_t{1}}}));
  graph.value(graph.inputs[0]).shape[1] = 1000;
  EXPECT_THAT(InferShapes(graph), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("6 outputs, 1000 expected")));
}

// Strides that were chosen for one shape say nothing of another.
TEST(ViewTest, StridedViewsKeepTheirInput) {
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph graph,
      SingleOp("as_strided", {In({2, 6})}, {{"size", Ints{6, 2}}, {"stride", Ints{1, 6}}}));
  EXPECT_OK(WithInputs(graph, {.dtype = graph::DType::kFloat16}));
  EXPECT_THAT(WithInputs(graph, {.batch = 4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("operator 0 'as_strided'"),
                             HasSubstr("input 0 was 2x6 and would be 4x6"),
                             HasSubstr("size and stride were chosen for it"))));
}

}  // namespace
}  // namespace latcast::ops
