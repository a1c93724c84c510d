// Server, agent and bench as programs, with the fake device: whoever is killed, every planned point
// is measured once and the operation ends as it should.
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/status_matchers.h"
#include "clients/cpp/calibrations.h"
#include "clients/cpp/client.h"
#include "tests/support/background_program.h"
#include "tests/support/run_program.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using client::Calibrations;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Latencies pass by the clock, so that a run lasts until it is cancelled.
constexpr char kRealTime[] = "--bench-arg=--fake=realtime=1,noise=0.01";

class AgentTest : public ::testing::Test {
 protected:
  void SetUp() override { StartServer("127.0.0.1:0"); }

  void StartServer(const std::string& listen) {
    ASSERT_OK_AND_ASSIGN(server_, ServerProcess::Start(Path("server"), listen));
    ASSERT_OK_AND_ASSIGN(client_, Calibrations::Connect(server_->address()));
  }
  void RestartServer() {
    const std::string address = server_->address();
    server_->SignalAndWait(SIGKILL);
    StartServer(address);
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string Log() const { return ReadFile(Path("agent.log")).value_or(""); }

  std::vector<std::string> AgentArguments(const std::vector<std::string>& more,
                                          const std::string& device = "fake",
                                          const std::string& data = "agent") const {
    std::vector<std::string> arguments = {
        "--server", server_->address(), "--device", device,    "--name",
        "fakey",    "--data",           Path(data), "--piece", "2000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  void StartAgent(const std::vector<std::string>& more = {}, const std::string& device = "fake") {
    agent_ = std::make_unique<BackgroundProgram>("latcast-agent", AgentArguments(more, device),
                                                 Path("agent.log"));
    ASSERT_TRUE(Until([this] {
      const auto devices = client_->Devices();
      return devices.ok() && devices->devices_size() == 1 && devices->devices(0).connected();
    })) << Log();
  }

  // For things that come to pass; generous, since nothing depends on how fast.
  template <typename Condition>
  bool Until(const Condition& condition) const {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(3);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  // More than three hundred visits, each synced to the disk: there is a middle to be killed in.
  std::string StartJob(double budget_s = 60.0, const std::vector<std::string>& networks = {}) {
    v1::StartCalibrationRequest request;
    request.set_device("fakey");
    request.mutable_spec()->set_budget_s(budget_s);
    for (const std::string& network : networks) request.mutable_spec()->add_networks(network);
    return client_->Start(request).value().name();
  }
  v1::Operation Done(const std::string& job) {
    v1::Operation operation;
    EXPECT_TRUE(Until([&] {
      const auto now = client_->Wait(job, absl::Seconds(1));
      if (now.ok()) operation = *now;
      return operation.done();
    })) << Log();
    return operation;
  }

  // Lines of the blocks' journal.
  std::vector<json> Journal(const std::string& job) const {
    const auto text = ReadFile(Path("agent/" + job + "/blocks.journal.jsonl"));
    std::istringstream lines(text.value_or(""));
    std::vector<json> journal;
    for (std::string line; std::getline(lines, line);) {
      json parsed = json::parse(line, nullptr, false);
      if (!parsed.is_discarded()) journal.push_back(std::move(parsed));
    }
    return journal;
  }
  // So many visits are made, and the job is not done.
  bool HasVisits(const std::string& job, size_t count) const {
    return Until([&] {
             const auto now = client_->Get(job);
             return Journal(job).size() > count || (now.ok() && now->done());
           }) &&
           client_->Get(job)->state() == "running";
  }
  // Every planned point is in the points file once, and no visit was made twice.
  void ExpectEveryPointOnce(const std::string& job) const {
    const std::vector<json> journal = Journal(job);
    ASSERT_GT(journal.size(), 1u);
    std::multiset<std::string> planned;
    for (const json& item : journal[0]["plan"]["items"]) {
      planned.insert(item["spec"].get<std::string>());
    }
    std::multiset<std::string> measured;
    std::istringstream rows(ReadFile(Path("agent/" + job + "/blocks.csv")).value_or(""));
    std::string row;
    std::getline(rows, row);
    while (std::getline(rows, row)) {
      const size_t spec = row.find("block:");
      measured.insert(row.substr(spec, row.find(',', spec) - spec));
    }
    EXPECT_EQ(measured, planned);
    EXPECT_GT(planned.size(), 10u);
    std::map<std::pair<std::string, int>, int> visits;
    for (size_t i = 1; i < journal.size(); ++i) {
      if (journal[i].contains("probe")) continue;
      ++visits[{journal[i]["id"].get<std::string>(), journal[i]["pass"].get<int>()}];
    }
    for (const auto& [visit, times] : visits) EXPECT_EQ(times, 1) << visit.first;
  }

  TempFolder folder_;
  std::unique_ptr<ServerProcess> server_;
  std::optional<Calibrations> client_;
  std::unique_ptr<BackgroundProgram> agent_;
};

// From the request to a profile that forecasts, checked on a network it has not seen.
TEST_F(AgentTest, Calibrates) {
  StartAgent();
  const std::string job = StartJob(20.0, {"resnet18", "alexnet"});
  const v1::Operation operation = Done(job);
  ASSERT_EQ(operation.state(), "succeeded") << operation.error_message() << Log();
  EXPECT_EQ(operation.result().version(), 1);
  EXPECT_GT(operation.result().points(), 10);
  EXPECT_EQ(operation.result().networks(), 2);
  EXPECT_LT(operation.result().networks_mdre(), 0.01);
  EXPECT_THAT(operation.result().report(), HasSubstr("resnet18: measured"));
  ExpectEveryPointOnce(job);
  ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server_->address()));
  v1::Target target;
  target.set_device("fakey");
  EXPECT_OK(client.PredictBlock("block:BasicBlock7", target));
  EXPECT_EQ(agent_->SignalAndWait(SIGTERM), 0) << Log();
}

// kill -9 of the agent, again and again: it goes on where it was.
TEST_F(AgentTest, AgentIsKilled) {
  StartAgent();
  const std::string job = StartJob();
  for (const size_t visits : {1, 40, 80, 150}) {
    ASSERT_TRUE(HasVisits(job, visits)) << Log();
    agent_->SignalAndWait(SIGKILL);
    StartAgent();
  }
  const v1::Operation operation = Done(job);
  EXPECT_EQ(operation.state(), "succeeded") << operation.error_message() << Log();
  ExpectEveryPointOnce(job);
}

// kill -9 of the server: the agent measures on and comes back, and so do the operations.
TEST_F(AgentTest, ServerIsKilled) {
  StartAgent();
  const std::string job = StartJob();
  const std::string next = StartJob();
  for (const size_t visits : {3, 100}) {
    ASSERT_TRUE(HasVisits(job, visits)) << Log();
    RestartServer();
  }
  EXPECT_EQ(Done(job).state(), "succeeded") << Log();
  ExpectEveryPointOnce(job);
  RestartServer();
  EXPECT_EQ(Done(next).state(), "succeeded") << Log();
  EXPECT_EQ(Done(job).result().version(), 1);
  EXPECT_EQ(Done(next).result().version(), 2);
  EXPECT_EQ(agent_->SignalAndWait(SIGTERM), 0) << "one agent saw it all";
}

// Both are killed at once.
TEST_F(AgentTest, BothAreKilled) {
  StartAgent();
  const std::string job = StartJob();
  ASSERT_TRUE(HasVisits(job, 50)) << Log();
  agent_->SignalAndWait(SIGKILL);
  RestartServer();
  EXPECT_EQ(client_->Get(job)->state(), "running");
  EXPECT_FALSE(client_->Get(job)->agent_connected());
  StartAgent();
  EXPECT_EQ(Done(job).state(), "succeeded") << Log();
  ExpectEveryPointOnce(job);
}

// Cancelling ends the bench, and the next operation is measured.
TEST_F(AgentTest, Cancels) {
  StartAgent({kRealTime});
  const std::string job = StartJob(600.0);
  ASSERT_TRUE(HasVisits(job, 3)) << Log();
  ASSERT_OK_AND_ASSIGN(const v1::Operation operation, client_->Cancel(job));
  EXPECT_EQ(operation.state(), "cancelled");
  EXPECT_TRUE(operation.done());
  EXPECT_TRUE(Until([&] { return !std::filesystem::exists(Path("agent/" + job)); })) << Log();
  EXPECT_EQ(Done(StartJob(13.0)).state(), "succeeded") << Log();
  EXPECT_FALSE(std::filesystem::exists(Path("agent/" + job)));
}

// Points that crash their process cost themselves, not the job.
TEST_F(AgentTest, CrashingPoints) {
  StartAgent({"--bench-arg=--fake=crash=Fire"});
  const std::string job = StartJob(20.0);
  const v1::Operation operation = Done(job);
  EXPECT_EQ(operation.state(), "succeeded") << operation.error_message() << Log();
  ExpectEveryPointOnce(job);
  EXPECT_THAT(ReadFile(Path("agent/" + job + "/blocks.csv")), IsOkAndHolds(HasSubstr(",failed")));
}

// A bench that does nothing any more is ended, and the job fails with the reason.
TEST_F(AgentTest, HungBench) {
  ASSERT_OK(WriteFileAtomically(Path("hung.sh"), "#!/bin/sh\necho thinking\nsleep 1000\n"));
  ::chmod(Path("hung.sh").c_str(), 0755);
  StartAgent({"--bench", Path("hung.sh"), "--hang-limit", "0.3"});
  const v1::Operation operation = Done(StartJob());
  EXPECT_EQ(operation.state(), "failed");
  EXPECT_THAT(operation.error_message(), AllOf(HasSubstr("did nothing"), HasSubstr("thinking")));
}

// A device that is not there fails the job with the bench's words; the agent stays.
TEST_F(AgentTest, NoSuchDevice) {
  StartAgent({}, "nonsense");
  const v1::Operation operation = Done(StartJob());
  EXPECT_EQ(operation.state(), "failed");
  EXPECT_THAT(operation.error_message(), HasSubstr("unknown device"));
  EXPECT_TRUE(client_->Devices()->devices(0).connected());
}

// A name belongs to one agent, and to one kind of hardware.
TEST_F(AgentTest, NameIsTaken) {
  StartAgent();
  const Ran second = RunProgram("latcast-agent", AgentArguments({}, "fake", "second"));
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("serves 'fakey' already"));
  const Ran same_folder = RunProgram("latcast-agent", AgentArguments({}));
  EXPECT_EQ(same_folder.code, 1);
  EXPECT_THAT(same_folder.err, HasSubstr("another latcast-agent uses this folder"));
  EXPECT_EQ(agent_->SignalAndWait(SIGTERM), 0);
  const Ran other = RunProgram("latcast-agent", AgentArguments({}, "cpu"));
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, HasSubstr("registered as fake"));
}

