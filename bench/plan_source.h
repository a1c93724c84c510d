// The plan that the command line asks for.
#ifndef LATCAST_BENCH_PLAN_SOURCE_H_
#define LATCAST_BENCH_PLAN_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/plan/plan.h"
#include "bench/plan/plans.h"

namespace latcast::bench {

struct PlanRequest {
  std::string plan;                 // quick | classic | a file; empty with models alone
  std::vector<std::string> models;  // measured besides
  std::optional<double> budget_s;
  int threads = 1;
  int passes = 2;
  uint64_t seed = 1;
  std::string features;  // quick: of the model that the points are for; PlanOptions' without
};

// The options behind a request, for this machine's memory.
PlanOptions ToPlanOptions(const PlanRequest& request);

// INVALID_ARGUMENT when nothing is asked for; else the errors of the plan, naming file and item.
absl::StatusOr<Plan> MakePlan(const PlanRequest& request);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_SOURCE_H_
