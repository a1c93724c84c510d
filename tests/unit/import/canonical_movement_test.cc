#include "analyzer/ops/infer.h"
#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::Op;
using graph::Shape;
using graph::ValueId;
using Ints = std::vector<int64_t>;

struct Case {
  std::string type;
  std::vector<Shape> inputs;
  Attributes attributes;
  std::string canonical;
  Attributes expected;
  size_t outputs = 1;
};

void ExpectCanonical(const Case& c) {
  SCOPED_TRACE(c.type);
  const Op op = OneOp(c.type, c.inputs, c.attributes, c.outputs);
  EXPECT_EQ(op.type, c.canonical);
  EXPECT_EQ(op.attributes, c.expected);
  EXPECT_EQ(op.inputs.size(), c.inputs.size());
  EXPECT_EQ(op.outputs.size(), c.outputs);
}

// Views by every name and overload keep their arguments.
TEST(CanonicalMovement, Views) {
  const int64_t one = 1;
  const Attributes dims = {{"dim0", int64_t{-2}}, {"dim1", int64_t{-1}}};
  const Attributes slice = {{"dim", one}, {"start", one}, {"end", INT64_MAX}, {"step", one}};
  const Case cases[] = {
      {"aten.select.int",
       {kImage},
       {{"dim", one}, {"index", one}},
       "select",
       {{"dim", one}, {"index", one}}},
      {"aten.slice.Tensor", {kImage}, slice, "slice", slice},
      {"aten.slice_copy.Tensor", {kImage}, slice, "slice", slice},
      {"aten.narrow.Tensor",
       {kImage, {}},
       {{"dim", one}, {"length", one}},
       "narrow",
       {{"dim", one}, {"length", one}}},
      {"aten.split.Tensor",
       {kImage},
       {{"dim", one}, {"split_size", int64_t{2}}},
       "split",
       {{"dim", one}, {"split_size", int64_t{2}}},
       2},
      {"aten.hsplit.int",
       {kImage},
       {{"sections", int64_t{2}}},
       "tensor_split",
       {{"sections", int64_t{2}}, {"dim", one}},
       2},
      {"aten.hsplit.int",
       {{4}},
       {{"sections", int64_t{2}}},
       "tensor_split",
       {{"sections", int64_t{2}}, {"dim", int64_t{0}}},
       2},
      {"aten.vsplit.array",
       {kImage},
       {{"indices", Ints{1}}},
       "tensor_split",
       {{"indices", Ints{1}}, {"dim", int64_t{0}}},
       2},
      {"aten.dsplit.int",
       {kImage},
       {{"sections", int64_t{2}}},
       "tensor_split",
       {{"sections", int64_t{2}}, {"dim", int64_t{2}}},
       2},
      {"aten.view.dtype",
       {kImage},
       {{"dtype", std::string("int32")}},
       "view",
       {{"dtype", std::string("int32")}}},
      {"aten.split_with_sizes.default",
       {kImage},
       {{"dim", one}, {"split_sizes", Ints{1, 3}}},
       "split",
       {{"dim", one}, {"split_size", Ints{1, 3}}},
       2},
      {"aten.unsafe_split.Tensor",
       {kImage},
       {{"dim", one}, {"split_size", int64_t{2}}},
       "split",
       {{"dim", one}, {"split_size", int64_t{2}}},
       2},
      {"aten.unbind.int", {kImage}, {{"dim", one}}, "unbind", {{"dim", one}}, 4},
      {"aten.expand.default",
       {kImage},
       {{"size", Ints{1, 4, 8, 8}}, {"implicit", false}},
       "expand",
       {{"size", Ints{1, 4, 8, 8}}}},
      {"aten.reshape_as.default", {{6}, {2, 3}}, {}, "view_as", {}},
      {"aten.squeeze.dims", {kImage}, {{"dim", Ints{0}}}, "squeeze", {{"dim", Ints{0}}}},
      {"aten.moveaxis.int",
       {kImage},
       {{"source", one}, {"destination", int64_t{3}}},
       "movedim",
       {{"source", one}, {"destination", int64_t{3}}}},
      {"aten.lift_fresh.default", {kImage}, {}, "alias", {}},
      {"aten.mT.default", {kImage}, {}, "transpose", dims},
      {"aten.numpy_T.default", {kImage}, {}, "permute", {{"dims", Ints{3, 2, 1, 0}}}},
      {"aten.t_copy.default", {{3, 4}}, {}, "transpose", {{"dim0", int64_t{0}}, {"dim1", one}}},
      {"aten._reshape_copy.default",
       {kImage},
       {{"size", Ints{256}}},
       "reshape",
       {{"size", Ints{256}}}},
      {"aten.ravel.default",
       {kImage},
       {},
       "flatten",
       {{"start_dim", int64_t{0}}, {"end_dim", int64_t{-1}}}},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// A view in place rewrites the description of a tensor, not its memory: it is the view.
TEST(CanonicalMovement, ViewsInPlaceAreViews) {
  ExpectCanonical(
      {"aten.squeeze_.dim", {kImage}, {{"dim", int64_t{0}}}, "squeeze", {{"dim", int64_t{0}}}});
  ExpectCanonical({"aten.as_strided_.default",
                   {kImage},
                   {{"size", Ints{4}}, {"stride", Ints{1}}},
                   "as_strided",
                   {{"size", Ints{4}}, {"stride", Ints{1}}}});
}

// One operator pads, whatever the framework calls it.
TEST(CanonicalMovement, Padding) {
  const Ints pad = {1, 1, 2, 2};
  const Case cases[] = {
      {"aten.constant_pad_nd.default",
       {kImage},
       {{"pad", pad}, {"value", 0.0}},
       "pad",
       {{"pad", pad}, {"value", 0.0}}},
      {"aten.pad.default",
       {kImage},
       {{"pad", pad}, {"mode", "circular"}},
       "pad",
       {{"pad", pad}, {"mode", "circular"}}},
      {"aten.reflection_pad2d.default",
       {kImage},
       {{"padding", pad}},
       "pad",
       {{"pad", pad}, {"mode", "reflect"}}},
      {"aten.replication_pad2d.default",
       {kImage},
       {{"padding", pad}},
       "pad",
       {{"pad", pad}, {"mode", "replicate"}}},
      {"aten._pad_circular.default",
       {kImage},
       {{"pad", pad}},
       "pad",
       {{"pad", pad}, {"mode", "circular"}}},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// Copies; the stacks are joins along a dimension there is, or stacks along one there is not.
TEST(CanonicalMovement, Copies) {
  const auto dim = [](int64_t d) { return Attributes{{"dim", d}}; };
  const Attributes windows = {{"kernel_size", Ints{3, 3}},
                              {"dilation", Ints{1, 1}},
                              {"padding", Ints{1, 1}},
                              {"stride", Ints{1, 1}}};
  const Case cases[] = {
      {"aten.stack.default", {{2}, {2}}, dim(1), "stack", dim(1)},
      {"aten.hstack.default", {{2}, {3}}, {}, "cat", dim(0)},
      {"aten.hstack.default", {{2, 3}, {2, 4}}, {}, "cat", dim(1)},
      {"aten.vstack.default", {{2, 3}, {4, 3}}, {}, "cat", dim(0)},
      {"aten.row_stack.default", {{3}, {3}}, {}, "stack", dim(0)},
      {"aten.column_stack.default", {{3}, {3}}, {}, "stack", dim(1)},
      {"aten.dstack.default", {{2, 3}, {2, 3}}, {}, "stack", dim(2)},
      {"aten.dstack.default", {{2, 3, 1}, {2, 3, 1}}, {}, "cat", dim(2)},
      {"aten.vstack.default", {{3}, {1, 3}}, {}, "aten.vstack.default", {}},
      {"aten.flipud.default", {kImage}, {}, "flip", {{"dims", Ints{0}}}},
      {"aten.triu_.default",
       {{3, 3}},
       {{"diagonal", int64_t{1}}},
       "triu",
       {{"diagonal", int64_t{1}}, {"inplace", true}}},
      {"aten.repeat_interleave.self_int",
       {kImage},
       {{"repeats", int64_t{2}}, {"dim", int64_t{1}}},
       "repeat_interleave",
       {{"repeats", int64_t{2}}, {"dim", int64_t{1}}}},
      {"aten.native_channel_shuffle.default",
       {kImage},
       {{"groups", int64_t{2}}},
       "channel_shuffle",
       {{"groups", int64_t{2}}}},
      {"aten.im2col.default", {kImage}, windows, "im2col", windows},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// What the repetitions in a tensor add up to is what the capture saw.
TEST(CanonicalMovement, RepetitionsKeepWhatWasSeen) {
  GraphBuilder b("repeat", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {2, 3});
  const ValueId repeats = b.AddInput("repeats", DType::kInt64, {3});
  const ValueId y = b.AddActivation(DType::kFloat32, {2, 7});
  b.AddOp("aten.repeat_interleave.self_Tensor", {x, repeats}, {y}, {{"dim", int64_t{-1}}});
  Graph graph = std::move(b).Finish({y});
  Canonicalise(graph);
  EXPECT_EQ(graph.ops[0].type, "repeat_interleave");
  EXPECT_EQ(graph.ops[0].attributes.at("output_size"), graph::Attribute(int64_t{7}));
}

// Operators that look up, write to or sort their input.
TEST(CanonicalMovement, Indices) {
  const auto dim = [](int64_t d) { return Attributes{{"dim", d}}; };
  const Case cases[] = {
      {"aten.index_select.default", {kImage, {2}}, dim(1), "index_select", dim(1)},
      {"aten.gather.default",
       {kImage, kImage},
       {{"dim", int64_t{1}}, {"sparse_grad", false}},
       "gather",
       dim(1)},
      {"aten.scatter_.value",
       {kImage, kImage},
       {{"dim", int64_t{1}}, {"value", 2.0}},
       "scatter",
       {{"dim", int64_t{1}}, {"value", 2.0}, {"inplace", true}}},
      {"aten._index_put_impl_.default",
       {kImage, {3}, {}},
       {{"accumulate", true}, {"unsafe", false}},
       "index_put",
       {{"accumulate", true}, {"inplace", true}}},
      {"aten.topk.default",
       {{9}},
       {{"k", int64_t{3}}, {"dim", int64_t{-1}}, {"largest", true}, {"sorted", true}},
       "topk",
       {{"k", int64_t{3}}, {"dim", int64_t{-1}}, {"largest", true}, {"sorted", true}},
       2},
      {"aten.sort.stable", {{9}}, {{"stable", true}}, "sort", {{"stable", true}}, 2},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// Searching boundaries for x is bucketizing x; a number that is sought leaves its place empty.
TEST(CanonicalMovement, Searches) {
  const Op bucket = OneOp("aten.bucketize.Tensor", {{2, 3}, {5}}, {{"right", true}});
  EXPECT_EQ(bucket.type, "searchsorted");
  EXPECT_EQ(bucket.inputs, (std::vector<ValueId>{1, 0}));
  const Op number = OneOp("aten.bucketize.Scalar", {{5}}, {{"self", 0.5}});
  EXPECT_EQ(number.type, "searchsorted");
  EXPECT_EQ(number.inputs, (std::vector<ValueId>{0}));
  const Op sorted = OneOp("aten.searchsorted.Scalar", {{5}, {5}}, {{"self", 0.5}});
  EXPECT_EQ(sorted.inputs, (std::vector<ValueId>{0, graph::kNone, 1}));
  EXPECT_EQ(OneOp("aten.bucketize.Tensor", {{2}, {5, 1}}).type, "aten.bucketize.Tensor");
}

// Operators of torchvision; sizes that depend on data are those the capture saw.
TEST(CanonicalMovement, Detection) {
  const Attributes roi = {{"spatial_scale", 0.25},
                          {"pooled_height", int64_t{7}},
                          {"pooled_width", int64_t{7}},
                          {"sampling_ratio", int64_t{2}},
                          {"aligned", false}};
  const Attributes deform = {
      {"stride_h", int64_t{1}}, {"stride_w", int64_t{1}},      {"pad_h", int64_t{1}},
      {"pad_w", int64_t{1}},    {"dilation_h", int64_t{1}},    {"dilation_w", int64_t{1}},
      {"groups", int64_t{1}},   {"offset_groups", int64_t{1}}, {"use_mask", false}};
  const Case cases[] = {
      {"torchvision.roi_align.default", {kImage, {3, 5}}, roi, "roi_align", roi},
      {"torchvision.deform_conv2d.default",
       {kImage, {4, 4, 3, 3}, {1, 18, 8, 8}, {1, 1}, {4}},
       deform,
       "deform_conv2d",
       deform},
      {"torchvision.nms.default",
       {{9, 4}, {9}},
       {{"iou_threshold", 0.5}},
       "nms",
       {{"iou_threshold", 0.5}, {"count", int64_t{1}}}},
      {"aten.nonzero.default", {{9}}, {}, "nonzero", {{"count", int64_t{1}}}},
      {"aten.where.default", {{9, 9}}, {}, "nonzero_numpy", {{"count", int64_t{1}}}, 2},
      {"torchvision.unheard_of.default", {kImage}, {}, "torchvision.unheard_of.default", {}},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// What a mask gave is read off the shape that the capture saw, wherever it stands there.
TEST(CanonicalMovement, CountsOfMasks) {
  struct MaskCase {
    Shape mask;
    std::vector<Shape> indices;  // whole numbers, behind the mask
    Shape output;
    int64_t count;
  };
  const MaskCase cases[] = {
      {{2, 3}, {}, {5, 4, 6}, 5},       {{2, 3}, {}, {1, 4, 6}, 1},
      {{2}, {}, {0, 3, 4, 6}, 0},       {{2}, {{7, 1}}, {7, 2, 4, 6}, 2},
      {{2}, {{7, 2}}, {7, 2, 4, 6}, 1},  // 2 would give the same
  };
  for (const MaskCase& c : cases) {
    GraphBuilder b("mask", "test");
    std::vector<ValueId> inputs = {b.AddInput("x", DType::kFloat32, {2, 3, 4, 6}),
                                   b.AddInput("mask", DType::kBool, c.mask)};
    for (const Shape& index : c.indices) inputs.push_back(b.AddInput("i", DType::kInt64, index));
    const ValueId y = b.AddActivation(DType::kFloat32, c.output);
    b.AddOp("aten.index.Tensor", inputs, {y});
    Graph graph = std::move(b).Finish({y});
    Canonicalise(graph);
    EXPECT_EQ(graph.ops[0].type, "index");
    EXPECT_EQ(graph.ops[0].attributes.at("count"), graph::Attribute(c.count));
    EXPECT_OK(ops::InferShapes(graph));
    EXPECT_EQ(graph.value(y).shape, c.output);
  }
}

}  // namespace
}  // namespace latcast::import
