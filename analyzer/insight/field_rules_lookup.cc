// Operators that look elements up, order them, or answer where they are.
#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;

// Entries of an axis, whichever an index picks.
Result Pick(const FieldCall& call, size_t axis) {
  if (call.fields[0].MayLieOn(Bit(axis))) return std::nullopt;
  ValueField field = call.fields[0];
  field.TakePart(axis, call.in(0).size());
  return field;
}

bool EqualBut(const Shape& a, const Shape& b, size_t axis) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (i != axis && a[i] != b[i]) return false;
  }
  return true;
}

// index_select, gather, take_along_dim: the other axes stay as they are.
Result Gather(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim");
  if (!axis || !call.ConstantFrom(1) || !EqualBut(call.in(0), call.out(), *axis)) {
    return std::nullopt;
  }
  return Pick(call, *axis);
}

// A list of entries of one axis; several indices, or masks, nobody follows.
Result Index(FieldCall& call) {
  std::optional<size_t> axis;
  for (size_t i = 1; i < call.op.inputs.size(); ++i) {
    if (call.op.inputs[i] == graph::kNone) continue;
    if (axis || call.in(i).size() != 1) return std::nullopt;
    axis = i - 1;
  }
  if (!axis || !call.ConstantFrom(1) || !EqualBut(call.in(0), call.out(), *axis)) {
    return std::nullopt;
  }
  return Pick(call, *axis);
}

// Each result depends on all elements along the axis.
Result Sort(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", -1);
  if (!axis) return std::nullopt;
  ValueField field = call.fields[0];
  field.Collapse(Bit(*axis), call.input_length);
  return field;
}

// An index, looked up in a table that does not depend on the input: new axes stand behind.
Result Lookup(FieldCall& call) {
  const bool table_first = call.op.type != "one_hot";
  if (table_first && (call.fields.size() < 2 || !call.fields[0].none() || !call.ConstantFrom(2))) {
    return std::nullopt;
  }
  return call.fields[table_first ? 1 : 0];
}

// Bags of indices are the rows of a matrix; with offsets, data decide what is in a bag.
Result EmbeddingBag(FieldCall& call) {
  if (call.fields.size() < 2 || call.in(1).size() != 2 || !call.fields[0].none() ||
      !call.ConstantFrom(2)) {
    return std::nullopt;
  }
  ValueField field = call.fields[1];
  field.Collapse(Bit(1), call.input_length);
  field.MoveAxes({0, std::nullopt});
  return field;
}

// Which boxes remain depends on all of them.
Result Suppress(FieldCall& call) {
  ValueField result;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    const size_t rank = call.in(i).size();
    ValueField field = call.fields[i];
    field.Collapse(AllAxes(rank), call.input_length);
    field.MoveAxes(std::vector<std::optional<size_t>>(rank));
    result.Add(field);
  }
  return result;
}

constexpr NamedFieldRule kRules[] = {
    {"index_select", Gather}, {"gather", Gather},    {"take_along_dim", Gather},
    {"index", Index},         {"sort", Sort},        {"argsort", Sort},
    {"topk", Sort},           {"embedding", Lookup}, {"one_hot", Lookup},
    {"searchsorted", Lookup}, {"nms", Suppress},     {"embedding_bag", EmbeddingBag},
};

}  // namespace

std::span<const NamedFieldRule> LookupFieldRules() { return kRules; }

}  // namespace latcast::insight
