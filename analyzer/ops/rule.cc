#include "analyzer/ops/rule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {

bool IsFloating(graph::DType dtype) {
  switch (dtype) {
    case graph::DType::kFloat32:
    case graph::DType::kFloat64:
    case graph::DType::kFloat16:
    case graph::DType::kBFloat16:
      return true;
    default:
      return false;
  }
}

Checked Elements(const graph::Shape& shape) {
  Checked elements = 1;
  for (const int64_t dim : shape) elements *= dim;
  return elements;
}

Checked Elements(const Sizes& sizes) {
  Checked elements = 1;
  for (const int64_t size : sizes) elements *= size;
  return elements;
}

absl::StatusOr<size_t> WrapDim(int64_t dim, size_t rank) {
  const auto n = static_cast<int64_t>(std::max<size_t>(rank, 1));
  if (dim < -n || dim >= n) {
    return Refuse(absl::StrCat("dim ", dim, " is outside [", -n, ", ", n - 1, "]"));
  }
  return static_cast<size_t>(dim < 0 ? dim + n : dim);
}

absl::Status CheckRank(const graph::Value& value, std::string_view name, size_t min, size_t max) {
  const size_t rank = value.shape.size();
  if (rank >= min && rank <= max) return absl::OkStatus();
  std::string wanted = absl::StrCat(min);
  if (max == min + 1) absl::StrAppend(&wanted, " or ", max);
  if (max > min + 1) wanted = absl::StrCat("at least ", min);
  return Refuse(absl::StrCat(ToAbsl(name), " ", ToString(value.shape), ": rank ", rank, ", ",
                             wanted, " expected"));
}

const graph::Value* Optional(const OpCall& call, size_t index) {
  return index < call.inputs.size() ? call.inputs[index] : nullptr;
}

absl::Status CheckSameType(const graph::Value& a, const graph::Value& b) {
  if (a.dtype == b.dtype) return absl::OkStatus();
  return Refuse(absl::StrCat("'", a.name, "' is ", ToAbsl(Name(a.dtype)), " and '", b.name, "' is ",
                             ToAbsl(Name(b.dtype)), ", one type expected"));
}

size_t SpatialDims(std::string_view type) {
  if (type.size() < 2 || type.back() != 'd') return 0;
  const char digit = type[type.size() - 2];
  return digit >= '1' && digit <= '3' ? static_cast<size_t>(digit - '0') : 0;
}

absl::StatusOr<Sizes> GetSizes(const graph::Attributes& attributes, std::string_view name,
                               size_t dims, int64_t fallback, int64_t min) {
  Sizes values(dims, 0);
  RETURN_IF_ERROR(graph::GetInts(attributes, name, fallback, absl::MakeSpan(values.begin(), dims)));
  for (const int64_t value : values) {
    if (value >= min) continue;
    return Refuse(
        absl::StrCat("attribute ", ToAbsl(name), ": ", value, ", at least ", min, " expected"));
  }
  return values;
}

absl::StatusOr<Sizes> GetSizes(const graph::Attributes& attributes, std::string_view name,
                               size_t dims, int64_t min) {
  if (!attributes.contains(name)) {
    return Refuse(absl::StrCat("attribute ", ToAbsl(name), " is missing"));
  }
  return GetSizes(attributes, name, dims, min - 1, min);
}

absl::StatusOr<std::vector<int64_t>> GetList(const graph::Attributes& attributes,
                                             std::string_view name) {
  const auto it = attributes.find(name);
  if (it != attributes.end()) {
    if (const auto* list = std::get_if<std::vector<int64_t>>(&it->second)) return *list;
  }
  ASSIGN_OR_RETURN(const int64_t one, graph::GetInt(attributes, name));
  return std::vector<int64_t>{one};
}

absl::StatusOr<int64_t> GetCount(const OpCall& call, std::string_view name) {
  if (!call.op.attributes.contains(name)) {
    return Refuse(
        absl::StrCat(ToAbsl(kSizeDependsOnData), ": attribute ", ToAbsl(name), " must give it"));
  }
  ASSIGN_OR_RETURN(const int64_t count, graph::GetInt(call.op.attributes, name));
  if (count >= 0) return count;
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": ", count, " is negative"));
}

