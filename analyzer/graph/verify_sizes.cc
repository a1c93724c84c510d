#include "analyzer/graph/verify_sizes.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::graph {
namespace {

absl::Status Bad(std::string_view what) { return absl::InvalidArgumentError(ToAbsl(what)); }

template <typename List>
bool Has(const List& list, int64_t index) {
  return index >= 0 && index < std::ssize(list);
}

class SizesVerifier {
 public:
  SizesVerifier(const Graph& graph, const Sizes& sizes) : graph_(graph), sizes_(sizes) {}

  absl::Status Run() {
    RETURN_IF_ERROR(CheckExpressions());
    OpId last = 0;
    for (size_t i = 0; i < sizes_.conditions.size(); ++i) {
      const SizeCondition& condition = sizes_.conditions[i];
      const auto where = [&] { return absl::StrCat("size condition ", i); };
      RETURN_IF_ERROR(Annotate(CheckPlace(condition.op, last), where));
      if (!Has(graph_.calls, condition.call)) {
        return Bad(absl::StrCat(where(), ": no module call ", condition.call));
      }
      RETURN_IF_ERROR(Annotate(CheckUse(condition.left, condition.op), where));
      RETURN_IF_ERROR(Annotate(CheckUse(condition.right, condition.op), where));
    }
    RETURN_IF_ERROR(CheckConstants());
    RETURN_IF_ERROR(CheckInputs());
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      const Op& op = graph_.ops[i];
      const auto where = [&] { return absl::StrCat("operator ", i, " '", op.name, "'"); };
      for (const SizeEntry& entry : op.sizes) {
        RETURN_IF_ERROR(Annotate(CheckUse(entry.expression, static_cast<OpId>(i)), where));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status CheckExpressions() {
    std::vector<OpId> written(graph_.values.size(), 0);  // the first operator that may read it
    for (size_t i = 0; i < graph_.ops.size(); ++i) {
      for (const ValueId id : graph_.ops[i].outputs) {
        written[static_cast<size_t>(id)] = static_cast<OpId>(i) + 1;
      }
    }
    OpId ready = 0;
    for (size_t i = 0; i < sizes_.expressions.size(); ++i) {
      const SizeExpression& expression = sizes_.expressions[i];
      const auto where = [&] { return absl::StrCat("size expression ", i); };
      if (expression.op == SizeOperator::kDim) {
        if (!Has(graph_.values, expression.left)) {
          return Bad(absl::StrCat(where(), ": no value ", expression.left));
        }
        const auto value = static_cast<size_t>(expression.left);
        if (!Has(graph_.values[value].shape, expression.right)) {
          return Bad(absl::StrCat(where(), ": value '", graph_.values[value].name, "' has no axis ",
                                  expression.right));
        }
        ready = std::max(ready, written[value]);
      } else if (expression.op != SizeOperator::kConstant) {
        for (const int64_t operand : {expression.left, expression.right}) {
          if (operand >= 0 && operand < static_cast<int64_t>(i)) continue;
          return Bad(absl::StrCat(where(), ": operand ", operand, " does not precede it"));
        }
      }
      ready_.push_back(ready);
    }
    return absl::OkStatus();
  }

  absl::Status CheckPlace(OpId op, OpId& last) const {
    if (!Has(graph_.ops, op)) return Bad(absl::StrCat("no operator ", op));
    if (op < last) return Bad(absl::StrCat("operator ", op, " comes before operator ", last));
    last = op;
    return absl::OkStatus();
  }

  absl::Status CheckUse(int32_t expression, OpId op) const {
    if (!Has(ready_, expression)) return Bad(absl::StrCat("no size expression ", expression));
    if (ready_[static_cast<size_t>(expression)] > op) {
      return Bad(absl::StrCat("size expression ", expression,
                              " needs the size of a value that is written later"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckConstants() const {
    OpId last = 0;
    for (size_t i = 0; i < sizes_.constants.size(); ++i) {
      const SizedConstant& constant = sizes_.constants[i];
      const auto where = [&] { return absl::StrCat("constant ", i, " made for a size"); };
      RETURN_IF_ERROR(Annotate(CheckPlace(constant.op, last), where));
      if (!Has(graph_.values, constant.value)) {
        return Bad(absl::StrCat(where(), ": no value ", constant.value));
      }
      const Value& value = graph_.value(constant.value);
      if (value.kind != ValueKind::kConstant) {
        return Bad(absl::StrCat(where(), ": value '", value.name, "' is no constant"));
      }
      if (value.shape.size() != constant.shape.size()) {
        return Bad(absl::StrCat(where(), ": ", constant.shape.size(), " dimensions for value '",
                                value.name, "' of rank ", value.shape.size()));
      }
      for (const int32_t expression : constant.shape) {
        RETURN_IF_ERROR(Annotate(CheckUse(expression, constant.op), where));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckDim(int32_t input, int32_t axis) const {
    if (!Has(graph_.inputs, input)) return Bad(absl::StrCat("no input ", input));
    if (Has(graph_.value(graph_.inputs[static_cast<size_t>(input)]).shape, axis)) {
      return absl::OkStatus();
    }
    return Bad(absl::StrCat("input ", input, " has no axis ", axis));
  }

  absl::Status CheckInputs() const {
    for (size_t i = 0; i < sizes_.fixed.size(); ++i) {
      RETURN_IF_ERROR(Annotate(CheckDim(sizes_.fixed[i].input, sizes_.fixed[i].axis),
                               [&] { return absl::StrCat("fixed dimension ", i); }));
    }
    for (size_t i = 0; i < sizes_.storages.size(); ++i) {
      const StorageChange& change = sizes_.storages[i];
      const auto where = [&] { return absl::StrCat("change of storages ", i); };
      RETURN_IF_ERROR(Annotate(CheckDim(change.input, change.axis), where));
      if (change.values.size() != change.storages.size()) {
        return Bad(absl::StrCat(where(), ": ", change.values.size(), " values, ",
                                change.storages.size(), " storages"));
      }
      for (size_t j = 0; j < change.values.size(); ++j) {
        if (!Has(graph_.values, change.values[j])) {
          return Bad(absl::StrCat(where(), ": no value ", change.values[j]));
        }
        if (!Has(graph_.values, change.storages[j])) {
          return Bad(absl::StrCat(where(), ": storage ", change.storages[j], " of ",
                                  graph_.values.size(), " values"));
        }
      }
    }
    return absl::OkStatus();
  }

  const Graph& graph_;
  const Sizes& sizes_;
  std::vector<OpId> ready_;  // by expression: the first operator that may use it
};

absl::Status CheckEntries(const Graph& graph) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (!op.sizes.empty() && !graph.sizes.has_value()) {
      return Bad(
          absl::StrCat("operator ", i, " '", op.name, "': the graph has no size expressions"));
    }
    for (const SizeEntry& entry : op.sizes) {
      if (FindNumber(op.attributes, entry) != nullptr) continue;
      return Bad(absl::StrCat("operator ", i, " '", op.name, "': no number ", entry.entry,
                              " in attribute '", entry.attribute, "'"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifySizes(const Graph& graph, const GraphLimits& limits) {
  RETURN_IF_ERROR(CheckEntries(graph));
  if (!graph.sizes.has_value()) return absl::OkStatus();
  const Sizes& sizes = *graph.sizes;
  const auto check = [&](size_t size, std::string_view what) -> absl::Status {
    if (size <= limits.max_sizes) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat(size, " ", ToAbsl(what), ", at most ", limits.max_sizes, " are accepted"));
  };
  RETURN_IF_ERROR(check(sizes.expressions.size(), "size expressions"));
  RETURN_IF_ERROR(check(sizes.conditions.size(), "size conditions"));
  return SizesVerifier(graph, sizes).Run();
}

}  // namespace latcast::graph
