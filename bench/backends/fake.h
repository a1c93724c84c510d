// A device that does not exist: latencies follow from the features, so that everything around the
// measuring can be tested, and tried out, anywhere and in no time.
#ifndef LATCAST_BENCH_BACKENDS_FAKE_H_
#define LATCAST_BENCH_BACKENDS_FAKE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/backends/backend.h"

namespace latcast::bench {

struct FakeOptions {
  int threads = 1;  // decides the features, as on a CPU
  uint64_t seed = 1;
  double scale = 1.0;     // of all latencies
  double noise = 0.0;     // every run takes up to this share longer, at random
  bool realtime = false;  // runs take their latency by the steady clock; else by a manual one
  double oom_above_ms = std::numeric_limits<double>::infinity();  // latency without noise
  // Graphs with this in their name ...
  std::string fail{};      // cannot be prepared
  std::string nan{};       // report NaN
  std::string zero{};      // report 0 ms
  std::string hang{};      // never come back from their third run
  std::string crash{};     // end the process in their third run
  std::string vanish{};    // lose the device in their third run
  std::string throttle{};  // run three times as long and say so, in the sixth to eighth run
  std::string unsteady{};  // take longer with each visit: once, twice, three times as long
  // From one preparation to another, counted from 1, everything takes this many times as long.
  double drift = 1.0;
  double drift_from = 1.0;
  double drift_to = std::numeric_limits<double>::infinity();
};

// "noise=0.02,realtime=1,fail=MBConv". INVALID_ARGUMENT naming an unknown key or a wrong value.
absl::StatusOr<FakeOptions> ParseFakeOptions(std::string_view text);

std::unique_ptr<Backend> MakeFakeBackend(const FakeOptions& options);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_BACKENDS_FAKE_H_
