#include "analyzer/blocks/layers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/ops/infer.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

using graph::Attributes;
using graph::DType;
using graph::kNone;
using Ints = std::vector<int64_t>;

Ints Pair(int64_t n) { return {n, n}; }

struct ActInfo {
  std::string_view class_name;
  std::string_view op;
};

ActInfo Info(Act act) {
  switch (act) {
    case Act::kNone:
      return {"Identity", ""};
    case Act::kRelu:
      return {"ReLU", "relu"};
    case Act::kRelu6:
      return {"ReLU6", "relu6"};
    case Act::kSilu:
      return {"SiLU", "silu"};
    case Act::kHardswish:
      return {"Hardswish", "hardswish"};
  }
  return {};
}

absl::Status CheckGroups(int64_t groups, int64_t channels, std::string_view which) {
  if (groups >= 1 && channels % groups == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("groups ", groups, " does not divide ", channels,
                                                 " ", ToAbsl(which), " channels"));
}

}  // namespace

Layers::Layers(std::string_view class_name) : builder_(std::string(class_name), "latcast blocks") {}

ValueId Layers::Image(const BlockArguments& arguments) {
  return Input({arguments.at("batch"), arguments.at("cin"), arguments.at("h"), arguments.at("w")});
}

ValueId Layers::Input(graph::Shape shape) {
  return builder_.AddInput("x", DType::kFloat32, std::move(shape));
}

void Layers::Check(absl::Status status) {
  if (!status_.ok() || status.ok()) return;
  const std::string& path = builder_.open_call().path;
  status_ = path.empty() ? status : Annotate(status, path);
}

int64_t Layers::Dim(ValueId x, size_t index) const {
  if (!status_.ok()) return 0;
  const graph::Shape& shape = builder_.graph().value(x).shape;
  return index < shape.size() ? shape[index] : 0;
}

int64_t Layers::LastDim(ValueId x) const {
  if (!status_.ok()) return 0;
  const graph::Shape& shape = builder_.graph().value(x).shape;
  return shape.empty() ? 0 : shape.back();
}

void Layers::Enter(std::string_view name, std::string_view class_name, ValueId x) {
  if (status_.ok()) builder_.EnterCall(name, std::string(class_name), {x});
}

ValueId Layers::Leave(ValueId y) {
  if (status_.ok()) builder_.LeaveCall({y});
  return y;
}

std::vector<ValueId> Layers::AddOp(std::string_view type, std::vector<ValueId> inputs,
                                   Attributes attributes) {
  if (!status_.ok()) return {};
  absl::StatusOr<std::vector<ValueId>> outputs =
      ops::AddInferred(builder_, std::string(type), std::move(inputs), std::move(attributes));
  Check(outputs.status());
  return outputs.ok() ? *std::move(outputs) : std::vector<ValueId>{};
}

ValueId Layers::Function(std::string_view type, std::vector<ValueId> inputs,
                         Attributes attributes) {
  const std::vector<ValueId> outputs = AddOp(type, std::move(inputs), std::move(attributes));
  return outputs.empty() ? kNone : outputs.front();
}

std::vector<ValueId> Layers::Functions(std::string_view type, ValueId x, Attributes attributes,
                                       size_t outputs) {
  std::vector<ValueId> all = AddOp(type, {x}, std::move(attributes));
  if (status_.ok() && all.size() != outputs) {
    Check(absl::InvalidArgumentError(
        absl::StrCat(ToAbsl(type), ": ", all.size(), " parts, as many as ", outputs, " expected")));
  }
  all.resize(outputs, kNone);
  return all;
}

ValueId Layers::Parameter(std::string_view name, graph::Shape shape) {
  if (!status_.ok()) return kNone;
  return builder_.AddParameter(name, DType::kFloat32, std::move(shape));
}

ValueId Layers::Module(std::string_view name, std::string_view class_name, Attributes description,
                       ValueId x, std::string_view type, Attributes attributes) {
  if (!status_.ok()) return kNone;
  builder_.EnterCall(name, std::string(class_name), {x}, std::move(description));
  return Leave(Function(type, {x}, std::move(attributes)));
}

