// Early return on absl::Status, with the names a later Abseil will bring, so that it can replace
// this file.
//
//   RETURN_IF_ERROR(Validate(points));
//   ASSIGN_OR_RETURN(const Graph graph, ReadGraph(path));
//   RETURN_IF_ERROR(Annotate(ParseRow(row), absl::StrCat("line ", line)));
#ifndef LATCAST_BASE_STATUS_MACROS_H_
#define LATCAST_BASE_STATUS_MACROS_H_

#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#define LATCAST_CONCAT_INNER_(a, b) a##b
#define LATCAST_CONCAT_(a, b) LATCAST_CONCAT_INNER_(a, b)

#define RETURN_IF_ERROR(expr)                                             \
  do {                                                                    \
    if (::absl::Status latcast_status_ = (expr); !latcast_status_.ok()) { \
      return latcast_status_;                                             \
    }                                                                     \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expr) \
  LATCAST_ASSIGN_OR_RETURN_(LATCAST_CONCAT_(latcast_statusor_, __LINE__), lhs, expr)

#define LATCAST_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                              \
  if (!tmp.ok()) return std::move(tmp).status();  \
  lhs = *std::move(tmp)

namespace latcast {

// The same code, with `where` in front of the message ("points.csv: line 7: latency_ms is NaN").
// An OK status passes unchanged.
inline absl::Status Annotate(const absl::Status& status, std::string_view where) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(absl::string_view(where.data(), where.size()),
                                                  ": ", status.message()));
}

template <typename T>
absl::StatusOr<T> Annotate(absl::StatusOr<T> value, std::string_view where) {
  if (value.ok()) return value;
  return Annotate(value.status(), where);
}

// The same with `where()` in front: the text is made only for an error.
template <typename Where>
requires std::is_invocable_v<Where> absl::Status Annotate(const absl::Status& status,
                                                          const Where& where) {
  if (status.ok()) return status;
  return Annotate(status, std::string_view(where()));
}

template <typename T, typename Where>
requires std::is_invocable_v<Where> absl::StatusOr<T> Annotate(absl::StatusOr<T> value,
                                                               const Where& where) {
  if (value.ok()) return value;
  return Annotate(value.status(), std::string_view(where()));
}

}  // namespace latcast

#endif  // LATCAST_BASE_STATUS_MACROS_H_
