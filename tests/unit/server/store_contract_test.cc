// The contract of server/store/profile_store.h, held against every store.
#include <functional>
#include <memory>
#include <thread>

#include "server/store/memory_store.h"
#include "server/store/sqlite_store.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAreArray;

struct StoreKind {
  const char* name;
  std::unique_ptr<ProfileStore> (*make)(const std::string& folder);
};

std::unique_ptr<ProfileStore> MakeMemory(const std::string&) {
  return std::make_unique<MemoryStore>();
}
std::unique_ptr<ProfileStore> MakeSqlite(const std::string& folder) {
  return SqliteStore::Open(folder + "/profiles.db").value();
}

class StoreContractTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  test::TempFolder folder_;
  std::unique_ptr<ProfileStore> store_ = GetParam().make(folder_.path());
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreContractTest,
                         ::testing::Values(StoreKind{"memory", &MakeMemory},
                                           StoreKind{"sqlite", &MakeSqlite}),
                         [](const auto& test) { return std::string(test.param.name); });

// A created profile comes back as it was, and versions count for each device alone.
TEST_P(StoreContractTest, CreateCountsVersionsByDevice) {
  ASSERT_OK_AND_ASSIGN(const ProfileRecord first, store_->Create({"epyc", "{\"a\": 1}"}));
  EXPECT_EQ(first.device, "epyc");
  EXPECT_EQ(first.version, 1);
  EXPECT_FALSE(first.active);
  EXPECT_EQ(first.profile_json, "{\"a\": 1}");
  EXPECT_THAT(first.created_at, MatchesRegex("20..-..-..T..:..:..Z"));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord second, store_->Create({"epyc", "{}"}));
  EXPECT_EQ(second.version, 2);
  ASSERT_OK_AND_ASSIGN(const ProfileRecord other, store_->Create({"xeon", "{}"}));
  EXPECT_EQ(other.version, 1);
  EXPECT_THAT(store_->Get("epyc", 1), IsOkAndHolds(first));
}

// Version 0 is the active one, which creation with `activate` makes the new one.
TEST_P(StoreContractTest, CreateCanActivate) {
  EXPECT_THAT(store_->Get("epyc", 0), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'epyc'")));
  ASSERT_OK(store_->Create({"epyc", "{\"v\": 1}"}));
  EXPECT_THAT(store_->Get("epyc", 0),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no active profile")));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord second,
                       store_->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  EXPECT_TRUE(second.active);
  EXPECT_THAT(store_->Get("epyc", 0), IsOkAndHolds(second));
}

// Activation moves between versions, and only one is active at a time.
TEST_P(StoreContractTest, ActivateMoves) {
  ASSERT_OK(store_->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  ASSERT_OK(store_->Create({"epyc", "{\"v\": 2}"}));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord active, store_->Activate("epyc", 2));
  EXPECT_EQ(active.version, 2);
  EXPECT_TRUE(active.active);
  EXPECT_EQ(active.profile_json, "{\"v\": 2}");
  ASSERT_OK_AND_ASSIGN(const ProfileRecord first, store_->Get("epyc", 1));
  EXPECT_FALSE(first.active);
  EXPECT_THAT(store_->Activate("epyc", 2), IsOkAndHolds(active));
}

// What is not there is NOT_FOUND with its name, and asking changes nothing.
TEST_P(StoreContractTest, NamesWhatIsMissing) {
  ASSERT_OK(store_->Create({"epyc", "{}"}));
  const auto missing =
      StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr("'epyc'"), HasSubstr("version 7")));
  EXPECT_THAT(store_->Get("epyc", 7), missing);
  EXPECT_THAT(store_->Activate("epyc", 7), missing);
  EXPECT_THAT(store_->Delete("epyc", 7), missing);
  EXPECT_THAT(store_->Get("nobody", 1), StatusIs(absl::StatusCode::kNotFound, HasSubstr("nobody")));
  ASSERT_OK_AND_ASSIGN(const auto records, store_->List(""));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].active);
}