ValueId Layers::Conv(std::string_view name, ValueId x, const ConvOptions& options) {
  if (!status_.ok()) return kNone;
  const int64_t in = Channels(x);
  const int64_t padding =
      options.padding == ConvOptions::kSame ? (options.kernel - 1) / 2 : options.padding;
  Attributes attributes = {{"stride", Pair(options.stride)},
                           {"padding", Pair(padding)},
                           {"dilation", Pair(1)},
                           {"groups", options.groups}};
  Attributes description = attributes;
  description.insert({{"in_channels", in},
                      {"out_channels", options.out},
                      {"kernel_size", Pair(options.kernel)},
                      {"bias", options.bias}});
  builder_.EnterCall(name, "Conv2d", {x}, std::move(description));
  Check(CheckGroups(options.groups, in, "input"));
  Check(CheckGroups(options.groups, options.out, "output"));
  if (!status_.ok()) return kNone;
  std::vector<ValueId> inputs = {
      x, builder_.AddParameter("weight", DType::kFloat32,
                               {options.out, in / options.groups, options.kernel, options.kernel})};
  if (options.bias) {
    inputs.push_back(builder_.AddParameter("bias", DType::kFloat32, {options.out}));
  }
  return Leave(Function("conv2d", std::move(inputs), std::move(attributes)));
}

ValueId Layers::BatchNorm(std::string_view name, ValueId x, double eps) {
  if (!status_.ok()) return kNone;
  const int64_t channels = Channels(x);
  const Attributes common = {{"eps", eps}, {"momentum", 0.1}};
  Attributes description = common;
  description.insert({{"num_features", channels}, {"affine", true}, {"track_running_stats", true}});
  builder_.EnterCall(name, "BatchNorm2d", {x}, std::move(description));
  const ValueId weight = builder_.AddParameter("weight", DType::kFloat32, {channels});
  const ValueId bias = builder_.AddParameter("bias", DType::kFloat32, {channels});
  const ValueId mean = builder_.AddBuffer("running_mean", DType::kFloat32, {channels});
  const ValueId var = builder_.AddBuffer("running_var", DType::kFloat32, {channels});
  builder_.AddBuffer("num_batches_tracked", DType::kInt64, {});
  Attributes attributes = common;
  attributes["training"] = false;
  return Leave(Function("batch_norm", {x, weight, bias, mean, var}, std::move(attributes)));
}

ValueId Layers::Activation(std::string_view name, ValueId x, Act act) {
  if (act == Act::kNone) return x;
  const ActInfo info = Info(act);
  const Attributes attributes = {{"inplace", true}};
  return Module(name, info.class_name, attributes, x, info.op, attributes);
}

ValueId Layers::Sigmoid(std::string_view name, ValueId x) {
  return Module(name, "Sigmoid", {}, x, "sigmoid", {});
}

ValueId Layers::Gelu(std::string_view name, ValueId x) {
  const Attributes attributes = {{"approximate", std::string("none")}};
  return Module(name, "GELU", attributes, x, "gelu", attributes);
}

ValueId Layers::Permute(std::string_view name, ValueId x, Ints dims) {
  const Attributes attributes = {{"dims", std::move(dims)}};
  return Module(name, "Permute", attributes, x, "permute", attributes);
}

ValueId Layers::LayerNorm(std::string_view name, ValueId x, double eps) {
  if (!status_.ok()) return kNone;
  const Ints normalized = {LastDim(x)};
  const Attributes attributes = {{"normalized_shape", normalized}, {"eps", eps}};
  Attributes description = attributes;
  description["elementwise_affine"] = true;
  builder_.EnterCall(name, "LayerNorm", {x}, std::move(description));
  const ValueId weight = builder_.AddParameter("weight", DType::kFloat32, normalized);
  const ValueId bias = builder_.AddParameter("bias", DType::kFloat32, normalized);
  return Leave(Function("layer_norm", {x, weight, bias}, attributes));
}

