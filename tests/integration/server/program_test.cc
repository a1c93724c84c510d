// latcast-server as a program: how it starts, refuses to start, and ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/file.h"
#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerProgramTest : public ::testing::Test {
 protected:
  std::string Data() const { return folder_.path() + "/deep/data"; }
  TempFolder folder_;
};

// The data folder is created, what was stored is served again after a clean end, and the program
// says one line only. A client that stays connected keeps nobody from ending.
TEST_F(ServerProgramTest, ServesWhatItStoredBefore) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(Data()));
    ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server->address()));
    if (signal == SIGTERM) {
      EXPECT_THAT(client.PredictBlock("block:BasicBlock7"),
                  StatusIs(absl::StatusCode::kNotFound, HasSubstr("no profile is active")));
      ASSERT_OK(client.CreateProfile(ProfileMessage("epyc"), true));
    }
    EXPECT_OK(client.PredictBlock("block:BasicBlock7"));
    const Ended ended = server->SignalAndWait(signal);
    EXPECT_EQ(ended.code, 0) << ended.output;
    EXPECT_EQ(ended.output, "latcast-server: listening on " + server->address() + "\n");
    EXPECT_THAT(client.PredictBlock("block:BasicBlock7"),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server->address())));
  }
}

// Calls in flight when the end comes are finished, and later ones find nobody: no call is answered
// by half or with another error.
TEST_F(ServerProgramTest, FinishesCallsInFlight) {
  ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(Data()));
  ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(server->address()));
  ASSERT_OK(client.CreateProfile(ProfileMessage("epyc"), true));
  v1::BatchPredictRequest request;
  for (int i = 0; i < 200; ++i) {
    request.mutable_blocks()->add_specs("block:BasicBlock7?batch=" + std::to_string(i + 1));
  }
  std::atomic<int> answers = 0;
  std::vector<absl::Status> last(3);
  std::vector<std::thread> callers;
  for (absl::Status& status : last) {
    callers.emplace_back([&] {
      for (; status.ok(); ++answers) {
        const auto batch = client.BatchPredict(request);
        status = batch.status();
        if (batch.ok()) {
          EXPECT_EQ(batch->latency_ms_size(), 200);
        }
      }
    });
  }
  while (answers < 10) std::this_thread::yield();
  EXPECT_EQ(server->SignalAndWait(SIGTERM).code, 0);
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& status : last) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  }
}

// Bad usage ends with 2 and says what is wrong; help is no error.
TEST_F(ServerProgramTest, RefusesBadUsage) {
  EXPECT_EQ(RunServer({}).code, 2);
  EXPECT_THAT(RunServer({}).output, HasSubstr("--data"));
  EXPECT_EQ(RunServer({"--data", Data(), "--nonsense"}).code, 2);
  EXPECT_EQ(RunServer({"--help"}).code, 0);
  EXPECT_THAT(RunServer({"--help"}).output, HasSubstr("127.0.0.1:7443"));
}

// Whatever keeps it from starting is one line that names the place, and exit code 1.
TEST_F(ServerProgramTest, NamesWhatKeepsItFromStarting) {
  const auto refused = [](const std::vector<std::string>& args, const std::string& what) {
    const Ended ended = RunServer(args);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.output, AllOf(StartsWith("latcast-server: "), HasSubstr(what)));
    EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 1) << ended.output;
  };
  refused({"--data", Data(), "--listen", "nonsense"}, "'nonsense'");
  refused({"--data", Data(), "--listen", "0.0.0.0:0"}, "--insecure-ok");
  refused({"--data", Data(), "--listen", "192.0.2.1:0", "--insecure-ok"}, "192.0.2.1:0");
  refused({"--data", "/dev/null/data", "--listen", "127.0.0.1:0"}, "/dev/null/data");

  ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(Data()));
  refused({"--data", Data(), "--listen", "127.0.0.1:0"}, Data() + ": another latcast-server");
  refused({"--data", Data() + "2", "--listen", server->address()},
          server->address() + ": another program listens there");
  EXPECT_EQ(server->SignalAndWait(SIGTERM).code, 0);

  ASSERT_OK(WriteFileAtomically(Data() + "/profiles.db", std::string(10'000, 'x')));
  refused({"--data", Data(), "--listen", "127.0.0.1:0"}, Data() + "/profiles.db: is damaged");
}

// Who insists may listen where others can reach it.
TEST_F(ServerProgramTest, InsistingIsPossible) {
  ASSERT_OK_AND_ASSIGN(const auto server,
                       ServerProcess::Start(Data(), "0.0.0.0:0", {"--insecure-ok"}));
  EXPECT_THAT(server->address(), AllOf(StartsWith("0.0.0.0:"), Not(HasSubstr(":0:"))));
}

// A second signal does not wait for the calls that the first one waits for.
TEST_F(ServerProgramTest, SecondSignalEndsAtOnce) {
  ASSERT_OK_AND_ASSIGN(const auto server,
                       ServerProcess::Start(Data(), "127.0.0.1:0", {"--grace", "3600"}));
  ASSERT_OK_AND_ASSIGN(const auto client,
                       client::Client::Connect(server->address(), {.timeout = absl::Seconds(100)}));
  ASSERT_OK(client.CreateProfile(ProfileMessage("epyc"), true));
  v1::BatchPredictRequest request;
  for (int i = 0; i < 16384; ++i) {
    request.mutable_blocks()->add_specs("block:MBConv?batch=" + std::to_string(i + 1));
  }
  absl::Status status;
  std::thread caller([&] { status = client.BatchPredict(request).status(); });
  server->Signal(SIGTERM);
  while (client.ListBlocks().ok()) std::this_thread::yield();
  const Ended ended = server->SignalAndWait(SIGTERM);
  caller.join();
  // The call may have come too late to be waited for; if it was waited for, it was cut.
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(ended.code, ::testing::AnyOf(-SIGTERM, 0));
}

// A server that is not there is UNAVAILABLE with its address; an address that is none is refused.
TEST_F(ServerProgramTest, ClientNamesTheAddress) {
  ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect("127.0.0.1:1"));
  EXPECT_THAT(client.ListBlocks(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("server 127.0.0.1:1: ")));
  for (const char* address : {"", "127.0.0.1", ":7443", "127.0.0.1:", "127.0.0.1:0", "host:x"}) {
    EXPECT_THAT(client::Client::Connect(address),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("HOST:PORT")));
  }
}

// Bytes that are no gRPC cost their sender its connection and nobody else anything.
TEST_F(ServerProgramTest, SurvivesGarbage) {
  ASSERT_OK_AND_ASSIGN(const auto server, ServerProcess::Start(Data()));
  const std::string& address = server->address();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  for (const std::string& bytes :
       {std::string(4096, '\xff'), std::string("GET / HTTP/1.1\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(4096, '\x7f'), std::string()}) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    close(fd);
    ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(address));
    EXPECT_OK(client.ListBlocks());
  }
}

}  // namespace
}  // namespace latcast::test
