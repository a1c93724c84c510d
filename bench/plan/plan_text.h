// A plan for people: what would be measured, and how long it might take.
#ifndef LATCAST_BENCH_PLAN_PLAN_TEXT_H_
#define LATCAST_BENCH_PLAN_PLAN_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "bench/plan/plan.h"
#include "bench/plan/plans.h"

namespace latcast::bench {

// A table with a row a group, then totals: points, those held out, operators covered, the guessed
// time of the least possible visits. Errors name the spec that cannot be built.
absl::StatusOr<std::string> DescribePlan(const Plan& plan, const PlanOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PLAN_PLAN_TEXT_H_
