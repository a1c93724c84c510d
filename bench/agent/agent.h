// Serves one device to one server: registers it, measures the jobs it is given and uploads their
// points. A broken connection stops nothing but the talking: the agent comes back with growing
// pauses, and the measuring goes on meanwhile.
#ifndef LATCAST_BENCH_AGENT_AGENT_H_
#define LATCAST_BENCH_AGENT_AGENT_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/agent/agent_folder.h"
#include "bench/agent/measurement.h"
#include "bench/agent/upload.h"
#include "clients/cpp/agent_link.h"
#include "clients/cpp/calibrations.h"

namespace latcast::bench {

struct AgentOptions {
  std::string server;  // HOST:PORT
  std::string name;    // of the device
  std::string host;
  std::string folder;
  BenchSetup bench;
  MeasurementOptions measurement;
  int64_t piece_bytes = 64 << 10;
};

// Seconds before the attempt after so many failures in a row: 0.25, 0.5, ... 30, times `jitter`
// (0.5 to 1), so that many agents do not come back at the same moment.
double Backoff(int failures, double jitter);

// No later attempt can do better: the address, the name or the server is a wrong one.
bool IsFinal(const absl::Status& status);

class Agent {
 public:
  static absl::StatusOr<std::unique_ptr<Agent>> Create(const AgentOptions& options);

  // Serves until `interrupted`, then OK; jobs stay where they are. Else why it cannot go on.
  absl::Status Run(const std::atomic<bool>& interrupted);

 private:
  using Time = std::chrono::steady_clock::time_point;

  // One thing at a time: probes, or a job, which is measured and then uploaded.
  struct Task {
    std::string operation;  // empty: probes
    std::unique_ptr<Measurement> measurement;
    std::optional<Upload> upload;
    std::string reported;  // the last progress that was sent
  };

  Agent(const AgentOptions& options, std::unique_ptr<AgentFolder> folder,
        client::Calibrations client)
      : options_(options), folder_(std::move(folder)), client_(std::move(client)) {}

  absl::Status Listen();
  void Handle(const v1::ServerMessage& message);
  void Cancelled(std::string operation);
  void Work();
  void Begin();
  absl::Status BeginProbes(const v1::Mode& mode);
  absl::Status BeginJob(const v1::Job& job);
  void Measure();
  void ReportProgress();
  void SendProbes();
  void UploadJob();
  // Gives the job up, or the probes.
  void Fail(const absl::Status& why);
  void Send(const v1::AgentMessage& message);

  AgentOptions options_;
  std::unique_ptr<AgentFolder> folder_;
  client::Calibrations client_;
  std::unique_ptr<client::AgentLink> link_;
  bool is_welcome_ = false;
  bool has_probed_ = false;
  std::optional<v1::Mode> probe_mode_;  // to do
  std::optional<v1::Job> next_job_;     // to do
  std::optional<Task> task_;
  int link_failures_ = 0;
  Time next_link_;
  int upload_failures_ = 0;
  Time next_upload_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_AGENT_H_
