// Operators that rearrange, join and split values.
#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;
using Ints = std::vector<int64_t>;

// Axis i stands behind the new axis or before it.
std::vector<std::optional<size_t>> WithNewAxis(size_t rank, size_t axis) {
  std::vector<std::optional<size_t>> to;
  for (size_t i = 0; i < rank; ++i) to.emplace_back(i < axis ? i : i + 1);
  return to;
}

// Other inputs only lend their shape.
Result Reshape(FieldCall& call) {
  const Shape& in = call.in(0);
  if (std::ranges::find(in, 0) != in.end()) return std::nullopt;
  if (call.op.attributes.contains(
          std::string_view("dtype"))) {  // view: the last axis cut otherwise
    if (in == call.out()) return call.fields[0];
    return IfAllSeeTheSame(call.fields[0], Bit(in.size() - 1), call.input_length);
  }
  ValueField field = call.fields[0];
  field.Reshape(in, call.out());
  return field;
}

Result Permute(FieldCall& call) {
  const std::optional<Ints> dims = call.List("dims");
  const size_t rank = call.in(0).size();
  if (!dims || dims->size() != rank) return std::nullopt;
  std::vector<std::optional<size_t>> to(rank);
  for (size_t i = 0; i < rank; ++i) {
    const std::optional<size_t> from = WrapAxis((*dims)[i], rank);
    if (!from) return std::nullopt;
    to[*from] = i;
  }
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

Result Transpose(FieldCall& call) {
  const std::optional<size_t> a = call.AxisNamed("dim0");
  const std::optional<size_t> b = call.AxisNamed("dim1");
  if (!a || !b) return std::nullopt;
  std::vector<std::optional<size_t>> to;
  for (size_t i = 0; i < call.in(0).size(); ++i) to.emplace_back(i);
  std::swap(to[*a], to[*b]);
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

Result Concatenate(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", 0);
  if (!axis) return std::nullopt;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    if (call.in(i).size() != call.out().size()) return std::nullopt;
    // Pieces of an axis that positions advance along: nobody follows them over the seam.
    if (call.in(i)[*axis] != call.out()[*axis]) call.fields[i].Shuffle(*axis);
  }
  return ValueField::SideBySide(call.fields, *axis);
}

Result Stack(FieldCall& call) {
  const std::optional<int64_t> dim = call.op.attributes.contains(std::string_view("dim"))
                                         ? call.Int("dim")
                                         : std::optional<int64_t>(0);
  const std::optional<size_t> axis = dim ? WrapAxis(*dim, call.out().size()) : std::nullopt;
  if (!axis) return std::nullopt;
  for (size_t i = 0; i < call.fields.size(); ++i) {
    call.fields[i].MoveAxes(WithNewAxis(call.in(i).size(), *axis));
  }
  return ValueField::SideBySide(call.fields, *axis);
}

Result Unsqueeze(FieldCall& call) {
  const std::optional<int64_t> dim = call.Int("dim");
  const std::optional<size_t> axis = dim ? WrapAxis(*dim, call.out().size()) : std::nullopt;
  if (!axis) return std::nullopt;
  ValueField field = call.fields[0];
  field.MoveAxes(WithNewAxis(call.in(0).size(), *axis));
  return field;
}

Result Squeeze(FieldCall& call) {
  const Shape& in = call.in(0);
  AxisSet listed = 0;
  for (const int64_t dim : call.List("dim").value_or(Ints())) {
    const std::optional<size_t> axis = WrapAxis(dim, in.size());
    if (!axis) return std::nullopt;
    listed |= Bit(*axis);
  }
  if (!call.op.attributes.contains(std::string_view("dim"))) listed = AllAxes(in.size());
  std::vector<std::optional<size_t>> to;
  size_t next = 0;
  for (size_t axis = 0; axis < in.size(); ++axis) {
    const bool gone = in[axis] == 1 && (listed & Bit(axis)) != 0;
    to.push_back(gone ? std::nullopt : std::optional<size_t>(next++));
  }
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

// The listed axes go where they are told, the others follow in their order.
Result Movedim(FieldCall& call) {
  const std::optional<Ints> source = call.List("source");
  const std::optional<Ints> destination = call.List("destination");
  const size_t rank = call.in(0).size();
  if (!source || !destination || source->size() != destination->size()) return std::nullopt;
  std::vector<std::optional<size_t>> to(rank);
  AxisSet taken = 0;
  for (size_t i = 0; i < source->size(); ++i) {
    const std::optional<size_t> from = WrapAxis((*source)[i], rank);
    const std::optional<size_t> target = WrapAxis((*destination)[i], rank);
    if (!from || !target || to[*from] || (taken & Bit(*target)) != 0) return std::nullopt;
    to[*from] = *target;
    taken |= Bit(*target);
  }
  size_t next = 0;
  for (std::optional<size_t>& target : to) {
    if (target) continue;
    while ((taken & Bit(next)) != 0) ++next;
    target = next++;
  }
  ValueField field = call.fields[0];
  field.MoveAxes(to);
  return field;
}

// One entry of an axis, which is gone afterwards.
ValueField Entry(const FieldCall& call, size_t axis, int64_t index) {
  const size_t rank = call.in(0).size();
  ValueField field = call.fields[0];
  field.TakePart(axis, rank);
  field.Remap(axis, 1, [index](const FieldMap& map) { return map.Slide({.padding = -index}); });
  std::vector<std::optional<size_t>> to;
  for (size_t i = 0; i < rank; ++i) {
    to.push_back(i == axis ? std::nullopt : std::optional<size_t>(i < axis ? i : i - 1));
  }
  field.MoveAxes(to);
  return field;
}

Result Select(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", 0);
  const std::optional<int64_t> index = call.Int("index");
  if (!axis || !index) return std::nullopt;
  return Entry(call, *axis, *index < 0 ? *index + call.in(0)[*axis] : *index);
}

Result Unbind(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", 0);
  if (!axis) return std::nullopt;
  return Entry(call, *axis, static_cast<int64_t>(call.output));
}

// Entries of an axis from `start` on, every `step`-th one.
ValueField Part(const FieldCall& call, size_t axis, int64_t start, int64_t step) {
  ValueField field = call.fields[0];
  if (call.in(0)[axis] == call.out()[axis]) return field;
  field.TakePart(axis, call.in(0).size());
  field.Remap(axis, call.out()[axis], [start, step](const FieldMap& map) {
    return map.Slide({.stride = step, .padding = -start});
  });
  return field;
}

Result Slice(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", 0);
  if (!axis) return std::nullopt;
  const int64_t length = call.in(0)[*axis];
  int64_t start = call.Int("start").value_or(0);
  if (start < 0) start = std::max<int64_t>(start + length, 0);
  return Part(call, *axis, std::min(start, length), call.Int("step").value_or(1));
}

Result Narrow(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim");
  const std::optional<int64_t> start = call.Int("start");
  if (!axis || !start || !call.ConstantFrom(1)) return std::nullopt;
  return Part(call, *axis, *start < 0 ? *start + call.in(0)[*axis] : *start, 1);
}

// Parts follow one another.
Result Split(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim", 0);
  if (!axis) return std::nullopt;
  int64_t start = 0;
  for (size_t i = 0; i < call.output; ++i)
    start += call.graph.value(call.op.outputs[i]).shape[*axis];
  return Part(call, *axis, start, 1);
}

// Shifted around or reversed.
Result ChangePlaces(FieldCall& call) {
  const std::optional<Ints> dims = call.List("dims");
  if (!dims || dims->empty()) return std::nullopt;
  ValueField field = call.fields[0];
  for (const int64_t dim : *dims) {
    const std::optional<size_t> axis = WrapAxis(dim, call.in(0).size());
    if (!axis) return std::nullopt;
    field.Shuffle(*axis);
  }
  return field;
}

Result RepeatAll(FieldCall& call) {
  const Shape& in = call.in(0);
  const Shape& out = call.out();
  ValueField field = call.fields[0];
  std::vector<std::optional<size_t>> to;
  for (size_t axis = 0; axis < in.size(); ++axis) {
    to.emplace_back(axis + out.size() - in.size());
    if (in[axis] == out[*to.back()]) continue;
    if (in[axis] == 1) {
      field.Repeat(axis);
    } else {
      field.Shuffle(axis);
    }
  }
  field.MoveAxes(to);
  return field;
}

// Vectors along axes of their own: the first two exchanged where the indexing is "xy".
Result Meshgrid(FieldCall& call) {
  if (call.output >= call.fields.size() || call.in(call.output).size() > 1) return std::nullopt;
  const auto indexing = call.op.attributes.find(std::string_view("indexing"));
  const std::string* mode =
      indexing == call.op.attributes.end() ? nullptr : std::get_if<std::string>(&indexing->second);
  const bool exchanged = mode != nullptr && *mode == "xy" && call.output < 2;
  ValueField field = call.fields[call.output];
  if (call.in(call.output).empty()) return field;
  field.MoveAxes({exchanged ? 1 - call.output : call.output});
  return field;
}

// Every entry of an axis several times over.
Result RepeatInterleave(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dim");
  if (!axis || !call.ConstantFrom(1)) return std::nullopt;
  ValueField field = call.fields[0];
  const std::optional<int64_t> times = call.Int("repeats");
  if (!times) return IfAllSeeTheSame(field, Bit(*axis), call.input_length);
  if (*times < 1) return std::nullopt;
  field.Remap(*axis, call.out()[*axis], [times](const FieldMap& map) {
    return map.Resample(*times, 1, [times](int64_t o) {
      const int64_t at = o / *times - (o % *times < 0 ? 1 : 0);
      return Interval{at, at};
    });
  });
  return field;
}

constexpr NamedFieldRule kRules[] = {
    {"flatten", Reshape},
    {"view", Reshape},
    {"reshape", Reshape},
    {"unflatten", Reshape},
    {"view_as", Reshape},
    {"permute", Permute},
    {"transpose", Transpose},
    {"movedim", Movedim},
    {"squeeze", Squeeze},
    {"unsqueeze", Unsqueeze},
    {"cat", Concatenate},
    {"stack", Stack},
    {"select", Select},
    {"unbind", Unbind},
    {"slice", Slice},
    {"narrow", Narrow},
    {"split", Split},
    {"chunk", Split},
    {"tensor_split", Split},
    {"roll", ChangePlaces},
    {"flip", ChangePlaces},
    {"repeat", RepeatAll},
    {"tile", RepeatAll},
    {"meshgrid", Meshgrid},
    {"repeat_interleave", RepeatInterleave},
};

}  // namespace

std::span<const NamedFieldRule> AxisFieldRules() { return kRules; }

}  // namespace latcast::insight
