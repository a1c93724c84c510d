// The data type of a result as PyTorch has it: its promotion of operands, and dtype arguments.
#ifndef LATCAST_ANALYZER_OPS_RESULT_TYPE_H_
#define LATCAST_ANALYZER_OPS_RESULT_TYPE_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::ops {

// What PyTorch calls the default type: that of numbers with a fraction.
inline constexpr graph::DType kDefaultFloating = graph::DType::kFloat32;

// A result in place, or one of a given type, may be of a higher category than what was computed,
// never of a lower one.
enum class Category { kBoolean, kInteger, kFloating };
Category CategoryOf(graph::DType dtype);

// The type that holds values of both: float32 for int64 and float32, int16 for uint8 and int8.
graph::DType PromoteTypes(graph::DType a, graph::DType b);

// The type of what is computed from several operands. The highest category decides; within it
// tensors with dimensions come before scalar tensors, and those before plain numbers.
class ResultType {
 public:
  void Add(const graph::Value& operand);
  // INVALID_ARGUMENT, naming the attribute, when it is no number.
  absl::Status AddNumber(std::string_view name, const graph::Attribute& number);
  // At least one operand has been added.
  graph::DType Get() const;

 private:
  std::optional<graph::DType> tensors_;
  std::optional<graph::DType> scalars_;
  std::optional<graph::DType> numbers_;
};

// The type of a number: int64, float32 or bool. INVALID_ARGUMENT as AddNumber.
absl::StatusOr<graph::DType> NumberType(std::string_view name, const graph::Attribute& number);

// float32 for integers and booleans, as of a quotient or a root; floating-point types stay.
graph::DType ToFloating(graph::DType dtype);

// The type that an attribute names ("float16"), or the fallback where it is absent.
// INVALID_ARGUMENT when it names none.
absl::StatusOr<graph::DType> GetDType(const graph::Attributes& attributes, std::string_view name,
                                      graph::DType fallback);

}  // namespace latcast::ops

#endif  // LATCAST_ANALYZER_OPS_RESULT_TYPE_H_
