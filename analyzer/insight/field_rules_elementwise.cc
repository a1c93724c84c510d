// Operators that compute each element from those at the same place.
#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;

// The field of a value that is broadcast to a shape; nothing where it does not fit.
Result BroadcastTo(ValueField field, const Shape& in, const Shape& out) {
  if (in.size() > out.size()) return std::nullopt;
  std::vector<std::optional<size_t>> to;
  for (size_t axis = 0; axis < in.size(); ++axis) {
    const size_t target = axis + out.size() - in.size();
    if (in[axis] != out[target]) {
      if (in[axis] != 1) return std::nullopt;
      field.Repeat(axis);
    }
    to.emplace_back(target);
  }
  field.MoveAxes(to);
  return field;
}

Result First(FieldCall& call) {
  if (!call.ConstantFrom(1) || call.in(0) != call.out()) return std::nullopt;
  return call.fields[0];
}

Result Expand(FieldCall& call) { return BroadcastTo(call.fields[0], call.in(0), call.out()); }

// Each output is the input at its place.
Result BroadcastTensors(FieldCall& call) {
  if (call.output >= call.fields.size()) return std::nullopt;
  return BroadcastTo(call.fields[call.output], call.in(call.output), call.out());
}

// The first input is overwritten by the second, or by a number.
Result Overwrite(FieldCall& call) {
  if (call.fields.size() < 2) return ValueField();
  return BroadcastTo(call.fields[1], call.in(1), call.out());
}

// Half of the elements along an axis gate the other half.
Result Glu(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", -1);
  if (!axis || call.fields[0].MayLieOn(Bit(*axis))) return std::nullopt;
  return call.fields[0];
}

constexpr NamedFieldRule kRules[] = {
    {"contiguous", First},
    {"clone", First},
    {"alias", First},
    {"detach", First},
    {"to", First},
    {"channel_shuffle", First},
    {"tril", First},
    {"triu", First},
    {"expand", Expand},
    {"expand_as", Expand},
    {"broadcast_tensors", BroadcastTensors},
    {"fill", Overwrite},
    {"zero", Overwrite},
    {"copy", Overwrite},
    {"bernoulli", ElementwiseField},
    {"glu", Glu},
};

}  // namespace

Result ElementwiseField(FieldCall& call) {
  ValueField result;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    if (call.fields[i].none()) continue;
    const Result field = BroadcastTo(call.fields[i], call.in(i), call.out());
    if (!field) return std::nullopt;
    result.Add(*field);
  }
  return result;
}

std::span<const NamedFieldRule> ElementwiseFieldRules() { return kRules; }

}  // namespace latcast::insight
