#include "analyzer/import/canonical.h"

#include <set>
#include <utility>

#include "analyzer/graph/builder.h"
#include "analyzer/graph/verify.h"
#include "analyzer/ops/op_def.h"
#include "base/status_matchers.h"
#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::GraphBuilder;
using graph::kNone;
using graph::Op;
using graph::Shape;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// Each framework name, overload and in-place form becomes our name with these attributes.
TEST(Canonical, Names) {
  struct Case {
    std::string type;
    std::vector<Shape> inputs;
    Attributes attributes;
    std::string canonical;
    Attributes expected;
    size_t outputs = 1;
  };
  const Attributes pool = {{"kernel_size", Ints{2, 2}},
                           {"stride", Ints{2, 2}},
                           {"padding", Ints{0, 0}},
                           {"dilation", Ints{1, 1}},
                           {"ceil_mode", false}};
  const Attributes conv = {{"stride", Ints{2, 2}},
                           {"padding", Ints{1, 1}},
                           {"dilation", Ints{1, 1}},
                           {"groups", int64_t{1}}};
  const auto with = [](Attributes a, const Attributes& more) {
    a.insert(more.begin(), more.end());
    return a;
  };
  const Shape weight = {4, 4, 3, 3};
  const Case cases[] = {
      {"aten.conv2d.default", {kImage, weight}, conv, "conv2d", conv},
      {"aten.convolution.default",
       {kImage, weight},
       with(conv, {{"transposed", false}, {"output_padding", Ints{0, 0}}}),
       "conv2d",
       conv},
      {"aten._convolution.default",
       {kImage, weight},
       with(conv, {{"transposed", false},
                   {"output_padding", Ints{0, 0}},
                   {"benchmark", false},
                   {"deterministic", false},
                   {"cudnn_enabled", true},
                   {"allow_tf32", true}}),
       "conv2d",
       conv},
      {"aten.batch_norm.default",
       {kImage},
       {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}, {"cudnn_enabled", true}},
       "batch_norm",
       {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}}},
      {"aten.native_batch_norm.default",
       {kImage},
       {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}},
       "batch_norm",
       {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}},
       3},
      {"aten._native_batch_norm_legit_no_training.default",
       {kImage},
       {{"momentum", 0.1}, {"eps", 1e-5}},
       "batch_norm",
       {{"training", false}, {"momentum", 0.1}, {"eps", 1e-5}},
       3},
      {"aten.relu.default", {kImage}, {}, "relu", {}},
      {"aten.relu_.default", {kImage}, {}, "relu", {{"inplace", true}}},
      {"aten.relu_", {kImage}, {}, "relu", {{"inplace", true}}},
      {"aten.relu6.default", {kImage}, {}, "relu6", {}},
      {"aten.hardtanh_.default",
       {kImage},
       {{"min_val", 0.0}, {"max_val", 6.0}},
       "relu6",
       {{"inplace", true}}},
      {"aten.hardtanh.default",
       {kImage},
       {{"min_val", int64_t{-1}}, {"max_val", int64_t{1}}},
       "hardtanh",
       {{"min_val", int64_t{-1}}, {"max_val", int64_t{1}}}},
      {"aten.silu_.default", {kImage}, {}, "silu", {{"inplace", true}}},
      {"aten.gelu.default", {kImage}, {{"approximate", "none"}}, "gelu", {{"approximate", "none"}}},
      {"aten._prelu_kernel.default", {kImage, {4}}, {}, "prelu", {}},
      {"aten.add.Tensor",
       {kImage, kImage},
       {{"alpha", int64_t{1}}},
       "add",
       {{"alpha", int64_t{1}}}},
      {"aten.add_.Tensor",
       {kImage, kImage},
       {{"alpha", int64_t{1}}},
       "add",
       {{"alpha", int64_t{1}}, {"inplace", true}}},
      {"aten.mul.Tensor", {kImage}, {{"other", 0.5}}, "mul", {{"other", 0.5}}},
      {"aten.max_pool2d.default", {kImage}, pool, "max_pool2d", pool},
      {"aten.max_pool2d_with_indices.default", {kImage}, pool, "max_pool2d", pool, 2},
      {"aten._adaptive_avg_pool2d.default",
       {kImage},
       {{"output_size", Ints{1, 1}}},
       "adaptive_avg_pool2d",
       {{"output_size", Ints{1, 1}}}},
      {"aten.mean.dim",
       {kImage},
       {{"dim", Ints{2, 3}}, {"keepdim", true}},
       "mean",
       {{"dim", Ints{2, 3}}, {"keepdim", true}}},
      {"aten.bmm.default", {{2, 3, 4}, {2, 4, 5}}, {}, "matmul", {}},
      {"aten.mm.default", {{3, 4}, {4, 5}}, {}, "matmul", {}},
      {"aten.flatten.using_ints",
       {kImage},
       {{"start_dim", int64_t{1}}, {"end_dim", int64_t{-1}}},
       "flatten",
       {{"start_dim", int64_t{1}}, {"end_dim", int64_t{-1}}}},
      {"aten._unsafe_view.default", {kImage}, {{"size", Ints{256}}}, "view", {{"size", Ints{256}}}},
      {"aten._reshape_alias.default",
       {kImage},
       {{"size", Ints{256}}, {"stride", Ints{1}}},
       "view",
       {{"size", Ints{256}}}},
      {"aten.t.default", {{3, 4}}, {}, "transpose", {{"dim0", int64_t{0}}, {"dim1", int64_t{1}}}},
      {"aten.swapaxes.default",
       {kImage},
       {{"axis0", int64_t{1}}, {"axis1", int64_t{2}}},
       "transpose",
       {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}}},
      {"aten.contiguous.default",
       {kImage},
       {{"memory_format", "contiguous_format"}},
       "contiguous",
       {}},
      {"aten.dropout_.default",
       {kImage},
       {{"p", 0.5}, {"train", false}},
       "dropout",
       {{"p", 0.5}, {"train", false}, {"inplace", true}}},
      {"aten.feature_dropout.default",
       {kImage},
       {{"p", 0.5}, {"train", false}},
       "dropout",
       {{"p", 0.5}, {"train", false}}},
      {"aten._softmax.default",
       {kImage},
       {{"dim", int64_t{1}}, {"half_to_float", false}},
       "softmax",
       {{"dim", int64_t{1}}}},
      {"aten.cat.default", {kImage, kImage}, {{"dim", int64_t{1}}}, "cat", {{"dim", int64_t{1}}}},
  };
  for (const Case& c : cases) {
    const Op op = OneOp(c.type, c.inputs, c.attributes, c.outputs);
    EXPECT_EQ(op.type, c.canonical) << c.type;
    EXPECT_EQ(op.attributes, c.expected) << c.type;
    EXPECT_EQ(op.outputs.size(), 1u) << c.type;
  }
}

