#include "analyzer/insight/field_rule.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/op_def.h"

namespace latcast::insight {
namespace {

using Ints = std::vector<int64_t>;

// Families whose operators work element by element, one and all.
constexpr std::string_view kElementwiseFamilies[] = {"activation", "function",  "arithmetic",
                                                     "comparison", "selection", "regularization"};
// Families whose results do not depend on the elements of their inputs.
constexpr std::string_view kConstantFamilies[] = {"creation", "random"};

std::optional<ValueField> SeesNothing(FieldCall&) { return ValueField(); }

FieldRule FindRule(std::string_view op) {
  static const auto& rules = *[] {
    auto* all = new absl::flat_hash_map<std::string_view, FieldRule>;
    for (const auto table : {WindowFieldRules, SamplingFieldRules, MixingFieldRules, AxisFieldRules,
                             LookupFieldRules, RecurrentFieldRules, ElementwiseFieldRules}) {
      for (const NamedFieldRule& rule : table()) all->emplace(rule.op, rule.rule);
    }
    return all;
  }();
  const auto it = rules.find(op);
  if (it != rules.end()) return it->second;
  const ops::OpDef* def = ops::FindOp(op);
  if (def == nullptr) return nullptr;
  if (std::ranges::count(kElementwiseFamilies, def->family) > 0) return ElementwiseField;
  return std::ranges::count(kConstantFamilies, def->family) > 0 ? SeesNothing : nullptr;
}

}  // namespace

const graph::Shape& FieldCall::in(size_t index) const {
  static const graph::Shape& absent = *new graph::Shape();
  return op.inputs[index] == graph::kNone ? absent : graph.value(op.inputs[index]).shape;
}

std::optional<int64_t> FieldCall::Int(std::string_view name) const {
  const absl::StatusOr<int64_t> value = graph::GetInt(op.attributes, name);
  return value.ok() ? std::optional<int64_t>(*value) : std::nullopt;
}

std::optional<Ints> FieldCall::List(std::string_view name) const {
  const auto it = op.attributes.find(name);
  if (it == op.attributes.end()) return std::nullopt;
  if (const auto* list = std::get_if<Ints>(&it->second)) return *list;
  if (const auto* one = std::get_if<int64_t>(&it->second)) return Ints{*one};
  return std::nullopt;
}

bool FieldCall::Flag(std::string_view name, bool fallback) const {
  return graph::GetBool(op.attributes, name, fallback).value_or(fallback);
}

std::optional<size_t> FieldCall::AxisNamed(std::string_view name,
                                           std::optional<int64_t> fallback) const {
  const std::optional<int64_t> dim = op.attributes.contains(name) ? Int(name) : fallback;
  return dim ? WrapAxis(*dim, in(0).size()) : std::nullopt;
}

bool FieldCall::ConstantFrom(size_t first) const {
  for (size_t i = first; i < fields.size(); ++i) {
    if (!fields[i].none()) return false;
  }
  return true;
}

std::optional<size_t> WrapAxis(int64_t dim, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  if (dim < 0) dim += signed_rank;
  if (dim < 0 || dim >= signed_rank) return std::nullopt;
  return static_cast<size_t>(dim);
}

std::optional<ValueField> IfAllSeeTheSame(const ValueField& field, AxisSet axes,
                                          int64_t input_length) {
  ValueField collapsed = field;
  collapsed.Collapse(axes, input_length);
  return collapsed == field ? std::optional<ValueField>(field) : std::nullopt;
}

bool HasFieldRule(std::string_view op) { return FindRule(op) != nullptr; }

std::optional<ValueField> FieldOf(FieldCall& call) {
  const FieldRule rule = FindRule(call.op.type);
  if (rule == nullptr || call.op.inputs.empty()) return std::nullopt;
  return rule(call);
}

}  // namespace latcast::insight
