// Every operator the executor runs, against the ATen call it stands for.
#include <ATen/ATen.h>

#include <functional>
#include <optional>

#include "analyzer/graph/builder.h"
#include "bench/executor/executor.h"

namespace latcast::bench {
namespace {

using graph::Attributes;
using graph::DType;
using graph::GraphBuilder;
using graph::Shape;
using graph::ValueId;
using Tensors = std::vector<at::Tensor>;
using Ints = std::vector<int64_t>;

struct Case {
  std::string what;
  std::string type;
  std::vector<std::optional<Shape>> inputs;  // nullopt: an optional input that is absent
  Attributes attributes;
  std::function<at::Tensor(Tensors&)> direct;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.what; }

at::Tensor ToTensor(const HostTensor& host) { return at::tensor(host.values).reshape(host.shape); }

// A graph of that one operator. Its output's shape comes from the direct call.
graph::Graph OneOp(const Case& c) {
  Tensors blank;
  for (const auto& shape : c.inputs) blank.push_back(shape ? at::rand(*shape) : at::Tensor());
  const at::Tensor result = c.direct(blank);
  GraphBuilder builder("one", "test");
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    inputs.push_back(c.inputs[i]
                         ? builder.AddInput("in" + std::to_string(i), DType::kFloat32, *c.inputs[i])
                         : graph::kNone);
  }
  const ValueId alias = c.attributes.contains("inplace") ? inputs[0] : graph::kNone;
  const ValueId out = builder.AddActivation(
      DType::kFloat32, Shape(result.sizes().begin(), result.sizes().end()), alias);
  builder.AddOp(c.type, inputs, {out}, c.attributes);
  return std::move(builder).Finish({out});
}

class OpKernelsTest : public ::testing::TestWithParam<Case> {};

// The output equals the direct call on the same inputs, and only an in-place operator changes its
// first input, to that output.
TEST_P(OpKernelsTest, EqualsTheDirectCall) {
  const Case& c = GetParam();
  const c10::InferenceMode inference;
  const graph::Graph graph = OneOp(c);
  ASSERT_OK_AND_ASSIGN(const auto executor, Executor::Create(graph));
  Tensors inputs;
  for (const ValueId id : graph.ops[0].inputs) {
    inputs.emplace_back();
    if (id == graph::kNone) continue;
    ASSERT_OK_AND_ASSIGN(const HostTensor host, executor->Read(id));
    inputs.back() = ToTensor(host);
  }
  const at::Tensor input_before = inputs[0].clone();
  const at::Tensor expected = c.direct(inputs).contiguous().clone();

  ASSERT_OK(executor->Run());
  ASSERT_OK_AND_ASSIGN(const HostTensor host, executor->Read(graph.outputs[0]));
  const at::Tensor output = ToTensor(host);
  ASSERT_EQ(output.sizes(), expected.sizes());
  EXPECT_TRUE(at::allclose(output, expected, 1e-5, 1e-6));
  ASSERT_OK_AND_ASSIGN(const HostTensor input, executor->Read(graph.inputs[0]));
  EXPECT_TRUE(at::equal(ToTensor(input), c.attributes.contains("inplace") ? output : input_before));
}

constexpr bool kTrue = true;
const std::optional<Shape> kImage = Shape{2, 6, 9, 8};
const std::optional<Shape> kAbsent = std::nullopt;

std::vector<Case> Activations() {
  std::vector<Case> cases;
  const auto add = [&cases](std::string type, at::Tensor (*direct)(const at::Tensor&)) {
    const auto run = [direct](Tensors& in) { return direct(in[0]); };
    cases.push_back({type, type, {kImage}, {}, run});
    cases.push_back({type + "_inplace", type, {kImage}, {{"inplace", kTrue}}, run});
  };
  add("relu", at::relu);
  add("relu6", at::relu6);
  add("sigmoid", at::sigmoid);
  add("silu", at::silu);
  add("hardswish", at::hardswish);
  add("hardsigmoid", at::hardsigmoid);
  add("tanh", at::tanh);
  for (const bool inplace : {false, true}) {
    Attributes bounds = {{"min_val", -0.25}, {"max_val", int64_t{1}}};
    Attributes slope = {{"negative_slope", 0.2}};
    if (inplace) bounds["inplace"] = slope["inplace"] = true;
    const std::string suffix = inplace ? "_inplace" : "";
    cases.push_back({"hardtanh" + suffix, "hardtanh", {kImage}, bounds, [](Tensors& in) {
                       return at::hardtanh(in[0], -0.25, 1);
                     }});
    cases.push_back({"leaky_relu" + suffix, "leaky_relu", {kImage}, slope, [](Tensors& in) {
                       return at::leaky_relu(in[0], 0.2);
                     }});
  }
  cases.push_back({"gelu", "gelu", {kImage}, {}, [](Tensors& in) { return at::gelu(in[0]); }});
  cases.push_back(
      {"gelu_tanh", "gelu", {kImage}, {{"approximate", std::string("tanh")}}, [](Tensors& in) {
         return at::gelu(in[0], "tanh");
       }});
  cases.push_back({"prelu", "prelu", {kImage, Shape{6}}, {}, [](Tensors& in) {
                     return at::prelu(in[0], in[1]);
                   }});
  return cases;
}

std::vector<Case> Arithmetic() {
  const std::optional<Shape> gate = Shape{2, 6, 1, 1};
  return {
      {"add", "add", {kImage, kImage}, {}, [](Tensors& in) { return in[0] + in[1]; }},
      {"add_inplace",
       "add",
       {kImage, kImage},
       {{"inplace", kTrue}},
       [](Tensors& in) { return in[0] + in[1]; }},
      {"add_alpha",
       "add",
       {kImage, kImage},
       {{"alpha", int64_t{3}}},
       [](Tensors& in) { return in[0] + 3 * in[1]; }},
      {"add_scalar", "add", {kImage}, {{"other", 0.5}}, [](Tensors& in) { return in[0] + 0.5; }},
      {"sub",
       "sub",
       {kImage, gate},
       {{"alpha", 2.0}},
       [](Tensors& in) { return in[0] - 2 * in[1]; }},
      {"sub_inplace",
       "sub",
       {kImage, gate},
       {{"inplace", kTrue}},
       [](Tensors& in) { return in[0] - in[1]; }},
      {"mul_gate", "mul", {kImage, gate}, {}, [](Tensors& in) { return in[0] * in[1]; }},
      {"mul_scalar_inplace",
       "mul",
       {kImage},
       {{"other", int64_t{3}}, {"inplace", kTrue}},
       [](Tensors& in) { return in[0] * 3; }},
      {"div_scalar",
       "div",
       {kImage},
       {{"other", int64_t{6}}},
       [](Tensors& in) { return in[0] / 6; }},
      {"div_inplace",
       "div",
       {kImage, gate},
       {{"inplace", kTrue}},
       [](Tensors& in) { return in[0] / in[1]; }},
      {"linear",
       "linear",
       {Shape{4, 10}, Shape{7, 10}, Shape{7}},
       {},
       [](Tensors& in) { return at::linear(in[0], in[1], in[2]); }},
      {"linear_no_bias",
       "linear",
       {Shape{4, 3, 10}, Shape{7, 10}},
       {},
       [](Tensors& in) { return at::linear(in[0], in[1]); }},
      {"matmul",
       "matmul",
       {Shape{3, 4, 5}, Shape{3, 5, 6}},
       {},
       [](Tensors& in) { return at::matmul(in[0], in[1]); }},
  };
}

std::vector<Case> Convolutions() {
  return {
      {"conv2d",
       "conv2d",
       {kImage, Shape{4, 6, 3, 3}, Shape{4}},
       {{"stride", Ints{1, 1}}, {"padding", Ints{1, 1}}},
       [](Tensors& in) { return at::conv2d(in[0], in[1], in[2], 1, 1); }},
      {"conv2d_uneven",
       "conv2d",
       {kImage, Shape{4, 6, 1, 3}, kAbsent},
       {{"stride", Ints{2, 1}}, {"padding", Ints{0, 2}}, {"dilation", Ints{1, 2}}},
       [](Tensors& in) {
         return at::conv2d(in[0], in[1], {}, {2, 1}, at::IntArrayRef({0, 2}), {1, 2});
       }},
      {"conv2d_depthwise",
       "conv2d",
       {kImage, Shape{6, 1, 3, 3}},
       {{"stride", int64_t{2}}, {"padding", int64_t{1}}, {"groups", int64_t{6}}},
       [](Tensors& in) { return at::conv2d(in[0], in[1], {}, 2, 1, 1, 6); }},
      {"batch_norm",
       "batch_norm",
       {kImage, Shape{6}, Shape{6}, Shape{6}, Shape{6}},
       {{"eps", 1e-3}},
       [](Tensors& in) {
         return at::batch_norm(in[0], in[1], in[2], in[3], in[4], false, 0.1, 1e-3, true);
       }},
      {"batch_norm_training",
       "batch_norm",
       {kImage, kAbsent, kAbsent, kAbsent, kAbsent},
       {{"training", kTrue}},
       [](Tensors& in) { return at::batch_norm(in[0], {}, {}, {}, {}, true, 0.1, 1e-5, true); }},
      {"max_pool2d",
       "max_pool2d",
       {kImage},
       {{"kernel_size", Ints{3, 3}},
        {"stride", Ints{2, 2}},
        {"padding", int64_t{1}},
        {"ceil_mode", kTrue}},
       [](Tensors& in) { return at::max_pool2d(in[0], 3, 2, 1, 1, true); }},
      {"max_pool2d_default_stride",
       "max_pool2d",
       {kImage},
       {{"kernel_size", int64_t{2}}, {"stride", Ints{}}, {"dilation", int64_t{2}}},
       [](Tensors& in) { return at::max_pool2d(in[0], 2, 2, 0, 2); }},
      {"avg_pool2d",
       "avg_pool2d",
       {kImage},
       {{"kernel_size", int64_t{3}},
        {"stride", int64_t{1}},
        {"padding", int64_t{1}},
        {"count_include_pad", false}},
       [](Tensors& in) { return at::avg_pool2d(in[0], 3, 1, 1, false, false); }},
      {"adaptive_avg_pool2d",
       "adaptive_avg_pool2d",
       {kImage},
       {{"output_size", int64_t{1}}},
       [](Tensors& in) {
         return at::adaptive_avg_pool2d(in[0], {1, 1});
       }},
      {"adaptive_max_pool2d",
       "adaptive_max_pool2d",
       {kImage},
       {{"output_size", Ints{3, 2}}},
       [](Tensors& in) {
         return std::get<0>(at::adaptive_max_pool2d(in[0], {3, 2}));
       }},
      {"mean_hw",
       "mean",
       {kImage},
       {{"dim", Ints{2, 3}}, {"keepdim", kTrue}},
       [](Tensors& in) {
         return at::mean(in[0], {2, 3}, true);
       }},
      {"softmax",
       "softmax",
       {Shape{4, 10}},
       {{"dim", int64_t{-1}}},
       [](Tensors& in) { return at::softmax(in[0], -1); }},
  };
}

std::vector<Case> Shapes() {
  return {
      {"flatten",
       "flatten",
       {kImage},
       {{"start_dim", int64_t{1}}},
       [](Tensors& in) { return at::flatten(in[0], 1); }},
      {"flatten_middle",
       "flatten",
       {kImage},
       {{"start_dim", int64_t{1}}, {"end_dim", int64_t{2}}},
       [](Tensors& in) { return at::flatten(in[0], 1, 2); }},
      {"view_open",
       "view",
       {kImage},
       {{"size", Ints{2, -1}}},
       [](Tensors& in) {
         return in[0].view({2, -1});
       }},
      {"view_of_another_batch",
       "view",
       {kImage},
       {{"size", Ints{1, 432}}},
       [](Tensors& in) {
         return in[0].view({2, 432});
       }},
      {"reshape",
       "reshape",
       {kImage},
       {{"shape", Ints{12, 72}}},
       [](Tensors& in) {
         return at::reshape(in[0], {12, 72});
       }},
      {"permute",
       "permute",
       {kImage},
       {{"dims", Ints{0, 2, 3, 1}}},
       [](Tensors& in) {
         return in[0].permute({0, 2, 3, 1});
       }},
      {"transpose",
       "transpose",
       {kImage},
       {{"dim0", int64_t{1}}, {"dim1", int64_t{-1}}},
       [](Tensors& in) { return in[0].transpose(1, -1); }},
      {"contiguous", "contiguous", {kImage}, {}, [](Tensors& in) { return in[0]; }},
      {"clone", "clone", {kImage}, {}, [](Tensors& in) { return in[0]; }},
      {"dropout",
       "dropout",
       {kImage},
       {{"p", 0.5}, {"train", false}},
       [](Tensors& in) { return in[0]; }},
      {"dropout_inplace",
       "dropout",
       {kImage},
       {{"inplace", kTrue}},
       [](Tensors& in) { return in[0]; }},
      {"cat",
       "cat",
       {kImage, Shape{2, 3, 9, 8}, kImage},
       {{"dim", int64_t{1}}},
       [](Tensors& in) {
         return at::cat({in[0], in[1], in[2]}, 1);
       }},
  };
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) { return info.param.what; }

INSTANTIATE_TEST_SUITE_P(Activations, OpKernelsTest, ::testing::ValuesIn(Activations()), NameOf);
INSTANTIATE_TEST_SUITE_P(Arithmetic, OpKernelsTest, ::testing::ValuesIn(Arithmetic()), NameOf);
INSTANTIATE_TEST_SUITE_P(Convolutions, OpKernelsTest, ::testing::ValuesIn(Convolutions()), NameOf);
INSTANTIATE_TEST_SUITE_P(Shapes, OpKernelsTest, ::testing::ValuesIn(Shapes()), NameOf);

// No operator is run that is not held against its direct call above.
TEST(OpKernelsTest, EveryExecutableOperatorHasACase) {
  std::set<std::string> tested;
  for (const auto& cases : {Activations(), Arithmetic(), Convolutions(), Shapes()}) {
    for (const Case& c : cases) tested.insert(c.type);
  }
  const std::vector<std::string_view> executable = ExecutableOps();
  EXPECT_EQ(tested, std::set<std::string>(executable.begin(), executable.end()));
}

}  // namespace
}  // namespace latcast::bench