// What ours cannot express exactly keeps the framework's name and arguments.
TEST(Canonical, UnknownIsNeverGuessed) {
  struct Case {
    std::string type;
    std::vector<Shape> inputs;
    Attributes attributes;
  };
  const Case cases[] = {
      {"aten.upsample_nearest2d.default",
       {kImage},
       {{"output_size", Ints{16, 16}}, {"scales_h", 2.0}, {"scales_w", 3.0}}},
      {"aten.remainder.Scalar_Tensor", {kImage}, {{"self", int64_t{2}}}},
      {"aten.linalg_norm.default", {kImage}, {{"ord", 2.0}, {"dim", Ints{2, 3}}}},
      {"aten.avg_pool2d.default",
       {kImage},
       {{"kernel_size", Ints{2}}, {"divisor_override", int64_t{3}}}},
      {"aten.convolution.default", {kImage, {4, 4}}, {{"transposed", true}}},
      {"aten.convolution.default", {kImage, {4, 4, 3, 3}}, {}},
      {"aten.conv2d.padding", {kImage, {4, 4, 3, 3}}, {{"padding", "full"}}},
      {"aten._scaled_dot_product_attention_math.default",
       {{2, 4, 8}, {2, 4, 8}, {2, 4, 8}, {4, 4}, {2, 4, 4}},
       {{"is_causal", false}}},
      {"aten.t.default", {{3}}, {}},
      {"aten.alpha_dropout.default", {kImage}, {{"p", 0.5}, {"train", true}}},
      {"aten.addmm.default", {{5}, {3, 4}, {4, 5}}, {{"alpha", int64_t{1}}, {"beta", int64_t{1}}}},
      {"torchvision.unheard_of.default", {kImage}, {}},
      {"aten.__contains__.Tensor", {kImage, kImage}, {}},
      {"aten.", {kImage}, {}},
  };
  for (const Case& c : cases) {
    const Op op = OneOp(c.type, c.inputs, c.attributes);
    EXPECT_EQ(op.type, c.type);
    EXPECT_EQ(op.attributes, c.attributes) << c.type;
  }
}

// An unknown in-place operator is still marked as one: memory depends on it.
TEST(Canonical, UnknownInplace) {
  const Op op = OneOp("aten.lgamma_.default", {kImage});
  EXPECT_EQ(op.type, "aten.lgamma_.default");
  EXPECT_EQ(op.attributes.at("inplace"), graph::Attribute(true));
}

// Operators that have our names already are left alone.
TEST(Canonical, OwnNamesStay) {
  const Op op = OneOp("conv2d", {kImage, {4, 4, 3, 3}}, {{"anything", int64_t{1}}});
  EXPECT_EQ(op.type, "conv2d");
  EXPECT_EQ(op.attributes.size(), 1u);
}

