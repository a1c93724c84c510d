#include "bench/executor/op_kernels.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/adaptive_max_pool2d.h>
#include <ATen/ops/add.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/div.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

using graph::Attributes;
using graph::GetBool;
using graph::GetDouble;
using graph::GetInt;
using graph::GetInts;
using OptionalTensor = std::optional<at::Tensor>;

// An operator and where its values lie in the table.
struct Call {
  const graph::Graph& graph;
  const graph::Op& op;

  const Attributes& attributes() const { return op.attributes; }
  bool inplace() const { return graph::IsInplace(op.attributes); }
  size_t out() const { return static_cast<size_t>(op.outputs.front()); }
  // Whether there is a positional input `i`; in(i) is its place.
  bool has(size_t i) const { return i < op.inputs.size() && op.inputs[i] != graph::kNone; }
  size_t in(size_t i) const { return static_cast<size_t>(op.inputs[i]); }

  absl::Status Needs(size_t inputs) const {
    for (size_t i = 0; i < inputs; ++i) {
      if (!has(i)) return absl::InvalidArgumentError(absl::StrCat("input ", i, " is missing"));
    }
    return absl::OkStatus();
  }
};

// An optional input: the tensor at a place that may be nowhere.
class OptionalInput {
 public:
  OptionalInput(const Call& call, size_t i)
      : place_(call.has(i) ? std::optional(call.in(i)) : std::nullopt) {}
  OptionalTensor operator()(const at::Tensor* values) const {
    return place_.has_value() ? OptionalTensor(values[*place_]) : std::nullopt;
  }

 private:
  std::optional<size_t> place_;
};

// Operators of one tensor without attributes.
template <auto kFresh, auto kInplace>
absl::StatusOr<Kernel> Unary(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  const size_t in = call.in(0);
  const size_t out = call.out();
  if (call.inplace()) return Kernel([=](at::Tensor* v) { v[out] = kInplace(v[in]); });
  return Kernel([=](at::Tensor* v) { v[out] = kFresh(v[in]); });
}

absl::StatusOr<Kernel> Hardtanh(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const double low, GetDouble(call.attributes(), "min_val", -1.0));
  ASSIGN_OR_RETURN(const double high, GetDouble(call.attributes(), "max_val", 1.0));
  const size_t in = call.in(0);
  const size_t out = call.out();
  if (call.inplace()) {
    return Kernel([=](at::Tensor* v) { v[out] = at::hardtanh_(v[in], low, high); });
  }
  return Kernel([=](at::Tensor* v) { v[out] = at::hardtanh(v[in], low, high); });
}

absl::StatusOr<Kernel> LeakyRelu(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const double slope, GetDouble(call.attributes(), "negative_slope", 0.01));
  const size_t in = call.in(0);
  const size_t out = call.out();
  if (call.inplace()) {
    return Kernel([=](at::Tensor* v) { v[out] = at::leaky_relu_(v[in], slope); });
  }
  return Kernel([=](at::Tensor* v) { v[out] = at::leaky_relu(v[in], slope); });
}

absl::StatusOr<Kernel> Gelu(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  std::string approximate = "none";
  const auto it = call.attributes().find(std::string_view("approximate"));
  if (it != call.attributes().end()) {
    const std::string* text = std::get_if<std::string>(&it->second);
    if (text == nullptr)
      return absl::InvalidArgumentError("attribute approximate: a text expected");
    approximate = *text;
  }
  const size_t in = call.in(0);
  const size_t out = call.out();
  return Kernel([=](at::Tensor* v) { v[out] = at::gelu(v[in], approximate); });
}

absl::StatusOr<Kernel> Prelu(const Call& call) {
  RETURN_IF_ERROR(call.Needs(2));
  return Kernel([in = call.in(0), weight = call.in(1), out = call.out()](at::Tensor* v) {
    v[out] = at::prelu(v[in], v[weight]);
  });
}

enum class Arithmetic { kAdd, kSub, kMul, kDiv };

// `b` is a tensor or a scalar; only addition and subtraction know `alpha`.
template <Arithmetic kOp, typename B>
at::Tensor Compute(at::Tensor& a, const B& b, const at::Scalar& alpha, bool inplace) {
  if constexpr (kOp == Arithmetic::kAdd) return inplace ? a.add_(b, alpha) : a.add(b, alpha);
  if constexpr (kOp == Arithmetic::kSub) return inplace ? a.sub_(b, alpha) : a.sub(b, alpha);
  if constexpr (kOp == Arithmetic::kMul) return inplace ? a.mul_(b) : a.mul(b);
  if constexpr (kOp == Arithmetic::kDiv) return inplace ? a.div_(b) : a.div(b);
}

