// latcast points import: takes home the journal of a machine without network.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"
#include "clients/cli/program.h"

namespace latcast::cli {
namespace {

struct Options {
  std::string action;
  std::string journal;
  std::string out;
};

// latcast-bench knows journals and derives the features.
absl::StatusOr<int> Import(const Options& options) {
  if (options.out.empty()) return UsageError("give -o FILE, the points file to write");
  ASSIGN_OR_RETURN(
      const int status,
      RunProgram("latcast-bench", std::vector<std::string>{"points", "--journal", options.journal,
                                                           "--out", options.out}));
  if (status == kSuccess) {
    Print(absl::StrCat("points in ", options.out, ", how they were measured in ", options.out,
                       ".provenance.json\n"));
  }
  return status;
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.PositionalChoice("ACTION", {"import"}, options->action,
                         "import: a journal of latcast-bench becomes a points file");
  flags.Positional("JOURNAL", options->journal, "of a run, finished or not");
  flags.Value("--out,-o", "FILE", options->out, "points file (CSV); its provenance goes beside it");
  return [options] { return Import(*options); };
}

}  // namespace

Command PointsCommand() {
  return {"points", "points of a journal that was written elsewhere",
          "latcast points import journal.jsonl -o points.csv", Declare};
}

}  // namespace latcast::cli
