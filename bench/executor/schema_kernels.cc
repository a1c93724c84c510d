#include "bench/executor/schema_kernels.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/jit_type.h>
#include <ATen/core/stack.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

using c10::IValue;
using c10::TypeKind;

// All overloads of all operators by name: "aten::relu" -> {"", "out"}.
const std::multimap<std::string, c10::OperatorName>& Operators() {
  static const auto& all = *[] {
    auto* names = new std::multimap<std::string, c10::OperatorName>;
    for (const c10::OperatorName& name : c10::Dispatcher::singleton().getAllOpNames()) {
      names->emplace(name.name, name);
    }
    return names;
  }();
  return all;
}

std::string Text(const graph::Op& op, std::string_view name) {
  const auto it = op.attributes.find(name);
  const std::string* text =
      it == op.attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
  return text == nullptr ? "" : *text;
}

// Ours differ from LibTorch's where one of ours stands for several of theirs.
std::string LibTorchName(const Call& call) {
  const graph::Op& op = call.op;
  if (op.type == "grid_sample") return "grid_sampler";
  if (op.type != "interpolate") return op.type;
  const size_t rank = call.has(0) ? call.graph.value(op.inputs[0]).shape.size() : 4;
  const std::string mode = Text(op, "mode");
  const std::string sizes = absl::StrCat(std::max<size_t>(rank, 2) - 2, "d");
  if (mode == "nearest-exact") return absl::StrCat("_upsample_nearest_exact", sizes);
  const bool antialias = op.attributes.contains("antialias") &&
                         op.attributes.at("antialias") == graph::Attribute(true);
  return absl::StrCat(antialias ? "_" : "", "upsample_", mode, sizes, antialias ? "_aa" : "");
}

// Attributes that choose the operator and are no argument of it.
std::set<std::string_view> SelectingAttributes(const graph::Op& op) {
  if (op.type == "interpolate") return {"mode", "antialias"};
  return {"inplace"};
}

bool IsTensor(const c10::Type& type) { return type.kind() == TypeKind::TensorType; }

// T of Optional[T], else the type itself.
const c10::Type& Inner(const c10::Type& type) {
  const auto* optional = type.castRaw<c10::OptionalType>();
  return optional == nullptr ? type : *optional->getElementType();
}

// List[Tensor], List[Optional[Tensor]].
bool IsTensorList(const c10::Type& type) {
  const auto* list = Inner(type).castRaw<c10::ListType>();
  return list != nullptr && IsTensor(Inner(*list->getElementType()));
}

