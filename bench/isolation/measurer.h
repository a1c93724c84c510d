// Measures points of a device, here or in a process of its own: callers cannot tell which.
#ifndef LATCAST_BENCH_ISOLATION_MEASURER_H_
#define LATCAST_BENCH_ISOLATION_MEASURER_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "bench/backends/backend.h"
#include "bench/harness/clock.h"
#include "bench/harness/sampler.h"
#include "bench/harness/visit.h"

namespace latcast::bench {

// What a Backend says of itself.
struct DeviceInfo {
  std::string device;
  MeasuringMode mode;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::string> provenance;
  bool has_virtual_time = false;  // latencies pass on a manual clock
};

struct PointRequest {
  std::string spec{};  // a MODEL
  Weights weights = Weights::kCold;
  double limit_s = 60.0;  // a visit that takes longer is given up, where that can be done
  SamplingSettings sampling{};
};

class Measurer {
 public:
  virtual ~Measurer() = default;
  virtual const DeviceInfo& info() const = 0;
  // The clock that budgets are kept by.
  virtual Clock& clock() = 0;
  // One visit, without id and pass. What goes wrong with the point is in the visit; an error ends
  // the run: CANCELLED when interrupted, UNAVAILABLE when the device is lost, FAILED_PRECONDITION
  // when it has become another one.
  virtual absl::StatusOr<Visit> Measure(const PointRequest& request) = 0;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_ISOLATION_MEASURER_H_