// An agent that starts measures five probes: on an unchanged device the profile is fresh, on one
// that takes twice as long it is stale, and the server says so.
TEST_F(AgentTest, FindsAStaleProfile) {
  const auto staleness = [this](const std::string& version) {
    std::string sentence;
    EXPECT_TRUE(Until([&] {
      sentence = client_->Devices()->devices(0).staleness();
      return sentence.find(version) != std::string::npos;
    })) << Log();
    return sentence;
  };
  StartAgent({"--bench-arg=--fake=noise=0.02"});
  EXPECT_EQ(client_->Devices()->devices(0).staleness(), "");
  ASSERT_EQ(Done(StartJob(20.0)).state(), "succeeded") << Log();
  EXPECT_EQ(agent_->SignalAndWait(SIGTERM), 0);
  StartAgent({"--bench-arg=--fake=noise=0.02"});
  EXPECT_THAT(staleness("version 1"), HasSubstr("fresh: 5 probes"));
  EXPECT_FALSE(client_->Devices()->devices(0).stale());
  EXPECT_EQ(agent_->SignalAndWait(SIGTERM), 0);
  StartAgent({"--bench-arg=--fake=noise=0.02,scale=2"});
  EXPECT_THAT(staleness("stale: "), HasSubstr("5 probes"));
  EXPECT_TRUE(client_->Devices()->devices(0).stale());
}

