// What only a store on disk can do: keep, and fail.
#include "server/store/sqlite_store.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/file.h"
#include "server/store/sqlite_db.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteStoreTest : public ::testing::Test {
 protected:
  // A closed database file of two versions; version 2 is active.
  void Fill() {
    ASSERT_OK_AND_ASSIGN(const auto store, SqliteStore::Open(path_));
    ASSERT_OK(store->Create({"epyc", "{\"latency\": 12345678}", false, "request"}));
    ASSERT_OK(store->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  }
  void Run(const char* sql) {
    ASSERT_OK_AND_ASSIGN(const auto db, SqliteDb::Open(path_));
    ASSERT_OK(db->Run(sql));
  }

  test::TempFolder folder_;
  const std::string path_ = folder_.path() + "/profiles.db";
};

// Everything is there after the store is closed and opened again, request ids included.
TEST_F(SqliteStoreTest, KeepsAcrossProcesses) {
  Fill();
  ASSERT_OK_AND_ASSIGN(const auto store, SqliteStore::Open(path_));
  ASSERT_OK_AND_ASSIGN(const auto records, store->List(""));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_FALSE(records[0].active);
  EXPECT_TRUE(records[1].active);
  ASSERT_OK_AND_ASSIGN(const ProfileRecord again,
                       store->Create({"epyc", "{\"latency\": 12345678}", false, "request"}));
  EXPECT_EQ(again.version, 1);
}

// Commits are synced to disk: WAL, synchronous FULL.
TEST_F(SqliteStoreTest, SyncsEveryCommit) {
  ASSERT_OK_AND_ASSIGN(const auto db, SqliteDb::Open(path_));
  EXPECT_THAT(db->QueryInt("PRAGMA synchronous"), IsOkAndHolds(2));
  ASSERT_OK_AND_ASSIGN(auto mode, db->Query("PRAGMA journal_mode"));
  ASSERT_OK(mode.Step());
  EXPECT_EQ(mode.Text(0), "wal");
}

// A database of a later program is refused by its version, not misread.
TEST_F(SqliteStoreTest, RefusesAnotherSchemaVersion) {
  Fill();
  Run("PRAGMA user_version = 2");
  EXPECT_THAT(SqliteStore::Open(path_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(path_), HasSubstr("schema version 2"),
                             HasSubstr("reads version 1"))));
}

// Another program's database is left alone.
TEST_F(SqliteStoreTest, RefusesAForeignDatabase) {
  Run("CREATE TABLE songs (title TEXT)");
  EXPECT_THAT(SqliteStore::Open(path_), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                 HasSubstr("no latcast profile store")));
  ASSERT_OK_AND_ASSIGN(const auto db, SqliteDb::Open(path_));
  EXPECT_THAT(db->QueryInt("SELECT count(*) FROM sqlite_master"), IsOkAndHolds(1));
}

// A file that is no database, or one cut short, is DATA_LOSS with its path.
TEST_F(SqliteStoreTest, RefusesDamagedFiles) {
  ASSERT_OK(WriteFileAtomically(path_, std::string(8192, 'x')));
  EXPECT_THAT(SqliteStore::Open(path_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
  std::filesystem::remove(path_);
  Fill();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(path_));
  ASSERT_OK(WriteFileAtomically(path_, bytes.substr(0, bytes.size() / 2)));
  EXPECT_THAT(SqliteStore::Open(path_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path_)));
}

// A digit that flips inside a stored text is found by its checksum; other versions still work.
TEST_F(SqliteStoreTest, NeverServesADamagedText) {
  Fill();
  ASSERT_OK_AND_ASSIGN(std::string bytes, ReadFile(path_));
  const size_t at = bytes.find("12345678");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '9';
  ASSERT_OK(WriteFileAtomically(path_, bytes));
  ASSERT_OK_AND_ASSIGN(const auto store, SqliteStore::Open(path_));
  EXPECT_THAT(store->Get("epyc", 1), StatusIs(absl::StatusCode::kDataLoss,
                                              AllOf(HasSubstr("version 1"), HasSubstr("'epyc'"))));
  EXPECT_OK(store->Get("epyc", 2));
}

// A folder that is not there gives the path of the file.
TEST_F(SqliteStoreTest, RefusesAMissingFolder) {
  const std::string missing = folder_.path() + "/none/profiles.db";
  EXPECT_THAT(SqliteStore::Open(missing),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(missing)));
}

// SQLite would open a read-only file quietly; the store says so at once.
TEST_F(SqliteStoreTest, RefusesAReadOnlyFile) {
  if (geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  Fill();
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  EXPECT_THAT(SqliteStore::Open(path_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("read-only")));
}

// A full disk is RESOURCE_EXHAUSTED, by SQLite's own limit on the pages of a file.
TEST_F(SqliteStoreTest, NamesAFullDisk) {
  ASSERT_OK_AND_ASSIGN(const auto db, SqliteDb::Open(path_));
  ASSERT_OK(db->Run("CREATE TABLE t (x TEXT)"));
  ASSERT_OK(db->QueryInt("PRAGMA max_page_count = 4"));
  EXPECT_THAT(db->Run("INSERT INTO t VALUES (?)", {std::string_view(std::string(1 << 16, 'x'))}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("no space left")));
}

// A write that the disk refuses changes nothing, and the next one that it takes succeeds without
// reopening. The limit on file sizes stands for the disk.
TEST_F(SqliteStoreTest, SurvivesAFailedWrite) {
  ASSERT_OK_AND_ASSIGN(const auto store, SqliteStore::Open(path_));
  ASSERT_OK(store->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  const std::string large(1 << 20, 'x');

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 256 << 10;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = store->Create({"epyc", large, true, "request"});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);

  EXPECT_THAT(failed, StatusIs(absl::StatusCode::kUnavailable, HasSubstr(path_)));
  ASSERT_OK_AND_ASSIGN(const auto records, store->List(""));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(records[0].active);
  ASSERT_OK_AND_ASSIGN(const ProfileRecord retried,
                       store->Create({"epyc", large, true, "request"}));
  EXPECT_EQ(retried.version, 2);
  EXPECT_EQ(retried.profile_json, large);
}

}  // namespace
}  // namespace latcast::server