template <Arithmetic kOp>
absl::StatusOr<Kernel> Binary(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const double alpha, GetDouble(call.attributes(), "alpha", 1.0));
  const at::Scalar factor = alpha == 1.0 ? at::Scalar(1) : at::Scalar(alpha);
  const size_t in = call.in(0);
  const size_t out = call.out();
  const bool inplace = call.inplace();
  if (call.has(1)) {
    const size_t other = call.in(1);
    return Kernel([=](at::Tensor* v) { v[out] = Compute<kOp>(v[in], v[other], factor, inplace); });
  }
  if (!call.attributes().contains("other")) {
    return absl::InvalidArgumentError("neither an input 1 nor the attribute other");
  }
  ASSIGN_OR_RETURN(const double scalar, GetDouble(call.attributes(), "other", 0.0));
  const at::Scalar other(scalar);
  return Kernel([=](at::Tensor* v) { v[out] = Compute<kOp>(v[in], other, factor, inplace); });
}

absl::StatusOr<Kernel> Conv2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(2));
  ASSIGN_OR_RETURN(auto stride, GetInts(call.attributes(), "stride", 2, 1));
  ASSIGN_OR_RETURN(auto padding, GetInts(call.attributes(), "padding", 2, 0));
  ASSIGN_OR_RETURN(auto dilation, GetInts(call.attributes(), "dilation", 2, 1));
  ASSIGN_OR_RETURN(const int64_t groups, GetInt(call.attributes(), "groups", 1));
  return Kernel([in = call.in(0), weight = call.in(1), bias = OptionalInput(call, 2),
                 out = call.out(), stride = std::move(stride), padding = std::move(padding),
                 dilation = std::move(dilation), groups](at::Tensor* v) {
    v[out] = at::conv2d(v[in], v[weight], bias(v), stride, padding, dilation, groups);
  });
}

absl::StatusOr<Kernel> BatchNorm(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const bool training, GetBool(call.attributes(), "training", false));
  ASSIGN_OR_RETURN(const double momentum, GetDouble(call.attributes(), "momentum", 0.1));
  ASSIGN_OR_RETURN(const double eps, GetDouble(call.attributes(), "eps", 1e-5));
  return Kernel([in = call.in(0), weight = OptionalInput(call, 1), bias = OptionalInput(call, 2),
                 mean = OptionalInput(call, 3), var = OptionalInput(call, 4), out = call.out(),
                 training, momentum, eps](at::Tensor* v) {
    v[out] = at::batch_norm(v[in], weight(v), bias(v), mean(v), var(v), training, momentum, eps,
                            /*cudnn_enabled=*/true);
  });
}

// The window attributes that pooling operators share.
struct Window {
  std::vector<int64_t> kernel;
  std::vector<int64_t> stride;
  std::vector<int64_t> padding;
  bool ceil_mode = false;
};

absl::StatusOr<Window> GetWindow(const Attributes& attributes) {
  Window window;
  if (!attributes.contains("kernel_size")) {
    return absl::InvalidArgumentError("attribute kernel_size is missing");
  }
  ASSIGN_OR_RETURN(window.kernel, GetInts(attributes, "kernel_size", 2, 1));
  ASSIGN_OR_RETURN(window.stride, GetInts(attributes, "stride", 2, 0));
  if (window.stride == std::vector<int64_t>{0, 0}) window.stride = window.kernel;  // absent or []
  ASSIGN_OR_RETURN(window.padding, GetInts(attributes, "padding", 2, 0));
  ASSIGN_OR_RETURN(window.ceil_mode, GetBool(attributes, "ceil_mode", false));
  return window;
}

absl::StatusOr<Kernel> MaxPool2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(Window window, GetWindow(call.attributes()));
  ASSIGN_OR_RETURN(auto dilation, GetInts(call.attributes(), "dilation", 2, 1));
  return Kernel([in = call.in(0), out = call.out(), w = std::move(window),
                 dilation = std::move(dilation)](at::Tensor* v) {
    v[out] = at::max_pool2d(v[in], w.kernel, w.stride, w.padding, dilation, w.ceil_mode);
  });
}

