// The two device-side tools of GPU timing: a kernel that holds a stream back until the host lets it
// go, so that work is queued before it is timed, and a sweep that drives other data out of the L2
// cache. No CUDA header is needed to include this.
#ifndef LATCAST_BENCH_BACKENDS_CUDA_KERNELS_H_
#define LATCAST_BENCH_BACKENDS_CUDA_KERNELS_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::bench {

// Holds one stream at a time. Work that the host cannot queue while the stream stands still (more
// than its queue takes, an operator that waits for the device) would wait for ever, so the kernel
// ends by itself after `limit_s`.
class StreamBlocker {
 public:
  // INTERNAL with CUDA's words.
  static absl::StatusOr<std::unique_ptr<StreamBlocker>> Create(double limit_s);
  ~StreamBlocker();
  StreamBlocker(const StreamBlocker&) = delete;
  StreamBlocker& operator=(const StreamBlocker&) = delete;

  // `stream`: a cudaStream_t. Call Release before waiting for it.
  absl::Status Block(void* stream);
  void Release();
  // Once the stream has been waited for: whether the limit, and not Release, ended the kernel. What
  // was timed then holds the host's time as well.
  bool TimedOut() const;

 private:
  struct Flags;
  StreamBlocker(Flags* flags, Flags* on_device, double limit_s)
      : flags_(flags), on_device_(on_device), limit_s_(limit_s) {}
  Flags* flags_;      // pinned memory, seen by both sides
  Flags* on_device_;  // its address for kernels
  double limit_s_;
};

// Writes over a buffer of at least `bytes` in the stream. INTERNAL with CUDA's words.
class CacheSweep {
 public:
  static absl::StatusOr<std::unique_ptr<CacheSweep>> Create(size_t bytes);
  ~CacheSweep();
  CacheSweep(const CacheSweep&) = delete;
  CacheSweep& operator=(const CacheSweep&) = delete;
  absl::Status Run(void* stream);

 private:
  CacheSweep(void* buffer, size_t words) : buffer_(buffer), words_(words) {}
  void* buffer_;
  size_t words_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_CUDA_KERNELS_H_
