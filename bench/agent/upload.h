// A job's points on their way to the server: piece by piece, each acknowledged before the next is
// sent, going on after a break where the server stands.
#ifndef LATCAST_BENCH_AGENT_UPLOAD_H_
#define LATCAST_BENCH_AGENT_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latcast/v1/calibrations.pb.h"

namespace latcast::bench {

struct Upload {
  std::string operation;
  std::string points_csv;
  std::string provenance_json;
  int64_t piece_bytes = 64 << 10;

  // The same content gives the same id, so that an agent that was killed goes on with its upload.
  std::string RequestId() const;
};

using SendPiece =
    std::function<absl::StatusOr<v1::UploadPointsResponse>(const v1::UploadPointsRequest&)>;

// Asks how much of it is there and sends the rest. The first error of `send` ends it, and calling
// it again goes on.
absl::Status SendUpload(const Upload& upload, const SendPiece& send);

// The server may take it later: worth trying again.
bool IsPassing(const absl::Status& status);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_UPLOAD_H_
