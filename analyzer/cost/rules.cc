#include "analyzer/cost/rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/checked.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "nlohmann/json.hpp"

namespace latcast::cost {
namespace {

using graph::Graph;
using graph::Value;
using graph::ValueId;
using graph::ValueKind;
using nlohmann::json;

absl::Status Wrong(const auto&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::StatusOr<Expression> ReadFormula(const std::string& name, const json& value) {
  if (value.is_number_integer()) return Annotate(Expression::Parse(value.dump()), name);
  if (!value.is_string()) return Wrong(name, ": a formula in quotes was expected");
  return Annotate(Expression::Parse(value.get<std::string>()), name);
}

absl::StatusOr<CostRule> ReadRule(const json& entry) {
  if (!entry.is_object()) return Wrong("{\"macs\": \"...\"} was expected");
  std::map<std::string, Expression, std::less<>> formulas;
  const std::vector<std::string_view> names = {"macs", "flops", "bytes_read", "bytes_written",
                                               "kernels"};
  for (const auto& [name, value] : entry.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return Wrong("'", name, "' is none of macs, flops, bytes_read, bytes_written, kernels",
                   DidYouMean(name, names));
    }
    ASSIGN_OR_RETURN(Expression formula, ReadFormula(name, value));
    formulas.emplace(name, std::move(formula));
  }
  if (!formulas.contains("macs")) return Wrong("macs is missing");
  const auto optional = [&formulas](std::string_view name) -> std::optional<Expression> {
    const auto it = formulas.find(name);
    return it == formulas.end() ? std::nullopt : std::optional(it->second);
  };
  return CostRule{formulas.at("macs"), optional("flops"), optional("bytes_read"),
                  optional("bytes_written"), optional("kernels")};
}

absl::StatusOr<std::map<std::string, CostRule, std::less<>>> ReadSection(const json& file,
                                                                         const char* section) {
  std::map<std::string, CostRule, std::less<>> rules;
  const auto it = file.find(section);
  if (it == file.end()) return rules;
  if (!it->is_object()) return Wrong(section, ": an object of rules was expected");
  for (const auto& [name, entry] : it->items()) {
    ASSIGN_OR_RETURN(CostRule rule,
                     Annotate(ReadRule(entry), absl::StrCat(section, " '", name, "'")));
    rules.emplace(name, std::move(rule));
  }
  return rules;
}

bool IsWeight(const Value& value) {
  return value.kind == ValueKind::kParameter || value.kind == ValueKind::kBuffer;
}

// Tensors that are no weights.
std::vector<const Value*> Tensors(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<const Value*> tensors;
  for (const ValueId id : ids) {
    if (id != graph::kNone && !IsWeight(graph.value(id))) tensors.push_back(&graph.value(id));
  }
  return tensors;
}

struct Size {
  int64_t elements = 0;
  int64_t bytes = 0;
};

// Every tensor once.
absl::StatusOr<Size> SizeOf(std::vector<const Value*> tensors, std::string_view what) {
  std::sort(tensors.begin(), tensors.end());
  tensors.erase(std::unique(tensors.begin(), tensors.end()), tensors.end());
  Checked elements;
  Checked bytes;
  for (const Value* tensor : tensors) {
    Checked numel = 1;
    for (const int64_t dim : tensor->shape) numel *= dim;
    elements += numel;
    bytes += numel * ByteSize(tensor->dtype);
  }
  Size size;
  ASSIGN_OR_RETURN(size.elements, elements.Value(what));
  ASSIGN_OR_RETURN(size.bytes, bytes.Value(what));
  return size;
}

absl::StatusOr<int64_t> Formula(const Expression& formula, const ExpressionScope& scope,
                                std::string_view name) {
  ASSIGN_OR_RETURN(const int64_t value, Annotate(formula.Evaluate(scope), name));
  if (value < 0) return Wrong(ToAbsl(name), ": '", formula.text(), "' is ", value);
  return value;
}

absl::StatusOr<ops::OpCost> Evaluate(const CostRule& rule, const ExpressionScope& scope,
                                     const Size& weights) {
  ops::OpCost cost;
  ASSIGN_OR_RETURN(const Size read, SizeOf(scope.inputs, "bytes read"));
  ASSIGN_OR_RETURN(const Size written, SizeOf(scope.outputs, "bytes written"));
  cost.input_elements = read.elements;
  cost.output_elements = written.elements;
  cost.weight_elements = weights.elements;
  cost.bytes_written = written.bytes;
  ASSIGN_OR_RETURN(cost.bytes_read, (Checked(read.bytes) + weights.bytes).Value("bytes read"));
  cost.kernels = 1;
  ASSIGN_OR_RETURN(cost.macs, Formula(rule.macs, scope, "macs"));
  if (cost.macs > 0) cost.mac_class = ops::MacClass::kMatmul;
  ASSIGN_OR_RETURN(cost.flops, (Checked(cost.macs) * 2).Value("flops"));
  if (rule.flops) {
    ASSIGN_OR_RETURN(cost.flops, Formula(*rule.flops, scope, "flops"));
  }
  if (rule.bytes_read) {
    ASSIGN_OR_RETURN(cost.bytes_read, Formula(*rule.bytes_read, scope, "bytes_read"));
  }
  if (rule.bytes_written) {
    ASSIGN_OR_RETURN(cost.bytes_written, Formula(*rule.bytes_written, scope, "bytes_written"));
  }
  if (rule.kernels) {
    ASSIGN_OR_RETURN(cost.kernels, Formula(*rule.kernels, scope, "kernels"));
  }
  return cost;
}

// Parameters and buffers of a call and of all calls inside.
std::vector<const Value*> WeightsWithin(const Graph& graph, graph::CallId root) {
  std::vector<bool> inside(graph.calls.size(), false);
  absl::flat_hash_set<const Value*> weights;
  for (size_t i = static_cast<size_t>(root); i < graph.calls.size(); ++i) {
    const graph::ModuleCall& call = graph.calls[i];
    const bool child = call.parent != graph::kNone && inside[static_cast<size_t>(call.parent)];
    inside[i] = child || i == static_cast<size_t>(root);
    if (!inside[i]) continue;
    for (const ValueId id : call.parameters) weights.insert(&graph.value(id));
  }
  return {weights.begin(), weights.end()};
}

std::vector<const Value*> ParametersOf(std::vector<const Value*> weights) {
  std::erase_if(weights, [](const Value* v) { return v->kind != ValueKind::kParameter; });
  return weights;
}

}  // namespace

absl::StatusOr<Rules> ParseRules(std::string_view text) {
  json file;
  try {
    file = json::parse(text);
  } catch (const json::exception& error) {
    return Wrong("not JSON: ", error.what());
  }
  if (!file.is_object()) return Wrong("an object with \"ops\" and \"modules\" was expected");
  const json version = file.value("schema_version", json());
  if (!version.is_number_integer()) return Wrong("schema_version is missing");
  if (version != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("schema_version ", version.dump(), ": version 1 is read"));
  }
  for (const auto& [key, value] : file.items()) {
    if (key != "schema_version" && key != "ops" && key != "modules") {
      return Wrong("'", key, "' is none of schema_version, ops, modules");
    }
  }
  Rules rules;
  ASSIGN_OR_RETURN(rules.ops, ReadSection(file, "ops"));
  ASSIGN_OR_RETURN(rules.modules, ReadSection(file, "modules"));
  return rules;
}

