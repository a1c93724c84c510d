#include "analyzer/ops/result_type.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/rule.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::DType;
using MaybeDType = std::optional<DType>;

MaybeDType Promote(MaybeDType a, MaybeDType b) {
  if (!a || !b) return a ? a : b;
  return PromoteTypes(*a, *b);
}

// `low` counts only where it is of a higher category.
MaybeDType Combine(MaybeDType high, MaybeDType low) {
  if (!high || !low) return high ? high : low;
  return CategoryOf(*low) > CategoryOf(*high) ? Promote(high, low) : high;
}

}  // namespace

Category CategoryOf(DType dtype) {
  if (IsFloating(dtype)) return Category::kFloating;
  return dtype == DType::kBool ? Category::kBoolean : Category::kInteger;
}

DType PromoteTypes(DType a, DType b) {
  if (a == b) return a;
  const Category category = std::max(CategoryOf(a), CategoryOf(b));
  if (CategoryOf(a) != CategoryOf(b)) return CategoryOf(a) == category ? a : b;
  if (category == Category::kFloating) {
    // Two different half types meet in float32.
    if (ByteSize(a) == ByteSize(b)) return DType::kFloat32;
    return ByteSize(a) > ByteSize(b) ? a : b;
  }
  // Only uint8 and int8 have one size: neither holds the other.
  if (ByteSize(a) == ByteSize(b)) return DType::kInt16;
  return ByteSize(a) > ByteSize(b) ? a : b;
}

void ResultType::Add(const graph::Value& operand) {
  MaybeDType& seen = operand.shape.empty() ? scalars_ : tensors_;
  seen = Promote(seen, operand.dtype);
}

absl::Status ResultType::AddNumber(std::string_view name, const graph::Attribute& number) {
  ASSIGN_OR_RETURN(const DType dtype, NumberType(name, number));
  numbers_ = Promote(numbers_, dtype);
  return absl::OkStatus();
}

DType ResultType::Get() const {
  return Combine(tensors_, Combine(scalars_, numbers_)).value_or(kDefaultFloating);
}

absl::StatusOr<DType> NumberType(std::string_view name, const graph::Attribute& number) {
  if (std::holds_alternative<double>(number)) return kDefaultFloating;
  if (std::holds_alternative<int64_t>(number)) return DType::kInt64;
  if (std::holds_alternative<bool>(number)) return DType::kBool;
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": a number expected, found ",
                             graph::ToString(number)));
}

DType ToFloating(DType dtype) { return IsFloating(dtype) ? dtype : kDefaultFloating; }

absl::StatusOr<DType> GetDType(const graph::Attributes& attributes, std::string_view name,
                               DType fallback) {
  using enum DType;
  const auto it = attributes.find(name);
  if (it == attributes.end()) return fallback;
  if (const std::string* text = std::get_if<std::string>(&it->second)) {
    for (const DType dtype :
         {kFloat32, kFloat64, kFloat16, kBFloat16, kInt64, kInt32, kInt16, kInt8, kUInt8, kBool}) {
      if (*text == Name(dtype)) return dtype;
    }
  }
  return Refuse(absl::StrCat("attribute ", ToAbsl(name), ": a data type expected, found ",
                             graph::ToString(it->second)));
}

}  // namespace latcast::ops
