// The server's end of one agent's stream.
#ifndef LATCAST_SERVER_RPC_AGENT_STREAM_H_
#define LATCAST_SERVER_RPC_AGENT_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "latcast/v1/calibrations.grpc.pb.h"
#include "server/store/calibration_desk.h"

namespace latcast::server {

using AgentReaderWriter = grpc::ServerReaderWriter<v1::ServerMessage, v1::AgentMessage>;

// Messages are small and few (a job at a time), far below what the connection takes without the
// agent's reading, so that a write does not wait.
class AgentStream final : public AgentLink {
 public:
  AgentStream(grpc::ServerContext& context, AgentReaderWriter& stream)
      : context_(context), stream_(stream) {}

  void Welcome(const regression::Mode* profile_mode) override;
  void Measure(const JobRecord& job) override;
  void Cancel(const std::string& job) override;
  void Close() override { context_.TryCancel(); }

  // Serves the agent until it leaves or is closed. INVALID_ARGUMENT when it does not begin with
  // `hello`; else as CalibrationDesk::AgentCame.
  absl::Status Serve(CalibrationDesk& desk);

 private:
  absl::Status Handle(CalibrationDesk& desk, const v1::AgentMessage& message);
  void Write(const v1::ServerMessage& message);

  grpc::ServerContext& context_;
  AgentReaderWriter& stream_;
  std::mutex mutex_;  // one write at a time
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_AGENT_STREAM_H_
