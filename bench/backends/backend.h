// A device the bench measures on. To add one: a file here, and a line in bench/device.cc.
#ifndef LATCAST_BENCH_BACKENDS_BACKEND_H_
#define LATCAST_BENCH_BACKENDS_BACKEND_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "bench/harness/clock.h"
#include "bench/harness/runnable.h"

namespace latcast::bench {

// What a latency of this backend means.
struct MeasuringMode {
  std::string metric = "wall";  // wall | gpu
  std::string precision = "float32";
  std::string execution = "eager";  // eager | graph | compiled
  std::string layout = "nchw";
  int threads = 1;
};

// Where a run finds its parameters.
enum class Weights {
  kWarm,  // where the run before left them: the caches, if they fit
  kCold,  // as inside a network, whose other layers have used the caches since
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string device() const = 0;  // "cpu", "fake"
  virtual MeasuringMode mode() const = 0;
  // Further settings that change what is measured (allocator, flush_denormal, library version):
  // runs that differ in any of them are not one run.
  virtual std::map<std::string, std::string> settings() const = 0;
  // Further facts for the record.
  virtual std::map<std::string, std::string> provenance() const = 0;
  // The clock its latencies are of; the harness keeps its limits by the same one.
  virtual Clock& clock() = 0;

  // Memory a point may take at the moment; 0 where unknown or without limit.
  virtual int64_t FreeMemoryBytes() const = 0;

  // Makes the graph ready to be measured. RESOURCE_EXHAUSTED when it does not fit the device;
  // UNIMPLEMENTED or INVALID_ARGUMENT naming the operator that cannot be run. At most one runnable
  // at a time.
  virtual absl::StatusOr<std::unique_ptr<Runnable>> Prepare(const graph::Graph& graph,
                                                            Weights weights) = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_BACKEND_H_