std::optional<at::ScalarType> ScalarTypeNamed(std::string_view name) {
  static constexpr std::pair<std::string_view, at::ScalarType> kTypes[] = {
      {"float32", at::kFloat},     {"float64", at::kDouble}, {"float16", at::kHalf},
      {"bfloat16", at::kBFloat16}, {"int64", at::kLong},     {"int32", at::kInt},
      {"int16", at::kShort},       {"int8", at::kChar},      {"uint8", at::kByte},
      {"bool", at::kBool}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

// The attribute as an argument of that type; nullopt where it is none.
std::optional<IValue> Convert(const graph::Attribute& attribute, const c10::Argument& argument) {
  const c10::Type& type = Inner(*argument.type());
  if (const auto* number = std::get_if<int64_t>(&attribute)) {
    switch (type.kind()) {
      case TypeKind::IntType:
      case TypeKind::SymIntType:
      case TypeKind::NumberType:
        return IValue(*number);
      case TypeKind::FloatType:
        return IValue(static_cast<double>(*number));
      case TypeKind::ListType:  // one number stands for all where the length is fixed
        if (!argument.N().has_value()) return std::nullopt;
        return IValue(std::vector<int64_t>{*number});
      default:
        return std::nullopt;
    }
  }
  if (const auto* number = std::get_if<double>(&attribute)) {
    const bool fits = type.kind() == TypeKind::FloatType || type.kind() == TypeKind::NumberType;
    return fits ? std::optional(IValue(*number)) : std::nullopt;
  }
  if (const auto* truth = std::get_if<bool>(&attribute)) {
    const bool fits = type.kind() == TypeKind::BoolType || type.kind() == TypeKind::NumberType;
    return fits ? std::optional(IValue(*truth)) : std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&attribute)) {
    if (type.kind() == TypeKind::StringType) return IValue(*text);
    const std::optional<at::ScalarType> scalar = ScalarTypeNamed(*text);
    if (scalar && type.kind() == TypeKind::IntType) return IValue(static_cast<int64_t>(*scalar));
    return std::nullopt;
  }
  const auto* list = type.castRaw<c10::ListType>();
  if (list == nullptr) return std::nullopt;
  const TypeKind element = list->getElementType()->kind();
  if (const auto* numbers = std::get_if<std::vector<int64_t>>(&attribute)) {
    if (element == TypeKind::FloatType) {
      return IValue(std::vector<double>(numbers->begin(), numbers->end()));
    }
    const bool fits = element == TypeKind::IntType || element == TypeKind::SymIntType;
    return fits ? std::optional(IValue(*numbers)) : std::nullopt;
  }
  const auto& numbers = std::get<std::vector<double>>(attribute);
  return element == TypeKind::FloatType ? std::optional(IValue(numbers)) : std::nullopt;
}

// Where one argument of the call comes from.
struct Argument {
  enum class Kind : uint8_t { kConstant, kTensor, kTensors, kOptionalTensors } kind;
  IValue constant;
  std::vector<int32_t> places;  // of tensors; -1 where absent
};

// How an operator of the graph calls one overload.
struct Binding {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
};

// The tensors of one list argument: all that later tensor arguments leave. Only recurrent layers
// have two lists: the first holds the hidden states.
size_t ListLength(const graph::Op& op, size_t taken, size_t later_tensors, bool is_last_list) {
  const size_t left = op.inputs.size() - std::min(taken, op.inputs.size());
  if (!is_last_list) return std::min<size_t>(left, 2);
  return left > later_tensors ? left - later_tensors : 0;
}

// Why the overload does not fit, or how it does.
absl::StatusOr<Binding> Bind(const Call& call, const c10::OperatorHandle& handle) {
  const std::vector<c10::Argument>& declared = handle.schema().arguments();
  const graph::Op& op = call.op;
  Binding binding{handle, {}};
  std::set<std::string_view> used = SelectingAttributes(op);
  size_t next = 0;
  for (size_t i = 0; i < declared.size(); ++i) {
    const c10::Argument& argument = declared[i];
    const c10::Type& type = *argument.type();
    const auto rest = [&](const auto& predicate) {
      return static_cast<size_t>(
          std::count_if(declared.begin() + static_cast<std::ptrdiff_t>(i) + 1, declared.end(),
                        [&predicate](const c10::Argument& a) { return predicate(*a.type()); }));
    };
    Argument bound{Argument::Kind::kConstant, {}, {}};
    const auto attribute = op.attributes.find(argument.name());
    if (IsTensorList(type)) {
      const size_t length =
          ListLength(op, next, rest([](const c10::Type& t) { return IsTensor(Inner(t)); }),
                     rest(IsTensorList) == 0);
      const auto* list = Inner(type).castRaw<c10::ListType>();
      bound.kind = IsTensor(*list->getElementType()) ? Argument::Kind::kTensors
                                                     : Argument::Kind::kOptionalTensors;
      for (size_t k = 0; k < length; ++k) bound.places.push_back(op.inputs[next++]);
    } else if (IsTensor(Inner(type))) {
      const bool present = call.has(next);
      if (!present && IsTensor(type)) {
        return absl::InvalidArgumentError(
            absl::StrCat("no tensor for argument '", argument.name(), "'"));
      }
      bound.kind = Argument::Kind::kTensor;
      bound.places.push_back(present ? op.inputs[next] : graph::kNone);
      ++next;
    } else if (attribute != op.attributes.end()) {
      std::optional<IValue> value = Convert(attribute->second, argument);
      if (!value) {
        return absl::InvalidArgumentError(
            absl::StrCat("attribute '", argument.name(), "' is no ", type.str()));
      }
      used.insert(attribute->first);
      bound.constant = *std::move(value);
    } else if (argument.default_value().has_value()) {
      bound.constant = *argument.default_value();
    } else if (type.kind() != TypeKind::OptionalType) {
      return absl::InvalidArgumentError(
          absl::StrCat("attribute '", argument.name(), "' is missing"));
    }
    binding.arguments.push_back(std::move(bound));
  }
  if (next < op.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat(op.inputs.size(), " tensors, ", next, " fit"));
  }
  for (const auto& [name, value] : op.attributes) {
    if (!used.contains(name)) {
      return absl::InvalidArgumentError(absl::StrCat("no argument takes attribute '", name, "'"));
    }
  }
  return binding;
}

