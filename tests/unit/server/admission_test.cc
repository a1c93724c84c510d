#include "server/core/admission.h"

#include <chrono>
#include <future>
#include <optional>

namespace latcast::server {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::system_clock;

// As many run as may; the rest is turned away while nobody may wait.
TEST(AdmissionTest, TurnsAwayBeyondItsLimits) {
  Admission admission({.running = 2, .waiting = 0});
  std::optional<absl::StatusOr<Admission::Ticket>> first(admission.Enter(Clock::time_point::max()));
  const auto second = admission.Enter(Clock::time_point::max());
  ASSERT_OK(*first);
  ASSERT_OK(second);
  EXPECT_THAT(admission.Enter(Clock::time_point::max()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2 analyses run")));
  first.reset();
  EXPECT_OK(admission.Enter(Clock::time_point::max()));
}

// Who waits gets the place that is given back.
TEST(AdmissionTest, WaitersGetTheirTurn) {
  Admission admission({.running = 1, .waiting = 3});
  std::optional<absl::StatusOr<Admission::Ticket>> first(admission.Enter(Clock::time_point::max()));
  ASSERT_OK(*first);
  std::vector<std::future<absl::Status>> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.push_back(std::async(std::launch::async, [&admission] {
      return admission.Enter(Clock::time_point::max()).status();
    }));
  }
  first.reset();
  for (auto& waiter : waiters) EXPECT_OK(waiter.get());
}

// Work whose deadline passes in the queue is not begun, and its place in the queue is free again.
TEST(AdmissionTest, LateWorkIsNotBegun) {
  Admission admission({.running = 1, .waiting = 1});
  const auto first = admission.Enter(Clock::time_point::max());
  ASSERT_OK(first);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(admission.Enter(Clock::now() + std::chrono::milliseconds(1)),
                StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("deadline")));
  }
}

}  // namespace
}  // namespace latcast::server
