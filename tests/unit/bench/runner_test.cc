#include "bench/harness/runner.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "bench/harness/measure_visit.h"
#include "tests/unit/bench/scripted_runnable.h"

namespace latcast::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Script = std::function<absl::StatusOr<double>(int visit)>;

// A device of named points on a manual clock; a script gives the latency of each visit of a point.
class FakeDevice {
 public:
  WorkItem Item(const std::string& id, Script script) {
    WorkItem item;
    item.id = id;
    item.measure = [this, id, script](const SamplingSettings& sampling) {
      const Prepare prepare = [&]() -> absl::StatusOr<std::unique_ptr<Runnable>> {
        const absl::StatusOr<double> ms = script(visits_[id]++);
        if (!ms.ok()) return ms.status();
        return std::make_unique<ScriptedRunnable>(clock, [ms](int) { return ms; });
      };
      return MeasureVisit(prepare, sampling, clock);
    };
    return item;
  }

  std::vector<WorkItem> Items(int count, double ms) {
    std::vector<WorkItem> items;
    for (int i = 0; i < count; ++i) {
      items.push_back(Item(absl::StrCat("p", i), [ms](int) { return ms; }));
    }
    return items;
  }

  ManualClock clock;

 private:
  std::map<std::string, int> visits_;
};

using Log = std::vector<std::pair<std::string, int>>;

RunHooks LogTo(Log& log) {
  RunHooks hooks;
  hooks.on_visit = [&log](const Visit& visit) {
    log.emplace_back(visit.id, visit.pass);
    return absl::OkStatus();
  };
  return hooks;
}

// Each pass visits every point once, in an order of its own that the seed fixes.
TEST(RunnerTest, PassesAreInterleavedAndShuffled) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(20, 1.0);
  Log log;
  ASSERT_OK_AND_ASSIGN(const auto visits, RunAll(items, {}, {}, device.clock, LogTo(log)));
  ASSERT_THAT(visits, SizeIs(40));
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(log[i].second, i < 20 ? 0 : 1);
    (i < 20 ? first : second).push_back(log[i].first);
  }
  EXPECT_NE(first, second);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
  EXPECT_THAT(std::set<std::string>(first.begin(), first.end()), SizeIs(20));
  EXPECT_THAT(std::set<std::string>(second.begin(), second.end()), SizeIs(20));

  Log again;
  ASSERT_OK(RunAll(items, {}, {}, device.clock, LogTo(again)).status());
  EXPECT_EQ(log, again);
  RunnerOptions other;
  other.seed = 2;
  Log different;
  ASSERT_OK(RunAll(items, other, {}, device.clock, LogTo(different)).status());
  EXPECT_NE(log, different);
}

// What an earlier run has measured is not measured again; what it has not is.
TEST(RunnerTest, ResumesWhereItStopped) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(6, 1.0);
  Log whole;
  ASSERT_OK_AND_ASSIGN(const auto visits, RunAll(items, {}, {}, device.clock, LogTo(whole)));
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{7}, size_t{12}}) {
    Log rest;
    ASSERT_OK_AND_ASSIGN(
        const auto resumed,
        RunAll(items, {}, {visits.begin(), visits.begin() + static_cast<long>(cut)}, device.clock,
               LogTo(rest)));
    EXPECT_EQ(rest, Log(whole.begin() + static_cast<long>(cut), whole.end())) << cut;
    EXPECT_THAT(resumed, SizeIs(12)) << cut;
  }
}

// Points whose passes disagree are visited again, the noisiest first, up to max_visits; quiet
// points and points that settle are left alone.
TEST(RunnerTest, NoisyPointsAreRevisited) {
  FakeDevice device;
  std::vector<WorkItem> items = device.Items(3, 1.0);
  items.push_back(device.Item("settles", [](int visit) { return visit == 0 ? 2.0 : 1.0; }));
  items.push_back(device.Item("wild", [](int visit) { return 1.0 + 5.0 * visit; }));
  Log log;
  RunnerOptions options;
  options.max_visits = 4;
  ASSERT_OK(RunAll(items, options, {}, device.clock, LogTo(log)).status());
  EXPECT_THAT(Log(log.begin() + 10, log.end()),
              ElementsAre(std::pair("wild", 2), std::pair("settles", 2), std::pair("wild", 3)));
}

