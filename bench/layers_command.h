// latcast-bench layers: how long each operator of a network takes, measured inside the network.
#ifndef LATCAST_BENCH_LAYERS_COMMAND_H_
#define LATCAST_BENCH_LAYERS_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "bench/device.h"

namespace latcast::bench {

struct LayersRequest {
  std::string model;
  DeviceOptions device;
  int passes = 30;      // runs of the network with each operator timed, and as many without
  double limit_s = 30;  // no further pass after this time
  std::string out;      // JSON file
};

// Writes {schema_version, model, device, threads, passes, whole_ms, sum_ms, additivity, layers:
// [{name, op, ms, mad_ms}]}: medians over the passes, one layer an operator in execution order.
// `whole_ms` is the median of runs in which no operator is timed by itself: where it differs from
// the sum, timing or overlap is part of the layers; `additivity` is the sum over it.
// RESOURCE_EXHAUSTED, UNIMPLEMENTED and INVALID_ARGUMENT as the backend's.
absl::Status LayersCommand(const LayersRequest& request);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_LAYERS_COMMAND_H_