ValueId Layers::AvgPool(std::string_view name, ValueId x, int64_t kernel, int64_t stride,
                        int64_t padding, bool count_include_pad) {
  const Attributes attributes = {{"kernel_size", Pair(kernel)},
                                 {"stride", Pair(stride)},
                                 {"padding", Pair(padding)},
                                 {"ceil_mode", false},
                                 {"count_include_pad", count_include_pad}};
  return Module(name, "AvgPool2d", attributes, x, "avg_pool2d", attributes);
}

ValueId Layers::MaxPool(std::string_view name, ValueId x, int64_t kernel, int64_t stride,
                        int64_t padding, bool ceil_mode) {
  const Attributes attributes = {{"kernel_size", Pair(kernel)},
                                 {"stride", Pair(stride)},
                                 {"padding", Pair(padding)},
                                 {"dilation", Pair(1)},
                                 {"ceil_mode", ceil_mode}};
  return Module(name, "MaxPool2d", attributes, x, "max_pool2d", attributes);
}

ValueId Layers::AdaptiveAvgPool(std::string_view name, ValueId x, int64_t output_size) {
  const Attributes attributes = {{"output_size", Pair(output_size)}};
  return Module(name, "AdaptiveAvgPool2d", attributes, x, "adaptive_avg_pool2d", attributes);
}

ValueId Layers::Linear(std::string_view name, ValueId x, int64_t out) {
  if (!status_.ok()) return kNone;
  const int64_t in = LastDim(x);
  builder_.EnterCall(name, "Linear", {x},
                     {{"in_features", in}, {"out_features", out}, {"bias", true}});
  const ValueId weight = builder_.AddParameter("weight", DType::kFloat32, {out, in});
  const ValueId bias = builder_.AddParameter("bias", DType::kFloat32, {out});
  return Leave(Function("linear", {x, weight, bias}, {}));
}

ValueId Layers::Dropout(std::string_view name, ValueId x, double p) {
  return Module(name, "Dropout", {{"p", p}, {"inplace", false}}, x, "dropout",
                {{"p", p}, {"train", false}});
}

ValueId Layers::ConvNormAct(std::string_view name, ValueId x, const ConvOptions& options, Act act) {
  Enter(name, "Conv2dNormActivation", x);
  ValueId y = Conv("0", x, options);
  y = BatchNorm("1", y);
  return Leave(Activation("2", y, act));
}

ValueId Layers::BasicConv(std::string_view name, ValueId x, const ConvOptions& options, bool relu) {
  Enter(name, "BasicConv2d", x);
  ValueId y = Conv("conv", x, options);
  y = BatchNorm("bn", y, 1e-3);
  return Leave(relu ? Relu(y) : y);
}

ValueId Layers::SqueezeExcitation(std::string_view name, ValueId x, int64_t squeeze, Act act,
                                  bool multiply, Gate form) {
  Enter(name, "SqueezeExcitation", x);
  ValueId gate = AdaptiveAvgPool("avgpool", x, 1);
  gate = Conv("fc1", gate, {.out = squeeze, .bias = true});
  gate = Activation("activation", gate, act);
  gate = Conv("fc2", gate, {.out = Channels(x), .bias = true});
  gate = form == Gate::kSigmoid
             ? Sigmoid("scale_activation", gate)
             : Module("scale_activation", "Hardsigmoid", {}, gate, "hardsigmoid", {});
  return Leave(multiply ? Mul(gate, x) : gate);
}

ValueId Layers::Relu(ValueId x) { return Function("relu", {x}, {{"inplace", true}}); }

ValueId Layers::Add(ValueId a, ValueId b, bool inplace) {
  return Function("add", {a, b}, inplace ? Attributes{{"inplace", true}} : Attributes{});
}

ValueId Layers::Mul(ValueId a, ValueId b) { return Function("mul", {a, b}, {}); }

ValueId Layers::Cat(std::vector<ValueId> inputs) {
  return Function("cat", std::move(inputs), {{"dim", int64_t{1}}});
}

ValueId Layers::Flatten(ValueId x) {
  return Function("flatten", {x}, {{"start_dim", int64_t{1}}, {"end_dim", int64_t{-1}}});
}

absl::StatusOr<graph::Graph> Layers::Finish(ValueId y) && {
  RETURN_IF_ERROR(status_);
  return std::move(builder_).Finish({y});
}

}  // namespace latcast::blocks
