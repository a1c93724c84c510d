#include "bench/plan_source.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::bench {
namespace {

// Half of the machine's memory, whatever is free at the moment: the plan must be the same when an
// interrupted run goes on.
int64_t PlanMemoryBytes() {
  return static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE) / 2;
}

}  // namespace

PlanOptions ToPlanOptions(const PlanRequest& request) {
  PlanOptions options;
  options.budget_s = request.budget_s;
  options.threads = request.threads;
  options.passes = request.passes;
  options.seed = request.seed;
  if (!request.features.empty()) options.feature_set = request.features;
  options.memory_bytes = PlanMemoryBytes();
  return options;
}

absl::StatusOr<Plan> MakePlan(const PlanRequest& request) {
  const PlanOptions options = ToPlanOptions(request);
  Plan plan;
  if (request.plan == "quick") {
    ASSIGN_OR_RETURN(plan, QuickPlan(options));
  } else if (request.plan == "classic") {
    ASSIGN_OR_RETURN(plan, ClassicPlan(options));
  } else if (!request.plan.empty()) {
    absl::StatusOr<Plan> read = ReadPlan(request.plan);
    if (absl::IsNotFound(read.status())) {
      return absl::NotFoundError(
          absl::StrCat("plan '", request.plan, "': neither quick nor classic nor a file"));
    }
    ASSIGN_OR_RETURN(plan, std::move(read));
  } else if (request.models.empty()) {
    return absl::InvalidArgumentError("nothing to measure: --plan or --model expected");
  } else {
    plan.settings = {{"plan", "models"}};
  }
  RETURN_IF_ERROR(AddModels(request.models, request.threads, plan));
  return plan;
}

}  // namespace latcast::bench
