#include "bench/harness/provenance.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

constexpr char kUnknown[] = "unknown";

// The first line of a file of the kernel's, or "unknown".
std::string FirstLine(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return kUnknown;
  return std::string(absl::StripAsciiWhitespace(text->substr(0, text->find('\n'))));
}

// The text after "key" and a colon, on the line that starts with it.
std::string Field(std::string_view text, absl::string_view key) {
  for (const absl::string_view line : absl::StrSplit(ToAbsl(text), '\n')) {
    if (!absl::StartsWith(line, key)) continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    std::string value(parts.second);
    absl::RemoveExtraAsciiWhitespace(&value);
    return value;
  }
  return kUnknown;
}

std::string FileOrUnknown(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  return text.ok() ? *text : "";
}

std::string KernelRelease() {
  struct utsname names {};
  return ::uname(&names) == 0 ? std::string(names.release) : kUnknown;
}

std::string UtcNow() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string Turbo() {
  const std::string boost = FirstLine("/sys/devices/system/cpu/cpufreq/boost");
  if (boost != kUnknown) return boost == "1" ? "on" : "off";
  const std::string no_turbo = FirstLine("/sys/devices/system/cpu/intel_pstate/no_turbo");
  if (no_turbo != kUnknown) return no_turbo == "0" ? "on" : "off";
  return kUnknown;
}

}  // namespace

std::string CpuModel(std::string_view cpuinfo) { return Field(cpuinfo, "model name"); }

double LoadAverage() {
  double load = 0.0;
  return ::getloadavg(&load, 1) == 1 ? load : 0.0;
}

int64_t AvailableMemoryBytes() {
  const std::string field = Field(FileOrUnknown("/proc/meminfo"), "MemAvailable");
  int64_t kib = 0;
  const absl::string_view number = absl::string_view(field).substr(0, field.find(' '));
  return absl::SimpleAtoi(number, &kib) ? kib * 1024 : 0;
}

std::map<std::string, std::string> SystemProvenance() {
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  const double bytes = static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {
      {"date", UtcNow()},
      {"harness_version", std::string(kHarnessVersion)},
      {"cpu_model", CpuModel(FileOrUnknown("/proc/cpuinfo"))},
      {"cores", absl::StrFormat("%d", ::sysconf(_SC_NPROCESSORS_ONLN))},
      {"kernel", KernelRelease()},
      {"governor", FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
      {"turbo", Turbo()},
      {"load_average", absl::StrFormat("%.2f", LoadAverage())},
      {"memory_gib", absl::StrFormat("%.1f", bytes / (1024.0 * 1024.0 * 1024.0))},
  };
}

}  // namespace latcast::bench
