// Where a piece of an upload belongs: a pure decision, so that every resend, gap and overlap is one
// row of a table.
#ifndef LATCAST_SERVER_CORE_UPLOAD_PIECE_H_
#define LATCAST_SERVER_CORE_UPLOAD_PIECE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace latcast::server {

inline constexpr int64_t kMaxPieceBytes = int64_t{1} << 20;
inline constexpr int64_t kMaxPointsBytes = int64_t{16} << 20;

// The bytes of `data` behind those that are stored already: what is to be appended to `stored`.
// Empty for a piece that was sent again. OUT_OF_RANGE for a gap, naming the next offset;
// ALREADY_EXISTS when what is sent again differs from what is stored; INVALID_ARGUMENT for a
// negative offset and bytes beyond `total_bytes`.
absl::StatusOr<std::string_view> NewBytes(std::string_view stored, int64_t offset,
                                          std::string_view data, int64_t total_bytes);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_UPLOAD_PIECE_H_
