#include "analyzer/ops/follow_sizes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/rule.h"
#include "base/checked.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Graph;
using graph::Shape;
using graph::SizeComparison;
using graph::SizeOperator;

int64_t InputDim(const Graph& graph, int32_t input, int32_t axis) {
  const graph::ValueId id = graph.inputs[static_cast<size_t>(input)];
  return graph.value(id).shape[static_cast<size_t>(axis)];
}

bool Compare(SizeComparison comparison, int64_t left, int64_t right) {
  switch (comparison) {
    case SizeComparison::kEqual:
      return left == right;
    case SizeComparison::kLess:
      return left < right;
    case SizeComparison::kLessEqual:
      return left <= right;
  }
  return false;
}

std::string_view Symbol(SizeComparison comparison) {
  switch (comparison) {
    case SizeComparison::kEqual:
      return "==";
    case SizeComparison::kLess:
      return "<";
    case SizeComparison::kLessEqual:
      return "<=";
  }
  return "";
}

// Rounded down, with what remains.
absl::StatusOr<std::pair<int64_t, int64_t>> Divide(int64_t number, int64_t divisor) {
  if (divisor == 0) return Refuse("a size is divided by zero");
  if (divisor == -1) {
    ASSIGN_OR_RETURN(const int64_t quotient, (Checked(0) - number).Value("a quotient of sizes"));
    return std::pair(quotient, int64_t{0});
  }
  int64_t quotient = number / divisor;
  int64_t rest = number % divisor;
  if (rest != 0 && (rest < 0) != (divisor < 0)) {
    --quotient;
    rest += divisor;
  }
  return std::pair(quotient, rest);
}

}  // namespace

absl::Status FollowInputs(const Graph& before, Graph& after) {
  for (const graph::FixedDim& fixed : before.sizes->fixed) {
    const int64_t was = InputDim(before, fixed.input, fixed.axis);
    const int64_t is = InputDim(after, fixed.input, fixed.axis);
    if (was == is) continue;
    return Refuse(absl::StrCat("input ", fixed.input, " '",
                               before.value(before.inputs[static_cast<size_t>(fixed.input)]).name,
                               "': dimension ", fixed.axis, " has to stay ", was, ", not ", is,
                               ": ", fixed.reason));
  }
  for (graph::StorageChange& change : after.sizes->storages) {
    const bool was_one = InputDim(before, change.input, change.axis) == 1;
    if (was_one == (InputDim(after, change.input, change.axis) == 1)) continue;
    for (size_t i = 0; i < change.values.size(); ++i) {
      std::swap(after.value(change.values[i]).storage, change.storages[i]);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SizeFollower::Follow(size_t index) {
  const auto here = [&](graph::OpId op) { return static_cast<size_t>(op) == index; };
  bool changed = false;
  while (next_constant_ < sizes_.constants.size() && here(sizes_.constants[next_constant_].op)) {
    ASSIGN_OR_RETURN(const bool set, SetConstant(sizes_.constants[next_constant_++]));
    changed = changed || set;
  }
  while (next_condition_ < sizes_.conditions.size() &&
         here(sizes_.conditions[next_condition_].op)) {
    RETURN_IF_ERROR(Check(sizes_.conditions[next_condition_++]));
  }
  graph::Op& op = graph_.ops[index];
  for (const graph::SizeEntry& entry : op.sizes) {
    ASSIGN_OR_RETURN(const int64_t is, Number(entry.expression));
    int64_t& number = *graph::FindNumber(op.attributes, entry);
    changed = changed || number != is;
    number = is;
  }
  return changed;
}

absl::Status SizeFollower::Check(const graph::SizeCondition& condition) {
  ASSIGN_OR_RETURN(const int64_t left, Number(condition.left));
  ASSIGN_OR_RETURN(const int64_t right, Number(condition.right));
  if (Compare(condition.comparison, left, right) == condition.holds) return absl::OkStatus();
  const std::string& path = graph_.calls[static_cast<size_t>(condition.call)].path;
  return Refuse(absl::StrCat(
      path.empty() ? "the network" : absl::StrCat("module '", path, "'"), " asks whether ", left,
      " ", ToAbsl(Symbol(condition.comparison)), " ", right, ", which was ",
      condition.holds ? "so" : "not so",
      " when it was captured; now it would call other operators: capture it with these inputs"));
}

absl::StatusOr<bool> SizeFollower::SetConstant(const graph::SizedConstant& constant) {
  Shape shape;
  for (const int32_t expression : constant.shape) {
    ASSIGN_OR_RETURN(const int64_t size, Number(expression));
    if (size < 0) return Refuse(absl::StrCat("a constant of size ", size));
    shape.push_back(size);
  }
  graph::Value& value = graph_.value(constant.value);
  const Checked bytes = Elements(shape) * ByteSize(value.dtype);
  RETURN_IF_ERROR(bytes.Value("the size of a constant").status());
  const bool changed = shape != value.shape;
  value.shape = std::move(shape);
  return changed;
}

absl::StatusOr<int64_t> SizeFollower::Number(int32_t expression) {
  const auto index = static_cast<size_t>(expression);
  while (numbers_.size() <= index) {
    ASSIGN_OR_RETURN(const int64_t number, Evaluate(sizes_.expressions[numbers_.size()]));
    numbers_.push_back(number);
  }
  return numbers_[index];
}

absl::StatusOr<int64_t> SizeFollower::Evaluate(const graph::SizeExpression& expression) const {
  if (expression.op == SizeOperator::kConstant) return expression.left;
  const auto first = static_cast<size_t>(expression.left);
  const auto second = static_cast<size_t>(expression.right);
  if (expression.op == SizeOperator::kDim) {
    const Shape& shape = graph_.values[first].shape;
    if (second < shape.size()) return shape[second];
    return Refuse(absl::StrCat("value '", graph_.values[first].name, "' became ", ToString(shape),
                               ", which has no axis ", second));
  }
  const int64_t left = numbers_[first];
  const int64_t right = numbers_[second];
  switch (expression.op) {
    case SizeOperator::kAdd:
      return (Checked(left) + right).Value("a sum of sizes");
    case SizeOperator::kSubtract:
      return (Checked(left) - right).Value("a difference of sizes");
    case SizeOperator::kMultiply:
      return (Checked(left) * right).Value("a product of sizes");
    default:
      break;
  }
  ASSIGN_OR_RETURN(const auto parts, Divide(left, right));
  return expression.op == SizeOperator::kModulo ? parts.second : parts.first;
}

}  // namespace latcast::ops
