// The desk between clients, agents and the store: who gets which job when, and what survives.
#include "server/store/calibration_desk.h"

#include "base/file.h"
#include "base/status_matchers.h"
#include "server/store/fit_upload.h"
#include "server/store/memory_store.h"
#include "server/store/sqlite_job_store.h"
#include "tests/support/profiles.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kProvenance[] =
    R"({"mode": {"metric": "wall", "threads": 1}, "provenance": {"cpu_model": "Epyc"}})";

// Notes what it is told.
class FakeLink final : public AgentLink {
 public:
  void Welcome(const regression::Mode* profile_mode) override {
    told.push_back(profile_mode == nullptr ? "welcome" : "welcome, probe");
  }
  void Measure(const JobRecord& job) override { told.push_back("measure " + job.name); }
  void Cancel(const std::string& job) override { told.push_back("cancel " + job); }
  void Close() override { told.push_back("close"); }

  std::vector<std::string> Take() { return std::exchange(told, {}); }
  std::vector<std::string> told;
};

AgentIntroduction Introduction(const std::string& job = "", const std::string& instance = "1",
                               const std::string& hardware = "cpu") {
  AgentIntroduction agent;
  agent.device.name = "epyc";
  agent.device.hardware = hardware;
  agent.device.host = "host";
  agent.instance = instance;
  agent.job = job;
  return agent;
}

class CalibrationDeskTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  // As a server that starts: over what is on disk.
  void Open() {
    desk_.reset();
    desk_ = CalibrationDesk::Open(SqliteJobStore::Open(folder_.path() + "/jobs.db").value(),
                                  *profiles_, snapshots_)
                .value();
  }
  std::string Start(const std::string& request_id = "") {
    return desk_->Start("epyc", "spec", request_id).value().job.name;
  }
  JobState State(const std::string& job) { return desk_->Get(job).value().job.state; }
  absl::StatusOr<int64_t> Upload(const std::string& job, int64_t offset, std::string_view data,
                                 std::string_view all, bool last) {
    CalibrationDesk::Piece piece;
    piece.upload = "upload";
    piece.offset = offset;
    piece.data = data;
    piece.total_bytes = static_cast<int64_t>(all.size());
    if (last) piece.provenance_json = kProvenance;
    return desk_->Upload(job, piece);
  }
  JobRecord Done(const std::string& job) {
    return desk_->Wait(job, std::chrono::minutes(2)).value().job;
  }

  test::TempFolder folder_;
  SnapshotHolder snapshots_;
  std::unique_ptr<ProfileRegistry> profiles_ =
      ProfileRegistry::Open(std::make_unique<MemoryStore>(), snapshots_).value();
  const std::string points_ = ReadFile("tests/data/latency/blocks-xeon-1core-fp32.csv").value();
  FakeLink link_;
  FakeLink other_;
  std::unique_ptr<CalibrationDesk> desk_;
};

// Jobs wait for their agent, are measured one at a time and in their order.
TEST_F(CalibrationDeskTest, HandsOutOneJobAtATime) {
  EXPECT_THAT(desk_->Start("epyc", "spec", ""),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'epyc'")));
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  EXPECT_THAT(link_.Take(), ElementsAre("welcome"));
  const std::string first = Start();
  EXPECT_THAT(link_.Take(), ElementsAre("measure " + first));
  EXPECT_EQ(State(first), JobState::kRunning);
  const std::string second = Start();
  EXPECT_EQ(State(second), JobState::kQueued);
  EXPECT_THAT(link_.Take(), IsEmpty());
  ASSERT_OK(desk_->Fail(link_, first, absl::UnavailableError("no device")));
  EXPECT_EQ(State(first), JobState::kFailed);
  EXPECT_EQ(desk_->Get(first)->job.message, "no device");
  EXPECT_THAT(link_.Take(), ElementsAre("measure " + second));
  const auto devices = desk_->Devices().value();
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_TRUE(devices[0].connected);
  EXPECT_EQ(devices[0].job, second);
}

// An agent that comes back goes on with its job: told again if it has forgotten, not if it is at
// it.
TEST_F(CalibrationDeskTest, JobsOutliveTheirAgent) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start();
  desk_->AgentLeft(link_);
  EXPECT_EQ(State(job), JobState::kRunning);
  EXPECT_FALSE(desk_->Get(job)->agent_connected);
  ASSERT_OK(desk_->AgentCame(Introduction(), other_));
  EXPECT_THAT(other_.Take(), ElementsAre("welcome", "measure " + job));
  EXPECT_TRUE(desk_->Get(job)->agent_connected);
  desk_->AgentLeft(other_);
  ASSERT_OK(desk_->AgentCame(Introduction(job), other_));
  EXPECT_THAT(other_.Take(), ElementsAre("welcome"));
}

