#include "bench/layers_command.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/import/load_model.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "bench/harness/statistics.h"

namespace latcast::bench {
namespace {

struct Samples {
  std::vector<double> whole_ms;
  std::vector<std::vector<double>> part_ms;  // by part, by pass
};

// Whole and part by part in turn, so that both see the same state of the machine.
absl::StatusOr<Samples> Measure(Backend& backend, Runnable& runnable, size_t parts,
                                const LayersRequest& request) {
  Samples samples;
  samples.part_ms.resize(parts);
  const int64_t start = backend.clock().NowNs();
  constexpr int kWarmUps = 2;
  for (int pass = -kWarmUps; pass < request.passes; ++pass) {
    ASSIGN_OR_RETURN(const Measurement whole, runnable.MeasureOnce());
    ASSIGN_OR_RETURN(const std::vector<double> part_ms, runnable.MeasureParts());
    if (part_ms.size() != parts) {
      return absl::InternalError(
          absl::StrCat("the device timed ", part_ms.size(), " operators of ", parts));
    }
    if (pass < 0) continue;
    samples.whole_ms.push_back(whole.ms);
    for (size_t i = 0; i < parts; ++i) samples.part_ms[i].push_back(part_ms[i]);
    const double taken_s = static_cast<double>(backend.clock().NowNs() - start) / 1e9;
    if (taken_s > request.limit_s) break;
  }
  return samples;
}

}  // namespace

absl::Status LayersCommand(const LayersRequest& request) {
  if (request.passes < 1) return absl::InvalidArgumentError("--passes: less than 1");
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   Annotate(import::LoadModel(request.model), request.model));
  ASSIGN_OR_RETURN(const std::unique_ptr<Backend> backend, OpenDevice(request.device));
  ASSIGN_OR_RETURN(const std::unique_ptr<Runnable> runnable,
                   Annotate(backend->Prepare(graph, Weights::kWarm), request.model));
  ASSIGN_OR_RETURN(
      const Samples samples,
      Annotate(Measure(*backend, *runnable, graph.ops.size(), request), request.model));

  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  double sum_ms = 0.0;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Statistics statistics = Summarize(samples.part_ms[i]);
    sum_ms += statistics.median;
    layers.push_back({{"name", graph.ops[i].name},
                      {"op", graph.ops[i].type},
                      {"ms", statistics.median},
                      {"mad_ms", statistics.mad}});
  }
  const double whole_ms = Median(samples.whole_ms);
  const nlohmann::ordered_json file = {{"schema_version", 1},
                                       {"model", graph.name},
                                       {"device", backend->device()},
                                       {"threads", request.device.threads},
                                       {"passes", samples.whole_ms.size()},
                                       {"whole_ms", whole_ms},
                                       {"sum_ms", sum_ms},
                                       {"additivity", sum_ms / whole_ms},
                                       {"layers", layers}};
  return WriteFileAtomically(request.out, file.dump(1) + "\n");
}

}  // namespace latcast::bench
