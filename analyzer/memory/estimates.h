// What a process on a CUDA device takes beside the tensors of a network: what the allocator holds
// in reserve, workspaces of libraries, the context. None of it follows from the graph; every part
// is a line of its own with a default that can be replaced by a measured number.
#ifndef LATCAST_ANALYZER_MEMORY_ESTIMATES_H_
#define LATCAST_ANALYZER_MEMORY_ESTIMATES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/graph/graph.h"
#include "analyzer/memory/component.h"

namespace latcast::memory {

struct EstimateOptions {
  // Context, kernels and libraries of one process: 200 to 700 MB on different GPUs
  // (pytorch/pytorch#28113), 300 to 400 MB with lazily loaded kernels, CUDA 11.7 and later
  // (pytorch/pytorch#107667, #109888), 1 GB before (#28394).
  int64_t context_bytes = 400'000'000;
  // PyTorch's cuBLAS workspace of a handle and stream: (2 x 4096 + 8 x 16) KiB, 32 MiB on Hopper
  // (aten/src/ATen/cuda/CublasHandlePool.cpp). Counts where the graph has a matrix product.
  int64_t cublas_workspace_bytes = 8'519'680;
  // Of cuDNN's convolutions: depends on the algorithms it picks, unknown unless a limit is set.
  std::optional<int64_t> cudnn_workspace_bytes = std::nullopt;
};

// "allocator reserve" (what it has reserved beyond `tensor_bytes`), "cuBLAS workspace" and "cuDNN
// workspace" where the graph needs them, "CUDA context".
std::vector<Component> CudaEstimates(const graph::Graph& graph, const EstimateOptions& options,
                                     int64_t reserved_bytes, int64_t tensor_bytes);

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_ESTIMATES_H_
