#include "server/core/job_state.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace latcast::server {
namespace {

constexpr std::string_view kStates[] = {"queued",    "running", "fitting",
                                        "succeeded", "failed",  "cancelled"};
constexpr std::string_view kEvents[] = {"assigned", "uploaded", "fitted", "failed", "cancelled"};

struct Transition {
  JobState from;
  JobEvent event;
  JobState to;
};

constexpr Transition kTransitions[] = {
    {JobState::kQueued, JobEvent::kAssigned, JobState::kRunning},
    {JobState::kRunning, JobEvent::kUploaded, JobState::kFitting},
    {JobState::kFitting, JobEvent::kFitted, JobState::kSucceeded},
    {JobState::kQueued, JobEvent::kFailed, JobState::kFailed},
    {JobState::kRunning, JobEvent::kFailed, JobState::kFailed},
    {JobState::kFitting, JobEvent::kFailed, JobState::kFailed},
    {JobState::kQueued, JobEvent::kCancelled, JobState::kCancelled},
    {JobState::kRunning, JobEvent::kCancelled, JobState::kCancelled},
};

}  // namespace

std::string_view Name(JobState state) { return kStates[static_cast<size_t>(state)]; }
std::string_view Name(JobEvent event) { return kEvents[static_cast<size_t>(event)]; }

std::optional<JobState> FindJobState(std::string_view name) {
  for (size_t i = 0; i < std::size(kStates); ++i) {
    if (kStates[i] == name) return static_cast<JobState>(i);
  }
  return std::nullopt;
}

bool IsDone(JobState state) { return state >= JobState::kSucceeded; }

absl::StatusOr<JobState> Next(JobState state, JobEvent event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return absl::FailedPreconditionError(absl::StrCat("the operation is ", ToAbsl(Name(state)),
                                                    " and cannot become ", ToAbsl(Name(event))));
}

}  // namespace latcast::server