// The list is ordered, can be limited to a device and leaves the texts out.
TEST_P(StoreContractTest, ListsInOrderWithoutTexts) {
  EXPECT_THAT(store_->List(""), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(store_->Create({"xeon", "{}"}));
  ASSERT_OK(store_->Create({"epyc", "{}"}));
  ASSERT_OK(store_->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  ASSERT_OK_AND_ASSIGN(const auto all, store_->List(""));
  std::vector<std::string> rows;
  for (const ProfileRecord& record : all) {
    EXPECT_EQ(record.profile_json, "");
    rows.push_back(record.device + std::to_string(record.version) + (record.active ? "*" : ""));
  }
  EXPECT_EQ(rows, (std::vector<std::string>{"epyc1", "epyc2*", "xeon1"}));
  ASSERT_OK_AND_ASSIGN(const auto xeon, store_->List("xeon"));
  EXPECT_EQ(xeon.size(), 1u);
  EXPECT_THAT(store_->List("nobody"), IsOkAndHolds(IsEmpty()));
}

// The active version cannot be deleted; another one can, and its number never comes back.
TEST_P(StoreContractTest, DeleteKeepsTheActiveVersion) {
  ASSERT_OK(store_->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  ASSERT_OK(store_->Create({"epyc", "{}"}));
  EXPECT_THAT(store_->Delete("epyc", 1),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("active")));
  EXPECT_OK(store_->Delete("epyc", 2));
  EXPECT_THAT(store_->Get("epyc", 2), StatusIs(absl::StatusCode::kNotFound, HasSubstr("2")));
  EXPECT_THAT(store_->Delete("epyc", 2), StatusIs(absl::StatusCode::kNotFound, HasSubstr("2")));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord next, store_->Create({"epyc", "{}"}));
  EXPECT_EQ(next.version, 3);
}

// A repeated request gives the first answer, also when another version was activated in between.
TEST_P(StoreContractTest, RequestIdMakesCreateIdempotent) {
  const NewProfile request{"epyc", "{\"v\": 1}", true, "request-1"};
  ASSERT_OK_AND_ASSIGN(const ProfileRecord first, store_->Create(request));
  ASSERT_OK(store_->Create({.device = "epyc", .profile_json = "{}", .activate = true}));
  EXPECT_THAT(store_->Create(request), IsOkAndHolds(first));
  ASSERT_OK_AND_ASSIGN(const auto records, store_->List("epyc"));
  EXPECT_EQ(records.size(), 2u);
  EXPECT_TRUE(records[1].active) << "the repetition activated again";
}

// One request_id for two different requests is an error, whatever differs.
TEST_P(StoreContractTest, RequestIdBelongsToOneRequest) {
  ASSERT_OK(store_->Create({"epyc", "{}", false, "r"}));
  const auto used = StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("request_id: 'r'"));
  EXPECT_THAT(store_->Create({"xeon", "{}", false, "r"}), used);
  EXPECT_THAT(store_->Create({"epyc", "{\"v\": 2}", false, "r"}), used);
  EXPECT_THAT(store_->Create({"epyc", "{}", true, "r"}), used);
  ASSERT_OK(store_->Create({"epyc", "{}", false, "another"}));
  ASSERT_OK(store_->Delete("epyc", 1));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord again, store_->Create({"epyc", "{}", false, "r"}));
  EXPECT_EQ(again.version, 3);
}

// Concurrent creations all succeed, each with a version of its own.
TEST_P(StoreContractTest, ConcurrentCreationsGetTheirOwnVersions) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5;
  std::vector<std::vector<int>> versions(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, &mine = versions[static_cast<size_t>(t)]] {
      for (int i = 0; i < kEach; ++i) {
        const auto record =
            store_->Create({.device = "epyc", .profile_json = "{}", .activate = true});
        if (record.ok()) mine.push_back(record->version);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<int> all;
  for (const auto& mine : versions) all.insert(all.end(), mine.begin(), mine.end());
  std::vector<int> expected(kThreads * kEach);
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<int>(i) + 1;
  EXPECT_THAT(all, UnorderedElementsAreArray(expected));
  ASSERT_OK_AND_ASSIGN(const ProfileRecord active, store_->Get("epyc", 0));
  EXPECT_EQ(active.version, kThreads * kEach);
}

}  // namespace
}  // namespace latcast::server
