// The blocks that a plan chooses from.
#ifndef LATCAST_BENCH_PLAN_CANDIDATE_POOL_H_
#define LATCAST_BENCH_PLAN_CANDIDATE_POOL_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/plan/candidate.h"
#include "bench/plan/plans.h"

namespace latcast::bench {

// A candidate without its graph, for a pool is large.
struct PoolEntry {
  PlanItem item;
  FeatureVector features;
  double rough_ms = 0.0;
  double cost_s = 0.0;  // of all its passes, by guess
  bool has_single_image = false;
  std::set<std::string> op_types;
};

PoolEntry ToPoolEntry(const Candidate& candidate, const PlanOptions& options);

struct CandidatePool {
  std::vector<PoolEntry> entries;
  size_t fixed = 0;  // the first entries: what no random draw would hit
  std::vector<std::string> families;
  // Of the entries and of what was too costly to be one: what a plan should cover.
  std::set<std::string> op_types;
};

// The fixed points and `options.pool_per_family` random blocks a family that fit the options'
// memory and cost at most `max_cost_s`. The same for the same options, on every machine.
absl::StatusOr<CandidatePool> DrawPool(const PlanOptions& options, double max_cost_s);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_CANDIDATE_POOL_H_