absl::StatusOr<Kernel> AvgPool2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(Window window, GetWindow(call.attributes()));
  ASSIGN_OR_RETURN(const bool pad, GetBool(call.attributes(), "count_include_pad", true));
  return Kernel([in = call.in(0), out = call.out(), w = std::move(window), pad](at::Tensor* v) {
    v[out] = at::avg_pool2d(v[in], w.kernel, w.stride, w.padding, w.ceil_mode, pad);
  });
}

// The output size is that of the graph: the attribute may leave a dimension open.
std::vector<int64_t> OutputSize(const Call& call) {
  const graph::Shape& shape = call.graph.value(call.op.outputs.front()).shape;
  return {shape.end() - std::min<ptrdiff_t>(2, std::ssize(shape)), shape.end()};
}

absl::StatusOr<Kernel> AdaptiveAvgPool2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  return Kernel([in = call.in(0), out = call.out(), size = OutputSize(call)](at::Tensor* v) {
    v[out] = at::adaptive_avg_pool2d(v[in], size);
  });
}

absl::StatusOr<Kernel> AdaptiveMaxPool2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  return Kernel([in = call.in(0), out = call.out(), size = OutputSize(call)](at::Tensor* v) {
    v[out] = std::get<0>(at::adaptive_max_pool2d(v[in], size));
  });
}

// A list of dimensions of any length; a single one stands for a list. Empty when absent.
absl::StatusOr<std::vector<int64_t>> GetDims(const Attributes& attributes, std::string_view name) {
  const auto it = attributes.find(name);
  if (it == attributes.end()) return std::vector<int64_t>();
  if (const auto* list = std::get_if<std::vector<int64_t>>(&it->second)) return *list;
  ASSIGN_OR_RETURN(const int64_t one, GetInt(attributes, name));
  return std::vector<int64_t>{one};
}

absl::StatusOr<Kernel> Mean(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(auto dims, GetDims(call.attributes(), "dim"));
  ASSIGN_OR_RETURN(const bool keepdim, GetBool(call.attributes(), "keepdim", false));
  return Kernel([in = call.in(0), out = call.out(), dims = std::move(dims), keepdim](
                    at::Tensor* v) { v[out] = at::mean(v[in], at::IntArrayRef(dims), keepdim); });
}

absl::StatusOr<Kernel> Linear(const Call& call) {
  RETURN_IF_ERROR(call.Needs(2));
  return Kernel(
      [in = call.in(0), weight = call.in(1), bias = OptionalInput(call, 2),
       out = call.out()](at::Tensor* v) { v[out] = at::linear(v[in], v[weight], bias(v)); });
}

absl::StatusOr<Kernel> Matmul(const Call& call) {
  RETURN_IF_ERROR(call.Needs(2));
  return Kernel([a = call.in(0), b = call.in(1), out = call.out()](at::Tensor* v) {
    v[out] = at::matmul(v[a], v[b]);
  });
}

absl::StatusOr<Kernel> Flatten(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const int64_t start, GetInt(call.attributes(), "start_dim", 0));
  ASSIGN_OR_RETURN(const int64_t end, GetInt(call.attributes(), "end_dim", -1));
  return Kernel([in = call.in(0), out = call.out(), start, end](at::Tensor* v) {
    v[out] = at::flatten(v[in], start, end);
  });
}

// The target shape is that of the graph: attributes may leave a dimension open or hold the batch
// the network was captured with. A view that would need a copy gets one, as reshape does.
absl::StatusOr<Kernel> Reshape(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  return Kernel([in = call.in(0), out = call.out(),
                 shape = call.graph.value(call.op.outputs.front()).shape](at::Tensor* v) {
    v[out] = at::reshape(v[in], shape);
  });
}

absl::StatusOr<Kernel> Permute(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(auto dims, GetDims(call.attributes(), "dims"));
  return Kernel([in = call.in(0), out = call.out(), dims = std::move(dims)](at::Tensor* v) {
    v[out] = v[in].permute(dims);
  });
}

absl::StatusOr<Kernel> Transpose(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const int64_t a, GetInt(call.attributes(), "dim0"));
  ASSIGN_OR_RETURN(const int64_t b, GetInt(call.attributes(), "dim1"));
  return Kernel(
      [in = call.in(0), out = call.out(), a, b](at::Tensor* v) { v[out] = v[in].transpose(a, b); });
}

