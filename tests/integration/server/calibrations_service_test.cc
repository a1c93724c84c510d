// The service Calibrations over gRPC: a test that is the agent, and one that is a bad agent.
#include <functional>

#include "base/file.h"
#include "clients/cpp/agent_link.h"
#include "clients/cpp/calibrations.h"
#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

v1::AgentHello Hello(const std::string& device) {
  v1::AgentHello hello;
  hello.set_device(device);
  hello.set_hardware("cpu");
  hello.set_host("host");
  hello.set_instance("1");
  return hello;
}

class CalibrationsServiceTest : public ServerTest {
 protected:
  // The next message, or the end of the stream.
  static absl::StatusOr<v1::ServerMessage> Next(client::AgentLink& link) {
    ASSIGN_OR_RETURN(const std::optional<v1::ServerMessage> message, link.Next(absl::Seconds(60)));
    if (!message) return absl::DeadlineExceededError("nothing came");
    return *message;
  }
  v1::StartCalibrationRequest Request(const std::string& device) const {
    v1::StartCalibrationRequest request;
    request.set_device(device);
    return request;
  }

  const client::Calibrations calibrations_ = client::Calibrations::Connect(address()).value();
};

// From hello to the new version: job, progress, pieces sent twice, and the result.
TEST_F(CalibrationsServiceTest, Calibrates) {
  const auto link = calibrations_.Serve(Hello("xeon"));
  ASSERT_OK_AND_ASSIGN(const auto welcome, Next(*link));
  ASSERT_TRUE(welcome.has_welcome());
  EXPECT_FALSE(welcome.welcome().has_profile_mode());
  v1::StartCalibrationRequest start = Request("xeon");
  start.mutable_spec()->add_networks("resnet18");
  start.set_request_id("once");
  ASSERT_OK_AND_ASSIGN(const auto operation, calibrations_.Start(start));
  ASSERT_OK_AND_ASSIGN(const auto again, calibrations_.Start(start));
  EXPECT_EQ(again.name(), operation.name());
  EXPECT_EQ(operation.spec().plan(), "quick");
  EXPECT_EQ(operation.spec().budget_s(), 90.0);
  ASSERT_OK_AND_ASSIGN(const auto job, Next(*link));
  EXPECT_EQ(job.job().operation(), operation.name());
  EXPECT_EQ(job.job().spec().networks(0), "resnet18");

  v1::AgentMessage progress;
  progress.mutable_progress()->set_operation(operation.name());
  progress.mutable_progress()->mutable_progress()->set_done(7);
  link->Send(progress);
  v1::Operation running;
  while (running.progress().done() != 7) running = calibrations_.Get(operation.name()).value();
  EXPECT_EQ(running.state(), "running");
  EXPECT_TRUE(running.agent_connected());

  const std::string points = ReadFile("tests/data/latency/blocks-xeon-1core-fp32.csv").value();
  v1::UploadPointsRequest piece;
  piece.set_operation(operation.name());
  piece.set_request_id("upload");
  piece.set_total_bytes(static_cast<int64_t>(points.size()));
  constexpr size_t kPiece = 10'000;
  for (size_t offset = 0; offset < points.size(); offset += kPiece) {
    piece.set_offset(static_cast<int64_t>(offset));
    piece.set_data(points.substr(offset, kPiece));
    if (offset + kPiece >= points.size()) piece.set_provenance_json("{\"mode\": {\"threads\": 1}}");
    ASSERT_OK_AND_ASSIGN(const auto first, calibrations_.UploadPoints(piece));
    EXPECT_EQ(first.acknowledged_bytes(), offset + piece.data().size());
    ASSERT_OK_AND_ASSIGN(const auto second, calibrations_.UploadPoints(piece));
    EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  }
  ASSERT_OK_AND_ASSIGN(const auto done, calibrations_.Wait(operation.name(), absl::Seconds(30)));
  ASSERT_EQ(done.state(), "succeeded") << done.error_message();
  EXPECT_EQ(done.result().version(), 1);
  EXPECT_GT(done.result().points(), 100);
  EXPECT_FALSE(done.result().has_networks_mdre());
  ASSERT_OK_AND_ASSIGN(const auto profiles, client().ListProfiles("xeon"));
  EXPECT_EQ(profiles.profiles_size(), 1);
  EXPECT_TRUE(profiles.profiles(0).active());
}

// An agent that gives a job up says why, and clients read it.
TEST_F(CalibrationsServiceTest, FailsAJob) {
  const auto link = calibrations_.Serve(Hello("broken"));
  ASSERT_OK(Next(*link));
  ASSERT_OK_AND_ASSIGN(const auto operation, calibrations_.Start(Request("broken")));
  ASSERT_OK(Next(*link));
  v1::AgentMessage failure;
  failure.mutable_failure()->set_operation(operation.name());
  failure.mutable_failure()->set_code(14);
  failure.mutable_failure()->set_message("no driver");
  link->Send(failure);
  ASSERT_OK_AND_ASSIGN(const auto done, calibrations_.Wait(operation.name(), absl::Seconds(30)));
  EXPECT_EQ(done.state(), "failed");
  EXPECT_EQ(done.error_code(), 14);
  EXPECT_EQ(done.error_message(), "no driver");
}

