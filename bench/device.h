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
  std::string device = "cpu";  // cpu | fake
  int threads = 1;
  uint64_t seed = 1;
  std::string allocator = "retain";  // cpu: retain | system
  std::string fake;                  // fake: FakeOptions as text
};

// INVALID_ARGUMENT for an unknown device or option; UNIMPLEMENTED for the cpu in a program that was
// built without LibTorch.
absl::StatusOr<std::unique_ptr<Backend>> OpenDevice(const DeviceOptions& options);

// The options as the command line takes them.
std::vector<std::string> ToArguments(const DeviceOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_DEVICE_H_
