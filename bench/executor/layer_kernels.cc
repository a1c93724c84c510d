#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/adaptive_max_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "bench/executor/kernel_call.h"
#include "bench/executor/schema_kernels.h"

namespace latcast::bench {
namespace {

using graph::Attributes;
using graph::GetBool;
using graph::GetDouble;
using graph::GetInt;
using graph::GetInts;

absl::StatusOr<Kernel> Conv2d(const Call& call) {
  RETURN_IF_ERROR(call.Needs(2));
  const auto padded = call.attributes().find("padding");
  if (padded != call.attributes().end() && std::holds_alternative<std::string>(padded->second)) {
    return ResolveBySchema(call);  // "same" that pads unevenly
  }
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

absl::StatusOr<Kernel> Softmax(const Call& call) {
  RETURN_IF_ERROR(call.Needs(1));
  ASSIGN_OR_RETURN(const int64_t dim, GetInt(call.attributes(), "dim"));
  return Kernel([in = call.in(0), out = call.out(), dim](at::Tensor* v) {
    v[out] = at::softmax(v[in], dim);
  });
}

constexpr Resolver kResolvers[] = {
    {"conv2d", Conv2d},
    {"batch_norm", BatchNorm},
    {"max_pool2d", MaxPool2d},
    {"avg_pool2d", AvgPool2d},
    {"adaptive_avg_pool2d", AdaptiveAvgPool2d},
    {"adaptive_max_pool2d", AdaptiveMaxPool2d},
    {"mean", Mean},
    {"softmax", Softmax},
    {"linear", Linear},
    {"matmul", Matmul},
};

}  // namespace

std::span<const Resolver> LayerResolvers() { return kResolvers; }

}  // namespace latcast::bench
