#include <ATen/ops/cat.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/reshape.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "bench/executor/kernel_call.h"

namespace latcast::bench {
namespace {

using graph::GetBool;
using graph::GetDouble;
using graph::GetInt;

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
  if (call.attributes().contains("dtype")) {
    return absl::UnimplementedError("a view as another type");
  }
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

constexpr Resolver kResolvers[] = {
    {"flatten", Flatten}, {"view", Reshape},        {"reshape", Reshape},
    {"permute", Permute}, {"transpose", Transpose}, {"contiguous", Contiguous},
    {"clone", Clone},     {"dropout", Dropout},     {"cat", Cat},
};

}  // namespace

std::span<const Resolver> LayoutResolvers() { return kResolvers; }

}  // namespace latcast::bench
