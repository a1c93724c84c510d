#include "bench/backends/nvml.h"

#include <dlfcn.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::bench {
namespace {

// Of the library's interface, which is stable: names, numbers and types as its reference has them.
constexpr int kSuccess = 0;
constexpr int kGpuIsLost = 15;
constexpr unsigned kClockSm = 1;
constexpr unsigned kClockMemory = 2;
constexpr unsigned kTemperatureGpu = 0;
constexpr unsigned long long kSlowdowns = 0x4      // software power cap
                                          | 0x8    // hardware slowdown
                                          | 0x20   // software thermal slowdown
                                          | 0x40   // hardware thermal slowdown
                                          | 0x80;  // hardware power brake

}  // namespace

struct Nvml::Library {
  void* handle = nullptr;
  bool is_initialized = false;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*by_uuid)(const char*, void**) = nullptr;
  int (*clock)(void*, unsigned, unsigned*) = nullptr;
  int (*temperature)(void*, unsigned, unsigned*) = nullptr;
  int (*throttle_reasons)(void*, unsigned long long*) = nullptr;
  int (*driver_version)(char*, unsigned) = nullptr;

  ~Library() {
    if (is_initialized) shutdown();
    if (handle != nullptr) ::dlclose(handle);
  }

  template <typename Function>
  absl::Status Find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(::dlsym(handle, name));
    if (function != nullptr) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("libnvidia-ml.so.1 has no ", name));
  }

  absl::Status Load() {
    handle = ::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      return absl::UnavailableError(absl::StrCat("no NVIDIA driver: ", ::dlerror()));
    }
    RETURN_IF_ERROR(Find("nvmlInit_v2", init));
    RETURN_IF_ERROR(Find("nvmlShutdown", shutdown));
    RETURN_IF_ERROR(Find("nvmlDeviceGetHandleByUUID", by_uuid));
    RETURN_IF_ERROR(Find("nvmlDeviceGetClockInfo", clock));
    RETURN_IF_ERROR(Find("nvmlDeviceGetTemperature", temperature));
    RETURN_IF_ERROR(Find("nvmlDeviceGetCurrentClocksThrottleReasons", throttle_reasons));
    RETURN_IF_ERROR(Find("nvmlSystemGetDriverVersion", driver_version));
    if (const int error = init(); error != kSuccess) {
      return absl::UnavailableError(absl::StrCat("NVML does not start: error ", error));
    }
    is_initialized = true;
    return absl::OkStatus();
  }
};

Nvml::Nvml(std::unique_ptr<Library> library, void* device)
    : library_(std::move(library)), device_(device) {}
Nvml::~Nvml() = default;

absl::StatusOr<std::unique_ptr<Nvml>> Nvml::Open(const std::string& uuid) {
  auto library = std::make_unique<Library>();
  RETURN_IF_ERROR(library->Load());
  void* device = nullptr;
  if (const int error = library->by_uuid(uuid.c_str(), &device); error != kSuccess) {
    return absl::UnavailableError(absl::StrCat("NVML knows no GPU ", uuid, ": error ", error));
  }
  return std::unique_ptr<Nvml>(new Nvml(std::move(library), device));
}

absl::StatusOr<GpuState> Nvml::Read() const {
  GpuState state;
  unsigned value = 0;
  const int error = library_->clock(device_, kClockSm, &value);
  if (error == kGpuIsLost) return absl::UnavailableError("the GPU is lost");
  if (error == kSuccess) state.sm_clock_mhz = value;
  if (library_->clock(device_, kClockMemory, &value) == kSuccess) state.memory_clock_mhz = value;
  if (library_->temperature(device_, kTemperatureGpu, &value) == kSuccess) {
    state.temperature_c = value;
  }
  unsigned long long reasons = 0;
  if (library_->throttle_reasons(device_, &reasons) == kSuccess) {
    state.throttled = (reasons & kSlowdowns) != 0;
  }
  return state;
}

std::string Nvml::DriverVersion() const {
  char text[96] = {};
  return library_->driver_version(text, sizeof text) == kSuccess ? text : "unknown";
}

}  // namespace latcast::bench
