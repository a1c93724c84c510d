#include "bench/device.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/backends/fake.h"
#if LATCAST_WITH_LIBTORCH
#include "bench/backends/torch_cpu.h"
#endif

namespace latcast::bench {
namespace {

absl::StatusOr<std::unique_ptr<Backend>> OpenFake(const DeviceOptions& options) {
  ASSIGN_OR_RETURN(FakeOptions fake, ParseFakeOptions(options.fake));
  fake.threads = options.threads;
  fake.seed = options.seed;
  return MakeFakeBackend(fake);
}

absl::StatusOr<std::unique_ptr<Backend>> OpenCpu([[maybe_unused]] const DeviceOptions& options) {
#if LATCAST_WITH_LIBTORCH
  TorchCpuOptions cpu;
  cpu.threads = options.threads;
  cpu.seed = options.seed;
  cpu.allocator = options.allocator == "system" ? Allocator::kSystem : Allocator::kRetain;
  return MakeTorchCpuBackend(cpu);
#else
  return absl::UnimplementedError(
      "device cpu: this program was built without LibTorch and has only the device fake; build it "
      "where the Python package torch is installed");
#endif
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenDevice(const DeviceOptions& options) {
  if (options.device == "cpu") return OpenCpu(options);
  if (options.device == "fake") return OpenFake(options);
  return absl::InvalidArgumentError(absl::StrCat("unknown device '", options.device,
                                                 "': cpu or fake expected",
                                                 DidYouMean(options.device, {"cpu", "fake"})));
}

std::vector<std::string> ToArguments(const DeviceOptions& options) {
  return {"--device",    options.device,
          "--threads",   absl::StrCat(options.threads),
          "--seed",      absl::StrCat(options.seed),
          "--allocator", options.allocator,
          "--fake",      options.fake};
}

}  // namespace latcast::bench
