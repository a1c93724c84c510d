#include "analyzer/cost/expression.h"

#include "base/status_matchers.h"

namespace latcast::cost {
namespace {

using graph::Value;
using ::testing::HasSubstr;

class ExpressionTest : public ::testing::Test {
 protected:
  ExpressionTest() {
    in_.shape = {2, 3, 8, 8};
    out_.shape = {2, 16, 4, 4};
    out_.dtype = graph::DType::kFloat16;
    attributes_ = {{"kernel_size", std::vector<int64_t>{3, 5}},
                   {"stride", int64_t{2}},
                   {"bias", true},
                   {"p", 0.5}};
    scope_ = {{&in_}, {&out_}, 432, &attributes_};
  }

  absl::StatusOr<int64_t> Evaluate(std::string_view text) const {
    absl::StatusOr<Expression> expression = Expression::Parse(text);
    if (!expression.ok()) return expression.status();
    return expression->Evaluate(scope_);
  }

  Value in_;
  Value out_;
  graph::Attributes attributes_;
  ExpressionScope scope_;
};

// Precedence, parentheses and signs are those of arithmetic; division rounds down.
TEST_F(ExpressionTest, Arithmetic) {
  const std::pair<const char*, int64_t> cases[] = {
      {"7", 7},
      {"1 + 2 * 3", 7},
      {"(1 + 2) * 3", 9},
      {"10 - 4 - 3", 3},
      {"-2 * -3", 6},
      {"--5", 5},
      {"7 / 2", 3},
      {"-7 / 2", -4},
      {"7 % 3", 1},
      {"-7 % 3", 2},
      {"ceil_div(7, 2)", 4},
      {"ceil_div(-7, 2)", -3},
      {"ceil_div(8, 2)", 4},
      {"min(3, 2) + max(3, 2)", 5},
      {" ( 2 ) ", 2},
  };
  for (const auto& [text, value] : cases) {
    EXPECT_THAT(Evaluate(text), IsOkAndHolds(value)) << text;
  }
}

// Names stand for the call's tensors, parameters and attributes.
TEST_F(ExpressionTest, Names) {
  const std::pair<const char*, int64_t> cases[] = {
      {"in0.numel", 384},
      {"in0.rank", 4},
      {"in0.bytes", 384 * 4},
      {"out0.bytes", 512 * 2},
      {"out0.shape[1]", 16},
      {"in0.shape[-1]", 8},
      {"in0.shape[1 + 1]", 8},
      {"params", 432},
      {"attr.kernel_size[0] * attr.kernel_size[-1]", 15},
      {"attr.stride", 2},
      {"attr.stride[1]", 2},
      {"attr.bias", 1},
  };
  for (const auto& [text, value] : cases) {
    EXPECT_THAT(Evaluate(text), IsOkAndHolds(value)) << text;
  }
}

// What is no expression is refused, and the place named.
TEST_F(ExpressionTest, SyntaxErrorsNameTheColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "column 1"},
      {"1 +", "column 4"},
      {"1 2", "column 3"},
      {"(1", "')' was expected"},
      {"in0", "'.' was expected"},
      {"in0.size", "numel, rank, bytes or shape[i]"},
      {"input.numel", "is no name"},
      {"shape[0]", "is no name"},
      {"in0.shape", "'[' was expected"},
      {"attr.", "the name of an attribute"},
      {"min(1)", "',' was expected"},
      {"99999999999999999999", "does not fit 64 bits"},
      {"2 ** 3", "column 4"},
      {"1; 2", "an operator was expected"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(Evaluate(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << text;
  }
  EXPECT_THAT(Evaluate(std::string(100'000, '(')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested too deeply")));
}

// What stands for nothing in a call is refused, not zero.
TEST_F(ExpressionTest, WhatIsNotThereIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"in1.numel", "there is no in1"},       {"in0.shape[4]", "there are 4"},
      {"in0.shape[-5]", "there are 4"},       {"attr.dilation", "no attribute 'dilation'"},
      {"attr.p", "no whole number"},          {"attr.kernel_size", "no whole number"},
      {"attr.kernel_size[2]", "there are 2"}, {"1 / (in0.rank - 4)", "division by zero"},
      {"1 % 0", "division by zero"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(Evaluate(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << text;
  }
}

// No step wraps.
TEST_F(ExpressionTest, OverflowIsOutOfRange) {
  for (const char* text :
       {"9223372036854775807 + 1", "-9223372036854775807 - 2", "9223372036854775807 * 2",
        "(-9223372036854775807 - 1) / -1", "-(-9223372036854775807 - 1)"}) {
    EXPECT_THAT(Evaluate(text),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("does not fit 64 bits")))
        << text;
  }
  EXPECT_THAT(Evaluate("(-9223372036854775807 - 1) % -1"), IsOkAndHolds(0));
}

}  // namespace
}  // namespace latcast::cost
