#include "analyzer/memory/autocast.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::memory {
namespace {

using graph::DType;
using graph::Graph;
using graph::Op;
using graph::Value;
using graph::ValueId;

constexpr std::string_view kHalf[] = {"conv1d",
                                      "conv2d",
                                      "conv3d",
                                      "conv_transpose1d",
                                      "conv_transpose2d",
                                      "conv_transpose3d",
                                      "linear",
                                      "matmul",
                                      "prelu",
                                      "lstm",
                                      "gru",
                                      "rnn_tanh",
                                      "rnn_relu",
                                      "scaled_dot_product_attention"};

constexpr std::string_view kSingle[] = {
    "layer_norm",  "group_norm", "softmax", "log_softmax", "softplus", "exp",     "expm1",
    "log",         "log2",       "log10",   "log1p",       "pow",      "rsqrt",   "reciprocal",
    "interpolate", "logsumexp",  "sum",     "prod",        "cumsum",   "cumprod", "norm",
    "acos",        "asin",       "cosh",    "sinh",        "tan",      "erfinv"};

bool Contains(const auto& types, std::string_view type) {
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

class Rewriter {
 public:
  Rewriter(const Graph& graph, DType half, Device device)
      : graph_(graph), half_(half), device_(device) {
    result_.graph = graph;
    result_.graph.ops.clear();
    result_.first_copy = graph.values.size();
    for (const Value& value : graph.values) storages_ = std::max(storages_, value.storage + 1);
  }

  absl::StatusOr<Autocast> Run() && {
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      RETURN_IF_ERROR(Annotate(Rewrite(static_cast<graph::OpId>(i)), ops::Place(i, graph_.ops[i])));
    }
    return std::move(result_);
  }

 private:
  bool IsCast(DType dtype) const { return dtype == DType::kFloat32 || dtype == half_; }

  absl::Status Rewrite(graph::OpId index) {
    Op op = graph_.ops[static_cast<size_t>(index)];
    if (Contains(kHalf, op.type)) {
      CastInputs(index, half_, op);
    } else if (device_ == Device::kCuda && Contains(kSingle, op.type)) {
      CastInputs(index, DType::kFloat32, op);
    }
    absl::Status status = SetOutputs(op);
    if (!status.ok()) {  // operands of two types: the wider one
      CastInputs(index, DType::kFloat32, op);
      status = SetOutputs(op);
    }
    result_.graph.ops.push_back(std::move(op));
    result_.origin.push_back(index);
    return status;
  }

  void CastInputs(graph::OpId index, DType to, Op& op) {
    for (ValueId& id : op.inputs) {
      if (id == graph::kNone) continue;
      const Value& value = result_.graph.value(id);
      if (IsCast(value.dtype) && value.dtype != to) id = Copy(index, id, to);
    }
  }

  ValueId Copy(graph::OpId index, ValueId id, DType to) {
    const Value& source = result_.graph.value(id);
    const bool cached = source.kind == graph::ValueKind::kParameter && source.requires_grad;
    if (cached) {
      if (const auto it = cached_.find(id); it != cached_.end()) return it->second;
    }
    const auto copy = static_cast<ValueId>(result_.graph.values.size());
    std::string name = absl::StrCat("autocast_", copy);
    Op op;
    op.type = "to";
    op.name = name;
    op.inputs = {id};
    op.outputs = {copy};
    op.attributes["dtype"] = std::string(Name(to));
    if (cached) op.attributes["cached"] = true;
    op.call = graph_.ops[static_cast<size_t>(index)].call;
    result_.graph.values.push_back({std::move(name), graph::ValueKind::kActivation, to,
                                    graph::Shape(source.shape), storages_++});
    result_.graph.ops.push_back(std::move(op));
    result_.origin.push_back(index);
    if (cached) cached_.emplace(id, copy);
    return copy;
  }

  // Floating-point outputs have the type that the operator's inputs now give.
  absl::Status SetOutputs(const Op& op) {
    const ops::OpDef* def = ops::FindOp(op.type);
    ops::TensorTypes types;
    if (def != nullptr) {
      ASSIGN_OR_RETURN(types, ops::InferOp(*def, ops::MakeCall(result_.graph, op)));
    }
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      Value& output = result_.graph.value(op.outputs[i]);
      if (!IsCast(output.dtype)) continue;
      const DType inferred = i < types.size() ? types[i].dtype : GivenType(op);
      if (IsCast(inferred)) output.dtype = inferred;
    }
    return absl::OkStatus();
  }

  // For an operator nobody knows: half where all it is given is.
  DType GivenType(const Op& op) const {
    bool any = false;
    for (const ValueId id : op.inputs) {
      if (id == graph::kNone || !IsCast(result_.graph.value(id).dtype)) continue;
      if (result_.graph.value(id).dtype != half_) return DType::kFloat32;
      any = true;
    }
    return any ? half_ : DType::kFloat32;
  }

  const Graph& graph_;
  const DType half_;
  const Device device_;
  Autocast result_;
  int32_t storages_ = 0;
  absl::flat_hash_map<ValueId, ValueId> cached_;
};

}  // namespace

absl::StatusOr<std::optional<DType>> ParseAutocast(std::string_view name) {
  if (name.empty() || name == "none") return std::nullopt;
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    if (name == Name(dtype)) return dtype;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("autocast '", ToAbsl(name), "', one of none, float16, bfloat16 expected"));
}

absl::StatusOr<Autocast> WithAutocast(const Graph& graph, DType dtype, Device device) {
  if (dtype != DType::kFloat16 && dtype != DType::kBFloat16) {
    return absl::InvalidArgumentError(
        absl::StrCat("autocast to ", ToAbsl(Name(dtype)), ", float16 or bfloat16 expected"));
  }
  return Rewriter(graph, dtype, device).Run();
}

bool IsCachedCopy(const Op& op) { return op.type == "to" && op.attributes.contains("cached"); }

}  // namespace latcast::memory
