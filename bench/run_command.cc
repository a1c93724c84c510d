#include "bench/run_command.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/harness/budget.h"
#include "bench/harness/drift.h"
#include "bench/harness/journal.h"
#include "bench/harness/provenance.h"
#include "bench/harness/runner.h"
#include "bench/isolation/isolated_measurer.h"
#include "bench/isolation/local_measurer.h"
#include "bench/plan/candidate.h"
#include "bench/points_table.h"
#include "bench/progress.h"

namespace latcast::bench {
namespace {

void Say(const std::string& line) { std::fprintf(stderr, "latcast-bench: %s\n", line.c_str()); }

// The first few; `latcast-bench plan` prints all.
void SayNotes(const std::vector<std::string>& notes) {
  constexpr size_t kShown = 3;
  for (size_t i = 0; i < std::min(notes.size(), kShown); ++i) Say(notes[i]);
  if (notes.size() > kShown) Say(absl::StrCat("and ", notes.size() - kShown, " more left out"));
}

absl::StatusOr<std::unique_ptr<Measurer>> OpenMeasurer(const RunRequest& request,
                                                       const std::atomic<bool>& interrupted) {
  if (!request.isolate) {
    ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, OpenDevice(request.device));
    return MakeLocalMeasurer(std::move(backend), &interrupted);
  }
  IsolationOptions options;
  ASSIGN_OR_RETURN(const std::string program, MeasuringProgram(request.device));
  options.command = {program, "worker"};
  for (std::string& argument : ToArguments(request.device)) {
    options.command.push_back(std::move(argument));
  }
  return MakeIsolatedMeasurer(options, &interrupted);
}

JournalHeader MakeHeader(const RunRequest& request, const Plan& plan, const DeviceInfo& info) {
  JournalHeader header;
  header.plan = FormatPlan(plan);
  header.provenance = SystemProvenance();
  header.provenance.insert(info.provenance.begin(), info.provenance.end());
  header.mode = ToModeEntries(info.mode);
  header.mode.insert(info.settings.begin(), info.settings.end());
  header.mode["device"] = info.device;
  header.mode["weights"] = request.weights;
  header.mode["cpu_model"] = header.provenance["cpu_model"];
  header.settings = {{"passes", absl::StrCat(request.plan.passes)},
                     {"seed", absl::StrCat(request.plan.seed)}};
  if (request.plan.budget_s.has_value()) {
    header.settings["budget_s"] = FormatExact(*request.plan.budget_s);
  }
  return header;
}

// Guesses of a device that nobody has measured may be this far off.
constexpr double kPatience = 20.0;

// Of medium size, a millisecond of a core: long enough to be measured well, short enough to be
// measured often.
constexpr char kProbe[] = "block:BasicBlock?batch=1&cin=64&h=28&w=28&cout=64";

WorkItem ProbeItem(const RunRequest& request, Measurer& measurer) {
  WorkItem probe;
  probe.id = kProbe;
  probe.measure = [&measurer, limit_s = request.point_limit_s](const SamplingSettings& sampling) {
    return measurer.Measure({kProbe, Weights::kWarm, limit_s, sampling});
  };
  return probe;
}

absl::StatusOr<std::vector<WorkItem>> MakeWork(const RunRequest& request, const Plan& plan,
                                               Measurer& measurer) {
  std::vector<WorkItem> items;
  for (size_t i = 0; i < plan.items.size(); ++i) {
    ASSIGN_OR_RETURN(const Candidate candidate,
                     Annotate(Examine(plan.items[i].spec, measurer.info().mode.threads),
                              absl::StrCat("items[", i, "].spec")));
    WorkItem item;
    item.id = candidate.item.spec;
    item.expected_ms = candidate.rough_ms;
    item.expected_prepare_s = candidate.prepare_s;
    PointRequest point;
    point.spec = candidate.item.spec;
    // A network is what its user runs again and again; a block is to tell of networks.
    const bool is_warm = candidate.item.group == kNetworkGroup || request.weights == "warm";
    point.weights = is_warm ? Weights::kWarm : Weights::kCold;
    point.limit_s =
        request.point_limit_s +
        kPatience * FloorSeconds({candidate.prepare_s, candidate.rough_ms * 1e-3}, point.sampling);
    item.measure = [&measurer, point](const SamplingSettings& sampling) mutable {
      point.sampling = sampling;
      return measurer.Measure(point);
    };
    items.push_back(std::move(item));
  }
  return items;
}

void WarnWhenBusy() {
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  if (const double load = LoadAverage(); load > 0.5 * cores) {
    Say(absl::StrCat("the machine is busy (load ", FormatExact(load), " on ", cores,
                     " cores): expect noise"));
  }
}

void SummariseDrift(const Drift& drift) {
  if (drift.probes == 0) return;
  std::string line = absl::StrCat(drift.probes, " probes within ", FormatPercent(drift.largest));
  if (const size_t drifted = drift.Drifted(); drifted > 0) {
    absl::StrAppend(&line, ": the device drifted; ", drifted,
                    " visits beside the probes that were off are left out where there are others");
  }
  Say(line);
}

void Summarise(const std::vector<PointResult>& results, double seconds) {
  size_t count[4] = {};
  std::vector<double> noises;
  size_t runs = 0;
  size_t disturbed = 0;
  size_t discarded = 0;
  size_t corrected = 0;
  for (const PointResult& result : results) {
    ++count[static_cast<size_t>(result.outcome)];
    if (result.noise.has_value()) noises.push_back(*result.noise);
    runs += result.runs;
    disturbed += result.disturbed_runs;
    discarded += result.discarded_runs;
    corrected += result.slowdown != 1.0 ? 1 : 0;
    if (result.outcome == Outcome::kOk) continue;
    Say(absl::StrCat(result.id, ": ", ToAbsl(Name(result.outcome)), ": ", result.message));
  }
  std::string line = absl::StrCat(results.size(), " points in ", FormatLatency(seconds * 1e3), ":");
  const char* separator = " ";
  for (size_t i = 0; i < std::size(count); ++i) {
    if (count[i] == 0) continue;
    absl::StrAppend(&line, separator, count[i], " ", ToAbsl(Name(static_cast<Outcome>(i))));
    separator = ", ";
  }
  if (!noises.empty()) {
    std::sort(noises.begin(), noises.end());
    absl::StrAppend(&line, "; passes differ by ", FormatPercent(Quantile(noises, 0.5)),
                    " (median), ", FormatPercent(Quantile(noises, 0.9)), " (p90)");
  }
  Say(line);
  if (corrected > 0) {
    Say(absl::StrCat(corrected,
                     " points were never measured while the device was at its usual "
                     "speed: their latencies are brought to it by the probes (column slowdown)"));
  }
  if (discarded > 0) Say(absl::StrCat(discarded, " runs discarded: the device was throttled"));
  if (20 * disturbed > runs) {
    const double share = static_cast<double>(disturbed) / static_cast<double>(runs);
    Say(absl::StrCat("other programs had the core during ", FormatPercent(share), " of the runs"));
  }
}

}  // namespace