absl::StatusOr<graph::Shape> Broadcast(const graph::Shape& a, const graph::Shape& b) {
  const graph::Shape& longer = a.size() >= b.size() ? a : b;
  const graph::Shape& shorter = a.size() >= b.size() ? b : a;
  graph::Shape result = longer;
  const size_t offset = longer.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i) {
    int64_t& dim = result[offset + i];
    if (dim == 1) {
      dim = shorter[i];
    } else if (shorter[i] != 1 && shorter[i] != dim) {
      return Refuse(absl::StrCat("shapes ", ToString(a), " and ", ToString(b),
                                 " do not broadcast: ", dim, " against ", shorter[i]));
    }
  }
  return result;
}

InferResult SameAsFirst(const OpCall& call) {
  ASSIGN_OR_RETURN(const graph::Value* input, call.Input(0));
  return TensorTypes{{input->dtype, input->shape}};
}

absl::StatusOr<OpCost> MoveCost(const OpCall& call, int64_t most_of_first) {
  absl::InlinedVector<const graph::Value*, 6> seen;
  Checked activations;
  Checked weights;
  Checked read;
  for (const graph::Value* input : call.inputs) {
    if (input == nullptr || std::find(seen.begin(), seen.end(), input) != seen.end()) continue;
    Checked elements = Elements(input->shape);
    if (seen.empty() && input == call.inputs[0]) {
      ASSIGN_OR_RETURN(const int64_t all, elements.Value("input elements"));
      elements = std::min(all, most_of_first);
    }
    seen.push_back(input);
    const bool is_activation =
        input->kind == graph::ValueKind::kActivation || input->kind == graph::ValueKind::kInput;
    (is_activation ? activations : weights) += elements;
    read += elements * ByteSize(input->dtype);
  }
  Checked outputs;
  Checked written;
  for (const graph::Value* output : call.outputs) {
    outputs += Elements(output->shape);
    written += Elements(output->shape) * ByteSize(output->dtype);
  }
  OpCost cost;
  ASSIGN_OR_RETURN(cost.input_elements, activations.Value("input elements"));
  ASSIGN_OR_RETURN(cost.weight_elements, weights.Value("weight elements"));
  ASSIGN_OR_RETURN(cost.output_elements, outputs.Value("output elements"));
  ASSIGN_OR_RETURN(cost.bytes_read, read.Value("bytes read"));
  ASSIGN_OR_RETURN(cost.bytes_written, written.Value("bytes written"));
  cost.kernels = 1;
  return cost;
}

absl::StatusOr<OpCost> MoveCost(const OpCall& call) { return MoveCost(call, INT64_MAX); }

absl::StatusOr<OpCost> PickCost(const OpCall& call) {
  Checked picked;
  for (const graph::Value* output : call.outputs) picked += Elements(output->shape);
  ASSIGN_OR_RETURN(const int64_t elements, picked.Value("output elements"));
  return MoveCost(call, elements);
}

absl::StatusOr<OpCost> OverwriteCost(const OpCall& call) {
  OpCall rest = call;
  if (!rest.inputs.empty()) rest.inputs.erase(rest.inputs.begin());
  return MoveCost(rest);
}

absl::StatusOr<OpCost> ElementwiseCost(const OpCall& call, int64_t flops) {
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(cost.flops, (Elements(call.outputs[0]->shape) * flops).Value("FLOPs"));
  return cost;
}

absl::StatusOr<OpCost> ViewCost(const OpCall& call) {
  const auto is_shared = [&](const graph::Value* output) {
    return std::any_of(call.inputs.begin(), call.inputs.end(), [&](const graph::Value* input) {
      return input != nullptr && input->storage == output->storage;
    });
  };
  if (std::all_of(call.outputs.begin(), call.outputs.end(), is_shared)) return OpCost{};
  return PickCost(call);
}

}  // namespace latcast::ops
