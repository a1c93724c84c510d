// How operators change what values see of the input: one table a kind of operator, and what the
// rules share. Private to this room.
#ifndef LATCAST_ANALYZER_INSIGHT_FIELD_RULE_H_
#define LATCAST_ANALYZER_INSIGHT_FIELD_RULE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"
#include "analyzer/insight/value_field.h"

namespace latcast::insight {

// One operator, one of its outputs, one axis of the network's input.
struct FieldCall {
  const graph::Graph& graph;
  const graph::Op& op;
  size_t output = 0;
  int64_t input_length = 0;        // of the network input's axis
  std::vector<ValueField> fields;  // by operator input; those that are absent see nothing
  bool windowed = false;           // set by rules that slide a window along the axis

  // Shapes; empty for an absent input.
  const graph::Shape& in(size_t index) const;
  const graph::Shape& out() const { return graph.value(op.outputs[output]).shape; }

  // Attributes; nothing where they are absent or of another type.
  std::optional<int64_t> Int(std::string_view name) const;
  std::optional<std::vector<int64_t>> List(std::string_view name) const;  // an int is a list of one
  bool Flag(std::string_view name, bool fallback) const;
  // The axis of input 0 that an attribute names, negative ones from the end.
  std::optional<size_t> AxisNamed(std::string_view name,
                                  std::optional<int64_t> fallback = std::nullopt) const;

  // Whether the inputs from `first` on do not depend on the network's input.
  bool ConstantFrom(size_t first) const;
};

// `dim` counted from the end where it is negative; nothing outside the rank.
std::optional<size_t> WrapAxis(int64_t dim, size_t rank);

// Along these axes the result depends on which elements stand where, in a way that no window
// describes: the field as it is where all of them see the same, else nothing.
std::optional<ValueField> IfAllSeeTheSame(const ValueField& field, AxisSet axes,
                                          int64_t input_length);

// Nothing where the rule cannot tell.
using FieldRule = std::optional<ValueField> (*)(FieldCall& call);

struct NamedFieldRule {
  std::string_view op;
  FieldRule rule;
};

std::span<const NamedFieldRule> WindowFieldRules();    // convolution, pooling
std::span<const NamedFieldRule> SamplingFieldRules();  // resampling, padding
std::span<const NamedFieldRule> MixingFieldRules();    // norms, reductions, products
std::span<const NamedFieldRule> AxisFieldRules();      // views, joins, parts
std::span<const NamedFieldRule> LookupFieldRules();    // indices, sorting, tables
std::span<const NamedFieldRule> RecurrentFieldRules();
std::span<const NamedFieldRule> ElementwiseFieldRules();  // one element to one element

// Inputs broadcast against each other: the rule of whole operator families.
std::optional<ValueField> ElementwiseField(FieldCall& call);

bool HasFieldRule(std::string_view op);

// What output `call.output` of the operator sees; nothing where the operator has no rule or the
// rule cannot tell.
std::optional<ValueField> FieldOf(FieldCall& call);

}  // namespace latcast::insight

#endif  // LATCAST_ANALYZER_INSIGHT_FIELD_RULE_H_
