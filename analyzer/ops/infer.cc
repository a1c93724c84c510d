#include "analyzer/ops/infer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/follow_batch.h"
#include "analyzer/ops/follow_sizes.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/recurrent_state.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Graph;
using graph::Op;
using graph::Shape;
using graph::Value;
using graph::ValueId;

absl::StatusOr<const OpDef*> RequireOp(const Op& op) {
  if (const OpDef* def = FindOp(op.type)) return def;
  std::vector<std::string_view> known;
  for (const OpDef& def : BuiltinOps()) known.push_back(def.type);
  return absl::UnimplementedError(
      absl::StrCat("no shape rule for this operator", DidYouMean(op.type, known)));
}

absl::Status InferInto(Graph& graph, const Op& op) {
  ASSIGN_OR_RETURN(const OpDef* def, RequireOp(op));
  ASSIGN_OR_RETURN(TensorTypes types, InferOp(*def, MakeCall(graph, op)));
  if (types.size() != op.outputs.size()) {
    return Refuse(absl::StrCat(op.outputs.size(), " outputs, ", types.size(), " expected"));
  }
  for (size_t i = 0; i < types.size(); ++i) {
    Value& output = graph.value(op.outputs[i]);
    output.dtype = types[i].dtype;
    output.shape = std::move(types[i].shape);
  }
  return absl::OkStatus();
}

// The first dimension of the first input; 0 where there is none.
int64_t BatchOf(const Graph& graph) {
  if (graph.inputs.empty()) return 0;
  const Shape& shape = graph.value(graph.inputs.front()).shape;
  return shape.empty() ? 0 : shape.front();
}

// Infers a graph whose inputs differ from those it was captured with.
class Reinferrer {
 public:
  // `before` is the graph as captured, `after` the same one with other inputs.
  Reinferrer(const Graph& before, Graph& after)
      : before_(before), after_(after), batch_{BatchOf(before), BatchOf(after)}, states_(after) {
    if (after.sizes.has_value()) sizes_.emplace(after);
  }

  absl::Status Run() {
    if (sizes_.has_value()) RETURN_IF_ERROR(FollowInputs(before_, after_));
    for (size_t i = 0; i < after_.ops.size(); ++i) {
      RETURN_IF_ERROR(Annotate(Infer(i), [&] { return Place(i, after_.ops[i]); }));
    }
    return absl::OkStatus();
  }

 private:
  bool Changed(ValueId id) const {
    const Value& before = before_.value(id);
    const Value& after = after_.value(id);
    return before.shape != after.shape || before.dtype != after.dtype;
  }

  // Brings the operator's attributes to the new sizes. Whether any changed.
  absl::StatusOr<bool> Follow(size_t index) {
    if (sizes_.has_value()) return sizes_->Follow(index);
    Op& op = after_.ops[index];
    const bool has_input = !op.inputs.empty() && op.inputs.front() != graph::kNone;
    return has_input && FollowBatch(before_, after_.value(op.inputs.front()).shape, batch_, op);
  }

  absl::Status Infer(size_t index) {
    Op& op = after_.ops[index];
    ASSIGN_OR_RETURN(bool changed, Follow(index));
    for (const ValueId id : op.inputs) changed = changed || (id != graph::kNone && Changed(id));
    if (!changed) return absl::OkStatus();
    RETURN_IF_ERROR(CheckPinned(op));
    states_.FollowInput(op);
    return InferInto(after_, op);
  }

  absl::Status CheckPinned(const Op& op) const {
    const OpDef* def = FindOp(op.type);
    if (def == nullptr || def->pinned == nullptr) return absl::OkStatus();
    const Pinned pinned = def->pinned(MakeCall(before_, op));
    for (size_t i = 0; i < op.inputs.size() && i < 64; ++i) {
      if ((pinned.inputs >> i & 1) == 0 || op.inputs[i] == graph::kNone) continue;
      const Value& before = before_.value(op.inputs[i]);
      const Value& after = after_.value(op.inputs[i]);
      if (before.shape == after.shape) continue;
      return Refuse(absl::StrCat("input ", i, " was ", ToString(before.shape), " and would be ",
                                 ToString(after.shape), ", but ", ToAbsl(pinned.why)));
    }
    return absl::OkStatus();
  }