absl::Status RunCommand(const RunRequest& request, const std::atomic<bool>& interrupted) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Measurer> measurer, OpenMeasurer(request, interrupted));
  const DeviceInfo& device = measurer->info();
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(request.plan));
  SayNotes(plan.notes);
  ASSIGN_OR_RETURN(const std::vector<WorkItem> items, MakeWork(request, plan, *measurer));
  ASSIGN_OR_RETURN(Journal journal,
                   Journal::Open(request.journal, MakeHeader(request, plan, device)));
  std::vector<Visit> done = journal.TakeVisits();
  Say(absl::StrCat(
      items.size(), " points on ", device.device, ", ", device.mode.threads, " thread(s)",
      journal.resumed() ? absl::StrCat("; ", done.size(), " visits are done already") : ""));
  if (device.device != "fake") WarnWhenBusy();

  RunnerOptions options;
  options.passes = request.plan.passes;
  options.max_visits = std::max(options.passes, options.max_visits);
  options.seed = request.plan.seed;
  options.probe_every = request.probe_every;
  options.budget_s = request.plan.budget_s;
  const WorkItem probe = ProbeItem(request, *measurer);
  RunHooks hooks;
  hooks.on_visit = [&journal](const Visit& visit) { return journal.Append(visit); };
  hooks.interrupted = &interrupted;
  const int64_t start = measurer->clock().NowNs();
  absl::StatusOr<std::vector<Visit>> visits;
  {
    ProgressPrinter printer(stderr);
    hooks.on_progress = [&printer](const RunProgress& progress) { printer.Show(progress); };
    visits = RunAll(items, options, std::move(done), measurer->clock(), hooks, &probe);
  }
  if (absl::IsCancelled(visits.status())) {
    return absl::CancelledError(absl::StrCat(
        "interrupted; the same command goes on where it stopped (", request.journal, ")"));
  }
  if (absl::IsUnavailable(visits.status())) {
    return absl::UnavailableError(absl::StrCat(visits.status().message(),
                                               "; the same command goes on where it stopped (",
                                               request.journal, ")"));
  }
  RETURN_IF_ERROR(visits.status());
  ASSIGN_OR_RETURN(const std::vector<PointResult> results,
                   WritePoints(journal.header(), *visits, request.out));
  Summarise(results, measurer->clock().SecondsSince(start));
  SummariseDrift(FindDrift(*visits));
  Say(absl::StrCat("wrote ", request.out));
  return absl::OkStatus();
}

}  // namespace latcast::bench
