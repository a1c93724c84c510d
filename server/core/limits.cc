#include "server/core/limits.h"

#include "absl/strings/str_cat.h"
#include "base/features.h"
#include "base/text.h"

namespace latcast::server {

// Room for a full batch of every column, their names and tags included.
static_assert(static_cast<int64_t>(kMaxBatchItems * kFeatureCount * sizeof(double)) <
              kMaxForecastBytes - (int64_t{64} << 10));

absl::Status CheckIntervalLevel(double level) {
  if (level > 0.0 && level < 1.0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("target.interval_level: must be between 0 and 1, is ", level));
}

absl::Status CheckBatchItems(size_t items, std::string_view field) {
  if (items <= kMaxBatchItems) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(field), ": ", items, " items; a batch holds at most ", kMaxBatchItems));
}

absl::Status CheckForecastBytes(size_t bytes) {
  if (bytes <= static_cast<size_t>(kMaxForecastBytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "the request takes ", bytes, " bytes; a forecast may take at most ", kMaxForecastBytes));
}

}  // namespace latcast::server