// A failing point costs one visit, says why, and the others go on.
TEST(RunnerTest, FailuresStayWithTheirPoint) {
  FakeDevice device;
  std::vector<WorkItem> items = device.Items(2, 1.0);
  items.push_back(
      device.Item("big", [](int) { return absl::ResourceExhaustedError("20 GiB wanted"); }));
  items.push_back(device.Item("odd", [](int) { return absl::UnimplementedError("no kernel"); }));
  items.push_back(device.Item("nan", [](int) { return std::nan(""); }));
  Log log;
  ASSERT_OK_AND_ASSIGN(const auto visits, RunAll(items, {}, {}, device.clock, LogTo(log)));
  EXPECT_THAT(visits, SizeIs(2 * 2 + 3));
  std::map<std::string, const Visit*> last;
  for (const Visit& visit : visits) last[visit.id] = &visit;
  EXPECT_EQ(last["big"]->outcome, Outcome::kOom);
  EXPECT_EQ(last["big"]->message, "20 GiB wanted");
  EXPECT_EQ(last["odd"]->outcome, Outcome::kFailed);
  EXPECT_EQ(last["nan"]->outcome, Outcome::kFailed);
  EXPECT_THAT(last["nan"]->message, HasSubstr("nan"));
  EXPECT_EQ(last["p0"]->outcome, Outcome::kOk);
}

// Noisy points of very different speeds together end near the budget, and every one is visited in
// every pass.
TEST(RunnerTest, EndsNearTheBudget) {
  for (const double budget_s : {15.0, 40.0}) {
    FakeDevice device;
    std::vector<WorkItem> items;
    for (int i = 0; i < 12; ++i) {
      const double ms = 0.5 * std::pow(1.8, i);  // 0.5 ... 321 ms
      WorkItem item = device.Item(absl::StrCat("p", i), [](int) { return 1.0; });
      item.expected_ms = ms / 2.0;  // the guess is off
      item.measure = [&device, ms](const SamplingSettings& sampling) {
        const Prepare prepare = [&]() -> absl::StatusOr<std::unique_ptr<Runnable>> {
          return std::make_unique<ScriptedRunnable>(
              device.clock, [ms](int run) { return ms * (run % 2 == 0 ? 1.0 : 1.1); });
        };
        return MeasureVisit(prepare, sampling, device.clock);
      };
      items.push_back(std::move(item));
    }
    RunnerOptions options;
    options.budget_s = budget_s;
    options.max_visits = 2;
    options.sampling.max_warmup_s = 0.5;
    options.sampling.max_sampling_s = 1.0;
    Log log;
    ASSERT_OK_AND_ASSIGN(const auto visits, RunAll(items, options, {}, device.clock, LogTo(log)));
    EXPECT_THAT(visits, SizeIs(24));
    const double spent_s = device.clock.SecondsSince(0);
    EXPECT_GT(spent_s, 0.6 * budget_s);
    EXPECT_LT(spent_s, 1.15 * budget_s);
  }
}

// A budget that cannot do still measures every point in every pass, at the floor.
TEST(RunnerTest, TooSmallABudgetKeepsTheFloor) {
  FakeDevice device;
  std::vector<WorkItem> items = device.Items(5, 100.0);
  for (WorkItem& item : items) item.expected_ms = 100.0;
  RunnerOptions options;
  options.budget_s = 0.1;
  Log log;
  ASSERT_OK_AND_ASSIGN(const auto visits, RunAll(items, options, {}, device.clock, LogTo(log)));
  EXPECT_THAT(visits, SizeIs(10));
  for (const Visit& visit : visits) EXPECT_EQ(visit.samples_ms.size(), 3u);
}

// Progress counts up to its total, and the time left falls to nothing.
TEST(RunnerTest, ReportsProgress) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(4, 1.0);
  Log log;
  RunHooks hooks = LogTo(log);
  std::vector<RunProgress> reports;
  hooks.on_progress = [&reports](const RunProgress& progress) { reports.push_back(progress); };
  ASSERT_OK(RunAll(items, {}, {}, device.clock, hooks).status());
  ASSERT_THAT(reports, SizeIs(9));
  for (size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].done, i);
    EXPECT_EQ(reports[i].total, 8u);
  }
  EXPECT_GT(reports[4].left_s, reports[7].left_s);
  EXPECT_EQ(reports.back().left_s, 0.0);
}

