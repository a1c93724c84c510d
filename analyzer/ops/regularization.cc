#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

InferResult InferDropout(const OpCall& call) {
  ASSIGN_OR_RETURN(const double p, graph::GetDouble(call.op.attributes, "p", 0.5));
  if (!(p >= 0.0 && p <= 1.0)) {
    return Refuse(absl::StrCat("attribute p: ", p, " is no probability"));
  }
  return SameAsFirst(call);
}

absl::StatusOr<OpCost> CostDropout(const OpCall& call) {
  ASSIGN_OR_RETURN(const bool train, graph::GetBool(call.op.attributes, "train", false));
  if (!train) return OpCost{};
  return ElementwiseCost(call, 2);
}

// The mask, a byte an element.
absl::StatusOr<Saved> SavedByDropout(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const double p, graph::GetDouble(call.op.attributes, "p", 0.5));
  if (p == 0.0) return Saved{};
  ASSIGN_OR_RETURN(const int64_t mask, Elements(input->shape).Value("bytes of the mask"));
  return Saved{.extra_bytes = mask};
}

}  // namespace

std::vector<OpDef> RegularizationOps() {
  return {{"dropout",
           "regularization",
           "Zeroes elements with probability p and scales the others, in training only: without "
           "`train` it is the identity and costs nothing. FLOPs: 2 an element (the mask and the "
           "scale), random numbers not counted.",
           {"input"},
           InferDropout,
           CostDropout,
           SavedByDropout}};
}

}  // namespace latcast::ops
