#include "bench/harness/child_process.h"

#include <csignal>

#include "bench/harness/clock.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<ChildProcess> Shell(const std::string& script) {
  return ChildProcess::Start({"/bin/sh", "-c", script}).value();
}

// Lines go out and come back, in whatever pieces they are written.
TEST(ChildProcessTest, LinesGoBothWays) {
  const auto child =
      Shell("while read line; do printf 'you '; printf 'said %s\\nand\\n' $line; done");
  for (const char* word : {"one", "two"}) {
    ASSERT_OK(child->Send(word));
    EXPECT_THAT(child->Receive(60.0, nullptr), IsOkAndHolds(std::string("you said ") + word));
    EXPECT_THAT(child->Receive(60.0, nullptr), IsOkAndHolds(std::string("and")));
  }
}

// However a child ends, it is said, and sending to it is an error and not a signal.
TEST(ChildProcessTest, SaysHowItEnded) {
  const auto exits = Shell("exit 7");
  EXPECT_THAT(exits->Receive(60.0, nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("exit status 7")));
  EXPECT_THAT(exits->Receive(60.0, nullptr),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
  EXPECT_THAT(exits->Send("hello"), StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
  EXPECT_THAT(Shell("kill -SEGV $$")->Receive(60.0, nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("signal 11")));
  EXPECT_THAT(Shell("printf half; exit 0")->Receive(60.0, nullptr),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("exit status 0")));
}

// A silent child costs its limit, an interrupt less; neither outlives its object.
TEST(ChildProcessTest, WaitsEnd) {
  std::atomic<bool> interrupted = false;
  auto child = Shell("exec sleep 1000");
  EXPECT_THAT(child->Receive(0.01, &interrupted),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "no answer within 0.01 s"));
  interrupted = true;
  EXPECT_THAT(child->Receive(1000.0, &interrupted),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
  const pid_t pid = child->pid();
  EXPECT_EQ(::kill(pid, 0), 0);
  child.reset();
  EXPECT_NE(::kill(pid, 0), 0);
}

// A program that is not there is an error that names it.
TEST(ChildProcessTest, MissingProgram) {
  EXPECT_THAT(ChildProcess::Start({"/nowhere/program"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/program")));
}

}  // namespace
}  // namespace latcast::bench
