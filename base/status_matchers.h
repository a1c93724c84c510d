// GoogleMock matchers for absl::Status and absl::StatusOr, for tests only. There is no
// EXPECT_NOT_OK: check for the specific error.
//
//   ASSERT_OK_AND_ASSIGN(const Graph graph, ReadGraph(path));
//   EXPECT_THAT(ParseInt("7"), IsOkAndHolds(7));
//   EXPECT_THAT(Fit(points), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("collinear")));
#ifndef LATCAST_BASE_STATUS_MATCHERS_H_
#define LATCAST_BASE_STATUS_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"

namespace latcast {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& value) {
  return value.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

MATCHER_P2(StatusIs, code, message, "") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

MATCHER_P(IsOkAndHolds, value, "") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(::testing::Matcher<std::decay_t<decltype(*arg)>>(value),
                                       *arg, result_listener);
}

}  // namespace latcast

#define ASSERT_OK(expr) ASSERT_THAT((expr), ::latcast::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT((expr), ::latcast::IsOk())

#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  LATCAST_ASSERT_OK_AND_ASSIGN_(LATCAST_CONCAT_(latcast_statusor_, __LINE__), lhs, expr)
#define LATCAST_ASSERT_OK_AND_ASSIGN_(tmp, lhs, expr)            \
  auto tmp = (expr);                                             \
  ASSERT_TRUE(tmp.ok()) << ::latcast::GetStatus(tmp).ToString(); \
  lhs = *std::move(tmp)

#endif  // LATCAST_BASE_STATUS_MATCHERS_H_
