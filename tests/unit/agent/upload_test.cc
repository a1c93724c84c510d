// An upload against a server that takes, loses and forgets.
#include "bench/agent/upload.h"

#include "base/status_matchers.h"
#include "bench/agent/agent.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

// Keeps what is sent; every n-th answer gets lost, after the bytes were kept or before.
struct FakeServer {
  std::string id;
  std::string bytes;
  std::string provenance;
  int calls = 0;
  int lose_every = 0;

  absl::StatusOr<v1::UploadPointsResponse> Take(const v1::UploadPointsRequest& request) {
    ++calls;
    const bool lost = lose_every > 0 && calls % lose_every == 0;
    if (lost && calls % 2 == 0) return absl::UnavailableError("lost on the way");
    if (request.request_id() != id) bytes.clear();
    id = request.request_id();
    EXPECT_LE(request.offset(), static_cast<int64_t>(bytes.size())) << "a gap";
    const auto offset = static_cast<size_t>(request.offset());
    const size_t again = std::min(bytes.size() - offset, request.data().size());
    EXPECT_EQ(bytes.substr(offset, again), request.data().substr(0, again));
    bytes += request.data().substr(again);
    v1::UploadPointsResponse response;
    response.set_acknowledged_bytes(static_cast<int64_t>(bytes.size()));
    if (static_cast<int64_t>(bytes.size()) == request.total_bytes() &&
        !request.provenance_json().empty()) {
      provenance = request.provenance_json();
      response.set_complete(true);
    }
    if (lost) return absl::UnavailableError("the answer was lost");
    return response;
  }
};

Upload MakeUpload(int64_t piece_bytes) {
  Upload upload;
  upload.operation = "job";
  for (int i = 0; i < 500; ++i) upload.points_csv += "row " + std::to_string(i) + "\n";
  upload.provenance_json = "{}";
  upload.piece_bytes = piece_bytes;
  return upload;
}

absl::Status Send(const Upload& upload, FakeServer& server) {
  return SendUpload(upload, [&server](const auto& request) { return server.Take(request); });
}

// Everything arrives once, in pieces of any size.
TEST(UploadTest, Arrives) {
  for (const int64_t piece : {1, 7, 100, 1000, 1 << 20}) {
    FakeServer server;
    const Upload upload = MakeUpload(piece);
    ASSERT_OK(Send(upload, server));
    EXPECT_EQ(server.bytes, upload.points_csv);
    EXPECT_EQ(server.provenance, "{}");
    const auto size = static_cast<int64_t>(upload.points_csv.size());
    EXPECT_EQ(server.calls, 1 + (size + piece - 1) / piece);
  }
}

// Pieces and answers that get lost cost further attempts, never a byte.
TEST(UploadTest, GoesOnAfterEveryLoss) {
  for (const int every : {3, 5, 7}) {
    FakeServer server;
    server.lose_every = every;
    const Upload upload = MakeUpload(100);
    int attempts = 1;
    while (!Send(upload, server).ok()) ASSERT_LT(++attempts, 1000);
    EXPECT_EQ(server.bytes, upload.points_csv);
    EXPECT_EQ(server.provenance, "{}");
    EXPECT_GT(attempts, 1);
  }
}

// An agent that was killed finds its upload by what is in it; other content is another upload.
TEST(UploadTest, IdFollowsContent) {
  Upload upload = MakeUpload(100);
  EXPECT_EQ(upload.RequestId(), MakeUpload(7).RequestId());
  upload.provenance_json = "{1}";
  EXPECT_NE(upload.RequestId(), MakeUpload(100).RequestId());
  upload = MakeUpload(100);
  upload.operation = "other";
  EXPECT_NE(upload.RequestId(), MakeUpload(100).RequestId());
}

// A server that takes nothing, or says it has more than there is, does not hold the agent for ever.
TEST(UploadTest, RefusesNonsense) {
  for (const int64_t acknowledged : {int64_t{0}, int64_t{-1}, int64_t{1} << 40}) {
    EXPECT_THAT(SendUpload(MakeUpload(100),
                           [&](const auto&) -> absl::StatusOr<v1::UploadPointsResponse> {
                             v1::UploadPointsResponse response;
                             response.set_acknowledged_bytes(acknowledged);
                             return response;
                           }),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("the server")));
  }
}

// Pauses grow and end at half a minute.
TEST(AgentDecisionTest, Backoff) {
  EXPECT_EQ(Backoff(1, 1.0), 0.25);
  EXPECT_EQ(Backoff(2, 1.0), 0.5);
  EXPECT_EQ(Backoff(2, 0.5), 0.25);
  EXPECT_EQ(Backoff(8, 1.0), 30.0);
  EXPECT_EQ(Backoff(1'000'000, 1.0), 30.0);
}

// What is worth another attempt, to connect and to upload.
TEST(AgentDecisionTest, Errors) {
  using enum absl::StatusCode;
  for (const auto code : {kUnavailable, kDeadlineExceeded, kResourceExhausted}) {
    EXPECT_TRUE(IsPassing(absl::Status(code, "")));
    EXPECT_FALSE(IsFinal(absl::Status(code, "")));
  }
  for (const auto code : {kInvalidArgument, kAlreadyExists, kFailedPrecondition, kUnimplemented}) {
    EXPECT_FALSE(IsPassing(absl::Status(code, "")));
    EXPECT_TRUE(IsFinal(absl::Status(code, "")));
  }
  EXPECT_TRUE(WorthAnotherAttempt(0));
  EXPECT_TRUE(WorthAnotherAttempt(kMaxFutileAttempts - 1));
  EXPECT_FALSE(WorthAnotherAttempt(kMaxFutileAttempts));
}

}  // namespace
}  // namespace latcast::bench
