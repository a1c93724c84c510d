// Some runs of latcast-bench, one after the other, seen through to their end: a run that ends with
// an error or hangs is started again and goes on where its journal stopped, as long as that brings
// the journal on.
#ifndef LATCAST_BENCH_AGENT_MEASUREMENT_H_
#define LATCAST_BENCH_AGENT_MEASUREMENT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/running_program.h"
#include "bench/agent/bench_command.h"

namespace latcast::bench {

inline constexpr int kMaxFutileAttempts = 3;

// What to do about a run that ended with an error, or was ended because it hung: a pure decision.
// `futile` counts the attempts in a row that added nothing to the journal, this one included.
bool WorthAnotherAttempt(int futile);

struct MeasurementOptions {
  double hang_limit_s = 600.0;  // without a new line of the journal or the log
  double retry_pause_s = 0.5;   // before the second attempt, twice as long before the third
};

class Measurement {
 public:
  // The runs' folder must exist. The bench ends with the object, and with the thread that polls.
  Measurement(std::vector<BenchRun> runs, std::string log, const MeasurementOptions& options)
      : runs_(std::move(runs)), log_(std::move(log)), options_(options) {}

  // To be called now and then: true when all runs are through. An error when one is given up, with
  // the bench's last words.
  absl::StatusOr<bool> Poll();

  v1::Progress progress() const;
  // Of all runs, when they are through.
  absl::StatusOr<std::string> Points() const;
  absl::StatusOr<std::string> Provenance() const;  // of the first run

 private:
  using Time = std::chrono::steady_clock::time_point;

  absl::Status StartRun();
  absl::Status Lost(const std::string& how);
  int64_t JournalBytes() const;
  std::string LogText() const;

  std::vector<BenchRun> runs_;
  std::string log_;
  MeasurementOptions options_;
  size_t current_ = 0;
  std::unique_ptr<RunningProgram> process_;
  int futile_ = 0;
  int64_t journal_at_start_ = 0;
  int64_t bytes_seen_ = -1;  // of journal and log
  Time last_change_;
  Time not_before_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_MEASUREMENT_H_
