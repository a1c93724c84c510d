// Names of what is computed, made or overwritten element by element.
#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::Graph;
using graph::GraphBuilder;
using graph::kNone;
using graph::Op;
using graph::ValueId;
using Ints = std::vector<int64_t>;
using Inputs = std::vector<ValueId>;

struct Case {
  std::string type;
  size_t inputs = 1;
  Attributes attributes;
  std::string canonical;
  Attributes expected;
  Inputs expected_inputs;
};

// Overloads, aliases and in-place forms; a number stands where a tensor would.
TEST(CanonicalElementwise, Names) {
  const Case cases[] = {
      {"aten.exp.default", 1, {}, "exp", {}, {0}},
      {"aten.exp_.default", 1, {}, "exp", {{"inplace", true}}, {0}},
      {"aten.absolute.default", 1, {}, "abs", {}, {0}},
      {"aten.special_expit.default", 1, {}, "sigmoid", {}, {0}},
      {"aten.elu.default",
       1,
       {{"alpha", 1.0}, {"scale", int64_t{1}}, {"input_scale", int64_t{1}}},
       "elu",
       {{"alpha", 1.0}, {"scale", int64_t{1}}, {"input_scale", int64_t{1}}},
       {0}},
      {"aten.rsub.Scalar",
       1,
       {{"other", int64_t{1}}, {"alpha", int64_t{1}}},
       "rsub",
       {{"other", int64_t{1}}, {"alpha", int64_t{1}}},
       {0}},
      {"aten.div.Tensor_mode",
       2,
       {{"rounding_mode", "trunc"}},
       "div",
       {{"rounding_mode", "trunc"}},
       {0, 1}},
      {"aten.floor_divide.default", 2, {}, "div", {{"rounding_mode", "floor"}}, {0, 1}},
      {"aten.pow.Tensor_Scalar",
       1,
       {{"exponent", int64_t{2}}},
       "pow",
       {{"exponent", int64_t{2}}},
       {0}},
      {"aten.pow.Tensor_Tensor", 2, {}, "pow", {}, {0, 1}},
      {"aten.pow.Scalar", 1, {{"self", int64_t{2}}}, "pow", {{"self", int64_t{2}}}, {kNone, 0}},
      {"aten.ne.Scalar", 1, {{"other", int64_t{0}}}, "ne", {{"other", int64_t{0}}}, {0}},
      {"aten.__and__.Tensor", 2, {}, "bitwise_and", {}, {0, 1}},
      {"aten.__iand__.Tensor", 2, {}, "bitwise_and", {{"inplace", true}}, {0, 1}},
      {"aten.where.self", 3, {}, "where", {}, {0, 1, 2}},
      {"aten.where.ScalarOther", 2, {{"other", 0.0}}, "where", {{"other", 0.0}}, {0, 1}},
      {"aten.where.ScalarSelf", 2, {{"self", 1.0}}, "where", {{"self", 1.0}}, {0, kNone, 1}},
      {"aten.where.Scalar",
       1,
       {{"self", 1.0}, {"other", 0.0}},
       "where",
       {{"self", 1.0}, {"other", 0.0}},
       {0}},
      {"aten.masked_fill_.Scalar",
       2,
       {{"value", -1e9}},
       "masked_fill",
       {{"value", -1e9}, {"inplace", true}},
       {0, 1}},
      {"aten.clamp_min.default", 1, {{"min", 1e-12}}, "clamp", {{"min", 1e-12}}, {0}},
      {"aten.clamp_max.Tensor", 2, {}, "clamp", {}, {0, kNone, 1}},
      {"aten.clip.default", 1, {{"max", 1.0}}, "clamp", {{"max", 1.0}}, {0}},
      {"aten.zeros.default",
       0,
       {{"size", Ints{2}}, {"dtype", "float16"}, {"pin_memory", false}},
       "zeros",
       {{"size", Ints{2}}, {"dtype", "float16"}},
       {}},
      {"aten.empty.memory_format",
       0,
       {{"size", Ints{2}}, {"memory_format", "contiguous_format"}},
       "empty",
       {{"size", Ints{2}}},
       {}},
      {"aten.randint.low",
       0,
       {{"low", int64_t{1}}, {"high", int64_t{9}}, {"size", Ints{2}}, {"dtype", int64_t{4}}},
       "randint",
       {{"low", int64_t{1}}, {"high", int64_t{9}}, {"size", Ints{2}}},
       {}},
      {"aten.bernoulli_.float", 1, {{"p", 0.5}}, "bernoulli", {{"p", 0.5}, {"inplace", true}}, {0}},
      {"aten.normal_.default",
       1,
       {{"mean", 0.0}, {"std", 1.0}},
       "normal",
       {{"mean", 0.0}, {"std", 1.0}, {"inplace", true}},
       {0}},
      {"aten.copy_.default", 2, {{"non_blocking", false}}, "copy", {{"inplace", true}}, {0, 1}},
      {"aten.zero_.default", 1, {}, "zero", {{"inplace", true}}, {0}},
      {"aten.to.dtype",
       1,
       {{"dtype", "float16"}, {"non_blocking", false}, {"copy", false}},
       "to",
       {{"dtype", "float16"}},
       {0}},
      {"aten.type_as.default", 2, {}, "to", {{"dtype", "float32"}}, {0}},
      {"aten._to_copy.default", 1, {{"dtype", "int64"}}, "to", {{"dtype", "int64"}}, {0}},
      {"aten.embedding.default",
       2,
       {{"padding_idx", int64_t{-1}}, {"scale_grad_by_freq", false}, {"sparse", false}},
       "embedding",
       {},
       {0, 1}},
      {"aten.sum.dim_IntList",
       1,
       {{"dim", Ints{1}}, {"keepdim", true}, {"dtype", "float64"}},
       "sum",
       {{"dim", Ints{1}}, {"keepdim", true}, {"dtype", "float64"}},
       {0}},
      {"aten.max.default", 1, {}, "max", {}, {0}},
      {"aten.max.other", 2, {}, "maximum", {}, {0, 1}},
      {"aten.min.other", 2, {}, "minimum", {}, {0, 1}},
      {"aten.var.dim",
       1,
       {{"dim", Ints{1}}, {"unbiased", false}},
       "var",
       {{"dim", Ints{1}}, {"correction", int64_t{0}}},
       {0}},
      {"aten.std.default", 1, {{"unbiased", true}}, "std", {{"correction", int64_t{1}}}, {0}},
      {"aten.norm.Scalar",
       1,
       {{"p", int64_t{1}}},
       "linalg_vector_norm",
       {{"ord", int64_t{1}}},
       {0}},
      {"aten.linalg_norm.default",
       1,
       {{"dim", Ints{1}}},
       "linalg_vector_norm",
       {{"dim", Ints{1}}},
       {0}},
      {"aten.cumsum.default", 1, {{"dim", int64_t{1}}}, "cumsum", {{"dim", int64_t{1}}}, {0}},
      {"aten._softmax.default",
       1,
       {{"dim", int64_t{1}}, {"half_to_float", true}},
       "softmax",
       {{"dim", int64_t{1}}, {"dtype", "float32"}},
       {0}},
      {"aten.lstm_cell.default", 7, {}, "lstm_cell", {}, {0, 1, 2, 3, 4, 5, 6}},
      {"aten.addcmul.default",
       3,
       {{"value", int64_t{1}}},
       "addcmul",
       {{"value", int64_t{1}}},
       {0, 1, 2}},
  };
  for (const Case& c : cases) {
    const Op op = OneOp(c.type, std::vector<graph::Shape>(c.inputs, kImage), c.attributes);
    EXPECT_EQ(op.type, c.canonical) << c.type;
    EXPECT_EQ(op.attributes, c.expected) << c.type;
    EXPECT_EQ(op.inputs, c.expected_inputs) << c.type;
  }
}

