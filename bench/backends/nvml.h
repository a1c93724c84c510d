// What NVIDIA's management library knows of a GPU. The library belongs to the driver and is loaded
// when asked for, so that the program runs, and builds, where there is none.
#ifndef LATCAST_BENCH_BACKENDS_NVML_H_
#define LATCAST_BENCH_BACKENDS_NVML_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace latcast::bench {

struct GpuState {
  double sm_clock_mhz = 0.0;
  double memory_clock_mhz = 0.0;
  double temperature_c = 0.0;
  // Slowed by heat or power; not by being idle, by an application's clock setting or by waiting for
  // other GPUs.
  bool throttled = false;
};

class Nvml {
 public:
  // `uuid`: "GPU-..." as the CUDA runtime gives it. UNAVAILABLE saying why there is no library, or
  // no such GPU.
  static absl::StatusOr<std::unique_ptr<Nvml>> Open(const std::string& uuid);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  // A few microseconds. UNAVAILABLE when the GPU is lost; what it does not tell is 0 or false.
  absl::StatusOr<GpuState> Read() const;
  std::string DriverVersion() const;  // "unknown" where it is not told

 private:
  struct Library;
  Nvml(std::unique_ptr<Library> library, void* device);
  std::unique_ptr<Library> library_;
  void* device_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_NVML_H_
