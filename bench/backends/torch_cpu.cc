#include "bench/backends/torch_cpu.h"

#include <ATen/Config.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <malloc.h>
#include <sys/resource.h>
#include <torch/version.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "bench/backends/cpu_cache_sweep.h"
#include "bench/executor/executor.h"
#include "bench/harness/affinity.h"
#include "bench/harness/provenance.h"

namespace latcast::bench {
namespace {

// Parameters of a network of medium size, and more than the caches of most cores hold.
constexpr int64_t kNetworkBytes = int64_t{64} << 20;

// How often the kernel took the core away from this process.
long Preemptions() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

int64_t ThreadCpuNs() {
  struct timespec time {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

class CpuRunnable final : public Runnable {
 public:
  // `sweep`, unless null, runs before every run.
  CpuRunnable(std::unique_ptr<Executor> executor, size_t parts, bool is_single_threaded,
              CpuCacheSweep* sweep, Clock& clock)
      : executor_(std::move(executor)),
        part_ns_(parts),
        is_single_threaded_(is_single_threaded),
        sweep_(sweep),
        clock_(clock) {}

  ~CpuRunnable() override {
    executor_.reset();
    ::malloc_trim(0);  // the next point starts from the same state, whatever this one needed
  }

  absl::StatusOr<Measurement> MeasureOnce() override {
    executor_->NextParameters();  // not part of what is measured
    if (sweep_ != nullptr) sweep_->Run();
    const long preemptions = Preemptions();
    const int64_t cpu_start = ThreadCpuNs();
    const int64_t start = clock_.NowNs();
    const absl::Status status = executor_->Run();
    int64_t taken = clock_.NowNs() - start;
    const int64_t cpu_taken = ThreadCpuNs() - cpu_start;
    RETURN_IF_ERROR(status);
    Measurement run;
    run.disturbed = Preemptions() != preemptions;
    // One thread that only computes takes its CPU time, had nobody else wanted the core.
    if (run.disturbed && is_single_threaded_) taken = std::min(taken, cpu_taken);
    run.ms = static_cast<double>(taken) / 1e6;
    return run;
  }

  absl::StatusOr<std::vector<double>> MeasureParts() override {
    executor_->NextParameters();
    if (sweep_ != nullptr) sweep_->Run();
    RETURN_IF_ERROR(executor_->Run(part_ns_));
    std::vector<double> parts;
    for (const int64_t ns : part_ns_) parts.push_back(static_cast<double>(ns) / 1e6);
    return parts;
  }

 private:
  std::unique_ptr<Executor> executor_;
  std::vector<int64_t> part_ns_;
  bool is_single_threaded_;
  CpuCacheSweep* sweep_;
  Clock& clock_;
};

// Lines of LibTorch's build description that say which kernels it brings.
std::map<std::string, std::string> LibraryVersions() {
  std::map<std::string, std::string> versions = {{"torch_version", TORCH_VERSION},
                                                 {"cpu_capability", at::get_cpu_capability()}};
  for (absl::string_view line : absl::StrSplit(at::show_config(), '\n')) {
    line = absl::StripLeadingAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&line, "- ")) continue;
    if (absl::StrContains(line, "Math Kernel Library")) versions["mkl_version"] = std::string(line);
    if (absl::StrContains(line, "MKL-DNN") || absl::StrContains(line, "oneDNN")) {
      versions["onednn_version"] = std::string(line);
    }
    if (absl::StartsWith(line, "OpenMP")) versions["openmp_version"] = std::string(line);
  }
  return versions;
}

class TorchCpuBackend final : public Backend {
 public:
  explicit TorchCpuBackend(const TorchCpuOptions& options) : options_(options) {}

  absl::Status Start() {
    if (options_.allocator == Allocator::kRetain) {
      ::mallopt(M_MMAP_MAX, 0);
      ::mallopt(M_TRIM_THRESHOLD, -1);  // never
    }
    RETURN_IF_ERROR(Annotate(Pin(), "cores"));
    try {
      at::set_num_threads(options_.threads);
      at::set_num_interop_threads(1);
      has_flush_denormal_ = at::globalContext().setFlushDenormal(options_.flush_denormal);
      versions_ = LibraryVersions();
      if (at::get_num_threads() != options_.threads) {
        return absl::InternalError(absl::StrCat("LibTorch uses ", at::get_num_threads(),
                                                " threads instead of ", options_.threads));
      }
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat("LibTorch: ", e.what()));
    }
    if (options_.flush_caches) sweep_ = std::make_unique<CpuCacheSweep>(options_.threads);
    return absl::OkStatus();
  }

  std::string device() const override { return "cpu"; }

  MeasuringMode mode() const override {
    MeasuringMode mode;
    mode.threads = options_.threads;
    return mode;
  }

  std::map<std::string, std::string> settings() const override {
    const bool flush = options_.flush_denormal && has_flush_denormal_;
    return {{"cores", cores_},
            {"allocator", options_.allocator == Allocator::kRetain ? "retain" : "system"},
            {"flush_denormal", flush ? "on" : "off"},
            {"flush_caches", options_.flush_caches ? "on" : "off"},
            {"torch_version", versions_.at("torch_version")},
            {"cpu_capability", versions_.at("cpu_capability")}};
  }

  std::map<std::string, std::string> provenance() const override { return versions_; }

  Clock& clock() override { return clock_; }

  int64_t FreeMemoryBytes() const override { return AvailableMemoryBytes(); }

  absl::StatusOr<std::unique_ptr<Runnable>> Prepare(const graph::Graph& graph,
                                                    Weights weights) override {
    ExecutorOptions options = {.seed = options_.seed};
    if (weights == Weights::kCold) options.parameter_bytes = kNetworkBytes;
    ASSIGN_OR_RETURN(auto executor, Executor::Create(graph, options));
    return std::make_unique<CpuRunnable>(std::move(executor), graph.ops.size(),
                                         options_.threads == 1, sweep_.get(), clock_);
  }

 private:
  // Before LibTorch starts threads, which inherit it.
  absl::Status Pin() {
    if (options_.cores == "none") {
      cores_ = "any";
      return absl::OkStatus();
    }
    std::vector<int> cores;
    if (options_.cores == "auto") {
      ASSIGN_OR_RETURN(cores, ChooseCores(AllowedCores(), options_.threads, PhysicalCore));
    } else {
      ASSIGN_OR_RETURN(cores, ParseCores(options_.cores));
    }
    cores_ = absl::StrJoin(cores, ",");
    return PinTo(cores);
  }

  TorchCpuOptions options_;
  std::string cores_;
  std::unique_ptr<CpuCacheSweep> sweep_;
  bool has_flush_denormal_ = false;
  std::map<std::string, std::string> versions_;
  SteadyClock clock_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> MakeTorchCpuBackend(const TorchCpuOptions& options) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  if (options.threads < 1 || (cores > 0 && options.threads > cores)) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads ", options.threads, ": 1 to ", cores, " expected"));
  }
  auto backend = std::make_unique<TorchCpuBackend>(options);
  RETURN_IF_ERROR(backend->Start());
  return backend;
}

}  // namespace latcast::bench
