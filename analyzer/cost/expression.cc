#include "analyzer/cost/expression.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "base/checked.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::cost {
namespace {

using Code = Expression::Code;
using Step = Expression::Step;

constexpr int kMaxDepth = 100;

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent over the text, writing steps in postfix order.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Step>> Run() {
    RETURN_IF_ERROR(Sum());
    SkipSpaces();
    if (position_ < text_.size()) return Error("an operator was expected");
    return std::move(steps_);
  }

 private:
  absl::Status Error(std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("column ", position_ + 1, " of '", ToAbsl(text_), "': ", ToAbsl(what)));
  }

  void SkipSpaces() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) {
      ++position_;
    }
  }

  bool Take(char c) {
    SkipSpaces();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  absl::Status Expect(char c) {
    if (Take(c)) return absl::OkStatus();
    return Error(std::string("'") + c + "' was expected");
  }

  void Add(Code code, int64_t number = 0, std::string name = "") {
    steps_.push_back({code, number, std::move(name)});
  }

  absl::Status Sum() {
    if (++depth_ > kMaxDepth) return Error("nested too deeply");
    RETURN_IF_ERROR(Term());
    while (true) {
      const bool plus = Take('+');
      if (!plus && !Take('-')) break;
      RETURN_IF_ERROR(Term());
      Add(plus ? Code::kAdd : Code::kSubtract);
    }
    --depth_;
    return absl::OkStatus();
  }

  absl::Status Term() {
    RETURN_IF_ERROR(Factor());
    while (true) {
      Code code;
      if (Take('*')) {
        code = Code::kMultiply;
      } else if (Take('/')) {
        code = Code::kDivide;
      } else if (Take('%')) {
        code = Code::kRemainder;
      } else {
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(Factor());
      Add(code);
    }
  }

  absl::Status Factor() {
    bool negative = false;
    while (Take('-')) negative = !negative;
    RETURN_IF_ERROR(Operand());
    if (negative) Add(Code::kNegate);
    return absl::OkStatus();
  }

  absl::Status Operand() {
    if (Take('(')) {
      RETURN_IF_ERROR(Sum());
      return Expect(')');
    }
    if (position_ >= text_.size()) return Error("a number or a name was expected");
    if (IsDigit(text_[position_])) {
      ASSIGN_OR_RETURN(const int64_t number, Number());
      Add(Code::kNumber, number);
      return absl::OkStatus();
    }
    if (!IsNameStart(text_[position_])) return Error("a number or a name was expected");
    return Name();
  }

  absl::StatusOr<int64_t> Number() {
    int64_t number = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (error != std::errc()) return Error("the number does not fit 64 bits");
    position_ += static_cast<size_t>(end - begin);
    return number;
  }

  std::string Word() {
    const size_t begin = position_;
    while (position_ < text_.size() &&
           (IsNameStart(text_[position_]) || IsDigit(text_[position_]))) {
      ++position_;
    }
    return std::string(text_.substr(begin, position_ - begin));
  }

  absl::Status Name() {
    const size_t begin = position_;
    const std::string word = Word();
    if (word == "params") {
      Add(Code::kParameters);
      return absl::OkStatus();
    }
    if (word == "min") return Function(Code::kMin);
    if (word == "max") return Function(Code::kMax);
    if (word == "ceil_div") return Function(Code::kCeilDiv);
    if (word == "attr") return AttributeName();
    if (const std::optional<int64_t> tensor = Tensor(word)) return Property(*tensor);
    position_ = begin;
    return Error(absl::StrCat("'", word,
                              "' is no name: in0, out0, params, attr, min, max, "
                              "ceil_div are"));
  }

  // "in3" -> 6, "out3" -> 7.
  static std::optional<int64_t> Tensor(std::string_view word) {
    const bool input = word.starts_with("in");
    if (!input && !word.starts_with("out")) return std::nullopt;
    word.remove_prefix(input ? 2 : 3);
    if (word.empty() || word.size() > 4 || !std::all_of(word.begin(), word.end(), IsDigit)) {
      return std::nullopt;
    }
    int64_t index = 0;
    std::from_chars(word.data(), word.data() + word.size(), index);
    return 2 * index + (input ? 0 : 1);
  }

  absl::Status Property(int64_t tensor) {
    RETURN_IF_ERROR(Expect('.'));
    const size_t begin = position_;
    const std::string word = Word();
    if (word == "numel") {
      Add(Code::kNumel, tensor);
    } else if (word == "rank") {
      Add(Code::kRank, tensor);
    } else if (word == "bytes") {
      Add(Code::kBytes, tensor);
    } else if (word == "shape") {
      RETURN_IF_ERROR(Index());
      Add(Code::kDim, tensor);
    } else {
      position_ = begin;
      return Error("numel, rank, bytes or shape[i] was expected");
    }
    return absl::OkStatus();
  }

  absl::Status AttributeName() {
    RETURN_IF_ERROR(Expect('.'));
    std::string word = Word();
    if (word.empty()) return Error("the name of an attribute was expected");
    if (!Take('[')) {
      Add(Code::kAttribute, 0, std::move(word));
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(Sum());
    RETURN_IF_ERROR(Expect(']'));
    Add(Code::kAttributeItem, 0, std::move(word));
    return absl::OkStatus();
  }

  absl::Status Index() {
    RETURN_IF_ERROR(Expect('['));
    RETURN_IF_ERROR(Sum());
    return Expect(']');
  }

  absl::Status Function(Code code) {
    RETURN_IF_ERROR(Expect('('));
    RETURN_IF_ERROR(Sum());
    RETURN_IF_ERROR(Expect(','));
    RETURN_IF_ERROR(Sum());
    RETURN_IF_ERROR(Expect(')'));
    Add(code);
    return absl::OkStatus();
  }

  std::string_view text_;
  size_t position_ = 0;
  int depth_ = 0;
  std::vector<Step> steps_;
};

absl::Status Wrong(const auto&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::StatusOr<size_t> WrapIndex(int64_t index, size_t size, std::string_view what) {
  const auto count = static_cast<int64_t>(size);
  if (index < -count || index >= count) {
    return Wrong(ToAbsl(what), "[", index, "]: there are ", size);
  }
  return static_cast<size_t>(index < 0 ? index + count : index);
}

absl::StatusOr<const graph::Value*> TensorOf(int64_t tensor, const ExpressionScope& scope) {
  const bool input = tensor % 2 == 0;
  const auto& list = input ? scope.inputs : scope.outputs;
  const auto index = static_cast<size_t>(tensor / 2);
  if (index >= list.size()) {
    return Wrong("there is no ", input ? "in" : "out", index, ": the call ",
                 input ? "reads " : "writes ", list.size(), " tensors");
  }
  return list[index];
}

absl::StatusOr<const graph::Attribute*> AttributeOf(const std::string& name,
                                                    const ExpressionScope& scope) {
  if (scope.attributes != nullptr) {
    const auto it = scope.attributes->find(name);
    if (it != scope.attributes->end()) return &it->second;
  }
  return Wrong("there is no attribute '", name, "'");
}

absl::StatusOr<int64_t> Scalar(const std::string& name, const ExpressionScope& scope) {
  ASSIGN_OR_RETURN(const graph::Attribute* attribute, AttributeOf(name, scope));
  if (const auto* number = std::get_if<int64_t>(attribute)) return *number;
  if (const auto* truth = std::get_if<bool>(attribute)) return *truth ? 1 : 0;
  return Wrong("attribute '", name, "' is ", graph::ToString(*attribute), ", no whole number");
}

absl::StatusOr<int64_t> Item(const std::string& name, int64_t index, const ExpressionScope& scope) {
  ASSIGN_OR_RETURN(const graph::Attribute* attribute, AttributeOf(name, scope));
  // Frameworks write a list of equal numbers as one number.
  if (const auto* number = std::get_if<int64_t>(attribute)) return *number;
  const auto* list = std::get_if<std::vector<int64_t>>(attribute);
  if (list == nullptr) {
    return Wrong("attribute '", name, "' is ", graph::ToString(*attribute), ", no list of numbers");
  }
  ASSIGN_OR_RETURN(const size_t at, WrapIndex(index, list->size(), absl::StrCat("attr.", name)));
  return (*list)[at];
}

Checked NumelOf(const graph::Value& value) {
  Checked numel = 1;
  for (const int64_t dim : value.shape) numel *= dim;
  return numel;
}

absl::StatusOr<int64_t> Divided(Code code, int64_t a, int64_t b) {
  if (b == 0) return Wrong("division by zero");
  if (b == -1) return (Checked(0) - a).Value("a quotient");
  const int64_t quotient = a / b;
  const int64_t remainder = a % b;
  const bool down = remainder != 0 && (remainder < 0) != (b < 0);
  if (code == Code::kDivide) return down ? quotient - 1 : quotient;
  if (code == Code::kRemainder) return down ? remainder + b : remainder;
  return remainder != 0 && !down ? quotient + 1 : quotient;
}

absl::StatusOr<int64_t> Combined(Code code, int64_t a, int64_t b) {
  switch (code) {
    case Code::kAdd:
      return (Checked(a) + b).Value("a sum");
    case Code::kSubtract:
      return (Checked(a) - b).Value("a difference");
    case Code::kMultiply:
      return (Checked(a) * b).Value("a product");
    case Code::kMin:
      return std::min(a, b);
    case Code::kMax:
      return std::max(a, b);
    case Code::kDivide:
    case Code::kRemainder:
      if (b == -1 && code == Code::kRemainder) return 0;
      return Divided(code, a, b);
    default:
      return Divided(Code::kCeilDiv, a, b);
  }
}

absl::StatusOr<int64_t> Run(const std::vector<Step>& steps, const ExpressionScope& scope) {
  std::vector<int64_t> stack;
  const auto pop = [&stack] {
    const int64_t top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const Step& step : steps) {
    absl::StatusOr<int64_t> result = 0;
    switch (step.code) {
      case Code::kNumber:
        result = step.number;
        break;
      case Code::kParameters:
        result = scope.parameters;
        break;
      case Code::kNumel:
      case Code::kRank:
      case Code::kBytes:
      case Code::kDim: {
        ASSIGN_OR_RETURN(const graph::Value* tensor, TensorOf(step.number, scope));
        if (step.code == Code::kRank) {
          result = static_cast<int64_t>(tensor->shape.size());
        } else if (step.code == Code::kDim) {
          ASSIGN_OR_RETURN(const size_t at, WrapIndex(pop(), tensor->shape.size(), "shape"));
          result = tensor->shape[at];
        } else {
          const int64_t size = step.code == Code::kBytes ? ByteSize(tensor->dtype) : 1;
          result = (NumelOf(*tensor) * size).Value("a tensor's size");
        }
        break;
      }
      case Code::kAttribute:
        result = Scalar(step.name, scope);
        break;
      case Code::kAttributeItem:
        result = Item(step.name, pop(), scope);
        break;
      case Code::kNegate:
        result = (Checked(0) - pop()).Value("a negation");
        break;
      default: {
        const int64_t b = pop();
        const int64_t a = pop();
        result = Combined(step.code, a, b);
      }
    }
    if (!result.ok()) return result;
    stack.push_back(*result);
  }
  return stack.back();
}

}  // namespace

absl::StatusOr<Expression> Expression::Parse(std::string_view text) {
  Expression expression;
  expression.text_ = text;
  ASSIGN_OR_RETURN(expression.steps_, Parser(text).Run());
  return expression;
}

absl::StatusOr<int64_t> Expression::Evaluate(const ExpressionScope& scope) const {
  absl::StatusOr<int64_t> result = Run(steps_, scope);
  if (!result.ok()) return Annotate(result.status(), absl::StrCat("'", text_, "'"));
  return result;
}

}  // namespace latcast::cost
