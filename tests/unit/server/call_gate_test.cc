#include "server/core/call_gate.h"

#include <chrono>
#include <future>

namespace latcast::server {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kLong = std::chrono::hours(1);

// An empty house closes at once, and nobody enters after.
TEST(CallGateTest, ClosesWhenEmpty) {
  CallGate gate;
  EXPECT_TRUE(gate.Enter());
  gate.Leave();
  EXPECT_TRUE(gate.CloseAndWait(Clock::now() + kLong));
  EXPECT_FALSE(gate.Enter());
}

// Closing waits for those inside, until its deadline at the latest.
TEST(CallGateTest, WaitsForThoseInside) {
  CallGate gate;
  ASSERT_TRUE(gate.Enter());
  ASSERT_TRUE(gate.Enter());
  EXPECT_FALSE(gate.CloseAndWait(Clock::now()));
  gate.Leave();
  EXPECT_FALSE(gate.CloseAndWait(Clock::now() + std::chrono::milliseconds(1)));
  auto closed =
      std::async(std::launch::async, [&gate] { return gate.CloseAndWait(Clock::now() + kLong); });
  gate.Leave();
  EXPECT_TRUE(closed.get());
}

}  // namespace
}  // namespace latcast::server