// The command line, from the start of a job to its list.
TEST_F(AgentTest, CommandLine) {
  StartAgent();
  const auto jobs = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "jobs");
    arguments.insert(arguments.end(), {"--server", server_->address()});
    return RunProgram("latcast", arguments);
  };
  const Ran started = jobs({"start", "fakey", "--budget", "20s", "--networks", "resnet18"});
  EXPECT_EQ(started.code, 0) << started.err;
  EXPECT_THAT(started.out, AllOf(HasSubstr("unseen points"), HasSubstr("stored as version 1")));
  const Ran list = jobs({"list", "--format", "json"});
  EXPECT_EQ(list.code, 0) << list.err;
  const json operations = json::parse(list.out)["operations"];
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0]["state"], "succeeded");
  EXPECT_EQ(operations[0]["networks"], 1);
  const std::string name = operations[0]["name"];
  EXPECT_EQ(jobs({"show", name}).code, 0);
  EXPECT_EQ(jobs({"wait", name}).code, 0);
  EXPECT_EQ(jobs({"cancel", name}).code, 0);
  EXPECT_THAT(jobs({"devices"}).out, AllOf(HasSubstr("fakey"), HasSubstr("connected")));
  const Ran unknown = jobs({"start", "nobody"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("no agent has registered 'nobody'"));
  const Ran file = jobs({"start", "fakey", "--networks", "/etc/passwd"});
  EXPECT_EQ(file.code, 1);
  EXPECT_THAT(file.err, HasSubstr("spec.networks[0]"));

  // What the command line does not say is the server's choice.
  const Ran plain = jobs({"start", "fakey", "--no-wait"});
  ASSERT_EQ(plain.code, 0) << plain.err;
  ASSERT_OK_AND_ASSIGN(const v1::Operation chosen,
                       client_->Get(plain.out.substr(0, plain.out.find('\n'))));
  EXPECT_EQ(chosen.spec().budget_s(), 90.0);
  EXPECT_EQ(chosen.spec().threads(), 1);
  EXPECT_EQ(chosen.spec().plan(), "quick");
}

// Ctrl-C on a job that was started from the command line cancels it.
TEST_F(AgentTest, CommandLineCancels) {
  StartAgent({kRealTime});
  BackgroundProgram command(
      "latcast", {"jobs", "start", "fakey", "--budget", "10min", "--server", server_->address()},
      Path("jobs.log"));
  std::string job;
  ASSERT_TRUE(Until([&] {
    job = client_->Devices()->devices(0).operation();
    return !job.empty() && ReadFile(Path("jobs.log")).value_or("").find(job) != std::string::npos;
  }));
  EXPECT_EQ(command.SignalAndWait(SIGINT), 130);
  EXPECT_EQ(client_->Get(job)->state(), "cancelled");
}

}  // namespace
}  // namespace latcast::test
