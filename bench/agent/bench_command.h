// A job as command lines of latcast-bench, and what latcast-bench leaves as what the server wants:
// pure functions.
#ifndef LATCAST_BENCH_AGENT_BENCH_COMMAND_H_
#define LATCAST_BENCH_AGENT_BENCH_COMMAND_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "latcast/v1/calibrations.pb.h"

namespace latcast::bench {

// What the agent measures with.
struct BenchSetup {
  std::string program;             // latcast-bench
  std::string device;              // cpu, cuda:0, fake
  std::vector<std::string> extra;  // further arguments of `run`
};

// One run of latcast-bench. It goes on where its journal stopped.
struct BenchRun {
  std::string phase;  // "blocks", "networks", "probes"
  std::vector<std::string> command;
  std::string journal;
  std::string points;  // and their provenance beside it
};

// The runs of a job: its blocks, then its networks if there are any; files lie in `folder`. Budget,
// threads and plan are there: the server put its defaults for what nobody gave. INVALID_ARGUMENT
// for a plan that is not one of the bench's own and for networks that are no plain names, since a
// job comes from another computer and must not name files of this one, and without a budget or
// threads.
absl::StatusOr<std::vector<BenchRun>> JobRuns(const BenchSetup& setup,
                                              const v1::CalibrationSpec& spec,
                                              const std::string& folder);

// Five blocks of five families, each a fraction of a millisecond to some, that tell of memory,
// products, many channels, depthwise work and a linear layer.
std::string ProbePlan();
// The run of the probe plan, which lies in `plan_path`.
BenchRun ProbeRun(const BenchSetup& setup, const v1::Mode& mode, const std::string& plan_path,
                  const std::string& folder);

// One points file of two with the same columns.
absl::StatusOr<std::string> JoinPoints(std::string_view blocks, std::string_view networks);

// The last "17 of 42 measured, about 0:35 left" of the bench's output; nullopt without.
std::optional<v1::Progress> LastProgress(std::string_view log);
// The last line of it that is not empty, shortened: why a run failed.
std::string LastLine(std::string_view log);

// "calibration-" and 16 hexadecimal digits: safe as the name of a folder.
bool IsOperationName(std::string_view name);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_BENCH_COMMAND_H_
