// The plans there are. Both are the same for the same options, on every machine.
#ifndef LATCAST_BENCH_PLAN_PLANS_H_
#define LATCAST_BENCH_PLAN_PLANS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/harness/sampler.h"
#include "bench/plan/plan.h"

namespace latcast::bench {

struct PlanOptions {
  // Time for the whole run; points that would not fit are left out. Quick: 60 s without.
  std::optional<double> budget_s;
  int threads = 1;
  uint64_t seed = 1;
  int64_t memory_bytes = int64_t{4} << 30;  // of a point, by estimate
  double max_latency_ms = 3000.0;           // of a point, by guess
  int passes = 2;
  SamplingSettings sampling;

  // Quick only.
  std::string feature_set = "cpu-full";  // of the model that the points are for
  size_t max_points = 400;               // to fit on; a tenth more is held out
  size_t pool_per_family = 100;
};

// The feature set that models of a device (cpu, cuda, cuda:N, fake) are best made of.
std::string_view FeatureSetFor(std::string_view device);

// The published protocol: its nine blocks at batch sizes 1, 3, 5, 7, 10, 15, 20, 50, 70, 90, 150,
// 200, 300, as far as memory, latency and budget allow (the longest points go first); the notes say
// what was left out.
absl::StatusOr<Plan> ClassicPlan(const PlanOptions& options);

// As many random blocks as the budget allows, chosen so that they tell most about the coefficients
// of a model on the feature set for the time they take (d_optimal.h): every operator of the block
// library is there, then every family (the notes name those that the budget has no room for), about
// half of the points have batch 1, latencies spread from a tenth of a millisecond to a quarter of a
// second, and the largest linear layers of known networks (25088 x 4096) are in. A tenth of the
// time goes to random blocks that are held out: the chosen ones are extremes, on which a model errs
// more than on the blocks of a network.
// RESOURCE_EXHAUSTED when the budget is too small for every operator, INVALID_ARGUMENT for an
// unknown feature set.
absl::StatusOr<Plan> QuickPlan(const PlanOptions& options);

// Adds MODELs to a plan; one that is there already is left as it is. Errors name the model.
absl::Status AddModels(const std::vector<std::string>& models, int threads, Plan& plan);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_PLANS_H_
