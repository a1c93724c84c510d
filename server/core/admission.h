// How many calls that take much time or memory run at once. A few more wait their turn; the rest
// are turned away at once, so that a crowd of analyses slows neither forecasts nor itself to a
// halt.
#ifndef LATCAST_SERVER_CORE_ADMISSION_H_
#define LATCAST_SERVER_CORE_ADMISSION_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"

namespace latcast::server {

struct AdmissionLimits {
  int running = 4;
  int waiting = 16;
};

// Thread-safe; must outlive its tickets.
class Admission {
 public:
  // The right to run, given back at the end of its life.
  class Ticket {
   public:
    explicit Ticket(Admission& admission) : admission_(&admission) {}
    Ticket(Ticket&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() {
      if (admission_ != nullptr) admission_->Leave();
    }

   private:
    Admission* admission_;
  };

  explicit Admission(AdmissionLimits limits) : limits_(limits) {}

  // RESOURCE_EXHAUSTED when too many wait already; DEADLINE_EXCEEDED when the turn did not come in
  // time: late work is not begun.
  absl::StatusOr<Ticket> Enter(std::chrono::system_clock::time_point deadline);

 private:
  void Leave();

  const AdmissionLimits limits_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int running_ = 0;
  int waiting_ = 0;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_ADMISSION_H_
