// What the bench and its measuring process say to each other: JSON, one line each. The process
// starts with its device, then answers each request with a visit or an error.
#ifndef LATCAST_BENCH_ISOLATION_PROTOCOL_H_
#define LATCAST_BENCH_ISOLATION_PROTOCOL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/isolation/measurer.h"

namespace latcast::bench {

// Lines come without their end. Parsing gives back the error that was sent in place of the answer,
// with its code; INTERNAL for a line that is no answer.
std::string FormatDevice(const DeviceInfo& info);
absl::StatusOr<DeviceInfo> ParseDevice(std::string_view line);

std::string FormatRequest(const PointRequest& request);
absl::StatusOr<PointRequest> ParseRequest(std::string_view line);

std::string FormatAnswer(const absl::StatusOr<Visit>& visit);
absl::StatusOr<Visit> ParseAnswer(std::string_view line);

std::string FormatError(const absl::Status& status);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_ISOLATION_PROTOCOL_H_
