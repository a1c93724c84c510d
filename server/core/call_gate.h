// Who is in the house: counts calls in flight, so that the end can wait for them and for nothing
// else. (gRPC's own shutdown also waits for connections, and an idle client may keep one for long.)
#ifndef LATCAST_SERVER_CORE_CALL_GATE_H_
#define LATCAST_SERVER_CORE_CALL_GATE_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace latcast::server {

// Thread-safe.
class CallGate {
 public:
  // False once closed; otherwise Leave() must follow.
  bool Enter();
  void Leave();

  // From now on nobody enters. True when all have left before the deadline.
  bool CloseAndWait(std::chrono::steady_clock::time_point deadline);

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  int inside_ = 0;
  bool closed_ = false;
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_CALL_GATE_H_
