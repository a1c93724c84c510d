// What one request may ask for, and the errors that say so. Every message names the field.
#ifndef LATCAST_SERVER_CORE_LIMITS_H_
#define LATCAST_SERVER_CORE_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace latcast::server {

inline constexpr size_t kMaxBatchItems = 16'384;
inline constexpr size_t kMaxSpecBytes = 1'024;
inline constexpr size_t kMaxRequestIdBytes = 128;

// Serialised requests. A full batch with every feature column there is takes 4.4 MiB of packed
// doubles (16384 items, 35 columns, 8 bytes), so forecasts may take 6 MiB; graphs and profiles 8.
inline constexpr int64_t kMaxForecastBytes = int64_t{6} << 20;
inline constexpr int64_t kMaxUploadBytes = int64_t{8} << 20;

// INVALID_ARGUMENT for anything not strictly between 0 and 1, NaN included.
absl::Status CheckIntervalLevel(double level);
// INVALID_ARGUMENT for more items than a batch may have; `field` is where they stand.
absl::Status CheckBatchItems(size_t items, std::string_view field);
// RESOURCE_EXHAUSTED above kMaxForecastBytes.
absl::Status CheckForecastBytes(size_t bytes);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_LIMITS_H_
