// How each operator changes what its values see of the input. Private to this room.
#ifndef LATCAST_ANALYZER_INSIGHT_FIELD_RULES_H_
#define LATCAST_ANALYZER_INSIGHT_FIELD_RULES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"
#include "analyzer/insight/value_field.h"

namespace latcast::insight {

// One operator, one of its outputs, one axis of the input.
struct FieldCall {
  const graph::Graph& graph;
  const graph::Op& op;
  size_t output = 0;
  int64_t input_length = 0;        // of the network input's axis
  std::vector<ValueField> fields;  // by operator input; those that are absent see nothing
  bool windowed = false;           // set by rules that slide a window along the axis

  // Empty for an absent input.
  const graph::Shape& in(size_t index) const;
  const graph::Shape& out() const { return graph.value(op.outputs[output]).shape; }
};

// Nothing where the operator has no rule or the rule cannot tell.
std::optional<ValueField> FieldOf(FieldCall& call);

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_FIELD_RULES_H_
