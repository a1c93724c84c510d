#include "bench/agent/upload.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace latcast::bench {

std::string Upload::RequestId() const {
  uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const std::string* text : {&points_csv, &provenance_json}) {
    for (const char c : *text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return absl::StrCat(operation, "-", absl::StrFormat("%016x", hash));
}

absl::Status SendUpload(const Upload& upload, const SendPiece& send) {
  const auto total = static_cast<int64_t>(upload.points_csv.size());
  v1::UploadPointsRequest request;
  request.set_operation(upload.operation);
  request.set_request_id(upload.RequestId());
  request.set_total_bytes(total);
  ASSIGN_OR_RETURN(v1::UploadPointsResponse answer, send(request));
  // The last piece carries the provenance; it is empty where all bytes are there already.
  while (!answer.complete()) {
    const int64_t offset = answer.acknowledged_bytes();
    if (offset < 0 || offset > total) {
      return absl::InternalError(
          absl::StrCat("the server acknowledged ", offset, " of ", total, " bytes"));
    }
    const int64_t size = std::min(upload.piece_bytes, total - offset);
    request.set_offset(offset);
    request.set_data(
        upload.points_csv.substr(static_cast<size_t>(offset), static_cast<size_t>(size)));
    if (offset + size == total) request.set_provenance_json(upload.provenance_json);
    ASSIGN_OR_RETURN(answer, send(request));
    if (!answer.complete() && answer.acknowledged_bytes() <= offset) {
      return absl::InternalError(
          absl::StrCat("the server took nothing of the piece at byte ", offset));
    }
  }
  return absl::OkStatus();
}

bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsAborted(status);
}

}  // namespace latcast::bench
