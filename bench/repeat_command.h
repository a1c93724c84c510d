// latcast-bench repeat: the same plan twice, and how far the two runs agree.
#ifndef LATCAST_BENCH_REPEAT_COMMAND_H_
#define LATCAST_BENCH_REPEAT_COMMAND_H_

#include <atomic>

#include "absl/status/status.h"
#include "bench/run_command.h"

namespace latcast::bench {

// Runs request.plan twice, one run after the other, into OUT.1 and OUT.2 with a journal each, and
// writes {schema_version, points, median, p90, largest, worst, shift, only_in_one} to OUT. Resumes
// as `run` does. DATA_LOSS when no point is ok in both; else as RunCommand.
absl::Status RepeatCommand(const RunRequest& request, const std::atomic<bool>& interrupted);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_REPEAT_COMMAND_H_