// The same over a restart of the server.
TEST_F(CalibrationDeskTest, JobsOutliveTheServer) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start("request");
  const std::string waiting = Start();
  ASSERT_OK(Upload(job, 0, points_.substr(0, 1000), points_, false));
  desk_->AgentLeft(link_);
  Open();
  EXPECT_EQ(Start("request"), job);
  ASSERT_OK(desk_->AgentCame(Introduction(job), other_));
  EXPECT_THAT(other_.Take(), ElementsAre("welcome"));
  EXPECT_THAT(Upload(job, 0, "", points_, false), IsOkAndHolds(1000));
  ASSERT_OK(Upload(job, 1000, std::string_view(points_).substr(1000), points_, true));
  EXPECT_THAT(other_.Take(), ElementsAre("measure " + waiting));
  EXPECT_EQ(Done(job).state, JobState::kSucceeded);
}

// Points become a new active version with its evidence; models of other modes stay.
TEST_F(CalibrationDeskTest, FitsUploadedPoints) {
  ASSERT_OK(profiles_->Create(test::TwoModeProfile("epyc"), true, ""));
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  EXPECT_THAT(link_.Take(), ElementsAre("welcome, probe"));
  const std::string job = Start();
  ASSERT_OK(Upload(job, 0, points_, points_, true));
  const JobRecord done = Done(job);
  ASSERT_EQ(done.state, JobState::kSucceeded) << done.message;
  ASSERT_OK_AND_ASSIGN(const CalibrationOutcome outcome, ParseOutcome(done.result));
  EXPECT_EQ(outcome.version, 2);
  EXPECT_GT(outcome.points, 100);
  EXPECT_GT(outcome.cross_validated_mdre, 0.0);
  EXPECT_THAT(outcome.report, HasSubstr("unseen points"));
  ASSERT_OK_AND_ASSIGN(const StoredProfile stored, profiles_->Get("epyc", 0));
  EXPECT_EQ(stored.version, 2);
  EXPECT_THAT(stored.profile.description, HasSubstr("Epyc"));
  ASSERT_EQ(stored.profile.models.size(), 2u);
  EXPECT_EQ(stored.profile.models[0].mode.threads, 1);
  EXPECT_EQ(stored.profile.models[1], test::ClassicModel());
  EXPECT_EQ(snapshots_.Get()->at("epyc")->version, 2);
}

// A server that ended during the fit fits when it starts; one that ended between the new version
// and the end of the operation does not make another version.
TEST_F(CalibrationDeskTest, FitsOnceOverARestart) {
  desk_.reset();
  {
    const auto store = SqliteJobStore::Open(folder_.path() + "/jobs.db").value();
    ASSERT_OK(store->Create({"job", "epyc", "spec"}));
    ASSERT_OK(store->Change("job", {.event = JobEvent::kAssigned}));
    ASSERT_OK(store->Append("job", "u", 0, points_, static_cast<int64_t>(points_.size())));
    ASSERT_OK_AND_ASSIGN(const JobRecord job, store->Change("job", {.event = JobEvent::kUploaded,
                                                                    .provenance = kProvenance}));
    ASSERT_OK_AND_ASSIGN(const CalibrationOutcome outcome, FitUpload(job, points_, *profiles_));
    EXPECT_EQ(outcome.version, 1);
  }
  Open();
  const JobRecord done = Done("job");
  ASSERT_EQ(done.state, JobState::kSucceeded) << done.message;
  EXPECT_EQ(ParseOutcome(done.result)->version, 1);
  EXPECT_EQ(profiles_->List("epyc")->size(), 1u);
}

