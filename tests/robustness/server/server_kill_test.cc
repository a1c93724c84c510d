// kill -9 at any moment loses no acknowledged profile and leaves no half one.
#include <signal.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

constexpr int kRounds = 12;

// What the clients were told: description by device and version; and the requests without answer.
struct Acknowledged {
  std::map<std::pair<std::string, int>, std::string> created;
  std::map<std::string, std::string> unanswered;  // request id -> device
};

// Creates profiles until the server is gone.
void CreateUntilKilled(const client::Client& client, const std::string& device, int round,
                       std::atomic<int>& answers, Acknowledged& log) {
  for (int i = 0;; ++i) {
    const std::string id = device + "/" + std::to_string(round) + "/" + std::to_string(i);
    const auto stored = client.CreateProfile(ProfileMessage(device, id), i % 3 == 0, id);
    if (!stored.ok()) {
      EXPECT_EQ(stored.status().code(), absl::StatusCode::kUnavailable) << stored.status();
      log.unanswered[id] = device;
      return;
    }
    EXPECT_TRUE(log.created.emplace(std::pair(device, stored->version()), id).second);
    ++answers;
  }
}

// Every acknowledged version is there with its content, nothing is there twice, and at most the
// requests without an answer are there besides.
void Check(const client::Client& client, const std::string& device, const Acknowledged& log) {
  ASSERT_OK_AND_ASSIGN(const auto list, client.ListProfiles(device));
  std::map<std::string, int> seen;
  for (const v1::StoredProfile& entry : list.profiles()) {
    ASSERT_OK_AND_ASSIGN(const auto stored, client.GetProfile(device, entry.version()));
    const std::string& id = stored.profile().description();
    ASSERT_OK_AND_ASSIGN(const std::string json, client::ProfileToJson(stored.profile()));
    EXPECT_THAT(regression::ParseProfile(json), IsOkAndHolds(TwoModeProfile(device, id)));
    EXPECT_TRUE(seen.emplace(id, entry.version()).second) << id << " is stored twice";
    if (!log.created.contains({device, entry.version()})) {
      EXPECT_TRUE(log.unanswered.contains(id)) << id << " was never asked for";
    }
  }
  for (const auto& [key, id] : log.created) {
    if (key.first != device) continue;
    ASSERT_TRUE(seen.contains(id)) << id << " was acknowledged and is lost";
    EXPECT_EQ(seen[id], key.second);
  }
}

// Two clients create and activate in loops, the server is killed after a random number of answers
// and a random moment more, started again and asked for everything it ever acknowledged. A retry of
// what had no answer is then stored exactly once.
TEST(ServerKillTest, LosesNothingAcknowledged) {
  const TempFolder folder;
  const std::string devices[] = {"epyc", "xeon"};
  std::mt19937 random(20260102);
  Acknowledged logs[2];
  size_t acknowledged = 0;
  for (int round = 0; round < kRounds; ++round) {
    {
      ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(folder.path()));
      ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server->address()));
      std::atomic<int> answers = 0;
      std::thread first(CreateUntilKilled, std::cref(client), devices[0], round, std::ref(answers),
                        std::ref(logs[0]));
      std::thread second(CreateUntilKilled, std::cref(client), devices[1], round, std::ref(answers),
                         std::ref(logs[1]));
      const int enough = static_cast<int>(random() % 12);
      while (answers < enough) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 8000));
      EXPECT_EQ(server->SignalAndWait(SIGKILL).code, -SIGKILL);
      first.join();
      second.join();
    }
    ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(folder.path()));
    ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server->address()));
    for (size_t i = 0; i < 2; ++i) Check(client, devices[i], logs[i]);
    for (size_t i = 0; i < 2; ++i) {
      for (const auto& [id, device] : logs[i].unanswered) {
        const int number = std::stoi(id.substr(id.rfind('/') + 1));
        ASSERT_OK_AND_ASSIGN(const auto stored,
                             client.CreateProfile(ProfileMessage(device, id), number % 3 == 0, id));
        logs[i].created.emplace(std::pair(device, stored.version()), id);
      }
      logs[i].unanswered.clear();
      Check(client, devices[i], logs[i]);
    }
    acknowledged = logs[0].created.size() + logs[1].created.size();
  }
  EXPECT_GT(acknowledged, static_cast<size_t>(kRounds));
}

// What was active at the kill answers forecasts after it.
TEST(ServerKillTest, KeepsTheActiveVersion) {
  const TempFolder folder;
  for (int round = 1; round <= 3; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(folder.path()));
    ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server->address()));
    if (round > 1) {
      ASSERT_OK_AND_ASSIGN(const auto answer, client.PredictBlock("block:BasicBlock7"));
      EXPECT_EQ(answer.source().version(), round - 1);
    }
    ASSERT_OK(client.CreateProfile(ProfileMessage("epyc"), true));
    server->SignalAndWait(SIGKILL);
  }
}

}  // namespace
}  // namespace latcast::test
