#include "analyzer/conventions/modules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "base/text.h"

namespace latcast::conventions {

using graph::Graph;
using graph::ModuleCall;
using graph::Value;
using graph::ValueId;
using graph::ValueKind;

namespace {

const Value* First(const Graph& graph, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) {
    if (id != graph::kNone) return &graph.value(id);
  }
  return nullptr;
}

Checked OwnElements(const Graph& graph, const ModuleCall& call, ValueKind kind) {
  Checked elements;
  for (const ValueId id : call.parameters) {
    if (graph.value(id).kind == kind) elements += Numel(graph.value(id).shape);
  }
  return elements;
}

}  // namespace

Checked Numel(const graph::Shape& shape) {
  Checked elements = 1;
  for (const int64_t dim : shape) elements *= dim;
  return elements;
}

std::vector<graph::CallId> LeafCalls(const Graph& graph) {
  std::vector<graph::CallId> leaves;
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    if (graph.calls[i].children == 0) leaves.push_back(static_cast<graph::CallId>(i));
  }
  return leaves;
}

bool HasClass(const ModuleCall& call, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), call.class_name) != names.end();
}

const Value* FirstInput(const Graph& graph, const ModuleCall& call) {
  return First(graph, call.inputs);
}

const Value* FirstOutput(const Graph& graph, const ModuleCall& call) {
  return First(graph, call.outputs);
}

bool ReturnsOneTensor(const ModuleCall& call) {
  return call.outputs.size() == 1 && call.outputs.front() != graph::kNone &&
         !HasClass(call, {"MultiheadAttention", "RNN", "LSTM", "GRU", "LSTMCell"});
}

std::string CallName(const ModuleCall& call) {
  return call.path.empty() ? call.class_name : absl::StrCat(call.path, " (", call.class_name, ")");
}

absl::Status CheckSameRank(const Value& in, const Value& out) {
  if (in.shape.size() == out.shape.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "input ", graph::ToString(in.shape), " contradicts output ", graph::ToString(out.shape)));
}

const graph::Attribute* ConstructorArgument(const Graph& graph, const ModuleCall& call,
                                            std::string_view name) {
  const auto own = call.attributes.find(name);
  if (own != call.attributes.end()) return &own->second;
  if (!call.attributes.empty()) return nullptr;
  const auto id = static_cast<graph::CallId>(&call - graph.calls.data());
  for (const graph::Op& op : graph.ops) {
    if (op.call != id) continue;
    const auto of_op = op.attributes.find(name);
    if (of_op != op.attributes.end()) return &of_op->second;
  }
  return nullptr;
}

absl::StatusOr<std::vector<int64_t>> ConstructorInts(const Graph& graph, const ModuleCall& call,
                                                     std::string_view name, int64_t least) {
  std::vector<int64_t> ints;
  const graph::Attribute* argument = ConstructorArgument(graph, call, name);
  const Value* weight = OwnTensor(graph, call, "weight");
  if (argument == nullptr && name == "kernel_size" && weight != nullptr &&
      weight->shape.size() > 2) {
    ints.assign(weight->shape.begin() + 2, weight->shape.end());
  } else if (argument == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no attribute ", ToAbsl(name)));
  } else if (const auto* one = std::get_if<int64_t>(argument)) {
    ints = {*one};
  } else if (const auto* list = std::get_if<std::vector<int64_t>>(argument)) {
    ints = *list;
  }
  if (ints.empty() || *std::min_element(ints.begin(), ints.end()) < least) {
    return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), " is ",
                                                   graph::ToString(*argument), ", not ints from ",
                                                   least, " on"));
  }
  return ints;
}

const Value* OwnTensor(const Graph& graph, const ModuleCall& call, std::string_view name) {
  for (const ValueId id : call.parameters) {
    const std::string_view qualified = graph.value(id).name;
    if (qualified.substr(qualified.rfind('.') + 1) == name) return &graph.value(id);
  }
  return nullptr;
}

Checked OwnParameters(const Graph& graph, const ModuleCall& call) {
  return OwnElements(graph, call, ValueKind::kParameter);
}

Checked OwnBuffers(const Graph& graph, const ModuleCall& call) {
  return OwnElements(graph, call, ValueKind::kBuffer);
}

}  // namespace latcast::conventions
