#include "server/server.h"

#include <google/protobuf/message.h>
#include <grpc/health/v1/health.pb.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/core/admission.h"
#include "server/core/call_gate.h"
#include "server/core/limits.h"
#include "server/core/profile_snapshot.h"
#include "server/data_folder.h"
#include "server/listen_address.h"
#include "server/rpc/analyzer_service.h"
#include "server/rpc/calibrations_service.h"
#include "server/rpc/predictor_service.h"
#include "server/rpc/profiles_service.h"
#include "server/store/calibration_desk.h"
#include "server/store/profile_registry.h"
#include "server/store/sqlite_job_store.h"
#include "server/store/sqlite_store.h"

namespace latcast::server {
namespace {

// Calls run on gRPC's synchronous threads: handlers take microseconds, the code is straight, and
// unlike the callback API of this gRPC, which sleeps up to 100 ms after a second of idleness, an
// idle server answers at once. The quota bounds threads and so memory; a call beyond it is answered
// RESOURCE_EXHAUSTED within milliseconds instead of piling up until all are late.
constexpr int kMaxThreads = 256;

// For the last answers to reach their clients; connections still there are cut then.
constexpr std::chrono::milliseconds kFlushTime(200);

// Analyses hold a graph in memory and take milliseconds: few at a time, a queue behind them that
// leaves most threads to forecasts.
AdmissionLimits AnalysisLimits() {
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return {.running = std::clamp(cores, 2, 16), .waiting = 64};
}

void SetLimits(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("latcast-server");
  quota.SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxUploadBytes));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a port in use is an error
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
}

// Process-wide settings of gRPC; the plugin list is read by every builder after.
void InitGrpcOnce() {
  static const bool done = [] {
    // Its log repeats, in its own words and several lines, what the errors here say. Who asks for
    // it gets it.
    if (std::getenv("GRPC_VERBOSITY") == nullptr) {
      gpr_set_log_function([](gpr_log_func_args*) {});
    }
    // Reflection describes the health service only if its messages are linked in.
    google::protobuf::LinkMessageReflection<grpc::health::v1::HealthCheckRequest>();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)done;
}

}  // namespace

// In the order of construction; destroyed the other way round.
struct Server::Parts {
  std::unique_ptr<DataFolder> folder;
  SnapshotHolder snapshots;
  CallGate gate;
  Admission admission{AnalysisLimits()};
  std::unique_ptr<ProfileRegistry> registry;
  std::unique_ptr<ProfilesService> profiles;
  std::unique_ptr<CalibrationDesk> desk;
  std::unique_ptr<CalibrationsService> calibrations;
  PredictorService predictor{gate, snapshots, admission};
  AnalyzerService analyzer{gate, admission};
  std::unique_ptr<grpc::Server> grpc;
  std::string address;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

const std::string& Server::address() const { return parts_->address; }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  ASSIGN_OR_RETURN(const ListenAddress listen, ParseListenAddress(options.listen));
  if (!listen.loopback && !options.insecure_ok) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.listen, ": other computers reach this address, and nothing is ",
                     "encrypted; listen on 127.0.0.1, or say --insecure-ok"));
  }
  auto parts = std::make_unique<Parts>();
  ASSIGN_OR_RETURN(parts->folder, DataFolder::Open(options.data_dir));
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(parts->folder->DatabasePath()));
  ASSIGN_OR_RETURN(parts->registry, ProfileRegistry::Open(std::move(store), parts->snapshots));
  parts->profiles = std::make_unique<ProfilesService>(parts->gate, *parts->registry);
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteJobStore> jobs,
                   SqliteJobStore::Open(parts->folder->JobsPath()));
  ASSIGN_OR_RETURN(parts->desk,
                   CalibrationDesk::Open(std::move(jobs), *parts->registry, parts->snapshots));
  parts->calibrations = std::make_unique<CalibrationsService>(parts->gate, *parts->desk);

  InitGrpcOnce();
  RETURN_IF_ERROR(TryBind(listen));  // gRPC would not say why it cannot
  grpc::ServerBuilder builder;
  SetLimits(builder);
  int port = 0;
  builder.AddListeningPort(listen.ToString(listen.port), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&parts->predictor);
  builder.RegisterService(&parts->analyzer);
  builder.RegisterService(parts->profiles.get());
  builder.RegisterService(parts->calibrations.get());
  parts->grpc = builder.BuildAndStart();
  if (parts->grpc == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(options.listen, ": cannot listen there"));
  }
  for (const char* service :
       {v1::Predictor::service_full_name(), v1::Analyzer::service_full_name(),
        v1::Profiles::service_full_name(), v1::Calibrations::service_full_name()}) {
    parts->grpc->GetHealthCheckService()->SetServingStatus(service, true);
  }
  parts->address = listen.ToString(port);
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::Stop(std::chrono::milliseconds grace) {
  if (parts_->grpc == nullptr) return;
  parts_->grpc->GetHealthCheckService()->SetServingStatus(false);
  parts_->desk->Stop();  // agents and waiting calls would stay for long
  parts_->gate.CloseAndWait(std::chrono::steady_clock::now() + grace);
  parts_->grpc->Shutdown(std::chrono::system_clock::now() + kFlushTime);
  parts_->grpc->Wait();
  parts_->grpc.reset();
}

}  // namespace latcast::server
