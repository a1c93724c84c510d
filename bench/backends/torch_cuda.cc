#include "bench/backends/torch_cuda.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "bench/backends/cuda_kernels.h"
#include "bench/backends/nvml.h"
#include "bench/executor/executor.h"

namespace latcast::bench {
namespace {

// Weights of a network of medium size, and more than the L2 caches of these years hold.
constexpr int64_t kNetworkBytes = int64_t{256} << 20;
constexpr double kQueueLimit_s = 1.0;

// Runs before a graph is captured: cuDNN has chosen, and the allocator has its blocks.
constexpr int kRunsBeforeCapture = 3;

// An error of CUDA that is no lack of memory stays with the process: the device is lost to it.
absl::Status CurrentException() {
  try {
    throw;
  } catch (const c10::Error& e) {
    std::string message = e.what_without_backtrace();
    message.resize(std::min(message.size(), message.find('\n')));
    if (absl::StrContains(message, "out of memory")) return absl::ResourceExhaustedError(message);
    return absl::UnavailableError(message);
  } catch (const std::exception& e) {
    return absl::InternalError(e.what());
  }
}

// What both metrics and both executions share on one stream.
struct GpuTools {
  c10::cuda::CUDAStream stream;
  std::unique_ptr<StreamBlocker> blocker;
  std::unique_ptr<CacheSweep> sweep;  // null without flushing
  std::unique_ptr<Nvml> nvml;         // null where there is none
  SteadyClock clock;
};

class CudaRunnable final : public Runnable {
 public:
  CudaRunnable(std::unique_ptr<Executor> executor, bool is_gpu_time, size_t parts, GpuTools& tools)
      : executor_(std::move(executor)), is_gpu_time_(is_gpu_time), part_ns_(parts), tools_(tools) {}

  ~CudaRunnable() override {
    graph_.reset();
    executor_.reset();
    try {
      c10::cuda::CUDACachingAllocator::emptyCache();  // the next point starts from the same state
    } catch (...) {
      // A lost device says so at the next call.
    }
  }

  // From now on the captured graph is what runs. UNAVAILABLE or INTERNAL when it cannot be
  // captured.
  absl::Status Capture() {
    try {
      const c10::cuda::CUDAStreamGuard guard(tools_.stream);
      for (int i = 0; i < kRunsBeforeCapture; ++i) RETURN_IF_ERROR(executor_->Run());
      tools_.stream.synchronize();
      graph_ = std::make_unique<at::cuda::CUDAGraph>();
      graph_->capture_begin();
      const absl::Status status = executor_->Run();
      graph_->capture_end();
      return status;
    } catch (...) {
      return CurrentException();
    }
  }

  absl::StatusOr<Measurement> MeasureOnce() override {
    try {
      const c10::cuda::CUDAStreamGuard guard(tools_.stream);
      executor_->NextParameters();
      if (tools_.sweep != nullptr) RETURN_IF_ERROR(tools_.sweep->Run(tools_.stream.stream()));
      absl::StatusOr<Measurement> run = is_gpu_time_ ? GpuTime() : WallTime();
      if (run.ok() && tools_.nvml != nullptr) {
        ASSIGN_OR_RETURN(const GpuState state, tools_.nvml->Read());
        run->clock_mhz = state.sm_clock_mhz;
        run->throttled = state.throttled;
      }
      return run;
    } catch (...) {
      return CurrentException();
    }
  }

  absl::StatusOr<std::vector<double>> MeasureParts() override {
    return absl::UnimplementedError("operators are not timed one by one on a GPU");
  }

 private:
  absl::Status Launch() {
    if (graph_ == nullptr) return executor_->Run();
    graph_->replay();
    return absl::OkStatus();
  }

  absl::StatusOr<Measurement> GpuTime() {
    RETURN_IF_ERROR(tools_.blocker->Block(tools_.stream.stream()));
    begin_.record(tools_.stream);
    const absl::Status launched = Launch();
    end_.record(tools_.stream);
    tools_.blocker->Release();
    tools_.stream.synchronize();
    RETURN_IF_ERROR(launched);
    Measurement run;
    run.ms = static_cast<double>(begin_.elapsed_time(end_));
    run.disturbed = tools_.blocker->TimedOut();
    return run;
  }

