// From one operator of a graph to a closure that makes the ATen call. Internal to the executor:
// includes ATen.
#ifndef LATCAST_BENCH_EXECUTOR_OP_KERNELS_H_
#define LATCAST_BENCH_EXECUTOR_OP_KERNELS_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::bench {

// Reads its inputs from the table of values (by ValueId) and puts its outputs there.
using Kernel = std::function<void(at::Tensor* values)>;

// UNIMPLEMENTED for an operator nobody can run, INVALID_ARGUMENT for missing inputs or attributes
// of the wrong type; both name the operator.
absl::StatusOr<Kernel> ResolveKernel(const graph::Graph& graph, const graph::Op& op);

std::vector<std::string_view> ResolvableOps();

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_EXECUTOR_OP_KERNELS_H_
