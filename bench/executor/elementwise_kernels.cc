#include <ATen/ops/add.h>
#include <ATen/ops/div.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>

#include <string>

#include "base/status_macros.h"
#include "bench/executor/kernel_call.h"

namespace latcast::bench {
namespace {

using graph::GetDouble;

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

constexpr Resolver kResolvers[] = {
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
};

}  // namespace

std::span<const Resolver> ElementwiseResolvers() { return kResolvers; }

}  // namespace latcast::bench
