// The CPU through LibTorch, in eager inference as a user of the framework has it: wall time of one
// call with a fixed number of threads. A run during which the kernel took the core away is
// disturbed; with one thread its CPU time stands for it.
#ifndef LATCAST_BENCH_BACKENDS_TORCH_CPU_H_
#define LATCAST_BENCH_BACKENDS_TORCH_CPU_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/backends/backend.h"

namespace latcast::bench {

enum class Allocator {
  // Freed memory stays in the process while a point is measured: no page faults for activations.
  // The C library's defaults give large tensors back to the kernel at every free and fault them in
  // again at the next allocation, which is the largest source of noise on a CPU.
  kRetain,
  kSystem,  // the C library's defaults, for the latency an untuned program sees
};

struct TorchCpuOptions {
  int threads = 1;  // intra-op; between operators always 1
  bool flush_denormal = true;
  Allocator allocator = Allocator::kRetain;
  // Cores to run on: "auto" chooses as many as there are threads (affinity.h), "none" leaves it to
  // the scheduler, "2,3" names them.
  std::string cores = "auto";
  bool flush_caches = false;  // before every run (cpu_cache_sweep.h)
  uint64_t seed = 1;          // of parameters and inputs
};

// INVALID_ARGUMENT when threads < 1 or more than the machine has, or for cores that it may not use.
// Threads, cores, flush-denormal and allocator are settings of the whole process: one such backend
// at a time.
absl::StatusOr<std::unique_ptr<Backend>> MakeTorchCpuBackend(const TorchCpuOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_TORCH_CPU_H_
