#include "analyzer/import/canonical.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"
#include "analyzer/ops/op_def.h"

namespace latcast::import {
namespace {

using graph::Graph;
using graph::Op;
using graph::ValueId;

// Every table there is; the only list to extend.
std::vector<std::span<const Rule>> Tables() {
  return {
      CoreRules(),      ElementwiseRules(), CreationRules(),
      ReductionRules(), LayerRules(),       MovementRules(),
  };
}

const Rule* FindRule(std::string_view framework) {
  static const auto& by_name = *[] {
    auto* index = new absl::flat_hash_map<std::string_view, const Rule*>;
    for (const std::span<const Rule> table : Tables()) {
      for (const Rule& rule : table) index->emplace(rule.framework, &rule);
    }
    return index;
  }();
  const auto it = by_name.find(framework);
  return it == by_name.end() ? nullptr : it->second;
}

bool Contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The operator by the rule, or nothing where it does not hold.
std::optional<Op> Apply(const Rule& rule, const Context& context, Op op) {
  op.type = rule.canonical;
  if (rule.adapt != nullptr && !rule.adapt(context, op)) return std::nullopt;
  for (auto it = op.attributes.begin(); it != op.attributes.end();) {
    const std::string& name = it->first;
    if (Contains(rule.dropped, name)) {
      it = op.attributes.erase(it);
    } else if (Contains(rule.kept, name) || name == "inplace") {
      ++it;
    } else {
      return std::nullopt;
    }
  }
  // A view in place (squeeze_) overwrites nothing.
  const ops::OpDef* def = ops::FindOp(op.type);
  if (def != nullptr && def->is_view) op.attributes.erase("inplace");
  std::erase_if(op.sizes, [&](const graph::SizeEntry& entry) {
    return graph::FindNumber(op.attributes, entry) == nullptr;
  });
  return op;
}

// The namespaces of operators that the tables name.
constexpr std::string_view kNamespaces[] = {"aten.", "torchvision."};

void CanonicaliseOp(const Context& context, std::string_view space, Op& op) {
  std::string_view base = op.type;
  base.remove_prefix(space.size());
  base = base.substr(0, base.find('.'));  // without the overload
  if (base.ends_with('_') && !base.ends_with("__")) {
    base.remove_suffix(1);
    op.attributes["inplace"] = true;
  }
  const Rule* rule = FindRule(base);
  if (rule == nullptr) return;
  if (std::optional<Op> canonical = Apply(*rule, context, op)) op = *std::move(canonical);
}

}  // namespace

void Canonicalise(Graph& graph) {
  Context context{graph, std::vector<int>(graph.values.size(), 0),
                  std::vector<const Op*>(graph.values.size(), nullptr)};
  for (const ValueId id : graph.outputs) ++context.uses[static_cast<size_t>(id)];
  for (const Op& op : graph.ops) {
    for (const ValueId id : op.inputs) {
      if (id != graph::kNone) ++context.uses[static_cast<size_t>(id)];
    }
  }
  for (Op& op : graph.ops) {
    for (const std::string_view space : kNamespaces) {
      if (op.type.starts_with(space)) CanonicaliseOp(context, space, op);
    }
    for (const ValueId id : op.outputs) context.producer[static_cast<size_t>(id)] = &op;
  }
}

std::vector<Synonym> Synonyms() {
  std::vector<Synonym> synonyms;
  for (const std::span<const Rule> table : Tables()) {
    for (const Rule& rule : table) synonyms.push_back({rule.framework, rule.canonical});
  }
  return synonyms;
}

}  // namespace latcast::import
