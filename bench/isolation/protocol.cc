#include "bench/isolation/protocol.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/harness/journal.h"

namespace latcast::bench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MeasuringMode, metric, precision, execution, layout, threads)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeviceInfo, device, mode, settings, provenance, has_virtual_time)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SamplingSettings, warmup_window, warmup_tolerance, min_warmup,
                                   max_warmup, min_warmup_s, max_warmup_s, half_width,
                                   plateau_samples, plateau_ratio, min_samples, max_samples,
                                   min_sampling_s, max_sampling_s)

namespace {

using nlohmann::json;

constexpr char kError[] = "error";

std::string Dump(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::Status Nonsense(std::string_view line, std::string_view why) {
  constexpr size_t kShown = 80;
  return absl::InternalError(absl::StrCat("the measuring process said '",
                                          ToAbsl(line.substr(0, kShown)), "': ", ToAbsl(why)));
}

// Reads the line with `read`; the error it holds instead, with the code it was sent with.
template <typename T, typename Read>
absl::StatusOr<T> Parse(std::string_view line, const Read& read) {
  try {
    const json object = json::parse(line);
    if (const auto error = object.find(kError); error != object.end()) {
      return absl::Status(static_cast<absl::StatusCode>(error->at("code").get<int>()),
                          error->at("message").get<std::string>());
    }
    return read(object);
  } catch (const json::exception& e) {
    return Nonsense(line, e.what());
  }
}

}  // namespace

std::string FormatError(const absl::Status& status) {
  return Dump(
      {{kError, {{"code", status.raw_code()}, {"message", std::string(status.message())}}}});
}

std::string FormatDevice(const DeviceInfo& info) { return Dump(json(info)); }

absl::StatusOr<DeviceInfo> ParseDevice(std::string_view line) {
  return Parse<DeviceInfo>(line, [](const json& object) { return object.get<DeviceInfo>(); });
}

std::string FormatRequest(const PointRequest& request) {
  return Dump({{"spec", request.spec},
               {"cold", request.weights == Weights::kCold},
               {"limit_s", request.limit_s},
               {"sampling", request.sampling}});
}

absl::StatusOr<PointRequest> ParseRequest(std::string_view line) {
  return Parse<PointRequest>(line, [](const json& object) {
    return PointRequest{.spec = object.at("spec").get<std::string>(),
                        .weights = object.at("cold").get<bool>() ? Weights::kCold : Weights::kWarm,
                        .limit_s = object.at("limit_s").get<double>(),
                        .sampling = object.at("sampling").get<SamplingSettings>()};
  });
}

std::string FormatAnswer(const absl::StatusOr<Visit>& visit) {
  if (!visit.ok()) return FormatError(visit.status());
  return std::string(absl::StripSuffix(FormatVisitLine(*visit), "\n"));
}

absl::StatusOr<Visit> ParseAnswer(std::string_view line) {
  return Parse<Visit>(line, [line](const json&) -> absl::StatusOr<Visit> {
    absl::StatusOr<Visit> visit = ParseVisit(line);
    if (!visit.ok()) return Nonsense(line, ToStd(visit.status().message()));
    return visit;
  });
}

}  // namespace latcast::bench
