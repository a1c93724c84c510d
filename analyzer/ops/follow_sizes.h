// Brings the numbers that a capture saw to inputs of other sizes, by the expressions recorded with
// them (graph/sizes.h). Nothing is guessed: where the network's code would have gone another way,
// the answer is an error that says where.
#ifndef LATCAST_ANALYZER_OPS_FOLLOW_SIZES_H_
#define LATCAST_ANALYZER_OPS_FOLLOW_SIZES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

// INVALID_ARGUMENT where a dimension differs that has to stay as it is. Storages that depend on
// whether a dimension is 1 become those of the inputs of `after`.
absl::Status FollowInputs(const graph::Graph& before, graph::Graph& after);

class SizeFollower {
 public:
  // `graph` has sizes and is verified; its inputs have their new shapes. It must stay where it is.
  explicit SizeFollower(graph::Graph& graph) : graph_(graph), sizes_(*graph.sizes) {}

  // To be called before operator `index` is inferred, in execution order: the shapes of its
  // constants, what its caller asked of sizes, its attributes. Whether an attribute or a constant
  // changed. INVALID_ARGUMENT where a condition comes out otherwise or an expression divides by
  // zero; OUT_OF_RANGE where a number does not fit 64 bits.
  absl::StatusOr<bool> Follow(size_t index);

 private:
  absl::StatusOr<int64_t> Number(int32_t expression);
  absl::StatusOr<int64_t> Evaluate(const graph::SizeExpression& expression) const;
  absl::Status Check(const graph::SizeCondition& condition);
  absl::StatusOr<bool> SetConstant(const graph::SizedConstant& constant);

  graph::Graph& graph_;
  const graph::Sizes& sizes_;
  std::vector<int64_t> numbers_;  // of the first expressions
  size_t next_condition_ = 0;
  size_t next_constant_ = 0;
};

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_FOLLOW_SIZES_H_
