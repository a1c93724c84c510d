#include "server/core/call_gate.h"

namespace latcast::server {

bool CallGate::Enter() {
  std::lock_guard lock(mutex_);
  if (closed_) return false;
  ++inside_;
  return true;
}

void CallGate::Leave() {
  std::lock_guard lock(mutex_);
  if (--inside_ == 0) empty_.notify_all();
}

bool CallGate::CloseAndWait(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  closed_ = true;
  return empty_.wait_until(lock, deadline, [this] { return inside_ == 0; });
}

}  // namespace latcast::server