absl::StatusOr<Kernel> Contiguous(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  return Kernel(
      [in = call.in(0), out = call.out()](at::Tensor* v) { v[out] = v[in].contiguous(); });
}

absl::StatusOr<Kernel> Clone(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  return Kernel([in = call.in(0), out = call.out()](at::Tensor* v) { v[out] = at::clone(v[in]); });
}

absl::StatusOr<Kernel> Dropout(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const double p, GetDouble(call.attributes(), "p", 0.5));
  ASSIGN_OR_RETURN(const bool train, GetBool(call.attributes(), "train", false));
  const size_t in = call.in(0);
  const size_t out = call.out();
  if (call.inplace()) return Kernel([=](at::Tensor* v) { v[out] = at::dropout_(v[in], p, train); });
  return Kernel([=](at::Tensor* v) { v[out] = at::dropout(v[in], p, train); });
}

absl::StatusOr<Kernel> Softmax(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const int64_t dim, GetInt(call.attributes(), "dim"));
  return Kernel([in = call.in(0), out = call.out(), dim](at::Tensor* v) {
    v[out] = at::softmax(v[in], dim);
  });
}

absl::StatusOr<Kernel> Cat(const Call& call) {
  RETURN_IF_ERROR(call.Needs(std::max<size_t>(1, call.op.inputs.size())));
  ASSIGN_OR_RETURN(const int64_t dim, GetInt(call.attributes(), "dim", 0));
  std::vector<size_t> inputs(call.op.inputs.begin(), call.op.inputs.end());
  return Kernel([inputs = std::move(inputs), out = call.out(), dim](at::Tensor* v) {
    c10::SmallVector<at::Tensor, 8> tensors;
    for (const size_t in : inputs) tensors.push_back(v[in]);
    v[out] = at::cat(at::TensorList(tensors), dim);
  });
}

struct Resolver {
  std::string_view type;
  absl::StatusOr<Kernel> (*resolve)(const Call&);
};

constexpr Resolver kResolvers[] = {
    {"conv2d", Conv2d},
    {"batch_norm", BatchNorm},
    {"relu", Unary<at::relu, at::relu_>},
    {"relu6", Unary<at::relu6, at::relu6_>},
    {"sigmoid", Unary<at::sigmoid, at::sigmoid_>},
    {"silu", Unary<at::silu, at::silu_>},
    {"hardswish", Unary<at::hardswish, at::hardswish_>},
    {"hardsigmoid", Unary<at::hardsigmoid, at::hardsigmoid_>},
    {"tanh", Unary<at::tanh, at::tanh_>},
    {"hardtanh", Hardtanh},
    {"gelu", Gelu},
    {"leaky_relu", LeakyRelu},
    {"prelu", Prelu},
    {"add", Binary<Arithmetic::kAdd>},
    {"sub", Binary<Arithmetic::kSub>},
    {"mul", Binary<Arithmetic::kMul>},
    {"div", Binary<Arithmetic::kDiv>},
    {"max_pool2d", MaxPool2d},
    {"avg_pool2d", AvgPool2d},
    {"adaptive_avg_pool2d", AdaptiveAvgPool2d},
    {"adaptive_max_pool2d", AdaptiveMaxPool2d},
    {"mean", Mean},
    {"linear", Linear},
    {"matmul", Matmul},
    {"flatten", Flatten},
    {"view", Reshape},
    {"reshape", Reshape},
    {"permute", Permute},
    {"transpose", Transpose},
    {"contiguous", Contiguous},
    {"clone", Clone},
    {"dropout", Dropout},
    {"softmax", Softmax},
    {"cat", Cat},
};

}  // namespace

absl::StatusOr<Kernel> ResolveKernel(const graph::Graph& graph, const graph::Op& op) {
  const std::string where = absl::StrCat("operator '", op.name, "' (", op.type, ")");
  for (const Resolver& resolver : kResolvers) {
    if (resolver.type == op.type) return Annotate(resolver.resolve({graph, op}), where);
  }
  return absl::UnimplementedError(absl::StrCat(where, ": the bench cannot run this operator"));
}

std::vector<std::string_view> ResolvableOps() {
  std::vector<std::string_view> types;
  for (const Resolver& resolver : kResolvers) types.push_back(resolver.type);
  return types;
}

}  // namespace latcast::bench
