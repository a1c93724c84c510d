#include "analyzer/ops/saved.h"

#include "analyzer/graph/attributes.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"

namespace latcast::ops {

absl::StatusOr<Saved> SavesNothing(const OpCall&) { return Saved{}; }

absl::StatusOr<Saved> SavesInput(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  if (!graph::IsInplace(call.op.attributes)) return Saved{.inputs = 1};
  ASSIGN_OR_RETURN(const int64_t copy,
                   (Elements(input->shape) * ByteSize(input->dtype)).Value("bytes"));
  return Saved{.extra_bytes = copy};
}

absl::StatusOr<Saved> SavesInputs(const OpCall& call) {
  Saved saved;
  if (!call.inputs.empty() && call.inputs[0] != nullptr) {
    ASSIGN_OR_RETURN(saved, SavesInput(call));
  }
  saved.inputs |= PresentInputs(call, 1, 63);
  return saved;
}

absl::StatusOr<Saved> SavesOutput(const OpCall&) { return Saved{.outputs = 1}; }

absl::StatusOr<Saved> SavesWhatRemains(const OpCall& call) {
  return graph::IsInplace(call.op.attributes) ? SavesOutput(call) : SavesInput(call);
}

absl::StatusOr<Saved> SavesInputAndOutput(const OpCall& call) {
  ASSIGN_OR_RETURN(Saved saved, SavesInput(call));
  saved.outputs = 1;
  return saved;
}

absl::StatusOr<Saved> SavesInputsAndOutput(const OpCall& call) {
  ASSIGN_OR_RETURN(Saved saved, SavesInputs(call));
  saved.outputs = 1;
  return saved;
}

absl::StatusOr<int64_t> StatisticsBytes(const graph::Value& value, Checked count) {
  const int64_t size = value.dtype == graph::DType::kFloat64 ? 8 : 4;
  return (count * size).Value("bytes of statistics");
}

uint64_t PresentInputs(const OpCall& call, size_t first, size_t last) {
  uint64_t mask = 0;
  for (size_t i = first; i <= last; ++i) {
    if (Optional(call, i) != nullptr) mask |= uint64_t{1} << i;
  }
  return mask;
}

}  // namespace latcast::ops