// The last answer may be lost: the last piece is acknowledged again while the server fits and
// after, other bytes are not.
TEST_F(CalibrationDeskTest, AcknowledgesTheLastPieceAgain) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start();
  const auto size = static_cast<int64_t>(points_.size());
  EXPECT_THAT(Upload(job, 0, points_, points_, false), IsOkAndHolds(size));
  EXPECT_EQ(State(job), JobState::kRunning) << "without provenance there is nothing to fit";
  EXPECT_THAT(Upload(job, size, "", points_, true), IsOkAndHolds(size));
  EXPECT_THAT(Upload(job, 0, points_, points_, true), IsOkAndHolds(size));
  EXPECT_EQ(Done(job).state, JobState::kSucceeded);
  EXPECT_THAT(Upload(job, size, "", points_, true), IsOkAndHolds(size));
  EXPECT_THAT(Upload(job, 0, "other", points_, true),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("succeeded")));
  ASSERT_OK_AND_ASSIGN(const auto versions, profiles_->List("epyc"));
  EXPECT_EQ(versions.size(), 1u);
}

// Points that cannot be fitted fail the job with the place, and the server goes on.
TEST_F(CalibrationDeskTest, BadPointsFailTheJob) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start();
  const std::string bad = points_.substr(0, points_.find('\n') + 1) + "a,b,c\n";
  ASSERT_OK(Upload(job, 0, bad, bad, true));
  const JobRecord done = Done(job);
  EXPECT_EQ(done.state, JobState::kFailed);
  EXPECT_THAT(done.message, HasSubstr("points: line 2"));
  EXPECT_EQ(snapshots_.Get()->size(), 0u);
  const std::string next = Start();
  ASSERT_OK(Upload(next, 0, points_, points_, true));
  EXPECT_EQ(Done(next).state, JobState::kSucceeded);
}

// Cancelling ends the operation at once, tells the agent, and lets the next one begin. What is done
// stays done, and nothing can be uploaded for it any more.
TEST_F(CalibrationDeskTest, Cancels) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string first = Start();
  const std::string second = Start();
  const std::string third = Start();
  link_.Take();
  ASSERT_OK_AND_ASSIGN(const JobStatus queued, desk_->Cancel(second));
  EXPECT_EQ(queued.job.state, JobState::kCancelled);
  EXPECT_THAT(link_.Take(), IsEmpty());
  ASSERT_OK(desk_->Cancel(first));
  EXPECT_THAT(link_.Take(), ElementsAre("cancel " + first, "measure " + third));
  EXPECT_EQ(desk_->Cancel(first)->job.state, JobState::kCancelled);
  EXPECT_THAT(Upload(first, 0, "x", "x", true),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cancelled")));
  ASSERT_OK(desk_->Fail(link_, first, absl::InternalError("late")));
  EXPECT_EQ(State(first), JobState::kCancelled);
  EXPECT_EQ(State(third), JobState::kRunning);
  EXPECT_THAT(desk_->Cancel("nobody"), StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

// An agent that was away when its job was cancelled hears of it when it is back.
TEST_F(CalibrationDeskTest, CancelsBehindTheAgentsBack) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start();
  desk_->AgentLeft(link_);
  ASSERT_OK(desk_->Cancel(job));
  ASSERT_OK(desk_->AgentCame(Introduction(job), other_));
  EXPECT_THAT(other_.Take(), ElementsAre("welcome", "cancel " + job));
}

// One agent a device: another one is refused, the same one takes its old place, and what the old
// link still says counts no more.
TEST_F(CalibrationDeskTest, OneAgentADevice) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  EXPECT_THAT(desk_->AgentCame(Introduction("", "2"), other_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("'epyc'")));
  const std::string job = Start();
  link_.Take();
  ASSERT_OK(desk_->AgentCame(Introduction(job), other_));
  EXPECT_THAT(link_.Take(), ElementsAre("close"));
  desk_->AgentLeft(link_);
  desk_->Report(link_, job, {"blocks", 1, 2, 3.0});
  ASSERT_OK(desk_->Fail(link_, job, absl::InternalError("old")));
  EXPECT_EQ(State(job), JobState::kRunning);
  EXPECT_FALSE(desk_->Get(job)->progress.has_value());
  desk_->Report(other_, job, {"blocks", 1, 2, 3.0});
  EXPECT_EQ(desk_->Get(job)->progress->done, 1);
}

