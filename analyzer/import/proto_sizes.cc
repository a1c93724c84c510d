#include "analyzer/import/proto_sizes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace latcast::import {
namespace {

using graph::SizeComparison;
using graph::SizeOperator;

// The wire's numbers are ours plus one: 0 says that none is given.
constexpr int Wire(SizeOperator op) { return static_cast<int>(op) + 1; }
constexpr int Wire(SizeComparison comparison) { return static_cast<int>(comparison) + 1; }
static_assert(Wire(SizeOperator::kConstant) == v1::SIZE_OPERATOR_CONSTANT);
static_assert(Wire(SizeOperator::kDim) == v1::SIZE_OPERATOR_DIM);
static_assert(Wire(SizeOperator::kAdd) == v1::SIZE_OPERATOR_ADD);
static_assert(Wire(SizeOperator::kSubtract) == v1::SIZE_OPERATOR_SUBTRACT);
static_assert(Wire(SizeOperator::kMultiply) == v1::SIZE_OPERATOR_MULTIPLY);
static_assert(Wire(SizeOperator::kFloorDivide) == v1::SIZE_OPERATOR_FLOOR_DIVIDE);
static_assert(Wire(SizeOperator::kModulo) == v1::SIZE_OPERATOR_MODULO);
static_assert(Wire(SizeComparison::kEqual) == v1::SIZE_COMPARISON_EQUAL);
static_assert(Wire(SizeComparison::kLess) == v1::SIZE_COMPARISON_LESS);
static_assert(Wire(SizeComparison::kLessEqual) == v1::SIZE_COMPARISON_LESS_EQUAL);

template <typename Own>
absl::StatusOr<Own> FromWire(int wire, Own last, absl::string_view what, size_t index) {
  if (wire >= 1 && wire <= Wire(last)) return static_cast<Own>(wire - 1);
  return absl::InvalidArgumentError(absl::StrCat(what, " ", index, ": unknown operator ", wire));
}

}  // namespace

absl::StatusOr<graph::Sizes> SizesFromProto(const v1::Sizes& proto) {
  graph::Sizes sizes;
  for (const v1::SizeExpression& expression : proto.expressions()) {
    ASSIGN_OR_RETURN(const SizeOperator op, FromWire(expression.operator_(), SizeOperator::kModulo,
                                                     "size expression", sizes.expressions.size()));
    sizes.expressions.push_back({op, expression.left(), expression.right()});
  }
  for (const v1::SizeCondition& condition : proto.conditions()) {
    ASSIGN_OR_RETURN(const SizeComparison comparison,
                     FromWire(condition.comparison(), SizeComparison::kLessEqual, "size condition",
                              sizes.conditions.size()));
    sizes.conditions.push_back({condition.op(), condition.call(), comparison, condition.left(),
                                condition.right(), condition.holds()});
  }
  for (const v1::FixedDim& fixed : proto.fixed()) {
    sizes.fixed.push_back({fixed.input(), fixed.axis(), fixed.reason()});
  }
  for (const v1::SizedConstant& constant : proto.constants()) {
    sizes.constants.push_back(
        {constant.value(), constant.op(), {constant.shape().begin(), constant.shape().end()}});
  }
  for (const v1::StorageChange& change : proto.storages()) {
    if (change.values_size() != change.storages_size()) {
      return absl::InvalidArgumentError(absl::StrCat("change of storages ", sizes.storages.size(),
                                                     ": ", change.values_size(), " values, ",
                                                     change.storages_size(), " storages"));
    }
    sizes.storages.push_back({change.input(),
                              change.axis(),
                              {change.values().begin(), change.values().end()},
                              {change.storages().begin(), change.storages().end()}});
  }
  return sizes;
}

v1::Sizes SizesToProto(const graph::Sizes& sizes) {
  v1::Sizes proto;
  for (const graph::SizeExpression& expression : sizes.expressions) {
    v1::SizeExpression* out = proto.add_expressions();
    out->set_operator_(static_cast<v1::SizeOperator>(Wire(expression.op)));
    out->set_left(expression.left);
    out->set_right(expression.right);
  }
  for (const graph::SizeCondition& condition : sizes.conditions) {
    v1::SizeCondition* out = proto.add_conditions();
    out->set_op(condition.op);
    out->set_call(condition.call);
    out->set_comparison(static_cast<v1::SizeComparison>(Wire(condition.comparison)));
    out->set_left(condition.left);
    out->set_right(condition.right);
    out->set_holds(condition.holds);
  }
  for (const graph::FixedDim& fixed : sizes.fixed) {
    v1::FixedDim* out = proto.add_fixed();
    out->set_input(fixed.input);
    out->set_axis(fixed.axis);
    out->set_reason(fixed.reason);
  }
  for (const graph::SizedConstant& constant : sizes.constants) {
    v1::SizedConstant* out = proto.add_constants();
    out->set_value(constant.value);
    out->set_op(constant.op);
    out->mutable_shape()->Assign(constant.shape.begin(), constant.shape.end());
  }
  for (const graph::StorageChange& change : sizes.storages) {
    v1::StorageChange* out = proto.add_storages();
    out->set_input(change.input);
    out->set_axis(change.axis);
    out->mutable_values()->Assign(change.values.begin(), change.values.end());
    out->mutable_storages()->Assign(change.storages.begin(), change.storages.end());
  }
  return proto;
}

std::vector<graph::SizeEntry> SizesFromProto(const v1::Op& proto) {
  std::vector<graph::SizeEntry> entries;
  for (const v1::SizeEntry& entry : proto.sizes()) {
    entries.push_back({entry.attribute(), entry.entry(), entry.expression()});
  }
  return entries;
}

void SizesToProto(const graph::Op& op, v1::Op& proto) {
  for (const graph::SizeEntry& entry : op.sizes) {
    v1::SizeEntry* out = proto.add_sizes();
    out->set_attribute(entry.attribute);
    out->set_entry(entry.entry);
    out->set_expression(entry.expression);
  }
}

}  // namespace latcast::import
