#include "server/core/job_state.h"

#include <map>

#include "base/status_matchers.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr JobState kStates[] = {JobState::kQueued,    JobState::kRunning, JobState::kFitting,
                                JobState::kSucceeded, JobState::kFailed,  JobState::kCancelled};
constexpr JobEvent kEvents[] = {JobEvent::kAssigned, JobEvent::kUploaded, JobEvent::kFitted,
                                JobEvent::kFailed, JobEvent::kCancelled};

// The whole table: every state with every event; what is not in it is refused with both names.
TEST(JobStateTest, Table) {
  using enum JobState;
  const std::map<std::pair<JobState, JobEvent>, JobState> table = {
      {{kQueued, JobEvent::kAssigned}, kRunning},
      {{kQueued, JobEvent::kFailed}, JobState::kFailed},
      {{kQueued, JobEvent::kCancelled}, JobState::kCancelled},
      {{kRunning, JobEvent::kUploaded}, kFitting},
      {{kRunning, JobEvent::kFailed}, JobState::kFailed},
      {{kRunning, JobEvent::kCancelled}, JobState::kCancelled},
      {{kFitting, JobEvent::kFitted}, kSucceeded},
      {{kFitting, JobEvent::kFailed}, JobState::kFailed},
  };
  for (const JobState state : kStates) {
    for (const JobEvent event : kEvents) {
      const auto row = table.find({state, event});
      if (row != table.end()) {
        EXPECT_THAT(Next(state, event), IsOkAndHolds(row->second)) << Name(state) << Name(event);
      } else {
        EXPECT_THAT(Next(state, event), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                 AllOf(HasSubstr(std::string(Name(state))),
                                                       HasSubstr(std::string(Name(event))))));
      }
    }
  }
}

// What is done has no way on, and only that.
TEST(JobStateTest, DoneIsTheEnd) {
  for (const JobState state : kStates) {
    bool has_next = false;
    for (const JobEvent event : kEvents) has_next |= Next(state, event).ok();
    EXPECT_EQ(IsDone(state), !has_next) << Name(state);
  }
}

// Names lead back to their states.
TEST(JobStateTest, Names) {
  for (const JobState state : kStates) EXPECT_EQ(FindJobState(Name(state)), state);
  EXPECT_EQ(FindJobState("done"), std::nullopt);
  EXPECT_EQ(FindJobState(""), std::nullopt);
}

}  // namespace
}  // namespace latcast::server
