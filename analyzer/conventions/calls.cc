#include "analyzer/conventions/calls.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"

namespace latcast::conventions {
namespace {

const CallRule* FindRule(std::span<const CallRule> rules, const graph::ModuleCall& call) {
  for (const CallRule& rule : rules) {
    const bool fits =
        rule.classes == kAny ? call.children == 0 : HasWord(rule.classes, call.class_name);
    if (fits) return &rule;
  }
  return nullptr;
}

}  // namespace

Checked SeenCall::In() const { return Numel(in.shape); }
Checked SeenCall::Out() const { return Numel(out.shape); }
Checked SeenCall::Parameters() const { return OwnParameters(graph, call); }

const graph::Value* SeenCall::Own(std::string_view name) const {
  return OwnTensor(graph, call, name);
}

int64_t SeenCall::Int(std::string_view name, int64_t fallback) const {
  const auto it = call.attributes.find(name);
  if (it == call.attributes.end()) return fallback;
  if (const auto* number = std::get_if<int64_t>(&it->second)) return *number;
  if (const auto* flag = std::get_if<bool>(&it->second)) return *flag ? 1 : 0;
  return fallback;
}

std::string_view SeenCall::Text(std::string_view name) const {
  const auto it = call.attributes.find(name);
  const auto* text = it == call.attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
  return text == nullptr ? std::string_view() : *text;
}

Checked SeenCall::Kernel(size_t dims) const {
  const auto kernel = graph::GetInts(call.attributes, "kernel_size", dims, 1);
  Checked elements = 1;
  if (kernel.ok()) {
    for (const int64_t dim : *kernel) elements *= dim;
  }
  return elements;
}

int64_t SizeOf(const graph::Shape& shape, size_t dim) {
  return dim < shape.size() ? shape[dim] : 1;
}

Checked ConvMacs(const SeenCall& call) {
  const graph::Value* weight = call.Own("weight");
  if (weight == nullptr) return 0;
  Checked macs = HasWord(kTransposedClasses, call.call.class_name) ? call.In() : call.Out();
  for (size_t i = 1; i < weight->shape.size(); ++i) macs *= weight->shape[i];
  return macs;
}

Checked LinearMacs(const SeenCall& call) {
  return call.Out() * (call.in.shape.empty() ? 1 : call.in.shape.back());
}

Checked Bias(const SeenCall& call) { return call.Has("bias") ? call.Out() : Checked(0); }

Checked RecurrentWork(const SeenCall& call, bool as_flops) {
  const bool is_cell = call.call.class_name.ends_with("Cell");
  const int64_t units = call.Int("hidden_size", 0);
  const int64_t by_unit = call.call.class_name.starts_with("LSTM")  ? 10
                          : call.call.class_name.starts_with("GRU") ? 7
                                                                    : 1;
  Checked step;
  for (const graph::ValueId id : call.call.parameters) {
    const graph::Value& value = call.graph.value(id);
    const std::string_view name = std::string_view(value.name).substr(value.name.rfind('.') + 1);
    if (name.ends_with("_reverse") || name.starts_with("weight_hr")) continue;
    const Checked elements = Numel(value.shape);
    const bool is_matrix = value.shape.size() == 2;
    step += as_flops && is_matrix ? elements * 2 - SizeOf(value.shape, 0) : elements;
    if (name.starts_with("weight_ih")) step += Checked(units) * by_unit;  // once a layer
  }
  const int64_t directions = call.Int("bidirectional", 0) != 0 ? 2 : 1;
  return step * directions * SizeOf(call.in.shape, 0) * (is_cell ? 1 : SizeOf(call.in.shape, 1));
}

absl::StatusOr<Table> CountCalls(const graph::Graph& graph,
                                 std::initializer_list<std::span<const CallRule>> columns) {
  Table table;
  std::vector<Checked> totals(columns.size());
  for (size_t i = 0; i < graph.calls.size(); ++i) {
    const graph::ModuleCall& call = graph.calls[i];
    const graph::Value* in = FirstInput(graph, call);
    const graph::Value* out = FirstOutput(graph, call);
    if (in == nullptr || out == nullptr) continue;
    const SeenCall seen{graph, call, *in, *out};
    Row row{static_cast<graph::CallId>(i), graph::kNone, call.path, {}};
    bool known = false;
    for (const std::span<const CallRule> rules : columns) {
      const CallRule* rule = FindRule(rules, call);
      known = known || rule != nullptr;
      const Checked count = rule == nullptr ? Checked(0) : rule->count(seen);
      ASSIGN_OR_RETURN(const double exact,
                       Exact(count, absl::StrCat(call.path, " (", call.class_name, ")")));
      totals[row.values.size()] += count;
      row.values.push_back(exact);
    }
    if (known) table.rows.push_back(std::move(row));
  }
  for (const Checked& total : totals) {
    ASSIGN_OR_RETURN(const double exact, Exact(total, "total"));
    table.totals.push_back(exact);
  }
  RETURN_IF_ERROR(NoteMissed(graph, table));
  return table;
}

}  // namespace latcast::conventions