  absl::StatusOr<Measurement> WallTime() {
    tools_.stream.synchronize();
    const int64_t start = tools_.clock.NowNs();
    RETURN_IF_ERROR(Launch());
    tools_.stream.synchronize();
    Measurement run;
    run.ms = static_cast<double>(tools_.clock.NowNs() - start) / 1e6;
    return run;
  }

  std::unique_ptr<Executor> executor_;
  std::unique_ptr<at::cuda::CUDAGraph> graph_;
  bool is_gpu_time_;
  std::vector<int64_t> part_ns_;
  GpuTools& tools_;
  at::cuda::CUDAEvent begin_{cudaEventDefault};
  at::cuda::CUDAEvent end_{cudaEventDefault};
};

std::string Uuid(const cudaDeviceProp& properties) {
  std::string hex;
  for (const char byte : properties.uuid.bytes) {
    absl::StrAppendFormat(&hex, "%02x", static_cast<unsigned char>(byte));
  }
  return absl::StrCat("GPU-", hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

// What decides which algorithms the libraries choose, as it is in effect: LibTorch does not say
// which ones they chose.
std::map<std::string, std::string> LibrarySettings(const at::Context& context) {
  const auto word = [](bool is_on) { return is_on ? "on" : "off"; };
  return {{"cudnn_autotune", word(context.benchmarkCuDNN())},
          {"cudnn_autotune_limit", absl::StrCat(context.benchmarkLimitCuDNN())},
          {"cudnn_deterministic", word(context.deterministicCuDNN())},
          {"cudnn_tf32", word(context.allowTF32CuDNN())},
          {"cublas_tf32", word(context.allowTF32CuBLAS())},
          {"cudnn_version", absl::StrCat(at::Context::versionRuntimeCuDNN())},
          {"cuda_version", absl::StrCat(CUDART_VERSION)},
          {"torch_version", TORCH_VERSION}};
}

class TorchCudaBackend final : public Backend {
 public:
  explicit TorchCudaBackend(const TorchCudaOptions& options) : options_(options) {}

  absl::Status Start() {
    try {
      const c10::DeviceIndex index = static_cast<c10::DeviceIndex>(options_.device);
      c10::cuda::set_device(index);
      at::Context& context = at::globalContext();
      context.lazyInitDevice(at::kCUDA);
      context.setBenchmarkCuDNN(options_.autotune);
      context.setDeterministicCuDNN(false);
      context.setAllowTF32CuDNN(options_.precision == "tf32");
      context.setAllowTF32CuBLAS(options_.precision == "tf32");
      library_ = LibrarySettings(context);
      properties_ = *at::cuda::getDeviceProperties(index);
      tools_.emplace(GpuTools{c10::cuda::getStreamFromPool(/*isHighPriority=*/false, index),
                              nullptr,
                              nullptr,
                              nullptr,
                              {}});
    } catch (...) {
      return CurrentException();
    }
    ASSIGN_OR_RETURN(tools_->blocker, StreamBlocker::Create(kQueueLimit_s));
    if (options_.flush_caches) {
      const size_t bytes = 2 * static_cast<size_t>(properties_.l2CacheSize);
      ASSIGN_OR_RETURN(tools_->sweep, CacheSweep::Create(bytes));
    }
    absl::StatusOr<std::unique_ptr<Nvml>> nvml = Nvml::Open(Uuid(properties_));
    if (nvml.ok()) {
      tools_->nvml = *std::move(nvml);
    } else {
      no_nvml_ = std::string(nvml.status().message());
    }
    return absl::OkStatus();
  }

  std::string device() const override { return absl::StrCat("cuda:", options_.device); }

  MeasuringMode mode() const override {
    return {options_.metric, options_.precision, options_.execution, options_.layout, 1};
  }

  std::map<std::string, std::string> settings() const override {
    std::map<std::string, std::string> settings = library_;
    settings["gpu"] = properties_.name;
    settings["gpu_uuid"] = Uuid(properties_);
    settings["flush_caches"] = options_.flush_caches ? "on" : "off";
    return settings;
  }

  std::map<std::string, std::string> provenance() const override {
    std::map<std::string, std::string> facts = {
        {"multiprocessors", absl::StrCat(properties_.multiProcessorCount)},
        {"compute_capability", absl::StrCat(properties_.major, ".", properties_.minor)},
        {"l2_bytes", absl::StrCat(properties_.l2CacheSize)},
        {"gpu_memory_bytes", absl::StrCat(properties_.totalGlobalMem)}};
    if (tools_->nvml == nullptr) {
      facts["gpu_clocks"] = absl::StrCat("unknown: ", no_nvml_);
      return facts;
    }
    facts["driver_version"] = tools_->nvml->DriverVersion();
    if (const absl::StatusOr<GpuState> state = tools_->nvml->Read(); state.ok()) {
      facts["sm_clock_mhz"] = absl::StrCat(state->sm_clock_mhz);
      facts["memory_clock_mhz"] = absl::StrCat(state->memory_clock_mhz);
      facts["temperature_c"] = absl::StrCat(state->temperature_c);
    }
    return facts;
  }

  Clock& clock() override { return clock_; }

  int64_t FreeMemoryBytes() const override {
    size_t free = 0;
    size_t total = 0;
    return cudaMemGetInfo(&free, &total) == cudaSuccess ? static_cast<int64_t>(free) : 0;
  }

  absl::StatusOr<std::unique_ptr<Runnable>> Prepare(const graph::Graph& graph,
                                                    Weights weights) override {
    ExecutorOptions options = {.seed = options_.seed};
    options.placement.cuda_device = options_.device;
    options.placement.channels_last = options_.layout == "nhwc";
    if (options_.precision == "float16") options.placement.precision = Precision::kFloat16;
    if (options_.precision == "bfloat16") options.placement.precision = Precision::kBFloat16;
    // A captured graph knows one set of parameters.
    const bool is_graph = options_.execution == "graph";
    if (weights == Weights::kCold && !is_graph) options.parameter_bytes = kNetworkBytes;
    absl::StatusOr<std::unique_ptr<Executor>> executor = Executor::Create(graph, options);
    if (absl::IsResourceExhausted(executor.status())) {
      c10::cuda::CUDACachingAllocator::emptyCache();
    }
    RETURN_IF_ERROR(executor.status());
    auto runnable = std::make_unique<CudaRunnable>(*std::move(executor), options_.metric == "gpu",
                                                   graph.ops.size(), *tools_);
    if (is_graph) RETURN_IF_ERROR(runnable->Capture());
    return runnable;
  }

 private:
  TorchCudaOptions options_;
  cudaDeviceProp properties_{};
  std::map<std::string, std::string> library_;
  std::optional<GpuTools> tools_;
  std::string no_nvml_;
  SteadyClock clock_;
};

absl::Status CheckChoice(std::string_view option, const std::string& value,
                         std::initializer_list<std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return absl::OkStatus();
  std::string known;
  for (const std::string_view choice : choices) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", std::string(choice));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(option), " '", value, "': one of ", known, " expected"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> MakeTorchCudaBackend(const TorchCudaOptions& options) {
  RETURN_IF_ERROR(CheckChoice("metric", options.metric, {"gpu", "wall"}));
  RETURN_IF_ERROR(CheckChoice("execution", options.execution, {"eager", "graph"}));
  RETURN_IF_ERROR(
      CheckChoice("precision", options.precision, {"float32", "tf32", "float16", "bfloat16"}));
  RETURN_IF_ERROR(CheckChoice("layout", options.layout, {"nchw", "nhwc"}));
  int count = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess) {
    return absl::NotFoundError(absl::StrCat("no GPU: ", cudaGetErrorString(error)));
  }
  if (options.device < 0 || options.device >= count) {
    return absl::NotFoundError(
        absl::StrCat("device cuda:", options.device, ": this machine has ", count, " GPU(s)"));
  }
  auto backend = std::make_unique<TorchCudaBackend>(options);
  RETURN_IF_ERROR(backend->Start());
  return backend;
}

}  // namespace latcast::bench
