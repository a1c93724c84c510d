#include <cuda_runtime.h>

#include <string>

#include "bench/backends/cuda_kernels.h"

namespace latcast::bench {
namespace {

absl::Status Check(cudaError_t error) {
  if (error == cudaSuccess) return absl::OkStatus();
  return absl::InternalError(std::string("CUDA error: ") + cudaGetErrorString(error));
}

// Nanoseconds of a clock that all multiprocessors share.
__device__ unsigned long long GlobalNs() {
  unsigned long long ns;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(ns));
  return ns;
}

__global__ void Hold(volatile int* released, volatile int* timed_out, unsigned long long limit_ns) {
  const unsigned long long start = GlobalNs();
  while (*released == 0) {
    if (GlobalNs() - start > limit_ns) {
      *timed_out = 1;
      return;
    }
  }
}

__global__ void Overwrite(unsigned* words, size_t count) {
  const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
  for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += step) {
    words[i] = words[i] + 1;  // read and written: clean lines are driven out as well
  }
}

}  // namespace

struct StreamBlocker::Flags {
  volatile int released;
  volatile int timed_out;
};

absl::StatusOr<std::unique_ptr<StreamBlocker>> StreamBlocker::Create(double limit_s) {
  void* host = nullptr;
  if (absl::Status s = Check(cudaHostAlloc(&host, sizeof(Flags), cudaHostAllocMapped)); !s.ok()) {
    return s;
  }
  void* device = nullptr;
  if (absl::Status s = Check(cudaHostGetDevicePointer(&device, host, 0)); !s.ok()) {
    cudaFreeHost(host);
    return s;
  }
  return std::unique_ptr<StreamBlocker>(
      new StreamBlocker(static_cast<Flags*>(host), static_cast<Flags*>(device), limit_s));
}

StreamBlocker::~StreamBlocker() { cudaFreeHost(flags_); }

absl::Status StreamBlocker::Block(void* stream) {
  flags_->released = 0;
  flags_->timed_out = 0;
  Hold<<<1, 1, 0, static_cast<cudaStream_t>(stream)>>>(
      &on_device_->released, &on_device_->timed_out,
      static_cast<unsigned long long>(limit_s_ * 1e9));
  return Check(cudaGetLastError());
}

void StreamBlocker::Release() { flags_->released = 1; }

bool StreamBlocker::TimedOut() const { return flags_->timed_out != 0; }

absl::StatusOr<std::unique_ptr<CacheSweep>> CacheSweep::Create(size_t bytes) {
  void* buffer = nullptr;
  const size_t words = bytes / sizeof(unsigned) + 1;
  if (absl::Status s = Check(cudaMalloc(&buffer, words * sizeof(unsigned))); !s.ok()) return s;
  return std::unique_ptr<CacheSweep>(new CacheSweep(buffer, words));
}

CacheSweep::~CacheSweep() { cudaFree(buffer_); }

absl::Status CacheSweep::Run(void* stream) {
  constexpr unsigned kBlocks = 1024;
  constexpr unsigned kThreads = 256;
  Overwrite<<<kBlocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
      static_cast<unsigned*>(buffer_), words_);
  return Check(cudaGetLastError());
}

}  // namespace latcast::bench
