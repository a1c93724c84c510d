// An NVIDIA GPU through LibTorch: the time of a whole block on the GPU, with the host's launching
// kept out of it, or the wall time a user waits for.
#ifndef LATCAST_BENCH_BACKENDS_TORCH_CUDA_H_
#define LATCAST_BENCH_BACKENDS_TORCH_CUDA_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/backends/backend.h"

namespace latcast::bench {

struct TorchCudaOptions {
  int device = 0;
  // "gpu": events around the block on a stream that is held back until all of it is queued; a block
  // that cannot be queued in a second is disturbed. "wall": the host's clock from the first launch
  // to the end of the work.
  std::string metric = "gpu";
  std::string execution = "eager";    // "graph": a captured CUDA graph is replayed
  std::string precision = "float32";  // float32 | tf32 | float16 | bfloat16
  std::string layout = "nchw";        // nchw | nhwc
  bool flush_caches = false;              // write over the L2 cache before every run
  bool autotune = true;  // cuDNN tries its algorithms in the warm-up and keeps the best
  uint64_t seed = 1;     // of parameters and inputs
};

// NOT_FOUND saying why there is no such GPU (no driver, fewer GPUs); INVALID_ARGUMENT naming an
// option that is unknown. One such backend at a time: precision and autotune are settings of the
// whole process.
absl::StatusOr<std::unique_ptr<Backend>> MakeTorchCudaBackend(const TorchCudaOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_TORCH_CUDA_H_
