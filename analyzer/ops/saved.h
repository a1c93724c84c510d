// Rules for what autograd keeps of a call (Saved in op_def.h) that fit many operators. An operator
// in place whose rule asks for its input keeps a copy of it, as autograd does.
#ifndef LATCAST_ANALYZER_OPS_SAVED_H_
#define LATCAST_ANALYZER_OPS_SAVED_H_

#include "absl/status/statusor.h"
#include "analyzer/ops/op_def.h"
#include "base/checked.h"

namespace latcast::ops {

absl::StatusOr<Saved> SavesNothing(const OpCall& call);
absl::StatusOr<Saved> SavesInput(const OpCall& call);   // the first one
absl::StatusOr<Saved> SavesInputs(const OpCall& call);  // all of them, up to 64
absl::StatusOr<Saved> SavesOutput(const OpCall& call);  // the first one
// The first input, or the output of an operator in place, from which as much is known.
absl::StatusOr<Saved> SavesWhatRemains(const OpCall& call);
absl::StatusOr<Saved> SavesInputAndOutput(const OpCall& call);   // the first of each
absl::StatusOr<Saved> SavesInputsAndOutput(const OpCall& call);  // all inputs, the first output

// Bytes of so many statistics of a value: float32, or float64 where it is that. OUT_OF_RANGE.
absl::StatusOr<int64_t> StatisticsBytes(const graph::Value& value, Checked count);
// A mask of the inputs from `first` to `last` that are there.
uint64_t PresentInputs(const OpCall& call, size_t first, size_t last);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_SAVED_H_