  const Graph& before_;
  Graph& after_;
  const BatchChange batch_;
  std::optional<SizeFollower> sizes_;
  StateMakers states_;
};

absl::Status SetInputShapes(const Reshape& reshape, Graph& graph) {
  if (!reshape.inputs.empty() && reshape.inputs.size() != graph.inputs.size()) {
    return Refuse(absl::StrCat(reshape.inputs.size(), " input shapes given, the graph has ",
                               graph.inputs.size(), " inputs"));
  }
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    Value& input = graph.value(graph.inputs[i]);
    const std::string where = absl::StrCat("input ", i, " '", input.name, "'");
    Shape shape = reshape.inputs.empty() ? input.shape : reshape.inputs[i];
    if (shape.size() != input.shape.size()) {
      return Refuse(absl::StrCat(where, ": ", ToString(shape), " has rank ", shape.size(),
                                 ", the graph's ", ToString(input.shape), " has rank ",
                                 input.shape.size()));
    }
    if (reshape.batch) {
      if (shape.empty()) return Refuse(absl::StrCat(where, ": a scalar has no batch"));
      if (!reshape.inputs.empty() && shape.front() != *reshape.batch) {
        return Refuse(absl::StrCat(where, ": ", ToString(shape), " has batch ", shape.front(),
                                   ", but batch ", *reshape.batch, " is asked for"));
      }
      shape.front() = *reshape.batch;
    }
    for (const int64_t dim : shape) {
      if (dim < 1) {
        return Refuse(
            absl::StrCat(where, ": dimension ", dim, " of ", ToString(shape), " is not positive"));
      }
    }
    input.shape = std::move(shape);
  }
  return absl::OkStatus();
}

absl::Status SetDType(graph::DType dtype, Graph& graph) {
  if (!IsFloating(dtype)) {
    return Refuse(absl::StrCat("dtype ", ToAbsl(Name(dtype)), ", a floating-point type expected"));
  }
  for (Value& value : graph.values) {
    if (value.kind != graph::ValueKind::kActivation && IsFloating(value.dtype)) {
      value.dtype = dtype;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InferShapes(Graph& graph) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    RETURN_IF_ERROR(
        Annotate(InferInto(graph, graph.ops[i]), [&] { return Place(i, graph.ops[i]); }));
  }
  return absl::OkStatus();
}

absl::StatusOr<Graph> WithInputs(Graph graph, const Reshape& reshape) {
  if (reshape.inputs.empty() && !reshape.batch && !reshape.dtype) return graph;
  const Graph before = graph;
  RETURN_IF_ERROR(SetInputShapes(reshape, graph));
  if (reshape.dtype) RETURN_IF_ERROR(SetDType(*reshape.dtype, graph));
  RETURN_IF_ERROR(Reinferrer(before, graph).Run());
  return graph;
}

absl::StatusOr<std::vector<ValueId>> AddInferred(graph::GraphBuilder& builder, std::string type,
                                                 std::vector<ValueId> inputs,
                                                 graph::Attributes attributes) {
  Op op;
  op.type = std::move(type);
  op.inputs = std::move(inputs);
  op.attributes = std::move(attributes);
  const std::string place =
      absl::StrCat("operator ", builder.graph().ops.size(), " (", op.type, ")");
  ASSIGN_OR_RETURN(const OpDef* def, Annotate(RequireOp(op), place));
  ASSIGN_OR_RETURN(const TensorTypes types,
                   Annotate(InferOp(*def, MakeCall(builder.graph(), op)), place));
  ASSIGN_OR_RETURN(const bool train, graph::GetBool(op.attributes, "train", false));
  const bool is_identity = op.type == "dropout" && !train;
  const bool aliases = def->is_view || is_identity || graph::IsInplace(op.attributes);
  std::vector<ValueId> outputs;
  for (const TensorType& output : types) {
    const bool alias = def->is_view || (aliases && outputs.empty());
    const ValueId source = alias ? op.inputs[AliasedInput(*def, outputs.size())] : graph::kNone;
    outputs.push_back(builder.AddActivation(output.dtype, output.shape, source));
  }
  builder.AddOp(std::move(op.type), std::move(op.inputs), outputs, std::move(op.attributes));
  return outputs;
}

}  // namespace latcast::ops