// "same" and "valid" padding become numbers where both sides get alike; else the name stays.
TEST(Canonical, PaddingByName) {
  const Attributes same = {{"padding", "same"}, {"dilation", Ints{2, 1}}};
  const Op op = OneOp("aten.conv2d.padding", {kImage, {4, 4, 3, 5}}, same);
  EXPECT_EQ(op.type, "conv2d");
  EXPECT_EQ(op.attributes.at("padding"), graph::Attribute(Ints{2, 2}));
  const Op valid = OneOp("aten.conv2d.padding", {kImage, {4, 4, 2, 2}}, {{"padding", "valid"}});
  EXPECT_EQ(valid.attributes.at("padding"), graph::Attribute(Ints{0, 0}));
  const Op uneven = OneOp("aten.conv1d.padding", {{1, 4, 8}, {4, 4, 2}}, {{"padding", "same"}});
  EXPECT_EQ(uneven.type, "conv1d");
  EXPECT_EQ(uneven.attributes.at("padding"), graph::Attribute("same"));
  const Op volume =
      OneOp("aten.conv3d.padding", {{4, 8, 8, 8}, {4, 4, 3, 1, 5}}, {{"padding", "same"}});
  EXPECT_EQ(volume.attributes.at("padding"), graph::Attribute(Ints{1, 0, 2}));
}

// Pooling whose indices somebody reads is another operator than ours.
TEST(Canonical, ReadIndicesStay) {
  GraphBuilder b("indices", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, kImage);
  const ValueId y = b.AddActivation(DType::kFloat32, {1, 4, 4, 4});
  const ValueId indices = b.AddActivation(DType::kInt64, {1, 4, 4, 4});
  b.AddOp("aten.max_pool2d_with_indices.default", {x}, {y, indices});
  Graph graph = std::move(b).Finish({y, indices});
  Canonicalise(graph);
  EXPECT_EQ(graph.ops[0].type, "aten.max_pool2d_with_indices.default");
  EXPECT_EQ(graph.ops[0].outputs.size(), 2u);
}

// addmm(b, x, t(W)) and matmul(x, t(W)) are the linear layers they came from.
TEST(Canonical, ProductsWithTransposedWeights) {
  GraphBuilder b("linear", "test");
  const ValueId x = b.AddInput("x", DType::kFloat32, {2, 3});
  const ValueId weight = b.AddParameter("weight", DType::kFloat32, {5, 3});
  const ValueId bias = b.AddParameter("bias", DType::kFloat32, {5});
  const ValueId transposed = b.AddActivation(DType::kFloat32, {3, 5}, weight);
  const ValueId affine = b.AddActivation(DType::kFloat32, {2, 5});
  const ValueId product = b.AddActivation(DType::kFloat32, {2, 5});
  const ValueId scaled = b.AddActivation(DType::kFloat32, {2, 5});
  b.AddOp("aten.t.default", {weight}, {transposed});
  b.AddOp("aten.addmm.default", {bias, x, transposed}, {affine},
          {{"alpha", int64_t{1}}, {"beta", 1.0}});
  b.AddOp("aten.mm.default", {x, transposed}, {product});
  b.AddOp("aten.addmm.default", {bias, x, transposed}, {scaled},
          {{"alpha", 0.5}, {"beta", int64_t{1}}});
  Graph graph = std::move(b).Finish({affine, product, scaled});
  Canonicalise(graph);
  ASSERT_OK(graph::Verify(graph));
  EXPECT_EQ(graph.ops[0].type, "transpose");
  EXPECT_EQ(graph.ops[1].type, "linear");
  EXPECT_EQ(graph.ops[1].inputs, (std::vector<ValueId>{x, weight, bias}));
  EXPECT_TRUE(graph.ops[1].attributes.empty());
  EXPECT_EQ(graph.ops[2].type, "linear");
  EXPECT_EQ(graph.ops[2].inputs, (std::vector<ValueId>{x, weight}));
  EXPECT_EQ(graph.ops[3].type, "aten.addmm.default");
}

// Every name a table maps to is an operator somebody has rules for, no name stands twice, and every
// operator is made from some name.
TEST(Canonical, TableLeadsToKnownOperators) {
  std::set<std::string_view> seen;
  std::set<std::string_view> made;
  for (const Synonym& synonym : Synonyms()) {
    EXPECT_NE(ops::FindOp(synonym.canonical), nullptr) << synonym.canonical;
    EXPECT_TRUE(seen.insert(synonym.framework).second) << synonym.framework;
    made.insert(synonym.canonical);
  }
  for (const ops::OpDef& op : ops::BuiltinOps()) {
    EXPECT_TRUE(made.contains(op.type)) << op.type << " is never made from a capture";
  }
}

}  // namespace
}  // namespace latcast::import
