// latcast.v1.Graph <-> graph::Graph.
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/verify.h"
#include "analyzer/import/canonical.h"
#include "analyzer/import/lcg.h"
#include "analyzer/import/proto_sizes.h"
#include "base/status_macros.h"
#include "latcast/v1/graph.pb.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::DType;
using graph::ValueKind;

constexpr int kSchemaVersion = 1;

constexpr std::pair<v1::DType, DType> kDTypes[] = {
    {v1::DTYPE_FLOAT32, DType::kFloat32}, {v1::DTYPE_FLOAT64, DType::kFloat64},
    {v1::DTYPE_FLOAT16, DType::kFloat16}, {v1::DTYPE_BFLOAT16, DType::kBFloat16},
    {v1::DTYPE_INT64, DType::kInt64},     {v1::DTYPE_INT32, DType::kInt32},
    {v1::DTYPE_INT16, DType::kInt16},     {v1::DTYPE_INT8, DType::kInt8},
    {v1::DTYPE_UINT8, DType::kUInt8},     {v1::DTYPE_BOOL, DType::kBool},
};

constexpr std::pair<v1::ValueKind, ValueKind> kKinds[] = {
    {v1::VALUE_KIND_INPUT, ValueKind::kInput},
    {v1::VALUE_KIND_ACTIVATION, ValueKind::kActivation},
    {v1::VALUE_KIND_PARAMETER, ValueKind::kParameter},
    {v1::VALUE_KIND_BUFFER, ValueKind::kBuffer},
    {v1::VALUE_KIND_CONSTANT, ValueKind::kConstant},
};

template <typename Wire, typename Own, size_t N>
absl::StatusOr<Own> FromWire(const std::pair<Wire, Own> (&table)[N], Wire wire,
                             absl::string_view what) {
  for (const auto& [from, to] : table) {
    if (from == wire) return to;
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown ", what, " ", static_cast<int>(wire)));
}

template <typename Wire, typename Own, size_t N>
Wire ToWire(const std::pair<Wire, Own> (&table)[N], Own own) {
  for (const auto& [to, from] : table) {
    if (from == own) return to;
  }
  return Wire{};
}

template <typename T, typename List>
std::vector<T> ToVector(const List& list) {
  return {list.begin(), list.end()};
}

absl::StatusOr<graph::Attribute> ReadAttribute(const v1::Attribute& proto) {
  switch (proto.value_case()) {
    case v1::Attribute::kIntValue:
      return proto.int_value();
    case v1::Attribute::kFloatValue:
      return proto.float_value();
    case v1::Attribute::kBoolValue:
      return proto.bool_value();
    case v1::Attribute::kStringValue:
      return proto.string_value();
    case v1::Attribute::kInts:
      return ToVector<int64_t>(proto.ints().values());
    case v1::Attribute::kFloats:
      return ToVector<double>(proto.floats().values());
    case v1::Attribute::VALUE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat("attribute '", proto.name(), "' has no value"));
}

template <typename List>
absl::StatusOr<Attributes> ReadAttributes(const List& list) {
  Attributes attributes;
  for (const v1::Attribute& proto : list) {
    if (proto.name().empty()) return absl::InvalidArgumentError("an attribute has no name");
    ASSIGN_OR_RETURN(graph::Attribute attribute, ReadAttribute(proto));
    if (!attributes.emplace(proto.name(), std::move(attribute)).second) {
      return absl::InvalidArgumentError(absl::StrCat("attribute '", proto.name(), "' repeats"));
    }
  }
  return attributes;
}

template <typename List>
void WriteAttributes(const Attributes& attributes, List* list) {
  for (const auto& [name, attribute] : attributes) {
    v1::Attribute* proto = list->Add();
    proto->set_name(name);
    struct Writer {
      v1::Attribute* proto;
      void operator()(int64_t v) const { proto->set_int_value(v); }
      void operator()(double v) const { proto->set_float_value(v); }
      void operator()(bool v) const { proto->set_bool_value(v); }
      void operator()(const std::string& v) const { proto->set_string_value(v); }
      void operator()(const std::vector<int64_t>& v) const {
        proto->mutable_ints()->mutable_values()->Assign(v.begin(), v.end());
      }
      void operator()(const std::vector<double>& v) const {
        proto->mutable_floats()->mutable_values()->Assign(v.begin(), v.end());
      }
    };
    std::visit(Writer{proto}, attribute);
  }
}

absl::StatusOr<graph::Value> ReadValue(const v1::Value& proto) {
  graph::Value value;
  ASSIGN_OR_RETURN(value.kind, FromWire(kKinds, proto.kind(), "kind of value"));
  ASSIGN_OR_RETURN(value.dtype, FromWire(kDTypes, proto.dtype(), "data type"));
  value.name = proto.name();
  value.shape = ToVector<int64_t>(proto.shape());
  value.storage = proto.storage();
  value.requires_grad = proto.requires_grad();
  return value;
}

absl::StatusOr<graph::Op> ReadOp(const v1::Op& proto) {
  graph::Op op;
  op.type = proto.type();
  op.inputs = ToVector<graph::ValueId>(proto.inputs());
  op.outputs = ToVector<graph::ValueId>(proto.outputs());
  ASSIGN_OR_RETURN(op.attributes, ReadAttributes(proto.attributes()));
  op.call = proto.call();
  op.sizes = SizesFromProto(proto);
  return op;
}

absl::StatusOr<graph::ModuleCall> ReadCall(const v1::ModuleCall& proto) {
  graph::ModuleCall call;
  call.path = proto.path();
  call.class_name = proto.class_name();
  call.parent = proto.parent();
  call.index = proto.index();
  ASSIGN_OR_RETURN(call.attributes, ReadAttributes(proto.attributes()));
  call.inputs = ToVector<graph::ValueId>(proto.inputs());
  call.outputs = ToVector<graph::ValueId>(proto.outputs());
  call.parameters = ToVector<graph::ValueId>(proto.parameters());
  call.children = proto.children();
  return call;
}

// "conv2d", "conv2d_1", ...: the file holds no names of operators.
void NameOps(graph::Graph& graph) {
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, int> counts;
  for (graph::Op& op : graph.ops) {
    do {
      const int count = counts[op.type]++;
      op.name = count == 0 ? op.type : absl::StrCat(op.type, "_", count);
    } while (!taken.insert(op.name).second);
  }
}

}  // namespace

