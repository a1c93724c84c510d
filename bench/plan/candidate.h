// What is known of a point before it is measured.
#ifndef LATCAST_BENCH_PLAN_CANDIDATE_H_
#define LATCAST_BENCH_PLAN_CANDIDATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "base/features.h"
#include "bench/harness/sampler.h"
#include "bench/plan/plan.h"

namespace latcast::bench {

struct Candidate {
  PlanItem item;
  graph::Graph graph;
  FeatureVector features;  // for the run's number of threads
  double rough_ms = 0.0;   // a guess of the latency
  double prepare_s = 0.0;  // a guess of what filling the parameters takes
  int64_t peak_bytes = 0;
};

// The candidate of a MODEL, its group the block's family or "network". Errors name the spec.
absl::StatusOr<Candidate> Examine(std::string_view spec, int threads);

// The block with half the batch; nullopt for batch 1 and for what is no block.
std::optional<std::string> HalfBatch(std::string_view spec);

// A guess of the seconds that a point takes with all its passes, on a machine slower than the
// guesses have it.
double RoughCostSeconds(const Candidate& candidate, int passes, const SamplingSettings& sampling);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_CANDIDATE_H_
