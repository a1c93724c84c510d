// The devices there are, by name.
#ifndef LATCAST_BENCH_DEVICE_H_
#define LATCAST_BENCH_DEVICE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/backends/backend.h"

namespace latcast::bench {

struct DeviceOptions {
  std::string device = "cpu";  // cpu | cuda | cuda:N | fake
  int threads = 1;
  uint64_t seed = 1;
  std::string allocator = "retain";   // cpu: retain | system
  std::string cores = "auto";         // cpu: auto | none | "2,3"
  std::string metric = "gpu";         // cuda: gpu | wall
  std::string precision = "float32";  // cuda: float32 | tf32 | float16 | bfloat16
  std::string layout = "nchw";        // cuda: nchw | nhwc
  std::string execution = "eager";    // cuda: eager | graph
  bool flush_caches = false;          // cpu, cuda
  bool autotune = true;               // cuda
  std::string fake;                   // fake: FakeOptions as text
};

// INVALID_ARGUMENT for an unknown device or option; UNIMPLEMENTED for the cpu in a program that was
// built without LibTorch and for a GPU in one without CUDA; NOT_FOUND for a GPU that is not there.
absl::StatusOr<std::unique_ptr<Backend>> OpenDevice(const DeviceOptions& options);

// The program that measures the device, this one or latcast-bench-cuda beside it. UNIMPLEMENTED
// when a GPU is asked for and that program is not there.
absl::StatusOr<std::string> MeasuringProgram(const DeviceOptions& options);

// The options as the command line takes them.
std::vector<std::string> ToArguments(const DeviceOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_DEVICE_H_
