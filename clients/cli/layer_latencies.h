// Latencies of a network's operators: forecast by a profile, or measured here by latcast-bench.
#ifndef LATCAST_CLIENTS_CLI_LAYER_LATENCIES_H_
#define LATCAST_CLIENTS_CLI_LAYER_LATENCIES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/cost/rules.h"
#include "analyzer/graph/graph.h"
#include "clients/cli/flags.h"

namespace latcast::cli {

struct LayerLatencies {
  std::vector<double> layer_ms;  // by operator
  double whole_ms = 0.0;         // of the network in one go; may differ from the sum
  bool is_measured = false;
};

struct LatencyFlags {
  std::string profile;
  bool measure = false;
  std::string device = "cpu";
  int threads = 1;

  void Declare(Flags& flags);
  bool IsAsked() const { return measure || !profile.empty(); }
};

// nullopt when the flags ask for none; a usage error when they ask for both. A forecast fails as
// ReadLatencyProfile and FeaturesFor do; measuring is NOT_FOUND without latcast-bench and INTERNAL
// when that fails (it has said why).
absl::StatusOr<std::optional<LayerLatencies>> FindLatencies(const graph::Graph& graph,
                                                            const LatencyFlags& flags,
                                                            const cost::Rules& rules);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_LAYER_LATENCIES_H_
