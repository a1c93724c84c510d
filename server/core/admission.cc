#include "server/core/admission.h"

#include "absl/strings/str_cat.h"

namespace latcast::server {

absl::StatusOr<Admission::Ticket> Admission::Enter(std::chrono::system_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (running_ >= limits_.running) {
    if (waiting_ >= limits_.waiting) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "the server is busy: ", running_, " analyses run and ", waiting_, " wait; try again"));
    }
    ++waiting_;
    const bool turn =
        freed_.wait_until(lock, deadline, [this] { return running_ < limits_.running; });
    --waiting_;
    if (!turn) return absl::DeadlineExceededError("the server was busy until the deadline");
  }
  ++running_;
  return Ticket(*this);
}

void Admission::Leave() {
  {
    std::lock_guard lock(mutex_);
    --running_;
  }
  freed_.notify_one();
}

}  // namespace latcast::server
