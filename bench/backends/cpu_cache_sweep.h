// Empties the caches of a CPU: writes over more memory than they hold.
#ifndef LATCAST_BENCH_BACKENDS_CPU_CACHE_SWEEP_H_
#define LATCAST_BENCH_BACKENDS_CPU_CACHE_SWEEP_H_

#include <cstddef>
#include <string>
#include <vector>

namespace latcast::bench {

// Bytes of all data caches that a core sees, by the files under `folder`, one folder index0,
// index1,
// ... a cache; 0 where there are none that can be read.
size_t CacheBytes(const std::string& folder = "/sys/devices/system/cpu/cpu0/cache");

class CpuCacheSweep {
 public:
  // For the caches that `threads` threads of LibTorch use. Where the kernel does not say how large
  // they are, they are taken for 64 MiB.
  explicit CpuCacheSweep(int threads);

  // Afterwards nothing that was in the caches is: every thread writes over twice what its core
  // sees.
  void Run();

 private:
  int threads_;
  std::vector<unsigned char> memory_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_CPU_CACHE_SWEEP_H_
