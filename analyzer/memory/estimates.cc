#include "analyzer/memory/estimates.h"

#include <algorithm>

namespace latcast::memory {
namespace {

bool IsConvolution(const graph::Op& op) { return op.type.starts_with("conv"); }

bool IsMatrixProduct(const graph::Op& op) {
  return op.type == "linear" || op.type == "matmul" || op.type == "scaled_dot_product_attention";
}

}  // namespace

std::vector<Component> CudaEstimates(const graph::Graph& graph, const EstimateOptions& options,
                                     int64_t reserved_bytes, int64_t tensor_bytes) {
  std::vector<Component> parts;
  parts.push_back({"allocator reserve", std::max<int64_t>(reserved_bytes - tensor_bytes, 0), true});
  if (std::ranges::any_of(graph.ops, IsMatrixProduct)) {
    parts.push_back({"cuBLAS workspace", options.cublas_workspace_bytes, true});
  }
  if (std::ranges::any_of(graph.ops, IsConvolution)) {
    parts.push_back({"cuDNN workspace", options.cudnn_workspace_bytes, true});
  }
  parts.push_back({"CUDA context", options.context_bytes, true});
  return parts;
}

}  // namespace latcast::memory
