#include "bench/device.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/backends/fake.h"
#if LATCAST_WITH_CUDA
#include "bench/backends/torch_cuda.h"
#endif
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
  cpu.cores = options.cores;
  cpu.flush_caches = options.flush_caches;
  cpu.allocator = options.allocator == "system" ? Allocator::kSystem : Allocator::kRetain;
  return MakeTorchCpuBackend(cpu);
#else
  return absl::UnimplementedError(
      "device cpu: this program was built without LibTorch and has only the device fake; build it "
      "where the Python package torch is installed");
#endif
}

bool IsCuda(const DeviceOptions& options) {
  return options.device == "cuda" || absl::StartsWith(options.device, "cuda:");
}

absl::StatusOr<std::unique_ptr<Backend>> OpenCuda([[maybe_unused]] const DeviceOptions& options) {
#if LATCAST_WITH_CUDA
  TorchCudaOptions cuda;
  absl::string_view index = options.device;
  if (absl::ConsumePrefix(&index, "cuda:")) {
    ASSIGN_OR_RETURN(const int64_t number, Annotate(ParseInt(ToStd(index)), "device cuda:"));
    cuda.device = static_cast<int>(std::clamp<int64_t>(number, -1, 1 << 20));
  }
  cuda.metric = options.metric;
  cuda.execution = options.execution;
  cuda.precision = options.precision;
  cuda.layout = options.layout;
  cuda.flush_caches = options.flush_caches;
  cuda.autotune = options.autotune;
  cuda.seed = options.seed;
  return MakeTorchCudaBackend(cuda);
#else
  return absl::UnimplementedError(
      "device cuda: this program was built without CUDA; configure with -DLATCAST_CUDA=ON");
#endif
}

}  // namespace

absl::StatusOr<std::string> MeasuringProgram([[maybe_unused]] const DeviceOptions& options) {
  const std::string self = "/proc/self/exe";
#if !LATCAST_WITH_CUDA
  if (IsCuda(options)) {
    std::error_code error;
    const std::filesystem::path program =
        std::filesystem::read_symlink(self, error).parent_path() / "latcast-bench-cuda";
    if (error || ::access(program.c_str(), X_OK) != 0) {
      return absl::UnimplementedError(
          absl::StrCat("device ", options.device,
                       ": latcast-bench-cuda does not lie beside this "
                       "program; configure with -DLATCAST_CUDA=ON where nvcc is, and build it"));
    }
    return program.string();
  }
#endif
  return self;
}

absl::StatusOr<std::unique_ptr<Backend>> OpenDevice(const DeviceOptions& options) {
  if (IsCuda(options)) return OpenCuda(options);
  if (options.device == "cpu") return OpenCpu(options);
  if (options.device == "fake") return OpenFake(options);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown device '", options.device, "': cpu, cuda or fake expected",
                   DidYouMean(options.device, {"cpu", "cuda", "fake"})));
}

std::vector<std::string> ToArguments(const DeviceOptions& options) {
  std::vector<std::string> arguments = {"--device",  options.device,
                                        "--threads", absl::StrCat(options.threads),
                                        "--seed",    absl::StrCat(options.seed)};
  for (const auto& [flag, value] :
       {std::pair("--allocator", options.allocator), std::pair("--cores", options.cores),
        std::pair("--metric", options.metric), std::pair("--precision", options.precision),
        std::pair("--layout", options.layout), std::pair("--execution", options.execution),
        std::pair("--fake", options.fake)}) {
    arguments.insert(arguments.end(), {flag, value});
  }
  arguments.emplace_back(options.flush_caches ? "--flush-caches" : "--no-flush-caches");
  arguments.emplace_back(options.autotune ? "--autotune" : "--no-autotune");
  return arguments;
}

}  // namespace latcast::bench