absl::StatusOr<ops::OpCost> CostByRule(const CostRule& rule, const Graph& graph,
                                       const graph::Op& op) {
  std::vector<const Value*> weights;
  for (const ValueId id : op.inputs) {
    if (id != graph::kNone && IsWeight(graph.value(id))) weights.push_back(&graph.value(id));
  }
  ASSIGN_OR_RETURN(const Size parameters, SizeOf(ParametersOf(weights), "params"));
  ASSIGN_OR_RETURN(const Size all, SizeOf(weights, "weights"));
  return Evaluate(
      rule,
      {Tensors(graph, op.inputs), Tensors(graph, op.outputs), parameters.elements, &op.attributes},
      all);
}

absl::StatusOr<ops::OpCost> CostByRule(const CostRule& rule, const Graph& graph, graph::CallId id) {
  const graph::ModuleCall& call = graph.calls[static_cast<size_t>(id)];
  const std::vector<const Value*> weights = WeightsWithin(graph, id);
  ASSIGN_OR_RETURN(const Size parameters, SizeOf(ParametersOf(weights), "params"));
  ASSIGN_OR_RETURN(const Size all, SizeOf(weights, "weights"));
  return Evaluate(rule,
                  {Tensors(graph, call.inputs), Tensors(graph, call.outputs), parameters.elements,
                   &call.attributes},
                  all);
}

}  // namespace latcast::cost
