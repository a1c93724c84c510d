// The contract of server/store/job_store.h, held against every store.
#include <memory>
#include <thread>

#include "base/file.h"
#include "base/status_matchers.h"
#include "server/store/memory_job_store.h"
#include "server/store/sqlite_job_store.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

struct StoreKind {
  const char* name;
  std::unique_ptr<JobStore> (*make)(const std::string& folder);
};

std::unique_ptr<JobStore> MakeMemory(const std::string&) {
  return std::make_unique<MemoryJobStore>();
}
std::unique_ptr<JobStore> MakeSqlite(const std::string& folder) {
  return SqliteJobStore::Open(folder + "/calibrations.db").value();
}

class JobStoreContractTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  std::vector<std::string> Names(std::string_view device) {
    std::vector<std::string> names;
    const std::vector<JobRecord> jobs = store_->List(device).value();
    for (const JobRecord& job : jobs) names.push_back(job.name);
    return names;
  }

  test::TempFolder folder_;
  std::unique_ptr<JobStore> store_ = GetParam().make(folder_.path());
};

INSTANTIATE_TEST_SUITE_P(Stores, JobStoreContractTest,
                         ::testing::Values(StoreKind{"memory", &MakeMemory},
                                           StoreKind{"sqlite", &MakeSqlite}),
                         [](const auto& test) { return std::string(test.param.name); });

