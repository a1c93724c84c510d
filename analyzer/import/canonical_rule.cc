#include "analyzer/import/canonical_rule.h"

#include <algorithm>

#include "analyzer/graph/attributes.h"

namespace latcast::import {

using graph::Attribute;
using graph::Op;
using graph::Shape;
using graph::ValueId;

const Shape* Context::ShapeOf(const Op& op, size_t input) const {
  if (input >= op.inputs.size() || op.inputs[input] == graph::kNone) return nullptr;
  return &graph.value(op.inputs[input]).shape;
}

bool Context::HasRank(const Op& op, size_t input, size_t rank) const {
  const Shape* shape = ShapeOf(op, input);
  return shape != nullptr && shape->size() == rank;
}

bool Is(const Op& op, std::string_view name, const Attribute& value) {
  const auto it = op.attributes.find(name);
  return it != op.attributes.end() && it->second == value;
}

bool IsNumber(const Op& op, std::string_view name, double value) {
  const absl::StatusOr<double> found = graph::GetDouble(op.attributes, name, value + 1);
  return found.ok() && *found == value;
}

void Rename(Op& op, std::string_view from, std::string_view to) {
  auto node = op.attributes.extract(std::string(from));
  if (node.empty()) return;
  node.key() = to;
  op.attributes.insert(std::move(node));
  for (graph::SizeEntry& entry : op.sizes) {
    if (entry.attribute == from) entry.attribute = to;
  }
}

bool FirstResultOnly(const Context& context, Op& op) {
  const bool unread = std::all_of(op.outputs.begin() + 1, op.outputs.end(), [&](ValueId id) {
    return context.uses[static_cast<size_t>(id)] == 0;
  });
  if (unread) op.outputs.resize(1);
  return unread;
}

bool KeepCount(const Context& context, Op& op) {
  const Shape& shape = context.graph.value(op.outputs[0]).shape;
  if (shape.empty()) return false;
  op.attributes["count"] = shape[0];
  return true;
}

}  // namespace latcast::import
