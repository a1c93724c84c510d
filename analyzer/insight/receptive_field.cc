#include "analyzer/insight/receptive_field.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/insight/field_rule.h"
#include "analyzer/insight/value_field.h"

namespace latcast::insight {
namespace {

using graph::Graph;
using graph::Op;
using graph::ValueId;

AxisField SeesNothing() {
  AxisField axis;
  axis.kind = FieldKind::kNone;
  return axis;
}

AxisField Summary(const ValueField& field) {
  if (field.none()) return SeesNothing();
  AxisField axis;
  if (field.whole()) axis.kind = FieldKind::kWhole;
  const FieldTerm* term = field.Exact();
  if (term == nullptr) return axis;  // unknown, or whole
  const FieldMap& map = *term->map;
  Interval first;
  for (int64_t i = 0; i < map.period(); ++i) {
    const Interval seen = map.At(i);
    axis.size = std::max(axis.size, seen.size());
    if (first.empty()) first = seen;
  }
  axis.kind = FieldKind::kLocal;
  axis.at_most = term->at_most;
  axis.map = term->map;
  axis.padding = first.empty() ? 0 : -first.lo;
  const int64_t common = std::gcd(map.shift(), map.period());
  axis.stride = {map.shift() / common, map.period() / common};
  return axis;
}

// Follows one input through the graph.
class Walk {
 public:
  Walk(const Graph& graph, ValueId input)
      : graph_(graph),
        lengths_(graph.value(input).shape),
        windowed_(lengths_.size(), false),
        fields_(graph.values.size()),
        summaries_(graph.values.size()),
        last_use_(graph.values.size(), -1),
        written_at_(graph.values.size(), -1) {
    for (size_t i = 0; i < graph.ops.size(); ++i) {
      for (const ValueId id : graph.ops[i].inputs) {
        if (id != graph::kNone) last_use_[Index(id)] = static_cast<int64_t>(i);
      }
    }
    std::vector<ValueField> own;
    for (size_t axis = 0; axis < lengths_.size(); ++axis) {
      own.push_back(ValueField::OfInput(axis, lengths_[axis]));
    }
    Set(input, std::move(own));
  }

  void Run() {
    for (size_t i = 0; i < graph_.ops.size(); ++i) Visit(i);
  }

  ReceptiveFields Result(ValueId input) const {
    ReceptiveFields result;
    result.input = graph_.value(input).name;
    for (size_t axis = 0; axis < windowed_.size(); ++axis) {
      if (windowed_[axis]) result.axes.push_back(axis);
    }
    for (const Field& summary : summaries_) {
      Field& field = result.values.emplace_back();
      for (const size_t axis : result.axes) {
        field.push_back(summary.empty() ? SeesNothing() : summary[axis]);
      }
    }
    return result;
  }

 private:
  struct Overwriting {
    int64_t index = -1;    // the last operator in place
    bool depends = false;  // it, or one before it, wrote what depends on the input
  };

  // Upper bound on the intervals all maps together may take: beyond, fields are unknown.
  static constexpr int64_t kMaxWork = int64_t{1} << 28;

  static size_t Index(ValueId id) { return static_cast<size_t>(id); }

  void Visit(size_t index) {
    const Op& op = graph_.ops[index];
    std::vector<std::vector<ValueField>> fields(op.outputs.size());
    bool depends = false;
    for (size_t output = 0; output < op.outputs.size(); ++output) {
      for (size_t axis = 0; axis < lengths_.size(); ++axis) {
        fields[output].push_back(FieldAt(index, axis, output));
        depends = depends || !fields[output].back().none();
      }
    }
    for (size_t output = 0; output < op.outputs.size(); ++output) {
      const ValueId id = op.outputs[output];
      written_at_[Index(id)] = static_cast<int64_t>(index);
      if (depends) Set(id, std::move(fields[output]));
    }
    if (graph::IsInplace(op.attributes)) {
      Overwriting& last = overwritten_[Storage(op.outputs.front())];
      last = {static_cast<int64_t>(index), last.depends || depends};
    }
    for (const ValueId id : op.inputs) Release(id, index);
    for (const ValueId id : op.outputs) Release(id, index);
  }

  ValueField FieldAt(size_t index, size_t axis, size_t output) {
    const Op& op = graph_.ops[index];
    FieldCall call{graph_, op, output, lengths_[axis], {}};
    bool depends = false;
    for (const ValueId id : op.inputs) {
      call.fields.push_back(id == graph::kNone ? ValueField() : Read(id, axis));
      depends = depends || !call.fields.back().none();
    }
    if (!depends) return {};
    std::optional<ValueField> field;
    if (work_ < kMaxWork) field = FieldOf(call);
    if (!field) return ValueField::Unknown(call.out().size());
    if (call.windowed) windowed_[axis] = true;
    if (const FieldTerm* term = field->Exact()) {
      work_ += term->map->period() * term->map->period();
    }
    return *std::move(field);
  }