// A bag has three more results, and a weight of samples that is absent.
TEST(CanonicalElementwise, EmbeddingBag) {
  GraphBuilder b("bag", "test");
  std::vector<ValueId> in;
  for (const std::string name : {"table", "indices", "offsets"}) {
    in.push_back(b.AddInput(name, graph::DType::kFloat32, {4}));
  }
  in.push_back(kNone);
  std::vector<ValueId> out;
  for (int i = 0; i < 4; ++i) out.push_back(b.AddActivation(graph::DType::kFloat32, {1}));
  const Attributes attributes = {{"mode", int64_t{1}},
                                 {"include_last_offset", false},
                                 {"scale_grad_by_freq", false},
                                 {"sparse", false}};
  b.AddOp("aten.embedding_bag.padding_idx", in, out, attributes);
  Attributes padded = attributes;
  padded["padding_idx"] = int64_t{2};
  std::vector<ValueId> more;
  for (int i = 0; i < 4; ++i) more.push_back(b.AddActivation(graph::DType::kFloat32, {1}));
  b.AddOp("aten.embedding_bag.padding_idx", in, more, padded);
  Graph graph = std::move(b).Finish({out[0]});
  Canonicalise(graph);
  EXPECT_EQ(graph.ops[0].type, "embedding_bag");
  EXPECT_EQ(graph.ops[0].inputs, (Inputs{0, 1, 2}));
  EXPECT_EQ(graph.ops[0].outputs, (Inputs{out[0]}));
  EXPECT_EQ(graph.ops[1].type, "aten.embedding_bag.padding_idx");
}

// Lists of tensors stand one after the other: input, states, parameters. Packed sequences have no
// batch_first, and another input.
TEST(CanonicalElementwise, Recurrent) {
  const Attributes layer = {{"has_biases", true},
                            {"num_layers", int64_t{1}},
                            {"dropout", 0.0},
                            {"train", false},
                            {"bidirectional", false}};
  Attributes whole = layer;
  whole["batch_first"] = true;
  for (const std::string type : {"lstm", "gru", "rnn_tanh", "rnn_relu"}) {
    const std::vector<graph::Shape> inputs(type == "lstm" ? 7 : 6, graph::Shape{1});
    const Op op = OneOp("aten." + type + ".input", inputs, whole);
    EXPECT_EQ(op.type, type);
    EXPECT_EQ(op.attributes, whole);
    EXPECT_EQ(op.inputs.size(), inputs.size());
    EXPECT_EQ(OneOp("aten." + type + ".data", inputs, layer).type, "aten." + type + ".data");
  }
}

// A draw without an underscore that reads its mean, another kind of high, a tensor as a bound.
TEST(CanonicalElementwise, OtherOverloadsStay) {
  EXPECT_EQ(OneOp("aten.normal.Tensor_float", {kImage}, {{"std", 1.0}}).type,
            "aten.normal.Tensor_float");
  EXPECT_EQ(OneOp("aten.randint_like.Tensor", {kImage, {}}).type, "aten.randint_like.Tensor");
  EXPECT_EQ(OneOp("aten.linspace.Tensor_Scalar", {{}}, {{"end", 1.0}, {"steps", int64_t{3}}}).type,
            "aten.linspace.Tensor_Scalar");
}

}  // namespace
}  // namespace latcast::import