absl::StatusOr<graph::Graph> FromProto(const v1::Graph& proto) {
  if (proto.schema_version() > kSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat("schema version ", proto.schema_version(),
                                                      ": a newer latcast wrote it, up to ",
                                                      kSchemaVersion, " is read"));
  }
  if (proto.schema_version() < 1) {
    return absl::InvalidArgumentError("not a captured graph: it has no schema version");
  }
  graph::Graph graph;
  graph.name = proto.name();
  graph.producer = proto.producer();
  for (const v1::Value& value : proto.values()) {
    const size_t index = graph.values.size();
    ASSIGN_OR_RETURN(graph::Value read, Annotate(ReadValue(value), absl::StrCat("value ", index)));
    if (read.name.empty()) read.name = absl::StrCat("%", index);
    graph.values.push_back(std::move(read));
  }
  for (const v1::Op& op : proto.ops()) {
    ASSIGN_OR_RETURN(
        graph::Op read,
        Annotate(ReadOp(op), absl::StrCat("operator ", graph.ops.size(), " '", op.type(), "'")));
    graph.ops.push_back(std::move(read));
  }
  for (const v1::ModuleCall& call : proto.calls()) {
    ASSIGN_OR_RETURN(graph::ModuleCall read,
                     Annotate(ReadCall(call), absl::StrCat("module call ", graph.calls.size(), " '",
                                                           call.path(), "'")));
    graph.calls.push_back(std::move(read));
  }
  graph.inputs = ToVector<graph::ValueId>(proto.inputs());
  graph.outputs = ToVector<graph::ValueId>(proto.outputs());
  if (proto.has_sizes()) {
    ASSIGN_OR_RETURN(graph.sizes, SizesFromProto(proto.sizes()));
  }
  if (graph.outputs.empty()) return absl::InvalidArgumentError("the graph has no outputs");
  NameOps(graph);
  RETURN_IF_ERROR(graph::Verify(graph));
  Canonicalise(graph);  // changes types and arguments of valid operators, keeps them valid
  NameOps(graph);
  return graph;
}

v1::Graph ToProto(const graph::Graph& graph) {
  v1::Graph proto;
  proto.set_schema_version(kSchemaVersion);
  proto.set_name(graph.name);
  proto.set_producer(graph.producer);
  for (const graph::Value& value : graph.values) {
    v1::Value* out = proto.add_values();
    out->set_name(value.name);
    out->set_kind(ToWire(kKinds, value.kind));
    out->set_dtype(ToWire(kDTypes, value.dtype));
    out->mutable_shape()->Assign(value.shape.begin(), value.shape.end());
    out->set_storage(value.storage);
    out->set_requires_grad(value.requires_grad);
  }
  for (const graph::Op& op : graph.ops) {
    v1::Op* out = proto.add_ops();
    out->set_type(op.type);
    out->mutable_inputs()->Assign(op.inputs.begin(), op.inputs.end());
    out->mutable_outputs()->Assign(op.outputs.begin(), op.outputs.end());
    WriteAttributes(op.attributes, out->mutable_attributes());
    out->set_call(op.call);
    SizesToProto(op, *out);
  }
  for (const graph::ModuleCall& call : graph.calls) {
    v1::ModuleCall* out = proto.add_calls();
    out->set_path(call.path);
    out->set_class_name(call.class_name);
    out->set_parent(call.parent);
    out->set_index(call.index);
    WriteAttributes(call.attributes, out->mutable_attributes());
    out->mutable_inputs()->Assign(call.inputs.begin(), call.inputs.end());
    out->mutable_outputs()->Assign(call.outputs.begin(), call.outputs.end());
    out->mutable_parameters()->Assign(call.parameters.begin(), call.parameters.end());
    out->set_children(call.children);
  }
  proto.mutable_inputs()->Assign(graph.inputs.begin(), graph.inputs.end());
  proto.mutable_outputs()->Assign(graph.outputs.begin(), graph.outputs.end());
  if (graph.sizes.has_value()) *proto.mutable_sizes() = SizesToProto(*graph.sizes);
  return proto;
}

}  // namespace latcast::import
