#include "server/core/upload_piece.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace latcast::server {

absl::StatusOr<std::string_view> NewBytes(std::string_view stored, int64_t offset,
                                          std::string_view data, int64_t total_bytes) {
  const auto size = static_cast<int64_t>(stored.size());
  if (offset < 0 || offset > total_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("offset: ", offset, " lies outside the file of ", total_bytes, " bytes"));
  }
  if (static_cast<int64_t>(data.size()) > total_bytes - offset) {
    return absl::InvalidArgumentError(absl::StrCat("data: ", data.size(), " bytes at ", offset,
                                                   " go beyond the file of ", total_bytes));
  }
  if (data.empty()) return data;
  if (offset > size) {
    return absl::OutOfRangeError(
        absl::StrCat("offset: ", offset, " leaves a gap; the next byte is ", size));
  }
  const std::string_view there = stored.substr(static_cast<size_t>(offset));
  const size_t again = std::min(there.size(), data.size());
  if (there.substr(0, again) != data.substr(0, again)) {
    return absl::AlreadyExistsError(
        absl::StrCat("data: differs from what was uploaded at ", offset, " before"));
  }
  return data.substr(again);
}

}  // namespace latcast::server