  // What the value sees by now: an operator may have written into its memory through a view.
  ValueField Read(ValueId id, size_t axis) const {
    const std::vector<ValueField>& fields = fields_[Index(id)];
    const auto overwritten = overwritten_.find(Storage(id));
    if (overwritten != overwritten_.end() && overwritten->second.index > written_at_[Index(id)] &&
        (overwritten->second.depends || !fields.empty())) {
      return ValueField::Unknown(graph_.value(id).shape.size());
    }
    return fields.empty() ? ValueField() : fields[axis];
  }

  int32_t Storage(ValueId id) const { return graph_.value(id).storage; }

  void Set(ValueId id, std::vector<ValueField> fields) {
    Field& summary = summaries_[Index(id)];
    for (size_t axis = 0; axis < lengths_.size(); ++axis) {
      summary.push_back(Summary(fields[axis]));
    }
    fields_[Index(id)] = std::move(fields);
  }

  // Forgets what nobody reads any more.
  void Release(ValueId id, size_t index) {
    if (id == graph::kNone || last_use_[Index(id)] > static_cast<int64_t>(index)) return;
    fields_[Index(id)] = {};
  }

  const Graph& graph_;
  const graph::Shape lengths_;  // of the input's axes
  std::vector<bool> windowed_;  // by axis of the input
  // By value, then by axis of the input; empty for values that do not depend on it.
  std::vector<std::vector<ValueField>> fields_;
  std::vector<Field> summaries_;
  std::vector<int64_t> last_use_;               // by value: the last operator that reads it
  std::vector<int64_t> written_at_;             // by value: the operator that wrote it
  std::map<int32_t, Overwriting> overwritten_;  // by storage
  int64_t work_ = 0;
};

std::string Joined(const std::vector<std::string>& texts) {
  const bool agree = std::ranges::adjacent_find(texts, std::not_equal_to()) == texts.end();
  return texts.empty() ? "" : agree ? texts.front() : absl::StrJoin(texts, "x");
}

// Empty where no axis has a number.
template <typename Text>
std::string JoinedNumbers(const Field& field, Text text) {
  std::vector<std::string> texts;
  bool any = false;
  for (const AxisField& axis : field) {
    const bool local = axis.kind == FieldKind::kLocal;
    any = any || local;
    texts.push_back(local ? text(axis) : "-");
  }
  return any ? Joined(texts) : "";
}

}  // namespace

ReceptiveFields ComputeReceptiveFields(const Graph& graph) {
  for (const ValueId input : graph.inputs) {
    if (graph.value(input).shape.size() < 3) continue;
    Walk walk(graph, input);
    walk.Run();
    ReceptiveFields fields = walk.Result(input);
    if (!fields.axes.empty()) return fields;
  }
  ReceptiveFields none;
  none.values.resize(graph.values.size());
  return none;
}

std::string_view Name(FieldKind kind) {
  switch (kind) {
    case FieldKind::kNone:
      return "none";
    case FieldKind::kLocal:
      return "local";
    case FieldKind::kWhole:
      return "whole";
    case FieldKind::kUnknown:
      return "unknown";
  }
  return "";
}

std::string SizeText(const Field& field) {
  std::vector<std::string> texts;
  for (const AxisField& axis : field) {
    switch (axis.kind) {
      case FieldKind::kNone:
        texts.emplace_back("-");
        break;
      case FieldKind::kLocal:
        texts.push_back(absl::StrCat(axis.at_most ? "<= " : "", axis.size));
        break;
      case FieldKind::kWhole:
        texts.emplace_back("whole");
        break;
      case FieldKind::kUnknown:
        texts.emplace_back("?");
    }
  }
  return texts.empty() ? "-" : Joined(texts);
}

std::string StrideText(const Field& field) {
  return JoinedNumbers(field, [](const AxisField& axis) {
    return axis.stride.elements == 1
               ? absl::StrCat(axis.stride.positions)
               : absl::StrCat(axis.stride.positions, "/", axis.stride.elements);
  });
}

std::string PaddingText(const Field& field) {
  return JoinedNumbers(field, [](const AxisField& axis) { return absl::StrCat(axis.padding); });
}

}  // namespace latcast::insight