// A created job is queued and comes back as it was; lists keep the order of creation.
TEST_P(JobStoreContractTest, CreatesAndLists) {
  ASSERT_OK_AND_ASSIGN(const JobRecord job, store_->Create({"z", "epyc", "{\"a\":1}"}));
  EXPECT_EQ(job.name, "z");
  EXPECT_EQ(job.device, "epyc");
  EXPECT_EQ(job.spec, "{\"a\":1}");
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_THAT(job.created_at, MatchesRegex("20..-..-..T..:..:..Z"));
  ASSERT_OK(store_->Create({"a", "xeon", ""}));
  ASSERT_OK(store_->Create({"m", "epyc", ""}));
  EXPECT_THAT(store_->Get("z"), IsOkAndHolds(job));
  EXPECT_THAT(Names(""), ElementsAre("z", "a", "m"));
  EXPECT_THAT(Names("epyc"), ElementsAre("z", "m"));
  EXPECT_THAT(Names("nobody"), IsEmpty());
  EXPECT_THAT(store_->Get("q"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'q'")));
}

// A repeated request gives its job as it is now; another request under that id is an error.
TEST_P(JobStoreContractTest, RequestIdMakesCreateIdempotent) {
  ASSERT_OK(store_->Create({"first", "epyc", "s", "r"}));
  ASSERT_OK(store_->Change("first", {.event = JobEvent::kAssigned}));
  ASSERT_OK_AND_ASSIGN(const JobRecord again, store_->Create({"second", "epyc", "s", "r"}));
  EXPECT_EQ(again.name, "first");
  EXPECT_EQ(again.state, JobState::kRunning);
  const auto used = StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("request_id: 'r'"));
  EXPECT_THAT(store_->Create({"second", "xeon", "s", "r"}), used);
  EXPECT_THAT(store_->Create({"second", "epyc", "t", "r"}), used);
  EXPECT_THAT(Names(""), ElementsAre("first"));
  ASSERT_OK(store_->Create({"second", "epyc", "s"}));
  ASSERT_OK(store_->Create({"third", "epyc", "s"}));
}

// The way to success, with what each step brings; a step that the table lacks changes nothing.
TEST_P(JobStoreContractTest, ChangesFollowTheTable) {
  ASSERT_OK(store_->Create({"j", "epyc", "s"}));
  EXPECT_THAT(store_->Change("j", {.event = JobEvent::kFitted, .result = "x"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("queued")));
  ASSERT_OK(store_->Change("j", {.event = JobEvent::kAssigned}));
  ASSERT_OK(store_->Change("j", {.event = JobEvent::kUploaded, .provenance = "{}"}));
  ASSERT_OK_AND_ASSIGN(const JobRecord done,
                       store_->Change("j", {.event = JobEvent::kFitted, .result = "version 3"}));
  EXPECT_EQ(done.state, JobState::kSucceeded);
  EXPECT_EQ(done.provenance, "{}");
  EXPECT_EQ(done.result, "version 3");
  EXPECT_EQ(done.error_code, 0);
  EXPECT_FALSE(store_->Change("j", {.event = JobEvent::kCancelled}).ok());
  EXPECT_THAT(store_->Get("j"), IsOkAndHolds(done));
  EXPECT_THAT(store_->Change("q", {}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'q'")));
}

// Why a job failed is kept with it.
TEST_P(JobStoreContractTest, KeepsTheError) {
  ASSERT_OK(store_->Create({"j", "epyc", "s"}));
  ASSERT_OK(store_->Change(
      "j", {.event = JobEvent::kFailed, .error = absl::UnavailableError("no such device")}));
  ASSERT_OK_AND_ASSIGN(const JobRecord job, store_->Get("j"));
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.error_code, static_cast<int>(absl::StatusCode::kUnavailable));
  EXPECT_EQ(job.message, "no such device");
}

// Pieces are stored once, whatever is sent again; another upload starts over; jobs do not mix.
TEST_P(JobStoreContractTest, UploadsPieceByPiece) {
  ASSERT_OK(store_->Create({"j", "epyc", "s"}));
  ASSERT_OK(store_->Create({"k", "epyc", "s"}));
  EXPECT_THAT(store_->Uploaded("j"), IsOkAndHolds(""));
  EXPECT_THAT(store_->Append("j", "u", 0, "abc", 9), IsOkAndHolds(3));
  EXPECT_THAT(store_->Append("j", "u", 0, "abc", 9), IsOkAndHolds(3));
  EXPECT_THAT(store_->Append("j", "u", 1, std::string_view("bc\0ef", 5), 9), IsOkAndHolds(6));
  EXPECT_THAT(store_->Append("k", "u", 0, "xyz", 3), IsOkAndHolds(3));
  EXPECT_THAT(store_->Append("j", "u", 7, "h", 9),
              StatusIs(absl::StatusCode::kOutOfRange, ::testing::_));
  EXPECT_THAT(store_->Append("j", "u", 0, "b", 9),
              StatusIs(absl::StatusCode::kAlreadyExists, ::testing::_));
  EXPECT_THAT(store_->Append("j", "u", 0, "", 9), IsOkAndHolds(6));
  EXPECT_THAT(store_->Append("j", "v", 0, "", 9), IsOkAndHolds(0));
  EXPECT_THAT(store_->Uploaded("j"), IsOkAndHolds(std::string("abc\0ef", 6)));
  EXPECT_THAT(store_->Append("j", "v", 1, "n", 9),
              StatusIs(absl::StatusCode::kOutOfRange, ::testing::_));
  EXPECT_THAT(store_->Append("j", "v", 0, "new", 9), IsOkAndHolds(3));
  EXPECT_THAT(store_->Uploaded("j"), IsOkAndHolds("new"));
  EXPECT_THAT(store_->Uploaded("k"), IsOkAndHolds("xyz"));
  EXPECT_THAT(store_->Append("q", "u", 0, "a", 1),
              StatusIs(absl::StatusCode::kNotFound, ::testing::_));
  EXPECT_THAT(store_->Uploaded("q"), StatusIs(absl::StatusCode::kNotFound, ::testing::_));
}

// A device that comes back keeps what is known of its staleness.
TEST_P(JobStoreContractTest, RegistersDevices) {
  EXPECT_THAT(store_->Devices(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store_->SetStaleness("epyc", true, "stale"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'epyc'")));
  ASSERT_OK(store_->Register({.name = "xeon", .hardware = "cpu", .host = "b"}));
  ASSERT_OK(store_->Register({.name = "epyc", .hardware = "cpu", .host = "a"}));
  ASSERT_OK(store_->SetStaleness("epyc", true, "stale: 5 probes"));
  ASSERT_OK(store_->Register({.name = "epyc", .hardware = "cpu", .host = "c"}));
  ASSERT_OK_AND_ASSIGN(const auto devices, store_->Devices());
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].name, "epyc");
  EXPECT_EQ(devices[0].host, "c");
  EXPECT_TRUE(devices[0].stale);
  EXPECT_EQ(devices[0].staleness, "stale: 5 probes");
  EXPECT_THAT(devices[0].registered_at, MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_EQ(devices[1].name, "xeon");
  EXPECT_EQ(devices[1].staleness, "");
}

// Two that assign the same job: one of them does.
TEST_P(JobStoreContractTest, OneChangeWins) {
  ASSERT_OK(store_->Create({"j", "epyc", "s"}));
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (store_->Change("j", {.event = JobEvent::kAssigned}).ok()) ++won;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// What a store on disk acknowledged is there for the next process.
TEST(SqliteJobStoreTest, KeepsAcrossProcesses) {
  test::TempFolder folder;
  const std::string path = folder.path() + "/calibrations.db";
  JobRecord job;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, SqliteJobStore::Open(path));
    ASSERT_OK(store->Create({"j", "epyc", "s", "r"}));
    ASSERT_OK(store->Append("j", "u", 0, "abc", 6));
    ASSERT_OK(store->Register({.name = "epyc", .hardware = "cpu"}));
    ASSERT_OK_AND_ASSIGN(job, store->Change("j", {.event = JobEvent::kAssigned}));
  }
  ASSERT_OK_AND_ASSIGN(const auto store, SqliteJobStore::Open(path));
  EXPECT_THAT(store->Create({"other", "epyc", "s", "r"}), IsOkAndHolds(job));
  EXPECT_THAT(store->Append("j", "u", 3, "def", 6), IsOkAndHolds(6));
  EXPECT_THAT(store->Uploaded("j"), IsOkAndHolds("abcdef"));
  EXPECT_EQ(store->Devices()->size(), 1u);
}

// A digit that flips inside uploaded points is found by its checksum.
TEST(SqliteJobStoreTest, NeverFitsDamagedPoints) {
  test::TempFolder folder;
  const std::string path = folder.path() + "/calibrations.db";
  {
    ASSERT_OK_AND_ASSIGN(const auto store, SqliteJobStore::Open(path));
    ASSERT_OK(store->Create({"j", "epyc", "s"}));
    ASSERT_OK(store->Append("j", "u", 0, "latency 12345678", 16));
  }
  ASSERT_OK_AND_ASSIGN(std::string bytes, ReadFile(path));
  const size_t at = bytes.find("12345678");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '9';
  ASSERT_OK(WriteFileAtomically(path, bytes));
  ASSERT_OK_AND_ASSIGN(const auto store, SqliteJobStore::Open(path));
  EXPECT_THAT(store->Uploaded("j"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'j'")));
  EXPECT_OK(store->Get("j"));
}

// The database of the profiles is not taken for one of jobs.
TEST(SqliteJobStoreTest, RefusesAForeignDatabase) {
  test::TempFolder folder;
  const std::string path = folder.path() + "/calibrations.db";
  {
    ASSERT_OK_AND_ASSIGN(const auto db, SqliteDb::Open(path));
    ASSERT_OK(db->Run("CREATE TABLE songs (title TEXT)"));
  }
  EXPECT_THAT(SqliteJobStore::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                   HasSubstr("no latcast calibration store")));
}

}  // namespace
}  // namespace latcast::server