// An interrupt ends the run with the finished visits handed over; a journal that cannot be written
// ends it too.
TEST(RunnerTest, InterruptAndJournalErrorEndTheRun) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(4, 1.0);
  std::atomic<bool> interrupted = false;
  Log log;
  RunHooks hooks;
  hooks.interrupted = &interrupted;
  hooks.on_visit = [&](const Visit& visit) {
    log.emplace_back(visit.id, visit.pass);
    interrupted = log.size() == 3;
    return absl::OkStatus();
  };
  EXPECT_THAT(RunAll(items, {}, {}, device.clock, hooks),
              StatusIs(absl::StatusCode::kCancelled, "interrupted"));
  EXPECT_THAT(log, SizeIs(3));

  hooks = {};
  hooks.on_visit = [](const Visit&) { return absl::UnavailableError("disk full"); };
  EXPECT_THAT(RunAll(items, {}, {}, device.clock, hooks),
              StatusIs(absl::StatusCode::kUnavailable, "disk full"));
}

// The probe is visited before the first point, every few visits and at the end; one that is off is
// made twice. Visits beside a probe that stayed off are made again, after all that was planned.
TEST(RunnerTest, ProbesShowDrift) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(18, 1.0);
  // Off for a moment in the third visit, for longer in the sixth and seventh.
  const WorkItem probe = device.Item(
      "probe", [](int visit) { return visit == 2 || visit == 5 || visit == 6 ? 1.5 : 1.0; });
  RunnerOptions options;
  options.passes = 1;
  options.probe_every = 3;
  Log log;
  ASSERT_OK_AND_ASSIGN(const auto visits,
                       RunAll(items, options, {}, device.clock, LogTo(log), &probe));
  std::string order;
  for (const Visit& visit : visits) order += visit.is_probe ? 'P' : '.';
  const std::string planned = "P...P...PP...P...PP...P...P";
  const std::string again = "...P...P";  // of the six visits beside the probe that stayed off
  EXPECT_EQ(order, planned + again);
  const std::vector<PointResult> results = MergeAll(visits);
  ASSERT_EQ(results.size(), 18u);
  size_t drifted = 0;
  for (const PointResult& result : results) {
    EXPECT_EQ(result.outcome, Outcome::kOk);
    drifted += result.drifted_visits;
  }
  EXPECT_EQ(drifted, 6u);
  EXPECT_EQ(log.size(), visits.size());
}

// A run that goes on begins with a probe, and a finished one with nothing.
TEST(RunnerTest, ResumedRunsProbeFirst) {
  FakeDevice device;
  const std::vector<WorkItem> items = device.Items(4, 1.0);
  const WorkItem probe = device.Item("probe", [](int) { return 1.0; });
  RunnerOptions options;
  options.probe_every = 8;
  Log whole;
  ASSERT_OK_AND_ASSIGN(const auto visits,
                       RunAll(items, options, {}, device.clock, LogTo(whole), &probe));
  Log rest;
  ASSERT_OK(RunAll(items, options, {visits.begin(), visits.begin() + 3}, device.clock, LogTo(rest),
                   &probe)
                .status());
  ASSERT_THAT(rest, SizeIs(8));
  EXPECT_EQ(rest.front(), std::pair(std::string("probe"), 1));
  EXPECT_EQ(rest.back(), std::pair(std::string("probe"), 2));
  Log nothing;
  ASSERT_OK(RunAll(items, options, visits, device.clock, LogTo(nothing), &probe).status());
  EXPECT_TRUE(nothing.empty());
}

// A device that is lost ends the run; what was measured before has been handed over.
TEST(RunnerTest, LostDeviceEndsTheRun) {
  FakeDevice device;
  std::vector<WorkItem> items = device.Items(3, 1.0);
  items.push_back(device.Item("last", [](int) { return absl::UnavailableError("gone"); }));
  Log log;
  EXPECT_THAT(RunAll(items, {}, {}, device.clock, LogTo(log)),
              StatusIs(absl::StatusCode::kUnavailable, "gone"));
  EXPECT_LE(log.size(), 3u);
}

// Plans that make no sense are refused before anything runs.
TEST(RunnerTest, RefusesBadPlans) {
  FakeDevice device;
  std::vector<WorkItem> items = device.Items(2, 1.0);
  Log log;
  RunnerOptions no_passes;
  no_passes.passes = 0;
  EXPECT_THAT(RunAll(items, no_passes, {}, device.clock, LogTo(log)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("passes")));
  Visit stranger;
  stranger.id = "p9";
  EXPECT_THAT(RunAll(items, {}, {stranger}, device.clock, LogTo(log)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'p9'")));
  items.push_back(device.Item("p1", [](int) { return 1.0; }));
  EXPECT_THAT(RunAll(items, {}, {}, device.clock, LogTo(log)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'p1' is planned twice")));
  EXPECT_TRUE(log.empty());
}

}  // namespace
}  // namespace latcast::bench
