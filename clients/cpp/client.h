// A client of latcast-server: blocking calls, each with a deadline, errors as absl::Status.
//
//   ASSIGN_OR_RETURN(const Client client, Client::Connect("127.0.0.1:7443"));
//   ASSIGN_OR_RETURN(const v1::PredictResponse answer, client.PredictBlock("block:BasicBlock7"));
//   std::cout << answer.forecast().latency_ms();
//
// Requests and answers are the messages of proto/latcast/v1, documented there. Every call fails as
// its rpc says, and with UNAVAILABLE naming the address when no server answers there or it ends
// during the call, DEADLINE_EXCEEDED when it does not answer in time.
#ifndef LATCAST_CLIENTS_CPP_CLIENT_H_
#define LATCAST_CLIENTS_CPP_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/features.h"
#include "latcast/v1/analyzer.pb.h"
#include "latcast/v1/predictor.pb.h"
#include "latcast/v1/profiles.pb.h"

namespace latcast::client {

struct ClientOptions {
  absl::Duration timeout = absl::Seconds(10);  // of every call
};

// Thread-safe; copies share one connection.
class Client {
 public:
  // INVALID_ARGUMENT for an address that is not HOST:PORT. The connection itself is made by the
  // first call, and made again after a break.
  static absl::StatusOr<Client> Connect(const std::string& address,
                                        const ClientOptions& options = {});

  absl::StatusOr<v1::StoredProfile> CreateProfile(const v1::DeviceProfile& profile, bool activate,
                                                  const std::string& request_id = "") const;
  absl::StatusOr<v1::StoredProfile> GetProfile(const std::string& device, int version = 0) const;
  absl::StatusOr<v1::ListProfilesResponse> ListProfiles(const std::string& device = "") const;
  absl::StatusOr<v1::StoredProfile> ActivateProfile(const std::string& device, int version) const;
  absl::Status DeleteProfile(const std::string& device, int version) const;

  absl::StatusOr<v1::PredictResponse> Predict(const v1::PredictRequest& request) const;
  absl::StatusOr<v1::PredictResponse> PredictBlock(const std::string& spec,
                                                   const v1::Target& target = {}) const;
  absl::StatusOr<v1::PredictResponse> PredictFeatures(const FeatureVector& features,
                                                      const v1::Target& target = {}) const;
  absl::StatusOr<v1::BatchPredictResponse> BatchPredict(
      const v1::BatchPredictRequest& request) const;
  absl::StatusOr<v1::PredictModelResponse> PredictModel(
      const v1::PredictModelRequest& request) const;

  absl::StatusOr<v1::AnalyzeResponse> Analyze(const v1::AnalyzeRequest& request) const;
  absl::StatusOr<v1::ListBlocksResponse> ListBlocks() const;

 private:
  struct Connection;
  explicit Client(std::shared_ptr<const Connection> connection);
  std::shared_ptr<const Connection> connection_;
};

}  // namespace latcast::client

#endif  // LATCAST_CLIENTS_CPP_CLIENT_H_
