// What the files of kernels share. Internal to the executor: includes ATen.
#ifndef LATCAST_BENCH_EXECUTOR_KERNEL_CALL_H_
#define LATCAST_BENCH_EXECUTOR_KERNEL_CALL_H_

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/graph/graph.h"
#include "bench/executor/op_kernels.h"

namespace latcast::bench {

// An operator and where its values lie in the table.
struct Call {
  const graph::Graph& graph;
  const graph::Op& op;

  const graph::Attributes& attributes() const { return op.attributes; }
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
  std::optional<at::Tensor> operator()(const at::Tensor* values) const {
    return place_.has_value() ? std::optional<at::Tensor>(values[*place_]) : std::nullopt;
  }

 private:
  std::optional<size_t> place_;
};

// A list of dimensions of any length; a single int stands for a list. Empty when absent.
absl::StatusOr<std::vector<int64_t>> GetDims(const graph::Attributes& attributes,
                                             std::string_view name);

struct Resolver {
  std::string_view type;
  absl::StatusOr<Kernel> (*resolve)(const Call&);
};

// One list a file of kernels.
std::span<const Resolver> ElementwiseResolvers();  // activations and arithmetic
std::span<const Resolver> LayerResolvers();        // convolution, normalisation, pooling, products
std::span<const Resolver> LayoutResolvers();       // views, copies, concatenation

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_EXECUTOR_KERNEL_CALL_H_
