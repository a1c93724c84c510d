// Where and under which conditions a run measured: what one needs to judge its numbers, or to
// repeat it. Nothing that names the machine or its owner.
#ifndef LATCAST_BENCH_HARNESS_PROVENANCE_H_
#define LATCAST_BENCH_HARNESS_PROVENANCE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace latcast::bench {

inline constexpr std::string_view kHarnessVersion = "1";

// date (UTC), harness_version, cpu_model, cores, kernel, governor, turbo, load_average, memory_gib.
// What the system does not tell is "unknown".
std::map<std::string, std::string> SystemProvenance();

// The "model name" of a /proc/cpuinfo text, with runs of spaces made one; "unknown" without.
std::string CpuModel(std::string_view cpuinfo);

// Processes ready to run at the moment beside this one, on average over the last minute.
double LoadAverage();

// Bytes a new process may use without swapping (MemAvailable); 0 where unknown.
int64_t AvailableMemoryBytes();

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_PROVENANCE_H_