IValue Evaluate(const Argument& argument, const at::Tensor* values) {
  const auto tensor = [values](int32_t place) {
    return place == graph::kNone ? at::Tensor() : values[static_cast<size_t>(place)];
  };
  switch (argument.kind) {
    case Argument::Kind::kConstant:
      return argument.constant;
    case Argument::Kind::kTensor: {
      const int32_t place = argument.places.front();
      return place == graph::kNone ? IValue() : IValue(tensor(place));
    }
    case Argument::Kind::kTensors: {
      c10::List<at::Tensor> list;
      for (const int32_t place : argument.places) list.push_back(tensor(place));
      return list;
    }
    case Argument::Kind::kOptionalTensors: {
      c10::List<std::optional<at::Tensor>> list;
      for (const int32_t place : argument.places) {
        list.push_back(place == graph::kNone ? std::optional<at::Tensor>()
                                             : std::optional(tensor(place)));
      }
      return list;
    }
  }
  return {};
}

Kernel MakeKernel(Binding binding, std::vector<graph::ValueId> outputs) {
  return [binding = std::move(binding), outputs = std::move(outputs)](at::Tensor* values) {
    torch::jit::Stack stack;
    stack.reserve(binding.arguments.size());
    for (const Argument& argument : binding.arguments) stack.push_back(Evaluate(argument, values));
    binding.handle.callBoxed(stack);
    size_t next = 0;
    const auto store = [&](const at::Tensor& tensor) {
      if (next < outputs.size()) values[static_cast<size_t>(outputs[next++])] = tensor;
    };
    for (const IValue& result : stack) {
      if (result.isTensor()) {
        store(result.toTensor());
      } else if (result.isTensorList()) {
        for (const at::Tensor& tensor : result.toTensorVector()) store(tensor);
      }
    }
  };
}

}  // namespace

absl::StatusOr<Kernel> ResolveBySchema(const Call& call) {
  const std::string name = absl::StrCat("aten::", LibTorchName(call), call.inplace() ? "_" : "");
  const auto [begin, end] = Operators().equal_range(name);
  if (begin == end) return absl::UnimplementedError("the bench cannot run this operator");
  std::string reasons;
  for (auto it = begin; it != end; ++it) {
    const auto handle = c10::Dispatcher::singleton().findSchema(it->second);
    if (!handle.has_value() || it->second.overload_name.find("out") != std::string::npos) continue;
    absl::StatusOr<Binding> binding = Bind(call, *handle);
    if (binding.ok()) return MakeKernel(*std::move(binding), call.op.outputs);
    absl::StrAppend(&reasons, reasons.empty() ? "" : "; ", it->second.overload_name, ": ",
                    binding.status().message());
  }
  return absl::InvalidArgumentError(absl::StrCat("no form of ", name, " fits (", reasons, ")"));
}

}  // namespace latcast::bench
