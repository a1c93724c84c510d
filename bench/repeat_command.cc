#include "bench/repeat_command.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/units.h"
#include "bench/harness/journal.h"
#include "bench/harness/repeatability.h"

namespace latcast::bench {

absl::Status RepeatCommand(const RunRequest& request, const std::atomic<bool>& interrupted) {
  std::vector<PointResult> results[2];
  for (int i = 0; i < 2; ++i) {
    RunRequest run = request;
    run.out = absl::StrCat(request.out, ".", i + 1);
    run.journal = absl::StrCat(run.out, ".journal.jsonl");
    RETURN_IF_ERROR(RunCommand(run, interrupted));
    ASSIGN_OR_RETURN(const JournalContent journal, ReadJournal(run.journal));
    results[i] = MergeAll(journal.visits);
  }
  const std::optional<Repeatability> found = CompareRuns(results[0], results[1]);
  if (!found.has_value()) {
    return absl::DataLossError("no point was measured well in both runs: nothing to compare");
  }
  std::printf("%zu points twice: medians differ by %s (median), %s (p90), %s (%s)\n", found->points,
              FormatPercent(found->median).c_str(), FormatPercent(found->p90).c_str(),
              FormatPercent(found->largest).c_str(), found->worst.c_str());
  if (found->steady_points < found->points) {
    std::printf("%zu of them at the device's usual speed both times: by %s (median)\n",
                found->steady_points, FormatPercent(found->steady_median).c_str());
  }
  std::printf("the second run is %s %s\n", FormatPercent(std::abs(found->shift)).c_str(),
              found->shift < 0.0 ? "faster" : "slower");
  if (found->only_in_one > 0) {
    std::printf("%zu points were measured well in one run only\n", found->only_in_one);
  }
  const nlohmann::ordered_json file = {{"schema_version", 1},
                                       {"points", found->points},
                                       {"median", found->median},
                                       {"p90", found->p90},
                                       {"largest", found->largest},
                                       {"worst", found->worst},
                                       {"shift", found->shift},
                                       {"only_in_one", found->only_in_one},
                                       {"steady_points", found->steady_points},
                                       {"steady_median", found->steady_median}};
  return WriteFileAtomically(request.out, file.dump(1) + "\n");
}

}  // namespace latcast::bench