// A device does not become other hardware under its name.
TEST_F(CalibrationDeskTest, RefusesOtherHardware) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  desk_->AgentLeft(link_);
  EXPECT_THAT(desk_->AgentCame(Introduction("", "1", "cuda:0"), other_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("registered as cpu")));
  AgentIntroduction bad = Introduction();
  bad.device.name = "../epyc";
  EXPECT_THAT(desk_->AgentCame(bad, other_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("device: needs")));
}

// Probes are held against the active profile, and the verdict stays with the device.
TEST_F(CalibrationDeskTest, ChecksProbes) {
  const std::string probes =
      "name,macs_all,elementwise,kernels,latency_ms\n"
      "a,1e8,1e5,5,1.4\nb,2e8,2e5,9,2.54\nc,4e8,1e5,7,4.42\n";
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  EXPECT_THAT(desk_->CheckProbes(link_, probes, kProvenance),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no active profile")));
  ASSERT_OK(profiles_->Create(test::TwoModeProfile("epyc"), true, ""));
  ASSERT_OK_AND_ASSIGN(const auto fresh, desk_->CheckProbes(link_, probes, kProvenance));
  EXPECT_FALSE(fresh.stale);
  EXPECT_EQ(fresh.probes, 3);
  std::string slow = probes;
  for (const char* tail : {",1.4\n", ",2.54\n", ",4.42\n"}) slow.replace(slow.find(tail), 1, ",9");
  ASSERT_OK_AND_ASSIGN(const auto stale, desk_->CheckProbes(link_, slow, kProvenance));
  EXPECT_TRUE(stale.stale);
  const auto devices = desk_->Devices().value();
  EXPECT_TRUE(devices[0].device.stale);
  EXPECT_THAT(devices[0].device.staleness, HasSubstr("version 1 stale"));
  EXPECT_THAT(desk_->CheckProbes(link_, probes, R"({"mode": {"threads": 7}})"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("mode")));
  EXPECT_THAT(desk_->CheckProbes(link_, "x", kProvenance),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probes")));
}

// Nobody fills the queue of a device without end.
TEST_F(CalibrationDeskTest, BoundsTheQueue) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  std::string last;
  for (size_t i = 0; i < kMaxOpenJobs; ++i) last = Start();
  EXPECT_THAT(desk_->Start("epyc", "spec", ""),
              StatusIs(absl::StatusCode::kResourceExhausted, ::testing::_));
  ASSERT_OK(desk_->Cancel(last));
  EXPECT_OK(desk_->Start("epyc", "spec", ""));
  ASSERT_OK_AND_ASSIGN(const auto list, desk_->List("epyc"));
  EXPECT_EQ(list.size(), kMaxOpenJobs + 1);
  EXPECT_EQ(list[1].job.name, last) << "newest first";
}

// A stopped desk closes its links, ends what waits, and takes nothing more.
TEST_F(CalibrationDeskTest, Stops) {
  ASSERT_OK(desk_->AgentCame(Introduction(), link_));
  const std::string job = Start();
  link_.Take();
  std::thread waiting([this, &job] {
    EXPECT_EQ(desk_->Wait(job, std::chrono::hours(1))->job.state, JobState::kRunning);
  });
  desk_->Stop();
  waiting.join();
  EXPECT_THAT(link_.Take(), ElementsAre("close"));
  EXPECT_THAT(desk_->Start("epyc", "spec", ""),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
  EXPECT_THAT(desk_->AgentCame(Introduction(), other_),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
  EXPECT_THAT(Upload(job, 0, "x", "x", true),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
}

}  // namespace
}  // namespace latcast::server