// Cancelling reaches the agent.
TEST_F(CalibrationsServiceTest, Cancels) {
  const auto link = calibrations_.Serve(Hello("busy"));
  ASSERT_OK(Next(*link));
  ASSERT_OK_AND_ASSIGN(const auto operation, calibrations_.Start(Request("busy")));
  ASSERT_OK(Next(*link));
  ASSERT_OK_AND_ASSIGN(const auto cancelled, calibrations_.Cancel(operation.name()));
  EXPECT_EQ(cancelled.state(), "cancelled");
  EXPECT_EQ(cancelled.error_code(), 1);
  ASSERT_OK_AND_ASSIGN(const auto message, Next(*link));
  EXPECT_EQ(message.cancel().operation(), operation.name());
}

// An agent's first word is hello, and it says who it is.
TEST_F(CalibrationsServiceTest, RefusesBadAgents) {
  const auto serve = [this](const std::function<void(v1::AgentHello&)>& spoil) {
    v1::AgentHello hello = Hello("bad");
    spoil(hello);
    return Next(*calibrations_.Serve(hello)).status();
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(serve([](auto& h) { h.set_device(""); }), StatusIs(kInvalid, HasSubstr("device")));
  EXPECT_THAT(serve([](auto& h) { h.set_device("a/b"); }), StatusIs(kInvalid, HasSubstr("device")));
  EXPECT_THAT(serve([](auto& h) { h.clear_hardware(); }),
              StatusIs(kInvalid, HasSubstr("hardware")));
  EXPECT_THAT(serve([](auto& h) { h.clear_instance(); }),
              StatusIs(kInvalid, HasSubstr("instance")));
  EXPECT_THAT(serve([](auto& h) { h.set_host(std::string(1000, 'x')); }),
              StatusIs(kInvalid, HasSubstr("hello.host")));
  const auto twice = calibrations_.Serve(Hello("twice"));
  ASSERT_OK(Next(*twice));
  v1::AgentMessage hello;
  *hello.mutable_hello() = Hello("twice");
  twice->Send(hello);
  EXPECT_THAT(Next(*twice), StatusIs(kInvalid, HasSubstr("hello")));
}

// Every mistake has its documented code and names its field.
TEST_F(CalibrationsServiceTest, RefusesBadRequestsByField) {
  const auto link = calibrations_.Serve(Hello("strict"));
  ASSERT_OK(Next(*link));
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(calibrations_.Start(Request("")), StatusIs(kInvalid, HasSubstr("device")));
  EXPECT_THAT(calibrations_.Start(Request("nobody")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("'nobody'")));
  v1::StartCalibrationRequest start = Request("strict");
  start.set_request_id(std::string(129, 'x'));
  EXPECT_THAT(calibrations_.Start(start), StatusIs(kInvalid, HasSubstr("request_id")));
  start = Request("strict");
  start.mutable_spec()->set_plan("plan.json");
  EXPECT_THAT(calibrations_.Start(start), StatusIs(kInvalid, HasSubstr("spec.plan")));
  EXPECT_THAT(calibrations_.Get("x"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'x'")));
  EXPECT_THAT(calibrations_.Cancel("x"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("'x'")));
  EXPECT_THAT(calibrations_.Wait("x", absl::Seconds(31)),
              StatusIs(kInvalid, HasSubstr("timeout_s")));

  ASSERT_OK_AND_ASSIGN(const auto operation, calibrations_.Start(Request("strict")));
  using Spoil = std::function<void(v1::UploadPointsRequest&)>;
  const struct {
    absl::StatusCode code;
    const char* message;
    Spoil spoil;
  } cases[] = {
      {absl::StatusCode::kNotFound, "'x'", [](auto& r) { r.set_operation("x"); }},
      {kInvalid, "request_id", [](auto& r) { r.clear_request_id(); }},
      {kInvalid, "request_id", [](auto& r) { r.set_request_id(std::string(129, 'x')); }},
      {kInvalid, "total_bytes", [](auto& r) { r.set_total_bytes(0); }},
      {kInvalid, "total_bytes", [](auto& r) { r.set_total_bytes(int64_t{1} << 40); }},
      {kInvalid, "data: longer",
       [](auto& r) {
         r.set_total_bytes(2 << 20);
         r.set_data(std::string((1 << 20) + 1, 'x'));
       }},
      {kInvalid, "data: 4 bytes", [](auto& r) { r.set_total_bytes(3); }},
      {kInvalid, "offset: -1", [](auto& r) { r.set_offset(-1); }},
      {kInvalid, "provenance_json",
       [](auto& r) { r.set_provenance_json(std::string(300 << 10, 'x')); }},
      {absl::StatusCode::kOutOfRange, "the next byte is 0", [](auto& r) { r.set_offset(2); }},
  };
  for (const auto& test : cases) {
    v1::UploadPointsRequest piece;
    piece.set_operation(operation.name());
    piece.set_request_id("u");
    piece.set_data("abcd");
    piece.set_total_bytes(10);
    test.spoil(piece);
    EXPECT_THAT(calibrations_.UploadPoints(piece), StatusIs(test.code, HasSubstr(test.message)));
  }
  EXPECT_EQ(calibrations_.Get(operation.name())->state(), "running");
}

}  // namespace
}  // namespace latcast::test
