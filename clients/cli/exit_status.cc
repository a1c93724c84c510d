#include "clients/cli/exit_status.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/text.h"

namespace latcast::cli {
namespace {

// Payloads of the statuses that travel to main().
constexpr absl::string_view kUsage = "latcast/usage";
constexpr absl::string_view kWhere = "latcast/where";
constexpr absl::string_view kServer = "latcast/server";

absl::Status With(absl::Status status, absl::string_view payload, std::string_view text) {
  status.SetPayload(payload, absl::Cord(ToAbsl(text)));
  return status;
}

}  // namespace

absl::Status UsageError(std::string_view message) {
  return With(absl::InvalidArgumentError(ToAbsl(message)), kUsage, "");
}

absl::Status At(const absl::Status& status, std::string_view where) {
  if (status.ok() || where.empty() || status.GetPayload(kWhere)) return status;
  return With(status, kWhere, where);
}

absl::Status FromServer(const absl::Status& status, std::string_view address,
                        std::string_view subject) {
  if (status.ok()) return status;
  const std::string where = absl::StrCat("server ", ToAbsl(address));
  absl::string_view what = status.message();
  absl::ConsumePrefix(&what, where + ": ");
  const absl::Status said = At(
      absl::Status(status.code(), absl::StrCat(ToAbsl(subject), subject.empty() ? "" : ": ", what)),
      where);
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return said;
    default:
      return With(said, kServer, "");
  }
}

std::string ErrorLine(const absl::Status& status) {
  absl::string_view what = status.message();
  std::string where;
  if (const auto payload = status.GetPayload(kWhere)) where = std::string(*payload);
  // Errors of files say "points.csv: line 7: ..."; the name is not said twice.
  if (!where.empty()) absl::ConsumePrefix(&what, where + ": ");
  const bool said = where.empty() || absl::StrContains(what, where);
  std::string line = absl::StrCat("latcast: ", what, said ? "" : absl::StrCat(" (", where, ")"));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

ExitStatus ExitStatusOf(const absl::Status& status) {
  if (status.ok()) return kSuccess;
  if (status.GetPayload(kUsage)) return kBadUsage;
  if (status.GetPayload(kServer)) return kServerFailed;
  return kBadInput;
}

}  // namespace latcast::cli
